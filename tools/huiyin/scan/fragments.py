"""Looking through pieces of HTML fast: whether there is anything at all that a closer look should see.

For pages that were stamped: their frame is looked through once, and of each only what it does not share with the
others. The closer look is ``looking.look``, which also knows where a thing stands.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote

from huiyin.rules.privacy import PrivacySettings, find_personal
from huiyin.scan.markup import INLINE

GAP = "\n…………\n"
"""Stands between words that nobody reads as one. ``BREAK`` would be folded at a price; no pattern takes this for a
blank, so no word of one text is taken for a unit or a cue of another."""
# Dates as ``publish/render.py`` writes them hold nothing else, and would be looked at more closely than anything.
_DATE = re.compile(r'<time datetime="[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:]{8}\+08:00)?">')
_TAGS = re.compile(r"(<[^<>]*>)")
_TAG = re.compile(r"<[^<>]*>")
_INLINE = re.compile(rf"</?(?:{'|'.join(sorted(INLINE, key=len, reverse=True))})(?:\s[^<>]*)?>")
# Of attributes only those that hold more than names: letters, blanks and dashes are no person's.
_VALUE = re.compile(r'="([A-Za-z _-]*[^A-Za-z _"<>-][^"<>]*)"')
# But an address of mail may be spelt out in letters alone.
_SPELT = re.compile(r'="([^"<>]*\s(?:at|dot)\s[^"<>]*)"', re.IGNORECASE)
# Ids of cases whose digits are too few for any number of a person, by themselves and in the address of a page.
_ID = re.compile("(?:people|portal|service)-[0-9]{1,9}")
_ADDRESS = re.compile(rf"/{_ID.pattern}/(?!\S)")
_BLANKS = re.compile(r"[ \t\r\n\f]{2,}")


def is_clean(pieces: Iterable[str], settings: PrivacySettings) -> bool:
    """Whether nothing in these pieces looks personal, neither their words nor the values of attributes.

    Args:
        pieces: HTML as this program writes it: attributes in double quotes, no comment or script, no raw angle bracket.
    """
    texts: dict[str, None] = {}
    for piece in pieces:
        if "<" in piece:
            texts[_words(piece, texts)] = None
        else:
            texts[piece] = None
    whole = _ADDRESS.sub("/", html.unescape(GAP.join(texts)))
    # Tags that somebody typed are text, and a reader reads over them.
    return not find_personal(whole, settings) and not ("<" in whole and find_personal(_TAG.sub("", whole), settings))


def _words(piece: str, values: dict[str, None]) -> str:
    """The words of a piece as they are read together; what its attributes say is added to ``values``."""
    words = [GAP]
    parts = _TAGS.split(piece)
    for word, tag in zip(parts[::2], (*parts[1::2], GAP), strict=True):
        parted, said = _tag(tag)
        alone = parted and words[-1] is GAP
        if word and not (alone and (word.isspace() or _ID.fullmatch(word))):
            words.append(word)
        if parted and words[-1] is not GAP:
            words.append(GAP)
        values.update(said)
    return _BLANKS.sub("\n", "".join(words))


@lru_cache(maxsize=4096)
def _tag(tag: str) -> tuple[bool, dict[str, None]]:
    """Whether a tag parts the words on both sides of it, and what its attributes say."""
    between = _INLINE.fullmatch(tag) is None
    if _DATE.fullmatch(tag):
        return between, {}
    values = [*_VALUE.findall(tag), *_SPELT.findall(tag)]
    values += [unquote(value) for value in values if "%" in value]
    return between, dict.fromkeys(values)
