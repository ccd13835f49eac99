"""Reading a revision of the repository without a checkout, and running Git safely."""

from __future__ import annotations

import io
import os
import subprocess
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple, TypeVar, cast

from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.repo.process import NO_GIT, attempt, environment, failed, run
from huiyin.repo.source import (
    MAX_READ,
    FolderSource,
    Paths,
    Problems,
    Source,
    badly_named,
    check_path,
    executable,
    has_clean_name,
    irregular,
    unreadable,
)

__all__ = [
    "FolderSource",
    "GitSource",
    "Source",
    "attempt",
    "environment",
    "failed",
    "in_parts",
    "open_source",
    "read_blobs",
    "resolve",
    "run",
]

# So many requests fit into a pipe's buffer, so writing them before reading the answers can never block.
_BATCH = 128
T = TypeVar("T")


def open_source(root: Path, rev: str | None = None) -> Source:
    """Give the files of a revision, or of the work tree where none is named.

    Raises:
        UsageError: HY901 to HY903, HY907.
    """
    return FolderSource(root) if rev is None else GitSource(root, rev)


def resolve(root: Path, rev: str) -> str:
    """Give the full hash of the commit that a revision names (branch, tag, abbreviated hash, ``HEAD~1`` …).

    Raises:
        UsageError: HY901 no repository, HY902 no such commit, HY903 no Git, HY907 no such folder.
    """
    if not root.is_dir():
        raise UsageError(Problem("HY907", f"没有这个目录：{root}。"))
    try:
        import git  # takes a tenth of a second, and fails where Git is not installed
    except ImportError:
        raise UsageError(NO_GIT) from None
    try:
        with git.Repo(root, search_parent_directories=True) as repository:
            commit = repository.commit(rev)
        if commit.hexsha != git.Commit.NULL_HEX_SHA:  # GitPython makes a commit of forty zeros
            return commit.hexsha
    except git.InvalidGitRepositoryError:
        raise UsageError(Problem("HY901", f"不是Git仓库：{root}。")) from None
    except git.GitCommandNotFound:
        raise UsageError(NO_GIT) from None
    # All that GitPython raises for names that it cannot read; BadName and BadObject are ODBErrors.
    except (git.ODBError, git.GitError, ValueError, LookupError, NotImplementedError, AssertionError):
        pass
    raise UsageError(Problem("HY902", f"仓库中没有这个版本：{rev!r}。"))


class _Entry(NamedTuple):
    mode: str
    oid: str


class GitSource:
    """The files of one commit, read by one ``ls-tree`` and one long-running ``cat-file``.

    Args:
        root: the repository's root (work tree or bare), or a folder in it: then paths are relative to that folder.
        rev: any name of a commit.
        only: folders outside which nothing is listed or read; all by default.

    Raises:
        UsageError: as ``resolve``.
    """

    def __init__(self, root: Path, rev: str, only: Sequence[str] = ()) -> None:
        self.root = root
        self.commit = resolve(root, rev)
        self._only = only

    def read(self, path: str) -> bytes:
        """See ``Source.read``."""
        return next(self.read_many([path]))[1]

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """See ``Source.read_many``."""
        remaining = iter(paths)
        while batch := list(islice(remaining, _BATCH)):
            # A whole batch is taken in before any of it is given out, so callers may read other files in between.
            yield from zip(batch, self._fetch([self._blob(path) for path in batch]), strict=True)

    def read_each(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | Problem]]:
        """See ``Source.read_each``; an object that Git has lost takes those asked for with it, and is told for each."""
        remaining = iter(paths)
        while batch := list(islice(remaining, _BATCH)):
            try:
                found = list(self.read_many(batch))
            except HuiyinError:
                yield from ((path, self._attempt(path)) for path in batch)
            else:
                yield from found

    def _attempt(self, path: str) -> bytes | Problem:
        try:
            return self.read(path)
        except HuiyinError as error:
            return error.problems[0]

    def list(self, prefix: str = "") -> Paths:
        """See ``Source.list``."""
        return [p for p, entry in self._below(prefix) if entry.mode.startswith("100") and has_clean_name(p)]

    def find(self, pattern: str) -> Paths:
        """See ``Source.find``."""
        depth = pattern.count("/")
        return [path for path in self._entries if path.count("/") == depth and PurePosixPath(path).match(pattern)]

    def blobs(self, prefix: str = "") -> dict[str, str]:
        """The hash of each file that ``list`` gives, in the same order."""
        return {path: self._entries[path].oid for path in self.list(prefix)}

    def strange(self, prefix: str = "") -> Problems:
        """See ``Source.strange``."""
        problems = []
        for path, entry in self._below(prefix):
            if not has_clean_name(path):
                problems.append(badly_named(path))
            elif not entry.mode.startswith("100"):
                problems.append(irregular(path))
            elif entry.mode != "100644":
                problems.append(executable(path))
        return problems

    @cached_property
    def _entries(self) -> dict[str, _Entry]:
        entries = {}
        for record in run(self.root, "ls-tree", "-r", "-z", self.commit, *self._only).split(b"\0")[:-1]:
            meta, _, path = record.partition(b"\t")
            mode, _, oid = meta.decode().split(" ")
            entries[os.fsdecode(path)] = _Entry(mode, oid)
        return dict(sorted(entries.items()))

    def _below(self, prefix: str) -> Iterator[tuple[str, _Entry]]:
        start = str(check_path(prefix)) if prefix.strip("/") else ""
        for path, entry in self._entries.items():
            if not start or path == start or path.startswith(f"{start}/"):
                yield path, entry

    def _blob(self, path: str) -> str:
        entry = self._entries.get(str(check_path(path)))
        if entry is None:
            raise HuiyinError(unreadable(path))
        if not entry.mode.startswith("100"):
            raise HuiyinError(irregular(path))
        return entry.oid

    @cached_property
    def _reader(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            ["git", "-C", str(self.root), "cat-file", "--batch"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(),
        )  # fmt: skip
        weakref.finalize(self, _end, process)
        return process

    def _fetch(self, oids: Sequence[str]) -> Sequence[bytes]:
        requests, answers = cast(IO[bytes], self._reader.stdin), cast(IO[bytes], self._reader.stdout)
        try:
            requests.write("".join(f"{oid}\n" for oid in oids).encode())
            requests.flush()
            return [_take(answers) for _ in oids]
        except (OSError, ValueError):
            del self._reader  # what it would still say belongs to the questions that failed
            raise HuiyinError(failed("cat-file", "")) from None


class MissingError(ValueError):
    """Git has no such object."""


def _take(answers: IO[bytes]) -> bytes:
    """Read one answer of ``cat-file --batch``: "<oid> blob <size>", the content and a line feed."""
    line = answers.readline()
    if line.endswith(b" missing\n"):
        raise MissingError
    _, kind, size = line.split()  # the end of the stream is a ValueError
    if kind != b"blob":
        raise ValueError(kind)
    left = int(size) - MAX_READ
    content = answers.read(min(int(size), MAX_READ))
    while left > 0:
        left -= len(answers.read(min(left, MAX_READ)) or b"\0" * left)
    if answers.read(1) != b"\n":
        raise ValueError(size)
    return content


def _take_if_there(answers: IO[bytes]) -> bytes | None:
    try:
        return _take(answers)
    except MissingError:
        return None


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()
    process.wait()


def each_blob(root: Path, oids: Iterable[str]) -> Iterator[bytes | None]:
    """Read blobs one after another, through one ``cat-file`` that is asked ahead; None for one that is not there.

    Nothing is fetched for it: what a partial clone has not got is not there.

    Raises:
        HuiyinError: HY905, Git stopped in the middle.
    """
    wanted = list(oids)
    # A file cannot block as a pipe does whose other end waits to be read.
    with tempfile.TemporaryFile() as asked:
        asked.write("".join(f"{oid}\n" for oid in wanted).encode())
        asked.seek(0)
        with subprocess.Popen(
            ["git", "-C", str(root), "cat-file", "--batch", "--buffer"],
            stdin=asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**environment(), "GIT_NO_LAZY_FETCH": "1"},
        ) as process:  # fmt: skip
            answers = cast(IO[bytes], process.stdout)
            try:
                for _ in wanted:
                    yield _take_if_there(answers)
            except ValueError:
                process.kill()
                raise HuiyinError(failed("cat-file", "")) from None


def read_blobs(root: Path, oids: Sequence[str]) -> dict[str, bytes]:
    """Read blobs by id through one ``cat-file``.

    Raises:
        HuiyinError: HY905, one of them is missing.
    """
    wanted = list(dict.fromkeys(oids))
    out = io.BytesIO(run(root, "cat-file", "--batch", stdin="".join(f"{oid}\n" for oid in wanted).encode()))
    try:
        return {oid: _take(out) for oid in wanted}
    except ValueError:
        raise HuiyinError(failed("cat-file", "")) from None


def in_parts(items: Iterable[T], size: Callable[[T], int], most: int) -> Iterator[list[T]]:
    """The same in order, in lists of so much together; what is larger comes alone."""
    part: list[T] = []
    total = 0
    for item in items:
        if part and total + size(item) > most:
            yield part
            part, total = [], 0
        part.append(item)
        total += size(item)
    if part:
        yield part
