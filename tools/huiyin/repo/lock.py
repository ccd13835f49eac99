"""One writer at a time: two clerks' commands on one work tree must not lose an event between reading and writing."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo.files import failure

FOLDER = ".huiyin"
IGNORE = "*\n"
"""What the folder's own ``.gitignore`` says: nothing in it is of the record."""
PATIENCE = 30.0
"""Seconds to wait for another command; a batch of a thousand cases takes a few."""


@contextmanager
def locked(root: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the work tree's write lock around reading, judging and writing; the system frees it with the process.

    Args:
        root: the repository's root; the lock is ``.huiyin/lock`` in it, which Git is told to ignore.
        patience: seconds to wait for another command.

    Raises:
        HuiyinError: HY906, the lock cannot be made; HY950, another command still holds it.
    """
    folder = root / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text(IGNORE, encoding="ascii")
    except OSError as error:
        raise HuiyinError(failure(folder, error.errno)) from None
    with held(folder / "lock", "另一个命令仍在写这个留言库", patience=patience):
        yield


@contextmanager
def held(path: Path, why: str, *, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock of a file, which is made if it is not there.

    Args:
        why: what is said, in Chinese, when somebody else holds it for too long.
        patience: seconds to wait.

    Raises:
        HuiyinError: HY906, the lock cannot be made; HY950.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
    except OSError as error:
        raise HuiyinError(failure(path.parent, error.errno)) from None
    try:
        _take(handle, path.parent, why, patience)
        yield
    finally:
        os.close(handle)


def _take(handle: int, folder: Path, why: str, patience: float) -> None:
    give_up = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                raise HuiyinError(Problem("HY950", f"等了{patience:.0f}秒，{why}。")) from None
            time.sleep(0.05)
        except OSError as error:
            raise HuiyinError(failure(folder, error.errno)) from None
        else:
            return
