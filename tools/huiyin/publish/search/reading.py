"""Reading a file of pairs back, strictly: every byte is accounted for, so that nothing can hide in one (第十九条)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from huiyin.publish.search.layout import (
    BITMAP,
    FLAGS,
    HEADER,
    LENGTH_BYTES,
    MAGIC,
    SECOND_BITS,
    TERM_BYTES,
    TITLE_BITMAP,
    TITLED,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One term: its two halves, the numbers of the documents that have it, and of those that have it in the title."""

    first: int
    second: int
    documents: tuple[int, ...]
    titles: tuple[int, ...]


def read_entries(data: bytes) -> Iterator[Entry]:
    """Every entry of a file.

    Raises:
        ValueError: it is not such a file, or not whole, or holds more than entries.
    """
    if not data.startswith(MAGIC):
        raise ValueError("not a file of pairs")
    position, before = len(MAGIC), -1
    while position < len(data):
        term = int.from_bytes(data[position : position + TERM_BYTES], "little")
        length = int.from_bytes(data[position + TERM_BYTES : position + HEADER], "little")
        body = data[position + HEADER : position + HEADER + length]
        if len(body) != length or length < 2 or term <= before:
            raise ValueError("an entry is cut off or out of order")
        yield _entry(term, body)
        position, before = position + HEADER + length, term


def _entry(term: int, body: bytes) -> Entry:
    flags, start = body[0], 1
    titles: tuple[int, ...] = ()
    if flags & ~FLAGS:
        raise ValueError("unknown flags")
    if flags & TITLED:
        start += LENGTH_BYTES
        length = int.from_bytes(body[1:start], "little")
        if start + length > len(body):
            raise ValueError("a posting is cut off")
        titles = _numbers(body[start : start + length], bitmap=bool(flags & TITLE_BITMAP))
        start += length
    documents = _numbers(body[start:], bitmap=bool(flags & BITMAP))
    if not set(titles) <= set(documents):
        raise ValueError("in a title and not in its document")
    return Entry(term >> SECOND_BITS, term & ((1 << SECOND_BITS) - 1), documents, titles)


def _numbers(posting: bytes, *, bitmap: bool) -> tuple[int, ...]:
    if bitmap:
        return tuple(8 * i + bit for i, byte in enumerate(posting) for bit in range(8) if byte >> bit & 1)
    found, number, gap, shift = [], 0, 0, 0
    for byte in posting:
        gap |= (byte & 0x7F) << shift
        shift += 7
        if byte & 0x80:
            continue
        number += gap
        found.append(number)
        gap = shift = 0
    if shift:
        raise ValueError("a number is cut off")
    return tuple(found)
