"""Digests by which a build knows what it has done before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

SIZE = 16
"""Bytes: no two things that differ will ever share one."""


def digest(parts: Iterable[bytes | str]) -> bytes:
    """The digest of a sequence; where one part ends and the next begins counts."""
    return of_bytes(msgspec.msgpack.encode([*parts]))


def of_bytes(data: bytes) -> bytes:
    """The digest of one content."""
    return hashlib.blake2b(data, digest_size=SIZE).digest()


def of_value(value: Any) -> bytes:
    """The digest of a plain value or a frozen class; sets count without their order."""
    return of_bytes(msgspec.json.encode(value, order="deterministic"))
