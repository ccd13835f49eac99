"""Clocks and due dates (第九(一)(二)、十三、十五、十六条; design §4). Times are Asia/Shanghai, whole seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from huiyin.model.case import SHANGHAI
from huiyin.model.event import Complexity
from huiyin.rules.calendar import WEEKEND, WorkingDays
from huiyin.rules.procedure import ClaimClock, Settings

LAST_SECOND = time(23, 59, 59)


class ClockKind(StrEnum):
    """What is being timed."""

    REVIEW = "review"
    CLAIM = "claim"
    HANDLING = "handling"

    @property
    def label(self) -> str:
        """The Chinese word shown to clerks."""
        return {"review": "审核", "claim": "认领", "handling": "办理"}[self.value]


class DueBy(StrEnum):
    """What fixed a due date: the rule, or a decision that replaced it."""

    RULE = "rule"
    EXTENSION = "extension"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Due:
    """The last second that is still in time.

    Args:
        at: Asia/Shanghai.
        whole_day: the whole of that day is in time, so only the date is shown.
        provisional: it rests on a year whose calendar is not published yet.
        by: what fixed it.
    """

    at: datetime
    whole_day: bool = True
    provisional: bool = False
    by: DueBy = DueBy.RULE

    @property
    def day(self) -> date:
        """The calendar day (Asia/Shanghai)."""
        return self.at.date()

    def __str__(self) -> str:
        return self.day.isoformat() if self.whole_day else self.at.isoformat()


@dataclass(frozen=True, slots=True)
class Missed:
    """A due date that had passed at ``until``, when it was met late or replaced by another."""

    due: Due
    until: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """One time limit that runs, or ran, for one unit.

    Args:
        start: the act from which it runs (receipt, assignment).
        working_days: the limit in working days, or None where it is not counted in them.
        stopped: when it was met or fell away; None while it runs.
        superseded: it was not met but fell away (reassigned, withdrawn, declined).
        remind_on: the day on which the head must be reminded (第十五条); only for handling.
        complexity: the class that set the limit; only for handling.
        missed: earlier due dates that had passed when a decision replaced them, in order; that lateness stays.
    """

    kind: ClockKind
    unit: str
    start: datetime
    due: Due
    article: str
    working_days: int | None = None
    stopped: datetime | None = None
    superseded: bool = False
    remind_on: date | None = None
    complexity: Complexity | None = None
    missed: tuple[Missed, ...] = ()

    @property
    def running(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.stopped is None

    def stop(self, at: datetime, *, superseded: bool) -> Clock:
        """The same clock, met at that moment or fallen away; written out, for ``replace`` takes three times as long."""
        return Clock(
            self.kind,
            self.unit,
            self.start,
            self.due,
            self.article,
            self.working_days,
            at,
            superseded,
            self.remind_on,
            self.complexity,
            self.missed,
        )


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late: 0 working days can still be late (a due Friday missed on Saturday). ``hours`` are full clock hours."""

    late: bool
    working_days: int
    hours: int


def end_of(day: date) -> datetime:
    """The last second of ``day`` in Asia/Shanghai."""
    return datetime.combine(day, LAST_SECOND, SHANGHAI)


def local_day(moment: datetime) -> date:
    """The calendar day of ``moment`` in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def review_due(received_at: datetime) -> Due:
    """第九条(一): every day is a review day, so a message is reviewed by the end of the day received."""
    return Due(end_of(local_day(received_at)))


def claim_due(
    rule: ClaimClock, received_at: datetime, assigned_at: datetime, settings: Settings, days: WorkingDays
) -> Due:
    """第九条(二): the same day if it is a working day, else by the hour of the rule on the first working day after.

    ``settings.claim_day`` says which day counts; a limit that passed before the unit was given the message is
    counted from the assignment.
    """
    if settings.claim_day == "received":
        due = _claim_due_from(rule, local_day(received_at), settings, days)
        if due.at >= assigned_at:
            return due
    return _claim_due_from(rule, local_day(assigned_at), settings, days)


def _claim_due_from(rule: ClaimClock, day: date, settings: Settings, days: WorkingDays) -> Due:
    if days.is_working(day):
        return Due(end_of(day), provisional=not days.is_published(day))
    first = days.next(day)
    provisional = not days.is_published(day) or days.spans_provisional(day, first)
    if settings.rest_days == "statutory_only" and days.day(day).reason == WEEKEND:
        return Due(end_of(first), provisional=provisional)
    return Due(datetime.combine(first, rule.rest_day_until, SHANGHAI), whole_day=False, provisional=provisional)


def handling_due(start: datetime, working_days: int, settings: Settings, days: WorkingDays) -> Due:
    """第十三条: the end of the n-th working day; the day of assignment counts only where the setting says so."""
    first = local_day(start)
    counted_from = first - timedelta(days=1) if settings.counting_starts == "same_day" else first
    due = days.add(counted_from, working_days)
    return Due(end_of(due), provisional=days.spans_provisional(counted_from, due))


def reminder_day(due: Due, days_before: int, settings: Settings, days: WorkingDays) -> date:
    """第十五条: the day before the due date, a working day unless the setting says calendar day."""
    day = due.day
    for _ in range(days_before):
        day = day - timedelta(days=1) if settings.reminder_day == "calendar_day" else days.previous(day)
    return day


def lateness(clock: Clock, now: datetime, days: WorkingDays) -> Lateness:
    """How late a clock was met, or is by ``now`` while it runs; what was missed before counts too."""
    spans = [(clock.due, clock.stopped or now), *((missed.due, missed.until) for missed in clock.missed)]
    late = [(due, end) for due, end in spans if end > due.at]
    return Lateness(
        late=bool(late),
        working_days=sum(days.between(due.day, local_day(end)) for due, end in late),
        hours=sum(int((end - due.at).total_seconds()) // 3600 for due, end in late),
    )


def present_lateness(clock: Clock, now: datetime, days: WorkingDays) -> Lateness:
    """How late by the due date in force alone: what people read beside that date.

    第十六条: whoever was granted an extension is not overdue until that has passed. What was missed before it is told
    apart and stays in the figures.
    """
    return lateness(replace(clock, missed=()), now, days)


def is_overdue(clock: Clock | None, now: datetime) -> bool:
    """第十三条: whether a clock still runs though its due date has passed."""
    return clock is not None and clock.running and now > clock.due.at


def is_due_soon(clock: Clock, now: datetime) -> bool:
    """第十五条: whether the day to remind the head has come and the due date of a running clock has not passed."""
    if not clock.running or clock.remind_on is None:
        return False
    return clock.remind_on <= local_day(now) and now <= clock.due.at
