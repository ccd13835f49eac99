"""Who must approve a change, and who may (design §5; 第六至九、十二、十六、二十条)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from huiyin.model.case import Case
from huiyin.model.event import Assigned, Event
from huiyin.model.pull import CaseChange, ChangeKind, Identity
from huiyin.model.unit import Person, Role
from huiyin.rules.procedure import Approval, Procedure
from huiyin.rules.replay import replay
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.steps import unit_of


@dataclass(frozen=True, slots=True)
class Requirement:
    """One signature that is needed: a role in a unit.

    Args:
        article: the first article that asks for it.
        reasons: (case id, event) pairs that it is needed for; the event is ``received`` for a new file.
    """

    unit: str
    role: Role
    article: str
    reasons: tuple[tuple[str, str], ...]


def requirements(changes: Iterable[CaseChange], rulebook: Rulebook) -> tuple[Requirement, ...]:
    """The union of what all changes need, each seat once, in the order in which they are first needed."""
    found: dict[tuple[str, Role], tuple[str, list[tuple[str, str]]]] = {}
    for change in changes:
        for unit, role, article, event in _needs(change, rulebook):
            _, reasons = found.setdefault((unit, role), (article, []))
            reasons.append((change.after.id, event))
    return tuple(Requirement(u, r, article, tuple(reasons)) for (u, r), (article, reasons) in found.items())


def _needs(change: CaseChange, rulebook: Rulebook) -> Iterable[tuple[str, Role, str, str]]:
    procedure = rulebook.procedure_of(change.after)
    if change.kind is ChangeKind.CREATED:
        yield from _seats("received", procedure.events["received"].approvals, None, None, change, procedure)
        if change.after.history:
            # A file of past years brings answers that nobody here signed, so the office of the province vouches for it.
            yield procedure.offices["office"], Role.HEAD, "6", "received"
    for index, event in change.events:
        if change.after.history and change.kind is ChangeKind.CREATED:
            continue
        before = replay(_up_to(change, index), rulebook, event.at)
        responsible = event.unit if isinstance(event, Assigned) else before.unit
        approvals = procedure.approvals(event.type, before.route)
        yield from _seats(event.type, approvals, event, responsible, change, procedure)


def _seats(
    name: str,
    approvals: tuple[Approval, ...],
    event: Event | None,
    responsible: str | None,
    change: CaseChange,
    procedure: Procedure,
) -> Iterable[tuple[str, Role, str, str]]:
    for approval in approvals:
        if any(str(getattr(event, field, None)) != value for field, value in approval.when.items()):
            continue
        actor = procedure.actors[approval.by]
        unit = unit_of(actor, responsible, change.after, procedure)
        if unit is not None:
            yield unit, actor.role, approval.article, name


def _up_to(change: CaseChange, index: int) -> Case:
    return replace(change.after, events=change.after.events[:index])


def person_of(identity: Identity, people: Iterable[Person], day: date) -> Person | None:
    """The person whom an identity belongs to on that day: by key or numeric id, never by name or e-mail.

    A key outside its dates of validity belongs to nobody.
    """
    for person in people:
        if identity.provider == "ssh":
            keys = (k for k in person.keys if k.start <= day and (k.end is None or day <= k.end))
            if any(key_of(k.ssh) == identity.value for k in keys):
                return person
        elif str(person.forge_ids.get(identity.provider)) == identity.value:
            return person
    return None


def key_of(line: str) -> str:
    """Type and base64 of a one-line OpenSSH public key, without its comment."""
    return " ".join(line.split()[:2])
