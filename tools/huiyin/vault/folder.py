"""A folder of private files: listed and read without following links, one writer at a time, nothing left over."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo.files import BESIDE, failure, flush_folder
from huiyin.repo.lock import FOLDER as LOCK_FOLDER
from huiyin.repo.lock import locked
from huiyin.repo.reasons import reason

FILE_MODE, FOLDER_MODE = 0o600, 0o700
LARGEST = 16 * 1024 * 1024
"""Bytes of a file that are read at most."""


def list_names(folder: Path) -> list[str]:
    """Everything in the folder but the lock, in order; nothing if there is no folder.

    Raises:
        HuiyinError: HY711, it cannot be listed.
    """
    try:
        names = os.listdir(folder)  # noqa: PTH208 - names that are no text must not stop it
    except FileNotFoundError:
        return []
    except OSError as error:
        raise HuiyinError(Problem("HY711", f"金库不能打开（{reason(error.errno, '读取')}）。")) from None
    return sorted(name for name in names if name != LOCK_FOLDER)


def read_file(folder: Path, name: str) -> bytes:
    """One regular file.

    Raises:
        FileNotFoundError: there is none.
        HuiyinError: HY725, it is something else, or may not be read.
    """
    try:
        with open_regular(folder / name, os.O_NOFOLLOW) as file:
            return file.read(LARGEST)
    except FileNotFoundError:
        raise
    except OSError as error:
        why = "是符号链接" if error.errno == errno.ELOOP else reason(error.errno, "读取")
        raise HuiyinError(Problem("HY725", f"不能读取（{why}）。", name)) from None


def open_regular(path: Path, flags: int = 0) -> BinaryIO:
    """Open a regular file for reading; a pipe is not waited for.

    Raises:
        OSError: there is none, it is something else (ENXIO), or it may not be opened.
        ValueError: no file can have that name.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | flags)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.ENXIO, "")
    return os.fdopen(handle, "rb")


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Make the folder if need be, and be its only writer.

    Raises:
        HuiyinError: HY906, HY950.
    """
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        (folder / LOCK_FOLDER).mkdir(mode=FOLDER_MODE, exist_ok=True)
    except OSError as error:
        raise HuiyinError(failure(folder, error.errno)) from None
    with locked(folder):
        yield


def append_line(path: Path, line: bytes) -> None:
    """Put a line at the end of a file and on the disk; one that a crash cut short stays a line of its own.

    Raises:
        HuiyinError: HY906.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, FILE_MODE)
        with os.fdopen(handle, "r+b", buffering=0) as file:
            end = file.seek(0, os.SEEK_END)
            torn = end > 0 and os.pread(file.fileno(), 1, end - 1) != b"\n"
            file.write((b"\n" if torn else b"") + line)
            os.fsync(file.fileno())
        flush_folder(path.parent)
    except OSError as error:
        raise HuiyinError(failure(path, error.errno)) from None


def remove(folder: Path, names: Iterable[str]) -> None:
    """Remove files for good, those that are there, in this order; only while ``writing``.

    Temporary files go too: they have no names of cases, and while the lock is held all are the remains of crashes.

    Raises:
        HuiyinError: HY906.
    """
    try:
        for name in (*names, *remains(folder)):
            (folder / name).unlink(missing_ok=True)
        flush_folder(folder)
    except OSError as error:
        raise HuiyinError(failure(folder, error.errno)) from None


def remains(folder: Path) -> list[str]:
    """The temporary files; of writers that crashed, if nobody is writing."""
    return [name for name in list_names(folder) if is_temporary(name)]


def is_temporary(name: str) -> bool:
    """Whether ``repo/files.py`` writes under such a name before it renames."""
    return name.startswith(".") and name.endswith(BESIDE)
