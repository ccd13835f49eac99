"""How a case stands at a moment: what ``replay`` computes and nothing stores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huiyin.model import event as ev
from huiyin.model.case import Case
from huiyin.model.problem import Problem
from huiyin.rules.deadlines import Clock, ClockKind
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

    @property
    def steps(self) -> tuple[NextStep, ...]:
        """What may legally happen next and who may do it; computed when asked for, as few who replay do."""
        return next_steps(self.state, self.route, self.assigned, self.case, self.procedure)

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
        for clock in reversed(self.clocks):
            if clock.kind is kind:
                return clock
        return None
