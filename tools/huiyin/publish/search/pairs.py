"""Which pair of characters stands in which document: found with numpy, for no loop of Python is fast enough."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from huiyin.publish.search.folding import fold_points
from huiyin.publish.search.layout import FACET, SECOND_BITS

DOCUMENT_BITS = 22
"""Of a key: first character, second character, document; a segment holds at most four million documents."""
_BATCH = 1_000_000
"""Characters that are looked at together; bounds the memory."""
_END = "\0"
"""Parts texts from each other."""
Keys = NDArray[np.uint64]
S = TypeVar("S", bound=np.generic)


class PairFinder:
    """Each pair of neighbouring characters with the number of its document, once, in order.

    Texts are given one after another and forgotten: of them all only the keys are kept, eight bytes each.
    """

    def __init__(self) -> None:
        self._runs: list[Keys] = []
        self._batch: list[str] = []
        self._first = 0
        self._size = 0

    def add(self, texts: Iterable[str]) -> None:
        """The texts of the next document, none of which holds a NUL; no pair bridges two of them."""
        joined = _END.join((*texts, ""))
        self._batch.append(joined)
        self._size += len(joined)
        if self._size >= _BATCH:
            self._look()

    def keys(self, *further: Keys) -> Keys:
        """All that was found, and further keys among them; the finder is empty afterwards."""
        self._look()
        self._runs += further
        return ordered(gather(self._runs, np.uint64))

    def _look(self) -> None:
        if self._batch:
            self._runs.append(_pairs_of(self._batch, self._first))
        self._first += len(self._batch)
        self._batch, self._size = [], 0


def find_facets(documents: Sequence[Sequence[Sequence[str]]], values: Sequence[Sequence[str]]) -> Keys:
    """The same for the values that results are filtered by, under keys that no character has.

    Args:
        documents: of each document, its values of each facet.
        values: of each facet, those that occur; their positions are their numbers.
    """
    keys = []
    for kind, known in enumerate(values):
        number = {value: i for i, value in enumerate(known)}
        for position, facets in enumerate(documents):
            keys += [_key(FACET + kind, number[value], position) for value in set(facets[kind])]
    return ordered(np.array(keys, np.uint64))


def gather(parts: list[NDArray[S]], kind: type[S]) -> NDArray[S]:
    """Arrays behind each other; each is let go as soon as it was copied, so that no two copies stand in memory."""
    whole = np.empty(sum(len(part) for part in parts), kind)
    start = 0
    parts.reverse()
    while parts:
        part = parts.pop()
        whole[start : start + len(part)] = part
        start += len(part)
    return whole


def _key(first: int, second: int, document: int) -> int:
    return (first << SECOND_BITS | second) << DOCUMENT_BITS | document


def _pairs_of(batch: Sequence[str], first: int) -> Keys:
    points, numbers = fold_points(batch)
    documents = numbers.astype(np.uint64) + np.uint64(first)
    inside = (points[:-1] != 0) & (points[1:] != 0)
    left, right = (part[inside].astype(np.uint64) for part in (points[:-1], points[1:]))
    joined: Keys = (left << np.uint64(SECOND_BITS) | right) << np.uint64(DOCUMENT_BITS) | documents[:-1][inside]
    return ordered(joined)


def ordered(keys: NDArray[S]) -> NDArray[S]:
    """Sorted in their place, each once; ``np.unique`` takes five times as long."""
    keys.sort()
    fresh = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=fresh[1:])
    return keys if fresh.all() else keys[fresh]
