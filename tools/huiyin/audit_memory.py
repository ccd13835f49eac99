"""Up to where main was proven the last time: a short cut, and a witness against rewriting.

It spares proving again what was proven, and nothing else: where it is damaged, of another version of the program, or
not about this history, everything is proven anew. Whoever can write into the repository's own folders could also forge
it, so whoever wants to be sure does without it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from huiyin import __version__
from huiyin.model.problem import HuiyinError, Problem, Severity
from huiyin.repo.commits import SHA
from huiyin.repo.files import write_atomically
from huiyin.repo.git import run

MAIN = "refs/heads/main"
NAME = "audit.json"
FOLDER = "huiyin"
"""Below Git's own folder, where no branch that is checked out can put or remove a file."""
_FIELDS = ("version", "start", "commit", "digest")


@dataclass(slots=True)
class Memory:
    """What the file says of one branch, and whether that may be written over.

    Args:
        path: need not exist. It holds one entry for each branch that was audited.
        ref: full name of the branch, also of a server's branch that a clone follows.
    """

    path: Path
    ref: str = MAIN
    _kept: bool = field(default=False, init=False)

    def recall(self, history: Sequence[str], first: int) -> tuple[int, list[Problem]]:
        """Tell how much is proven already.

        Args:
            history: the whole first-parent history of main, oldest first.
            first: index of the commit that this audit starts from.

        Returns:
            How many commits after the start are proven; HY683 where main has lost what was proven, HY686 where the
            file is of no use.
        """
        try:
            told = _parse(self.path.read_bytes()).get(self.ref)
        except FileNotFoundError:
            told = None
        except (OSError, ValueError, RecursionError):
            return 0, [Problem("HY686", "上次的查证记录已损坏或不能读取，全部重新查证。", severity=Severity.WARNING)]
        if told is None:
            return 0, []
        start, commit = told["start"], told["commit"]
        if commit not in history:
            self._kept = True
            return 0, [Problem("HY683", f"上次查证属实的提交 {commit[:10]} 已不在主线的历史中。")]
        if told["version"] != __version__:
            return 0, [Problem("HY686", f"上次的查证出自另一版本的程序（{told['version']}），全部重新查证。")]
        if start != history[first]:
            # What is proven from the very beginning is not given up for what is proven from somewhere later.
            self._kept = start in history[:first]
            return 0, []
        proven = history[first : history.index(commit) + 1]
        if told["digest"] != _digest(proven):
            return 0, [Problem("HY686", "上次的查证记录与历史不符，全部重新查证。", severity=Severity.WARNING)]
        return len(proven) - 1, []

    def remember(self, proven: Sequence[str]) -> list[Problem]:
        """Take down that all of these, of which the first is the start, are sound.

        Returns:
            HY687 where it could not be written: the audit is none the worse for it.
        """
        if self._kept:
            return []
        told = {"version": __version__, "start": proven[0], "commit": proven[-1], "digest": _digest(proven)}
        try:
            write_atomically(self.path, json.dumps({**self._others(), self.ref: told}, indent=2) + "\n")
        except HuiyinError as error:
            return [Problem("HY687", f"查证的进度没有记下：{error.problems[0].message}")]
        return []

    def _others(self) -> dict[str, dict[str, str]]:
        try:
            return _parse(self.path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}


def memory_of(root: Path, ref: str = MAIN) -> Memory:
    """The memory of a branch: in ``huiyin/audit.json`` below Git's own folder, which all its work trees share.

    Raises:
        HuiyinError: HY905.
    """
    place = run(root, "rev-parse", "--path-format=absolute", "--git-common-dir").decode(errors="surrogateescape")
    return Memory(Path(place.removesuffix("\n")) / FOLDER / NAME, ref)


def _parse(data: bytes) -> dict[str, dict[str, str]]:
    """The entries of the file, by branch.

    Raises:
        ValueError: it is not what ``remember`` writes.
    """
    entries = json.loads(data)
    if not isinstance(entries, dict):
        raise ValueError(data)
    for told in entries.values():
        if not isinstance(told, dict) or not all(isinstance(told.get(name), str) for name in _FIELDS):
            raise ValueError(data)
        if not all(SHA.fullmatch(told[name]) for name in ("start", "commit")):
            raise ValueError(data)
    return entries


def _digest(proven: Sequence[str]) -> str:
    """SHA-256, hexadecimal, of the program's version and of all commits that it proved."""
    return hashlib.sha256("\n".join([__version__, *proven, ""]).encode()).hexdigest()
