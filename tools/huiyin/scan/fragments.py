"""Looking through pieces of HTML fast: whether there is anything at all that a closer look should see.

For pages that were stamped: their frame is looked through once, and of each only what it does not share with the
others. The closer look is ``looking.look``, which also knows where a thing stands; whatever it finds is suspected here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple
from urllib.parse import unquote

from huiyin.rules.privacy import PrivacySettings, find_personal, may_hold
from huiyin.scan.markup import INLINE, as_shown

GAP = "\n…………\n"
"""Stands between words that nobody reads as one. ``BREAK`` would be folded at a price; no pattern takes this for a
blank, so no word of one text is taken for a unit or a cue of another."""
_MARKUP = re.compile(r"(<[^<>]*>)")
_TYPED = re.compile(r"<[^<>]*>")
_TAG = re.compile(r"</?(?P<name>[A-Za-z][A-Za-z0-9]*)(?P<said>(?:\s+[A-Za-z_:-]+(?:=\"[^\"<>]*\")?)*\s*)/?>")
_ATTRIBUTE = re.compile(r"""\s([A-Za-z_:-]+)="([^"<>]*)\"""")
_VALUE = re.compile(r"""="[^"<>]*\"""")
_OURS = frozenset({"class", "id", "role", "rel", "aria-labelledby", "aria-hidden", "aria-current"})
"""Attributes whose values are this program's: few, so that each is judged once."""
_RAW = frozenset({"script", "style"})
"""What stands in these is no HTML."""
_STRANGE = re.compile("data:|'")
"""In a tag: something that is embedded, and a quote that is not ours."""
_NAMES = _OURS | {"href", "datetime", "title", "aria-label", "tabindex", "lang"}
_CODED = re.compile("[%&]")
_OPEN_REFERENCE = re.compile(r"&(?![#\w]+;)")
# As ``publish/render.py`` writes it: nothing else, and it would be looked at more closely than anything.
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:]{8}\+08:00)?")
# Ids of cases whose digits are too few for any number of a person, by themselves and at the end of an address.
_ID = re.compile("(?:people|portal|service)-[0-9]{1,9}")
_ADDRESS = re.compile(rf"/{_ID.pattern}/\Z")


class _UnsureError(Exception):
    """This is no HTML as this program writes it."""


class _Tag(NamedTuple):
    """A tag.

    Args:
        parts: whether it parts the words on both sides.
        says: what its attributes say.
    """

    parts: bool
    says: tuple[str, ...] = ()


def is_clean(pieces: Iterable[str], settings: PrivacySettings) -> bool:
    """Whether nothing in these pieces looks personal, neither their words nor the values of attributes.

    Args:
        pieces: HTML as this program writes it: attributes in double quotes, no comment or script, no raw angle bracket;
            anything else is not clean.
    """
    values: dict[str, None] = {}
    try:
        words = GAP.join([passage for piece in pieces for passage in _passages(piece, values)])
    except _UnsureError:
        return False
    text = html.unescape(as_shown(words))
    texts = [text, *values]
    if "<" in text:
        texts.append(_untagged(text))
    together = GAP.join(texts)
    # Most pages are dismissed by one look; of the rest a few words are in doubt, such as the numbers of other pages.
    return not may_hold(together) or not any(
        find_personal(f"{GAP}{part}{GAP}", settings) for part in dict.fromkeys(together.split(GAP))
    )


def _passages(piece: str, values: dict[str, None]) -> Iterator[str]:
    """The words of a piece that are read together; what attributes say is added to ``values``."""
    words: list[str] = []
    split = _MARKUP.split(piece)
    for word, written in zip_longest(split[::2], split[1::2]):
        if "<" in word or ">" in word or ("&" in word and _OPEN_REFERENCE.search(word)):
            raise _UnsureError
        words.append(word)
        typed = "&" in word and "<" in html.unescape(word)
        if typed:
            values[_untagged(as_shown(word))] = None
        if written is not None:
            tag = _read(written)
            if tag.says:
                values.update(dict.fromkeys(tag.says))
            if not (tag.parts or typed):
                continue
        passage = "".join(words).strip()
        words.clear()
        if passage and not _ID.fullmatch(passage):
            yield _ADDRESS.sub("/", passage)


@lru_cache(maxsize=4096)
def _read(written: str) -> _Tag:
    form = _TAG.fullmatch(written)
    if form is None or form["name"].lower() in _RAW or _STRANGE.search(html.unescape(written)):
        raise _UnsureError
    return _Tag(form["name"].lower() not in INLINE, tuple(_said(form["said"])))


def _said(written: str) -> Iterator[str]:
    if written.count('"') != (plain := html.unescape(written)).count('"'):
        raise _UnsureError  # a quote within a value ends it for whoever reads on
    if plain != written:
        yield plain
    names = _VALUE.sub(" ", written)
    if not _NAMES.issuperset(names.split()):
        yield names
    for name, escaped in _ATTRIBUTE.findall(written):
        if (name in _OURS and not _CODED.search(escaped) and not may_hold(escaped)) or (
            name == "datetime" and _MOMENT.fullmatch(escaped)
        ):
            continue
        value = _ADDRESS.sub("/", html.unescape(escaped))
        yield value
        if "%" in value:
            yield unquote(value)
        if "<" in value:
            yield _untagged(escaped)


def _untagged(escaped: str) -> str:
    """A text without the tags that somebody typed in it, which a reader reads over."""
    return _TYPED.sub("", html.unescape(html.unescape(escaped)))
