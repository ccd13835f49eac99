"""Which Git blob each file of a tree is: the key under which facts about it are kept.

In a work tree Git's own memory of what it has checked out is asked, so that a hundred thousand files need not be read
to learn that fifty have changed. It is asked only where a file on the disk is its blob byte for byte; what Git does
not vouch for is read and hashed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
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


class Survey(NamedTuple):
    """What lies below a prefix.

    Args:
        blobs: path → full hash of each regular file, in the order of ``Source.list``; "" for one that cannot be read.
        strange: as ``Source.strange`` gives it.
        own: paths of files that are not as the repository has them, so that only the folder can be asked for them;
            None where all must be read from the source.
    """

    blobs: dict[str, str]
    strange: list[Problem]
    own: frozenset[str] | None = None

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
        return Survey(source.blobs(prefix), source.strange(prefix))
    if isinstance(source, FolderSource) and (vouched := _ask_git(source.root, prefix)) is not None:
        known, doubtful, sha1 = vouched
        odd = {path: source.strangeness(path) for path in doubtful}
        regular = [path for path, problem in odd.items() if problem is None or problem.code not in _NO_FILES]
        found = known | dict(_hash_all(source, regular, sha1=sha1))
        strange = [problem for problem in odd.values() if problem is not None]
        return Survey(dict(sorted(found.items())), strange, frozenset(regular))
    return Survey(dict(_hash_all(source, source.list(prefix), sha1=True)), source.strange(prefix))


def blob_of(data: bytes, *, sha1: bool = True) -> str:
    """The hash that Git gives a file of that content; SHA-256 where not SHA-1, as the repository has it."""
    made = hashlib.sha1(usedforsecurity=False) if sha1 else hashlib.sha256()
    made.update(b"blob %d\0" % len(data))
    made.update(data)
    return made.hexdigest()


_NO_FILES = frozenset({"HY114", "HY116", "HY904"})
"""What is wrong with a path that ``Source.list`` does not give."""


def _hash_all(source: Source, paths: Iterable[str], *, sha1: bool) -> Iterable[tuple[str, str]]:
    for path, data in source.read_each(paths):
        yield path, blob_of(data, sha1=sha1) if isinstance(data, bytes) else ""


def _ask_git(root: Path, prefix: str) -> tuple[dict[str, str], list[str], bool] | None:
    """Blobs of the files that are as Git wrote them, paths of which it does not know, and whether its hashes are SHA-1.

    None where there is no repository, or where it cannot be asked for all that lies there.
    """
    try:
        listed = attempt(root, "ls-files", "-z", "-v", "-s", "-c", "-m", "-d", "-o", "--", f":(literal){prefix or '.'}")
    except UsageError:
        return None
    if listed.returncode:
        return None
    known: dict[str, str] = {}
    doubtful: set[str] = set()
    gone: set[str] = set()
    for record in listed.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        if record[0] == "?":
            doubtful.add(record[2:])
            continue
        about, _, path = record[2:].partition("\t")
        if record[0] == "H" and about[:7] == "100644 " and about[-2:] == " 0":
            known[path] = about[7:-2]
        elif record[0] == "R":
            gone.add(path)
        elif record[0] != "S":  # what a sparse checkout leaves out is not there
            doubtful.add(path)
    doubtful -= gone
    for path in doubtful | gone | {path for path in known if not path.isascii() and not has_clean_name(path)}:
        if known.pop(path, None) is not None and path not in gone:
            doubtful.add(path)
    if any(path.endswith("/") for path in doubtful) or (known and not _keeps_bytes(root, list(known))):
        return None
    return known, sorted(doubtful), all(len(oid) == _SHA1 for oid in known.values())


def _keeps_bytes(root: Path, paths: list[str]) -> bool:
    """Whether what lies on the disk is what Git has: no other line ends, no filter, and its modes are looked at."""
    told = attempt(root, "config", "--type=bool", "--get-regexp", r"^core\.(autocrlf|filemode)$")
    if told.returncode > 1 or {b"core.autocrlf true", b"core.filemode false"} & set(told.stdout.splitlines()):
        return False
    sample = paths[:: max(1, len(paths) // _LOOKED_AT)]
    asked = attempt(root, "check-attr", "-z", *_CONVERTING, "--", *sample)
    return asked.returncode == 0 and set(asked.stdout.split(b"\0")[2::3]) <= {b"unspecified", b"unset"}
