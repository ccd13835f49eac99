"""Check: is everything in this tree well-formed, legal under its procedure, and in its place? (design §7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from huiyin.committed import check_texts, find_in_source
from huiyin.findings import find_in_case, hide_in
from huiyin.model.problem import HuiyinError, Problem, Severity
from huiyin.reminders.routing import find_routing_problems
from huiyin.repo.base import load_gate_keys
from huiyin.repo.schemas import load_schema
from huiyin.repo.source import Source
from huiyin.repo.store import PROCEDURES, CaseFile, case_paths, load_rulebook, read_cases
from huiyin.rules import conduct
from huiyin.rules.deadlines import local_day
from huiyin.rules.privacy import PrivacySettings
from huiyin.rules.procedure import Procedure
from huiyin.rules.replay import Replay, replay
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


def check(source: Source, now: datetime, paths: Iterable[str] | None = None) -> CheckReport:
    """Check the rules and the cases of a tree.

    Args:
        now: with an offset; events after it are errors.
        paths: case files to check; all, and the rules too, by default.

    Raises:
        HuiyinError: the rules cannot be read at all.
    """
    rulebook = load_rulebook(source)
    problems: list[Problem] = []
    if paths is None:
        problems += [*find_rulebook_problems(rulebook, local_day(now)), *_check_gate(source)]
        problems += find_routing_problems(source, rulebook.registry)
        problems += check_texts(source, rulebook.privacy)
    problems += source.strange("cases/")
    count = 0
    used: Counter[str] = Counter()
    too_early: Counter[str] = Counter()
    for checked in check_cases(source, rulebook, now, paths):
        count += 1
        problems += checked.problems
        case = checked.file.case
        if case and (procedure := rulebook.procedures.get(case.procedure)):
            used[procedure.id] += 1
            too_early[procedure.id] += local_day(case.received_at) < procedure.in_force_from
    for name in sorted(used):
        problems += _check_in_force(rulebook.procedures[name], used[name], too_early[name], now)
    found = sorted(problems, key=lambda p: (p.path, p.line or 0, p.code))
    return CheckReport(count, hide_in(found, rulebook.privacy))


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


def check_cases(
    source: Source, rulebook: Rulebook, now: datetime, paths: Iterable[str] | None = None
) -> Iterator[Checked]:
    """Judge case files of a tree, all by default: each by itself and among the others."""
    everything = case_paths(source)
    ids = Counter(path.rpartition("/")[2].casefold() for path in everything)
    for file in read_cases(source, everything if paths is None else paths, schema=load_schema(source, "case")):
        found, problems = _judge(file, rulebook, now)
        yield Checked(file, found, (*problems, *_check_references(file, ids)))


def check_file(file: CaseFile, rulebook: Rulebook, now: datetime) -> tuple[Problem, ...]:
    """The problems of one case file by itself, placed on their lines."""
    return _judge(file, rulebook, now)[1]


def _judge(file: CaseFile, rulebook: Rulebook, now: datetime) -> tuple[Replay | None, tuple[Problem, ...]]:
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
    if file.case is not None:
        for found in find_in_case(file.case, settings):
            yield file.place(found.problem(file.path))
    if file.case is None or file.problems:
        text = file.data.decode(errors="replace")
        known = file.case is not None  # then only comments can hold more, and those are no texts of authorities
        for found in find_in_source(text, settings, official=known):
            yield found.problem(file.path)


def _check_references(file: CaseFile, ids: Counter[str]) -> Iterator[Problem]:
    name = file.path.rpartition("/")[2]
    if ids[name.casefold()] > 1:
        message = f"编号重复：库中有{ids[name.casefold()]}个名为 {name} 的文件（不计大小写）。"
        yield Problem("HY203", message, file.path)
    if file.case is None:
        return
    references = [("/duplicate_of", file.case.duplicate_of)] + [
        (f"/events/{i}/duplicate_of", getattr(e, "duplicate_of", None)) for i, e in enumerate(file.case.events)
    ]
    for pointer, other in references:
        if other is not None and (f"{other}.yaml".casefold() not in ids or other == file.case.id):
            yield file.place(Problem("HY206", f"所指的留言“{other}”不存在或就是本件。", pointer=pointer))


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
