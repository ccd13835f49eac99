"""Whether a change of the rules leaves rules that can be used: broken ones would close the gate to everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from huiyin.model.problem import HuiyinError, Problem, Severity
from huiyin.repo.base import FOLDERS, load_gate_keys
from huiyin.repo.git import GitSource
from huiyin.repo.schemas import LATER_SCHEMAS, SCHEMA_NAMES, load_schema
from huiyin.repo.store import load_rulebook
from huiyin.rules.rulebook_problems import find_rulebook_problems


class _Tree(GitSource):
    """The rules in a tree whose hash is known; a merge that is only tried has no commit yet."""

    def __init__(self, root: Path, oid: str) -> None:
        self.root = root
        self.commit = oid
        self._only = FOLDERS


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
    source = _Tree(root, tree)
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
