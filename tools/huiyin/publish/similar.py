"""Which published replies resemble which: for the reader whose question was answered elsewhere. Pure, deterministic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import log

from huiyin.publish.view import PublicCase

SHOWN = 5
"""Similar replies named on a page."""
RAREST = 10
"""Pairs of characters of a case by which others are looked for: its rarest say the most."""
CROWD = 60
FEW = 4
"""A pair that stands in more than ``CROWD`` cases, or in more than a twelfth of all but at least ``FEW``, says too
little; and it would cost too much."""
SAME_TOPIC = 1.5
SAME_UNIT = 1.0
"""What a shared topic or unit adds, in the measure of one shared pair that is as rare as can be (which adds 1)."""
ENOUGH = 1.2
"""Shared pairs that weigh less than this are chance; twice as many are needed where no topic is shared."""


def find_similar(cases: Sequence[PublicCase], shown: int = SHOWN) -> dict[str, tuple[PublicCase, ...]]:
    """The most similar replies of each case, best first, by id.

    Title and message are cut into pairs of characters, an inverted index leads from each pair to its cases, and a case
    looks only at the cases that share one of its ``RAREST`` pairs. So the cost grows with the number of cases times
    ``RAREST`` times ``CROWD`` at the most. What is not public of a private reply plays no part: only views are read.

    Args:
        cases: the published ones, latest publication first, which also settles ties.
        shown: as many at the most.
    """
    pairs = [_pairs(case) for case in cases]
    index: Mapping[str, list[int]] = defaultdict(list)
    for number, found in enumerate(pairs):
        for pair in found:
            index[pair].append(number)
    crowd = min(CROWD, max(FEW, len(cases) // 12))
    telling = {pair: numbers for pair, numbers in index.items() if 1 < len(numbers) <= crowd}
    weights = {size: 1 / (1 + log(size / 2)) for size in range(2, CROWD + 1)}
    return {
        case.id: tuple(cases[other] for other in _best(number, pairs[number], cases, telling, weights, shown))
        for number, case in enumerate(cases)
    }


def _best(
    number: int,
    pairs: Iterable[str],
    cases: Sequence[PublicCase],
    telling: Mapping[str, list[int]],
    weights: Mapping[int, float],
    shown: int,
) -> Iterator[int]:
    case = cases[number]
    rarest = sorted((len(telling[pair]), pair) for pair in pairs if pair in telling)[:RAREST]
    scores: dict[int, float] = defaultdict(float)
    for size, pair in rarest:
        for other in telling[pair]:
            scores[other] += weights[size]
    scores.pop(number, None)
    topics = set(case.topics)
    ranked = []
    for other, score in scores.items():
        same_topic = not topics.isdisjoint(cases[other].topics)
        if score >= (ENOUGH if same_topic else 2 * ENOUGH):
            ranked.append((-score - SAME_TOPIC * same_topic - SAME_UNIT * (case.unit == cases[other].unit), other))
    yield from (other for _, other in sorted(ranked)[:shown])


def _pairs(case: PublicCase) -> frozenset[str]:
    text = f"{case.title}\n{case.body or ''}"
    return frozenset(a + b for a, b in pairwise(text) if a.isalnum() and b.isalnum())
