"""Whether a text can hold personal data at all: one pass over it instead of a dozen.

Nearly all texts hold none, and to ask for each kind by itself costs as much as all else that is done with a case. So
all that a finding begins with (the ``SIGNS`` of the detectors) is asked for at once, by the automaton of RE2. That has
no look-around, which is left out: what is left matches more, never less. What is suspected the detectors look at.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import re2

from huiyin.rules.privacy import names, places, runs, tokens

_MEMORY = 64 << 20
"""Bytes that the automaton may take; if it needs more it is slower, and as right."""
# RE2 knows the blanks and digits of ASCII only; the last blank of Unicode is U+3000.
_BLANKS = "".join(rf"\x{{{number:x}}}" for number in range(0x3001) if chr(number).isspace())
_DIGITS = r"\p{Nd}"
_PIECE = re.compile(r"\\.|\[(?:\\.|[^\\\]])*\]|\(\?<?[=!]|\(\?P<\w+>|\(\?:|.", re.DOTALL)
_LOOKS = frozenset({"(?=", "(?!", "(?<=", "(?<!"})


def is_suspect(text: str) -> bool:
    """Whether any detector may find something.

    Args:
        text: folded.
    """
    return _signs().search(text.encode(errors="replace")) is not None


@cache
def _signs() -> Any:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.never_capture = True
    signs = (*runs.SIGNS, *places.SIGNS, *names.SIGNS, *tokens.SIGNS)
    return re2.compile("|".join(f"(?:{widened(sign)})" for sign in signs), options)


def widened(pattern: str) -> str:
    r"""A pattern for RE2 that matches wherever a pattern of ``re`` does.

    Args:
        pattern: without flags and back references, and of the classes only ``\s`` and ``\d``.
    """
    found: list[str] = []
    depth = 0  # of the look-around that is being left out
    for piece in _PIECE.findall(pattern):
        if depth or piece in _LOOKS:
            depth += piece.startswith("(") - (piece == ")")
        elif piece.startswith("(?P"):
            found.append("(?:")
        elif piece == r"\s":
            found.append(f"[{_BLANKS}]")
        elif piece != r"\Z":
            found.append(piece.replace(r"\s", _BLANKS).replace(r"\d", _DIGITS))
    return "".join(found)
