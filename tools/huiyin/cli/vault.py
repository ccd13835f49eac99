"""``huiyin vault``: the commands of the vault."""

from __future__ import annotations

import click

from huiyin.cli.lazy import LazyGroup

COMMANDS = {
    "keygen": ("huiyin.cli.vault_keygen", "生成本人的密钥，打印要登记的公钥"),
    "list": ("huiyin.cli.vault_list", "列出金库中的留言：何人可读、个别答复、待定几天"),
    "show": ("huiyin.cli.vault_show", "在终端上显示一件的姓名、联系方式、原文、个别答复"),
    "put": ("huiyin.cli.vault_put", "存入姓名、联系方式、原文、个别答复"),
    "rekey": ("huiyin.cli.vault_rekey", "改派、人员变动或换密钥以后，为现在应可读的人员重新加密"),
    "forget": ("huiyin.cli.vault_forget", "抹除一件的全部内容，只留下何时由何人抹除"),
    "doctor": ("huiyin.cli.vault_doctor", "检查金库：缺件、多余、可读人员不符、损坏、权限、中断残留"),
}


@click.group("vault", cls=LazyGroup, modules=COMMANDS, invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> int:
    """金库：留言人的姓名、联系方式、留言原文和个别答复，加密存在Git之外（第十九条、第二十条）。

    一件留言一个文件，只有交办单位的经办人、复审人和现承办单位的经办人、主要负责同志能够解密。
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    return 0
