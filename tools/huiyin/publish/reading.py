"""Bringing the facts of all cases up to date, in as many processes as there are, and putting them into months."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from huiyin.judging import judge_file
from huiyin.model.case import path_of
from huiyin.model.problem import Problem, Severity
from huiyin.publish import facts as packing
from huiyin.publish import listed
from huiyin.publish import month as months
from huiyin.publish.digests import digest, of_bytes
from huiyin.publish.facts import facts_of
from huiyin.publish.month import Judged, Month, month_of
from huiyin.repo.blobs import Survey, blob_of
from huiyin.repo.index import Index
from huiyin.repo.schemas import Schema, load_schema
from huiyin.repo.source import Source
from huiyin.repo.store import parse_case
from huiyin.rules.rulebook import Rulebook
from huiyin.spreading import spread

FACTS, LISTED, MONTH = "public", "public-listed", "public-month"
"""Kinds of what is kept in the index."""
TOGETHER = 100
"""Cases that a process reads at once."""
ENOUGH = 400
"""Cases for which it is worth while to start processes."""
_MONTH = slice(len("cases/"), len("cases/2026/11"))


@dataclass(frozen=True)
class Reading:
    """What a process needs to judge cases."""

    source: Source
    rulebook: Rulebook
    now: datetime
    sha1: bool

    @cached_property
    def schema(self) -> Schema:
        """Compiled once in each process."""
        return load_schema(self.source, "case")


class Group(NamedTuple):
    """The cases of a month.

    Args:
        key: of what is kept of it in the index: the digest of all paths and blobs.
    """

    name: str
    key: str
    files: Sequence[tuple[str, str]]


def read_months(
    reading: Reading,
    there: Survey,
    index: Index,
    stamp: bytes,
    executor: Callable[[], Executor | None],
) -> tuple[list[Month], set[str]]:
    """The months of all cases without errors, oldest first, and the paths of those with errors.

    Args:
        there: the files.
        stamp: of all else that the facts depend on.
    """
    groups = list(_groups(there.blobs))
    found: dict[str, Month] = {}
    for group in groups:
        for kept in index.get(MONTH, stamp, [group.key]).values():
            # At a moment before an event, the case would be another one.
            if (month := months.unpack(kept)).latest <= reading.now:
                found[group.name] = month
    stale = [group for group in groups if group.name not in found]
    wanted = [path for path, _ in _unknown(stale, index, stamp)]
    for rows in spread(
        executor() if len(wanted) > ENOUGH else None, _judge, reading, there.read(reading.source, wanted), size=TOGETHER
    ):
        index.put(LISTED, stamp, [(oid, line) for oid, _, line in rows if line is not None])
        index.put(FACTS, stamp, [(oid, facts) for oid, facts, _ in rows])
    packed = ((group, index.get(FACTS, stamp, [oid for _, oid in group.files])) for group in stale)
    broken: set[str] = set()
    many = len(stale) > 1 and sum(len(group.files) for group in stale) > ENOUGH
    for made in spread(executor() if many else None, _make, reading.now, packed, size=1, ahead=1):
        for group, packed_month, missing in made:
            broken |= missing
            if packed_month is not None:
                found[group.name] = months.unpack(packed_month)
                if not missing:
                    index.put(MONTH, stamp, [(group.key, packed_month)])
    if stale:
        index.prune(FACTS, stamp, there.blobs.values())
        index.prune(LISTED, stamp, there.blobs.values())
        index.prune(MONTH, stamp, [group.key for group in groups])
    return [found[name] for name in sorted(found)], broken


def _groups(blobs: Mapping[str, str]) -> Iterator[Group]:
    files: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path, oid in sorted(blobs.items()):
        files[path[_MONTH].replace("/", "-")].append((path, oid))
    for name, group in files.items():
        yield Group(name, digest(part for pair in group for part in pair).hex(), group)


def _unknown(groups: Iterable[Group], index: Index, stamp: bytes) -> Iterator[tuple[str, str]]:
    """The files of which there are no facts yet."""
    for group in groups:
        known = index.get(FACTS, stamp, [oid for _, oid in group.files])
        yield from (pair for pair in group.files if pair[1] not in known)


def _judge(reading: Reading, chunk: Sequence[tuple[str, bytes | Problem]]) -> list[tuple[str, bytes, bytes | None]]:
    """(blob id, packed facts, packed line of a list) of those that have no error."""
    rows = []
    for path, data in chunk:
        if isinstance(data, Problem):
            continue
        file = parse_case(path, data, reading.schema)
        found, problems = judge_file(file, reading.rulebook, reading.now)
        if found is not None and not any(p.level is Severity.ERROR for p in problems):
            facts = facts_of(found, reading.rulebook)
            rows.append((blob_of(data, sha1=reading.sha1), packing.pack(facts), listed.pack(facts)))
    return rows


def _make(
    now: datetime, chunk: Sequence[tuple[Group, Mapping[str, bytes]]]
) -> list[tuple[Group, bytes | None, set[str]]]:
    """Each month as it is kept, and the paths of its files that are not in it."""
    made = []
    for group, facts in chunk:
        judged = list(_judged(group.files, facts, now))
        month = months.pack(month_of(group.name, judged)) if judged else None
        made.append((group, month, {path for path, _ in group.files} - {one.path for one in judged}))
    return made


def _judged(files: Iterable[tuple[str, str]], known: Mapping[str, bytes], now: datetime) -> Iterator[Judged]:
    """The cases that have facts, and no event to come."""
    for path, oid in files:
        facts = packing.unpack(data) if (data := known.get(oid)) is not None else None
        # The same bytes in another place are no case there.
        if data and facts and facts.latest <= now and path_of(facts.id, facts.received_at) == path:
            yield Judged(path, oid, of_bytes(data), facts)
