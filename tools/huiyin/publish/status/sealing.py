"""The name and the content of the file of one message: neither tells anything to whoever lacks number and code.

Both come from ``lookup``, the slow hash. The content is sealed with HMAC-SHA256 alone, which Python and every browser
have: as SIV does it (Rogaway and Shrimpton 2006; RFC 5297 with another primitive), a tag over the plaintext is also the
nonce of the key stream, so that the same status gives the same bytes, and another one gives bytes that look unrelated.
``site/assets/status.js`` opens it.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict

from huiyin.publish.status.view import PublicStatus
from huiyin.rules.lookup import from_letters, letters

BLOCK = 512
"""Bytes; the plaintext is filled up to a multiple: one block, unless a unit has a name of over 80 characters."""
TAG = 32
_NAME = 16
_SHARD = 2


def path_of(lookup: str) -> str:
    """Where the file stands below ``status/``: ``ab/cdef….txt``, 128 bits in letters, in 256 folders."""
    name = letters(_mac(from_letters(lookup), b"name")[:_NAME])
    return f"{name[:_SHARD]}/{name[_SHARD:]}.txt"


def seal(status: PublicStatus) -> str:
    """The content of the file: letters alone, so that no chance looks like personal data to the scan (第十九条)."""
    told = {**asdict(status), "due": status.due.isoformat() if status.due else None}
    del told["lookup"]
    plain = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    plain += b" " * (-len(plain) % BLOCK)
    key = from_letters(status.lookup)
    tag = _mac(key, b"tag" + plain)
    stream = b"".join(_mac(key, b"stream" + tag + bytes([n])) for n in range(-(-len(plain) // TAG)))
    return letters(tag + bytes(a ^ b for a, b in zip(plain, stream, strict=True))) + "\n"


def _mac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")
