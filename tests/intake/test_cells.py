"""From cells to values, through everything that Excel does to them on the way."""

from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.intake import cells
from huiyin.intake.cells import RefusedCell
from huiyin.intake.table import CellError
from huiyin.model.case import SHANGHAI
from tests.cases import rulebook

FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y/%m/%d", "%Y-%m-%dT%H:%M:%S%z")


def shanghai(*parts: int) -> datetime:
    """A moment in Asia/Shanghai."""
    return datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2018-12-31 09:55:00", shanghai(2018, 12, 31, 9, 55)),
        (" 2018-12-31\u3000 09:55:00.0\u200b", shanghai(2018, 12, 31, 9, 55)),
        ("2018年1月2日 09:55", shanghai(2018, 1, 2, 9, 55)),
        ("2018/1/2", shanghai(2018, 1, 2)),
        ("2018-12-31T20:00:00+0000", shanghai(2019, 1, 1, 4)),
        (datetime(2018, 12, 31, 9, 55, 0, 600_000), shanghai(2018, 12, 31, 9, 55, 1)),  # noqa: DTZ001
        (date(2018, 12, 31), shanghai(2018, 12, 31)),
        (43465.5, shanghai(2018, 12, 31, 12)),
    ],
)
def test_times_of_each_kind(cell: Any, expected: datetime) -> None:
    """Text in the formats of the mapping, date cells, and the bare number of days; without an offset: Beijing."""
    assert expected == cells.as_time(cell, FORMATS)


@pytest.mark.parametrize(
    ("cell", "code"),
    [("昨天", "HY511"), ("31/12/2018", "HY511"), ("2018/2/30", "HY511"), (20181231, "HY511"), (True, "HY511"),
     (time(9, 0), "HY511"), (CellError("#REF!"), "HY518")],
)  # fmt: skip
def test_what_is_no_time_is_refused(cell: Any, code: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(RefusedCell) as caught:
        cells.as_time(cell, FORMATS)
    assert code == caught.value.code


@pytest.mark.parametrize(
    ("cell", "expected"),
    [(18245531.0, "18245531"), (18245531, "18245531"), ("18245531.0", "18245531"), (" '00123 ", "00123"),
     ('="00123"', "00123"), ("12345", "12345"), ("甘网留〔2018〕12号", "甘网留〔2018〕12号"),
     ("AH-2018.07_1", "AH-2018.07_1")],
)  # fmt: skip
def test_a_reference_survives_excel(cell: Any, expected: str) -> None:
    """The same message has the same natural key however the number was stored."""
    assert expected == cells.as_reference(cell)


@pytest.mark.parametrize("cell", [1.5, -3, 10**15, 1.8245531e17, "1.82E+17", "x" * 65, "——"])
def test_a_reference_that_can_no_longer_be_known_is_refused(cell: Any) -> None:
    """A wrong key would be worse than none."""
    with pytest.raises(RefusedCell) as caught:
        cells.as_reference(cell)
    assert "HY515" == caught.value.code


def test_ids_keep_plain_references_and_tell_others_apart() -> None:
    """A reference that cannot be a file name becomes its letters and a checksum."""
    assert "18245531" == cells.id_part("18245531")
    assert cells.id_part("a/b") != cells.id_part("a_b") != cells.id_part("a#b")
    assert cells.id_part("甘网留〔2018〕12号").startswith("2018-12-")


@given(st.text(min_size=1, max_size=64), st.text(min_size=1, max_size=64))
def test_every_id_can_name_a_file_and_no_two_meet(one: str, other: str) -> None:
    """Whatever the reference, the id fits the schema; different references never share one."""
    part = cells.id_part(one)
    assert part.isascii()
    assert len(part) <= 64
    assert part[0].isalnum()
    assert part[-1].isalnum()
    assert (one == other) == (part == cells.id_part(other))


def test_flags_and_words() -> None:
    """Words of the mapping, whatever their width and padding; nothing else."""
    yes, no = frozenset({"是", "1"}), frozenset({"否", "0"})
    assert [True, True, False, True] == [cells.as_flag(c, yes, no) for c in (" 是 ", 1, "0", True)]
    with pytest.raises(RefusedCell, match="HY512"):
        cells.as_flag("不详", yes, no)
    assert 4 == cells.as_word("第四条 ", {"第四条": 4}, (3, 4, 5))
    assert 5 == cells.as_word(5.0, {}, (3, 4, 5))
    with pytest.raises(RefusedCell, match="HY514"):
        cells.as_word("紧急", {"一般": "simple"}, ("simple",))


@pytest.mark.parametrize("name", ["兰州市", " 兰州 市\n", "lanzhou", "兰州市人民政府办公室", "兰州市政府"])
def test_units_are_found_by_all_their_names(name: str) -> None:
    """第七条: by id, name, publisher, office or alias."""
    assert "lanzhou" == cells.as_unit(name, rulebook().registry)


@pytest.mark.parametrize("name", ["火星市", "督查室", "网站管理中心"])
def test_only_units_that_handle_messages_are_taken(name: str) -> None:
    """第七条: a name unknown, or of a unit that answers nobody, is refused."""
    with pytest.raises(RefusedCell, match="HY513"):
        cells.as_unit(name, rulebook().registry)


def test_text_that_excel_made_a_date_is_refused() -> None:
    """“3-15” is no longer what the citizen wrote."""
    with pytest.raises(RefusedCell, match="HY518"):
        cells.as_text(date(2026, 3, 15))
