"""Reading what is in canonical form, in one pass that is also the proof of that form.

Nearly every file of the record is canonical. For such a file this reader gives what ``yaml.parse`` gives, in a
quarter of the time, and says with it that ``canonical`` would write those very bytes. Whatever it does not know for
certain it leaves to the strict reader: it returns None and refuses nothing. So it never decides what is wrong, needs no
foreign parser, and can neither run deep nor crash.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from huiyin.repo.canonical import ACTOR_KEYS, CASE_KEYS, EVENT_KEYS, HEADER, MAX_FLOW, SOURCE_KEYS, STEP_KEYS, quote

Order = Mapping[str, int]

_CONSTANTS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_QUOTED = r'"(?:[^"\\]|\\["\\n])*"'
_UNQUOTED = r'[^",\[\]{}]+'
_PAIR = re.compile(rf"([a-z_]+): ({_QUOTED}|{_UNQUOTED})(?:, |\Z)")
_ITEM = re.compile(rf"({_QUOTED}|{_UNQUOTED})(?:, |\Z)")
_ESCAPE = re.compile(r'\\(["\\n])')
_SHORT = 48
"""Characters of a value that may come again: ids, persons, words of the schema; longer ones are texts."""


class _Unsure(Exception):  # noqa: N818 - says that another reader must be asked, which is no error
    """This is not, or not surely, the canonical form."""


def _order(keys: Sequence[str]) -> Order:
    return {key: number for number, key in enumerate(keys)}


_CASE = _order(CASE_KEYS)
_SOURCE = _order(SOURCE_KEYS)
_STEP = _order(STEP_KEYS)
_EVENTS = {kind: _order(keys) for kind, keys in EVENT_KEYS.items()}
_FLOWS: Mapping[str, Order] = {"source": _SOURCE, "by": _order(ACTOR_KEYS)}


def read_canonical(text: str) -> dict[str, Any] | None:
    """The document of a canonical case, or None where the strict reader must be asked.

    Args:
        text: clean (``characters.is_clean``) and of a size that the dialect allows.

    Returns:
        What ``yaml.parse`` gives; only if ``canonical`` of it is the text.
    """
    if not text.startswith(HEADER) or not text.endswith("\n"):
        return None
    try:
        return _Lines(text).case() or None
    except (_Unsure, IndexError):
        return None


class _Lines:
    """The lines of one file and how far they are read."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.end = len(self.lines) - 1  # behind the last line feed there is nothing
        self.at = 1

    def case(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        last = -1
        while self.at < self.end:
            key, colon, rest = self.lines[self.at].partition(":")
            number = _CASE.get(key, -1)
            if number <= last or not colon:
                raise _Unsure
            last = number
            self.at += 1
            if rest:
                found[key] = self.value(key, rest, "")
            elif key == "events":
                found[key] = self.events()
            else:
                raise _Unsure
        return found

    def events(self) -> list[dict[str, Any]]:
        found = []
        while self.at < self.end:
            kind = self.lines[self.at].removeprefix("  - type: ")
            order = _EVENTS.get(kind)
            if order is None:
                raise _Unsure
            found.append(self.mapping("  - ", "    ", order))
        if not found:
            raise _Unsure
        return found

    def mapping(self, lead: str, pad: str, order: Order) -> dict[str, Any]:
        """One item of a list: its first line begins with ``lead``, the others with ``pad``."""
        found: dict[str, Any] = {}
        last, indent = -1, len(pad)
        while self.at < self.end and self.lines[self.at].startswith(lead):
            key, colon, rest = self.lines[self.at][indent:].partition(":")
            number = order.get(key, -1)
            if number <= last or not colon:
                raise _Unsure
            last, lead = number, pad
            self.at += 1
            if rest:
                found[key] = self.value(key, rest, pad)
            elif key == "handling":
                found[key] = self.steps(pad)
            else:
                raise _Unsure
        if last < 0:
            raise _Unsure
        return found

    def steps(self, pad: str) -> list[dict[str, Any]]:
        lead = f"{pad}  - "
        found = []
        while self.at < self.end and self.lines[self.at].startswith(lead):
            found.append(self.mapping(lead, f"{pad}    ", _STEP))
        if not found:
            raise _Unsure
        return found

    def value(self, key: str, rest: str, pad: str) -> Any:
        if rest[0] != " ":
            raise _Unsure
        first = rest[1:2]
        if first == "|":
            return self.literal(rest[2:], f"{pad}  ")
        if first in "{[":
            # Copied, for a document is its owner's to change.
            return _mapping(rest, key).copy() if first == "{" else _list(rest).copy()
        return _known_scalar(rest[1:]) if len(rest) < _SHORT and key != "at" else _scalar(rest[1:])

    def literal(self, header: str, pad: str) -> str:
        start, width = self.at, len(pad)
        lines = self.lines
        while self.at < self.end and (not lines[self.at] or lines[self.at].startswith(pad)):
            self.at += 1
        written = lines[start : self.at]
        text = "\n".join([line[width:] for line in written])
        body = text.rstrip("\n")
        if pad in written or not body.strip(" \n") or (header[:1] == "2") != (body[0] in " \n"):
            raise _Unsure
        match header.removeprefix("2"), len(text) > len(body):
            case "", False:
                return f"{body}\n"
            case "-", False if "\n" in body:
                return body
            case "+", True:
                return f"{text}\n"
        raise _Unsure


def _scalar(written: str) -> Any:
    """A value on one line."""
    if written[:1] == '"':
        if len(written) < 2 or written[-1] != '"':
            raise _Unsure
        text = _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], written[1:-1])
        if "\n" in text and text.strip(" \n"):
            raise _Unsure
    elif written in _CONSTANTS:
        return _CONSTANTS[written]
    elif _INTEGER.fullmatch(written):
        return int(written)
    else:
        text = written
    if quote(text) != written:
        raise _Unsure
    return text


_known_scalar = lru_cache(maxsize=8192)(_scalar)


@lru_cache(maxsize=8192)
def _mapping(rest: str, key: str) -> dict[str, Any]:
    """A mapping on one line, with the blank before it."""
    order = _FLOWS.get(key)
    pairs = _PAIR.findall(rest[2:-1])
    if order is None or not pairs or len(rest) > MAX_FLOW + 1:
        raise _Unsure
    numbers = [order.get(name, -1) for name, _ in pairs]
    if numbers != sorted(set(numbers)) or numbers[0] < 0:
        raise _Unsure
    if " {" + ", ".join(f"{name}: {written}" for name, written in pairs) + "}" != rest:
        raise _Unsure
    return {name: _in_flow(written) for name, written in pairs}


@lru_cache(maxsize=8192)
def _list(rest: str) -> list[Any]:
    """A list on one line, with the blank before it."""
    if rest == " []":
        return []
    pieces = _ITEM.findall(rest[2:-1])
    if f" [{', '.join(pieces)}]" != rest or len(rest) > MAX_FLOW + 1:
        raise _Unsure
    return [_in_flow(piece) for piece in pieces]


def _in_flow(written: str) -> Any:
    value = _scalar(written)
    if isinstance(value, str) and "\n" in value:
        raise _Unsure
    return value
