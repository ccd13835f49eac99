"""Which due dates move when the calendar changes (design §4).

Either both calendars are at hand, or only what each of them gave: two snapshots, taken by two programs with two
versions of the package ``chinesecalendar``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from huiyin.model.case import Case
from huiyin.model.problem import HuiyinError, Problem
from huiyin.rules.calendar import Calendar
from huiyin.rules.deadlines import ClockKind
from huiyin.rules.replay import Replay, replay
from huiyin.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class RunningClock:
    """One clock of an open case. ``due`` as clocks print it: a date, or a time where an hour counts."""

    case_id: str
    unit: str
    kind: ClockKind
    due: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Move:
    """One running clock whose due date is another under the new calendar. ``old`` and ``new`` as clocks print them."""

    case_id: str
    unit: str
    kind: ClockKind
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every running clock at one moment; ``cases`` is how many open cases there were."""

    as_of: datetime
    cases: int
    clocks: tuple[RunningClock, ...]


def take_snapshot(replays: Iterable[Replay], now: datetime) -> Snapshot:
    """The due dates of all open cases, by id."""
    opened = [found for found in replays if not found.closed and found.case.received_at <= now]
    clocks = [clock for found in opened for clock in _running(found)]
    return Snapshot(now, len(opened), tuple(sorted(clocks, key=lambda c: (c.case_id, c.kind))))


def _running(found: Replay) -> list[RunningClock]:
    return [
        RunningClock(found.case.id, c.unit, c.kind, str(c.due), c.due.provisional) for c in found.clocks if c.running
    ]


def compare(old: Iterable[RunningClock], new: Iterable[RunningClock]) -> tuple[Move, ...]:
    """The clocks that both have, with different due dates; in the order of the new date and id."""
    before = {(c.case_id, c.unit, c.kind): c.due for c in old}
    moves = [
        Move(c.case_id, c.unit, c.kind, before[key], c.due)
        for c in new
        if (key := (c.case_id, c.unit, c.kind)) in before and before[key] != c.due
    ]
    return tuple(sorted(moves, key=lambda m: (m.new, m.case_id)))


def find_moves(
    cases: Iterable[Case], rulebook: Rulebook, old: Calendar, new: Calendar, now: datetime
) -> tuple[Move, ...]:
    """Replay each case under both calendars and name the running clocks whose due date differs."""
    before, after = replace(rulebook, calendar=old), replace(rulebook, calendar=new)
    known = list(cases)
    return compare(
        (clock for case in known for clock in _running(replay(case, before, now))),
        (clock for case in known for clock in _running(replay(case, after, now))),
    )


def snapshot_data(snapshot: Snapshot) -> dict[str, Any]:
    """The stable JSON form (docs/cli.md)."""
    return {
        "as_of": snapshot.as_of.isoformat(),
        "cases": snapshot.cases,
        "clocks": [
            {"id": c.case_id, "unit": c.unit, "clock": c.kind.value, "due": c.due, "provisional": c.provisional}
            for c in snapshot.clocks
        ],
    }


def snapshot_from(text: str, path: str) -> Snapshot:
    """A snapshot as it was written.

    Raises:
        HuiyinError: HY894, it is none.
    """
    try:
        data = json.loads(text)
        return Snapshot(datetime.fromisoformat(data["as_of"]), int(data["cases"]), tuple(_clocks(data["clocks"])))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise HuiyinError(Problem("HY894", "这个文件不是 huiyin calendar due 写出的期限。", path)) from None


def _clocks(items: Sequence[Mapping[str, Any]]) -> Iterable[RunningClock]:
    for item in items:
        due = datetime.fromisoformat(item["due"])
        text = due.isoformat() if "T" in item["due"] else due.date().isoformat()
        yield RunningClock(
            str(item["id"]), str(item["unit"]), ClockKind(item["clock"]), text, item["provisional"] is True
        )
