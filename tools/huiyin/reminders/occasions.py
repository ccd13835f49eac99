"""When a case gives reason to tell somebody something (第八、九、十一、十四、十五、十八条). Pure: now is an argument.

Each notice belongs to one day, found from the clocks alone: a run that comes late, or comes again, finds the same day,
so the outbox knows what has been told, and what was missed is told late instead of never.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from huiyin.model import event as ev
from huiyin.model.case import SHANGHAI
from huiyin.reminders.notices import Kind, Notice, Seat
from huiyin.reminders.routing import Routing
from huiyin.reports.deadlines import ARTICLE_OF_DECISION
from huiyin.rules.articles import cite
from huiyin.rules.calendar import WorkingDays
from huiyin.rules.conduct.assignment import supervision_reasons
from huiyin.rules.deadlines import Clock, ClockKind, is_due_soon, local_day, present_lateness
from huiyin.rules.replay import Replay
from huiyin.rules.rulebook import Rulebook

COPY_DAYS = 14
"""Days of the calendar for which 督查室 is still sent the copy of a case that was closed meanwhile."""
_MOVES_DUE = (ev.Assigned, ev.Returned, ev.Extended, ev.Escalated)


def find_notices(replay: Replay, rulebook: Rulebook, routing: Routing, now: datetime) -> Iterator[Notice]:
    """What is to be told about one case at ``now``, whether or not it has been.

    Args:
        now: with an offset, the moment of ``replay``.
    """
    if replay.case.received_at <= now:
        yield from _Teller(replay, rulebook, routing, now).tell()


@dataclass(frozen=True)
class _Teller:
    replay: Replay
    rulebook: Rulebook
    routing: Routing
    now: datetime

    @property
    def today(self) -> date:
        return local_day(self.now)

    def tell(self) -> Iterator[Notice]:
        yield from self._copied()
        if self.replay.closed:
            return
        if self.replay.assigned is None:
            yield from self._review()
            return
        if "claimed" in self.replay.procedure.states[self.replay.state].awaits:
            yield from self._claim()
        yield from self._handling()

    def _review(self) -> Iterator[Notice]:
        """第九条(一): every day is a review day, days off too."""
        clock = self.replay.clock(ClockKind.REVIEW)
        if clock is None or not clock.running:
            return
        if self.now > clock.due.at:
            every = self.routing.kinds[Kind.REVIEW_LATE].every
            late = (self.today - clock.due.day).days - 1
            day = self.today - timedelta(days=late % every)
            yield self._notice(Kind.REVIEW_LATE, day, clock, (clock.article,))
        elif self.today == clock.due.day and self._has_started(Kind.REVIEW):
            yield self._notice(Kind.REVIEW, clock.due.day, clock, (clock.article,))

    def _claim(self) -> Iterator[Notice]:
        """第九条(二): on the day on which the claim is due, and when it was not made."""
        clock = self.replay.clock(ClockKind.CLAIM)
        if clock is None or not clock.running:
            return
        if self.now <= clock.due.at:
            if self.today == clock.due.day and self._has_started(Kind.CLAIM):
                yield self._notice(Kind.CLAIM, clock.due.day, clock, (clock.article,))
            return
        days = self._days(clock)
        # Late at noon is late on that very day; late at midnight on the next working day.
        first = days.next(clock.due.day) if clock.due.whole_day else clock.due.day
        if (day := self._latest(first, Kind.CLAIM_LATE, days)) is not None:
            yield self._notice(Kind.CLAIM_LATE, day, clock, (clock.article,))

    def _handling(self) -> Iterator[Notice]:
        """第十四、十五、十八条: the day before it is due, and from the first working day after it."""
        clock = self.replay.clock(ClockKind.HANDLING)
        if clock is None or not clock.running:
            return
        if is_due_soon(clock, self.now):
            # What is submitted and not returned is on time, also where lateness runs on until it is public.
            if self.replay.answer is None and clock.remind_on is not None and self._has_started(Kind.DUE_SOON):
                day = max(clock.remind_on, self._known_from(clock))
                if day <= self.today:
                    yield self._notice(Kind.DUE_SOON, day, clock, ("15",))
        elif self.now > clock.due.at:
            yield from self._overdue(clock)

    def _overdue(self, clock: Clock) -> Iterator[Notice]:
        days = self._days(clock)
        # An answer that came late and was sent back on a day off was nobody's to urge on the working day before.
        first = max(days.next(clock.due.day), _working_from(self._last_move(), days))
        article = ARTICLE_OF_DECISION.get(clock.due.by, clock.article)
        if (day := self._latest(first, Kind.OVERDUE, days)) is not None:
            yield self._notice(Kind.OVERDUE, day, clock, (article,))
        kind, cited = (Kind.TRACKED, "18") if self.replay.tracked else (Kind.SUPERVISED_OVERDUE, "8")
        if kind is Kind.SUPERVISED_OVERDUE and not self.replay.supervision:
            return
        since = self._since_instructed(days) if self.replay.tracked else None
        if (day := self._latest(max(first, since or first), kind, days)) is not None:
            yield self._notice(kind, day, clock, (cited,))

    def _since_instructed(self, days: WorkingDays) -> date | None:
        told = next((local_day(e.at) for e in self.replay.accepted if isinstance(e, ev.Instructed)), None)
        return None if told is None else _working_from(told, days)

    def _copied(self) -> Iterator[Notice]:
        """第八、十一条: a copy for 督查室 on the day on which the reason arose, also if the case is closed already."""
        if self.replay.case.history:
            return
        since: dict[tuple[str, str], date] = {}
        for event in self.replay.accepted:
            for reason in self._reasons(event):
                since.setdefault(reason, local_day(event.at))
        clock = self.replay.clock(ClockKind.HANDLING)
        if not since or clock is None:
            return
        day = max(since.values())
        if self.replay.closed and (self.today - day).days > COPY_DAYS:
            return
        articles = tuple(dict.fromkeys(article for article, _ in since))
        reasons = tuple(f"{reason}（{cite(article)}）" for article, reason in since)
        yield self._notice(Kind.COPIED, day, clock, articles, reasons)

    def _reasons(self, event: ev.Event) -> Iterator[tuple[str, str]]:
        if isinstance(event, ev.Assigned):
            yield from supervision_reasons(event, self.replay.case, self.replay.procedure)
        elif isinstance(event, ev.Escalated):
            yield "11", "列为重要"

    def _has_started(self, kind: Kind) -> bool:
        start = self.routing.kinds[kind].start
        return start is None or self.now.astimezone(SHANGHAI).time() >= start

    def _last_move(self) -> date:
        """The day of the last event that gave the due date: nobody could be told of it before."""
        moves = [e for e in self.replay.accepted if isinstance(e, _MOVES_DUE)]
        return local_day(moves[-1].at) if moves else self.today

    def _known_from(self, clock: Clock) -> date:
        """The first working day on which the due date was known: a reminder on a day off reaches nobody (design §6)."""
        moved = self._last_move()
        working = _working_from(moved, self._days(clock))
        return working if working <= clock.due.day else moved

    def _latest(self, first: date, kind: Kind, days: WorkingDays) -> date | None:
        """The last day not after today on which that kind is told, counted from ``first``; None before it."""
        if self.today < first:
            return None
        every = self.routing.kinds[kind].every
        passed = days.between(first, self.today) // every * every
        return days.add(first, passed) if passed else first

    def _days(self, clock: Clock) -> WorkingDays:
        return self.rulebook.days_for(clock.unit, self.replay.procedure)

    def _notice(
        self, kind: Kind, day: date, clock: Clock, articles: tuple[str, ...], reasons: tuple[str, ...] = ()
    ) -> Notice:
        late = present_lateness(clock, self.now, self._days(clock))
        procedure = self.replay.procedure
        return Notice(
            kind=kind,
            day=day,
            case_id=self.replay.case.id,
            unit=clock.unit,
            dispatcher=self.replay.dispatcher,
            due=str(clock.due),
            working_days_late=late.working_days,
            hours_late=late.hours,
            provisional=clock.due.provisional,
            articles=articles,
            reasons=reasons,
            document=f"《{procedure.title}》（{procedure.document}）",
            seats=tuple(self._seats(kind)),
        )

    def _seats(self, kind: Kind) -> Iterator[Seat]:
        for office, role in self.routing.kinds[kind].to:
            match office:
                case "dispatcher":
                    unit: str | None = self.replay.dispatcher
                case "responsible":
                    # Once an answer is submitted, it is the dispatcher's turn.
                    unit = self.replay.unit if self.replay.answer is None else None
                case fixed:
                    unit = self.replay.procedure.offices[fixed]
            if unit is not None:
                yield Seat(unit, role)


def _working_from(day: date, days: WorkingDays) -> date:
    """That day, or the first working day after it."""
    return day if days.is_working(day) else days.next(day)
