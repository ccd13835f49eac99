"""Runs of digits as people write and disguise them: in groups, in Chinese numerals, with marks between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

_VALUES = {
    **{str(i): str(i) for i in range(10)},
    **dict(zip("零〇○一二两三四五六七八九", "0001223456789", strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖幺", "1234567891", strict=True)),
    # Letters that look like digits; a run needs real digits besides (``Run.honest``).
    **dict(zip("OoIl", "0011", strict=True)),
    **dict.fromkeys("Xx×", "X"),
}
DIGIT = "0-9零〇○一二两三四五六七八九壹贰叁肆伍陆柒捌玖幺"
_STRONG = r"\s\-‐‑‒–—―−~～_.·•‧・"
_WEAK = r",，、。/()（）|*:：;；"
_RUN = re.compile(rf"[{DIGIT}](?:[{_STRONG}{_WEAK}]{{0,3}}[{DIGIT}OoIlXx×]){{6,}}")
SIGNS = (_RUN.pattern,)
"""What every finding here begins with; see ``suspicion``."""
_WEAK_MARK = re.compile(f"[{_WEAK}]")
_LETTERS = frozenset("OoIl")


@dataclass(frozen=True)
class Run:
    """Digits that stand together.

    Args:
        digits: their values; X for the check character of an identity number.
        places: where each stands in the text that was read.
        text: that text.
    """

    digits: str
    places: list[int]
    text: str

    @cached_property
    def edges(self) -> set[int]:
        """Indices of digits before which a group begins, and the end."""
        gaps = {i for i in range(1, len(self.places)) if self.places[i] != self.places[i - 1] + 1}
        return gaps | {0, len(self.places)}

    @cached_property
    def borders(self) -> set[int]:
        """The edges, and where Arabic digits meet Chinese ones (0931-8888888一直没人接)."""
        plain = [self.text[place].isascii() for place in self.places]
        return self.edges | {i for i in range(1, len(plain)) if plain[i] != plain[i - 1]}

    def is_whole(self, start: int, end: int) -> bool:
        """Whether nothing goes on before or behind the digits ``start:end``."""
        return start in self.borders and end in self.borders

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the digits ``start:end`` stand in the text."""
        return self.places[start], self.places[end - 1] + 1

    def groups(self, start: int, end: int) -> list[int]:
        """How many digits each group between ``start`` and ``end`` has."""
        cuts = [start, *(i for i in range(start + 1, end) if i in self.edges), end]
        return [b - a for a, b in pairwise(cuts)]

    def gaps(self, start: int, end: int) -> list[str]:
        """What stands between the groups."""
        inner = (i for i in range(start + 1, end) if i in self.edges)
        return [self.text[self.places[i - 1] + 1 : self.places[i]] for i in inner]

    def is_weak(self, start: int, end: int) -> bool:
        """Whether marks that part a list or a sentence stand inside."""
        return any(_WEAK_MARK.search(gap) for gap in self.gaps(start, end))

    def honest(self, start: int, end: int) -> int:
        """How many of them are digits and not letters that look like digits."""
        return sum(self.text[p] not in _LETTERS for p in self.places[start:end])


def find_runs(text: str) -> Iterator[Run]:
    """Each run of seven digits or more."""
    for match in _RUN.finditer(text):
        places = [i for i in range(match.start(), match.end()) if text[i] in _VALUES]
        yield Run("".join(_VALUES[text[i]] for i in places), places, text)
