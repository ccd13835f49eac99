"""An outbox on a branch of a Git repository, for machines that keep nothing between two runs.

What is about to be sent is pushed before the first byte leaves, and never with force: a run that does not get its
marks onto the branch sends nothing.
"""

from __future__ import annotations

import re
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from huiyin.model.problem import HuiyinError, Problem
from huiyin.reminders.outbox import Outbox, prepare
from huiyin.repo.git import attempt

BRANCH = "outbox"
"""The branch of the repository that holds the outbox."""
_ADDRESS = re.compile(r"(ssh|https|file)://\S+|[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:\S+")
_NAME = ("-c", "user.name=huiyin", "-c", "user.email=huiyin@localhost", "-c", "commit.gpgsign=false")


def is_remote(where: str) -> bool:
    """Whether the outbox is named by the address of a Git repository."""
    return _ADDRESS.fullmatch(where) is not None


class RemoteOutbox(Outbox):
    """An outbox in a clone of its own that pushes at each checkpoint."""

    batch = None

    def __init__(self, folder: Path, at: datetime, key: str | None) -> None:
        super().__init__(folder, at)
        self._key = key

    def checkpoint(self, why: str) -> None:
        """Commit and push.

        Raises:
            HuiyinError: HY872, somebody else has pushed meanwhile, or the repository is out of reach.
        """
        _git(self.folder, None, "add", "--all")
        if not _git(self.folder, None, "status", "--porcelain"):
            return
        _git(self.folder, None, *_NAME, "commit", "--quiet", "--no-verify", "-m", why)
        _git(self.folder, self._key, "push", "--quiet", "origin", f"HEAD:refs/heads/{BRANCH}")


@contextmanager
def open_remote(address: str, key: str | None, at: datetime, *, new: bool) -> Iterator[Outbox]:
    """Open the outbox on the branch ``outbox`` of a repository.

    Args:
        key: path of the SSH key, or None for whatever the machine has.
        new: make the branch if there is none.

    Raises:
        HuiyinError: HY868, there is no outbox; HY872, the repository is out of reach.
    """
    with tempfile.TemporaryDirectory(prefix="huiyin-") as name:
        folder = Path(name) / "outbox"
        folder.mkdir()
        _git(folder, None, "init", "--quiet", "--template=", f"--initial-branch={BRANCH}")
        _git(folder, None, "remote", "add", "origin", address)
        if _git(folder, key, "ls-remote", "origin", f"refs/heads/{BRANCH}"):
            _git(folder, key, "fetch", "--quiet", "--depth=1", "origin", f"refs/heads/{BRANCH}")
            _git(folder, None, "reset", "--quiet", "--hard", "FETCH_HEAD")
        elif not new:
            raise HuiyinError(Problem("HY868", f"发件箱的仓库中没有 {BRANCH} 分支。"))
        prepare(folder, new=new)
        yield RemoteOutbox(folder, at, key)


def _git(folder: Path, key: str | None, *arguments: str) -> bytes:
    env = {"GIT_SSH_COMMAND": f"ssh -i {shlex.quote(key)} -o IdentitiesOnly=yes -o BatchMode=yes"} if key else {}
    done = attempt(folder, *arguments, env=env)
    if done.returncode:
        # Git's own words may hold the address, and with it a password.
        verb = next(a for a in arguments if not a.startswith("-") and "=" not in a)
        raise HuiyinError(Problem("HY872", f"发件箱的仓库：git {verb}没有成功，其后的一件也没有发。"))
    return done.stdout
