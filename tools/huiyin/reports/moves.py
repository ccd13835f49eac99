"""Which due dates move when the calendar changes (design §4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from huiyin.model.case import Case
from huiyin.rules.calendar import Calendar
from huiyin.rules.deadlines import ClockKind
from huiyin.rules.replay import replay
from huiyin.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Move:
    """One running clock whose due date is another under the new calendar. ``old`` and ``new`` as clocks print them."""

    case_id: str
    unit: str
    kind: ClockKind
    old: str
    new: str


def find_moves(
    cases: Iterable[Case], rulebook: Rulebook, old: Calendar, new: Calendar, now: datetime
) -> tuple[Move, ...]:
    """Replay each case under both calendars and name the running clocks whose due date differs."""
    before, after = replace(rulebook, calendar=old), replace(rulebook, calendar=new)
    moves = []
    for case in cases:
        pairs = zip(replay(case, before, now).clocks, replay(case, after, now).clocks, strict=True)
        moves += [
            Move(case.id, is_.unit, is_.kind, str(was.due), str(is_.due))
            for was, is_ in pairs
            if is_.running and was.due.at != is_.due.at
        ]
    return tuple(sorted(moves, key=lambda m: (m.new, m.case_id)))
