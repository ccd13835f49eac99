"""Undo disguises that keep a text readable: other digits and letters of Unicode, invisible characters.

The detectors read the folded text; ``View.origin`` leads a span of it back to the text as written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from huiyin.model.personal import PersonalKind

# Everything that plain Chinese text is made of. One search tells that nothing needs folding, which is the usual case.
_EXOTIC = re.compile(
    r"[^\t\n\r -~·×—‘’“”…\u3000-\u303f\u3400-\u9fff"
    r"\uff01\uff02\uff04-\uff0a\uff0c\uff0f\uff1a-\uff1f\uff3b-\uff3e\uff40\uff5b-\uff5e]"
)
_MARK = re.compile("〔已隐去[:：](?:" + "|".join(map(re.escape, (kind.label for kind in PersonalKind))) + ")〕")
_KEPT_MARKS = frozenset("@.-+#_")
_BLANKS = frozenset("\u2800\u3164\u115f\u1160\uffa0")
_INVISIBLE = frozenset({"Cf", "Cc", "Mn", "Me"})


@dataclass(frozen=True, slots=True)
class View:
    """A folded text.

    Args:
        text: what the detectors read.
        offsets: place in the text as written of each character and of the end, or None where both are the same.
    """

    text: str
    offsets: Sequence[int] | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The span as written of the span ``start:end`` (not empty) of the folded text."""
        if self.offsets is None:
            return start, end
        # Up to the next character that is seen, so that no invisible one is left behind.
        return self.offsets[start], self.offsets[end]


def fold(text: str) -> View:
    """The text without disguises, in which marks left by a redaction can not be found again."""
    if "〔已隐去" in text:
        text = _MARK.sub(lambda mark: "〕" * len(mark[0]), text)
    if not _EXOTIC.search(text):
        return View(text)
    folded = _EXOTIC.sub(lambda found: _fold(found[0]), text)
    if len(folded) == len(text):
        return View(folded)
    gone = {found.start() for found in _EXOTIC.finditer(text) if not _fold(found[0])}
    return View(folded, [*(i for i in range(len(text)) if i not in gone), len(text)])


@lru_cache(maxsize=8192)
def _fold(character: str) -> str:
    """One character for one, or "" for one that nobody sees."""
    if character in _BLANKS:
        return " "
    if unicodedata.category(character) in _INVISIBLE:
        return ""
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", character)
    if len(plain) == 1 and (plain.isalnum() or plain.isspace() or plain in _KEPT_MARKS):
        return plain
    # Letters in circles and brackets: Ⓐ folds above, ⒜ becomes “(a)”.
    inner = plain.strip("()")
    return inner if len(inner) == 1 and inner.isalnum() else character
