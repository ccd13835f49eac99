"""One spelling for what reads alike."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.publish.search.folding import fold, fold_character, fold_points


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("甘政办发[2015]115号", "甘政办发〔2015〕115号"),
        ('"接诉即办"', "“接诉即办”"),
        ("(一)", "（一）"),
        ("m2", "㎡"),
        ("GPS", "gps"),
        ("0931-8465432", "0931—8465432"),
        ("第一段。第二段", "第一段。\n\n\u3000\u3000第二段"),
    ],
)
def test_what_reads_alike_is_alike(typed: str, written: str) -> None:
    """Width, case, quotes, brackets, dashes and white space do not keep a word from being found."""
    assert fold(typed) == fold(written)


def test_punctuation_is_kept() -> None:
    """A mark is a character like others: the rule that the help of the page tells."""
    assert fold("医保社保") != fold("医保、社保")


@given(st.text(), st.text(), st.text())
def test_a_part_of_a_text_is_a_part_of_the_folded_text(before: str, word: str, after: str) -> None:
    """What makes literal words findable."""
    assert fold(word) in fold(before + word + after)
    assert fold(before) + fold(word) == fold(before + word)


def test_no_character_becomes_what_parts_texts() -> None:
    """The index parts texts by NUL, which therefore no text may hold once it is folded."""
    assert not [c for c in range(sys.maxunicode + 1) if "\0" in fold_character(chr(c))]


def test_what_is_folded_folds_to_itself() -> None:
    """So that a text may be folded in steps."""
    assert not [
        c for c in map(chr, range(sys.maxunicode + 1)) if any(fold_character(f) != f for f in fold_character(c))
    ]


@given(st.lists(st.text("供暖Ａb㎡①…🄪⁻“\n　𠮷") | st.text(st.characters(exclude_characters="\0"))))
def test_many_texts_are_folded_as_one_is(texts: list[str]) -> None:
    """By code points, with the number of the text of each."""
    points, numbers = fold_points(texts)
    expected = [(ord(c), number) for number, text in enumerate(texts) for c in fold(text)]
    assert expected == list(zip(points.tolist(), numbers.tolist(), strict=True))
