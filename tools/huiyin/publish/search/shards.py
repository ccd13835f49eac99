"""The files of one segment: a pure function of its documents, which pass by once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, pairwise
from typing import IO

import numpy as np
from numpy.typing import NDArray

from huiyin.publish.search.document import FACETS, Document
from huiyin.publish.search.layout import ENDING, FACET, MAGIC, SECOND_BITS, chunk_for, shards_for
from huiyin.publish.search.pairs import Keys, PairFinder, find_facets
from huiyin.publish.search.postings import Ragged, encode_entries


@dataclass(frozen=True, slots=True)
class Segment:
    """What is known of a segment before its files are read.

    Args:
        documents: how many there are; they are numbered from the oldest.
        pair_bytes: of all entries.
        text_bytes: of all documents, packed.
        facets: of each of ``FACETS``, its values; their positions are their numbers.
        labels: (id, name) of units and of channels.
    """

    documents: int
    pair_bytes: int
    text_bytes: int
    facets: tuple[tuple[str, ...], ...]
    labels: tuple[tuple[tuple[str, str], ...], ...]

    @property
    def shards(self) -> int:
        """Files of pairs; those of filters come behind them, one for each value."""
        return shards_for(self.pair_bytes)

    @property
    def chunk(self) -> int:
        """Documents in a file of texts."""
        return chunk_for(self.documents, self.text_bytes)

    def names(self) -> Iterator[str]:
        """Of all its files, its description apart."""
        yield from (f"{n}.{ENDING}" for n in range(self.shards + sum(map(len, self.facets))))
        yield from (f"{n}.json" for n in range(-(-self.documents // self.chunk)))


def make_segment(documents: Iterable[Document], spool: IO[bytes]) -> tuple[Segment, Iterator[tuple[str, bytes]]]:
    """The segment, and (name, content) of its files.

    Args:
        documents: from the oldest.
        spool: an empty file for the texts, for a year of them is more than memory should hold.
    """
    pairs, titles = PairFinder(), PairFinder()
    facets, labels, sizes = [], (set[tuple[str, str]](), set[tuple[str, str]]()), []
    for document in documents:
        pairs.add(document.searched())
        titles.add([document.title])
        facets.append(document.facets())
        labels[0].add(document.unit)
        labels[1].add(document.channel)
        sizes.append(spool.write(document.packed().encode()))
    values = tuple(tuple(sorted({v for given in facets for v in given[kind]})) for kind in range(len(FACETS)))
    terms, found = encode_entries(pairs.keys(find_facets(facets, values)), titles.keys(), len(facets))
    pairs_end = int(np.searchsorted(terms, np.uint64(FACET << SECOND_BITS)))
    names = tuple(tuple(sorted(known)) for known in labels)
    segment = Segment(len(facets), len(found.stream), sum(sizes), values, names)

    def files() -> Iterator[tuple[str, bytes]]:
        yield from _pair_files(terms[:pairs_end], found, segment.shards)
        # A filter's posting has a file of its own: it is short, and every query that is filtered asks for it.
        for number, start, size in zip(count(segment.shards), found.starts()[pairs_end:], found.sizes[pairs_end:]):
            yield f"{number}.{ENDING}", MAGIC + found.stream[start : start + size].tobytes()
        spool.seek(0)
        for number, start in enumerate(range(0, len(sizes), segment.chunk)):
            yield text_file(number, [spool.read(size) for size in sizes[start : start + segment.chunk]])

    return segment, files()


def text_file(number: int, packed: Iterable[bytes]) -> tuple[str, bytes]:
    """(name, content) of the file of some documents, packed."""
    return f"{number}.json", b"[" + b",".join(packed) + b"]\n"


def _pair_files(terms: Keys, entries: Ragged, shards: int) -> Iterator[tuple[str, bytes]]:
    """Every file, also those without an entry: a browser that asks for a rare pair must not get an error."""
    shard = hashes(terms, shards)
    order = np.argsort(shard, kind="stable")
    ends = np.searchsorted(shard[order], np.arange(shards + 1)).tolist()
    starts, stream = entries.starts(), entries.stream.tobytes()
    for number, (first, last) in enumerate(pairwise(ends)):
        here = order[first:last]
        slices = map(slice, starts[here].tolist(), (starts[here] + entries.sizes[here]).tolist())
        yield f"{number}.{ENDING}", b"".join((MAGIC, *map(stream.__getitem__, slices)))


def hashes(terms: Keys, shards: int) -> NDArray[np.uint32]:
    """Which of the files of a segment holds each term; the same as in the browser."""
    first = (terms >> np.uint64(SECOND_BITS)).astype(np.uint32)
    second = (terms & np.uint64((1 << SECOND_BITS) - 1)).astype(np.uint32)
    mixed = first * np.uint32(0x9E3779B1) ^ second * np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(15)
    mixed *= np.uint32(0x2C1B3C6D)
    found: NDArray[np.uint32] = (mixed ^ mixed >> np.uint32(13)) % np.uint32(shards)
    return found
