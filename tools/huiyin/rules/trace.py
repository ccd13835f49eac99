"""Why this date: how a clock was counted, day by day (design §4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from huiyin.rules.calendar import WorkingDays
from huiyin.rules.deadlines import Clock, ClockKind, local_day
from huiyin.rules.procedure import Settings


@dataclass(frozen=True, slots=True)
class TraceDay:
    """One day of the count.

    Args:
        number: which working day of the limit it is (第 n 个工作日), or None where it does not count.
        late: it lies after the due date; ``number`` then counts the working days of lateness.
        reason: Chinese: why it counts or not; ``source``: the document behind that.
    """

    day: date
    number: int | None
    late: bool
    reason: str
    source: str
    provisional: bool


def trace(clock: Clock, now: datetime, settings: Settings, days: WorkingDays) -> Iterator[TraceDay]:
    """Every day from the start of the clock to its due date, and on to where it stopped, or ``now``, if that is later.

    Args:
        clock: one of a replay's clocks.
        days: the working days of the clock's unit.
    """
    start, due = local_day(clock.start), clock.due.day
    end = max(due, local_day(clock.stopped or now))
    counts_start = clock.kind is not ClockKind.HANDLING or settings.counting_starts == "same_day"
    number = late = 0
    day = start
    while day <= end:
        known = days.day(day)
        after_due = day > due
        counted: int | None = None
        reason = known.reason
        if day == start and not counts_start:
            reason = f"{known.reason}，当日不计入"
        elif known.working and after_due:
            counted = late = late + 1
        elif known.working and clock.kind is not ClockKind.REVIEW:
            counted = number = number + 1
        yield TraceDay(day, counted, after_due, reason, known.source, known.provisional)
        day += timedelta(days=1)
