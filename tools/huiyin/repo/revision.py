"""From which commit a report was made, so that everybody can make it again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from huiyin.model.problem import UsageError
from huiyin.repo.git import attempt, resolve

_RECORD = ("cases", "rules", "schema")


@dataclass(frozen=True, slots=True)
class Revision:
    """The tree that was read.

    Args:
        commit: full hash; None outside Git, and before the first commit.
        clean: whether what was read is that commit and nothing else.
    """

    commit: str | None
    clean: bool

    @property
    def label(self) -> str:
        """For people: the commit, and whether the report can be made again from it."""
        if self.commit is None:
            return "尚未提交到Git"
        return f"提交 {self.commit[:12]}" + ("" if self.clean else "（另有未提交的改动）")


def read_revision(root: Path, rev: str | None = None) -> Revision:
    """Name the commit behind the work tree at ``root``, or behind ``rev``.

    A work tree is clean where Git sees no difference in ``cases/``, ``rules/`` and ``schema/``, new files included.

    Raises:
        UsageError: HY901 to HY903, HY907: ``rev`` names no commit.
    """
    if rev is not None:
        return Revision(resolve(root, rev), clean=True)
    try:
        head = attempt(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    except UsageError:  # Git is not installed, and a report needs none
        return Revision(None, clean=False)
    if head.returncode:
        return Revision(None, clean=False)
    status = attempt(root, "status", "--porcelain", "-z", "--untracked-files=all", "--", *_RECORD)
    return Revision(head.stdout.decode().strip(), clean=status.returncode == 0 and not status.stdout)
