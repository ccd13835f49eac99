"""Digests by which a build knows what it has done before: of texts, of this program, of the rules of a record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from huiyin.repo.source import Source

SIZE = 16
"""Bytes: no two things that differ will ever share one."""
RULES = ("rules", "schema")
_CODE = (".py", ".html")


def digest(parts: Iterable[bytes | str]) -> bytes:
    """The digest of a sequence; where one part ends and the next begins counts."""
    found = hashlib.blake2b(digest_size=SIZE)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        found.update(b"%d:" % len(data))
        found.update(data)
    return found.digest()


def of_bytes(data: bytes) -> bytes:
    """The digest of one content."""
    return hashlib.blake2b(data, digest_size=SIZE).digest()


def of_value(value: Any) -> bytes:
    """The digest of a plain value or a frozen class; sets count without their order."""
    return of_bytes(msgspec.json.encode(value, order="deterministic"))


@cache
def of_program() -> bytes:
    """The digest of this package: whatever another version made is made anew."""
    return digest(part for name, data in sorted(_sources(files("huiyin"), "")) for part in (name, data))


def of_rules(source: Source) -> bytes:
    """The digest of all by which the cases of a record are judged."""
    paths = [path for folder in RULES for path in source.list(folder)]
    return digest(part for path, data in source.read_many(paths) for part in (path, data))


def _sources(folder: Traversable, above: str) -> Iterable[tuple[str, bytes]]:
    for entry in folder.iterdir():
        name = f"{above}{entry.name}"
        if entry.is_dir():
            yield from _sources(entry, f"{name}/")
        elif name.endswith(_CODE):
            yield name, entry.read_bytes()
