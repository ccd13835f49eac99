"""Where pages stand."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.publish.addresses import case_address, nth_page, procedure_address, relative, topic_address


def test_case_address_goes_by_the_month_received_in_beijing() -> None:
    """A message of the last evening of a month in UTC belongs to the next month in Beijing."""
    received = datetime.fromisoformat("2026-10-31T18:00:00+00:00")
    assert "cases/2026/11/people-1/" == case_address("people-1", received)


def test_topic_address_is_the_name() -> None:
    """Shipped topics keep their names, so no table of slugs can go stale."""
    assert "topics/环境保护/" == topic_address("环境保护")


@pytest.mark.parametrize("name", ["../..", "a/b", "a b", "index", "README", ".", "a?b#c", "<x>"])
def test_odd_topics_get_a_safe_address_of_their_own(name: str) -> None:
    """A topic is data and may be anything; its folder is one plain name below topics/."""
    slug = topic_address(name).removeprefix("topics/").removesuffix("/")
    assert slug.replace("-", "").isalnum()
    assert slug != name


@given(st.lists(st.text(min_size=1, max_size=20), unique=True, max_size=20))
def test_no_two_topics_share_an_address(names: list[str]) -> None:
    """Different names never meet on one page."""
    assert len(names) == len({topic_address(n) for n in names})


def test_relative_links_lead_up_and_down_and_are_encoded() -> None:
    """Links work below any path, and hold no raw Chinese."""
    assert "../../topics/%E5%85%B6%E4%BB%96/" == relative("units/lanzhou/", "topics/其他/")
    assert "units/" == relative("", "units/")
    assert "../" == relative("units/", "")
    assert "./" == relative("", "")


def test_the_first_page_of_a_list_is_the_list() -> None:
    """Only further pages are numbered."""
    assert ["units/a/", "units/a/2/"] == [nth_page("units/a/", n) for n in (1, 2)]


def test_the_first_procedure_has_the_short_address() -> None:
    """第二十三条: others are reached by their ids."""
    assert ["procedure/", "procedure/b/"] == [procedure_address(p, "a") for p in ("a", "b")]
