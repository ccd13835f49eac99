"""Cleaning text: what spreadsheets add goes, what the citizen wrote stays."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.intake.text import Cleaned, clean, clean_line, squeeze
from huiyin.repo.characters import is_clean


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("  您好\u3000\u00a0", "您好"),
        ("第一行_x000D_\n第二行_x000d_", "第一行\n第二行"),
        ("甲_x005F_x000D_乙", "甲_x000D_乙"),
        ("甲\r\n乙\r丙\u2028丁", "甲\n乙\n丙\n丁"),
        ("甲\t乙\u2003丙\u00a0丁", "甲 乙 丙 丁"),
        ("\u200b甲\ufeff乙\u202e丙\x07", "甲乙丙"),
        ("甲<br/>乙<BR>丙<p class='x'>丁</p>", "甲\n乙\n丙\n丁"),
        ('<span style="color:red">甲</span>&nbsp;乙&gt;丙&#39;', "甲 乙>丙'"),
        ("甲\n\n\n \n\n乙", "甲\n\n乙"),
        ("\u3000\u3000首行缩进\n\u3000\u3000次行", "首行缩进\n次行"),
    ],
)
def test_dirt_of_each_kind_goes(dirty: str, expected: str) -> None:
    """Padding, Excel's escapes, line ends, odd spaces, unseen characters, HTML and blank lines."""
    assert Cleaned(expected, False) == clean(dirty)


@pytest.mark.parametrize(
    "text",
    [
        "关于<A市新图>的建议",
        "小于<的,大于>的",
        "<B 栋>电梯",
        "a&b;c",
        "网址 ?a=1&copy=2",
        "_x00_",
        "甲\u3000乙",
        "𠮷野家😀",
    ],
)
def test_what_only_looks_like_dirt_stays(text: str) -> None:
    """Angle brackets round a title, an ampersand in an address, a rare Han character, an emoji."""
    assert Cleaned(text, False) == clean(text)


def test_a_character_that_others_cannot_see_leaves_its_mark() -> None:
    """A private-use character is not lost in silence."""
    assert Cleaned("姓〓的", True) == clean("姓\ue123的")


def test_a_title_is_one_line() -> None:
    """Line feeds and runs of spaces become one space."""
    assert Cleaned("反映 路灯 不亮", False) == clean_line(" 反映\n路灯 \u3000 不亮<br>")


def test_a_mapping_may_leave_steps_out() -> None:
    """Only the named steps are taken."""
    assert Cleaned("<br>甲", False) == clean(" <br>甲 ", ("padding",))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_cleaned_text_may_stand_in_the_record(text: str) -> None:
    """Whatever comes in, no forbidden character and no padding comes out."""
    cleaned = clean(text).text
    assert is_clean(cleaned)
    assert cleaned == cleaned.strip("\n")
    assert all(line == line.strip() for line in cleaned.split("\n"))


@given(st.text(alphabet="路灯不亮AB12,。", max_size=30), st.data())
def test_comparison_sees_no_white_space_and_no_width(text: str, data: st.DataObject) -> None:
    """Texts that differ only in white space and half or full width are the same."""
    spaced = "".join(c + data.draw(st.sampled_from(["", " ", "\u3000", "\n", "\u200b"])) for c in text)
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in spaced)
    assert squeeze(text) == squeeze(wide)
    assert unicodedata.normalize("NFKC", text) == squeeze(text)
