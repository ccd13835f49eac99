"""How a case stands at a moment: what ``replay`` computes and nothing stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from huiyin.model import event as ev
from huiyin.model.case import Case, Channel
from huiyin.model.problem import Problem
from huiyin.rules.deadlines import Clock, ClockKind, is_overdue
from huiyin.rules.procedure import Procedure, Route
from huiyin.rules.steps import NextStep, next_steps


@dataclass(frozen=True, slots=True)
class Replay:
    """A case as it stands at ``now``.

    Args:
        state: key of ``procedure.states``.
        unit: the lead unit, or None before assignment.
        complexity: the one that counts, after 第十一条 and 列为重要.
        assigned: the assignment in force.
        assigned_since: from when handling is counted.
        answer: the answer submitted and not returned.
        clocks: all clocks in the order in which they started, superseded ones included.
        supervision: why 督查室 gets a copy: (article, reason) pairs (第八、十一条).
        instructed: a leader gave an instruction (第十八条); tracked: and handling is overdue, so 督查室 tracks it.
        accepted: the events that the procedure allowed, in order.
        problems: what the procedure finds wrong with the log.
    """

    case: Case
    procedure: Procedure
    now: datetime
    state: str
    route: Route | None
    dispatcher: str
    unit: str | None
    complexity: ev.Complexity | None
    assigned: ev.Assigned | None
    assigned_since: datetime | None
    answer: ev.Answered | None
    published_at: datetime | None
    clocks: tuple[Clock, ...]
    supervision: tuple[tuple[str, str], ...]
    instructed: bool
    tracked: bool
    accepted: tuple[ev.Event, ...]
    problems: tuple[Problem, ...]

    def brief(self) -> Standing:
        """The same as far as lists of what waits need it; it holds while no event is added."""
        return Standing(
            brief=Brief(self.case.id, self.case.title, self.case.channel, self.case.received_at),
            procedure=self.procedure.id,
            state=self.state,
            route=self.route.name if self.route else "",
            dispatcher=self.dispatcher,
            unit=self.unit,
            assigned=self.assigned,
            clocks=self.clocks,
            instructed=self.instructed,
        )

    @property
    def steps(self) -> tuple[NextStep, ...]:
        """What may legally happen next and who may do it; computed when asked for, as few who replay do."""
        return next_steps(self.state, self.route, self.assigned, self.case, self.procedure)

    @property
    def awaited(self) -> tuple[NextStep, ...]:
        """Those of the next steps that the case waits for."""
        awaits = self.procedure.states[self.state].awaits
        return next_steps(self.state, self.route, self.assigned, self.case, self.procedure, awaits)

    @property
    def public_status(self) -> str:
        """待回复, 办理中 or 已办理."""
        return self.procedure.states[self.state].public

    @property
    def state_title(self) -> str:
        """The Chinese name of the state."""
        return self.procedure.states[self.state].title

    @property
    def closed(self) -> bool:
        """Whether the case waits for nobody."""
        return self.procedure.states[self.state].closed

    @property
    def provisional(self) -> bool:
        """Whether a date that still matters rests on a calendar that is not published yet."""
        return any(c.due.provisional for c in self.clocks if c.running)

    def clock(self, kind: ClockKind) -> Clock | None:
        """The latest clock of that kind, running or not."""
        return latest(self.clocks, kind)


def latest(clocks: Sequence[Clock], kind: ClockKind) -> Clock | None:
    """The last clock of that kind, running or not."""
    return next((clock for clock in reversed(clocks) if clock.kind is kind), None)


@dataclass(frozen=True, slots=True)
class Brief:
    """What a list says of a message."""

    id: str
    title: str
    channel: Channel
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands at every moment after its last event; names for what the rules define.

    Args:
        route: name of the route, "" before assignment.
    """

    brief: Brief
    procedure: str
    state: str
    route: str
    dispatcher: str
    unit: str | None
    assigned: ev.Assigned | None
    clocks: tuple[Clock, ...]
    instructed: bool

    def at(self, procedure: Procedure, now: datetime) -> Waiting:
        """The case at a moment.

        Args:
            procedure: the one that is named.
        """
        return Waiting(self, procedure, now)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What ``Replay`` tells to lists of what waits, without the texts and events that it was computed from."""

    standing: Standing
    procedure: Procedure
    now: datetime

    @property
    def case(self) -> Brief:
        """The message."""
        return self.standing.brief

    @property
    def state(self) -> str:
        """As in ``Replay``."""
        return self.standing.state

    @property
    def closed(self) -> bool:
        """As in ``Replay``."""
        return self.procedure.states[self.standing.state].closed

    @property
    def route(self) -> Route | None:
        """As in ``Replay``."""
        return self.procedure.routes.get(self.standing.route)

    @property
    def dispatcher(self) -> str:
        """As in ``Replay``."""
        return self.standing.dispatcher

    @property
    def unit(self) -> str | None:
        """As in ``Replay``."""
        return self.standing.unit

    @property
    def assigned(self) -> ev.Assigned | None:
        """As in ``Replay``."""
        return self.standing.assigned

    @property
    def clocks(self) -> tuple[Clock, ...]:
        """As in ``Replay``."""
        return self.standing.clocks

    @property
    def instructed(self) -> bool:
        """As in ``Replay``."""
        return self.standing.instructed

    @property
    def tracked(self) -> bool:
        """As in ``Replay``."""
        return self.instructed and is_overdue(self.clock(ClockKind.HANDLING), self.now)

    @property
    def awaited(self) -> tuple[NextStep, ...]:
        """As in ``Replay``."""
        awaits = self.procedure.states[self.state].awaits
        return next_steps(self.state, self.route, self.assigned, self.case, self.procedure, awaits)

    def clock(self, kind: ClockKind) -> Clock | None:
        """As in ``Replay``."""
        return latest(self.clocks, kind)
