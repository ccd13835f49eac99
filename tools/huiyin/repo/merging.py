"""Merging with Git's objects alone: the honest result of two commits, and moving a branch if nobody else has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.repo.commits import SHA, find_commit
from huiyin.repo.git import attempt, run
from huiyin.repo.signing import GATE_MAIL, GATE_NAME
from huiyin.repo.source import shown

# The result must be the same on every machine: no setting of a user and no attribute of a tree has a say in it.
# Renames are followed, since older Gits cannot be told not to.
_HONEST = (
    *("-c", "merge.renames=true", "-c", "merge.directoryRenames=false", "-c", "merge.renameLimit=7000"),
    *("-c", "merge.default=text", "-c", "merge.renormalize=false"),
    *("-c", "core.bare=true", "-c", "core.attributesFile=", "-c", "attr.tree="),
)
_IDENTITY = ("-c", f"user.name={GATE_NAME}", "-c", f"user.email={GATE_MAIL}")
_QUIET = ("-c", "core.hooksPath=/dev/null", "-c", "merge.verifySignatures=false")
_SHOWN = 5


def merge_trees(root: Path, main: str, tip: str) -> str:
    """Merge two commits without a work tree.

    Returns:
        The hash of the merged tree.

    Raises:
        UsageError: HY633, Git is too old.
        HuiyinError: HY632, they conflict; HY639, they have no common ancestor; HY905.
    """
    # Beside the objects, and not in a work tree, Git finds no file of attributes to read.
    place = Path(run(root, "rev-parse", "--absolute-git-dir").decode(errors="surrogateescape").removesuffix("\n"))
    done = attempt(place, *_HONEST, "merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", main, tip)
    tree, *names = done.stdout.decode(errors="surrogateescape").split("\0")
    if done.returncode == 0 and SHA.fullmatch(tree):
        return tree
    if done.returncode == 1 and SHA.fullmatch(tree):
        files = list(dict.fromkeys(shown(name) for name in names if name))
        more = f"等{len(files)}个文件" if len(files) > _SHOWN else ""
        listed = "、".join(files[:_SHOWN])
        raise HuiyinError(Problem("HY632", f"与主线冲突：{listed}{more}。", path=files[0] if files else ""))
    if b"unrelated histories" in done.stderr:
        raise HuiyinError(Problem("HY639", "分支与主线没有共同的起点。"))
    if b"usage:" in done.stderr:
        raise UsageError(Problem("HY633", "Git版本太旧：合并需要2.38以上。"))
    said = done.stderr.decode(errors="replace").strip()[:200]
    raise HuiyinError(Problem("HY905", f"git merge-tree没有正常结束：{said}。"))


def tree_of(root: Path, commit: str) -> str:
    """The hash of a commit's tree.

    Raises:
        HuiyinError: HY905.
    """
    return run(root, "rev-parse", "--verify", "--end-of-options", f"{commit}^{{tree}}").decode().strip()


class Target(Protocol):
    """The branch that merges go to."""

    def tip(self) -> str:
        """Its newest commit now.

        Raises:
            HuiyinError: HY630, there is no such branch; HY905.
        """
        ...

    def move(self, old: str, new: str) -> bool:
        """Let it stand at ``new`` if it still stands at ``old``.

        Returns:
            Whether it does; False where somebody else was faster.

        Raises:
            HuiyinError: it could not be moved for another reason, and stands where it stood.
        """
        ...


@dataclass(frozen=True, slots=True)
class LocalBranch:
    """A branch of the repository itself; where it is checked out, the files follow.

    Args:
        branch: its short name.
    """

    root: Path
    branch: str = "main"

    @property
    def ref(self) -> str:
        """Its full name."""
        return f"refs/heads/{self.branch}"

    def tip(self) -> str:
        """See ``Target.tip``."""
        return _existing(find_commit(self.root, self.ref), self.branch)

    def move(self, old: str, new: str) -> bool:
        """See ``Target.move``."""
        if self._is_checked_out():
            # Git itself refuses to run over files that were changed; its fast-forward is the compare-and-swap.
            command = ("merge", "--ff-only", "--quiet", "--no-stat", new)
            done = attempt(self.root, *_IDENTITY, *_QUIET, *command)
        else:
            done = attempt(self.root, *_IDENTITY, "update-ref", "-m", "huiyin merge", self.ref, new, old)
        return done.returncode == 0 or _lost(self.tip, old, new, done.stderr)

    def _is_checked_out(self) -> bool:
        bare = run(self.root, "rev-parse", "--is-bare-repository").strip() == b"true"
        head = attempt(self.root, "symbolic-ref", "--quiet", "HEAD").stdout.decode().strip()
        return not bare and head == self.ref


@dataclass(frozen=True, slots=True)
class RemoteBranch:
    """A branch of another repository, reached by fetch and by a push that never forces."""

    root: Path
    remote: str
    branch: str = "main"

    @property
    def ref(self) -> str:
        """Where its newest known commit is kept here."""
        return f"refs/remotes/{self.remote}/{self.branch}"

    def tip(self) -> str:
        """See ``Target.tip``."""
        run(self.root, "fetch", "--quiet", "--no-tags", self.remote, f"+refs/heads/{self.branch}:{self.ref}")
        return _existing(find_commit(self.root, self.ref), self.branch)

    def move(self, old: str, new: str) -> bool:
        """See ``Target.move``."""
        done = attempt(self.root, "push", "--quiet", "--no-verify", self.remote, f"{new}:refs/heads/{self.branch}")
        return done.returncode == 0 or _lost(self.tip, old, new, done.stderr)


def _existing(commit: str | None, branch: str) -> str:
    if commit is None:
        raise UsageError(Problem("HY630", f"没有名为“{branch}”的分支。"))
    return commit


def _lost(tip: Callable[[], str], old: str, new: str, stderr: bytes) -> bool:
    """After a failure: True if it went through all the same, False if another was faster or is at work.

    Raises:
        HuiyinError: HY905, the branch stands still and nobody holds it.
    """
    now = tip()
    if now == new:
        return True
    if now != old or b"cannot lock ref" in stderr or b".lock" in stderr:
        return False
    said = "；".join(stderr.decode(errors="replace").strip().splitlines()[:_SHOWN])
    raise HuiyinError(Problem("HY905", f"主线没有推进{'：' + said if said else ''}。"))
