"""What facts about a file depend on besides its bytes: the rules, the schemas, and the program with its libraries.

Facts that were made under another stamp are not read, so a new rule, a new holiday or a new version of the program
makes them anew, and nobody has to remember to delete a cache.
"""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from huiyin.repo.blobs import blob_of
from huiyin.repo.git import GitSource
from huiyin.repo.source import Source
from huiyin.repo.store import load_rulebook
from huiyin.rules.rulebook import Rulebook

SHAPING = ("rules", "schema")
"""Folders of a record that decide what is found in its cases."""
_PARTS = ("*.py", "model/**/*.py", "rules/**/*.py", "repo/*.py", "scan/*.py", "publish/**/*.py", "publish/templates/*")
"""Files of this package that facts are made by."""


def stamp_of(source: Source) -> bytes:
    """A digest of all that facts about the cases of a tree depend on besides their blobs.

    Raises:
        HuiyinError: HY904, a folder cannot be read.
    """
    made = hashlib.blake2b(program(), digest_size=16)
    for folder in SHAPING:
        for path, oid in _blobs(source, folder):
            made.update(f"{path}\0{oid}\n".encode("utf-8", "surrogateescape"))
    return made.digest()


def load_stamped(source: Source) -> tuple[Rulebook, bytes]:
    """The rules of a tree, and the stamp of just these: somebody may be saving others at this moment.

    Raises:
        HuiyinError: as ``load_rulebook``.
    """
    stamp = stamp_of(source)
    while True:
        rulebook = load_rulebook(source)
        before, stamp = stamp, stamp_of(source)
        if before == stamp:
            return rulebook, stamp


def _blobs(source: Source, folder: str) -> list[tuple[str, str]]:
    if isinstance(source, GitSource):
        return list(source.blobs(folder).items())
    read = source.read_each(source.list(folder))
    return [(path, blob_of(data)) for path, data in read if isinstance(data, bytes)]


@cache
def program() -> bytes:
    """A digest of the program, by what it says and not by a number that somebody must raise, and of all libraries."""
    # The tables of Unicode, by which characters are judged, come with Python.
    made = hashlib.blake2b(sys.version.encode())
    package = Path(__file__).parents[1]
    for path in sorted(path for part in _PARTS for path in package.glob(part)):
        made.update(path.read_bytes())
    calendar = find_spec("chinese_calendar")
    assert calendar is not None and calendar.origin is not None, "a dependency of this package"  # noqa: PT018
    installed = Path(calendar.origin).parents[1].glob("*-info")
    made.update("\n".join(sorted(path.name for path in installed)).encode())
    return made.digest()
