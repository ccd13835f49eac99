"""The files of the status lookup: what they give away without the code is how many there are."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from huiyin.publish.status.files import export
from huiyin.publish.status.sealing import BLOCK, TAG, path_of, seal
from huiyin.publish.status.view import PublicStatus
from huiyin.rules.lookup import letters
from tests.cases import Story
from tests.publish.building import make_project, run_mkdocs, stories
from tests.publish.status.opening import opened

hashes = st.binary(min_size=32, max_size=32).map(letters)
ONE = PublicStatus("ab" * 32, "办理中", "", "兰州市人民政府", date(2026, 11, 27), False, "")
OTHER = replace(ONE, lookup="cd" * 32)


@given(hashes, st.text(max_size=60), st.dates(), st.booleans())
def test_whoever_has_the_hash_reads_what_was_sealed(lookup: str, unit: str, due: date, provisional: bool) -> None:
    """Back from the letters, by another program than the one that wrote them."""
    status = PublicStatus(lookup, "办理中", "", unit, due, provisional, "")
    told = opened(seal(status), lookup)
    assert (unit, due.isoformat(), provisional) == (told["unit"], told["due"], told["provisional"])
    assert "lookup" not in told


def test_all_are_of_one_size_and_of_letters() -> None:
    """Whatever the state; and nothing that could be taken for a number (第十九条)."""
    page = "cases/2026/11/service-" + "9" * 64 + "/"
    done = replace(ONE, state="已办理", note="", due=None, page=page, unit="省" * 60)
    waiting = replace(ONE, state="待回复", unit="", due=None)
    sealed = [seal(status) for status in (ONE, done, waiting)]
    assert {2 * (TAG + BLOCK) + 1} == {len(text) for text in sealed}
    assert set("abcdefghijklmnop\n") >= set("".join(sealed))


def test_nothing_of_the_record_stands_in_name_or_content() -> None:
    """Not the hash, not a word, in no encoding that a search would find."""
    text = path_of(ONE.lookup) + seal(ONE)
    plain = json.dumps({"state": ONE.state, "unit": ONE.unit}, ensure_ascii=False)
    for word in (ONE.lookup, letters(ONE.state.encode()), letters(ONE.unit.encode()), letters(plain.encode()[:12])):
        assert word not in text


def test_another_status_looks_unrelated() -> None:
    """The key stream is never used twice: a change of one letter changes the whole file."""
    first, second = seal(ONE), seal(replace(ONE, unit="兰州市人民政符"))
    same = sum(a == b for a, b in zip(first, second, strict=True))
    assert same < len(first) / 8
    assert seal(ONE) == first
    assert seal(OTHER) != first


def test_a_status_is_a_file_that_says_nothing() -> None:
    """Below ``status/``, of sealed letters, which need not be looked through."""
    output = export(ONE)
    assert (f"status/{path_of(ONE.lookup)}", ()) == (output.path, output.fresh)
    assert ONE.state == opened(output.data.decode("ascii"), ONE.lookup)["state"]


def test_a_copied_hash_shows_nobody_another_message(tmp_path: Path) -> None:
    """All who share it are left out, and it is said; whoever is alone with his has his file."""
    shared, alone = letters(b"a" * 32), letters(b"b" * 32)
    cases = [coded(name, lookup) for name, lookup in (("received", shared), ("submitted", shared), ("late", alone))]
    done = run_mkdocs(make_project(tmp_path, cases), "build")
    assert "HY812" in done.stderr
    assert [path_of(alone)] == [
        p.relative_to(tmp_path / "build/site/status").as_posix() for p in (tmp_path / "build/site/status").glob("??/*")
    ]


def coded(name: str, lookup: str) -> Story:
    """A story whose sender has a code."""
    story = stories()[name]
    story.facts["lookup"] = lookup
    return story
