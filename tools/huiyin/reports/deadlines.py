"""The lists that nobody may say they did not know: unreviewed, unclaimed, due soon, overdue (第九、十三至十八条).

Entries hold no title and no text: a case whose reply will be private stands here under the same clocks by its id alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from huiyin.rules.deadlines import (
    Clock,
    ClockKind,
    DueBy,
    Lateness,
    is_due_soon,
    is_overdue,
    local_day,
    present_lateness,
)
from huiyin.rules.replay import Replay
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.standing import Waiting


class Group(StrEnum):
    """The lists, in the order in which they are shown."""

    UNREVIEWED = "unreviewed"
    UNCLAIMED = "unclaimed"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    OVERDUE_INSTRUCTED = "overdue_instructed"

    @property
    def label(self) -> str:
        """The Chinese heading."""
        return {
            "unreviewed": "未审核",
            "unclaimed": "未认领",
            "due_soon": "下一工作日前到期，应催办提醒",
            "overdue": "已逾期",
            "overdue_instructed": "逾期且有领导批示，督查室跟踪督办",
        }[self.value]


GROUP_ARTICLES = {
    Group.UNREVIEWED: "9(1)",
    Group.UNCLAIMED: "9(2)",
    Group.DUE_SOON: "15",
    Group.OVERDUE: "13",
    Group.OVERDUE_INSTRUCTED: "18",
}


ARTICLE_OF_DECISION = {DueBy.EXTENSION: "16", DueBy.RETURN: "21"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list.

    Args:
        unit: who must act; ``dispatcher`` whose queue it is (第十四条).
        head: name of the unit's 主要负责同志 on that day, or None where the registry knows none.
        due: date, or date and time where an hour counts; None where the procedure sets no limit (portal claims).
        working_days_late: full working days past ``due`` at ``as_of``; ``hours_late`` full clock hours. What was missed
            before a decision set ``due`` is not in them: by that decision the unit is in time until then (第十六条).
    """

    id: str
    unit: str
    head: str | None
    due: str | None
    working_days_late: int
    hours_late: int
    late: bool
    article: str
    dispatcher: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class DeadlineReport:
    """All lists at one moment; entries are in the order of due date, then id."""

    as_of: datetime
    groups: dict[Group, tuple[Entry, ...]]
    provisional: tuple[Entry, ...]


def deadline_report(
    replays: Iterable[Replay | Waiting],
    rulebook: Rulebook,
    now: datetime,
    *,
    unit: str | None = None,
    dispatcher: str | None = None,
) -> DeadlineReport:
    """Sort the open cases into the lists.

    Args:
        unit: only what this unit must act on.
        dispatcher: only the queue of this dispatcher (第十四条).
    """
    groups: dict[Group, list[Entry]] = {group: [] for group in Group}
    provisional: list[Entry] = []
    for replay in replays:
        if (
            replay.closed
            or replay.case.received_at > now
            or (dispatcher is not None and replay.dispatcher != dispatcher)
        ):
            continue
        for group, clock in _memberships(replay, rulebook, now):
            groups[group].append(make_entry(replay, clock, _article(group, clock, replay), rulebook, now))
        unsure = (c for c in replay.clocks if c.running and c.due.provisional)
        provisional += [make_entry(replay, clock, clock.article, rulebook, now) for clock in unsure]
    return DeadlineReport(
        now,
        {group: order_entries(entries, unit) for group, entries in groups.items()},
        order_entries(provisional, unit),
    )


def _memberships(replay: Replay | Waiting, rulebook: Rulebook, now: datetime) -> Iterator[tuple[Group, Clock | None]]:
    handling = replay.clock(ClockKind.HANDLING)
    if replay.assigned is None:
        yield Group.UNREVIEWED, replay.clock(ClockKind.REVIEW)
        return
    if handling is None:
        return
    if "claimed" in replay.procedure.states[replay.state].awaits:
        yield Group.UNCLAIMED, _claim_clock(replay)
    if is_due_soon(handling, now):
        yield Group.DUE_SOON, handling
    if is_overdue(handling, now):
        yield Group.OVERDUE, handling
        if replay.tracked:
            yield Group.OVERDUE_INSTRUCTED, handling


def _claim_clock(replay: Replay | Waiting) -> Clock | None:
    clock = replay.clock(ClockKind.CLAIM)
    return clock if clock is not None and clock.running else None


def _article(group: Group, clock: Clock | None, replay: Replay | Waiting) -> str:
    """The article that was not kept: that of the channel, the route, or the decision that set the date."""
    if group is Group.UNCLAIMED and replay.route is not None and "claimed" in replay.route.transitions:
        return replay.route.transitions["claimed"].article
    if clock is not None and group is Group.UNREVIEWED:
        return clock.article
    if clock is not None and group is Group.OVERDUE:
        return ARTICLE_OF_DECISION.get(clock.due.by, clock.article)
    return GROUP_ARTICLES[group]


def make_entry(
    replay: Replay | Waiting,
    clock: Clock | None,
    article: str,
    rulebook: Rulebook,
    now: datetime,
    *,
    unit: str | None = None,
) -> Entry:
    """The line of one case.

    Args:
        clock: whose due date and lateness it shows, or None for neither.
        unit: who must act, where that is not the clock's unit.
    """
    unit = unit or (clock.unit if clock is not None else replay.unit or replay.dispatcher)
    days = rulebook.days_for(unit, replay.procedure)
    late = present_lateness(clock, now, days) if clock is not None else Lateness(late=False, working_days=0, hours=0)
    head = rulebook.registry.head_of(unit, local_day(now))
    return Entry(
        id=replay.case.id,
        unit=unit,
        head=head.name if head else None,
        due=str(clock.due) if clock is not None else None,
        working_days_late=late.working_days,
        hours_late=late.hours,
        late=late.late,
        article=article,
        dispatcher=replay.dispatcher,
        provisional=clock is not None and clock.due.provisional,
    )


def order_entries(entries: Sequence[Entry], unit: str | None = None) -> tuple[Entry, ...]:
    """The entries of one unit, or of all, in the order of due date and id."""
    kept = (e for e in entries if unit is None or e.unit == unit)
    return tuple(sorted(kept, key=lambda e: (e.due or "9999", e.id)))
