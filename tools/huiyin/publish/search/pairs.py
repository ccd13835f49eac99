"""Which pair of characters stands in which document: found with numpy, for no loop of Python is fast enough."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from huiyin.publish.search.document import Document
from huiyin.publish.search.folding import fold
from huiyin.publish.search.layout import FACET, SECOND_BITS

DOCUMENT_BITS = 22
"""Of a key: first character, second character, document; a segment holds at most four million documents."""
_BATCH = 2_000_000
"""Characters that are looked at together; bounds the memory."""
_END = "\0"
"""Parts texts from each other; no folded text holds it."""
Keys = NDArray[np.uint64]


def find_pairs(texts: Iterable[str]) -> Keys:
    """Each pair of neighbouring characters with the number of its document, once, in order.

    Args:
        texts: one folded text a document; ``join`` parts the fields in it.
    """
    runs = [_pairs_of(batch, first) for first, batch in _batches(texts)]
    return _ordered(np.concatenate([np.zeros(0, np.uint64), *runs]))


def join(texts: Iterable[str]) -> str:
    """Texts of one document, folded, so that no pair bridges two of them."""
    return "".join(f"{fold(text)}{_END}" for text in texts)


def find_facets(documents: Sequence[Document], values: Sequence[Sequence[str]]) -> Keys:
    """The same for the values that results are filtered by, under keys that no character has.

    Args:
        values: of each facet, those that occur; their positions are their numbers.
    """
    keys = []
    for kind, known in enumerate(values):
        number = {value: i for i, value in enumerate(known)}
        for position, document in enumerate(documents):
            keys += [_key(FACET + kind, number[value], position) for value in set(document.facets()[kind])]
    return _ordered(np.array(keys, np.uint64))


def _key(first: int, second: int, document: int) -> int:
    return (first << SECOND_BITS | second) << DOCUMENT_BITS | document


def _batches(texts: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """(number of the first, texts)."""
    batch: list[str] = []
    first = size = 0
    for text in texts:
        batch.append(text)
        size += len(text)
        if size >= _BATCH:
            yield first, batch
            first, batch, size = first + len(batch), [], 0
    if batch:
        yield first, batch


def _pairs_of(batch: Sequence[str], first: int) -> Keys:
    points = np.frombuffer("".join(batch).encode("utf-32-le", "surrogatepass"), "<u4")
    documents = np.repeat(np.arange(first, first + len(batch), dtype=np.uint64), [len(text) for text in batch])
    inside = (points[:-1] != 0) & (points[1:] != 0)
    left, right = (part[inside].astype(np.uint64) for part in (points[:-1], points[1:]))
    joined: Keys = (left << np.uint64(SECOND_BITS) | right) << np.uint64(DOCUMENT_BITS) | documents[:-1][inside]
    return _ordered(joined)


def _ordered(keys: Keys) -> Keys:
    """Sorted, each once; ``np.unique`` takes five times as long."""
    keys.sort()
    fresh = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=fresh[1:])
    found: Keys = keys if fresh.all() else keys[fresh]
    return found
