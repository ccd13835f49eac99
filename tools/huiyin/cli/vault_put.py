"""``huiyin vault put``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.inputs import Inputs
from huiyin.cli.options import Place, as_of_option, root_option
from huiyin.cli.output import problem_lines
from huiyin.cli.vault_options import by_option, find_person, identity_option, open_vault, read_keys, vault_option
from huiyin.cli.vault_options import replays_of as read_replays
from huiyin.model.problem import HuiyinError, Problem, UsageError

if TYPE_CHECKING:
    from huiyin.rules.replay import Replay
    from huiyin.vault.content import PrivateReply, Sealed
    from huiyin.vault.store import Vault

_ASKED = ("phone", "email", "address")
_WHERE = "可以写 @文件，- 为标准输入"


@chinese_command("put")
@click.argument("case_id", metavar="编号")
@click.option("--name", metavar="姓名", help=f"留言人姓名；{_WHERE}。直接写在命令行上的，会留在命令历史中。")
@click.option(
    "--contact", "contacts", metavar="种类=值", multiple=True,
    help="联系方式，可多次，值的写法同上：phone 电话，email 电子邮箱，address 地址，wechat 微信，qq QQ号，"
    "id_number 证件号码，other 其他。",
)  # fmt: skip
@click.option(
    "--text", "texts", metavar="位置=@文件", multiple=True, help="原文，可多次：位置如 /title、/body；值的写法同上。"
)
@click.option("--reply-file", metavar="文件|-", help="个别答复的内容（第二十条）。")
@click.option(
    "--delivered-by", type=click.Choice(["phone", "email", "visit", "post"]),
    help="个别答复的送达方式：phone 电话，email 电子邮件，visit 当面，post 信函；默认取留言中所记的。",
)  # fmt: skip
@click.option("--replace", "replaces", is_flag=True, help="已有不同内容的，以这次的为准；不写则拒绝。")
@click.option("--again", is_flag=True, help="已经抹除的，再次存入；会记录在案。")
@by_option
@identity_option
@vault_option
@root_option
@as_of_option
def command(case_id: str, root: Path, now: datetime, **values: Any) -> int:
    """存入一件留言的姓名、联系方式、原文、个别答复；已有内容的，补充进去，不覆盖（第十九条、第二十条）。

    什么都不写的，在终端上逐项询问。金库中已有这一件的，须用本人的密钥；还没有的不用。
    """
    place, inputs = Place(root), Inputs()
    vault = open_vault(values["vault_folder"], root)
    replay = _find(case_id, place, vault, now)
    keys = read_keys(values["identity_file"], root)
    sealed = _sealed(case_id, values, inputs, place, replay, now)
    if sealed.is_empty:
        raise UsageError(Problem("HY940", "没有写要存入的内容。"))
    if inputs.warnings:
        click.echo("\n".join(problem_lines(inputs.warnings)), err=True)
    from huiyin.vault.inspection import wanted_readers

    readers = wanted_readers(case_id, replay, place.rulebook, now)
    if values["again"]:
        vault.allow_again(case_id, find_person(values["by"], place, now).id, now)
    if values["replaces"] and case_id in vault.ids():
        vault.update(case_id, lambda kept: kept.replaced_by(sealed), readers, keys)
    else:
        vault.put(sealed, readers, keys)
    people = "、".join(dict.fromkeys(reader.person for reader in readers))
    click.echo(f"已存入：{case_id}（{'、'.join(_parts(sealed))}）。可读人员：{people}。")
    return 0


def _find(case_id: str, place: Place, vault: Vault, now: datetime) -> Replay | None:
    """The case in the record; None for one that only the vault has, a draft that waits.

    Raises:
        HuiyinError: HY930, neither has it: a slip of the pen would be kept where nobody looks.
    """
    replays, problems = read_replays(place, [case_id], now)
    if problems:
        raise HuiyinError(*problems)
    if case_id not in replays and case_id not in vault.ids():
        raise HuiyinError(Problem("HY930", "没有这一编号的留言，金库中也没有。"))
    return replays.get(case_id)


def _sealed(
    case_id: str, values: Mapping[str, Any], inputs: Inputs, place: Place, replay: Replay | None, now: datetime
) -> Sealed:
    from huiyin.vault.content import CONTACTS, Sealed

    name = inputs.text(values["name"], "--name") if values["name"] is not None else None
    contact = {kind: inputs.text(raw, "--contact") for kind, raw in _pairs(values["contacts"], "--contact")}
    if unknown := contact.keys() - CONTACTS.keys():
        known = "、".join(CONTACTS)
        raise click.UsageError(f"--contact：没有“{'、'.join(sorted(unknown))}”这种联系方式；可用：{known}。")
    texts = {pointer: inputs.raw(raw, "--text") for pointer, raw in _pairs(values["texts"], "--text")}
    if not all(pointer.startswith("/") for pointer in texts):
        raise click.UsageError("--text：位置应以“/”开头，如 /title、/body。")
    replies: tuple[PrivateReply, ...] = ()
    if values["reply_file"] is not None:
        replies = (_reply(values, inputs, place, replay, now),)
    if not (name or contact or texts or replies) and inputs.interactive:
        name = inputs.ask("姓名（不知道的直接回车）").strip() or None
        answers = {kind: inputs.ask(f"{CONTACTS[kind]}（没有的直接回车）").strip() for kind in _ASKED}
        contact = {kind: answer for kind, answer in answers.items() if answer}
    return Sealed(case_id, name, contact, texts, replies)


def _reply(
    values: Mapping[str, Any], inputs: Inputs, place: Place, replay: Replay | None, now: datetime
) -> PrivateReply:
    from huiyin.vault.content import PrivateReply

    raw = values["reply_file"]
    text = inputs.text(raw if raw == "-" or raw.startswith("@") else f"@{raw}", "--reply-file")
    if not text.strip():
        raise UsageError(Problem("HY940", "--reply-file：答复是空的。"))
    recorded = replay.answer.delivered_by if replay is not None and replay.answer is not None else None
    return PrivateReply(text, now, find_person(values["by"], place, now).id, values["delivered_by"] or recorded)


def _pairs(given: tuple[str, ...], option: str) -> list[tuple[str, str]]:
    pairs = [(key, raw) for key, equals, raw in (item.partition("=") for item in given) if equals and raw]
    if len(pairs) < len(given):
        raise click.UsageError(f"{option} 应写作“名称=值”。")
    if len(dict(pairs)) < len(pairs):
        raise click.UsageError(f"{option} 的同一项写了两次。")
    return pairs


def _parts(sealed: Sealed) -> list[str]:
    """What was put, in words, and nothing of it."""
    from huiyin.vault.content import CONTACTS

    parts = ["姓名"] if sealed.name else []
    parts += [CONTACTS[kind] for kind in sealed.contact]
    parts += [f"原文{pointer}" for pointer in sealed.texts]
    return [*parts, *(["个别答复"] if sealed.replies else [])]
