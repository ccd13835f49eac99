"""``huiyin gate comment``: judge and say so on the forge, and merge nothing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.gate_sweep import key_option, remote_option, run_sweep
from huiyin.cli.options import as_of_option, format_option
from huiyin.cli.repository import git_root_option


@chinese_command("comment")
@click.argument("numbers", nargs=-1, type=click.IntRange(min=1), metavar="[编号]...")
@key_option
@remote_option
@git_root_option
@as_of_option
@format_option("text", "json", "markdown")
@click.pass_context
def command(
    ctx: click.Context,
    numbers: tuple[int, ...],
    key: str | None,
    remote: str | None,
    root: Path,
    now: datetime,
    output: str,
) -> int:
    """闸门：判断代码平台上的合并请求并留言、设状态，不合并；不写编号则全部。

    不需要闸门的密钥；环境变量同 huiyin gate sweep。
    """
    return run_sweep(ctx, numbers or None, True, key, remote, root, now, output, merges=False)
