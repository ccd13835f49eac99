"""Query codes: what is noticed when they are mistyped, and how long guessing one would take."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.repo.source import FolderSource
from huiyin.repo.store import load_rulebook
from huiyin.rules import lookup
from huiyin.rules.lookup import ALPHABET, RANDOM, LookupSettings, code_of, grouped, hash_code, read_code
from tests.repository import Repository

SALT = LookupSettings("huiyin-test-1")
CODE = "3X3Q15PJ8ZHTE997"
draws = st.lists(st.integers(0, len(ALPHABET) - 1), min_size=RANDOM, max_size=RANDOM)


@given(draws)
def test_a_code_is_read_as_it_was_given(drawn: list[int]) -> None:
    """In groups, in small letters, in full width, with the letters that look like digits."""
    code = code_of(drawn)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    for typed in (code, grouped(code), grouped(code).lower(), wide, code.replace("1", "l").replace("0", "o")):
        assert code == read_code(typed)


@given(draws, st.integers(0, RANDOM), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(drawn: list[int], place: int, other: str) -> None:
    """Any, anywhere."""
    code = code_of(drawn)
    wrong = code[:place] + other + code[place + 1 :]
    assert (read_code(wrong) is None) == (wrong != code)


@given(draws, st.integers(0, RANDOM), st.integers(0, RANDOM))
def test_two_that_changed_places_are_noticed(drawn: list[int], first: int, second: int) -> None:
    """Any two, also far apart."""
    code = code_of(drawn)
    swapped = list(code)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    wrong = "".join(swapped)
    assert (read_code(wrong) is None) == (wrong != code)


@pytest.mark.parametrize("typed", ["", CODE[:-1], CODE + "0", "3X3Q15PJ8ZHTE99U", "查询码查询码查询码查询码查询码查"])
def test_what_is_no_code(typed: str) -> None:
    """Too short, too long, other letters."""
    assert read_code(typed) is None


def test_a_code_takes_longer_to_guess_than_anybody_has() -> None:
    """With every hash at hand, a thousand fast graphics cards need over a million years on average (docs/adr/0018)."""
    bits = RANDOM * log2(len(ALPHABET))
    card = 1e10  # SHA-256 a second: more than the fastest card of 2026
    guesses = 1000 * card / (2 * lookup.ITERATIONS)  # each round takes two
    years = 2 ** (bits - 1) / guesses / (365 * 86400)
    assert (75, 600_000) == (bits, lookup.ITERATIONS)
    assert years > 1e6


def test_the_hash_rests_on_all_three() -> None:
    """Number, code and salt; the channel may be left out, and capitals do not count."""
    hashed = hash_code("people-A18245531", CODE, SALT)
    others = {
        hash_code("people-a18245532", CODE, SALT),
        hash_code("people-a18245531", "0" * 16, SALT),
        hash_code("people-a18245531", CODE, LookupSettings("huiyin-test-2")),
    }
    assert (hashed, 3) == (hash_code(" ａ18245531", CODE, SALT), len(others - {hashed}))
    assert (64, set()) == (len(hashed), set(hashed) - set("abcdefghijklmnop"))


@given(st.binary(max_size=40))
def test_letters_are_bytes(data: bytes) -> None:
    """There and back."""
    assert data == lookup.from_letters(lookup.letters(data))


def test_a_record_without_the_file_makes_no_codes(repository: Repository) -> None:
    """A record founded before goes on; its schema may be missing too."""
    assert LookupSettings("huiyin-demo-gansu") == load_rulebook(FolderSource(repository.root)).lookup
    (repository.root / lookup.PATH).unlink()
    (repository.root / "schema/lookup.schema.json").unlink()
    assert load_rulebook(FolderSource(repository.root)).lookup is None


@pytest.mark.parametrize("salt", ["short", "Huiyin-Gansu", "huiyin--gansu", "回音回音回音回音"])
def test_a_salt_that_browsers_could_read_otherwise_is_refused(repository: Repository, salt: str) -> None:
    """Small letters, digits and hyphens alone."""
    repository.write(lookup.PATH, f'salt: "{salt}"\n')
    run = repository.huiyin("check")
    assert (1, True) == (run.code, "HY201" in run.out + run.err)
