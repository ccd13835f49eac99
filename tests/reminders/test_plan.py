from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise

import pytest

from huiyin.model.unit import Holding, Person, Role
from huiyin.reminders.plan import make_plan
from huiyin.reminders.routing import Group, RobotKind
from huiyin.reminders.texts import MARK, letter, post, split, subject
from huiyin.rules.registry import Registry
from tests.cases import Story, at, rulebook
from tests.reminders.scene import EVERYTHING, NOW, plan_of, routing, stories, with_groups

SOON = Story(reference="3", received="2026-11-13 09:00").assigned("2026-11-13 10:00").claimed("2026-11-13 11:00")


def test_everybody_is_told_what_concerns_them() -> None:
    """第九、十一、十五、十八条: by the roles of the day; to each addressee the gravest first."""
    found: dict[str, list[str]] = {}
    for d in plan_of(stories()).deliveries:
        found.setdefault(d.key.to, []).append(f"{d.key.kind} {d.key.case_id}")
    overdue = ["overdue people-6", "overdue people-4", "overdue people-5"]
    late_claim, review = ["claim_late people-7"], ["review_late people-1"]
    head = [*overdue, "due_soon people-3", *late_claim]
    clerk = ["due_soon people-3", *late_claim, "claim people-2"]
    copied = ["copied people-6"]
    expected = {
        "lanzhou.head": head,
        "lanzhou.clerk": clerk,
        "wangzhan.clerk": [*overdue, *late_claim, *review],
        "wangzhan.clerk2": [*overdue, *late_claim, *review],
        "wangzhan.head": review,
        "duchashi.clerk": ["tracked people-5", "supervised_overdue people-6", *copied],
        "duchashi.head": ["tracked people-5"],
        "lanzhou-ding": [*overdue, "due_soon people-3", *late_claim, "claim people-2"],
        "wangzhan-wecom": [*overdue, *late_claim, *review],
        "duchashi-feishu": ["tracked people-5", "supervised_overdue people-6", *copied],
    }
    assert expected == found


def test_the_roles_of_the_day_count() -> None:
    """第十五条: the head of that day is told, not a former one; nobody in office is a problem with the unit."""
    people = dict(rulebook().registry.people)
    people["lanzhou.head"] = Person(
        "lanzhou.head", "前任", (Holding("lanzhou", Role.HEAD, date(2015, 8, 5), date(2026, 11, 22)),)
    )
    people["lanzhou.new"] = Person("lanzhou.new", "新任", (Holding("lanzhou", Role.HEAD, date(2026, 11, 23)),))
    for now, heads in ((NOW, ["lanzhou.new"]), ("2026-11-22 10:00", list[str]())):
        rules = replace(rulebook(), registry=Registry(rulebook().registry.units, people))
        plan = make_plan([SOON.replay(now)], rules, routing(), datetime.fromisoformat(at(now)))
        assert heads == [d.key.to for d in plan.deliveries if "clerk" not in d.key.to]
        assert () == plan.problems
    del people["lanzhou.new"]
    rules = replace(rulebook(), registry=Registry(rulebook().registry.units, people))
    plan = make_plan([SOON.replay(NOW)], rules, routing(), datetime.fromisoformat(at(NOW)))
    [problem] = plan.problems
    assert ("HY861", "15", True) == (problem.code, problem.article, "兰州市" in problem.message)
    assert ["lanzhou.clerk"] == [d.key.to for d in plan.deliveries]


def test_nobody_is_told_the_same_twice() -> None:
    """Whoever holds two of the roles that are told has one notice."""
    people = dict(rulebook().registry.people)
    both = tuple(Holding("lanzhou", role, date(2015, 8, 5)) for role in (Role.HEAD, Role.CLERK))
    people["lanzhou.head"] = Person("lanzhou.head", "一身二任", both)
    del people["lanzhou.clerk"]
    rules = replace(rulebook(), registry=Registry(rulebook().registry.units, people))
    plan = make_plan([SOON.replay(NOW)], rules, routing(), datetime.fromisoformat(at(NOW)))
    assert ["lanzhou.head"] == [d.key.to for d in plan.deliveries]


def test_a_group_is_told_only_what_it_wants() -> None:
    """And only what is told to somebody of its own unit."""
    group = Group("tianshui-ding", RobotKind.DINGTALK, "tianshui", EVERYTHING)
    assert not [d for d in plan_of(stories(), rules=with_groups(group)).deliveries if d.key.channel != "mail"]
    kinds = frozenset(k for k in EVERYTHING if k.value == "claim")
    claims = Group("lanzhou-ding", RobotKind.DINGTALK, "lanzhou", kinds)
    found = [d.key for d in plan_of(stories(), rules=with_groups(claims)).deliveries if d.key.channel == "dingtalk"]
    assert [("2026-11-23", "claim", "people-2", "lanzhou-ding", "dingtalk")] == [tuple(key) for key in found]


def texts() -> list[str]:
    """Everything that is written about the stories."""
    plan, registry = plan_of(stories()), rulebook().registry
    to = dict.fromkeys(d.addressee for d in plan.deliveries)
    found = []
    for addressee in to:
        mine = [d for d in plan.deliveries if d.addressee == addressee]
        found += [subject(mine, plan.as_of), letter(mine, registry, plan.as_of), post(mine, registry, plan.as_of)]
    return found


def test_a_letter_reads_so() -> None:
    """第十五条: case number, unit, date, article, and what is told late says so."""
    plan = plan_of([SOON], "2026-11-24 08:30")
    mine = [d for d in plan.deliveries if d.key.to == "lanzhou.head"]
    assert "【网民留言催办提醒】将到期1件（2026-11-24）" == subject(mine, plan.as_of)
    lines = letter(mine, rulebook().registry, plan.as_of).splitlines()
    assert "兰州市主要负责人（演示）：" == lines[0]
    assert "一、办理时限将到期，仍未报送答复或者公开答复（1件）" in lines
    assert "1. people-3，兰州市，期限2026-11-24，第十五条，应于2026-11-23告知，现予补发" in lines
    assert any("甘政办发〔2015〕115号" in line for line in lines)
    assert any("“中国·甘肃”网站管理中心" in line for line in lines)


def test_nobody_in_time_is_told_that_he_is_late() -> None:
    """第十六条: an extension that came late; the head is reminded of the new date as anybody else."""
    story = Story(reference="1", received="2026-11-02 09:00").assigned("2026-11-02 10:00").claimed("2026-11-02 11:00")
    plan = plan_of([story.extended("2026-11-16 09:00", "2026-11-24")])
    mine = [d for d in plan.deliveries if d.key.to == "lanzhou.head"]
    text = letter(mine, rulebook().registry, plan.as_of)
    assert "1. people-1，兰州市，期限2026-11-24，第十五条\n" in text
    assert "已逾期" not in text


def test_provisional_dates_are_marked() -> None:
    """A date that may still move is not told as if it were sure."""
    story = Story(received="2026-12-23 09:00").assigned("2026-12-23 10:00").claimed("2026-12-23 11:00")
    plan = plan_of([story], "2026-12-31 10:00")
    mine = [d for d in plan.deliveries if d.key.to == "lanzhou.head"]
    assert "期限2027-01-04（暂算，该年度放假安排尚未公布）" in letter(mine, rulebook().registry, plan.as_of)


def test_nothing_of_a_message_is_written() -> None:
    """第十九条: no title, no text, no instruction; a case whose reply is private stands there by its number."""
    private = Story(reference="9", received="2026-11-10 09:00").assigned("2026-11-10 10:00").claimed("2026-11-10 11:00")
    private.answered("2026-11-18 10:00", mode="private", reply=None, delivered_by="phone", public_note="已电话答复。")
    private.returned("2026-11-19 10:00")
    plan = plan_of([private])
    mine = [d for d in plan.deliveries if d.key.to == "lanzhou.head"]
    assert "people-9，兰州市，期限2026-11-19" in letter(mine, rulebook().registry, plan.as_of)
    for text in [*texts(), letter(mine, rulebook().registry, plan.as_of)]:
        for secret in ("公交", "早高峰", "抓紧办理。", "请抓紧。", "没有回答", "已电话答复", "演示用虚构"):
            assert secret not in text
    assert all(MARK in text for text in texts() if "：\n" not in text[:40])


@pytest.mark.parametrize("limit", [400, 2000, 15_000])
def test_posts_are_cut_to_what_a_robot_takes(limit: int) -> None:
    """Nothing is lost in cutting, and no post is longer than allowed."""
    many = [
        Story(reference=str(n), received="2026-11-13 09:00").assigned("2026-11-13 10:00").claimed("2026-11-13 11:00")
        for n in range(60)
    ]
    plan = plan_of(many)
    mine = [d for d in plan.deliveries if d.key.to == "lanzhou-ding"]
    parts = list(split(mine, rulebook().registry, plan.as_of, limit))
    assert mine == [d for part in parts for d in part]
    assert all(len(post(part, rulebook().registry, plan.as_of).encode()) <= limit for part in parts)
    together = [[*part, following[0]] for part, following in pairwise(parts)]
    assert all(len(post(more, rulebook().registry, plan.as_of).encode()) > limit for more in together)
    assert (limit == 15_000) == (len(parts) == 1)
