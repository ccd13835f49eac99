"""Looking through pieces of HTML fast: whether there is anything at all that a closer look should see.

For pages that were stamped: their frame is looked through once, and of each only what it does not share with the
others. The closer look is ``looking.look``, which also knows where a thing stands.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from urllib.parse import unquote

from huiyin.rules.privacy import PrivacySettings, find_personal
from huiyin.scan.markup import INLINE

GAP = "\n…………\n"
"""Stands between words that nobody reads as one. ``BREAK`` would be folded at a price; no pattern takes this for a
blank, so no word of one text is taken for a unit or a cue of another."""
# Dates as ``publish/render.py`` writes them hold nothing else, and would be looked at more closely than anything.
_DATE = re.compile(
    r'<time datetime="[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:]{8}\+08:00)?">'
    r"[0-9]{1,4}年[0-9]{1,2}月[0-9]{1,2}日(?: [0-9]{2}:[0-9]{2})?</time>"
)
# Of attributes only those that hold more than names: letters, blanks and dashes are no person's.
_VALUE = re.compile(r'="([A-Za-z _-]*[^A-Za-z _"<>-][^"<>]*)"')
# But an address of mail may be spelt out in letters alone.
_SPELT = re.compile(r'="([^"<>]*\s(?:at|dot)\s[^"<>]*)"', re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_INLINE = re.compile(rf"</?(?:{'|'.join(sorted(INLINE, key=len, reverse=True))})(?:\s[^<>]*)?>")
_BLOCK = re.compile(r"(?:\s*<[^<>]*>)+\s*")
_BLANKS = re.compile(r"[ \t\r\n\f]{2,}")


def is_clean(pieces: Iterable[str], settings: PrivacySettings) -> bool:
    """Whether nothing in these pieces looks personal, neither their words nor the values of attributes.

    Args:
        pieces: HTML as this program writes it: attributes in double quotes, no comment or script, no raw angle bracket.
    """
    texts: dict[str, None] = {}
    for piece in pieces:
        words = piece
        if "<" in piece:
            words = _DATE.sub(" ", piece)
            for value in (*_VALUE.findall(words), *_SPELT.findall(words)):
                texts[value] = None
                if "%" in value:
                    texts[unquote(value)] = None
            words = _BLOCK.sub(GAP, _BLANKS.sub("\n", _INLINE.sub("", words)))
        texts[words] = None
    whole = html.unescape(GAP.join(texts))
    # Tags that somebody typed are text, and a reader reads over them.
    return not find_personal(whole, settings) and not ("<" in whole and find_personal(_TAG.sub("", whole), settings))
