"""``huiyin problems``."""

from __future__ import annotations

import click

from huiyin.cli.chinese import command as chinese_command
from huiyin.model.codes import CODES
from huiyin.model.problem import Problem, Severity, UsageError


@chinese_command("problems")
@click.argument("codes", nargs=-1, metavar="[代码]...")
@click.option("--markdown", is_flag=True, help="输出 docs/problems.md 的全文。")
def command(codes: tuple[str, ...], markdown: bool) -> int:
    """列出问题代码及其原因和处理办法；不写代码则列出全部。"""
    unknown = [c for c in codes if c.upper() not in CODES]
    if unknown:
        raise UsageError(Problem("HY920", f"没有代码：{'、'.join(unknown)}。"))
    if markdown:
        click.echo(markdown_page(), nl=False)
        return 0
    for code in [c.upper() for c in codes] or CODES:
        entry = CODES[code]
        click.echo(
            f"{code} {Severity(entry.severity).label}：{entry.title}\n    原因：{entry.cause}\n    处理：{entry.cure}"
        )
    return 0


def markdown_page() -> str:
    """The text of docs/problems.md."""
    lines = [
        "# 问题代码",
        "",
        "每个问题有固定的代码；代码一经使用，含义不再改变。",
        "本页由 `huiyin problems --markdown` 生成，内容取自 `tools/huiyin/model/codes/`。",
        "",
        "| 代码 | 程度 | 问题 | 原因 | 处理办法 |",
        "|---|---|---|---|---|",
    ]
    for code, entry in CODES.items():
        cells = (code, Severity(entry.severity).label, entry.title, entry.cause, entry.cure)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"
