"""``huiyin scan``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import as_of_option, find_root, format_option, root_if_given_option
from huiyin.cli.output import github_line, print_json, problem_data, problem_lines
from huiyin.model.problem import Severity, UsageError

if TYPE_CHECKING:
    from huiyin.scan.site import Scanned

SHOWN = 100
"""Problems beyond this number are counted, not listed, for people."""


@chinese_command("scan")
@click.argument("folder", metavar="目录", type=click.Path(path_type=Path))
@click.option("--alone", is_flag=True, help="不读取留言库：没有放行清单，记录中已核对的内容也照样列出。")
@root_if_given_option
@as_of_option
@format_option("text", "json", "github")
def command(folder: Path, alone: bool, root: Path | None, now: datetime, output: str) -> int:
    """检查生成的网站中有无个人信息（第十九条），每个文件都读到底。

    查看网页、数据、表格、索引、图片附带信息和文件名；读不出的一律报错。与主题自带的、site/vendored.sha256 所列的
    相同的文件不再查看。主线记录中已经核对、随答复公开的内容不算。只报位置和种类，不显示内容。有错误时退出码为1。
    """
    found = _scan(folder, None if alone else _root(root), now)
    if output == "json":
        print_json(
            {
                "ok": found.ok,
                "files": found.files,
                "bytes": found.size,
                "vendored": found.vendored,
                "accepted": found.accepted,
                "problems": [problem_data(p) for p in found.problems],
            }
        )
    elif output == "github":
        for problem in found.problems:
            click.echo(github_line(problem))
    else:
        for line in problem_lines(found.problems[:SHOWN]):
            click.echo(line)
        if len(found.problems) > SHOWN:
            click.echo(f"另有{len(found.problems) - SHOWN}项未列出（--format json 列出全部）。")
        errors = sum(p.level is Severity.ERROR for p in found.problems)
        click.echo(
            f"检查了{found.files}个文件（{found.size:,}字节），其中{found.vendored}个与已知的第三方文件相同：\n"
            f"{errors}个错误，{len(found.problems) - errors}个警告；另有{found.accepted}处为记录中已核对的内容。"
        )
    return 0 if found.ok else 1


def _scan(folder: Path, root: Path | None, now: datetime) -> Scanned:
    from huiyin.publish.accepted import look_alone, look_through
    from huiyin.publish.gather import gather
    from huiyin.repo.source import FolderSource

    return look_through(folder, gather(FolderSource(root), now), root) if root else look_alone(folder)


def _root(root: Path | None) -> Path | None:
    """The instance that was named, else the one here; a site may also be looked through where there is none."""
    if root is not None:
        return root
    try:
        return find_root(Path.cwd())
    except UsageError:
        return None
