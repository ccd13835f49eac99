"""Whether a change of the rules leaves rules that can be used: broken ones would close the gate to everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from huiyin.model.problem import HuiyinError, Problem, Severity
from huiyin.repo.base import FOLDERS, load_gate_keys
from huiyin.repo.git import GitSource
from huiyin.repo.schemas import LATER_SCHEMAS, SCHEMA_NAMES, load_schema
from huiyin.repo.store import CALENDAR_PATH, load_document, load_rulebook
from huiyin.rules.calendar import Calendar
from huiyin.rules.rulebook_problems import find_rulebook_problems


class TreeSource(GitSource):
    """The rules in a tree whose hash is known; a merge that is only tried has no commit yet.

    Args:
        oid: hash of a tree or a commit.
        only: folders or files outside which nothing is listed or read.
    """

    def __init__(self, root: Path, oid: str, only: Sequence[str] = FOLDERS) -> None:
        self.root = root
        self.commit = oid
        self._only = only


def find_new_rule_problems(root: Path, base: str, head: str, changed: Sequence[str]) -> Sequence[Problem]:
    """Errors in the rules or schemas of ``head`` that those of ``base`` do not have.

    The head's rules are read as data to see whether they are rules at all; nothing is judged by them.

    Args:
        base, head: hashes of commits or trees.
        changed: paths that differ.
    """
    if not any(path.partition("/")[0] in FOLDERS for path in changed):
        return ()
    found = _problems(root, head)
    known = set(_problems(root, base)) if found else set()
    return [p for p in found if p not in known]


def _problems(root: Path, tree: str) -> list[Problem]:
    source = TreeSource(root, tree)
    try:
        rulebook = load_rulebook(source)
        load_gate_keys(source)
        for name in SCHEMA_NAMES:
            if name not in LATER_SCHEMAS or f"schema/{name}.schema.json" in source.list("schema"):
                load_schema(source, name)
    except HuiyinError as error:
        return list(error.problems)
    # Only warnings depend on the day (who is head of a unit), and only errors are asked for.
    return [p for p in find_rulebook_problems(rulebook, date.max) if p.level is Severity.ERROR]


def read_calendar(root: Path, oid: str) -> Calendar:
    """The calendar of a tree or commit, read as data.

    Raises:
        HuiyinError: it cannot be read or contradicts itself (HY1xx, HY201, HY41x, HY904).
    """
    return Calendar.from_data(load_document(TreeSource(root, oid), CALENDAR_PATH, "calendar"))
