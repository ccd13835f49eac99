"""The cases received in a month, gathered into one small value that is kept: so a build reads only what changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec.structs import force_setattr

from huiyin.findings import Key
from huiyin.publish.addresses import case_address
from huiyin.publish.facts import Facts
from huiyin.publish.head import Head, head_of
from huiyin.publish.statistics import Counted, Kind, Tally
from huiyin.rules.deadlines import local_day

_ALIKE = ("unit", "channel", "complexity", "topics", "received", "published", "published_on", "updated")
"""What is the same in many cases, and is held once."""
TOTAL = ""
"""The key under which everything is counted."""


class Other(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A case that is not published now.

    Args:
        reopened: it was published once, and its address lives on.
        status: its sender may ask where it stands.
        open: the moment after which it counts as late, and what is counted; None where it is not open.
    """

    id: str
    oid: str
    digest: bytes
    path: str
    received: str
    received_at: datetime
    address: str
    reopened: bool
    status: bool
    updated: date | None
    open: tuple[datetime, Counted] | None
    accepted: tuple[Key, ...]


class Month(msgspec.Struct, frozen=True, array_like=True):
    """All cases that were received in a month, as far as no clock is needed.

    Args:
        tallies: what is not open, by ``keys_of``; rows of kind and number.
        latest: the last event of all.
        refers: (path, id of the case that it names).
        lookups: the hashes by which senders find their status.
    """

    name: str
    heads: tuple[Head, ...]
    others: tuple[Other, ...]
    tallies: dict[str, tuple[tuple[Kind, int], ...]]
    latest: datetime
    refers: tuple[tuple[str, str], ...]
    lookups: tuple[str, ...]


class Judged(msgspec.Struct, frozen=True, gc=False):
    """The facts of one file, and where they come from."""

    path: str
    oid: str
    digest: bytes
    facts: Facts


def every(month: Month) -> Iterator[Head | Other]:
    """All that a month names one by one."""
    yield from month.heads
    yield from month.others


def month_of(name: str, judged: Iterable[Judged]) -> Month:
    """The month of these cases, in the order given; at least one."""
    heads: list[Head] = []
    others: list[Other] = []
    tallies: dict[str, Tally] = defaultdict(Tally)
    latest: list[datetime] = []
    refers: list[tuple[str, str]] = []
    lookups: list[str] = []
    for one in judged:
        facts = one.facts
        latest.append(facts.latest)
        refers += [(one.path, other) for other in facts.refers]
        lookups += [facts.status.lookup] if facts.status else []
        head = head_of(facts, one.oid, one.digest)
        if head is not None:
            heads.append(head)
        else:
            others.append(_other(one))
        if facts.late_after is None:
            for key in keys_of(facts.counted):
                tallies[key].add(facts.counted)
    rows = {key: tuple(tally.numbers.items()) for key, tally in tallies.items()}
    return Month(name, tuple(heads), tuple(others), rows, max(latest), tuple(refers), tuple(lookups))


def keys_of(case: Counted) -> Iterator[str]:
    """Under which keys a case is counted: all, its unit, channel, topics and kind; its month is told apart."""
    yield TOTAL
    yield f"channel:{case.channel}"
    if case.unit:
        yield f"unit:{case.unit}"
    if case.complexity:
        yield f"kind:{case.complexity}"
    yield from (f"topic:{topic}" for topic in case.topics)


def tallies_of(month: Month, now: datetime) -> Mapping[str, Tally]:
    """Everything of a month counted by ``keys_of``, at a moment."""
    found: dict[str, Tally] = defaultdict(Tally)
    for key, rows in month.tallies.items():
        found[key].numbers.update(rows)
    for other in month.others:
        if other.open is not None:
            after, case = other.open
            seen = replace(case, late=now > after)
            for key in keys_of(seen):
                found[key].add(seen)
    return found


def pack(month: Month) -> bytes:
    """The month as it is kept."""
    return _ENCODER.encode(month)


def unpack(data: bytes) -> Month:
    """A month that was kept.

    Raises:
        ValueError: this is none.
    """
    month = _DECODER.decode(data)
    alike: dict[Any, Any] = {}
    for head in month.heads:
        for name in _ALIKE:
            value = getattr(head, name)
            force_setattr(head, name, alike.setdefault(value, value))
        if head.news == head.published_at:
            force_setattr(head, "news", head.published_at)
    return month


def _other(one: Judged) -> Other:
    facts = one.facts
    return Other(
        id=facts.id,
        oid=one.oid,
        digest=one.digest,
        path=one.path,
        received=local_day(facts.received_at).isoformat(),
        received_at=facts.received_at,
        address=case_address(facts.id, facts.received_at),
        reopened=facts.reopened is not None,
        status=facts.status is not None,
        updated=facts.reopened.updated if facts.reopened else None,
        open=None if facts.late_after is None else (facts.late_after, facts.counted),
        accepted=facts.accepted,
    )


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Month)
