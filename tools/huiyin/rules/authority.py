"""Who must approve a change, who may, and who had a hand in it (design §5; 第六至九、十二、十六、二十条)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from huiyin.model.event import Assigned, Event
from huiyin.model.pull import CaseChange, ChangeKind, Identity, PullFacts
from huiyin.model.unit import Person, Role
from huiyin.rules.deadlines import local_day
from huiyin.rules.procedure import Approval, Procedure
from huiyin.rules.replay import replay
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.steps import unit_of


@dataclass(frozen=True, slots=True)
class Requirement:
    """One signature that is needed: a role in a unit.

    Args:
        unit: its id; "" where no unit is responsible, so that nobody can sign.
        article: the first article that asks for it.
        reasons: (case id, event) pairs that it is needed for; the event is ``received`` for a new file.
    """

    unit: str
    role: Role
    article: str
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Hands:
    """Who had a hand in a change.

    Args:
        recorders: proven on that day to have opened, pushed or signed it, so events may be in their names.
        submitters: the same, those whom a commit merely names, and the owners of expired keys: none may approve.
        strangers: who opened, pushed or signed it and is nobody in people.yaml on that day.
    """

    recorders: tuple[Person, ...]
    submitters: tuple[Person, ...]
    strangers: tuple[Identity, ...]


def requirements(changes: Iterable[CaseChange], rulebook: Rulebook) -> tuple[Requirement, ...]:
    """The union of what all changes need, each seat once, in the order in which they are first needed.

    Raises:
        HuiyinError: HY401, a case names a procedure that is unknown.
    """
    found: dict[tuple[str, Role], tuple[str, list[tuple[str, str]]]] = {}
    for change in changes:
        for unit, role, article, event in _needs(change, rulebook):
            _, reasons = found.setdefault((unit, role), (article, []))
            reasons.append((change.after.id, event))
    return tuple(
        Requirement(u, r, article, tuple(dict.fromkeys(reasons))) for (u, r), (article, reasons) in found.items()
    )


def _needs(change: CaseChange, rulebook: Rulebook) -> Iterator[tuple[str, Role, str, str]]:
    procedure = rulebook.procedure_of(change.after)
    if change.kind is not ChangeKind.APPENDED:
        yield from _seats("received", procedure.events["received"].approvals, None, None, change, procedure)
    if change.kind is ChangeKind.REPAIRED:
        yield procedure.offices["office"], Role.MAINTAINER, "6", "received"
    if change.after.history and change.before is None:
        # A file of past years brings answers that nobody here signed, so the office of the province vouches for it.
        yield procedure.offices["office"], Role.HEAD, "6", "received"
        return
    for index, event in change.events:
        # What came before counts whole, however its times are mixed up, or a seat could change by dating an event.
        earlier = change.after.events[:index]
        until = max(e.at for e in (*earlier, event))
        before = replay(replace(change.after, events=earlier), rulebook, until)
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
) -> Iterator[tuple[str, Role, str, str]]:
    for approval in approvals:
        if any(str(getattr(event, field, None)) != value for field, value in approval.when.items()):
            continue
        actor = procedure.actors[approval.by]
        unit = unit_of(actor, responsible, change.after, procedure)
        yield unit or "", actor.role, approval.article, name


def find_hands(facts: PullFacts, people: Iterable[Person]) -> Hands:
    """Tell who had a hand in a change, on the day of the decision."""
    everyone = tuple(people)
    day = local_day(facts.now)
    proven = list(facts.pushers)
    if facts.author is not None:
        proven.insert(0, facts.author)
    proven += [c.signer for c in facts.commits if c.signer is not None]
    named = [identity for c in facts.commits for identity in c.authors]
    owners = {identity: person_of(identity, everyone, day) for identity in proven}
    return Hands(
        recorders=tuple(dict.fromkeys(p for p in owners.values() if p is not None)),
        submitters=tuple(dict.fromkeys(p for identity in (*proven, *named) for p in people_of(identity, everyone))),
        strangers=tuple(identity for identity, person in owners.items() if person is None),
    )


def people_of(identity: Identity, people: Iterable[Person]) -> tuple[Person, ...]:
    """Everybody to whom an identity belongs or ever belonged: by key or numeric id, never by name or e-mail."""
    if identity.provider == "ssh":
        return tuple(p for p in people if any(key_of(k.ssh) == identity.value for k in p.keys))
    return tuple(
        p for p in people if identity.provider in p.forge_ids and str(p.forge_ids[identity.provider]) == identity.value
    )


def person_of(identity: Identity, people: Iterable[Person], *days: date) -> Person | None:
    """The one person to whom an identity belongs on each of these days.

    A key outside its dates of validity belongs to nobody, and so does an identity that two people claim.
    """
    owners = people_of(identity, people)
    if len(owners) != 1:
        return None
    if identity.provider == "ssh":
        keys = [k for k in owners[0].keys if key_of(k.ssh) == identity.value]
        if not all(any(k.start <= day and (k.end is None or day <= k.end) for k in keys) for day in days):
            return None
    return owners[0]


def key_of(line: str) -> str:
    """Type and base64 of a one-line OpenSSH public key, without its comment."""
    return " ".join(line.split()[:2])
