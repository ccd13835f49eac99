"""``huiyin report monthly``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from huiyin.cli.cases import Replays
from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import Place, as_of_option, rev_option, root_option
from huiyin.model.problem import Problem, UsageError


@chinese_command("monthly")
@click.option("--month", "month_text", required=True, help="要汇总的月份，如 2026-10。")
@click.option(
    "--out", required=True, metavar="目录", type=click.Path(path_type=Path), help="写到哪个目录，没有的自动建立。"
)
@click.option("--no-charts", is_flag=True, help="不画图表。")
@click.option(
    "--font", metavar="文件", type=click.Path(path_type=Path), help="图表用的中文字体文件；默认用系统中已安装的。"
)
@click.option("--force", is_flag=True, help="目录不空时也写入，覆盖同名文件。")
@rev_option
@root_option
@as_of_option
def command(
    month_text: str,
    out: Path,
    no_charts: bool,
    font: Path | None,
    force: bool,
    rev: str | None,
    root: Path,
    now: datetime,
) -> int:
    """月度办理情况汇总（第十七条）：Markdown正文、各表和各项指标的留言清单（CSV）、图表（PNG、SVG）。

    与上月、上年同月按同期口径比较；只列编号，不列标题和正文（第十九条）。同一提交、同一时间生成的文件逐字节相同。
    有留言不能读出、数字因此不全的，照样生成，退出码为1。
    """
    from huiyin.repo.files import write_all
    from huiyin.repo.revision import read_revision
    from huiyin.reports.monthly import monthly_summary
    from huiyin.reports.monthly_files import monthly_files
    from huiyin.reports.monthly_periods import parse_month

    month = parse_month(month_text)
    _check_folder(out, force=force)
    place = Place(root, rev)
    replays = Replays(place, now)
    summary = monthly_summary(replays, place.rulebook, month, now, read_revision(root, rev))
    files = monthly_files(summary, place.rulebook.registry, charts=not no_charts, font=font)
    write_all({out / path: content for path, content in files.items()})
    total = summary.total.current.figures
    click.echo(f"{month.title}：收到{total.received}件，有效留言{total.valid}件，已办结{total.closed}件。")
    if not summary.current.complete:
        click.echo("本月尚未结束，各项数字是月初至今的。")
    click.echo(f"已写入{len(files)}个文件：{out}")
    return replays.exit_code


def _check_folder(out: Path, *, force: bool) -> None:
    if out.exists() and not out.is_dir():
        raise UsageError(Problem("HY893", "这是一个文件，不是目录。", str(out)))
    if not force and out.is_dir() and any(out.iterdir()):
        raise UsageError(Problem("HY893", "目录不是空的，没有写入任何文件。", str(out)))
