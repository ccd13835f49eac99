"""Which Git blob each file of a tree is: the key under which facts about it are kept.

In a work tree Git's own memory of what it has checked out is asked, so that a hundred thousand files need not be read
to learn that fifty have changed. It is asked only where a file on the disk is its blob byte for byte; what Git does
not vouch for is read and hashed.
"""

from __future__ import annotations

import hashlib
import os
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from huiyin.model.problem import Problem, UsageError
from huiyin.repo.git import GitSource, attempt, each_blob
from huiyin.repo.source import FolderSource, Source

_CONVERTING = ("text", "eol", "crlf", "filter", "ident", "working-tree-encoding")
_LOOKED_AT = 32
"""Paths whose attributes are asked for; rules that convert are written for folders or endings, not for single cases."""
_BEHIND = b"\xff"
"""Comes after every character of a path."""
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

    def days(self) -> Iterator[tuple[bytes, list[bytes]]]:
        """The records of each day, with a digest of them: what is known of the digest is known of every file.

        What lies elsewhere is grouped by the same beginning of its path, which is as good.
        """
        hash_ = len(self.records[0].partition(b" ")[0]) + 1 if self.records else 0
        for _, group in groupby(self.records, key=itemgetter(slice(hash_, hash_ + len("cases/YYYY/MM/DD")))):
            records = list(group)
            yield self.only(records).digest, records

    def below(self, *prefixes: str) -> Survey:
        """The same for what lies below some of the prefixes, or is one of them."""
        records: list[bytes] = []
        for prefix in sorted(map(str.encode, prefixes)):
            first = bisect_left(self.records, prefix, key=_path_of)
            records += self.records[first : bisect_left(self.records, prefix + _BEHIND, first, key=_path_of)]
        return Survey(records, [p for p in self.strange if p.path.startswith(prefixes)], self.own)

    def hashes(self) -> list[str]:
        """The full hashes of all files that can be read."""
        return [hash_.decode("ascii") for hash_, _, _ in (record.partition(b" ") for record in self.records) if hash_]

    @property
    def sha1(self) -> bool:
        """Whether the hashes are SHA-1, and not SHA-256."""
        return next((size <= _SHA1 for size in (record.find(b" ") for record in self.records) if size), True)

    @property
    def digest(self) -> bytes:
        """Of all hashes and paths."""
        return hashlib.blake2b(b"\0".join(self.records), digest_size=20).digest()

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

    def read(self, source: Source, paths: Sequence[str]) -> Iterator[tuple[str, bytes | Problem]]:
        """Give path and content as ``Source.read_each`` does, in any order.

        What Git has is read from its pack: to open a hundred thousand files takes ten times as long.
        """
        if self.own is None or not isinstance(source, FolderSource):
            yield from source.read_each(paths)
            return
        packed = {path: self.blobs[path] for path in paths if path not in self.own}
        rest = [path for path in paths if path in self.own]
        if packed:
            for path, data in zip(packed, each_blob(source.root, packed.values()), strict=True):
                if data is None:  # what Git has lost may still lie on the disk
                    rest.append(path)
                else:
                    yield path, data
        yield from source.read_each(rest)


def survey(source: Source, *prefixes: str) -> Survey:
    """Find out what lies below some prefixes without reading more than must be read.

    Args:
        prefixes: folders, or files; none inside another.

    Raises:
        HuiyinError: HY904, a folder cannot be read.
    """
    if isinstance(source, GitSource):
        found = {path: oid for prefix in prefixes for path, oid in source.blobs(prefix).items()}
        return Survey([_record(path, found[path]) for path in sorted(found)], _strange(source, prefixes))
    if isinstance(source, FolderSource) and (vouched := _ask_git(source.root, prefixes)) is not None:
        odd = {path: source.strangeness(path) for path in vouched.doubtful}
        regular = [path for path, problem in odd.items() if problem is None or problem.code not in _NO_FILES]
        records = vouched.records
        if regular:
            records = sorted([*records, *_hash_all(source, regular, sha1=vouched.sha1)], key=_path_of)
        return Survey(records, [problem for problem in odd.values() if problem is not None], frozenset(regular))
    listed = sorted(path for prefix in prefixes for path in source.list(prefix))
    return Survey(list(_hash_all(source, listed, sha1=True)), _strange(source, prefixes))


def _strange(source: Source, prefixes: Iterable[str]) -> list[Problem]:
    return [problem for prefix in prefixes for problem in source.strange(prefix)]


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


_USUAL = re.compile(rb"(?<![^\0])H 100644 ([0-9a-f]+ )0\t([\w./-]+)\0")
"""A regular file that Git looks at, with a name that needs no closer look."""
_TRACKED = ("-c", "core.fsmonitor=false", "ls-files", "-z", "-v", "-s")
_CHANGED = (
    *("-c", "core.fsmonitor=false", "diff-files", "-z", "--raw", "--no-renames"),
    *("--ignore-submodules=none", "--relative"),
)
_OTHERS = ("ls-files", "-z", "-o")


def _ask_git(root: Path, prefixes: Iterable[str]) -> _Vouched | None:
    """None where there is no repository, or where it cannot be asked for all that lies there."""
    # Without its slash a prefix is found even where a link or a file has taken the folder's place.
    below = ("--", *(f":(literal){prefix.rstrip('/')}" for prefix in prefixes))
    with ThreadPoolExecutor(3) as threads:
        try:
            done = list(threads.map(lambda command: attempt(root, *command, *below), (_TRACKED, _CHANGED, _OTHERS)))
        except UsageError:
            return None
    # What may not be looked into is only warned of, and the folder tells it.
    if any(command.returncode or command.stderr for command in done):
        return None
    changed, others = (command.stdout.split(b"\0")[:-1] for command in done[1:])
    gone = {path for about, path in zip(changed[::2], changed[1::2], strict=True) if about.endswith(b" D")}
    doubtful = {*changed[1::2], *others} - gone
    apart = doubtful | gone
    usual = _USUAL.findall(done[0].stdout)
    if len(usual) < done[0].stdout.count(b"\0"):
        known = {path for _, path in usual}
        for entry in done[0].stdout.split(b"\0")[:-1]:
            about, _, path = entry.partition(b"\t")
            # What a sparse checkout leaves out is not there; what somebody hides from Git's eyes is.
            hidden = about[:1] == b"S" and not os.path.lexists(os.path.join(os.fsencode(root), path))  # noqa: PTH118
            if not hidden and path not in known and path not in gone:
                doubtful.add(path)
    records = [oid + path for oid, path in usual if path not in apart] if apart else [oid + path for oid, path in usual]
    if any(path.endswith(b"/") for path in doubtful) or (records and not _keeps_bytes(root, records)):
        return None
    sha1 = not records or len(records[0].partition(b" ")[0]) == _SHA1
    return _Vouched(records, sorted(map(os.fsdecode, doubtful)), sha1)


_CARELESS = {b"core.autocrlf true", b"core.filemode false", b"core.trustctime false"}


def _keeps_bytes(root: Path, records: list[bytes]) -> bool:
    """Whether what lies on the disk is what Git has: no other line ends, no filter, and its modes are looked at."""
    told = attempt(root, "config", "--type=bool", "--get-regexp", r"^core\.(autocrlf|filemode|trustctime)$")
    if told.returncode > 1 or _CARELESS & set(told.stdout.splitlines()):
        return False
    sample = [os.fsdecode(_path_of(record)) for record in records[:: max(1, len(records) // _LOOKED_AT)]]
    asked = attempt(root, "check-attr", "-z", *_CONVERTING, "--", *sample)
    return asked.returncode == 0 and set(asked.stdout.split(b"\0")[2::3]) <= {b"unspecified", b"unset"}
