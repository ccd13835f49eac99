"""The index as a whole: what it finds, what it holds, and what it writes again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.model.personal import Confidence
from huiyin.model.problem import HuiyinError
from huiyin.publish.gather import gather
from huiyin.publish.search import postings
from huiyin.publish.search.build import Built, build, build_whole, period
from huiyin.publish.search.document import FACETS, Document, document_of
from huiyin.publish.search.folding import fold
from huiyin.publish.view import public_case
from huiyin.repo.source import FolderSource
from huiyin.rules.privacy import PrivacySettings
from huiyin.scan.looking import look
from huiyin.spreading import open_executor
from tests.cases import PROJECT, rulebook
from tests.publish.building import AS_OF, PLANTED, PUBLISHED, stories
from tests.publish.search.indexed import Indexed, document

TEXTS = st.text("供暖医保公交集团12aB，。（\n ", max_size=24)


@pytest.fixture(scope="module")
def demo() -> list[Document]:
    """The published cases of the demonstration."""
    now = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
    return [document_of(case) for case in gather(FolderSource(PROJECT), now).cases]


@given(
    st.lists(st.tuples(TEXTS, TEXTS, st.dates(date(2024, 1, 1), date(2026, 12, 31))), min_size=1, max_size=8), st.data()
)
@settings(max_examples=60)
def test_every_literal_word_is_found(
    tmp_path_factory: pytest.TempPathFactory, given_texts: list[tuple[str, str, date]], data: st.DataObject
) -> None:
    """Recall 100 %: whatever part of a text of two characters or more is typed, the document is among the results."""
    documents = [
        document(n, title=title, parts=(("留言", body),), day=day) for n, (title, body, day) in enumerate(given_texts)
    ]
    index = Indexed(tmp_path_factory.mktemp("index"))
    build_whole(documents, index.folder)
    text = data.draw(st.sampled_from([t for d in documents for t in (d.title, d.parts[0][1])]))
    start = data.draw(st.integers(0, max(0, len(text) - 2)))
    word = text[start : start + data.draw(st.integers(2, 9))]
    if len(fold(word)) < 2:
        return
    expected = {d.id for d in documents if any(fold(word) in fold(t) for t in d.searched())}
    found = index.ids(word)
    assert expected == (found & expected)
    if len(fold(word)) == 2:
        assert expected == found


def test_every_word_of_the_demonstration_is_found(demo: list[Document], tmp_path: Path) -> None:
    """Recall 100 % against plain substring search over all published texts, for all words of two to six characters."""
    build_whole(demo, tmp_path)
    everything = Indexed(tmp_path).everything()
    texts = {d.id: [fold(t) for t in d.searched()] for d in demo}
    joined = {i: "\0".join(t) for i, t in texts.items()}
    words = {t[i : i + n] for all_ in texts.values() for t in all_ for n in range(2, 7) for i in range(len(t) - n + 1)}
    assert len(words) > 50_000
    for word in words:
        points = [ord(c) for c in word]
        found = set.intersection(*(everything[pair] for pair in pairwise(points)))
        expected = {i for i, text in joined.items() if word in text}
        assert expected <= found, word
        if len(word) == 2:
            assert expected == found, word


def test_words_in_titles_are_told_apart(tmp_path: Path) -> None:
    """Relevance: a case whose title has the word comes first."""
    build_whole([document(1), document(2, title="其他事项")], tmp_path)
    index = Indexed(tmp_path)
    assert ({"people-00000001"}, {"people-00000001", "people-00000002"}) == (
        index.ids("供暖", title=True),
        index.ids("检修"),
    )
    assert set() == index.ids("检修", title=True)


def test_filters_have_postings_of_their_own(tmp_path: Path) -> None:
    """By unit, topic, channel and year, and the manifest names them."""
    other = document(2, unit=("baiyin", "白银市"), topics=("教育", "其他"), channel=("portal", "政民互动"), year="2025")
    build_whole([document(1), other], tmp_path)
    index = Indexed(tmp_path)
    for kind, (facet, value) in enumerate(zip(FACETS, ("baiyin", "教育", "portal", "2025"), strict=True)):
        assert {"people-00000002"} == index.having(kind, facet, value)
    assert {"baiyin": "白银市", "lanzhou": "兰州市"} == index.manifest["labels"]["unit"]
    assert ["其他", "城乡建设", "教育"] == index.manifest["segments"][0]["facets"]["topic"]


def test_documents_stand_in_the_order_of_publication(tmp_path: Path) -> None:
    """The order by date costs nothing: numbers and segments run from the oldest."""
    days = [date(2024, 5, 1), date(2026, 2, 3), date(2026, 11, 2), date(2026, 11, 20), date(2023, 1, 1)]
    build_whole([document(n, day=day) for n, day in enumerate(days)], tmp_path)
    index = Indexed(tmp_path)
    names = [s["name"].rsplit("-", 1)[0] for s in index.manifest["segments"]]
    assert ["2023", "2024", "2026-01to08", "2026-11"] == names
    assert sorted(d.isoformat() for d in days) == [t["d"] for s in index.manifest["segments"] for t in index.texts(s)]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-20", "2026-11"), ("2026-10-01", "2026-09to10"), ("2026-09-30", "2026-09to10"),
        ("2026-08-31", "2026-01to08"), ("2025-12-31", "2025"),
    ],
)  # fmt: skip
def test_periods_are_finer_towards_the_present(day: str, expected: str) -> None:
    """A hot month, blocks of the months before it, whole years."""
    assert expected == period(date.fromisoformat(day), date(2026, 11, 20))


@pytest.mark.parametrize("newest", range(1, 13))
def test_a_year_has_few_periods(newest: int) -> None:
    """Whatever the month: the newest stands alone, the others in at most three blocks that follow each other."""
    found = [period(date(2026, month, 1), date(2026, newest, 1)) for month in range(1, newest + 1)]
    assert found == sorted(found)
    assert found[-1] not in found[:-1]
    assert len(set(found)) <= 4


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    """New replies touch the newest month; the result is what a build from nothing gives, byte for byte."""
    old = [document(n, day=date(2025, 3, 1 + n)) for n in range(20)]
    new = [document(100 + n, day=date(2026, 11, 1 + n)) for n in range(20)]
    warm, cold = tmp_path / "warm", tmp_path / "cold"
    build_whole([*old, *new], warm)
    before = {path: path.stat().st_mtime_ns for path in warm.glob("2025*/*")}
    done = build_whole([*old, *new, document(999)], warm)
    assert (1, 1, 1) == (len(done.written), len(done.kept), len(done.removed))
    assert before == {path: path.stat().st_mtime_ns for path in warm.glob("2025*/*")}
    build_whole(iter([document(999), *reversed(new), *old]), cold)
    assert contents(cold) == contents(warm)


def test_a_corrected_old_case_writes_its_year_again(tmp_path: Path) -> None:
    """The price of few segments, and only that one."""
    old, older = document(1, day=date(2025, 3, 1)), document(2, day=date(2024, 3, 1))
    build_whole([old, older, document(3)], tmp_path)
    corrected = replace(old, parts=(("答复", "更正后的全文。"), ("更正原因", "金额有误")))
    done = build_whole([corrected, older, document(3)], tmp_path)
    assert ["2025"] == [name.rsplit("-", 1)[0] for name in done.written]
    assert {"people-00000001"} == Indexed(tmp_path).ids("金额有误")
    assert {"people-00000002", "people-00000003"} == Indexed(tmp_path).ids("检修")


@pytest.mark.parametrize("field", ["id", "address", "title", "day", "parts", "unit", "channel", "topics", "year"])
def test_whatever_changes_is_seen(field: str) -> None:
    """A segment is named after everything that its files hold."""
    other = document(
        2, address="cases/x/", title="乙", day=date(2026, 11, 19), parts=(), unit=("a", "甲"), channel=("b", "乙"),
        topics=(), year="2025",
    )  # fmt: skip
    assert document().digest != replace(document(), **{field: getattr(other, field)}).digest


def test_texts_do_not_run_into_each_other_in_a_key() -> None:
    """A word that moves from one part to the next is a change."""
    assert document(parts=(("留言", "甲乙"),)).digest != document(parts=(("留言", "甲"), ("乙", ""))).digest


def test_an_empty_record_has_an_index_too(tmp_path: Path) -> None:
    """The first day of an instance, and the last case that is taken off the site."""
    assert Built((), (), (), ()) == build_whole([], tmp_path)
    build_whole([document()], tmp_path)
    assert 1 == len(build_whole([], tmp_path).removed)
    assert ["manifest.json"] == [path.name for path in tmp_path.iterdir()]
    assert [] == Indexed(tmp_path).manifest["segments"]


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}", None])
def test_an_unfinished_segment_is_made_again(tmp_path: Path, damage: str | None) -> None:
    """A build that was killed leaves nothing that the next one trusts."""
    build_whole([document()], tmp_path)
    whole = contents(tmp_path)
    description = next(tmp_path.glob("*/segment.json"))
    if damage is None:
        description.unlink()
    else:
        description.write_text(damage, encoding="utf-8")
    (tmp_path / ".new-0123").mkdir()
    assert 1 == len(build_whole([document()], tmp_path).written)
    assert whole == contents(tmp_path)


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    """HY906 with a reason, and no half of an index."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(HuiyinError) as caught:
        build_whole([document()], tmp_path / "file" / "data")
    assert ["HY906"] == [p.code for p in caught.value.problems]


def test_slices_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, demo: list[Document]) -> None:
    """How much is encoded at once is a matter of memory alone."""
    build_whole(demo, tmp_path / "one")
    monkeypatch.setattr(postings, "_SLICE", 1000)
    monkeypatch.setattr("huiyin.publish.search.pairs._BATCH", 500)
    build_whole(demo, tmp_path / "many")
    assert contents(tmp_path / "one") == contents(tmp_path / "many")


def test_processes_make_the_same(tmp_path: Path) -> None:
    """One segment after another, or several at once: byte for byte."""
    documents = [document(n, day=date(2023 + n % 4, 1 + n % 12, 20)) for n in range(200)]
    entries = [d.entry for d in documents]
    build_whole(documents, tmp_path / "one")
    with open_executor(2) as executor:
        done = build(entries, Known(documents), tmp_path / "many", executor=executor, workers=2)
    assert 3 < len(done.written)
    assert contents(tmp_path / "one") == contents(tmp_path / "many")


class Known:
    """Documents that can be sent to another process."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = {d.id: d for d in documents}

    def __call__(self, ids: Sequence[str]) -> list[Document]:
        """Those with these ids."""
        return [self._documents[id_] for id_ in ids]


def test_only_what_is_public_is_searched(tmp_path: Path) -> None:
    """第十九、二十条: of a private reply title and note; of notes, persons, steps and what is not published nothing."""
    replays = [story.replay(AS_OF[:16].replace("T", " ")) for story in stories().values()]
    cases = [case for replay in replays if (case := public_case(replay, rulebook())) is not None]
    build_whole(map(document_of, cases), tmp_path)
    index = Indexed(tmp_path)
    assert {stories()[name].case().id for name in PUBLISHED} == {
        text["i"] for segment in index.manifest["segments"] for text in index.texts(segment)
    }
    assert {stories()["private"].case().id} == index.ids("告知了投诉渠道")
    assert set() == index.ids(PLANTED)
    assert not [path for path, data in contents(tmp_path).items() if PLANTED.encode() in data]
    assert {stories()["corrected"].case().id} == index.ids("金额有误")


def test_an_index_passes_the_scan_and_a_number_in_it_does_not(tmp_path: Path) -> None:
    """第十九条: pairs of digits are no number; what was put behind them, or into a text, is found."""
    number = "13900001234"  # synthetic
    build_whole([document(parts=(("留言", f"请拨打{number}。"),))], tmp_path)
    settings = PrivacySettings()
    for path in tmp_path.glob("*/*.bigrams"):
        data = path.read_bytes()
        assert ([], None) == (list(look("0.bigrams", data, settings).hits), look("0.bigrams", data, settings).problem)
        problem = look("0.bigrams", data + number.encode(), settings).problem
        assert problem is not None
        assert "HY763" == problem.code
    hits = [h for p in tmp_path.glob("*/*.json") for h in look(p.name, p.read_bytes(), settings).hits]
    assert [Confidence.CERTAIN] == [h.confidence for h in hits]


def test_texts_are_what_the_page_needs(tmp_path: Path) -> None:
    """The browser reads these names; a change of them needs a new version of the layout."""
    build_whole([document()], tmp_path)
    index = Indexed(tmp_path)
    (segment,) = index.manifest["segments"]
    assert {"i", "a", "t", "d", "u", "c", "k", "y", "x"} == index.texts(segment)[0].keys()
    assert 2 == index.manifest["version"]
    assert json.loads((tmp_path / segment["name"] / "segment.json").read_text("utf-8"))["documents"] == 1


def contents(folder: Path) -> dict[str, bytes]:
    """Path → bytes of every file."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files(folder)}


def files(folder: Path) -> Iterator[Path]:
    """Every file, in order."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("damage", ["lost", "cut", "added"])
def test_a_finished_segment_that_was_touched_is_made_anew(tmp_path: Path, demo: list[Document], damage: str) -> None:
    """A file that is missing or shorter would be missed by every reader until its period changes."""
    build_whole(demo, tmp_path / "cold")
    build_whole(demo, tmp_path / "index")
    [folder, *_] = sorted(path for path in (tmp_path / "index").iterdir() if path.is_dir())
    match damage:
        case "lost":
            next(folder.glob("*.bigrams")).unlink()
        case "cut":
            (folder / "0.json").write_bytes(b"[]")
        case "added":
            (folder / "more.json").write_bytes(b"[]")
    (tmp_path / "index" / ".DS_Store").write_bytes(b"x")
    build_whole(demo, tmp_path / "index")
    trees = [
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (tmp_path / "cold", tmp_path / "index")
    ]
    assert trees[0] == trees[1]
