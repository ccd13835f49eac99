"""What a change asks for next: who must approve it, which date is the nearest, who goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from huiyin.model.unit import Person
from huiyin.rules.deadlines import Clock
from huiyin.rules.procedure import Approval
from huiyin.rules.registry import Registry
from huiyin.rules.replay import Replay
from huiyin.rules.steps import NextStep, Seat, unit_of


def registration_approvals(replay: Replay) -> tuple[Seat, ...]:
    """Who must approve that the case is registered (第九条(一))."""
    return _seats(replay.procedure.events["received"].approvals, replay)


def event_approvals(before: Replay, after: Replay, event: Mapping[str, Any]) -> tuple[Seat, ...]:
    """Who must approve the event: seats as they were before it, on the route that it puts the case on.

    Args:
        before, after: the case without and with the event.
        event: as written; approvals that hold only for some values are left out for others.
    """
    approvals = before.procedure.approvals(event["type"], after.route)
    return _seats((a for a in approvals if all(str(event.get(k)) == v for k, v in a.when.items())), before)


def approvers(seat: Seat, registry: Registry, day: date, author: str) -> tuple[Person, ...]:
    """Those who may approve on that day; never the author (design §3)."""
    if seat.unit is None:
        return ()
    return tuple(p for p in registry.people_holding(seat.unit, seat.role, day) if p.id != author)


def nearest_clock(replay: Replay) -> Clock | None:
    """Of the clocks that run, the one that ends first."""
    return min((c for c in replay.clocks if c.running), key=lambda c: c.due.at, default=None)


def awaited(replay: Replay) -> tuple[NextStep, ...]:
    """The legal steps that the state waits for, of all those that are legal."""
    names = replay.procedure.states[replay.state].awaits
    return tuple(s for s in replay.steps if s.event in names)


def _seats(approvals: Iterable[Approval], replay: Replay) -> tuple[Seat, ...]:
    def seat(approval: Approval) -> Seat:
        actor = replay.procedure.actors[approval.by]
        unit = unit_of(actor, replay.unit, replay.case, replay.procedure)
        return Seat(approval.by, actor.title, unit, actor.role, approval.article, approval.when, approval.stricter)

    return tuple(seat(a) for a in approvals)
