"""Reading the record for the site: what may be published, what is only counted, and what is wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from huiyin.model.problem import HuiyinError, Problem, Severity
from huiyin.publish.statistics import Counted
from huiyin.publish.view import PublicCase, counted, counted_unpublished, public_case
from huiyin.repo.source import Source
from huiyin.repo.store import CaseFile, case_paths, load_rulebook, read_cases
from huiyin.rules.replay import replay
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.standing import Replay


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the site is made of.

    Args:
        as_of: the moment at which open cases are late or not.
        cases: the published cases, latest publication first.
        counted: every case that has no problem, published or not.
        problems: errors of cases, which are left out, placed on their lines.
    """

    as_of: datetime
    rulebook: Rulebook
    cases: tuple[PublicCase, ...]
    counted: tuple[Counted, ...]
    problems: tuple[Problem, ...]


def gather(source: Source, now: datetime) -> Gathered:
    """Read every case of a tree.

    Args:
        now: with an offset; events after it are errors.

    Raises:
        HuiyinError: the rules or schemas cannot be read at all.
    """
    rulebook = load_rulebook(source)
    paths = case_paths(source)
    names = Counter(_name(path) for path in paths)
    replays: list[Replay] = []
    problems: list[Problem] = []
    for file in read_cases(source, paths):
        try:
            replays.append(_replay(file, rulebook, now, names))
        except HuiyinError as error:
            problems += error.problems
    public = [(found, public_case(found, rulebook)) for found in replays]
    cases = [case for _, case in public if case is not None]
    return Gathered(
        as_of=now,
        rulebook=rulebook,
        cases=tuple(sorted(cases, key=lambda case: (case.published_at, case.id), reverse=True)),
        counted=tuple(counted(case) if case else counted_unpublished(found, rulebook) for found, case in public),
        problems=tuple(problems),
    )


def _replay(file: CaseFile, rulebook: Rulebook, now: datetime, names: Counter[str]) -> Replay:
    """The case at ``now``.

    Raises:
        HuiyinError: its errors, placed on their lines; warnings do not keep a case from the site.
    """
    problems = list(file.problems)
    if names[_name(file.path)] > 1:
        # An id in two files is two claims about one message: neither is shown.
        problems.append(Problem("HY203", f"编号重复：库中有{names[_name(file.path)]}个同名文件。", file.path))
    if file.case is None:
        raise HuiyinError(*problems)
    if file.case.received_at > now:
        message = f"收到时间晚于现在（{now.isoformat(timespec='seconds')}）。"
        problems.append(file.place(Problem("HY303", message, pointer="/received_at")))
    found = replay(file.case, rulebook, now)
    problems += [file.place(p) for p in found.problems]
    if errors := [p for p in problems if p.level is Severity.ERROR]:
        raise HuiyinError(*errors)
    return found


def _name(path: str) -> str:
    return path.rpartition("/")[2]
