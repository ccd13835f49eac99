"""Synthetic documents for the search: words drawn as often as Chinese uses them, so that rare pairs occur.

The sentences of ``bench.corpus`` repeat and have few pairs of characters; these have more than real letters, which is
the hard case. Nothing here means anything, and every text says that it is invented.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

import jieba

from huiyin.publish.search.document import Document

FIRST_DAY = date(2023, 1, 1)
LAST_DAY = date(2026, 11, 20)
TOPICS = ("环境保护", "交通运输", "医疗卫生", "教育", "劳动社保", "住房", "城乡建设", "其他")
UNITS = tuple((f"unit{n:02}", f"演示单位{n:02}") for n in range(60))
CHANNELS = (("people", "人民网"), ("portal", "政民互动"), ("service", "政务服务网"))


def documents(size: int, seed: int = 20261123) -> Iterator[Document]:
    """``size`` documents in order of publication, about 540 characters each."""
    words, weights = _words()
    rng = random.Random(seed)  # noqa: S311 - repeatable data, no secret
    span = (LAST_DAY - FIRST_DAY).days + 1

    def text(count: int) -> str:
        drawn = rng.choices(words, cum_weights=weights, k=count)
        return "".join(f"{word}，" if i % 9 == 8 else word for i, word in enumerate(drawn)) + "。"

    for number in range(size):
        day = FIRST_DAY + timedelta(days=number * span // size)
        channel = rng.choices(CHANNELS, (6, 3, 1))[0]
        yield Document(
            id=f"{channel[0]}-{number:08d}",
            address=f"cases/{day:%Y/%m}/{channel[0]}-{number:08d}/",
            title=text(rng.randint(5, 10)),
            day=day,
            parts=(
                ("留言", f"{text(rng.randint(40, 160))}（演示用虚构留言）"),
                ("答复", f"{text(rng.randint(80, 260))}（演示用虚构答复）"),
            ),
            unit=rng.choice(UNITS),
            channel=channel,
            topics=tuple(rng.sample(TOPICS, rng.randint(1, 2))),
            year=f"{day:%Y}",
        )


def _words() -> tuple[list[str], list[int]]:
    """The words of jieba's dictionary, and the running sum of how often each occurs."""
    lines = Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8").splitlines()
    found = [line.split(" ")[:2] for line in lines]
    return [word for word, _ in found], list(accumulate(int(count) for _, count in found))
