"""A second, naive count of the figures: straight from the accepted events, month by month and day by day.

It shares nothing with ``publish/statistics.py`` and ``reports/stats.py`` but the replay of a single case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from huiyin.model.case import SHANGHAI
from huiyin.model.event import Assigned, Rated
from huiyin.rules.deadlines import ClockKind
from huiyin.rules.replay import Replay
from huiyin.rules.rulebook import Rulebook

COUNTS = ("received", "pending", "declined", "withdrawn", "valid", "open", "closed", "due", "on_time", "late",
          "rated", "satisfied", "published", "returned", "extended", "reassigned")  # fmt: skip


def day(moment: datetime) -> date:
    """The day in Beijing."""
    return (moment.astimezone(SHANGHAI)).date()


def month(moment: datetime) -> str:
    """The month in Beijing."""
    return str(day(moment))[:7]


def is_late(r: Replay) -> bool:
    """Whether handling is or was late, at any of its dates."""
    [*_, clock] = [c for c in r.clocks if c.kind is ClockKind.HANDLING]
    spans = [(clock.due.at, clock.stopped or r.now)]
    spans += [(missed.due.at, missed.until) for missed in clock.missed]
    return any(end > due for due, end in spans)


def days_used(r: Replay, rules: Rulebook) -> int:
    """Working days from the day after the assignment, one by one."""
    [*_, clock] = [c for c in r.clocks if c.kind is ClockKind.HANDLING]
    assert clock.stopped is not None
    today, used = day(clock.start), 0
    while today < day(clock.stopped):
        today += timedelta(days=1)
        used += rules.days_for(clock.unit, r.procedure).is_working(today)
    return used


def level(r: Replay) -> str | None:
    """The last rating of the answer in force."""
    found = None
    for event in r.accepted:
        if event.type == "answered":
            found = None
        elif isinstance(event, Rated):
            found = event.level
    return found


def acts(r: Replay, rules: Rulebook) -> list[tuple[str, datetime, str]]:
    """(what, when, unit) of every act that is counted."""
    found, unit = [], ""
    for event in r.accepted:
        if isinstance(event, Assigned):
            if unit and unit != event.unit:
                found.append(("reassigned", event.at, unit))
            unit = event.unit
        elif event.type in ("returned", "extended", "published"):
            found.append((event.type, event.at, unit))
        elif event.type == "answered" and r.case.channel == "portal":
            found.append(("published", event.at, unit))
    return found


def count(
    replays: Iterable[Replay],
    rules: Rulebook,
    wanted: str | None = None,
    keep: Callable[[Replay], bool] = lambda r: True,
    keep_act: Callable[[Replay, str], bool] | None = None,
) -> dict[str, Any]:
    """The figures of a month, or of all time, over the cases kept.

    Args:
        keep_act: whether an act counts, by case and the unit at that time; as the case by default.
    """
    total: dict[str, Any] = dict.fromkeys(COUNTS, 0)
    used = []
    for r in replays:
        for name, at, unit in acts(r, rules):
            if wanted in (None, month(at)) and (keep_act(r, unit) if keep_act else keep(r)):
                total[name] += 1
        if wanted not in (None, month(r.case.received_at)) or not keep(r):
            continue
        total["received"] += 1
        if r.state in ("declined", "withdrawn"):
            total[r.state] += 1
        elif not [e for e in r.accepted if e.type == "assigned"]:
            total["pending"] += 1
        else:
            total["valid"] += 1
            total["late"] += is_late(r)
            total["due"] += r.state == "published" or is_late(r)
            if r.state != "published":
                total["open"] += 1
                continue
            total["closed"] += 1
            total["on_time"] += not is_late(r)
            total["rated"] += level(r) is not None
            total["satisfied"] += level(r) in ("非常满意", "满意", "基本满意")
            used.append(days_used(r, rules))
    used.sort()
    total["median_days"] = None
    total["p90_days"] = None
    if used:
        total["median_days"] = (used[(len(used) - 1) // 2] + used[len(used) // 2]) / 2
        # The smallest number of days within which nine cases of ten were done.
        total["p90_days"] = next(n for n in used if 10 * sum(u <= n for u in used) >= 9 * len(used))
    for name, part, whole in (
        ("reply_rate", "closed", "valid"),
        ("on_time_rate", "on_time", "due"),
        ("satisfaction_rate", "satisfied", "rated"),
    ):
        total[name] = total[part] / total[whole] if total[whole] else None
    return total
