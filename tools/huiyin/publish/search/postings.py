"""From (term, document) keys to the bytes of entries: gaps as varints, or a bitmap where that is shorter.

Everything is done to whole arrays: a hundred thousand letters have some millions of entries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huiyin.publish.search.layout import BITMAP, HEADER, LENGTH_BYTES, TERM_BYTES, TITLE_BITMAP, TITLED
from huiyin.publish.search.pairs import DOCUMENT_BITS, Keys, gather

_SLICE = 1_000_000
"""Keys that are encoded together; bounds the memory."""
Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ragged:
    """Strings of bytes of different length behind each other.

    Args:
        sizes: bytes of each, in order.
    """

    stream: Bytes
    sizes: Numbers

    def starts(self) -> Numbers:
        """Where each begins."""
        return np.cumsum(self.sizes) - self.sizes

    def take(self, order: Numbers) -> Ragged:
        """These strings, in this order."""
        sizes = self.sizes[order]
        return Ragged(self.stream[places(self.starts()[order], sizes)], sizes)


@dataclass(frozen=True, slots=True)
class Postings:
    """The documents of each term; ``bitmaps`` says in which of the two forms."""

    terms: Keys
    documents: Ragged
    bitmaps: NDArray[np.bool_]


def encode_entries(keys: Keys, titles: Keys, documents: int) -> tuple[Keys, Ragged]:
    """The terms and the entry of each, as ``layout`` describes it.

    Args:
        keys: of all texts and facets, in order, each once.
        titles: of titles, a part of ``keys``.
        documents: in the segment; a bitmap is that many bits.
    """
    titled = _encode(titles, documents)
    terms, streams, sizes = [], [], []
    for part in _slices(keys):
        found, entries = _entries(_encode(part, documents), titled)
        terms.append(found)
        streams.append(entries.stream)
        sizes.append(entries.sizes)
    return gather(terms, np.uint64), Ragged(gather(streams, np.uint8), gather(sizes, np.int64))


def _slices(keys: Keys) -> Iterator[Keys]:
    """The keys in parts that never cut a term in two."""
    start = 0
    while start < len(keys):
        stop = min(start + _SLICE, len(keys))
        if stop < len(keys):
            following = (keys[stop - 1] >> np.uint64(DOCUMENT_BITS)) + np.uint64(1)
            stop = int(np.searchsorted(keys, following << np.uint64(DOCUMENT_BITS)))
        yield keys[start:stop]
        start = stop


def _entries(postings: Postings, titled: Postings) -> tuple[Keys, Ragged]:
    terms, posted = postings.terms, postings.documents
    # Which of these terms stand in titles, and where among those.
    at = np.flatnonzero(np.isin(terms, titled.terms, assume_unique=True))
    of = np.searchsorted(titled.terms, terms[at])
    before = titled.documents.take(of)
    title_sizes = np.zeros(len(terms), np.int64)
    title_sizes[at] = LENGTH_BYTES + before.sizes
    flags = np.where(postings.bitmaps, BITMAP, 0)
    flags[at] |= np.where(titled.bitmaps[of], TITLED | TITLE_BITMAP, TITLED)
    lengths = 1 + title_sizes + posted.sizes
    sizes = HEADER + lengths
    out = np.empty(int(sizes.sum()), np.uint8)
    starts = np.cumsum(sizes) - sizes
    _put_numbers(out, starts, terms.astype(np.int64), TERM_BYTES)
    _put_numbers(out, starts + TERM_BYTES, lengths, LENGTH_BYTES)
    out[starts + HEADER] = flags
    body = starts + HEADER + 1
    _put_numbers(out, body[at], before.sizes, LENGTH_BYTES)
    out[places(body[at] + LENGTH_BYTES, before.sizes)] = before.stream
    out[places(body + title_sizes, posted.sizes)] = posted.stream
    return terms, Ragged(out, sizes)


def _encode(keys: Keys, documents: int) -> Postings:
    term = keys >> np.uint64(DOCUMENT_BITS)
    number = (keys & np.uint64((1 << DOCUMENT_BITS) - 1)).astype(np.int64)
    starts = np.flatnonzero(np.diff(term, prepend=~term[:1]))
    gaps = np.diff(number, prepend=0)
    gaps[starts] = number[starts]
    varints = _varints(gaps)
    counts = np.diff(starts, append=len(keys))
    posted = Ragged(varints.stream, np.add.reduceat(varints.sizes, starts) if len(starts) else varints.sizes)
    bitmaps = posted.sizes > -(-documents // 8)
    for_bitmaps = [number[starts[i] : starts[i] + counts[i]] for i in np.flatnonzero(bitmaps)]
    return Postings(term[starts], _with_bitmaps(posted, bitmaps, for_bitmaps, documents), bitmaps)


def _with_bitmaps(posted: Ragged, bitmaps: NDArray[np.bool_], numbers: list[Numbers], documents: int) -> Ragged:
    """Bitmaps in the place of what is longer; there are few of them, so a loop will do."""
    width = -(-documents // 8)
    starts, pieces, copied = posted.starts(), [], 0
    for i, members in zip(np.flatnonzero(bitmaps), numbers, strict=True):
        bits = np.zeros(documents, np.uint8)
        bits[members] = 1
        pieces += [posted.stream[copied : starts[i]], np.packbits(bits, bitorder="little")]
        copied = int(starts[i] + posted.sizes[i])
    return Ragged(np.concatenate([*pieces, posted.stream[copied:]]), np.where(bitmaps, width, posted.sizes))


def _varints(values: Numbers) -> Ragged:
    """Seven bits a byte, the low ones first, the high bit set where more follow."""
    sizes = 1 + (values >= 1 << 7).astype(np.int64) + (values >= 1 << 14) + (values >= 1 << 21)
    found = Ragged(np.zeros(int(sizes.sum()), np.uint8), sizes)
    starts = found.starts()
    for byte in range(4):
        here = np.flatnonzero(sizes > byte)
        more = np.where(sizes[here] > byte + 1, 0x80, 0)
        found.stream[starts[here] + byte] = (values[here] >> 7 * byte & 0x7F) | more
    return found


def _put_numbers(out: Bytes, places: Numbers, values: Numbers, size: int) -> None:
    """Write each value at its place, little-endian."""
    for byte in range(size):
        out[places + byte] = values >> 8 * byte & 0xFF


def places(starts: Numbers, sizes: Numbers) -> Numbers:
    """Where each byte of strings stands that begin at ``starts``."""
    before = np.cumsum(sizes) - sizes
    found: Numbers = np.repeat(starts - before, sizes)
    found += np.arange(len(found))
    return found
