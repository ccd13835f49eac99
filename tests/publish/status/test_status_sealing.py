"""The files of the status lookup: what they give away without the code is how many there are."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from huiyin.publish.status.files import distinct, write_statuses
from huiyin.publish.status.sealing import BLOCK, TAG, path_of, seal
from huiyin.publish.status.view import PublicStatus
from huiyin.rules.lookup import letters
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


def test_what_did_not_change_is_not_written_again(tmp_path: Path) -> None:
    """And what nobody has a code for any more goes."""
    assert 2 == write_statuses(tmp_path, [ONE, OTHER])
    for path in (tmp_path / "status").rglob("*.txt"):
        os.utime(path, (1, 1))
    assert 0 == write_statuses(tmp_path, [ONE, OTHER])
    changed = replace(ONE, state="已办理")
    assert 1 == write_statuses(tmp_path, [changed])
    assert [path_of(ONE.lookup)] == [
        p.relative_to(tmp_path / "status").as_posix() for p in (tmp_path / "status").rglob("*.txt")
    ]
    assert "已办理" == opened((tmp_path / "status" / path_of(ONE.lookup)).read_text("ascii"), ONE.lookup)["state"]


def test_a_copied_hash_shows_nobody_another_message() -> None:
    """Both are left out, and it is said."""
    kept, problems = distinct([ONE, replace(ONE, unit="天水市人民政府"), OTHER])
    assert ([OTHER], ["HY812"]) == (kept, [p.code for p in problems])
    assert ([ONE, OTHER], []) == distinct([ONE, OTHER])
