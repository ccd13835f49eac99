"""Which Git blob each file of a tree is: the key under which facts about it are kept.

In a work tree Git's own memory of what it has checked out is asked, so that a hundred thousand files need not be read
to learn that fifty have changed. It is asked only where a file on the disk is its blob byte for byte; what Git does
not vouch for is read and hashed.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from huiyin.model.problem import Problem, UsageError
from huiyin.repo.git import GitSource, attempt, each_blob
from huiyin.repo.source import FolderSource, Source, has_clean_name

_CONVERTING = ("text", "eol", "crlf", "filter", "ident", "working-tree-encoding")
_LOOKED_AT = 32
"""Paths whose attributes are asked for; rules that convert are written for folders or endings, not for single cases."""
_SHA1 = 40
"""Hexadecimal digits of a hash that is no SHA-256."""


@dataclass(frozen=True)
class Survey:
    """What lies below a prefix.

    Args:
        records: "<hash> <path>" of each regular file in the order of paths; without a hash where it cannot be read.
        strange: as ``Source.strange`` gives it.
        own: paths of files that are not as the repository has them, so that only the folder can be asked for them;
            None where all must be read from the source.
    """

    records: Sequence[bytes]
    strange: Sequence[Problem]
    own: frozenset[str] | None = None

    @cached_property
    def blobs(self) -> dict[str, str]:
        """Path → full hash of each regular file, in the order of ``Source.list``."""
        return dict(map(_path_and_hash, self.records))

    def folders(self) -> Iterator[tuple[bytes, list[bytes]]]:
        """The records of each folder, with a digest of them: what is known of the digest is known of every file."""
        for _, group in groupby(self.records, key=_folder_of):
            records = list(group)
            yield hashlib.blake2b(b"\0".join(records), digest_size=20).digest(), records

    def only(self, records: Sequence[bytes]) -> Survey:
        """The same for some of the files."""
        return Survey(records, (), self.own)

    def pick(self, paths: Iterable[str]) -> Survey:
        """The same for the files of these paths, whether they are there or not."""
        return self.only([_record(path, self.blobs.get(path, "")) for path in paths])

    @staticmethod
    def paths(records: Iterable[bytes]) -> list[str]:
        """The paths of records."""
        return [os.fsdecode(_path_of(record)) for record in records]

    def names(self) -> set[str]:
        """The names of all files, whatever their folder, without regard to case."""
        whole = b"\n".join([record.rpartition(b"/")[2] for record in self.records])
        text = whole.decode("utf-8", "surrogateescape").casefold()
        return set(text.split("\n"))

    def read(self, source: Source, paths: Iterable[str]) -> Iterator[tuple[str, bytes | Problem]]:
        """Give path and content as ``Source.read_each`` does, in any order.

        What Git has is read from its pack: to open a hundred thousand files takes ten times as long.
        """
        if self.own is None or not isinstance(source, FolderSource):
            yield from source.read_each(paths)
            return
        packed = {path: self.blobs[path] for path in paths if path not in self.own}
        yield from source.read_each(path for path in paths if path in self.own)
        yield from zip(packed, each_blob(source.root, packed.values()), strict=True)


def survey(source: Source, prefix: str) -> Survey:
    """Find out what lies below a prefix without reading more than must be read.

    Args:
        prefix: a folder, or a file.

    Raises:
        HuiyinError: HY904, a folder cannot be read.
    """
    if isinstance(source, GitSource):
        return Survey([_record(path, oid) for path, oid in source.blobs(prefix).items()], source.strange(prefix))
    if isinstance(source, FolderSource) and (vouched := _ask_git(source.root, prefix)) is not None:
        odd = {path: source.strangeness(path) for path in vouched.doubtful}
        regular = [path for path, problem in odd.items() if problem is None or problem.code not in _NO_FILES]
        records = vouched.records
        if regular:
            records = sorted([*records, *_hash_all(source, regular, sha1=vouched.sha1)], key=_path_of)
        return Survey(records, [problem for problem in odd.values() if problem is not None], frozenset(regular))
    return Survey(list(_hash_all(source, source.list(prefix), sha1=True)), source.strange(prefix))


def blob_of(data: bytes, *, sha1: bool = True) -> str:
    """The hash that Git gives a file of that content; SHA-256 where not SHA-1, as the repository has it."""
    made = hashlib.sha1(usedforsecurity=False) if sha1 else hashlib.sha256()
    made.update(b"blob %d\0" % len(data))
    made.update(data)
    return made.hexdigest()


_NO_FILES = frozenset({"HY114", "HY116", "HY904"})
"""What is wrong with a path that ``Source.list`` does not give."""


def _record(path: str, oid: str) -> bytes:
    return f"{oid} {path}".encode("utf-8", "surrogateescape")


def _path_of(record: bytes) -> bytes:
    return record.partition(b" ")[2]


def _folder_of(record: bytes) -> bytes:
    return _path_of(record).rpartition(b"/")[0]


def _path_and_hash(record: bytes) -> tuple[str, str]:
    oid, _, path = record.decode("utf-8", "surrogateescape").partition(" ")
    return path, oid


def _hash_all(source: Source, paths: Iterable[str], *, sha1: bool) -> Iterator[bytes]:
    for path, data in source.read_each(paths):
        yield _record(path, blob_of(data, sha1=sha1) if isinstance(data, bytes) else "")


class _Vouched(NamedTuple):
    """What Git knows of a folder.

    Args:
        records: of files that are on the disk as it wrote them.
        doubtful: paths of everything else that is there.
    """

    records: list[bytes]
    doubtful: list[str]
    sha1: bool


_USUAL = re.compile(rb"[\w./-]+").fullmatch
"""Paths whose names need no closer look."""
_TRACKED = ("ls-files", "-z", "-v", "-s")
_CHANGED = ("diff-files", "-z", "--raw", "--no-renames", "--ignore-submodules=none")
_OTHERS = ("ls-files", "-z", "-o")


def _ask_git(root: Path, prefix: str) -> _Vouched | None:
    """None where there is no repository, or where it cannot be asked for all that lies there."""
    below = ("--", f":(literal){prefix or '.'}")
    with ThreadPoolExecutor(3) as threads:
        try:
            done = list(threads.map(lambda command: attempt(root, *command, *below), (_TRACKED, _CHANGED, _OTHERS)))
        except UsageError:
            return None
    if any(command.returncode for command in done):
        return None
    listed, changed, others = (command.stdout.split(b"\0")[:-1] for command in done)
    gone = {path for about, path in zip(changed[::2], changed[1::2], strict=True) if about.endswith(b" D")}
    doubtful = {*changed[1::2], *others} - gone
    records = []
    apart = doubtful | gone
    for entry in listed:
        about, _, path = entry.partition(b"\t")
        if path in apart:
            continue
        if about[:9] == b"H 100644 " and about[-2:] == b" 0" and (_USUAL(path) or has_clean_name(os.fsdecode(path))):
            records.append(about[9:-1] + path)
        elif about[:1] != b"S":  # what a sparse checkout leaves out is not there
            doubtful.add(path)
    if any(path.endswith(b"/") for path in doubtful) or (records and not _keeps_bytes(root, records)):
        return None
    sha1 = not records or len(records[0].partition(b" ")[0]) == _SHA1
    return _Vouched(records, sorted(map(os.fsdecode, doubtful)), sha1)


def _keeps_bytes(root: Path, records: list[bytes]) -> bool:
    """Whether what lies on the disk is what Git has: no other line ends, no filter, and its modes are looked at."""
    told = attempt(root, "config", "--type=bool", "--get-regexp", r"^core\.(autocrlf|filemode)$")
    if told.returncode > 1 or {b"core.autocrlf true", b"core.filemode false"} & set(told.stdout.splitlines()):
        return False
    sample = [os.fsdecode(_path_of(record)) for record in records[:: max(1, len(records) // _LOOKED_AT)]]
    asked = attempt(root, "check-attr", "-z", *_CONVERTING, "--", *sample)
    return asked.returncode == 0 and set(asked.stdout.split(b"\0")[2::3]) <= {b"unspecified", b"unset"}
