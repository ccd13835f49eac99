"""Single files of the output folder: written where they differ, and known again by size and time of change."""

from __future__ import annotations

# Of a hundred thousand files each is asked for in every build, for which ``Path`` is too slow.
# ruff: noqa: PTH102, PTH103, PTH106, PTH108, PTH114, PTH116
import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from huiyin.model.problem import HuiyinError
from huiyin.publish.digests import of_bytes
from huiyin.repo.files import failure

_MODE = 0o666


class File(NamedTuple):
    """One file as it was left.

    Args:
        path: below the site's root, with ``/``.
        digest: of its content.
        changed: nanoseconds, as the disk tells it.
        part: the key of the part of its shard to which it belongs: the digest of all on which it depends.
    """

    path: str
    digest: bytes
    size: int
    changed: int
    part: bytes = b""


def put(folder: str, path: str, data: bytes) -> File:
    """Bring a file to this content; one that has it already is only read.

    It is written in place, which is far faster than beside and renamed. Whoever interrupts it leaves a part of it;
    the manifest says that there was a build that did not end, and the next one compares.

    Args:
        folder: the output folder.

    Raises:
        HuiyinError: HY906.
    """
    where = f"{folder}/{path}"
    try:
        handle = _open(where)
        try:
            status = os.fstat(handle)
            if status.st_size != len(data) or os.pread(handle, len(data) + 1, 0) != data:
                _write(handle, data)
                if status.st_size > len(data):
                    os.ftruncate(handle, len(data))
                status = os.fstat(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise HuiyinError(failure(Path(where), error.errno)) from None
    return File(path, of_bytes(data), status.st_size, status.st_mtime_ns)


def is_as_left(folder: str, files: Iterable[File]) -> bool:
    """Whether every file is there, and nobody has written to it since."""
    try:
        for file in files:
            status = os.stat(f"{folder}/{file.path}", follow_symlinks=False)
            if status.st_size != file.size or status.st_mtime_ns != file.changed or not stat.S_ISREG(status.st_mode):
                return False
    except OSError:
        return False
    return True


def remove(folder: str, paths: Iterable[str]) -> None:
    """Take files away, and the folders that are empty then.

    Raises:
        HuiyinError: HY906.
    """
    for path in paths:
        try:
            Path(folder, path).unlink(missing_ok=True)
            above = path.rpartition("/")[0]
            while above:
                os.rmdir(f"{folder}/{above}")
                above = above.rpartition("/")[0]
        except (NotADirectoryError, IsADirectoryError):
            continue  # something else stands there now
        except OSError as error:
            if error.filename == f"{folder}/{path}" and not isinstance(error, FileNotFoundError):
                raise HuiyinError(failure(Path(folder, path), error.errno)) from None


def survey(folder: str, spared: tuple[str, ...]) -> set[str]:
    """The paths of all files in a folder of which nothing is known, for who made none of them will want them removed.

    Links and the like are removed at once, lest something be written through them; empty folders, too.

    Args:
        spared: beginnings of paths of which somebody else takes care.

    Raises:
        HuiyinError: HY906.
    """
    found: set[str] = set()
    try:
        _survey(folder, "", spared, found)
    except OSError as error:
        raise HuiyinError(failure(Path(error.filename or folder), error.errno)) from None
    return found


def _survey(folder: str, below: str, spared: tuple[str, ...], found: set[str]) -> bool:
    """Survey a folder below the output folder; whether anything is left in it."""
    left = False
    with os.scandir(f"{folder}/{below}") as entries:
        listed = list(entries)
    for entry in listed:
        path = f"{below}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            if f"{path}/".startswith(spared) or _survey(folder, f"{path}/", spared, found):
                left = True
            else:
                os.rmdir(entry.path)
        elif entry.is_file(follow_symlinks=False):
            left = True
            if not path.startswith(spared):
                found.add(path)
        else:
            os.unlink(entry.path)
    return left


def pack(files: Iterable[File]) -> bytes:
    """A list of files as it is kept."""
    return msgspec.msgpack.encode(list(files))


def unpack(data: bytes) -> list[File]:
    """A list that was kept.

    Raises:
        ValueError: this is none.
    """
    return _DECODER.decode(data)


def _open(where: str) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
    try:
        return os.open(where, flags, _MODE)
    except FileNotFoundError:
        folder = where.rpartition("/")[0]
        try:
            os.mkdir(folder)  # nearly always its own folder is the only one that is missing
        except (FileNotFoundError, FileExistsError):
            os.makedirs(folder, exist_ok=True)
    except IsADirectoryError:
        shutil.rmtree(where)
    except NotADirectoryError:
        _unblock(where)
    except OSError:
        if not os.path.islink(where):
            raise
        os.unlink(where)  # a link would lead out of the site
    return os.open(where, flags, _MODE)


def _unblock(where: str) -> None:
    """A file stands where a folder belongs."""
    above = where.rpartition("/")[0]
    while not os.path.lexists(above):
        above = above.rpartition("/")[0]
    os.unlink(above)
    os.makedirs(where.rpartition("/")[0], exist_ok=True)


def _write(handle: int, data: bytes) -> None:
    view, offset = memoryview(data), 0
    while offset < len(data):
        offset += os.pwrite(handle, view[offset:], offset)


_DECODER = msgspec.msgpack.Decoder(list[File])
