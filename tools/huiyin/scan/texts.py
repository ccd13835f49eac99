"""Plain words and plain data: text, scripts, JSON, JSON Lines, CSV."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

from huiyin.scan.passage import Passage, Pieces, UnreadableError, at, lines_of

MAX_CELL = 16 * 1024 * 1024
_CONTINUED = re.compile(r"\\\r?\n[ \t]*")
_ESCAPE = re.compile(r"\\u\{([0-9A-Fa-f]{1,6})\}|\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})|\\([0-9A-Fa-f]{4,6})\b")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_FOREIGN = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


def decode(data: bytes) -> str:
    """The text of a file; everything that is published here is UTF-8.

    Raises:
        UnreadableError: HY763.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableError("HY763", "不是UTF-8编码") from None
    if "\0" in text or data.startswith(_FOREIGN):
        raise UnreadableError("HY763", "文字中有空字符，不是文字文件")
    return text


def read_text(data: bytes) -> Iterator[Passage]:
    """Text, a script, a style sheet: as it stands, and with its escapes resolved where it has any."""
    text = decode(data)
    yield Passage(text, lines_of(text))
    if (plain := unescaped(text)) != text:
        yield Passage(plain, lines_of(plain))


def unescaped(text: str) -> str:
    """The text as a program or YAML reads it: escapes resolved, lines that a backslash continues without an indent."""
    if "\\" not in text:
        return text
    joined = _CONTINUED.sub("\n", text)  # the line stays, so that lines are counted rightly
    return _ESCAPE.sub(lambda m: _character(int(next(g for g in m.groups() if g), 16)), joined)


def read_json(data: bytes) -> Iterator[Passage]:
    """Each key and value of a document, duplicates included, numbers digit by digit.

    Raises:
        UnreadableError: HY763.
    """
    text = decode(data)
    yield _of_json(text)


def read_json_lines(data: bytes) -> Iterator[Passage]:
    """One document a line.

    Raises:
        UnreadableError: HY763.
    """
    for number, line in enumerate(decode(data).split("\n"), 1):
        if line.strip():
            yield _of_json(line, number)


def read_csv(data: bytes) -> Iterator[Passage]:
    """Each cell by itself.

    Raises:
        UnreadableError: HY763.
    """
    pieces = Pieces(lambda line: (line, f"第{line}行"))
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(decode(data), newline=""), strict=True)
    try:
        for row in reader:
            for cell in row:
                pieces.add(cell, reader.line_num)
                pieces.end()
    except csv.Error:
        raise UnreadableError("HY763", "不是完好的CSV") from None
    yield pieces.passage()


def values(pieces: Pieces, value: Any, origin: int) -> None:
    """Every text and number within a value of Python's, set apart.

    Raises:
        RecursionError: it is nested without end.
    """
    match value:
        case None | bool():
            pass
        case str():
            pieces.add(value, origin)
            pieces.end()
            if "<" in value and _TAG.search(value):
                pieces.add(_TAG.sub("", value), origin)
                pieces.end()
        case dict():
            for key, below in value.items():
                values(pieces, key, origin)
                values(pieces, below, origin)
        case list() | tuple():
            for below in value:
                values(pieces, below, origin)
        case bytes():
            values(pieces, value.decode(errors="replace"), origin)
        case _:
            values(pieces, str(value), origin)


def _of_json(text: str, line: int | None = None) -> Passage:
    # Numbers stay as they are written, and of a key that stands twice both are read.
    try:
        document = json.loads(text, parse_int=str, parse_float=str, object_pairs_hook=list)
        pieces = Pieces(lambda origin: (line, f"第{line}行" if line else f"第{origin}个值"))
        leaves = _leaves(document)
        for number, leaf in enumerate(leaves, 1):
            values(pieces, leaf, number)
    except (ValueError, RecursionError):
        raise UnreadableError("HY763", "不是完好的JSON") from None
    return pieces.passage()


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for below in value:
            yield from _leaves(below)
    else:
        yield value


def _character(point: int) -> str:
    return chr(point) if point < 0x110000 and not 0xD800 <= point < 0xE000 else "\ufffd"


def named(place: str, text: str) -> Passage:
    """A passage that stands in one named place, such as a field of an image."""
    return Passage(text, at(place))
