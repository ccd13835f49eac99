"""Similar replies: found by what is public, the same each time, and cheap."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from huiyin.publish.similar import SHOWN, find_similar
from huiyin.publish.view import PublicCase, public_case
from tests.cases import rulebook
from tests.publish.building import stories

NOW = "2030-12-31 18:00"


def view(name: str = "plain") -> PublicCase:
    """The public view of a story."""
    case = public_case(stories()[name].replay(NOW), rulebook())
    assert case is not None
    return case


def case(number: int, title: str, body: str = "", **fields: object) -> PublicCase:
    """A published case that says this."""
    return replace(view(), id=f"people-{number:05}", title=title, body=body, **fields)  # type: ignore[arg-type]


def names(cases: list[PublicCase]) -> dict[str, list[str]]:
    """The ids of the similar ones, by id."""
    return {key: [c.id for c in found] for key, found in find_similar(cases).items()}


def test_what_asks_the_same_is_found_from_both_sides() -> None:
    """Two of heating and one of a road."""
    found = names([case(1, "小区供暖温度不达标"), case(2, "家中供暖温度太低"), case(3, "国道路面破损严重")])
    assert {"people-00001": ["people-00002"], "people-00002": ["people-00001"], "people-00003": []} == found


def test_the_same_topic_and_unit_come_first() -> None:
    """Words alike in both, one of them of the same topic and unit."""
    near = case(2, "供暖温度不达标怎么办", topics=("交通运输",), unit="lanzhou")
    far = case(3, "供暖温度不达标怎么办", topics=("其他",), unit="tianshui")
    assert ["people-00002", "people-00003"] == names([case(1, "供暖温度不达标"), far, near])["people-00001"]


def test_what_everybody_says_makes_nothing_similar() -> None:
    """A greeting that stands in all messages is no likeness."""
    greeting = "尊敬的领导您好，"
    titles = ("供暖", "公交", "医保", "噪声", "学区", "路灯", "停车")
    assert {()} == {tuple(f) for f in names([case(n, t, greeting) for n, t in enumerate(titles)]).values()}


def test_nothing_of_a_private_message_plays_a_part() -> None:
    """第二十条第二款: its view has no body, so only its title is compared."""
    private = view("private")
    assert private.body is None
    twin = case(1, "另一件事", "body of private")
    assert {"people-00001": [], private.id: []} == names([twin, private])


@given(st.lists(st.text("供暖温度不达标公交站台", max_size=8), max_size=12))
def test_a_case_is_never_like_itself_nor_named_twice(titles: list[str]) -> None:
    """Few, different, and the same each time."""
    cases = [case(n, title) for n, title in enumerate(titles)]
    found = names(cases)
    assert found == names(list(cases))
    for key, others in found.items():
        assert key not in others
        assert len(set(others)) == len(others) <= SHOWN
