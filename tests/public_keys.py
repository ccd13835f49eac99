"""Public keys for tests; nobody has their private halves."""

from __future__ import annotations

import base64
import hashlib


def public_key(label: str) -> str:
    """A synthetic public key, the same for the same label for ever."""
    parts = (b"ssh-ed25519", hashlib.sha256(label.encode()).digest())
    return "ssh-ed25519 " + base64.b64encode(b"".join(len(p).to_bytes(4, "big") + p for p in parts)).decode()
