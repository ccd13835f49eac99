"""Opening a sealed status with a program of its own: RFC-like, byte by byte, with nothing of the one that seals."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any


def opened(text: str, lookup: str) -> dict[str, Any]:
    """What is in the file of the message with that hash.

    Raises:
        ValueError: it was sealed with another one, or changed.
    """
    key, sealed = _bytes(lookup), _bytes(text.strip())
    tag, plain = sealed[:32], bytearray(sealed[32:])
    for place in range(len(plain)):
        block = hmac.new(key, b"stream" + tag + bytes([place // 32]), hashlib.sha256).digest()
        plain[place] ^= block[place % 32]
    if not hmac.compare_digest(tag, hmac.new(key, b"tag" + plain, hashlib.sha256).digest()):
        raise ValueError("another key")
    told: dict[str, Any] = json.loads(plain)
    return told


def _bytes(text: str) -> bytes:
    return bytes(16 * (ord(a) - 97) + ord(b) - 97 for a, b in zip(text[::2], text[1::2], strict=True))
