"""Check: is everything in this tree well-formed, legal under its procedure, and in its place? (design §7)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from huiyin.folders import Folder, judge_folders, put_together
from huiyin.judging import Reference, judge_all, judge_file, references_of
from huiyin.model.problem import HuiyinError, Problem, Severity
from huiyin.reminders.routing import find_routing_problems
from huiyin.repo.base import load_gate_keys
from huiyin.repo.blobs import Survey, survey
from huiyin.repo.index import Index
from huiyin.repo.schemas import load_schema
from huiyin.repo.source import Source
from huiyin.repo.stamp import load_stamped, stamp_of
from huiyin.repo.store import BESIDE, CASES, PROCEDURES, CaseFile, case_paths, read_cases
from huiyin.rules.deadlines import local_day
from huiyin.rules.procedure import Procedure
from huiyin.rules.replay import Replay
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.rulebook_problems import find_rulebook_problems


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    Args:
        cases: number of case files read.
        problems: in the order of path and line.
    """

    cases: int
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings and notices do not count."""
        return not any(p.level is Severity.ERROR for p in self.problems)


def check(
    source: Source,
    now: datetime,
    paths: Iterable[str] | None = None,
    *,
    index: Index | None = None,
    jobs: int | None = 1,
    scheduler: str | None = None,
) -> CheckReport:
    """Check the rules and the cases of a tree.

    Args:
        now: with an offset; events after it are errors.
        paths: case files to check; all, and the rules too, by default.
        index: where judgements are kept, so that what is known is not judged again; none by default.
        jobs, scheduler: as for ``open_executor``; this process alone by default.

    Raises:
        HuiyinError: the rules cannot be read at all.
    """
    rulebook, stamp = load_stamped(source)
    index = Index(None) if index is None else index
    problems: list[Problem] = []
    whole = survey(source, CASES, *BESIDE)
    if paths is None:
        problems += [*find_rulebook_problems(rulebook, local_day(now)), *_check_gate(source)]
        problems += find_routing_problems(source, rulebook.registry)
        problems += _check_texts(source, whole.below(*BESIDE), rulebook, index, stamp)
    there = whole.below(CASES)
    problems += there.strange
    count = 0
    used: Counter[str] = Counter()
    too_early: Counter[str] = Counter()
    names = there.names()
    repeated = _count_names(there.blobs) if len(names) < len(there.records) else None
    for folder in _judge(source, rulebook, now, there, paths, index, jobs, scheduler, stamp):
        count += folder.files
        for name, day, number in folder.used:
            if procedure := rulebook.procedures.get(name):
                used[name] += number
                too_early[name] += number * (day < procedure.in_force_from)
        for path, found in folder.told:
            problems += (*found.problems, *_check_references(path, found.references, names))
    if repeated is not None:
        for path in there.blobs if paths is None else paths:
            problems += _check_name(path, repeated)
    for name in sorted(used):
        problems += _check_in_force(rulebook.procedures[name], used[name], too_early[name], now)
    ordered = sorted(problems, key=lambda p: (p.path, p.line or 0, p.code))
    return CheckReport(count, _hide_in(ordered, rulebook, index, stamp))


@dataclass(frozen=True, slots=True)
class Checked:
    """One case file as judged.

    Args:
        found: how the case stands at that moment; None where the file is no case, or its procedure is unknown.
        problems: placed on their lines.
    """

    file: CaseFile
    found: Replay | None
    problems: tuple[Problem, ...]


def _check_texts(source: Source, there: Survey, rulebook: Rulebook, index: Index, stamp: bytes) -> tuple[Problem, ...]:
    """What is personal beside the cases; looked for anew only where one of those files is another than before."""

    def look() -> Iterable[Problem]:
        from huiyin.committed import check_texts  # its patterns take long to compile

        return check_texts(source, rulebook.privacy)

    def is_kept() -> bool:
        return survey(source, *BESIDE).digest == there.digest and stamp_of(source) == stamp

    return _recall("texts", stamp, there.digest, look, index, is_kept)


def _hide_in(problems: list[Problem], rulebook: Rulebook, index: Index, stamp: bytes) -> tuple[Problem, ...]:
    def hide() -> Iterable[Problem]:
        from huiyin.findings import hide_in

        return hide_in(problems, rulebook.privacy)

    digest = hashlib.blake2b(msgspec.json.encode(problems), digest_size=20).digest()
    return _recall("hidden", stamp, digest, hide, index) if problems else ()


_problems = msgspec.json.Decoder(tuple[Problem, ...])


def _recall(
    kind: str,
    stamp: bytes,
    digest: bytes,
    find: Callable[[], Iterable[Problem]],
    index: Index,
    is_kept: Callable[[], bool] = lambda: True,
) -> tuple[Problem, ...]:
    """What was found before in something of that digest, or is found now."""
    try:
        return _problems.decode(index.get(kind, stamp, [digest.hex()])[digest.hex()])
    except (KeyError, msgspec.MsgspecError):
        found = tuple(find())
        if is_kept():
            index.put(kind, stamp, [(digest.hex(), msgspec.json.encode(found))])
            index.prune(kind, stamp, [digest.hex()])
        return found


def _judge(
    source: Source,
    rulebook: Rulebook,
    now: datetime,
    there: Survey,
    paths: Iterable[str] | None,
    index: Index,
    jobs: int | None,
    scheduler: str | None,
    stamp: bytes,
) -> Iterator[Folder]:
    if paths is None:
        yield from judge_folders(source, rulebook, now, there, index, jobs, scheduler, stamp=stamp)
    else:
        judged = judge_all(source, rulebook, now, there.pick(paths), index, jobs, scheduler, stamp=stamp)
        yield put_together(((path, found) for path, found, _ in judged), now)


def check_cases(
    source: Source, rulebook: Rulebook, now: datetime, paths: Iterable[str] | None = None
) -> Iterator[Checked]:
    """Judge case files of a tree, all by default: each by itself and among the others."""
    everything = case_paths(source)
    counted = _count_names(everything)
    for file in read_cases(source, everything if paths is None else paths, schema=load_schema(source, "case")):
        found, problems = judge_file(file, rulebook, now)
        references = () if file.case is None else references_of(file)
        among = (*_check_name(file.path, counted), *_check_references(file.path, references, counted))
        yield Checked(file, found, (*problems, *among))


def _count_names(paths: Iterable[str]) -> Counter[str]:
    return Counter(path.rpartition("/")[2].casefold() for path in paths)


def _check_name(path: str, names: Counter[str]) -> Iterator[Problem]:
    name = path.rpartition("/")[2]
    if names[name.casefold()] > 1:
        message = f"编号重复：库中有{names[name.casefold()]}个名为 {name} 的文件（不计大小写）。"
        yield Problem("HY203", message, path)


def _check_references(path: str, references: Iterable[Reference], names: Container[str]) -> Iterator[Problem]:
    for reference in references:
        name = f"{reference.case_id}.yaml"
        if name.casefold() not in names or name == path.rpartition("/")[2]:
            message = f"所指的留言“{reference.case_id}”不存在或就是本件。"
            yield Problem("HY206", message, path, reference.pointer, reference.line)


def _check_gate(source: Source) -> tuple[Problem, ...]:
    try:
        load_gate_keys(source)
    except HuiyinError as error:
        return error.problems
    return ()


def _check_in_force(procedure: Procedure, used: int, too_early: int, now: datetime) -> Iterator[Problem]:
    """第二十四条: one warning a procedure, not one a case."""
    path = f"{PROCEDURES}{procedure.id}.yaml"
    if procedure.has_lapsed(local_day(now)) and procedure.settings.lapsed != "ignore":
        message = (
            f"《{procedure.title}》（{procedure.document}）有效期至{procedure.in_force_until}，"
            f"未写明续行依据；所查留言中有{used}件适用。"
        )
        severity = Severity(procedure.settings.lapsed)
        yield Problem("HY330", message, path, "/in_force", article=procedure.in_force_article, severity=severity)
    if too_early:
        message = f"{too_early}件留言早于《{procedure.title}》施行之日（{procedure.in_force_from}）。"
        yield Problem("HY331", message, path, "/in_force/from", article=procedure.in_force_article)
