"""``huiyin vault show``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import Place, as_of_option, format_option, root_option
from huiyin.cli.vault_options import identity_option, need_keys, open_vault, printable, vault_option

if TYPE_CHECKING:
    from huiyin.rules.registry import Registry
    from huiyin.vault.content import Sealed


@chinese_command("show")
@click.argument("case_id", metavar="编号")
@click.option("--pipe", is_flag=True, help="输出不是终端时也照样输出；内容会留在文件或另一程序中，自行负责清除。")
@identity_option
@vault_option
@root_option
@as_of_option
@format_option("text", "json")
def command(
    case_id: str,
    pipe: bool,
    identity_file: Path | None,
    vault_folder: Path | None,
    root: Path,
    now: datetime,
    output: str,
) -> int:
    """显示金库中一件的内容：姓名、联系方式、查询码、原文、个别答复、待定的留言。

    只显示在终端上；输出到文件或管道的，须加 --pipe。看过以后请清屏，不要截图、转发（第十九条）。
    """
    if not pipe and not sys.stdout.isatty():
        raise click.UsageError("输出不是终端，个人信息会留在文件或日志中；确需如此的，加 --pipe。")
    keys = need_keys(identity_file, root)
    sealed = open_vault(vault_folder, root, must_exist=True).read(case_id, keys)
    if output == "json":
        click.echo(_harmless(json.dumps(json.loads(sealed.to_bytes()), ensure_ascii=False, indent=2)))
    else:
        click.echo("\n".join(map(printable, _lines(sealed, Place(root).rulebook.registry))))
    return 0


def _lines(sealed: Sealed, registry: Registry) -> Iterator[str]:
    from huiyin.rules.lookup import grouped
    from huiyin.vault.content import CONTACTS, DELIVERIES

    yield sealed.case_id
    if sealed.name:
        yield f"  姓名：{sealed.name}"
    for kind, value in sealed.contact.items():
        yield f"  {CONTACTS[kind]}：{value}"
    if sealed.code:
        yield f"  查询码：{grouped(sealed.code)}"
    for pointer, text in sealed.texts.items():
        yield f"  原文（{pointer}）："
        yield _indented(text)
    for reply in sealed.replies:
        how = f"，{DELIVERIES[reply.delivered_by]}送达" if reply.delivered_by else ""
        person = registry.people.get(reply.by)
        yield f"  个别答复（{reply.at:%Y-%m-%d %H:%M}，{person.name if person else reply.by}{how}）："
        yield _indented(reply.text)
    if sealed.held is not None:
        yield f"  待定的留言（{sealed.held.since:%Y-%m-%d %H:%M}起，用 huiyin redact {sealed.case_id} 处理）："
        for name in ("title", "body"):
            yield _indented(str(sealed.held.document.get(name, "")))


def _harmless(text: str) -> str:
    """The same JSON without characters that a terminal might obey; JSON has another way to write them."""
    return "".join(c if c == "\n" or c.isprintable() else json.dumps(c).strip('"') for c in text)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.rstrip("\n").split("\n"))
