"""Cleaning the text of spreadsheets, of which each platform dirties it in its own way."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeAlias

MISSING_GLYPH = "〓"
"""What Chinese typesetters put where they lack a character; it stands for what nobody but the sender can see."""


class Cleaned(NamedTuple):
    """A cleaned text; ``replaced`` tells that characters were lost to ``MISSING_GLYPH``."""

    text: str
    replaced: bool


_BREAKS = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
# Office Open XML writes control characters as _x000D_, and a literal "_x" as _x005F_x.
_ESCAPE = re.compile(r"_x(00[01][0-9A-Fa-f]|005[Ff](?=_x[0-9A-Fa-f]{4}_))_")
# Only real tags with real attributes: “<A市新图>” is the title of a document.
_ATTRIBUTES = r"""(?:\s+[a-z:-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>]+))*\s*/?"""
_BLOCK_TAG = re.compile(rf"</?(?:br|p|div|tr|li|ul|ol|table|tbody|h[1-6]){_ATTRIBUTES}>", re.IGNORECASE)
_INLINE_TAG = re.compile(rf"</?(?:span|font|b|strong|i|em|u|a|td|th|o:p){_ATTRIBUTES}>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BLANK_LINES = re.compile(r"\n(?:\s*\n){2,}")
_INVISIBLE = {"Cc", "Cf"}
_UNSEEN = {"Co", "Cn", "Cs"}
_NO_ZERO_WIDTH = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff\u00ad")
_Swap: TypeAlias = dict[str, str | int | None]


def _decode_escapes(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def _strip_html(text: str) -> str:
    if "<" in text:
        text = _INLINE_TAG.sub("", _BLOCK_TAG.sub("\n", text))
    return _ENTITY.sub(lambda m: html.unescape(m[0]), text) if "&" in text else text


def _usual_spaces(text: str) -> str:
    odd: _Swap = {c: " " for c in set(text) if c == "\t" or (c not in " \u3000" and unicodedata.category(c) == "Zs")}
    return text.translate(str.maketrans(odd)) if odd else text


def _drop_invisible(text: str) -> str:
    # Breaks first, for a carriage return is a control character that means something.
    text = _BREAKS.sub("\n", text)
    if text.isprintable():
        return text
    swap: _Swap = {}
    for character in set(text) - {"\n"}:
        category = unicodedata.category(character)
        if category in _INVISIBLE:
            swap[character] = ""
        elif category in _UNSEEN:
            swap[character] = MISSING_GLYPH
    return text.translate(str.maketrans(swap)) if swap else text


def _strip_lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n"))


def _collapse_blank_lines(text: str) -> str:
    return _BLANK_LINES.sub("\n\n", text).strip("\n")


STEPS: Mapping[str, Callable[[str], str]] = {
    "excel_escapes": _decode_escapes,
    "html": _strip_html,
    "spaces": _usual_spaces,
    "invisible": _drop_invisible,
    "padding": _strip_lines,
    "blank_lines": _collapse_blank_lines,
}
"""The steps in the order in which they are taken; a mapping names those that it wants."""


def clean(text: str, steps: Iterable[str] = tuple(STEPS)) -> Cleaned:
    """Clean a text of several lines.

    Args:
        text: as it stands in the cell.
        steps: keys of ``STEPS``; the order is that of the table.
    """
    wanted = set(steps)
    before = text.count(MISSING_GLYPH)
    for name, step in STEPS.items():
        if name in wanted:
            text = step(text)
    return Cleaned(text, text.count(MISSING_GLYPH) > before)


def clean_line(text: str, steps: Iterable[str] = tuple(STEPS)) -> Cleaned:
    """Clean a text of one line, such as a title: every run of white space becomes one space."""
    cleaned = clean(text, steps)
    return Cleaned(" ".join(cleaned.text.split()), cleaned.replaced)


def squeeze(text: str) -> str:
    """Give the text as it is compared: full and half width made equal (NFKC), white space and unseen marks left out."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(folded.split()).translate(_NO_ZERO_WIDTH)
