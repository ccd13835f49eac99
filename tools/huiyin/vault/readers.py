"""第十九条: who may read what the vault keeps of a case, and nobody else; a pure function of the record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from huiyin.model.case import Channel
from huiyin.model.problem import HuiyinError, Problem
from huiyin.model.unit import Role
from huiyin.rules.deadlines import local_day
from huiyin.rules.registry import Registry
from huiyin.rules.replay import Replay
from huiyin.rules.rulebook import Rulebook

DISPATCHER_ROLES = (Role.CLERK, Role.REVIEWER)
UNIT_ROLES = (Role.CLERK, Role.HEAD)


@dataclass(frozen=True, slots=True, order=True)
class Reader:
    """One key that a file is encrypted for, and whose it is.

    Args:
        person: id in rules/people.yaml.
        recipient: ``age1…``.
    """

    person: str
    recipient: str


def readers(dispatcher: str, unit: str | None, registry: Registry, day: date) -> tuple[Reader, ...]:
    """第十九条: the clerks and reviewers of the dispatcher, the clerks and the head of the unit assigned.

    Only with a role and an age key that are both valid on the day.

    Args:
        dispatcher: id of the unit whose queue the channel is (第六条).
        unit: id of the unit assigned, or None before assignment.
        day: Asia/Shanghai.

    Returns:
        Readers in order, each once.

    Raises:
        HuiyinError: HY712, nobody at the dispatcher has a key.
    """
    ours = _holders(dispatcher, DISPATCHER_ROLES, registry, day)
    if not ours:
        message = f"{registry.name_of(dispatcher)}的经办人、复审人在{day}都没有登记有效的age公钥，金库不能加密。"
        raise HuiyinError(Problem("HY712", message, article="19"))
    return tuple(sorted(ours | (_holders(unit, UNIT_ROLES, registry, day) if unit is not None else set())))


def readers_of_case(replay: Replay, registry: Registry) -> tuple[Reader, ...]:
    """The readers of a case as it stands (see ``readers``).

    Raises:
        HuiyinError: HY712.
    """
    return readers(replay.dispatcher, replay.unit, registry, local_day(replay.now))


def readers_at_registration(case_id: str, rulebook: Rulebook, day: date) -> tuple[Reader, ...]:
    """Of a case not in the record yet: its dispatcher only, which follows from the channel (第六条).

    Args:
        case_id: ``<channel>-<reference>``.

    Raises:
        HuiyinError: HY712.
    """
    channel = Channel(case_id.partition("-")[0])
    in_force = sorted(rulebook.procedures.values(), key=lambda procedure: procedure.in_force_from)
    return readers(in_force[-1].channels[channel].dispatcher, None, rulebook.registry, day)


def dispatchers_without_keys(rulebook: Rulebook, day: date) -> tuple[str, ...]:
    """The units that dispatch a channel (第六条) and have nobody for whom the vault could encrypt, each once."""
    units = dict.fromkeys(c.dispatcher for p in rulebook.procedures.values() for c in p.channels.values())
    return tuple(unit for unit in units if not _holders(unit, DISPATCHER_ROLES, rulebook.registry, day))


def _holders(unit: str, roles: Iterable[Role], registry: Registry, day: date) -> set[Reader]:
    return {
        Reader(person.id, key.recipient)
        for role in roles
        for person in registry.people_holding(unit, role, day)
        for key in person.age_keys
        if key.holds_on(day)
    }
