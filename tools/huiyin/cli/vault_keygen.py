"""``huiyin vault keygen``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import as_of_option


@chinese_command("keygen")
@click.argument("file", metavar="文件", type=click.Path(path_type=Path))
@as_of_option
def command(file: Path, now: datetime) -> int:
    """生成本人的age密钥，写入新文件（只有本人可读，不覆盖已有文件），打印要登记的公钥。

    私钥丢失，就不能再解密；每人各用各的，不外传，不放进Git仓库，另行备份。公钥登记、合并以后，
    由交办单位经办人运行 huiyin vault rekey --all，此前的留言才能用新密钥解密。
    """
    from huiyin.vault.identity import make_identity

    recipient = make_identity(file, now)
    click.echo(f"已生成密钥：{file}", err=True)
    click.echo("把以下内容登记到 rules/people.yaml 本人名下，提交并经规则维护人审签：", err=True)
    click.echo(f'    age:\n      - {{recipient: {recipient}, from: "{now:%Y-%m-%d}"}}')
    return 0
