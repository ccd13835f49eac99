"""age recipients as text: ``age1…`` is Bech32 (BIP 173) of the 32 bytes of an X25519 public key."""

from __future__ import annotations

PREFIX = "age"
SECRET = "AGE-SECRET-KEY-"  # noqa: S105 - the word before the secret
"""How a secret key begins; it never belongs in a repository."""

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_DATA = 52
"""Characters of five bits for 32 bytes, the last with four bits of padding."""
_CHECKSUM = 6


def is_secret(text: str) -> bool:
    """Whether a text holds an age secret key, whatever its case."""
    return SECRET in text.upper()


def is_recipient(text: str) -> bool:
    """Whether a text is an age X25519 recipient with a right checksum, in the usual lower case."""
    head, _, data = text.rpartition("1")
    if head != PREFIX or len(data) != _DATA + _CHECKSUM or not set(data) <= set(_ALPHABET):
        return False
    values = [_ALPHABET.index(character) for character in data]
    spelled = [ord(c) >> 5 for c in PREFIX] + [0] + [ord(c) & 31 for c in PREFIX]
    return not values[_DATA - 1] & 0b1111 and _polymod([*spelled, *values]) == 1


def _polymod(values: list[int]) -> int:
    """The checksum of BIP 173: 1 for a string that was copied without a mistake."""
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, factor in enumerate(_GENERATOR):
            checksum ^= factor if top >> bit & 1 else 0
    return checksum
