"""One spelling for what reads alike: ＡＢＣ and abc, （ and (, “ and ". Character by character, so words stay words.

``site/assets/search/fold.js`` does the same in the browser; a test compares both for every character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

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
    # Once more at the end, for what NFKC makes of ︵ or 🄪; so what is folded folds to itself.
    alike = unicodedata.normalize("NFKC", character.translate(_ALIKE)).lower().translate(_ALIKE)
    return DROPPED.sub("", alike)


def fold_points(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Code points of all texts, folded, behind each other, and of each the position of its text.

    A NUL stays, and parts what must not touch. An archive is folded in a tenth of the time that ``fold`` takes.
    """
    points = _points_of(texts)
    table = _table_of_points()
    folded = table[points]
    if len(fresh := np.flatnonzero(folded == _UNKNOWN)):
        for point in set(points[fresh].tolist()):
            table[point] = _one_point(chr(point))
        folded = table[points]
    if len(several := np.flatnonzero(folded == _SEVERAL)):
        # What they become folds to itself, so it may be looked up once more.
        characters = list(map(chr, sorted(set(points[several].tolist()))))
        for character in characters:
            texts = [text.replace(character, fold_character(character)) for text in texts]
        return fold_points(texts)
    kept = folded != _NOTHING
    numbers = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    return folded[kept], numbers[kept]


_UNKNOWN, _SEVERAL, _NOTHING = np.uint32(0x110000), np.uint32(0x110001), np.uint32(0x110002)
"""No code points."""


@cache
def _table_of_points() -> NDArray[np.uint32]:
    table = np.full(0x110000, _UNKNOWN, np.uint32)
    table[0] = 0
    return table


def _one_point(character: str) -> int | np.uint32:
    folded = fold_character(character)
    if len(folded) > 1:
        return _SEVERAL
    return ord(folded) if folded else _NOTHING


def _points_of(texts: Sequence[str]) -> NDArray[np.uint32]:
    return np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), "<u4")


class _Table(dict[int, str]):
    """Asked once for each character that occurs."""

    def __missing__(self, point: int) -> str:
        self[point] = folded = fold_character(chr(point))
        return folded


_TABLE = _Table()
