"""What a merge says of its approvals, for ever: trailers of the merge commit, written and read strictly (design §5).

::

    Huiyin-Gate: 1
    Huiyin-Provider: ssh
    Huiyin-Head: <full hash that was judged and approved>
    Huiyin-Seen-At: <when the server first saw that head>
    Huiyin-Submitted-By: <person>[, <person>…]        proven by the provider; the author comes first
    Huiyin-Involved: <person>[, <person>…]            named in commits only; left out where there is nobody
    Huiyin-Approved-By: <person> <unit>/<role> <provider>:<id or fingerprint> <time> <reference>      one each

The order is fixed, and what is read must be, letter for letter, what would be written: evidence has one spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from huiyin.gate import Verdict
from huiyin.model.case import SHANGHAI
from huiyin.model.problem import HuiyinError, Problem
from huiyin.model.pull import Commit, Identity, PullFacts, Review, ReviewState
from huiyin.model.unit import Person
from huiyin.repo.commits import SHA, trailers_of
from huiyin.rules.authority import find_hands
from huiyin.rules.registry import Registry

VERSION = "1"
PROVIDERS = ("ssh", "github", "gitea")
_PERSON = re.compile(r"[a-z][a-z0-9]*([.-][a-z0-9]+)*")
_APPROVAL = re.compile(r"(\S+) ([a-z0-9-]+)/([a-z]+) ([a-z]+):([!-~]+) (\S+) ([!-~]+)")


@dataclass(frozen=True, slots=True)
class Approved:
    """One approval that fills one seat.

    Args:
        person, unit, role: ids.
        identity: numeric id on the forge, or the key's fingerprint.
        at: when it was given.
        reference: finds it again: the hash of the approval commit, or the review on the forge; "-" where unknown.
    """

    person: str
    unit: str
    role: str
    provider: str
    identity: str
    at: datetime
    reference: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Who submitted a change and who approved it, as the gate saw it."""

    provider: str
    head: str
    seen_at: datetime
    submitted_by: tuple[str, ...]
    involved: tuple[str, ...]
    approvals: tuple[Approved, ...]


def evidence_of(facts: PullFacts, verdict: Verdict, people: Iterable[Person]) -> Evidence:
    """Put down what a verdict rests on.

    Args:
        verdict: one that is ready.
        people: those of the base.
    """
    hands = find_hands(facts, people)
    recorders = tuple(p.id for p in hands.recorders)
    approvals = [
        Approved(
            person.id,
            seat.requirement.unit,
            seat.requirement.role.value,
            review.by.provider,
            _shown_identity(review.by),
            _to_second(review.at),
            quote(review.reference, safe="/:?#=&+@~") or "-",
        )
        for seat in verdict.seats
        for person, review in sorted(seat.approved_by, key=lambda entry: entry[0].id)
    ]
    involved = tuple(sorted(p.id for p in hands.submitters if p.id not in recorders))
    return Evidence(facts.provider, facts.head, _to_second(facts.seen_at), recorders, involved, tuple(approvals))


def to_trailers(evidence: Evidence) -> str:
    """The last paragraph of the merge commit's message, without a line feed at its end."""
    return "\n".join(f"Huiyin-{name}: {value}" for name, value in _lines(evidence))


def parse(message: str) -> Evidence:
    """Read the evidence in a commit's message.

    Raises:
        HuiyinError: HY654, there is none, or it is not exactly as it would be written.
    """
    paragraph = message.rstrip("\n").rpartition("\n\n")[2]
    fields: dict[str, list[str]] = {}
    for name, value in trailers_of(message):
        fields.setdefault(name.removeprefix("Huiyin-"), []).append(value)
    try:
        [provider], [head], [seen_at], [submitted] = (
            fields[name] for name in ("Provider", "Head", "Seen-At", "Submitted-By")
        )
        found = Evidence(
            provider,
            head,
            datetime.fromisoformat(seen_at),
            tuple(submitted.split(", ")),
            tuple(name for line in fields.get("Involved", ()) for name in line.split(", ")),
            tuple(_approval(line) for line in fields.get("Approved-By", ())),
        )
        people = [*found.submitted_by, *found.involved, *(a.person for a in found.approvals)]
        known = provider in PROVIDERS and SHA.fullmatch(head) and all(map(_PERSON.fullmatch, people))
        sound = known and to_trailers(found) == paragraph and message.count("Huiyin-") == paragraph.count("Huiyin-")
    except (KeyError, ValueError, OverflowError):
        sound = False
    if not sound:
        raise HuiyinError(Problem("HY654", "合并说明中没有审签记录，或其写法不是闸门的写法。"))
    return found


def facts_from(
    evidence: Evidence, base: str, commits: Iterable[tuple[str, tuple[str, ...]]], registry: Registry, now: datetime
) -> PullFacts:
    """What a forge said at the time of a merge, as far as evidence tells; the gate's signature vouches for it.

    Args:
        commits: (hash, parents) from base to head.
        registry: that of the base.
        now: when the merge was made.
    """

    def identity(person: str) -> Identity:
        known = registry.people.get(person)
        return Identity(evidence.provider, str(known.forge_ids.get(evidence.provider)) if known else "")

    author, *pushers = (identity(p) for p in evidence.submitted_by)
    involved = tuple(identity(p) for p in evidence.involved)
    reviews = {
        Review(Identity(a.provider, a.identity), evidence.head, ReviewState.APPROVED, a.at, a.reference): None
        for a in evidence.approvals
    }
    return PullFacts(
        provider=evidence.provider,
        base=base,
        head=evidence.head,
        author=author,
        pushers=tuple(pushers),
        commits=tuple(Commit(sha, parents, involved) for sha, parents in commits),
        reviews=tuple(reviews),
        seen_at=evidence.seen_at,
        now=now,
    )


def _lines(evidence: Evidence) -> Iterator[tuple[str, str]]:
    yield "Gate", VERSION
    yield "Provider", evidence.provider
    yield "Head", evidence.head
    yield "Seen-At", _time(evidence.seen_at)
    yield "Submitted-By", ", ".join(evidence.submitted_by)
    if evidence.involved:
        yield "Involved", ", ".join(evidence.involved)
    for a in evidence.approvals:
        yield "Approved-By", f"{a.person} {a.unit}/{a.role} {a.provider}:{a.identity} {_time(a.at)} {a.reference}"


def _approval(line: str) -> Approved:
    found = _APPROVAL.fullmatch(line)
    if found is None:
        raise ValueError(line)
    person, unit, role, provider, identity, at, reference = found.groups()
    return Approved(person, unit, role, provider, identity, datetime.fromisoformat(at), reference)


def _shown_identity(identity: Identity) -> str:
    return str(identity) if identity.provider == "ssh" else identity.value


def _to_second(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI).replace(microsecond=0)


def _time(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).isoformat()
