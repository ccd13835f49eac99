"""Postings as numpy writes them, read back by plain Python."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.publish.search.layout import FACET, MAGIC, SECOND_BITS
from huiyin.publish.search.pairs import DOCUMENT_BITS, PairFinder
from huiyin.publish.search.postings import encode_entries
from huiyin.publish.search.reading import read_entries
from huiyin.publish.search.shards import hashes
from tests.publish.search.indexed import shard_of

TERMS = st.integers(0, (FACET << SECOND_BITS) - 1)


@given(
    st.dictionaries(TERMS, st.sets(st.integers(0, 40_000), min_size=1, max_size=60), min_size=1, max_size=20),
    st.randoms(use_true_random=False),
)
def test_what_is_written_is_read(wanted: dict[int, set[int]], random: object) -> None:
    """Gaps of one, two and three bytes, any number of terms, some of them in titles."""
    titled = {term: {n for n in numbers if n % 3 == 0} for term, numbers in wanted.items() if term % 2}
    assert wanted == {t: n for t, (n, _) in read_back(wanted, titled, 40_001).items()}
    assert {t: n for t, n in titled.items() if n} == {
        t: n for t, (_, n) in read_back(wanted, titled, 40_001).items() if n
    }


@given(st.sets(st.integers(0, 199), min_size=1), st.sets(st.integers(0, 199), min_size=1))
def test_a_bitmap_stands_where_it_is_shorter(one: set[int], other: set[int]) -> None:
    """Common pairs take one bit a document, rare ones one byte or more."""
    found = read_back({5: one | {3}, 9: other, 11: {0}}, {5: {3}}, 200)
    assert {5: (one | {3}, {3}), 9: (other, set()), 11: ({0}, set())} == found
    entry = encode({7: set(range(0, 200, 2))}, 200)
    assert 9 + 1 + 25 == len(entry) - len(MAGIC)


def test_a_common_pair_among_many_documents() -> None:
    """A posting of a hundred thousand documents is twelve and a half kilobytes."""
    everyone = set(range(100_000))
    assert {5: (everyone, everyone)} == read_back({5: everyone}, {5: everyone}, 100_000)
    assert 9 + 1 + 12_500 == len(encode({5: everyone}, 100_000)) - len(MAGIC)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HYB2",
        MAGIC + b"\x01",
        MAGIC + (5 | 3 << 48).to_bytes(9, "little") + b"\x00\x01",
        MAGIC + (5 | 2 << 48).to_bytes(9, "little") + b"\x00\x81",
        MAGIC + (5 | 2 << 48).to_bytes(9, "little") + b"\x08\x01",
        MAGIC + (5 | 1 << 48).to_bytes(9, "little") + b"\x00",
        MAGIC + (5 | 6 << 48).to_bytes(9, "little") + b"\x02\x09\x00\x00\x01\x01",
        MAGIC + (5 | 6 << 48).to_bytes(9, "little") + b"\x02\x01\x00\x00\x02\x01",
        MAGIC + 2 * ((5 | 2 << 48).to_bytes(9, "little") + b"\x00\x01"),
        MAGIC + (5 | 2 << 48).to_bytes(9, "little") + b"\x00\x01" + b"13900000000",
    ],
    ids=[
        "empty", "other version", "half a term", "cut off", "half a number", "unknown flag", "no posting",
        "title too long", "title of another document", "twice", "more behind it",
    ],
)  # fmt: skip
def test_what_is_not_an_index_is_refused(data: bytes) -> None:
    """第十九条: nothing can hide in a file of the search."""
    with pytest.raises(ValueError, match=r"\w"):
        list(read_entries(data))


@given(st.lists(TERMS, min_size=1), st.integers(1, 5000))
def test_both_ways_to_a_file_are_one(terms: list[int], shards: int) -> None:
    """What numpy computes for all terms is what is computed for one."""
    assert [shard_of(term, shards) for term in terms] == hashes(np.array(terms, np.uint64), shards).tolist()


@given(st.lists(st.lists(st.text("甲乙丙ab𠮷\n", max_size=8), max_size=3), max_size=6))
def test_pairs_are_those_of_neighbours(documents: list[list[str]]) -> None:
    """No pair bridges two texts or two documents, white space does not part, and none is missed."""
    expected = set()
    for number, texts in enumerate(documents):
        for text in (t.replace("\n", "") for t in texts):
            expected |= {(ord(a), ord(b), number) for a, b in pairwise(text)}
    finder = PairFinder()
    for texts in documents:
        finder.add(texts)
    keys = finder.keys().tolist()
    mask = (1 << SECOND_BITS) - 1
    found = [(k >> DOCUMENT_BITS + SECOND_BITS, k >> DOCUMENT_BITS & mask, k & (1 << DOCUMENT_BITS) - 1) for k in keys]
    assert sorted(expected) == found


def encode(terms: dict[int, set[int]], documents: int, titled: dict[int, set[int]] | None = None) -> bytes:
    """A file of these terms."""
    keys, titles = (
        np.array(sorted(t << DOCUMENT_BITS | n for t, numbers in table.items() for n in numbers), np.uint64)
        for table in (terms, titled or {})
    )
    return MAGIC + encode_entries(keys, titles, documents)[1].stream.tobytes()


def read_back(
    terms: dict[int, set[int]], titled: dict[int, set[int]], documents: int
) -> dict[int, tuple[set[int], set[int]]]:
    """Term → (documents, those of them that have it in the title)."""
    entries = read_entries(encode(terms, documents, titled))
    return {e.first << SECOND_BITS | e.second: (set(e.documents), set(e.titles)) for e in entries}
