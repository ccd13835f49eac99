"""The files of one segment: a pure function of its documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from huiyin.publish.search.document import FACETS, Document
from huiyin.publish.search.layout import (
    CHUNK_BYTES,
    CHUNK_DOCUMENTS,
    ENDING,
    MAGIC,
    SECOND_BITS,
    SHARD_BYTES,
)
from huiyin.publish.search.pairs import Keys, find_facets, find_pairs, join
from huiyin.publish.search.postings import Ragged, encode_entries

_TOGETHER = 512
"""Files that are put together at once; bounds the memory."""


@dataclass(frozen=True, slots=True)
class Segment:
    """What the browser must know of a segment before it reads it.

    Args:
        documents: how many there are; they are numbered from the oldest.
        shards: files of pairs.
        chunk: documents in a file of texts.
        facets: of each of ``FACETS``, its values; their positions are their numbers.
        labels: (id, name) of units and of channels.
    """

    documents: int
    shards: int
    chunk: int
    facets: tuple[tuple[str, ...], ...]
    labels: tuple[tuple[tuple[str, str], ...], ...]


def make_segment(documents: Sequence[Document]) -> tuple[Segment, Iterator[tuple[str, bytes]]]:
    """The segment, and (path, content) of its files.

    Args:
        documents: from the oldest.
    """
    values = tuple(tuple(sorted({v for d in documents for v in d.facets()[kind]})) for kind in range(len(FACETS)))
    pairs = find_pairs(join(d.searched()) for d in documents)
    titles = find_pairs(join([d.title]) for d in documents)
    # A facet's term is larger than every pair, so what is joined is still in order.
    keys: Keys = np.concatenate([pairs, find_facets(documents, values)])
    terms, found = encode_entries(keys, titles, len(documents))
    texts = [d.packed() for d in documents]
    segment = Segment(
        documents=len(documents),
        shards=max(1, -(-len(found.stream) // SHARD_BYTES)),
        chunk=max(1, min(CHUNK_DOCUMENTS, CHUNK_BYTES * len(texts) // max(1, sum(len(t.encode()) for t in texts)))),
        facets=values,
        labels=(tuple(sorted({d.unit for d in documents})), tuple(sorted({d.channel for d in documents}))),
    )

    def files() -> Iterator[tuple[str, bytes]]:
        yield from _pair_files(terms, found, segment.shards)
        for number, start in enumerate(range(0, len(texts), segment.chunk)):
            yield f"{number}.json", f"[{','.join(texts[start : start + segment.chunk])}]\n".encode()

    return segment, files()


def describe(segment: Segment) -> dict[str, object]:
    """The segment as the manifest tells it."""
    return {
        "documents": segment.documents,
        "shards": segment.shards,
        "chunk": segment.chunk,
        "facets": dict(zip(FACETS, segment.facets, strict=True)),
        "labels": dict(zip(("unit", "channel"), (dict(names) for names in segment.labels), strict=True)),
    }


def hashes(terms: Keys, shards: int) -> NDArray[np.uint32]:
    """Which of the files of a segment holds each term; the same as in the browser."""
    first = (terms >> np.uint64(SECOND_BITS)).astype(np.uint32)
    second = (terms & np.uint64((1 << SECOND_BITS) - 1)).astype(np.uint32)
    mixed = first * np.uint32(0x9E3779B1) ^ second * np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(15)
    mixed *= np.uint32(0x2C1B3C6D)
    found: NDArray[np.uint32] = (mixed ^ mixed >> np.uint32(13)) % np.uint32(shards)
    return found


def _pair_files(terms: Keys, entries: Ragged, shards: int) -> Iterator[tuple[str, bytes]]:
    """Every file, also those without an entry: a browser that asks for a rare pair must not get an error."""
    shard = hashes(terms, shards)
    order = np.argsort(shard, kind="stable")
    ends = np.searchsorted(shard[order], np.arange(shards + 1))
    for first in range(0, shards, _TOGETHER):
        last = min(first + _TOGETHER, shards)
        block = entries.take(order[ends[first] : ends[last]])
        places = np.concatenate(([0], np.cumsum(block.sizes)))[ends[first : last + 1] - ends[first]].tolist()
        for number, (start, end) in enumerate(pairwise(places), first):
            yield f"{number}.{ENDING}", MAGIC + block.stream[start:end].tobytes()
