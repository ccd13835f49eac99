"""第十九条: is the vault as the record says it must be? Needs no key; with one it opens what that key should open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from huiyin.model.event import ReplyMode
from huiyin.model.problem import HuiyinError, Problem
from huiyin.rules.deadlines import local_day
from huiyin.rules.replay import Replay
from huiyin.rules.rulebook import Rulebook
from huiyin.vault.age import Identity
from huiyin.vault.envelope import Envelope
from huiyin.vault.readers import Reader, readers_at_registration, readers_of_case
from huiyin.vault.store import AGE, READERS, Vault

MARK = "〔已隐去"
"""How what was taken out of a text is marked; the original must be in the vault then."""
_NAMED = 10
"""Cases that one message names at most."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One case of the vault against the record.

    Args:
        state_title: Chinese name of the state, "" if the record has no such case.
        envelope: what is known without a key, or None.
        wanted: who should be able to read it now; None where nobody at the dispatcher has a key.
        held_days: working days that the draft has waited, or None if none waits.
        problems: HY712–HY729.
    """

    id: str
    state_title: str
    envelope: Envelope | None
    wanted: tuple[Reader, ...] | None
    held_days: int | None
    problems: tuple[Problem, ...]


def inspect(
    vault: Vault, replays: Mapping[str, Replay], rulebook: Rulebook, now: datetime, identities: Iterable[Identity] = ()
) -> Iterator[Entry]:
    """Compare each case that the vault holds with the record.

    Args:
        replays: the cases of the record that the vault may hold, by id.
        identities: open what is encrypted for them.
    """
    keys = tuple(identities)
    for case_id in vault.ids():
        problems: list[Problem] = []
        envelope = None
        try:
            envelope = vault.envelope(case_id)
            problems += vault.damage(case_id)
        except HuiyinError as error:
            problems += error.problems
        replay = replays.get(case_id)
        wanted: tuple[Reader, ...] | None = None
        try:
            wanted = wanted_readers(case_id, replay, rulebook, now)
        except HuiyinError as error:
            problems += error.problems
        if not problems:
            problems += _judge(case_id, envelope, wanted or (), replay)
            problems += _try(vault, case_id, envelope, keys)
        held_days = None
        if envelope is not None and envelope.held is not None:
            days = rulebook.calendar.local(None)
            held_days = days.between(local_day(envelope.held), local_day(now))
        yield Entry(case_id, replay.state_title if replay else "", envelope, wanted, held_days, tuple(problems))


def wanted_readers(case_id: str, replay: Replay | None, rulebook: Rulebook, now: datetime) -> tuple[Reader, ...]:
    """Who should be able to read a case now, whether it is in the record yet or not.

    Raises:
        HuiyinError: HY712.
    """
    if replay is not None:
        return readers_of_case(replay, rulebook.registry)
    return readers_at_registration(case_id, rulebook, local_day(now))


def find_lacking(replays: Iterable[Replay], vault: Vault) -> Iterator[Problem]:
    """What the record says was put into the vault, and is not there: HY723, HY729."""
    there, forgotten = set(vault.ids()), vault.forgotten_ids()
    reachable = []
    for replay in replays:
        case = replay.case
        if case.id in there or case.id in forgotten or case.history:
            continue
        if MARK in case.title or MARK in case.body:
            yield Problem("HY723", f"{case.id}有隐去之处，金库中没有原文。", case.path)
        elif case.contactable:
            reachable.append(case.id)
        if is_answered_privately(replay):
            yield Problem("HY729", f"{case.id}已作个别答复，金库中没有答复的内容。", case.path, article="20(2)")
    if reachable:
        named = "、".join(reachable[:_NAMED]) + ("等" if len(reachable) > _NAMED else "")
        yield Problem("HY723", f"{len(reachable)}件记有联系方式，金库中没有：{named}。")


def find_forgotten_yet_present(vault: Vault) -> Iterator[Problem]:
    """HY728: a crash while erasing, or an old backup."""
    names = set(vault.names())
    for case_id in sorted(vault.forgotten_ids()):
        if {f"{case_id}{AGE}", f"{case_id}{READERS}"} & names:
            yield Problem("HY728", f"{case_id}记为已抹除，文件仍在。", f"{case_id}{AGE}")


def is_answered_privately(replay: Replay) -> bool:
    """第二十条: whether the answer in force went to the citizen alone."""
    return replay.answer is not None and replay.answer.mode is ReplyMode.PRIVATE


def _judge(
    case_id: str, envelope: Envelope | None, wanted: tuple[Reader, ...], replay: Replay | None
) -> Iterator[Problem]:
    name = f"{case_id}{AGE}"
    if envelope is None:
        yield Problem("HY722", f"{case_id}的可读人员清单缺失或者与文件不配套。", name)
        return
    extra, lacking = sorted(set(envelope.readers) - set(wanted)), sorted(set(wanted) - set(envelope.readers))
    if extra or lacking:
        said = [f"不应可读而可读：{_people(extra)}"] if extra else []
        said += [f"应可读而不可读：{_people(lacking)}"] if lacking else []
        yield Problem("HY722", f"{case_id}{'；'.join(said)}。", name)
    if replay is None and envelope.held is None:
        yield Problem("HY724", f"金库中有{case_id}，留言库的这一版本中没有。", name)
    if replay is not None and is_answered_privately(replay) and not envelope.replies:
        yield Problem("HY729", f"{case_id}已作个别答复，金库中没有答复的内容。", name, article="20(2)")


def _try(vault: Vault, case_id: str, envelope: Envelope | None, identities: tuple[Identity, ...]) -> Iterator[Problem]:
    ours = {identity.recipient for identity in identities}
    if envelope is not None and any(reader.recipient in ours for reader in envelope.readers):
        try:
            vault.read(case_id, identities)
        except HuiyinError as error:
            yield from error.problems


def _people(readers: Iterable[Reader]) -> str:
    return "、".join(dict.fromkeys(reader.person for reader in readers))
