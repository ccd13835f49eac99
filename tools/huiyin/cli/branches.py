"""Branches by the name that people type, where a clone may know them twice: its own and the server's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.repo.commits import SHA, find_commit
from huiyin.repo.git import attempt, resolve, run
from huiyin.repo.source import shown


@dataclass(frozen=True, slots=True)
class Known:
    """What a repository knows of a branch.

    Args:
        tip: its newest known commit.
        own: where the repository's own branch stands, or None where it has none of that name.
    """

    name: str
    tip: str
    own: str | None

    @property
    def ref(self) -> str:
        """Its full name."""
        return f"refs/heads/{self.name}"


def find_branch(root: Path, name: str) -> Known:
    """Find a branch here or among those fetched from a server; of several, the one that is ahead.

    Raises:
        UsageError: HY630, there is none.
        HuiyinError: HY645, they have parted ways; HY905.
    """
    own = find_commit(root, f"refs/heads/{name}")
    tips = {own} if own else set()
    for remote in run(root, "remote").decode(errors="surrogateescape").splitlines():
        found = find_commit(root, f"refs/remotes/{remote}/{name}")
        tips |= {found} if found else set()
    if not tips:
        raise UsageError(Problem("HY630", f"没有名为“{shown(name)}”的分支。"))
    ahead = [tip for tip in tips if all(contains(root, tip, other) for other in tips)]
    if not ahead:
        raise HuiyinError(Problem("HY645", f"本地的“{shown(name)}”分支与服务器上的已分叉，请先整理。"))
    return Known(name, ahead[0], own)


def commit_of(root: Path, rev: str) -> str:
    """The full hash of a branch or any other name of a commit; of a branch and a tag of one name, the branch.

    A full hash and ``HEAD`` are what they are, whatever branches somebody has called so.

    Raises:
        UsageError: HY902, there is no such commit.
    """
    if rev == "HEAD" or SHA.fullmatch(rev):
        return resolve(root, rev)
    return find_commit(root, f"refs/heads/{rev}") or find_commit(root, rev) or resolve(root, rev)


def is_checked_out(root: Path, ref: str) -> bool:
    """Whether the work tree shows that branch."""
    return attempt(root, "symbolic-ref", "--quiet", "HEAD").stdout.decode().strip() == ref and not is_bare(root)


def is_bare(root: Path) -> bool:
    """Whether the repository has no work tree."""
    return run(root, "rev-parse", "--is-bare-repository").strip() == b"true"


def contains(root: Path, tip: str, other: str) -> bool:
    """Whether a commit is another one, or stands on it."""
    return tip == other or attempt(root, "merge-base", "--is-ancestor", other, tip).returncode == 0
