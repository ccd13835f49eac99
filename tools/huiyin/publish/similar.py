"""Which published replies resemble which: for the reader whose question was answered elsewhere. Pure, deterministic.

A reply is compared with those of the month in which it was published and of some months before, never with later
ones: so an old page does not change because of a new reply, and what was computed for a month holds for ever.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import groupby, pairwise
from math import log
from typing import NamedTuple

from huiyin.publish.digests import digest
from huiyin.publish.head import Head

SHOWN = 5
"""Similar replies named on a page."""
POOL = 5000
"""Replies with which those of a month are compared at least, where there are as many; whole months, newest first."""
RAREST = 10
"""Pairs of characters of a title by which others are looked for: its rarest say the most."""
CROWD = 60
FEW = 4
"""A pair that stands in more than ``CROWD`` titles, or in more than a twelfth of all but at least ``FEW``, says too
little; and it would cost too much."""
SAME_TOPIC = 1.5
SAME_UNIT = 1.0
"""What a shared topic or unit adds, in the measure of one shared pair that is as rare as can be (which adds 1)."""
ENOUGH = 1.2
"""Shared pairs that weigh less than this are chance; twice as many are needed where no topic is shared."""


class Compared(NamedTuple):
    """All of a reply that is compared; nothing of a private message but its title is public."""

    id: str
    title: str
    unit: str
    topics: tuple[str, ...]


class Pool(NamedTuple):
    """The replies published in a month, and those with which they are compared.

    Args:
        month: such as ``2026-11``.
        wanted: how many of the cases are of the month; they come first.
        cases: latest publication first, which also settles ties.
    """

    month: str
    wanted: int
    cases: tuple[Compared, ...]


def pools(heads: Sequence[Head]) -> Iterator[tuple[bytes, Callable[[], Pool]]]:
    """One for each month of publication, the newest first: the digest of what is in it, and how to make it.

    Args:
        heads: of all published cases, latest publication first.
    """
    months = [list(found) for _, found in groupby(heads, key=lambda head: head.published)]
    digests = [
        digest(part for head in month for part in (head.id, head.title, head.unit, *head.topics, ""))
        for month in months
    ]
    for first in range(len(months)):
        last, size = first, 0
        while last < len(months) and size < POOL:
            size += len(months[last])
            last += 1
        yield digest(digests[first:last]), partial(_pool, months[first:last])


def _pool(months: Sequence[Sequence[Head]]) -> Pool:
    cases = (Compared(head.id, head.title, head.unit, head.topics) for month in months for head in month)
    return Pool(months[0][0].published, len(months[0]), tuple(cases))


def find_similar(pool: Pool, shown: int = SHOWN) -> dict[str, tuple[str, ...]]:
    """The ids of the most similar replies of each case of the month, best first, by id.

    Titles are cut into pairs of characters, an inverted index leads from each pair to its cases, and a case looks only
    at the cases that share one of its ``RAREST`` pairs. So the cost grows with the number of cases times ``RAREST``
    times ``CROWD`` at the most.

    Args:
        shown: as many at the most.
    """
    cases = pool.cases
    pairs = [_pairs(case.title) for case in cases]
    index: Mapping[str, list[int]] = defaultdict(list)
    for number, found in enumerate(pairs):
        for pair in found:
            index[pair].append(number)
    crowd = min(CROWD, max(FEW, len(cases) // 12))
    telling = {pair: numbers for pair, numbers in index.items() if 1 < len(numbers) <= crowd}
    weights = {size: 1 / (1 + log(size / 2)) for size in range(2, CROWD + 1)}
    return {
        cases[number].id: tuple(cases[n].id for n in _best(number, pairs[number], cases, telling, weights, shown))
        for number in range(pool.wanted)
    }


def _best(
    number: int,
    pairs: Iterable[str],
    cases: Sequence[Compared],
    telling: Mapping[str, list[int]],
    weights: Mapping[int, float],
    shown: int,
) -> list[int]:
    case = cases[number]
    rarest = sorted((len(telling[pair]), pair) for pair in pairs if pair in telling)[:RAREST]
    scores: dict[int, float] = defaultdict(float)
    for size, pair in rarest:
        weight = weights[size]
        for other in telling[pair]:
            scores[other] += weight
    scores.pop(number, None)
    ranked = []
    for other, score in scores.items():
        if score < ENOUGH:
            continue
        same_topic = not set(case.topics).isdisjoint(cases[other].topics)
        if same_topic or score >= 2 * ENOUGH:
            ranked.append((-score - SAME_TOPIC * same_topic - SAME_UNIT * (case.unit == cases[other].unit), other))
    return [other for _, other in sorted(ranked)[:shown]]


@lru_cache(maxsize=4 * POOL)
def _pairs(title: str) -> tuple[str, ...]:
    """Each once, but for those of two digits: numbers in a title are no matter of it."""
    found = {a + b for a, b in pairwise(title) if a.isalnum() and b.isalnum() and not (a.isdecimal() and b.isdecimal())}
    return tuple(map(sys.intern, found))  # the same few thousand stand in all titles
