"""``huiyin vault forget``."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import Place, as_of_option, root_option
from huiyin.cli.vault_options import by_option, find_person, open_vault, vault_option


@chinese_command("forget")
@click.argument("case_id", metavar="编号")
@click.option("--yes", is_flag=True, help="不再询问。")
@by_option
@vault_option
@root_option
@as_of_option
def command(case_id: str, yes: bool, by: str | None, vault_folder: Path | None, root: Path, now: datetime) -> int:
    """抹除金库中一件的全部内容，不能恢复；只记下编号、时间和抹除人（第十九条）。

    不改动留言库。金库的备份不受影响，须另行清除；从旧备份恢复以后，huiyin vault doctor 会指出应再次抹除的。
    """
    person = find_person(by, Place(root), now)
    vault = open_vault(vault_folder, root, must_exist=True)
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("不在终端上，无法询问是否抹除；确认要抹除的，加 --yes。")
        if not click.confirm(f"抹除金库中 {case_id} 的全部内容，不能恢复", default=False, err=True, prompt_suffix="？"):
            click.echo("没有抹除。", err=True)
            return 1
    erased = vault.forget(case_id, person.id, now)
    click.echo(f"已抹除：{case_id}。" if erased else f"{case_id}此前已经抹除。")
    return 0
