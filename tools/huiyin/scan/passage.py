"""What readers give and what they raise: words with the place where they stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

from huiyin.model.personal import Confidence, Finding

BREAK = "\n¦¦\n"
"""Stands between words that a reader of the file would not read as one: no disguise of a number bridges it."""
SURE = 11
"""Characters that chance does not write; a mobile number has as many."""
Locate = Callable[[int], tuple[int | None, str]]
"""Position in a text → its 1-based line in the file, or None, and in words where that is."""


class UnreadableError(Exception):
    """A file that cannot be looked through to its last byte, so that nobody can say what is in it.

    Args:
        code: HY762 unknown, HY763 damaged, HY765 packed in a way that is not opened.
        why: in Chinese, without anything of the content.
    """

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that are read as one.

    Args:
        text: kept out of ``repr``, which may end up in a log.
        locate: see ``Locate``.
        exact: whether a person reads it as it stands; a string dug out of binary data is not (see ``counts``).
        place: a word that comes before what ``locate`` says, such as the name of a file in an archive.
    """

    text: str = field(repr=False)
    locate: Locate
    exact: bool = True
    place: str = ""

    def counts(self, finding: Finding) -> bool:
        """Whether a finding is one: compressed bytes look like short addresses and accounts by mere chance."""
        long = finding.end - finding.start >= SURE
        return self.exact or (finding.confidence is Confidence.CERTAIN and long)

    def where(self, position: int) -> tuple[int | None, str]:
        """The line and the place of a position of the text."""
        line, place = self.locate(position)
        return line, "，".join(part for part in (self.place, place) if part)


def at(place: str) -> Locate:
    """A passage that stands in one named place."""
    return lambda position: (None, f"{place}第{position + 1}字" if place else f"第{position + 1}字")


def lines_of(text: str) -> Locate:
    """A passage that is the file itself."""

    def locate(position: int) -> tuple[int | None, str]:
        line = text.count("\n", 0, position) + 1
        return line, f"第{line}行第{position - (text.rfind(chr(10), 0, position) + 1) + 1}字"

    return locate


class Pieces:
    """Words gathered from all over a file, set apart by ``BREAK``, each knowing where it came from."""

    def __init__(self, locate: Locate) -> None:
        self._locate = locate
        self._parts: list[str] = []
        self._starts: list[int] = []
        self._origins: list[int] = []
        self._length = 0

    def add(self, text: str, origin: int) -> None:
        """Add words that go on with those before; ``origin`` is what ``locate`` understands."""
        self._parts.append(text)
        self._starts.append(self._length)
        self._origins.append(origin)
        self._length += len(text)

    def end(self) -> None:
        """What comes next is read by itself."""
        if self._parts and self._parts[-1] is not BREAK:
            self._parts.append(BREAK)
            self._length += len(BREAK)

    def passage(self) -> Passage:
        """All of it."""

        def locate(position: int) -> tuple[int | None, str]:
            if not self._starts:
                return self._locate(0)
            return self._locate(self._origins[max(bisect_right(self._starts, position) - 1, 0)])

        return Passage("".join(self._parts), locate)
