"""Similar replies: found by what is public, the same each time, and never changed by later ones."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from huiyin.publish.similar import SHOWN, Compared, Pool, find_similar


def case(number: int, title: str, unit: str = "lanzhou", topics: tuple[str, ...] = ()) -> Compared:
    """A published case that says this."""
    return Compared(f"people-{number:05}", title, unit, topics)


def names(*cases: Compared, wanted: int | None = None) -> dict[str, list[str]]:
    """The ids of the similar ones, by id."""
    pool = Pool("2026-11", len(cases) if wanted is None else wanted, cases)
    return {key: list(found) for key, found in find_similar(pool).items()}


def test_what_asks_the_same_is_found_from_both_sides() -> None:
    """Two of heating and one of a road."""
    found = names(case(1, "小区供暖温度不达标"), case(2, "家中供暖温度太低"), case(3, "国道路面破损严重"))
    assert {"people-00001": ["people-00002"], "people-00002": ["people-00001"], "people-00003": []} == found


def test_the_same_topic_and_unit_come_first() -> None:
    """Words alike in both, one of them of the same topic and unit."""
    asked = case(1, "供暖温度不达标", topics=("交通运输",))
    near = case(2, "供暖温度不达标怎么办", topics=("交通运输",))
    far = case(3, "供暖温度不达标怎么办", "tianshui", ("其他",))
    assert ["people-00002", "people-00003"] == names(asked, far, near)["people-00001"]


def test_what_everybody_says_makes_nothing_similar() -> None:
    """A word that stands in all titles is no likeness, and a number is none."""
    matters = ("供暖", "公交", "医保", "噪声", "学区", "路灯", "停车")
    found = names(*(case(n, f"反映{matter}的问题（演示{20 + n % 2}77）") for n, matter in enumerate(matters)))
    assert {()} == {tuple(others) for others in found.values()}


def test_only_the_cases_of_the_month_are_asked_for() -> None:
    """What was published before is compared with, and keeps what was found for it in its own month."""
    found = names(case(1, "小区供暖温度不达标"), case(2, "家中供暖温度太低"), wanted=1)
    assert {"people-00001": ["people-00002"]} == found


@given(st.lists(st.text("供暖温度不达标公交站台", max_size=8), max_size=12))
def test_a_case_is_never_like_itself_nor_named_twice(titles: list[str]) -> None:
    """Few, different, and the same each time."""
    cases = [case(n, title) for n, title in enumerate(titles)]
    found = names(*cases)
    assert found == names(*cases)
    for key, others in found.items():
        assert key not in others
        assert len(set(others)) == len(others) <= SHOWN
