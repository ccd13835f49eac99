"""Reading the record for the site: what may be published, what is only counted, and what is wrong.

Facts are kept by the id of the blob that they come from, and a month by those of its cases, so that a second reading
costs what changed. What is wrong with a case is never kept: it is judged anew, as ``huiyin check`` does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from huiyin.check import check_cases
from huiyin.findings import Key
from huiyin.model.problem import HuiyinError, Problem, Severity
from huiyin.publish import listed
from huiyin.publish.counting import Counts
from huiyin.publish.facts import Facts, unpack
from huiyin.publish.head import Head
from huiyin.publish.listed import Listed
from huiyin.publish.month import Month, every
from huiyin.publish.preview import preview_of
from huiyin.publish.reading import FACTS, LISTED, TOGETHER, Reading, read_months
from huiyin.publish.view import PublicCase
from huiyin.repo.blobs import Survey, survey
from huiyin.repo.index import NAME, Index
from huiyin.repo.lock import FOLDER
from huiyin.repo.source import Source
from huiyin.repo.stamp import load_stamped
from huiyin.repo.store import CASES
from huiyin.rules.deadlines import local_day
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.rulebook_problems import find_rulebook_problems


@dataclass(frozen=True)
class Gathered:
    """What the site is made of.

    Args:
        as_of: the moment at which open cases are late or not.
        months: the cases that have no problem, by the month received, oldest first.
        problems: errors of cases, which are left out, placed on their lines.
        index: where the facts of the cases are.
        stamp: of rules and program, under which they are there.
        previews: the replies that are submitted and not public, as they will look; None unless a preview was asked for.
    """

    as_of: datetime
    rulebook: Rulebook
    months: tuple[Month, ...]
    problems: tuple[Problem, ...]
    index: Index
    stamp: bytes
    previews: tuple[PublicCase, ...] | None = None

    def fetch(self, oids: Sequence[str]) -> dict[str, bytes]:
        """The facts of cases that were gathered, as they are kept, by the ids of their blobs.

        Raises:
            HuiyinError: HY904, somebody has taken the index away meanwhile.
        """
        return fetch(self.index, self.stamp, oids)

    def packed(self, oids: Sequence[str]) -> list[bytes]:
        """The same, in the order given."""
        found = self.fetch(oids) if oids else {}
        return [found[oid] for oid in oids]

    def lines(self, oids: Sequence[str]) -> dict[str, bytes]:
        """The lines of lists of published cases, as they are kept, by the ids of their blobs.

        Raises:
            HuiyinError: HY904.
        """
        found = self.index.get(LISTED, self.stamp, oids)
        lost = [oid for oid in oids if oid not in found]
        for start in range(0, len(lost), TOGETHER):
            facts = self.fetch(lost[start : start + TOGETHER])
            made = {oid: line for oid, data in facts.items() if (line := listed.pack(unpack(data))) is not None}
            self.index.put(LISTED, self.stamp, made.items())
            found |= made
        return found

    def listed(self, heads: Sequence[Head]) -> tuple[Listed, ...]:
        """The same of some published cases, in the order given."""
        lines = self.lines([head.oid for head in heads])
        return tuple(listed.unpack(lines[head.oid]) for head in heads)

    @cached_property
    def heads(self) -> tuple[Head, ...]:
        """The published cases, latest publication first."""
        found = [head for month in self.months for head in month.heads]
        return tuple(sorted(found, key=lambda head: (head.published_at, head.id), reverse=True))

    @cached_property
    def counts(self) -> Counts:
        """What the figures are made of."""
        return Counts(self.months, self.as_of)

    @property
    def facts(self) -> tuple[Facts, ...]:
        """Every case, by month: for those who have few."""
        oids = [one.oid for month in self.months for one in every(month)]
        return tuple(map(unpack, self.packed(oids)))

    @property
    def cases(self) -> tuple[PublicCase, ...]:
        """The published cases with their texts, latest publication first."""
        return tuple(f.case for f in map(unpack, self.packed([h.oid for h in self.heads])) if f.case is not None)

    @cached_property
    def accepted(self) -> frozenset[Key]:
        """What looks personal in public texts and was not refused."""
        return frozenset(key for month in self.months for one in every(month) for key in one.accepted)

    @cached_property
    def repeated(self) -> dict[str, int]:
        """Hash by which several senders would find the same status → how many there are."""
        counts = Counter(lookup for month in self.months for lookup in month.lookups)
        return {lookup: count for lookup, count in counts.items() if count > 1}


def fetch(index: Index, stamp: bytes, oids: Sequence[str]) -> dict[str, bytes]:
    """The facts of cases that were gathered; see ``Gathered.fetch``.

    Raises:
        HuiyinError: HY904.
    """
    found = index.get(FACTS, stamp, oids)
    if len(found) < len(set(oids)):
        raise HuiyinError(Problem("HY904", "缓存在运行中被删除或改动，请重新运行。", f"{FOLDER}/{NAME}"))
    return found


def gather(
    source: Source,
    now: datetime,
    *,
    preview: bool = False,
    index: Index | None = None,
    executor: Callable[[], Executor | None] = lambda: None,
) -> Gathered:
    """Read every case of a tree, and judge it as ``huiyin check`` does.

    Args:
        now: with an offset; events after it are errors.
        preview: show what is submitted too; never for a site that others can see.
        index: what was computed before; by default nothing.
        executor: opens processes to read with, where there is much to read; by default there is this one only.

    Raises:
        HuiyinError: the rules or schemas cannot be read at all, or contradict themselves.
    """
    index = index or Index(None)
    rulebook, stamp = load_stamped(source)
    if errors := [p for p in find_rulebook_problems(rulebook, local_day(now)) if p.level is Severity.ERROR]:
        raise HuiyinError(*errors)
    there = survey(source, CASES)
    problems = [p for p in there.strange if p.level is Severity.ERROR]
    reading = Reading(source, rulebook, now, sha1=there.sha1)
    found, doubtful = _read(reading, there, index, stamp, executor)
    for checked in check_cases(source, rulebook, now, sorted(doubtful)) if doubtful else ():
        # Warnings do not keep a case from the site.
        errors = [p for p in checked.problems if p.level is Severity.ERROR]
        problems += errors or [Problem("HY904", "读取时文件正在改动，请重新运行。", checked.file.path)]
    previews = None
    if preview:
        waiting = [o.path for month in found for o in month.others if o.open is not None]
        replays = [c.found for c in check_cases(source, rulebook, now, waiting)] if waiting else []
        previews = tuple(filter(None, (preview_of(replay, rulebook) for replay in replays if replay is not None)))
    return Gathered(now, rulebook, tuple(found), tuple(problems), index, stamp, previews)


def _read(
    reading: Reading,
    there: Survey,
    index: Index,
    stamp: bytes,
    executor: Callable[[], Executor | None],
) -> tuple[list[Month], set[str]]:
    """The months of all cases that are sound by themselves and among the others, and the paths of the rest."""
    names = Counter(path.rpartition("/")[2].casefold() for path in there.blobs)
    doubtful = {path for path in there.blobs if names[path.rpartition("/")[2].casefold()] > 1}
    while True:
        sound = there.pick(path for path in there.blobs if path not in doubtful) if doubtful else there
        months, broken = read_months(reading, sound, index, stamp, executor)
        doubtful |= broken
        lost = {path for month in months for path, other in month.refers if _is_lost(path, other, names)}
        if not lost:
            return months, doubtful
        doubtful |= lost


def _is_lost(path: str, other: str, names: Mapping[str, int]) -> bool:
    return f"{other}.yaml".casefold() not in names or path.endswith(f"/{other}.yaml")
