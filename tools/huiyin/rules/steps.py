"""What may legally happen next to a case, and who may do it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Protocol

from huiyin.model.case import Channel
from huiyin.model.event import Assigned
from huiyin.model.unit import Role
from huiyin.rules.procedure import ActorRule, Approval, Procedure, Route


class Channelled(Protocol):
    """A case, or what stands for it: only where the message was left matters here."""

    @property
    def channel(self) -> Channel:
        """Where it was left."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A role in one unit: whoever holds it on that day may act.

    Args:
        actor: key of ``procedure.actors``.
        unit: id of the unit, or None while no unit is responsible.
    """

    actor: str
    title: str
    unit: str | None
    role: Role
    article: str
    when: Mapping[str, str]
    stricter: bool = False


@dataclass(frozen=True, slots=True)
class NextStep:
    """An event that the procedure allows now, who records it and who must approve it."""

    event: str
    title: str
    opened_by: Seat
    approvals: tuple[Seat, ...]
    articles: tuple[str, ...]


def unit_of(actor: ActorRule, responsible: str | None, case: Channelled, procedure: Procedure) -> str | None:
    """The unit in which that actor sits for this case (第六、七、八条)."""
    match actor.unit:
        case "dispatcher":
            return procedure.channels[case.channel].dispatcher
        case "responsible":
            return responsible
        case fixed:
            return procedure.offices[fixed]


def next_steps(
    state: str,
    route: Route | None,
    assigned: Assigned | None,
    case: Channelled,
    procedure: Procedure,
    only: Container[str] | None = None,
) -> tuple[NextStep, ...]:
    """The events that may follow in ``state``, in the order of the procedure; those named by ``only``, or all."""
    responsible = assigned.unit if assigned else None

    def seat(name: str, approval: Approval | None = None) -> Seat:
        actor = procedure.actors[name]
        return Seat(
            actor=name,
            title=actor.title,
            unit=unit_of(actor, responsible, case, procedure),
            role=actor.role,
            article=approval.article if approval else actor.article,
            when=approval.when if approval else {},
            stricter=approval.stricter if approval else False,
        )

    return tuple(
        NextStep(
            event=name,
            title=procedure.events[name].title,
            opened_by=seat(procedure.events[name].opened_by),
            approvals=tuple(seat(a.by, a) for a in procedure.approvals(name, route)),
            articles=procedure.events[name].articles,
        )
        for name in legal_events(state, route, case, procedure)
        if only is None or name in only
    )


def legal_events(state: str, route: Route | None, case: Channelled, procedure: Procedure) -> tuple[str, ...]:
    """Names of the events allowed in ``state``; before assignment every route of the channel is open."""
    return procedure.legal_events(state, route, case.channel)
