"""Where the record is read from: a folder or a Git tree behind one port.

Paths are relative to the root, with ``/``. Only regular files with clean names are listed and read; links are never
followed, so nothing outside the root can be read through the record. What is passed over so is named by ``strange``.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Protocol, TypeAlias

from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.repo.characters import is_clean
from huiyin.repo.reasons import reason

MAX_READ = 16 * 1024 * 1024
"""Bytes of a file that are read at most. What is larger is cut, and refused by the parser for its size."""

# Inside the classes below the word ``list`` names their method.
Paths: TypeAlias = list[str]
Problems: TypeAlias = list[Problem]


class Source(Protocol):
    """A tree of files; what it gives does not change while it is read (a folder is trusted to hold still)."""

    def read(self, path: str) -> bytes:
        """Give the content of one file, at most ``MAX_READ`` bytes of it.

        Raises:
            HuiyinError: HY904 where it does not exist or cannot be read, HY114 where it is no regular file.
        """

    def list(self, prefix: str = "") -> Paths:
        """Give the sorted paths of the regular files in the folder ``prefix`` and below it, or of the file so named."""

    def find(self, pattern: str) -> Paths:
        """Give the paths that match a pattern of ``glob``, such as ``cases/*/*/*/people-1.yaml``; some may be links."""

    def strange(self, prefix: str = "") -> Problems:
        """Name what should not be there: HY114 links and the like, HY115 odd modes, HY116 names that are no text."""

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield path and content for each path in the order given; raises as ``read``."""

    def read_each(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | Problem]]:
        """Yield path and content, or why there is none, for each path in the order given; one stops no other."""


class FolderSource:
    """The files of a folder, as they are on the disk.

    Args:
        root: the repository's root.

    Raises:
        UsageError: HY907, there is no such folder.
    """

    def __init__(self, root: Path) -> None:
        if not os.path.isdir(root):  # noqa: PTH112 - the method of Path raises where it may not look
            raise UsageError(Problem("HY907", f"没有这个目录：{root}。"))
        self.root = root
        self._real_folders: set[PurePosixPath] = {PurePosixPath()}

    def read(self, path: str) -> bytes:
        """See ``Source.read``."""
        pure = check_path(path)
        try:
            if not self._is_real(pure.parent):
                raise HuiyinError(irregular(path))
            # Without O_NONBLOCK a named pipe would wait for a writer for ever.
            handle = os.open(self.root / pure, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise HuiyinError(irregular(path)) from None
            raise HuiyinError(unreadable(path, error)) from None
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise HuiyinError(irregular(path))
            with os.fdopen(handle, "rb", closefd=False) as file:
                return file.read(MAX_READ)
        except OSError as error:
            raise HuiyinError(unreadable(path, error)) from None
        finally:
            os.close(handle)

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """See ``Source.read_many``."""
        for path in paths:
            yield path, self.read(path)

    def read_each(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | Problem]]:
        """See ``Source.read_each``."""
        for path in paths:
            try:
                yield path, self.read(path)
            except HuiyinError as error:
                yield path, error.problems[0]

    def list(self, prefix: str = "") -> Paths:
        """See ``Source.list``."""
        return sorted(
            path for path, entry in self._walk(prefix) if has_clean_name(path) and entry.is_file(follow_symlinks=False)
        )

    def find(self, pattern: str) -> Paths:
        """See ``Source.find``; of folders only those are listed whose names a pattern leaves open."""
        return sorted(str(PurePosixPath(path.relative_to(self.root))) for path in self.root.glob(pattern))

    def strange(self, prefix: str = "") -> Problems:
        """See ``Source.strange``."""
        paths = sorted(path for path, _ in self._walk(prefix))
        return [problem for path in paths if (problem := self.strangeness(path)) is not None]

    def strangeness(self, path: str) -> Problem | None:
        """Name what is odd about one path, if anything is; see ``Source.strange``."""
        try:
            mode = os.lstat(self.root / path).st_mode
        except OSError as error:
            return unreadable(path, error)
        if not has_clean_name(path):
            return badly_named(path)
        if not stat.S_ISREG(mode):
            return irregular(path)
        return executable(path) if mode & 0o111 else None

    def _walk(self, prefix: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
        """Yield all that is no folder at or below the prefix."""
        start = check_path(prefix) if prefix.strip("/") else PurePosixPath()
        name = start.name
        try:
            if not self._is_real(start.parent):
                return
            folders = [start]
            if name:
                with os.scandir(self.root / start.parent) as entries:
                    itself = next((e for e in entries if e.name == name), None)
                if itself is None:
                    return
                if not itself.is_dir(follow_symlinks=False):
                    yield str(start), itself
                    return
            while folders:
                folder = start = folders.pop()
                with os.scandir(self.root / folder) as entries:
                    for entry in entries:
                        if entry.is_dir(follow_symlinks=False):
                            if entry.name != ".git":
                                folders.append(folder / entry.name)
                        else:
                            yield str(folder / entry.name), entry
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise HuiyinError(unreadable(str(start), error)) from None

    def _is_real(self, folder: PurePosixPath) -> bool:
        """Tell whether no part of the folder's path below the root is a link."""
        if folder in self._real_folders:
            return True
        mode = os.lstat(self.root / folder).st_mode
        real = self._is_real(folder.parent) and not stat.S_ISLNK(mode)
        if real:
            self._real_folders.add(folder)
        return real


def check_path(path: str) -> PurePosixPath:
    """Turn a path of the record into a pure path.

    Raises:
        HuiyinError: HY904 where it leads out of the root.
    """
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or "\0" in path or not pure.parts:
        raise HuiyinError(Problem("HY904", "路径应当在仓库目录之内，用“/”分隔，不含“..”。", shown(path)))
    return pure


def has_clean_name(path: str) -> bool:
    """Tell whether a path is text that can be shown: UTF-8, no control or invisible characters."""
    return "\n" not in path and is_clean(path)


def shown(path: str) -> str:
    """Give the path for a message; escaped where it could harm a terminal."""
    return path if has_clean_name(path) else path.encode("unicode_escape", "surrogatepass").decode()


def irregular(path: str) -> Problem:
    """HY114 for a link, submodule, pipe or the like."""
    return Problem("HY114", "不是普通文件（是符号链接、子模块、目录等），不予读取。", shown(path))


def executable(path: str) -> Problem:
    """HY115 for an executable file."""
    return Problem("HY115", "文件带有可执行权限。", shown(path))


def badly_named(path: str) -> Problem:
    """HY116 for a name that is not clean text."""
    return Problem("HY116", "文件名不是UTF-8文字，或含有看不见的字符（此处以转义形式显示）。", shown(path))


def unreadable(path: str, error: OSError | None = None) -> Problem:
    """HY904 for a file that does not exist or cannot be read."""
    if error is None or isinstance(error, FileNotFoundError | NotADirectoryError):
        return Problem("HY904", "文件不存在。", shown(path))
    if isinstance(error, PermissionError):
        return Problem("HY904", "没有读取权限。", shown(path))
    return Problem("HY904", f"不能读取（{reason(error.errno, '读取')}）。", shown(path))
