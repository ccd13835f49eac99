"""The characters that no file of the repository may hold (design §3): what cannot be seen must not decide.

Refused are the Unicode categories Cc (every control but the line feed, so tab and carriage return too), Cf (zero-width
and bidirectional characters), Zl, Zp, Cs, Co and Cn. Ideographic and no-break spaces are text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_KINDS = {
    "Cc": "控制字符",
    "Cf": "零宽或文字方向控制字符",
    "Zl": "行分隔符",
    "Zp": "段分隔符",
    "Cs": "不成对的代理码",
    "Co": "私用区字符",
    "Cn": "未分配的字符",
}
_NAMES = {"\t": "制表符", "\r": "回车符", "\0": "空字符", "\ufeff": "零宽不换行空格（BOM）"}


def is_clean(text: str) -> bool:
    """Tell whether the text holds no forbidden character."""
    # isprintable() runs in C. It refuses all that we refuse, and every space but " " too, so the usual one goes first.
    return text.replace("\n", "").replace("\u3000", "").isprintable() or not _forbidden_in(text)


def find_forbidden(text: str) -> Iterator[tuple[int, str]]:
    """Yield the 1-based line and the character for each forbidden character of the text, in order."""
    bad = _forbidden_in(text)
    if bad:
        for number, line in enumerate(text.split("\n"), start=1):
            for character in line:
                if character in bad:
                    yield number, character


def name(character: str) -> str:
    """Give the character's code point and kind in Chinese, such as ``U+200B(零宽或文字方向控制字符)``."""
    kind = _NAMES.get(character) or _KINDS[unicodedata.category(character)]
    return f"U+{ord(character):04X}（{kind}）"


def _forbidden_in(text: str) -> set[str]:
    return {c for c in set(text) if c != "\n" and unicodedata.category(c) in _KINDS}
