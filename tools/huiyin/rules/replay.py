"""Replay: the one pure function that computes what a case is from its events (design §1.1).

Nothing that it returns is stored. An event that the procedure forbids is reported and left out, and replay goes on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from huiyin.model import event as ev
from huiyin.model.case import Case
from huiyin.model.problem import Problem
from huiyin.rules import conduct
from huiyin.rules.calendar import WorkingDays
from huiyin.rules.deadlines import (
    Clock,
    ClockKind,
    Due,
    DueBy,
    Missed,
    claim_due,
    end_of,
    handling_due,
    is_overdue,
    reminder_day,
    review_due,
)
from huiyin.rules.procedure import Route
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.standing import Replay

__all__ = ["Replay", "replay"]


def replay(case: Case, rulebook: Rulebook, now: datetime) -> Replay:
    """Compute state, responsible unit, due dates, problems and the legal next steps of ``case`` at ``now``.

    Args:
        now: with an offset; events after it are reported (HY303).

    Raises:
        HuiyinError: HY401, the procedure is unknown.
    """
    run = _Run(case, rulebook, now)
    for index, event in enumerate(case.events):
        run.take(index, event)
    return run.result()


class _Run:
    """The fold over the events; lives only inside ``replay``."""

    def __init__(self, case: Case, rulebook: Rulebook, now: datetime) -> None:
        self.case = case
        self.rulebook = rulebook
        self.now = now
        self.procedure = rulebook.procedure_of(case)
        self.dispatcher = self.procedure.channels[case.channel].dispatcher
        self.state = "received"
        self.route: Route | None = None
        self.assigned: ev.Assigned | None = None
        self.assigned_since: datetime | None = None
        self.complexity: ev.Complexity | None = None
        self.escalated = False
        self.answer: ev.Answered | None = None
        self.published_at: datetime | None = None
        self.past: list[Clock] = []
        self.clocks: dict[ClockKind, Clock] = {}
        self.supervision: dict[tuple[str, str], None] = {}
        self.accepted: list[ev.Event] = []
        self.problems: list[Problem] = []
        self.last_at = case.received_at
        due, article = review_due(case.received_at), self.procedure.channels[case.channel].review_article
        self._start(Clock(ClockKind.REVIEW, self.dispatcher, case.received_at, due, article))

    def take(self, index: int, event: ev.Event) -> None:
        if not self.last_at <= event.at <= self.now:
            self.problems += conduct.check_time(index, event, self.last_at, self.now)
        self.last_at = max(self.last_at, event.at)
        if event.at > self.now:
            return
        route = self._route_after(event)
        if isinstance(event, ev.Assigned) and route is None:
            self.problems.append(conduct.not_assignable(event.unit, f"/events/{index}/unit", self.rulebook.registry))
            return
        transition = self.procedure.transition(event.type, route)
        if transition is None or self.state not in transition.from_states:
            self.problems.append(conduct.illegal(index, event, self.state, route, self.case, self.procedure))
            return
        context = conduct.Context(
            case=self.case,
            procedure=self.procedure,
            registry=self.rulebook.registry,
            route=route,
            assigned=self.assigned,
            answer=self.answer,
            complexity=self.complexity,
            handling=self.clocks.get(ClockKind.HANDLING),
            days=self._days(self.assigned.unit if self.assigned else self.dispatcher),
        )
        self.problems += conduct.check_event(index, event, context)
        self.route = route
        self._apply(event)
        self.state = transition.to or self.state
        self.accepted.append(event)
        if self.procedure.states[self.state].closed:
            fallen_away = isinstance(event, ev.Withdrawn)
            for kind in ClockKind:
                self._stop(kind, event.at, superseded=fallen_away)

    def _route_after(self, event: ev.Event) -> Route | None:
        unit = self.rulebook.registry.units.get(event.unit) if isinstance(event, ev.Assigned) else None
        return self.procedure.route_for(self.case.channel, unit.kind) if unit else self.route

    def _days(self, unit: str) -> WorkingDays:
        return self.rulebook.days_for(unit, self.procedure)

    def _apply(self, event: ev.Event) -> None:
        match event:
            case ev.Assigned():
                self._assign(event)
            case ev.Claimed():
                self._stop(ClockKind.CLAIM, event.at)
            case ev.Answered():
                self.answer = event
                if self.route is not None and not self.route.re_review:
                    self.published_at = event.at
                elif self.procedure.settings.lateness_stops_at == "submitted":
                    self._stop(ClockKind.HANDLING, event.at)
            case ev.Published():
                self.published_at = event.at
            case ev.Returned() if ClockKind.HANDLING in self.clocks:
                self._return(event)
            case ev.Extended() if ClockKind.HANDLING in self.clocks:
                self._decide_due(event.due, DueBy.EXTENSION, event.at)
            case ev.Escalated():
                self.escalated = True
                self.supervision["11", "列为重要"] = None
                self.complexity = ev.Complexity.IMPORTANT
                if ClockKind.HANDLING in self.clocks and self.clocks[ClockKind.HANDLING].due.by is DueBy.RULE:
                    self._set_due_by_rule()
            case ev.Supervised():
                reason = ("8", "专项督办") if event.kind == "special" else ("18", "跟踪督办")
                self.supervision[reason] = None

    def _assign(self, event: ev.Assigned) -> None:
        self._stop(ClockKind.REVIEW, event.at)
        same_unit = self.assigned is not None and self.assigned.unit == event.unit
        former = self.clocks.get(ClockKind.HANDLING)
        claim = self.clocks.get(ClockKind.CLAIM)
        still_unclaimed = same_unit and claim is not None and claim.running
        self._stop(ClockKind.HANDLING, event.at, superseded=True)
        if not still_unclaimed:
            self._stop(ClockKind.CLAIM, event.at, superseded=True)
        counting_goes_on = same_unit or not self.procedure.settings.reassignment_restarts_clock
        if self.assigned_since is None or not counting_goes_on:
            self.assigned_since = event.at
        self.assigned = event
        self.answer = None
        declared = conduct.effective_complexity(event, self.case, self.procedure)
        self.complexity = ev.Complexity.IMPORTANT if self.escalated else declared
        self.supervision |= dict.fromkeys(conduct.supervision_reasons(event, self.case, self.procedure))
        if self.route is not None and self.route.claim_clock is not None and not still_unclaimed:
            rule, settings = self.route.claim_clock, self.procedure.settings
            due = claim_due(rule, self.case.received_at, event.at, settings, self._days(event.unit))
            self._start(Clock(ClockKind.CLAIM, event.unit, event.at, due, rule.article))
        self._start_handling(event.unit, self.assigned_since)
        if same_unit and former is not None and former.due.by is not DueBy.RULE:
            # A refused request for another unit wins no time, and loses none that was granted.
            self._set_due(former.due)
        if same_unit and former is not None:
            self.clocks[ClockKind.HANDLING] = replace(self.clocks[ClockKind.HANDLING], missed=former.missed)

    def _return(self, event: ev.Returned) -> None:
        self.answer = None
        self.published_at = None
        clock = self.clocks[ClockKind.HANDLING]
        if event.due is not None:
            self._decide_due(event.due, DueBy.RETURN, clock.stopped or event.at)
            self.clocks[ClockKind.HANDLING] = replace(self.clocks[ClockKind.HANDLING], stopped=None)
        elif self.procedure.settings.return_restarts_clock:
            self.assigned_since = event.at
            self._start_handling(clock.unit, event.at)
            until = clock.stopped or event.at
            missed = (*clock.missed, Missed(clock.due, until)) if until > clock.due.at else clock.missed
            self.clocks[ClockKind.HANDLING] = replace(self.clocks[ClockKind.HANDLING], missed=missed)
        else:
            self.clocks[ClockKind.HANDLING] = replace(clock, stopped=None)

    def _decide_due(self, day: date, by: DueBy, until: datetime) -> None:
        """Replace the due date by decision; one that had passed by ``until`` stays on the clock as missed."""
        clock = self.clocks[ClockKind.HANDLING]
        if until > clock.due.at:
            self.clocks[ClockKind.HANDLING] = replace(clock, missed=(*clock.missed, Missed(clock.due, until)))
        days = self._days(clock.unit)
        self._set_due(Due(end_of(day), provisional=not days.is_published(day), by=by))

    def _start(self, clock: Clock) -> None:
        if clock.kind in self.clocks:
            self.past.append(self.clocks[clock.kind])
        self.clocks[clock.kind] = clock

    def _start_handling(self, unit: str, start: datetime) -> None:
        limit, due, remind_on = self._due_by_rule(unit, start)
        self._start(
            Clock(
                ClockKind.HANDLING,
                unit,
                start,
                due,
                self.procedure.clock_articles["handling"],
                limit,
                remind_on=remind_on,
                complexity=self.complexity,
            )
        )

    def _set_due_by_rule(self) -> None:
        clock = self.clocks[ClockKind.HANDLING]
        limit, due, remind_on = self._due_by_rule(clock.unit, clock.start)
        self.clocks[ClockKind.HANDLING] = replace(
            clock, due=due, working_days=limit, remind_on=remind_on, complexity=self.complexity
        )

    def _due_by_rule(self, unit: str, start: datetime) -> tuple[int, Due, date]:
        """The limit in working days, the due date that follows from it, and the day of the reminder."""
        assert self.complexity is not None, "handling starts with an assignment, which has a complexity"
        limit = self.procedure.working_days[self.complexity]
        due = handling_due(start, limit, self.procedure.settings, self._days(unit))
        return limit, due, self._reminder_day(due, unit)

    def _reminder_day(self, due: Due, unit: str) -> date:
        procedure = self.procedure
        return reminder_day(due, procedure.reminder_days_before, procedure.settings, self._days(unit))

    def _set_due(self, due: Due) -> None:
        clock = self.clocks[ClockKind.HANDLING]
        self.clocks[ClockKind.HANDLING] = replace(clock, due=due, remind_on=self._reminder_day(due, clock.unit))

    def _stop(self, kind: ClockKind, at: datetime, *, superseded: bool = False) -> None:
        clock = self.clocks.get(kind)
        if clock is not None and clock.stopped is None:
            self.clocks[kind] = clock.stop(at, superseded=superseded)

    def result(self) -> Replay:
        instructed = any(isinstance(e, ev.Instructed) for e in self.accepted)
        return Replay(
            case=self.case,
            procedure=self.procedure,
            now=self.now,
            state=self.state,
            route=self.route,
            dispatcher=self.dispatcher,
            unit=self.assigned.unit if self.assigned else None,
            complexity=self.complexity,
            assigned=self.assigned,
            assigned_since=self.assigned_since,
            answer=self.answer,
            published_at=self.published_at,
            clocks=(*self.past, *self.clocks.values()),
            supervision=tuple(self.supervision),
            instructed=instructed,
            tracked=instructed and is_overdue(self.clocks.get(ClockKind.HANDLING), self.now),
            accepted=tuple(self.accepted),
            problems=tuple(self.problems),
        )
