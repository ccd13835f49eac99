"""What is found in one file of the record by itself: judged once, spread over processes, kept by blob (design §8).

Nothing here depends on the clock: a judgement says from which moment on it holds (``settled``), and a case with events
after the present is judged anew each time. What depends on other files (the path, ids that are used twice) is for
``check`` to add.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import msgspec

from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo import yaml
from huiyin.repo.blobs import Survey, blob_of
from huiyin.repo.index import Index
from huiyin.repo.schemas import Schema, load_schema
from huiyin.repo.source import Source
from huiyin.repo.stamp import stamp_of
from huiyin.repo.store import CaseFile, parse_case
from huiyin.rules import conduct
from huiyin.rules.deadlines import local_day
from huiyin.rules.privacy import PrivacySettings
from huiyin.rules.replay import Replay, replay
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.standing import Standing
from huiyin.spreading import open_executor, spread

KIND = "judged"
"""The sort of fact that the index keeps for it."""
CHUNK = 250
"""Files that one process judges at a time."""
FEW = 1000
"""Files that one process judges before others could have begun."""
File = tuple[str, bytes | Problem]
"""A path, and its bytes or why there are none."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Another case that a case names, and where."""

    pointer: str
    case_id: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Judged:
    """One file.

    Args:
        problems: by itself, each on its line, without a path.
        home: where the file belongs; "" where it is no case.
        procedure: id of the one that it runs under.
        received: the day of receipt in Asia/Shanghai.
        settled: from this moment on nothing here changes; None where the file is no case.
        standing: how the case stands then; None where it waits for nobody, or its procedure is unknown.
        unknown: whether nothing can be said of how it stands.
    """

    problems: tuple[Problem, ...] = ()
    home: str = ""
    procedure: str = ""
    received: date | None = None
    settled: datetime | None = None
    standing: Standing | None = None
    unknown: bool = True
    references: tuple[Reference, ...] = ()

    def holds_at(self, now: datetime) -> bool:
        """Whether all of this is so at that moment, and at every later one."""
        return self.settled is not None and self.settled <= now


@dataclass(frozen=True)
class Bench:
    """What judges: the rules and the schema of a tree, and a clock."""

    rulebook: Rulebook
    schema: Schema
    now: datetime
    sha1: bool = True


def judge_all(
    source: Source,
    rulebook: Rulebook,
    now: datetime,
    there: Survey,
    index: Index,
    jobs: int | None = 1,
    scheduler: str | None = None,
    *,
    stamp: bytes,
) -> Iterator[tuple[str, Judged, str]]:
    """Judge files, each by itself; what is known is not read again.

    Args:
        source: where they are.
        now: with an offset.
        there: what lies in the source, of which all is judged.
        index: where judgements are kept.
        jobs, scheduler: who judges what is new, as for ``open_executor``; this process by default.
        stamp: that of the source, taken before its rules were read.

    Yields:
        The path, what was found, with that path, and the hash of what was read: first what was known, then what is new.
    """
    known = index.get(KIND, stamp, there.blobs.values())
    fresh = []
    for path, oid in there.blobs.items():
        body = known.get(oid)
        judged = None if body is None else _unpack(body)
        if judged is None or judged.home != path or not judged.holds_at(now):
            fresh.append(path)
        else:
            yield path, _placed(judged, path), oid
    known.clear()
    bench = Bench(rulebook, load_schema(source, "case"), now, there.sha1)
    kept: list[tuple[str, bytes]] = []
    with open_executor(jobs if len(fresh) > FEW else 1, scheduler) as executor:
        for done in spread(executor, judge_files, bench, there.read(source, fresh), size=CHUNK, fallback=_give_up):
            for path, oid, body in done:
                judged = _unpack(body)
                assert judged is not None, "this very program packed it"
                if judged.home == path and judged.holds_at(now):
                    kept.append((oid, body))
                yield path, _placed(judged, path), oid
    # Rules that were saved meanwhile are not those by which this was judged.
    if kept and stamp_of(source) == stamp:
        index.put(KIND, stamp, kept)


def judge_files(bench: Bench, files: Sequence[File]) -> list[tuple[str, str, bytes]]:
    """Judge files by their bytes; gives path, hash of the blob, and what was found, packed."""
    return [(path, _blob(bench, data), _pack(_judge(bench, path, data))) for path, data in files]


def judge_file(file: CaseFile, rulebook: Rulebook, now: datetime) -> tuple[Replay | None, tuple[Problem, ...]]:
    """How a case stands, and all that is wrong with its file by itself, on its lines.

    Returns:
        No replay where the file is no case or its procedure is unknown.
    """
    personal = tuple(find_personal_in(file, rulebook.privacy))
    if file.case is None:
        return None, (*file.problems, *personal)
    try:
        found = replay(file.case, rulebook, now)
    except HuiyinError as error:
        rest = map(file.place, (*conduct.check_case(file.case, now), *error.problems))
        return None, (*file.problems, *rest, *personal)
    problems = (*conduct.check_case(file.case, now), *found.problems)
    return found, (*file.problems, *map(file.place, problems), *personal)


def find_personal_in(file: CaseFile, settings: PrivacySettings) -> Iterator[Problem]:
    """第十九条: in the texts of the case; where the file is none or not in its one form, in whatever it holds."""
    from huiyin.findings import find_in_case  # its patterns take long to compile, and often all is known

    if file.case is not None:
        for found in find_in_case(file.case, settings):
            yield file.place(found.problem(file.path))
    if file.case is None or file.problems:
        from huiyin.committed import find_in_source

        text = file.data.decode(errors="replace")
        known = file.case is not None  # then only comments can hold more, and those are no texts of authorities
        for found in find_in_source(text, settings, official=known):
            yield found.problem(file.path)


def references_of(file: CaseFile) -> tuple[Reference, ...]:
    """Each other case that a case names."""
    assert file.case is not None, "only a case names others"
    named = [("/duplicate_of", file.case.duplicate_of)] + [
        (f"/events/{number}/duplicate_of", getattr(event, "duplicate_of", None))
        for number, event in enumerate(file.case.events)
    ]
    return tuple(
        Reference(pointer, other, yaml.line_of(file.data, pointer)) for pointer, other in named if other is not None
    )


def _blob(bench: Bench, data: bytes | Problem) -> str:
    return "" if isinstance(data, Problem) else blob_of(data, sha1=bench.sha1)


def _judge(bench: Bench, path: str, data: bytes | Problem) -> Judged:
    if isinstance(data, Problem):
        return Judged((data,))
    file = parse_case(path, data, bench.schema)
    found, problems = judge_file(file, bench.rulebook, bench.now)
    bare = tuple(replace(p, path="") for p in problems)
    if file.case is None:
        return Judged(bare)
    return Judged(
        problems=bare,
        home=file.case.path,
        procedure=file.case.procedure,
        received=local_day(file.case.received_at),
        settled=max([file.case.received_at, *(e.at for e in file.case.events)]),
        standing=None if found is None or found.closed else found.brief(),
        unknown=found is None,
        references=references_of(file),
    )


def _give_up(bench: Bench, file: File) -> list[tuple[str, str, bytes]]:
    """A file that no process survives is refused, and the others are judged."""
    path, data = file
    problem = Problem("HY975", "这个文件使读取它的进程异常中断，没有检查。")
    return [(path, _blob(bench, data), _pack(Judged((problem,))))]


def _placed(judged: Judged, path: str) -> Judged:
    if not judged.problems:
        return judged
    return replace(judged, problems=tuple(p.at(path=path) for p in judged.problems))


_pack = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(Judged)


def _unpack(body: bytes) -> Judged | None:
    """What was kept; None where it is not of this form."""
    try:
        return _decoder.decode(body)
    except (msgspec.MsgspecError, KeyError):
        return None
