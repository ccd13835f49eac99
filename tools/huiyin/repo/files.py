"""Writing files whole or not at all: beside, flushed to the disk, then renamed into place."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo.reasons import reason
from huiyin.repo.source import shown

# For more files than these, one flush of the whole machine is much faster than one for each.
_FEW = 64
_finished = 0
BESIDE = ".tmp"
"""How the name of a file ends that is not in its place yet; it begins with a dot."""


def written() -> int:
    """How many files this process has written whole, for a command whose output was lost."""
    return _finished


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write one file so that at any moment either the old or the new content is there, whole.

    Args:
        path: the file; folders above it are made.
        content: all of it; text is written as UTF-8.

    Raises:
        HuiyinError: HY906; the old content stands.
    """
    write_all({path: content})


def write_all(changes: Mapping[Path, str | bytes], *, mode: int = 0o666) -> None:
    """Write several files: none changes before all are on the disk; if one cannot be renamed, all are put back.

    Args:
        changes: the whole content of each file, text as UTF-8, in the order of renaming; folders above are made.
        mode: permissions of the files, less what the umask takes away.

    Raises:
        HuiyinError: HY906; all old contents stand.
    """
    global _finished
    temporary: dict[Path, Path] = {}
    many = len(changes) > _FEW
    try:
        for path, content in changes.items():
            try:
                if path.is_dir():
                    raise IsADirectoryError(errno.EISDIR, "")
                path.parent.mkdir(parents=True, exist_ok=True)
                temporary[path] = _write_beside(path, content, flush=not many, mode=mode)
            except OSError as error:
                raise HuiyinError(failure(path, error.errno)) from None
        if many:
            os.sync()
        _rename(temporary, mode)
        if many:
            os.sync()
        else:
            _flush_folders({path.parent for path in temporary})
        _finished += len(temporary)
    finally:
        for beside in temporary.values():
            beside.unlink(missing_ok=True)


def _write_beside(path: Path, content: str | bytes, *, flush: bool, mode: int) -> Path:
    beside = path.with_name(f".{secrets.token_hex(8)}{BESIDE}")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:  # noqa: PTH123 - the mode is set at birth
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            if flush:
                os.fsync(file.fileno())
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return beside


def _rename(temporary: Mapping[Path, Path], mode: int) -> None:
    before: dict[Path, bytes | None] = {}
    try:
        for path, beside in temporary.items():
            # Noted first: an interrupt may come between the rename and the next line.
            before[path] = path.read_bytes() if path.is_file() else None
            beside.replace(path)
    except BaseException as error:
        for touched, old in before.items():
            if os.path.lexists(temporary[touched]):
                continue  # not renamed; to write it anew could only lose it, as on a full disk
            if old is None:
                touched.unlink(missing_ok=True)
            else:
                _write_beside(touched, old, flush=True, mode=mode).replace(touched)
        if isinstance(error, OSError):
            raise HuiyinError(failure(path, error.errno)) from None
        raise


def _flush_folders(folders: Iterable[Path]) -> None:
    """Make renames reach the disk."""
    for folder in folders:
        flush_folder(folder)


def flush_folder(folder: Path) -> None:
    """Make what was renamed or removed in a folder reach the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def failure(path: Path, code: int | None) -> Problem:
    """HY906 for a path that could not be written, with the reason in Chinese."""
    return Problem("HY906", f"不能写入（{reason(code, '写入')}）。", shown(str(path)))
