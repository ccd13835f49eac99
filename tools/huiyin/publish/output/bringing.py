"""Bringing the output folder up to date: making what must be made, leaving the rest, taking away what is gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from huiyin.model.personal import Confidence
from huiyin.model.problem import Problem
from huiyin.publish.digests import digest
from huiyin.publish.output.files import File, is_as_left, pack, remove, survey, unpack
from huiyin.publish.output.manifest import Manifest, Shard
from huiyin.publish.output.shards import Job, Made, Task, Workshop, make
from huiyin.scan.looking import Hit
from huiyin.spreading import spread

TOGETHER = 2
"""Shards that a process makes at once; what they are made of waits in memory."""
ENOUGH = 400
"""Cases, or shards without any, for which it is worth while to start processes."""
FETCHED = 1_000
"""Facts that are fetched at once; bounds the memory."""
LIGHTER = 3
"""So many lines of lists weigh as much as the facts of a case, with all that holds them."""
SPARED = ("search/data/",)
"""What somebody else writes to the output folder, and takes care of: the index of the search."""


class Part(NamedTuple):
    """A case on which some files of a shard depend, and no others.

    Args:
        oid: of the blob whose facts are needed to make them.
        inputs: the digest of all that they depend on, the press aside.
        lines: of the blobs of which the lines of lists are needed.
    """

    oid: str
    inputs: bytes
    lines: tuple[str, ...] = ()


class Given(NamedTuple):
    """What a shard is made from.

    Args:
        facts: those that the plan names; where it has parts, those of the parts that must be made.
        lines: of lists, by the ids of blobs.
        keys: of the parts that must be made.
    """

    facts: list[bytes]
    lines: dict[str, bytes]
    keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A shard, and how it is made if it must be.

    Args:
        inputs: the digest of all that it depends on, the press aside.
        oids: of the blobs whose facts it needs; they are fetched only if it must be made.
        lines: of those whose lines of lists it needs.
        parts: where not everything depends on everything; instead of ``oids`` and ``lines``. Nothing is told of a
            shard with parts.
    """

    name: str
    inputs: bytes
    job: Callable[[Given], Job]
    oids: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass
class Bringing:
    """One build.

    Args:
        base: the digest of all on which every shard depends.
        facts, lines: give what is kept of blobs, by their ids.
        hits, problems: what was found in files, which were then not written.
    """

    manifest: Manifest
    workshop: Workshop
    base: bytes
    facts: Callable[[Sequence[str]], Mapping[str, bytes]]
    lines: Callable[[Sequence[str]], Mapping[str, bytes]]
    hits: list[Hit] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    made: int = 0
    kept: int = 0

    def __post_init__(self) -> None:
        self._before = self.manifest.shards()
        self._seen: set[str] = set()
        self._done: dict[str, bytes] = {}
        """Name → what was told, of the shards that were made."""
        self._strange: set[str] = set()
        self._damaged = False

    def begin(self) -> None:
        """From now on the folder is written to.

        Raises:
            HuiyinError: HY906.
        """
        folder = Path(self.workshop.folder)
        if not self.manifest.trusted and folder.is_dir():
            self._strange = survey(str(folder), SPARED)
        self.manifest.begin()

    @property
    def ok(self) -> bool:
        """Whether nothing was found that must not be published."""
        return not self.problems and not any(hit.confidence is Confidence.CERTAIN for hit in self.hits)

    def bring(self, plans: Iterable[Plan], executor: Callable[[], Executor | None]) -> None:
        """Make the shards that are not as they should be.

        Args:
            executor: opens processes, if there is enough to do.

        Raises:
            HuiyinError: HY802, HY842, HY906.
        """
        stale = [(plan, inputs) for plan in plans if (inputs := self._stale(plan)) is not None]
        many = sum(max(1, len(plan.oids) + len(plan.parts)) for plan, _ in stale) > ENOUGH
        tasks = self._tasks(self._unmade(plan, inputs) for plan, inputs in stale)
        for results in spread(executor() if many else None, make, self.workshop, tasks, size=TOGETHER):
            for result in results:
                self._note(result)

    def told(self, start: str) -> Iterator[bytes]:
        """What was told of the shards whose names begin so, in the order of their names."""
        for name in sorted(name for name in self._seen if name.startswith(start)):
            yield self._done[name] if name in self._done else self._before[name].told

    def files_of(self, name: str, inputs: bytes) -> dict[str, bytes]:
        """Path → digest of each file of a shard as the last build left it, where it was made of just that."""
        shard = self._before.get(name)
        if shard is None or shard.inputs != inputs:
            return {}
        return {f.path: f.digest for f in self._files(shard) if is_as_left(self.workshop.folder, [f])}

    def add(self, name: str, inputs: bytes, files: Sequence[File]) -> None:
        """Note a shard that somebody else has made."""
        self._seen.add(name)
        self._put(name, Shard(inputs, pack(files)))

    def finish(self) -> None:
        """Take away the files of no shard, and say in the manifest how the folder was left.

        Raises:
            HuiyinError: HY906.
        """
        gone = self._before.keys() - self._seen
        replaced = [self._before[name] for name in (*gone, *(self._before.keys() & self._done.keys()))]
        old = {file.path for shard in replaced for file in self._files(shard)} | self._strange
        if self._damaged:
            old = survey(self.workshop.folder, SPARED)
        for files in self.manifest.files(self._seen if self._damaged else self._done) if old else ():
            old.difference_update(file.path for file in unpack(files))
        remove(self.workshop.folder, sorted(old))
        self.manifest.finish(gone)

    def _tasks(self, unmade: Iterable[_Unmade]) -> Iterator[Task]:
        """The facts of many shards are fetched together, for each question to the index has its price."""
        for group in _grouped(unmade):
            facts = self.facts(list(dict.fromkeys(oid for one in group for oid in one.oids)))
            lines = self.lines(list(dict.fromkeys(oid for one in group for oid in one.lines)))
            for one in group:
                given = Given([facts[oid] for oid in one.oids], {oid: lines[oid] for oid in one.lines}, one.keys)
                yield Task(one.plan.name, one.inputs, one.plan.job(given), one.kept)

    def _unmade(self, plan: Plan, inputs: bytes) -> _Unmade:
        """What of a shard must be made: all of it, or the parts whose files are not there as they should be."""
        if not plan.parts:
            return _Unmade(plan, inputs, plan.oids, plan.lines)
        before = self._before.get(plan.name)
        known: dict[bytes, list[File]] = defaultdict(list)
        for file in self._files(before) if before else ():
            known[file.part].append(file)
        wanted = {digest([self.base, part.inputs]): part for part in plan.parts}
        kept = {key for key in wanted if key in known and is_as_left(self.workshop.folder, known[key])}
        missing = {key: part for key, part in wanted.items() if key not in kept}
        return _Unmade(
            plan,
            inputs,
            tuple(part.oid for part in missing.values()),
            tuple(line for part in missing.values() for line in part.lines),
            tuple(missing),
            tuple(file for key in wanted if key in kept for file in known[key]),
        )

    def _stale(self, plan: Plan) -> bytes | None:
        """What the shard must be made of, or None where the last one can stay."""
        self._seen.add(plan.name)
        inputs = digest([self.base, plan.inputs])
        before = self._before.get(plan.name)
        if before is None or before.inputs != inputs:
            return inputs
        files = self._files(before)
        if not files or not is_as_left(self.workshop.folder, files):
            return inputs
        self.kept += 1
        return None

    def _files(self, shard: Shard) -> list[File]:
        """The files of a shard of the last build; none where the manifest does not say, which it should."""
        try:
            return unpack(shard.files)
        except ValueError:
            self._damaged = True
            return []

    def _note(self, result: Made) -> None:
        self.made += 1
        self.hits += result.hits
        self.problems += result.problems
        # What is doubtful is told again by the next build.
        inputs = b"" if result.hits or result.problems else result.inputs
        self._put(result.name, Shard(inputs, result.files, result.told))

    def _put(self, name: str, shard: Shard) -> None:
        self.manifest.put(name, shard)
        self._done[name] = shard.told


class _Unmade(NamedTuple):
    """What must be made of a shard.

    Args:
        oids, lines: of the blobs of which facts and lines are needed.
        keys: of those of its parts that must be made; a key is the digest of a part and of the base.
        kept: the files of the other parts.
    """

    plan: Plan
    inputs: bytes
    oids: tuple[str, ...]
    lines: tuple[str, ...]
    keys: tuple[bytes, ...] = ()
    kept: tuple[File, ...] = ()


def _grouped(unmade: Iterable[_Unmade]) -> Iterator[list[_Unmade]]:
    group: list[_Unmade] = []
    number = 0
    for one in unmade:
        group.append(one)
        number += len(one.oids) + len(one.lines) // LIGHTER
        if number >= FETCHED:
            yield group
            group, number = [], 0
    if group:
        yield group
