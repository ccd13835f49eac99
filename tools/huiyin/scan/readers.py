"""Which reader reads which file. To add a type: a function that yields passages, and a line in ``READERS``.

A reader takes bytes and gives every word that is in them, or raises ``UnreadableError``; it knows no file, no clock and
no setting, so that what was found in some bytes once need never be looked for again. What has no line here is refused:
fonts, PDF, programs, and whatever comes next year. Such a file may still be published, once somebody has looked at it
and put its hash into site/vendored.sha256.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from huiyin.publish.search.layout import ENDING, FACET
from huiyin.publish.search.reading import read_entries
from huiyin.scan import packed, tables
from huiyin.scan.markup import read_html, read_xml
from huiyin.scan.passage import BREAK, Passage, UnreadableError, at
from huiyin.scan.pictures import dig, read_image
from huiyin.scan.texts import decode, read_csv, read_json, read_json_lines, read_text

Reader = Callable[[str, bytes, int], Iterator[Passage]]

NAMED_TEXTS = frozenset(
    {"cname", ".nojekyll", "_headers", "_redirects", "license", "notice", "readme", ".gitattributes"}
)
"""Files without an ending that are text."""


def read(name: str, data: bytes, depth: int = 0) -> Iterator[Passage]:
    """Every word of a file.

    Args:
        name: its file name; the ending says what it is, and its bytes must agree.
        depth: how many archives it lies in.

    Raises:
        UnreadableError: HY762 to HY765.
    """
    base = name.rpartition("/")[2].lower()
    ending = base.rpartition(".")[2] if "." in base else ""
    reader = READERS.get("txt" if base in NAMED_TEXTS else ending)
    if reader is None:
        raise UnreadableError("HY762", f"不认识的文件类型{'“.' + ending + '”' if _is_plain(ending) else ''}")
    yield from reader(name, data, depth)


def _is_plain(ending: str) -> bool:
    """An ending may hold anything, and messages repeat nothing."""
    return ending.isascii() and ending.isalpha() and len(ending) <= 8


def _text(name: str, data: bytes, depth: int) -> Iterator[Passage]:
    return read_text(data)


def _html(name: str, data: bytes, depth: int) -> Iterator[Passage]:
    return read_html(decode(data), partial(_nested, depth))


def _xml(name: str, data: bytes, depth: int) -> Iterator[Passage]:
    return read_xml(decode(data), partial(_nested, depth))


def _nested(depth: int, name: str, data: bytes) -> Iterator[Passage]:
    if depth >= packed.MAX_DEPTH:
        raise UnreadableError("HY765", f"内容套了超过{packed.MAX_DEPTH}层")
    return read(name, data, depth + 1)


def _json(name: str, data: bytes, depth: int) -> Iterator[Passage]:
    return read_json(data)


def _json_lines(name: str, data: bytes, depth: int) -> Iterator[Passage]:
    return read_json_lines(data)


def _csv(name: str, data: bytes, depth: int) -> Iterator[Passage]:
    return read_csv(data)


def _gzip(name: str, data: bytes, depth: int) -> Iterator[Passage]:
    yield from packed.read_gzip(name, data, depth, read)
    yield from dig(data[:4096])  # the name that a packed file had


def _zip(name: str, data: bytes, depth: int) -> Iterator[Passage]:
    yield from packed.read_zip(data, depth, read)
    yield from dig(data)


def _office(name: str, data: bytes, depth: int) -> Iterator[Passage]:
    yield from packed.read_zip(data, depth, read, office=True)
    yield from dig(data)


def _image(name: str, data: bytes, depth: int) -> Iterator[Passage]:
    return read_image(data)


def _parquet(name: str, data: bytes, depth: int) -> Iterator[Passage]:
    yield from tables.read_parquet(data)
    yield from dig(data)


def _sqlite(name: str, data: bytes, depth: int) -> Iterator[Passage]:
    yield from tables.read_sqlite(data)
    yield from dig(data)  # also what was deleted, and still lies in its pages


def _pairs(name: str, data: bytes, depth: int) -> Iterator[Passage]:
    """The search's files: each pair of characters by itself, for in the index, too, it is next to nothing."""
    try:
        pairs = [chr(e.first) + chr(e.second) for e in read_entries(data) if e.first < FACET]
    except ValueError:
        raise UnreadableError("HY763", "搜索索引已损坏或不完整") from None
    yield Passage(BREAK.join(pairs), at("搜索索引"))


READERS: dict[str, Reader] = {
    **dict.fromkeys(("html", "htm", "xhtml"), _html),
    **dict.fromkeys(("xml", "svg", "atom", "rss", "xsl", "rels", "vml"), _xml),
    **dict.fromkeys(("json", "geojson", "webmanifest", "map"), _json),
    **dict.fromkeys(("jsonl", "ndjson"), _json_lines),
    **dict.fromkeys(("csv",), _csv),
    **dict.fromkeys(("txt", "md", "js", "mjs", "css", "yaml", "yml", "toml", "sha256", "ics", "vtt"), _text),
    **dict.fromkeys(("gz",), _gzip),
    **dict.fromkeys(("zip",), _zip),
    **dict.fromkeys(("xlsx", "docx", "pptx"), _office),
    **dict.fromkeys(("png", "jpg", "jpeg", "webp", "gif", "ico"), _image),
    **dict.fromkeys(("parquet",), _parquet),
    **dict.fromkeys(("sqlite", "sqlite3", "db"), _sqlite),
    ENDING: _pairs,
}
"""Ending → reader."""
