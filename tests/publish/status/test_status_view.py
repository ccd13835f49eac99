"""What a sender may see of a message with its query code."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import pytest

from huiyin.publish.status.view import PublicStatus, status_of
from huiyin.publish.view import public_case
from tests.cases import Story, rulebook
from tests.publish.building import PLANTED, stories

LOOKUP = "ab" * 32


def seen(story: Story, now: str = "2030-12-31 18:00") -> PublicStatus:
    """The status of a story with a code."""
    story.facts["lookup"] = LOOKUP
    found = story.replay(now)
    status = status_of(found, rulebook(), public_case(found, rulebook()))
    assert status is not None
    return status


@pytest.mark.parametrize(
    ("name", "state", "note", "unit", "due"),
    [
        ("received", "待回复", "", "", None),
        ("submitted", "办理中", "", "兰州市", date(2026, 11, 16)),
        ("returned", "办理中", "", "兰州市", date(2026, 11, 16)),
        ("declined", "已办理", "不予受理", "", None),
        ("withdrawn", "已办理", "留言已撤回", "", None),
        ("gone", "已办理", "留言已撤回", "", None),
        ("plain", "已办理", "", "兰州市", None),
        ("private", "已办理", "", "陇南市", None),
    ],
)
def test_states_units_and_dates(name: str, state: str, note: str, unit: str, due: date | None) -> None:
    """第十三条: the words of the procedure; no date once nobody has to do anything."""
    status = seen(stories()[name])
    assert (state, note, unit, due) == (status.state, status.note, status.unit, status.due)


def test_a_message_that_waits_to_be_claimed() -> None:
    """第九条(二): assigned, so the unit and its date are known."""
    status = seen(Story("2026-11-20 09:00").assigned("2026-11-20 10:00", "tianshui"), "2026-11-20 11:00")
    assert ("待回复", "天水市", date(2026, 12, 1)) == (status.state, status.unit, status.due)


def test_a_date_that_may_still_move_says_so() -> None:
    """The calendar of that year is not published."""
    assert seen(Story("2030-05-06 09:00").assigned("2030-05-06 10:00"), "2030-05-06 11:00").provisional
    assert not seen(stories()["submitted"]).provisional


def test_a_public_reply_is_linked() -> None:
    """Only where there is one now."""
    assert "cases/2026/11/people-P1/" == seen(stories()["plain"]).page
    assert {""} == {seen(stories()[name]).page for name in ("received", "submitted", "returned", "gone", "declined")}


def test_no_text_of_anybody_is_told() -> None:
    """第十九条: of none of the stories, in whose every hidden text a word is planted."""
    for name, story in stories().items():
        told = str(asdict(seen(story)))
        assert PLANTED not in told, name
        assert story.data()["title"] not in told, name


def test_without_a_code_there_is_nothing() -> None:
    """Messages that were registered before there were codes."""
    found = stories()["plain"].replay("2030-12-31 18:00")
    assert status_of(found, rulebook(), None) is None
