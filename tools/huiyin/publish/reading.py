"""Bringing the facts of all cases up to date, in as many processes as there are, and putting them into months."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain, islice

from huiyin.judging import judge_file
from huiyin.model.case import path_of
from huiyin.model.problem import Severity
from huiyin.publish import facts as packing
from huiyin.publish import month as months
from huiyin.publish.digests import digest, of_bytes
from huiyin.publish.facts import facts_of
from huiyin.publish.month import Judged, Month, month_of
from huiyin.repo.blobs import blob_of
from huiyin.repo.index import Index
from huiyin.repo.schemas import Schema, load_schema
from huiyin.repo.source import Source
from huiyin.repo.store import read_cases
from huiyin.rules.rulebook import Rulebook
from huiyin.spreading import spread

FACTS, MONTH = "public", "public-month"
"""Kinds of what is kept in the index."""
TOGETHER = 100
"""Cases that a process reads at once."""
ENOUGH = 400
"""Cases for which it is worth while to start processes."""
_SHA1 = 40
_MONTH = slice(len("cases/"), len("cases/2026/11"))
Listed = Sequence[tuple[str, str]]
"""(path, blob id) of files, in order."""


@dataclass(frozen=True)
class Reading:
    """What a process needs to judge cases."""

    source: Source
    rulebook: Rulebook
    now: datetime

    @cached_property
    def schema(self) -> Schema:
        """Compiled once in each process."""
        return load_schema(self.source, "case")


def read_months(
    reading: Reading,
    listed: Mapping[str, str],
    index: Index,
    stamp: bytes,
    executor: Callable[[], Executor | None],
) -> tuple[list[Month], set[str]]:
    """The months of all cases without errors, oldest first, and the paths of those with errors.

    Args:
        listed: path → blob id.
        stamp: of all else that the facts depend on.
    """
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path, oid in sorted(listed.items()):
        groups[path[_MONTH].replace("/", "-")].append((path, oid))
    keys = {name: digest(part for pair in group for part in pair).hex() for name, group in groups.items()}
    known = index.get(MONTH, stamp, keys.values())
    found: dict[str, Month] = {}
    for name, key in keys.items():
        # At a moment before an event, the case would be another one.
        if key in known and (month := months.unpack(known[key])).latest <= reading.now:
            found[name] = month
    stale = {name: group for name, group in groups.items() if name not in found}
    _renew(reading, (pair for group in stale.values() for pair in group), index, stamp, executor)
    broken: set[str] = set()
    for name, group in stale.items():
        judged = list(_judged(group, index, stamp, reading.now))
        if judged:
            found[name] = month_of(name, judged)
        missing = {path for path, _ in group} - {one.path for one in judged}
        broken |= missing
        if not missing:
            index.put(MONTH, stamp, [(keys[name], months.pack(found[name]))])
    if stale:
        index.prune(FACTS, stamp, listed.values())
        index.prune(MONTH, stamp, keys.values())
    return [found[name] for name in sorted(found)], broken


def _renew(
    reading: Reading,
    wanted: Iterable[tuple[str, str]],
    index: Index,
    stamp: bytes,
    executor: Callable[[], Executor | None],
) -> None:
    """Compute and keep the facts that are not there yet."""
    unknown = _unknown(wanted, index, stamp)
    first = list(islice(unknown, ENOUGH))
    chosen = executor() if len(first) == ENOUGH else None
    for rows in spread(chosen, _judge, reading, chain(first, unknown), size=TOGETHER):
        index.put(FACTS, stamp, rows)


def _unknown(wanted: Iterable[tuple[str, str]], index: Index, stamp: bytes) -> Iterator[tuple[str, str]]:
    remaining = iter(wanted)
    while batch := list(islice(remaining, 10 * TOGETHER)):
        known = index.get(FACTS, stamp, [oid for _, oid in batch])
        yield from (pair for pair in batch if pair[1] not in known)


def _judge(reading: Reading, chunk: Listed) -> list[tuple[str, bytes]]:
    """(blob id, packed facts) of those that have no error."""
    oids = dict(chunk)
    rows = []
    for file in read_cases(reading.source, oids, schema=reading.schema):
        found, problems = judge_file(file, reading.rulebook, reading.now)
        sound = found is not None and not any(p.level is Severity.ERROR for p in problems)
        # A file that was written to meanwhile is another blob.
        if sound and found is not None and blob_of(file.data, sha1=len(oids[file.path]) == _SHA1) == oids[file.path]:
            rows.append((oids[file.path], packing.pack(facts_of(found, reading.rulebook))))
    return rows


def _judged(group: Listed, index: Index, stamp: bytes, now: datetime) -> Iterator[Judged]:
    """The cases of a month that have facts, and no event to come."""
    known = index.get(FACTS, stamp, [oid for _, oid in group])
    for path, oid in group:
        facts = packing.unpack(data) if (data := known.get(oid)) is not None else None
        # The same bytes in another place are no case there.
        if data and facts and facts.latest <= now and path_of(facts.id, facts.received_at) == path:
            yield Judged(path, oid, of_bytes(data).hex(), facts)
