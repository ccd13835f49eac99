"""Who is told what: notices, with the people who hold the roles on that day, and the groups of their units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from huiyin.model.problem import Problem
from huiyin.model.unit import Person
from huiyin.reminders.notices import Key, Notice, Seat
from huiyin.reminders.occasions import find_notices
from huiyin.reminders.routing import Routing
from huiyin.rules.deadlines import local_day
from huiyin.rules.registry import Registry
from huiyin.rules.replay import Replay
from huiyin.rules.rulebook import Rulebook

MAIL = "mail"
"""The channel of people; that of a group is its kind of robot."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person by mail, or a group by its robot. Sorts by channel, then id."""

    channel: str
    to: str
    name: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notice for one addressee: what goes once."""

    key: Key
    notice: Notice
    addressee: Addressee


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is to be told at one moment.

    Args:
        deliveries: in the order of addressee, kind, due date and case.
        problems: HY861, seats that nobody holds.
    """

    as_of: datetime
    deliveries: tuple[Delivery, ...]
    problems: tuple[Problem, ...]


def make_plan(replays: Iterable[Replay], rulebook: Rulebook, routing: Routing, now: datetime) -> Plan:
    """Find all that is to be told at ``now``, whether or not it has been.

    Args:
        now: with an offset, the moment of the replays.
    """
    today, registry = local_day(now), rulebook.registry
    found: dict[Key, Delivery] = {}
    empty: dict[Seat, Problem] = {}
    for replay in replays:
        for notice in find_notices(replay, rulebook, routing, now):
            for seat in notice.seats:
                holders = registry.people_holding(seat.unit, seat.role, today)
                if not holders:
                    empty.setdefault(seat, _nobody(seat, notice, registry))
                for addressee in _addressees(seat, notice, holders, routing, registry):
                    delivery = _delivery(notice, addressee)
                    found.setdefault(delivery.key, delivery)
    ordered = sorted(found.values(), key=_order)
    return Plan(now, tuple(ordered), tuple(empty.values()))


def _addressees(
    seat: Seat, notice: Notice, holders: Iterable[Person], routing: Routing, registry: Registry
) -> Iterator[Addressee]:
    for person in holders:
        yield Addressee(MAIL, person.id, person.name)
    for group in routing.groups:
        if group.unit == seat.unit and notice.kind in group.kinds:
            yield Addressee(group.robot.value, group.id, f"{registry.name_of(group.unit)}{group.robot.label}群")


def _delivery(notice: Notice, to: Addressee) -> Delivery:
    return Delivery(Key(notice.day.isoformat(), notice.kind.value, notice.case_id, to.to, to.channel), notice, to)


def _order(delivery: Delivery) -> tuple[str, str, int, str, str]:
    notice, to = delivery.notice, delivery.addressee
    return to.channel, to.to, notice.kind.order, notice.due, notice.case_id


def _nobody(seat: Seat, notice: Notice, registry: Registry) -> Problem:
    message = (
        f"{registry.name_of(seat.unit)}没有在任的{seat.role.label}，{notice.case_id}等的“{notice.kind.label}”无人可告。"
    )
    return Problem("HY861", message, "rules/people.yaml", article=notice.articles[0])


def is_late(notice: Notice, today: date) -> bool:
    """Whether the notice is told after its day."""
    return notice.day < today
