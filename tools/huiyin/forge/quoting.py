"""Other people's words in a Markdown comment: shown, and never obeyed.

Citizens and clerks write texts; whoever proposes a change writes paths and field names. Neither Markdown nor HTML, nor
a mention of somebody, nor a link may come of them on a forge.
"""

from __future__ import annotations

import re
import unicodedata

from huiyin.repo.characters import is_clean

_TICKS = re.compile("`+")
_WIDE = str.maketrans({"@": "\uff20", "#": "\uff03"})
# What Markdown, HTML, mathematics, emoji codes and automatic links are made of on GitHub and Gitea. A colon within a
# time of day is left alone.
_ACTIVE = re.compile(r"""[!$&*<>\[\\\]^_`|~"'{}]|(?<=www)\.|(?<!\d):|:(?!\d)""", re.IGNORECASE)


def plain(text: str) -> str:
    """Words that stand in a sentence or a list item: names and messages.

    Everything that could be markup becomes a character reference, ``@`` and ``#`` their full-width forms (a forge looks
    for mentions after it has resolved references), and a line end a space.
    """
    line = " ".join(visible(text).split()).translate(_WIDE)
    return _ACTIVE.sub(lambda found: f"&#{ord(found[0])};", line)


def code(text: str) -> str:
    """One line, character for character, as a code span."""
    line = visible(text).replace("\n", " ")
    if not line.strip():
        return "（空）"
    ticks = "`" * (_longest(line) + 1)
    pad = " " if line[0] in "` " or line[-1] in "` " else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def fence(text: str) -> str:
    """Lines, character for character, as a fenced block that nothing in them can close."""
    ticks = "`" * max(3, _longest(text) + 1)
    return f"{ticks}text\n{visible(text).rstrip(chr(10))}\n{ticks}"


def visible(text: str) -> str:
    """The text with characters that cannot be seen, or that turn others around, spelled out."""
    if is_clean(text):
        return text
    return "".join(c if c == "\n" or is_clean(c) else f"〔U+{ord(c):04X}〕" for c in _one_newline(text))


def _one_newline(text: str) -> str:
    return "".join("\n" if unicodedata.category(c) in {"Zl", "Zp"} else c for c in text.replace("\r\n", "\n"))


def _longest(text: str) -> int:
    return max((len(found) for found in _TICKS.findall(text)), default=0)
