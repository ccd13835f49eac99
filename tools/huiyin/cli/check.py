"""``huiyin check``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import (
    Place,
    as_of_option,
    format_option,
    jobs_option,
    rev_option,
    root_option,
    scheduler_option,
)
from huiyin.cli.output import github_line, print_json, problem_data, problem_lines
from huiyin.cli.paths import case_paths_from


@chinese_command("check")
@click.argument("paths", nargs=-1, metavar="[路径]...")
@rev_option
@root_option
@as_of_option
@jobs_option
@scheduler_option
@format_option("text", "json", "github")
def command(
    paths: tuple[str, ...],
    rev: str | None,
    root: Path,
    now: datetime,
    jobs: int | None,
    scheduler: str | None,
    output: str,
) -> int:
    """检查留言和规则；不写路径则检查全部。

    检查写法和模式、路径与编号、流程是否合法、时间先后、公开名义（第二十条）、受理条件（第十条、第十二条）、
    六类重要主题（第十一条）、个人信息（第十九条）等；个人信息只报位置和种类。有错误时退出码为1，只有警告时为0。
    """
    from huiyin.check import check
    from huiyin.repo.index import open_index

    place = Place(root, rev)
    chosen = case_paths_from(paths, place) if paths else None
    report = check(place.source, now, chosen, index=open_index(root), jobs=jobs, scheduler=scheduler)
    problems = [*report.problems, *([place.lack] if place.lack and not paths else [])]
    if output == "json":
        print_json({"cases": report.cases, "ok": report.ok, "problems": [problem_data(p) for p in problems]})
    elif output == "github":
        for problem in problems:
            click.echo(github_line(problem))
    else:
        for line in problem_lines(problems):
            click.echo(line)
        errors = sum(p.level == "error" for p in problems)
        warnings = sum(p.level == "warning" for p in problems)
        click.echo(f"检查了{report.cases}件留言：{errors}个错误，{warnings}个警告。")
    return 0 if report.ok else 1
