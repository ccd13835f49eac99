"""A frame: the HTML of a page in which slots stand for all that differs from page to page of its kind."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from huiyin.model.problem import HuiyinError, Problem

_START, _END = "hyslotq", "qhyend"
_TOKEN = re.compile(f"{_START}([a-z]+){_END}")


class Slot(StrEnum):
    """What differs; the value is made of letters alone, so that nothing on its way through the theme changes it."""

    TITLE = "title"
    DESCRIPTION = "description"
    CANONICAL = "canonical"
    STRUCTURED = "structured"
    CONTENT = "content"

    @property
    def token(self) -> str:
        """What stands in a frame for it."""
        return token(self.value)


def token(name: str) -> str:
    """What stands in a frame for a slot of that name.

    Args:
        name: small letters of ASCII.
    """
    return f"{_START}{name}{_END}"


def feed_slots(count: int) -> list[tuple[str, str]]:
    """(slot of the title, slot of the path) of each feed that a page names."""
    return [(f"feedtitle{letter}", f"feedpath{letter}") for letter in "abcdefgh"[:count]]


@dataclass(frozen=True, slots=True)
class Frame:
    """What stays the same.

    Args:
        parts: texts before, between and behind the slots; one more than there are slots.
        slots: their names, in the order of the page; one may come several times.
    """

    parts: tuple[str, ...]
    slots: tuple[str, ...]

    def fill(self, values: Mapping[str, str]) -> str:
        """The page.

        Args:
            values: what stands in each slot, escaped as its place in the page needs.
        """
        parts = self.parts
        text = [parts[0]]
        for slot, part in zip(self.slots, parts[1:], strict=True):
            text.append(values[slot])
            text.append(part)
        return "".join(text)

    @property
    def html(self) -> str:
        """The frame without anything in its slots, as it is looked through."""
        return "".join(self.parts)


def split(html: str, expected: Collection[str], page: str) -> Frame:
    """The frame in what MkDocs rendered.

    Args:
        expected: names of the slots that a page of this kind fills.
        page: whose kind it is, for the message.

    Raises:
        HuiyinError: HY842, the theme has lost a slot or changed one.
    """
    pieces = _TOKEN.split(html)
    slots = tuple(pieces[1::2])
    lost = set(expected) - set(slots)
    left = set(slots) - set(expected) or any(_START in part or _END in part for part in pieces[::2])
    if lost or left:
        names = "、".join(sorted(lost)) if lost else "未填写的占位"
        raise HuiyinError(Problem("HY842", f"页面框架（{page}）中{'缺少' if lost else '多出'}{names}。"))
    return Frame(tuple(pieces[::2]), slots)
