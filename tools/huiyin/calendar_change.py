"""What a proposal does to the calendar, for the gate's comment: every open case whose due date moves (design §4).

Trusted code looks at the proposal as data: it reads the new ``rules/calendar.yaml`` and the version of the package in
the lock, and runs neither. What another version of the package does to due dates, only that version can tell: CI's
feedback runs it (``.ci/compare-dates``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from huiyin.model.case import Case
from huiyin.model.problem import HuiyinError, Problem
from huiyin.model.pull import ChangeSet
from huiyin.repo.base import Base, load_base
from huiyin.repo.git import GitSource
from huiyin.repo.rule_changes import TreeSource, read_calendar
from huiyin.repo.store import CALENDAR_PATH, case_paths, read_cases
from huiyin.reports.moves import Move, find_moves
from huiyin.rules.deadlines import end_of, local_day
from huiyin.rules.replay import replay

LOCK = "requirements.lock"
MOST_CASES = 20_000
"""The newest cases of main that are looked at: whoever proposes calendars must not keep the gate busy."""
_PINNED = re.compile(rb"^chinesecalendar==([0-9A-Za-z.+!-]{1,40})", re.M)


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """What changes.

    Args:
        moves: the due dates that move; None where ``rules/calendar.yaml`` stays as it is, or cannot be read.
        checked: open cases that were looked at.
        all_checked: whether those are all; else only the newest ``MOST_CASES`` cases of main were read.
        problems: why the new calendar cannot be read.
        package: the version of ``chinesecalendar`` before and after, where the lock changes it; "" where it has none.
    """

    moves: tuple[Move, ...] | None = None
    checked: int = 0
    all_checked: bool = True
    problems: tuple[Problem, ...] = ()
    package: tuple[str, str] | None = None


def find_calendar_change(root: Path, base: Base, changes: ChangeSet, head: str, now: datetime) -> CalendarChange | None:
    """What a proposal does to the calendar; None where it touches neither the calendar nor the package's version.

    Args:
        base: main, by whose rules open cases are judged.
        head: hash of the tree or commit that main would become.
        now: the clock of the decision.

    Raises:
        HuiyinError: HY905, Git failed.
    """
    package = _find_package(root, base.commit, head) if LOCK in changes.governance else None
    if CALENDAR_PATH not in changes.governance:
        return CalendarChange(package=package) if package else None
    try:
        calendar = read_calendar(root, head)
    except HuiyinError as error:
        return CalendarChange(problems=error.problems, package=package)
    cases, all_checked = _open_cases(root, base.commit, local_day(now))
    moves = find_moves(cases, base.rulebook, base.rulebook.calendar, calendar, now)
    return CalendarChange(moves, len(cases), all_checked, package=package)


@lru_cache(maxsize=2)
def _open_cases(root: Path, commit: str, day: date) -> tuple[tuple[Case, ...], bool]:
    """The open cases of main on a day, and whether all of main was read; those that cannot be read are left out."""
    base, source = load_base(root, commit), GitSource(root, commit)
    paths, now = case_paths(source), end_of(day)
    newest = paths[-MOST_CASES:]
    opened = [
        file.case
        for file in read_cases(source, newest, schema=base.schema)
        if file.case is not None
        and file.case.procedure in base.rulebook.procedures
        and not replay(file.case, base.rulebook, now).closed
    ]
    return tuple(opened), len(newest) == len(paths)


def _find_package(root: Path, base: str, head: str) -> tuple[str, str] | None:
    old, new = _pinned(root, base), _pinned(root, head)
    return (old, new) if old != new else None


def _pinned(root: Path, oid: str) -> str:
    try:
        found = _PINNED.search(TreeSource(root, oid, [LOCK]).read(LOCK))
    except HuiyinError:  # there is no lock
        return ""
    return found[1].decode() if found else ""
