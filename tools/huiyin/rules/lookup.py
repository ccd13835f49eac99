"""The query code of a message, and the slow hash under which its state can be looked up (docs/adr/0018).

The code is 15 random characters of Crockford's base32 and a check character: 75 bits. It goes to the citizen and to the
vault, never to Git. The record holds ``lookup``, the slow hash of number and code: whoever has it can make guesses at
no more than some ten thousand a second on each graphics card, and needs 2**74 of them on average.

``site/assets/status.js`` does the same in the reader's browser; a test holds the two against each other.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PATH = "rules/lookup.yaml"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O, which look like digits, and no U."""
RANDOM = 15
"""Characters that are drawn; one more checks them."""
ITERATIONS = 600_000
"""Rounds of PBKDF2-HMAC-SHA256, which every browser has; OWASP's advice of 2023 for passwords."""
_LETTERS = "abcdefghijklmnop"
_CHANNEL = re.compile(r"^(?:(?:people|portal|service)-)+")
_LOOKALIKES = str.maketrans("ILO", "110")
_GROUP = 4
_MODULUS = 0b100101
"""x**5 + x**2 + 1, of which x is a primitive root: the field of 32 elements."""


@dataclass(frozen=True, slots=True)
class LookupSettings:
    """``rules/lookup.yaml``.

    Args:
        salt: of this site alone; public, and never changed, for every code rests on it.
    """

    salt: str

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> LookupSettings:
        """The settings of a parsed file that its schema has accepted."""
        return cls(data["salt"])


def code_of(drawn: Sequence[int]) -> str:
    """The code of 15 random numbers from 0 to 31: with its check character, without hyphens."""
    if len(drawn) != RANDOM:
        raise ValueError(f"{RANDOM} numbers are needed")
    return "".join(ALPHABET[number] for number in (*drawn, _double(_remainder(drawn))))


def read_code(typed: str) -> str | None:
    """The code that was typed or read over the telephone, or None where it cannot be one.

    Full width, small letters, spaces and hyphens are fine; I and L are 1, O is 0. One wrong character, or any two that
    changed places, is always noticed.
    """
    folded = unicodedata.normalize("NFKC", typed).upper().translate(_LOOKALIKES)
    text = re.sub(r"[\s\-‐-―−]+", "", folded)
    if len(text) != RANDOM + 1 or any(character not in ALPHABET for character in text):
        return None
    return text if _remainder([ALPHABET.index(character) for character in text]) == 0 else None


def grouped(code: str) -> str:
    """The code as people read it: ``7K2M-09QX-…``."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def number_of(case_id: str) -> str:
    """What a citizen knows of an id, or types: the platform's number, in small letters, with the channel or without."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", case_id)).lower()
    return _CHANNEL.sub("", text)


def hash_code(case_id: str, code: str, settings: LookupSettings) -> str:
    """``lookup`` of a case: the slow hash of its number and its code, as 64 letters.

    Letters alone, from a to p, so that no hash ever looks like somebody's telephone number (第十九条).

    Args:
        code: as ``read_code`` gives it.
    """
    salt = f"huiyin-lookup-1\n{settings.salt}\n{number_of(case_id)}".encode()
    return letters(hashlib.pbkdf2_hmac("sha256", code.encode(), salt, ITERATIONS))


def letters(data: bytes) -> str:
    """Bytes as letters from a to p, two each, the higher half first."""
    return "".join(_LETTERS[byte >> 4] + _LETTERS[byte & 15] for byte in data)


def from_letters(text: str) -> bytes:
    """The bytes that ``letters`` wrote.

    Raises:
        ValueError: it holds something else.
    """
    return bytes.fromhex("".join(f"{_LETTERS.index(letter):x}" for letter in text))


def _double(element: int) -> int:
    """Times x in the field of 32 elements."""
    return element << 1 if element < len(ALPHABET) // 2 else (element << 1) ^ _MODULUS


def _remainder(elements: Sequence[int]) -> int:
    """The polynomial of these coefficients at x; 0 for a whole code."""
    total = 0
    for element in elements:
        total = _double(total) ^ element
    return total
