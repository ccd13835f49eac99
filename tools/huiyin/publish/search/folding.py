"""One spelling for what reads alike: ＡＢＣ and abc, （ and (, “ and ". Character by character, so words stay words.

``site/assets/search/fold.js`` does the same in the browser; a test compares both for every character.
"""

from __future__ import annotations

import re
import unicodedata

DROPPED = re.compile(
    "[\u0000-\u0020\u007f-\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufe00-\ufe0f\ufeff]"
)
"""White space and characters that cannot be seen."""
_ALIKE = str.maketrans("“”„‟〝〞‘’‚‛‐‑‒–—―−〔〕【】〖〗〘〙", '""""""\'\'\'\'-------[][][][]')
"""Quotes, dashes and brackets that people type as they please; what NFKC sees as the same is not listed."""


def fold(text: str) -> str:
    """The text as it is searched: each character folded, in order.

    What stood next to each other still does, so a part of a text, folded, is a part of the folded text.
    """
    return text.translate(_TABLE)


def fold_character(character: str) -> str:
    """What one character becomes: NFKC, lower case; nothing for white space; several characters for ㎡ or ①②."""
    alike = character.translate(_ALIKE)
    return DROPPED.sub("", unicodedata.normalize("NFKC", alike).lower())


class _Table(dict[int, str]):
    """Asked once for each character that occurs."""

    def __missing__(self, point: int) -> str:
        self[point] = folded = fold_character(chr(point))
        return folded


_TABLE = _Table()
