"""The words that explain the figures say what the code computes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from huiyin.publish.definitions import define
from tests.cases import procedure


def meaning(name: str, **settings: Any) -> str:
    """The definition of a figure under changed settings."""
    return dict(define([replace(procedure(), settings=replace(procedure().settings, **settings))]))[name]


def test_every_figure_shown_is_defined() -> None:
    """The page explains what it prints."""
    names = [name for name, _ in define([procedure()])]
    shown = ["收到", "有效留言", "已办结", "回复率", "按期办结率", "办理用时中位数", "办理用时第90百分位数", "满意率"]
    assert shown == names


@pytest.mark.parametrize(
    ("name", "setting", "value", "expected"),
    [
        ("按期办结率", "lateness_stops_at", "submitted", "须复审的看报送答复之日，不复审的看公开答复之日"),
        ("按期办结率", "lateness_stops_at", "published", "一律看公开答复之日"),
        ("办理用时中位数", "lateness_stops_at", "published", "至公开答复之日"),
        ("办理用时中位数", "counting_starts", "next_day", "自交办次日起"),
        ("办理用时中位数", "counting_starts", "same_day", "自交办当日起"),
        ("办理用时中位数", "reassignment_restarts_clock", True, "自改派次日重新起算"),
        ("办理用时中位数", "reassignment_restarts_clock", False, "改派到另一单位的不重新起算"),
        ("办理用时中位数", "return_restarts_clock", True, "自退回次日重新起算"),
        ("办理用时中位数", "return_restarts_clock", False, "退回重办的不重新起算"),
    ],
)
def test_definitions_follow_the_settings(name: str, setting: str, value: object, expected: str) -> None:
    """第十三、十五、二十一条: a province that decides otherwise reads what holds there."""
    assert expected in meaning(name, **{setting: value})


def test_procedures_that_count_differently_are_named() -> None:
    """第二十三条: local rules may count otherwise; what is common to both is said once."""
    local = replace(
        procedure(), title="兰州市实施细则", settings=replace(procedure().settings, counting_starts="same_day")
    )
    found = dict(define([procedure(), local]))
    assert f"适用《{procedure().title}》的，自交办次日起" in found["办理用时中位数"]
    assert "适用《兰州市实施细则》的，自交办当日起" in found["办理用时中位数"]
    assert "适用" not in found["按期办结率"]
