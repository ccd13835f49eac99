"""age (pyrage) as this program uses it: X25519 keys only, binary files, errors as problems."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import pyrage

from huiyin.model.problem import HuiyinError, Problem

MAGIC = b"age-encryption.org/v1\n"
"""How every age file begins."""
_NONCE, _TAG, _CHUNK, _MAC = 16, 16, 64 * 1024, 43
"""Sizes in the payload of an age file (C2SP age, version 1), in bytes; the last in characters of base64."""
_NOT_OURS = "No matching keys found"


class Identity:
    """An age secret key; shows itself only as the public key that belongs to it.

    Args:
        secret: ``AGE-SECRET-KEY-1…``.

    Raises:
        ValueError: it is none.
    """

    def __init__(self, secret: str) -> None:
        try:
            self._key = pyrage.x25519.Identity.from_str(secret)
        except pyrage.IdentityError:
            raise ValueError("no age identity") from None

    def __repr__(self) -> str:
        return f"Identity({self.recipient})"

    @cached_property
    def recipient(self) -> str:
        """The public key, ``age1…``."""
        return str(self._key.to_public())


def generate_secret() -> str:
    """A new secret key, ``AGE-SECRET-KEY-1…``."""
    return str(pyrage.x25519.Identity.generate())


def encrypt(data: bytes, recipients: Iterable[str]) -> bytes:
    """An age file that each recipient can read.

    Args:
        recipients: ``age1…``, checked when people.yaml was read; at least one.
    """
    keys = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    return bytes(pyrage.encrypt(data, keys))


def decrypt(data: bytes, identities: Iterable[Identity], name: str) -> bytes:
    """What an age file holds.

    Args:
        name: what to call it in a problem; nothing of its content is shown.

    Raises:
        HuiyinError: HY715, it is not for any of these keys; HY716, it is no age file, or cut, or altered.
    """
    if not data.startswith(MAGIC):
        raise HuiyinError(Problem("HY716", f"{name}：不是age加密文件。"))
    try:
        return bytes(pyrage.decrypt(data, [identity._key for identity in identities]))
    except pyrage.DecryptError as error:
        if str(error) == _NOT_OURS:
            raise HuiyinError(Problem("HY715", f"{name}：没有为本人的密钥加密，不能解密。")) from None
        raise HuiyinError(Problem("HY716", f"{name}：文件不完整或者被改动过，不能解密。")) from None


def is_whole(data: bytes, block: int) -> bool:
    """Whether bytes have the outer form of an age file, which needs no key to tell; a cut file nearly never has.

    Args:
        block: size of which the plaintext is a multiple, in bytes.
    """
    header, end, rest = data.partition(b"\n--- ")
    mac, line, payload = rest.partition(b"\n")
    sealed = len(payload) - _NONCE
    plain = sealed - _TAG * -(-sealed // (_CHUNK + _TAG))
    return bool(header.startswith(MAGIC) and end and line and len(mac) == _MAC and plain > 0 and not plain % block)
