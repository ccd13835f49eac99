"""``huiyin export parquet``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import Place, as_of_option, jobs_option, rev_option, root_option, scheduler_option
from huiyin.model.problem import Problem, Severity, UsageError


@chinese_command("parquet")
@click.option(
    "--out", required=True, metavar="目录", type=click.Path(path_type=Path), help="写到哪个目录，没有的自动建立。"
)
@jobs_option
@scheduler_option
@rev_option
@root_option
@as_of_option
def command(out: Path, jobs: int | None, scheduler: str | None, rev: str | None, root: Path, now: datetime) -> int:
    """把全部留言写成按收到年月分区的Parquet文件，另附DuckDB用的统计语句（statistics.sql）。

    口径与 huiyin stats 相同。再次导出到同一目录时，只改写有变化的月份，删去已经没有的月份。
    只有编号和办理情况，没有标题、正文和姓名（第十九条）；仍是内部资料，含尚未公开和个别答复的留言。
    稀疏检出的工作目录中只有部分留言，须加 --rev HEAD。
    有留言不能读出、数字因此不全的，照样导出其余，退出码为1。
    """
    from huiyin.cli.output import problem_lines
    from huiyin.export.exporting import export
    from huiyin.export.folder import ExportFolder
    from huiyin.repo.revision import read_revision
    from huiyin.spreading import open_executor

    told: list[Problem] = []

    def tell(problems: Sequence[Problem]) -> None:
        told.extend(problems)
        click.echo("\n".join(problem_lines(problems)), err=True)

    place = Place(root, rev)
    if place.lack is not None:  # months that are not checked out would be removed from the export
        raise UsageError(replace(place.lack, severity=Severity.ERROR))
    folder = ExportFolder(out)
    revision = read_revision(root, rev)
    facts = {"as_of": now.isoformat(), "commit": revision.commit, "clean": revision.clean}
    with open_executor(jobs, scheduler) as executor:
        total = export(place.source, now, folder, facts, executor, tell)
    click.echo(f"已导出{total}件留言：{out}")
    click.echo(f"写入{folder.written}个文件，{folder.kept}个没有变化，删去{folder.removed}个。")
    return int(bool(told))
