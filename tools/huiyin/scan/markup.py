"""HTML, XML and what is made of it, read by one tokenizer that loses nothing.

No parser of markup is used, on purpose: a parser repairs, and what it drops while repairing is published all the same.
Here whatever is not clearly a tag is text, and of a tag, too, all but its name is read: attributes, comments,
declarations, processing instructions. Nothing is expanded, so nothing can explode.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import unquote, unquote_to_bytes

from huiyin.scan.passage import Locate, Passage, Pieces, UnreadableError, lines_of

_TOKEN = re.compile(
    r"<!--(?P<comment>.*?)(?:-->|\Z)"
    r"|<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)"
    r"|<(?P<other>[!?][^<>]*)>"
    r"|<(?P<close>/?)(?P<name>[A-Za-z][^\s/>\"'<]*)(?P<attributes>(?:[^>\"'<]+|\"[^\"]*\"|'[^']*')*+)>",
    re.DOTALL,
)
_RAW_END = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style")}
_JSON_TYPE = re.compile(r"""type\s*=\s*["']?application/(?:[\w.+-]*\+)?json\b""", re.IGNORECASE)
_VALUE = re.compile(r"""=\s*("[^"]*"|'[^']*')""", re.DOTALL)
_DATA_ADDRESS = re.compile(r"data:(?P<type>[\w/+.-]*)(?P<options>(?:;[\w=-]+)*),(?P<data>[^\"')\s>]*)")
_BLANKS = re.compile(r"[ \t\r\n\f]{2,}")
# Rows of numbers that only a machine draws with.
_DRAWING = re.compile(r"""(?<![\w-])(?:d|points|viewBox)\s*=\s*(?:"[MLHVCSQTAZmlhvcsqtaze\d\s.,+-]*"|'[\d\s.,-]*')""")
INLINE = frozenset({
    *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "dfn", "em", "font", "i", "ins", "kbd", "label", "mark"),
    *("q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tspan", "tt", "u", "var"),
    "wbr",
})  # fmt: skip
"""Within these words go on: a number is one even where half of it is bold."""
OFFICE_BLOCKS = frozenset({
    *("p", "si", "c", "row", "v", "tr", "tc", "is", "item", "comment", "section", "br", "tab", "cr", "lpstr", "Cell"),
    *("Row", "Data"),
})  # fmt: skip
"""In Office's XML all else goes on, since every change of style in a word is an element."""
Nested = Callable[[str, bytes], Iterator[Passage]]
"""Reads what is embedded, by a name and its bytes."""


def read_html(text: str, nested: Nested) -> Iterator[Passage]:
    """A page: words as they are read, attributes, comments, scripts, data in scripts and addresses."""
    return _read(text, nested, raw=True, is_block=lambda name: name.lower() not in INLINE)


def read_xml(text: str, nested: Nested, *, office: bool = False) -> Iterator[Passage]:
    """Any XML; with ``office`` that of a document or a workbook."""
    if office:
        return _read(text, nested, raw=False, is_block=lambda name: name.rpartition(":")[2] in OFFICE_BLOCKS)
    return _read(text, nested, raw=False, is_block=lambda name: name.rpartition(":")[2] not in INLINE)


def _read(text: str, nested: Nested, *, raw: bool, is_block: Callable[[str], bool]) -> Iterator[Passage]:
    locate = lines_of(text)
    words, beside = Pieces(locate), Pieces(locate)
    position, end = 0, len(text)
    while position < end:
        found = _TOKEN.search(text, position)
        stop = found.start() if found else end
        if stop > position:
            _words(words, text[position:stop], position)
        if found is None:
            break
        position = found.end()
        name = (found["name"] or "").lower()
        if found["cdata"] is not None:
            _words(words, found["cdata"], found.start())
        elif found["name"] is None:
            beside.add(html.unescape(found["comment"] or found["other"] or ""), found.start())
            beside.end()
        else:
            if is_block(found["name"]):
                words.end()
            if found["attributes"].strip(" /\n"):
                yield from _attributes(beside, found["attributes"], found.start("attributes"), nested)
            if raw and name in _RAW_END and not found["close"]:
                closing = _RAW_END[name].search(text, position)
                inside = text[position : closing.start() if closing else end]
                yield from _embedded(inside, text.count("\n", 0, position), found["attributes"], nested)
                position += len(inside)
    for pieces in (words, beside):
        yield pieces.passage()


def as_shown(text: str) -> str:
    """The text as a browser shows it: any number of blanks and line breaks as one."""
    return _BLANKS.sub(lambda found: "\n" if "\n" in found[0] else " ", text)


def _words(words: Pieces, text: str, origin: int) -> None:
    plain = html.unescape(as_shown(text))
    words.add(plain, origin)
    if "<" in plain and "<" not in text:  # markup inside of markup, as feeds and indexes hold it
        words.end()
        words.add(re.sub(r"<[^<>]*>", "", html.unescape(plain)), origin)
        words.end()


def _attributes(beside: Pieces, attributes: str, origin: int, nested: Nested) -> Iterator[Passage]:
    read = html.unescape(_DRAWING.sub("", attributes))
    if "data:" in read:
        for found in _DATA_ADDRESS.finditer(read):
            yield from nested(*_decode(found))
        read = _DATA_ADDRESS.sub("", read)
    for value in _VALUE.finditer(read):
        beside.add(value[1][1:-1], origin)
        beside.end()
        if "%" in value[1]:
            beside.add(unquote(value[1][1:-1]), origin)
            beside.end()
        if "<" in value[1]:
            beside.add(re.sub(r"<[^<>]*>", "", html.unescape(value[1])), origin)
            beside.end()
    if rest := _VALUE.sub(" ", read).strip(" /\n"):
        beside.add(rest, origin)
        beside.end()


def _embedded(inside: str, above: int, attributes: str, nested: Nested) -> Iterator[Passage]:
    """A script or a style sheet, data in a script as data; ``above`` lines come before it."""
    if not inside.strip():
        return
    name = "内嵌数据.json" if _JSON_TYPE.search(attributes) else "内嵌脚本.js"
    for passage in nested(name, inside.encode(errors="surrogatepass")):
        yield replace(passage, locate=_below(passage.locate, above))


def _below(locate: Locate, above: int) -> Locate:
    def moved(position: int) -> tuple[int | None, str]:
        line, place = locate(position)
        return (above + (line or 1)), place

    return moved


def _decode(found: re.Match[str]) -> tuple[str, bytes]:
    """Name and bytes of what a ``data:`` address holds.

    Raises:
        UnreadableError: HY763.
    """
    kind = found["type"].rpartition("/")[2].partition("+")[0] or "txt"
    name = f"内嵌数据.{ {'plain': 'txt', 'javascript': 'js', 'x-icon': 'ico'}.get(kind, kind) }"
    content = unquote_to_bytes(found["data"])
    if "base64" not in found["options"]:
        return name, content
    try:
        return name, base64.b64decode(content + b"=" * (-len(content) % 4), validate=True)
    except binascii.Error:
        raise UnreadableError("HY763", "data:地址中的内容不能解码") from None
