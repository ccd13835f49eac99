"""A segment made out of the one before: the same bytes as one made from nothing, and nothing of what stood there."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.model.problem import HuiyinError
from huiyin.publish.search import build as building
from huiyin.publish.search import layout
from huiyin.publish.search.build import Built, build, build_whole
from huiyin.publish.search.document import Document, unpacked
from huiyin.publish.search.pairs import DOCUMENT_BITS
from huiyin.publish.search.postings import encode_entries
from huiyin.publish.search.unpacking import decode_entries
from tests.publish.search.indexed import Indexed, document
from tests.publish.search.test_build import contents

SIZE = 130
WORDS = "供暖医保公交集团噪声扰民学区房屋拆迁补偿"
TEXTS = st.text(f"{WORDS}12aB，。（\n 𠮷", max_size=40)
CHANGES = st.dictionaries(st.integers(0, SIZE - 1), st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=6)


@pytest.fixture(autouse=True)
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of some entries each, so that a hundred documents have as many as a year has; any change may be patched."""
    monkeypatch.setattr(layout, "SHARD_BYTES", 128)
    monkeypatch.setattr(layout, "CHUNK_BYTES", 1024)
    monkeypatch.setattr(building, "DEAREST", 0)


def archive() -> list[Document]:
    """Documents of 2024 that differ, in order."""
    return [
        document(
            n,
            title=f"{WORDS[n % 20 :][:6]}{n}",
            parts=(("留言", WORDS[n % 17 :] * 2), ("答复", f"{n}号{WORDS[::-1][n % 11 :]}")),
            day=date(2024, 1, 1) + timedelta(days=n),
        )
        for n in range(SIZE)
    ]


@pytest.fixture(scope="module")
def newest() -> Document:
    """What keeps 2024 a year of the past."""
    return document(999)


@given(CHANGES)
@settings(max_examples=40)
def test_a_patched_segment_is_what_a_new_one_is(
    tmp_path_factory: pytest.TempPathFactory, newest: Document, changes: dict[int, tuple[str, str, str]]
) -> None:
    """Whatever texts take the place of others: byte for byte."""
    before, after = archive(), archive()
    for number, (title, body, reason) in changes.items():
        after[number] = replace(after[number], title=title, parts=(("留言", body), ("更正原因", reason)))
    warm, cold = tmp_path_factory.mktemp("warm"), tmp_path_factory.mktemp("cold")
    build_whole([*before, newest], warm)
    build_whole([*after, newest], warm)
    build_whole([*after, newest], cold)
    assert contents(cold) == contents(warm)


def test_a_correction_is_patched(tmp_path: Path, newest: Document) -> None:
    """Neither number nor size of the files changes with a sentence: most files are taken over."""
    first, second = build_corrected(tmp_path, newest)
    assert (0, 1) == (len(first.patched), len(second.patched))
    build_whole([*corrected(), newest], tmp_path / "cold")
    assert contents(tmp_path / "cold") == contents(tmp_path / "warm")
    assert {"people-00000007"} == Indexed(tmp_path / "warm").ids("金额有误")


def test_nothing_of_the_former_text_stays(tmp_path: Path, newest: Document) -> None:
    """第十九条: what was redacted is in no file, neither as text nor as pairs of characters."""
    before = archive()
    before[7] = replace(before[7], parts=(("留言", "甘肃兰州丙丁戊己"),))
    folder = tmp_path / "index"
    build_whole([*before, newest], folder)
    assert {"people-00000007"} == Indexed(folder).ids("丙丁戊己")
    done = build_whole([*archive(), newest], folder)
    assert 1 == len(done.patched)
    for pair in ("丙丁", "丁戊", "戊己"):
        assert (ord(pair[0]), ord(pair[1])) not in Indexed(folder).everything()
        assert not [path for path, data in contents(folder).items() if pair.encode() in data]


def test_only_changed_documents_are_asked_for(tmp_path: Path, newest: Document) -> None:
    """What publishing costs does not grow with the archive."""
    asked: list[str] = []
    known = {d.id: d for d in (*corrected(), newest)}

    def load(ids: Sequence[str]) -> Iterator[Document]:
        asked.extend(ids)
        return (known[id_] for id_ in ids)

    build_whole([*archive(), newest], tmp_path)
    build((d.entry for d in known.values()), load, tmp_path)
    assert ["people-00000007"] == asked


@pytest.mark.parametrize("field", ["unit", "channel", "topics", "year"])
def test_another_filter_value_makes_it_anew(tmp_path: Path, newest: Document, field: str) -> None:
    """A renamed unit or another topic changes what the segment says of itself."""
    values: dict[str, Any] = {
        "unit": ("lanzhou", "兰州新区"),
        "channel": ("portal", "政民互动"),
        "topics": ("教育",),
        "year": "2023",
    }
    after = archive()
    after[7] = replace(after[7], **{field: values[field]})
    build_whole([*archive(), newest], tmp_path / "warm")
    done = build_whole([*after, newest], tmp_path / "warm")
    build_whole([*after, newest], tmp_path / "cold")
    assert ((), 1) == (done.patched, len(done.written))
    assert contents(tmp_path / "cold") == contents(tmp_path / "warm")


@pytest.mark.parametrize("damage", [b"", b"HYB1\x01", b"[]", b"{}", b"[{}]", None])
@pytest.mark.parametrize("name", ["pairs", "texts"])
def test_a_damaged_segment_is_no_place_to_begin(
    tmp_path: Path, newest: Document, name: str, damage: bytes | None
) -> None:
    """What is read must be whole."""
    folder = made(tmp_path / "warm", newest)
    largest = max(folder.glob("*.bigrams"), key=lambda path: path.stat().st_size)
    path = largest if name == "pairs" else folder / "0.json"
    path.write_bytes(damage) if damage is not None else path.unlink()
    assert ((), 1, True) == made_anew(tmp_path, newest)


def test_a_segment_that_misses_a_file_is_no_place_to_begin(tmp_path: Path, newest: Document) -> None:
    """What is taken over must be there, though it is not read."""
    folder = made(tmp_path / "warm", newest)
    max(folder.glob("*.bigrams"), key=lambda path: int(path.stem)).unlink()
    assert ((), 1, True) == made_anew(tmp_path, newest)


def test_the_old_segment_stays_whole_until_the_new_one_is_named(tmp_path: Path, newest: Document) -> None:
    """A build that fails half-way leaves the index of before, and its files as they were."""
    known = {d.id: d for d in (*corrected(), document(998, day=date(2025, 1, 1)), newest)}

    def load(ids: Sequence[str]) -> Iterator[Document]:
        for id_ in ids:
            if id_ == "people-00000998":
                raise OSError(5, "Input/output error")
            yield known[id_]

    build_whole([*archive(), newest], tmp_path)
    before = contents(tmp_path)
    with pytest.raises(HuiyinError):
        build((d.entry for d in known.values()), load, tmp_path)
    now = contents(tmp_path)
    assert before == {path: now[path] for path in before}
    build_whole(known.values(), tmp_path)
    build_whole(known.values(), tmp_path.with_name("cold"))
    assert contents(tmp_path.with_name("cold")) == contents(tmp_path)


def test_a_file_system_without_links_does_too(
    tmp_path: Path, newest: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then files are copied."""

    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    _, second = build_corrected(tmp_path, newest)
    assert 1 == len(second.patched)
    build_whole([*corrected(), newest], tmp_path / "cold")
    assert contents(tmp_path / "cold") == contents(tmp_path / "warm")


def test_many_changes_make_it_anew(tmp_path: Path, newest: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a share of the documents that is the shorter way."""
    monkeypatch.setattr(building, "DEAREST", SIZE + 1)
    assert () == build_corrected(tmp_path, newest)[1].patched


@given(
    st.dictionaries(st.integers(0, 1 << 40), st.sets(st.integers(0, 40_000), min_size=1, max_size=60), max_size=20),
    st.sampled_from([1, 40_001 // 2000]),
)
def test_decoding_is_the_way_back(wanted: dict[int, set[int]], divisor: int) -> None:
    """Gaps of all sizes and bitmaps, with and without titles."""
    keys, titles = (
        np.array(
            sorted({t << DOCUMENT_BITS | n // divisor for t in wanted for n in wanted[t] if n % step == 0}), np.uint64
        )
        for step in (1, 3)
    )
    terms, entries = encode_entries(keys, titles, 40_001 // divisor)
    found, titled = decode_entries(terms, entries, 40_001 // divisor)
    assert keys.tolist() == found.tolist()
    assert titles.tolist() == titled.tolist()


def test_a_document_is_read_back() -> None:
    """The files of texts hold all that the index knows of a case."""
    assert document() == unpacked(json.loads(document().packed()))


def corrected() -> list[Document]:
    """The archive, with one reply corrected."""
    after = archive()
    reply = after[7].parts[1][1]
    after[7] = replace(after[7], parts=(after[7].parts[0], ("答复", f"{reply[:-2]}。"), ("更正原因", "金额有误")))
    return after


def build_corrected(folder: Path, newest: Document) -> tuple[Built, Built]:
    """The archive, and then with the correction, in ``warm``."""
    return (
        build_whole([*archive(), newest], folder / "warm"),
        build_whole([*corrected(), newest], folder / "warm"),
    )


def made(folder: Path, newest: Document) -> Path:
    """The segment of the past, of an index that is made there."""
    build_whole([*archive(), newest], folder)
    return next(folder.glob("2024-*"))


def made_anew(folder: Path, newest: Document) -> tuple[tuple[str, ...], int, bool]:
    """Segments patched, segments written, and whether all is right, once all titles, in most files, are corrected."""
    after = [replace(d, title=f"{d.title}更") for d in archive()]
    done = build_whole([*after, newest], folder / "warm")
    build_whole([*after, newest], folder / "cold")
    return tuple(done.patched), len(done.written), contents(folder / "cold") == contents(folder / "warm")
