"""From the bytes of entries back to (term, document) keys, all at once: what ``postings`` does, the other way round.

``reading.py`` reads one file strictly and slowly, for the scan; this reads thousands that this program has written.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huiyin.publish.search.layout import BITMAP, HEADER, LENGTH_BYTES, TERM_BYTES, TITLE_BITMAP, TITLED
from huiyin.publish.search.pairs import DOCUMENT_BITS, Keys
from huiyin.publish.search.postings import Bytes, Numbers, Ragged, places


@dataclass(frozen=True, slots=True)
class Found:
    """The entries of some files, in order.

    Args:
        stream: of the files, without ``MAGIC``, behind each other.
        files: position of each entry's file.
        starts: where each entry begins in the stream.
        sizes: bytes of each, its head included.
    """

    stream: Bytes
    files: Numbers
    terms: Keys
    starts: Numbers
    sizes: Numbers

    def take(self, which: Numbers) -> Ragged:
        """The bytes of some of them."""
        sizes = self.sizes[which]
        return Ragged(self.stream[places(self.starts[which], sizes)], sizes)


def find_entries(files: Ragged) -> Found:
    """Every entry of files of pairs.

    Args:
        files: their contents without ``MAGIC``.

    Raises:
        ValueError: an entry is cut off.
    """
    # Behind the end there is room for a head, so that all heads can be read before their ends are looked at.
    stream = np.append(files.stream, np.zeros(HEADER, np.uint8))
    at, ends = files.starts(), np.cumsum(files.sizes)
    file = np.arange(len(at))
    head = np.arange(8)
    found = []
    # One step through all files at once: as many steps as the fullest file has entries.
    while len(going := np.flatnonzero(at < ends)):
        file, at, ends = file[going], at[going], ends[going]
        words = stream[at[:, None] + head].view("<u8")[:, 0].astype(np.uint64)
        longer = stream[at + TERM_BYTES + 2].astype(np.int64)
        sizes = HEADER + ((words >> np.uint64(48)).astype(np.int64) | longer << 16)
        found.append((file, words & np.uint64((1 << 48) - 1), at, sizes))
        at = at + sizes
        if (at > ends).any():
            raise ValueError("an entry is cut off")
    if not found:
        none = np.zeros(0, np.int64)
        return Found(files.stream, none, none.astype(np.uint64), none, none)
    numbers, terms, starts, lengths = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.argsort(starts)
    return Found(files.stream, numbers[order], terms[order], starts[order], lengths[order])


def decode_entries(terms: Keys, entries: Ragged, documents: int) -> tuple[Keys, Keys]:
    """The keys of all texts and facets, and those of titles, each in order: what ``encode_entries`` was given."""
    starts, stream = entries.starts(), entries.stream
    flags = stream[starts + HEADER]
    titled = np.flatnonzero(flags & TITLED)
    before = np.zeros(len(terms), np.int64)
    before[titled] = LENGTH_BYTES + _numbers_at(stream, starts[titled] + HEADER + 1, LENGTH_BYTES)
    body = starts + HEADER + 1
    title_starts, title_sizes = body[titled] + LENGTH_BYTES, before[titled] - LENGTH_BYTES
    keys = _decode(terms, stream, body + before, entries.sizes - HEADER - 1 - before, flags & BITMAP != 0, documents)
    bitmaps = flags[titled] & TITLE_BITMAP != 0
    return keys, _decode(terms[titled], stream, title_starts, title_sizes, bitmaps, documents)


def _decode(
    terms: Keys, stream: Bytes, starts: Numbers, sizes: Numbers, bitmaps: NDArray[np.bool_], documents: int
) -> Keys:
    """Postings that stand anywhere in a stream, as keys in order."""
    heads = terms << np.uint64(DOCUMENT_BITS)
    found = [_decode_gaps(heads[~bitmaps], stream, starts[~bitmaps], sizes[~bitmaps])]
    # There are few bitmaps, so a loop will do.
    for i in np.flatnonzero(bitmaps):
        bits = np.unpackbits(stream[starts[i] : starts[i] + sizes[i]], count=documents, bitorder="little")
        found.append(heads[i] | np.flatnonzero(bits).astype(np.uint64))
    keys: Keys = np.concatenate(found)
    keys.sort()
    return keys


def _decode_gaps(heads: Keys, stream: Bytes, starts: Numbers, sizes: Numbers) -> Keys:
    if not len(heads):
        return heads
    before = np.cumsum(sizes) - sizes
    read = stream[places(starts, sizes)]
    last = read < 0x80
    ends = np.flatnonzero(last)
    begins = np.append(0, ends[:-1] + 1)
    # Seven bits a byte, the low ones first: how far each byte stands in its number.
    shift = 7 * (np.arange(len(read)) - np.repeat(begins, np.diff(begins, append=len(read))))
    gaps = np.add.reduceat((read.astype(np.int64) & 0x7F) << shift, begins)
    counts = np.add.reduceat(last.astype(np.int64), before)
    sums = np.cumsum(gaps)
    first = np.cumsum(counts) - counts
    numbers = sums - np.repeat(sums[first] - gaps[first], counts)
    found: Keys = np.repeat(heads, counts) | numbers.astype(np.uint64)
    return found


def _numbers_at(stream: Bytes, places: Numbers, size: int) -> Numbers:
    """Little-endian numbers of some bytes each."""
    found = np.zeros(len(places), np.int64)
    for byte in range(size):
        found |= stream[places + byte].astype(np.int64) << 8 * byte
    return found
