"""``huiyin fmt``."""

from __future__ import annotations

from pathlib import Path

import click

from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import Place, format_option, root_option
from huiyin.cli.output import print_json, problem_data, problem_lines
from huiyin.cli.paths import case_paths_from
from huiyin.recording.formatting import format_files
from huiyin.repo.store import case_paths


@chinese_command("fmt")
@click.argument("paths", nargs=-1, metavar="[编号|路径]...", help="留言编号、文件或目录。")
@click.option("--check", "only_check", is_flag=True, help="只列出不合规范格式的文件，不改写；有则退出码为1。")
@click.option("--drop-comments", is_flag=True, help="有注释的文件也改写，注释丢弃；默认不改写这样的文件。")
@root_option
@format_option("text", "json")
def command(paths: tuple[str, ...], only_check: bool, drop_comments: bool, root: Path, output: str) -> int:
    """把留言文件改为规范格式；不写路径则改写全部。

    只改写法，不改内容：键的次序、引号、缩进、换行（CRLF）、字节顺序标记（BOM）、首行的模式说明。
    正文中的制表符、看不见的字符属于内容，不予改动，列出由人改正；有注释的文件也不改写（见 --drop-comments）。
    """
    place = Place(root)
    wanted = case_paths_from(paths, place) if paths else case_paths(place.source)
    wanted = [path for path in wanted if path.endswith((".yaml", ".yml"))]
    done = format_files(root, wanted, drop_comments=drop_comments, write=not only_check)
    changed = [f.path for f in done if f.text is not None]
    problems = [p for f in done for p in f.problems]
    failed = sum(bool(f.problems) for f in done)
    code = 1 if problems or (only_check and changed) else 0
    if output == "json":
        print_json(
            {
                "files": len(done),
                "check": only_check,
                "changed": changed,
                "problems": [problem_data(p) for p in problems],
            }
        )
        return code
    for path in changed:
        click.echo(path)
    if problems:
        click.echo("\n".join(problem_lines(problems)), err=True)
    verb = "需要改写" if only_check else "改写了"
    click.echo(f"共{len(done)}个文件：{verb}{len(changed)}个，{failed}个不能改写，其余已是规范格式。")
    return code
