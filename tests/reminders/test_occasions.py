from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.model.case import Case
from huiyin.model.unit import Role
from huiyin.reminders.notices import Kind
from huiyin.reminders.occasions import find_notices
from huiyin.repo.source import FolderSource
from huiyin.repo.store import read_cases
from huiyin.reports.deadlines import Group, deadline_report
from huiyin.rules.replay import Replay, replay
from tests.cases import PROJECT, Story, at, rulebook, with_settings
from tests.reminders.scene import NOW, notices, routing, stories, told


def handled(received: str = "2026-11-13", **fields: Any) -> Story:
    """A claimed case of 兰州市; a simple one of Friday 13 November is due on Tuesday 24."""
    story = Story(received=f"{received} 09:00").assigned(f"{received} 10:00", **fields)
    return story.claimed(f"{received} 11:00")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-20 17:00", []),
        ("2026-11-22 17:00", []),
        ("2026-11-23 00:00", ["due_soon 2026-11-23"]),
        ("2026-11-24 08:30", ["due_soon 2026-11-23"]),
        ("2026-11-24 23:59", ["due_soon 2026-11-23"]),
        ("2026-11-25 00:00", ["overdue 2026-11-25"]),
        ("2026-11-26 08:30", ["overdue 2026-11-26"]),
        ("2026-11-28 08:30", ["overdue 2026-11-27"]),
    ],
)
def test_the_head_is_reminded_on_the_working_day_before(now: str, expected: list[str]) -> None:
    """第十五条: a reminder on that day, the same one if it comes late; when it is due and nothing came, 第十四条."""
    assert expected == told(handled(), now)


def test_who_is_told_of_what() -> None:
    """第十五条: the head, and the clerk; 第十四条: of lateness the head and the dispatcher."""
    [soon] = notices(handled(), "2026-11-23 10:00")
    assert [("lanzhou", Role.HEAD), ("lanzhou", Role.CLERK)] == [tuple(s) for s in soon.seats]
    [late] = notices(handled(), "2026-11-25 10:00")
    assert [("lanzhou", Role.HEAD), ("wangzhan", Role.CLERK)] == [tuple(s) for s in late.seats]
    assert (("15",), ("13",)) == (soon.articles, late.articles)


@pytest.mark.parametrize(
    ("assigned", "reminder", "due"),
    [
        ("2026-11-12", "2026-11-20", "2026-11-23"),  # Friday, Monday
        ("2026-09-21", "2026-09-30", "2026-10-08"),  # National Day lies between
        ("2026-02-12", "2026-02-27", "2026-02-28"),  # a Saturday that is worked
    ],
)
def test_the_day_before_is_one_on_which_people_work(assigned: str, reminder: str, due: str) -> None:
    """第十五条 with weekends, holidays, make-up working days: told that day, or late until it is due."""
    story = handled(assigned)
    before = date.fromisoformat(reminder) - timedelta(days=1)
    assert [] == told(story, f"{before} 23:59")
    assert [f"due_soon {reminder}"] == told(story, f"{reminder} 08:30") == told(story, f"{due} 23:59")


def test_what_is_submitted_is_not_reminded_of() -> None:
    """第十五条: only where nothing is submitted; where there is no re-review, only where nothing is public."""
    answered = handled().answered("2026-11-20 10:00")
    assert [] == told(answered, "2026-11-24 10:00")
    assert [] == told(answered, "2026-11-24 10:00", with_settings(lateness_stops_at="published"))
    portal = Story(channel="portal", received="2026-11-13 09:00", facts={"clear_matter": True})
    portal.assigned("2026-11-13 10:00").claimed("2026-11-13 11:00")
    assert ["due_soon 2026-11-23"] == told(portal, "2026-11-23 10:00")
    assert [] == told(portal.answered("2026-11-23 09:00"), "2026-11-23 10:00")


def test_whose_turn_it_is() -> None:
    """第十四条: where lateness ends with publication, what is submitted is late with the dispatcher alone."""
    rules = with_settings(lateness_stops_at="published")
    [late] = notices(handled().answered("2026-11-20 10:00"), "2026-11-25 10:00", rules)
    assert [("wangzhan", Role.CLERK)] == [tuple(s) for s in late.seats]


def test_a_decision_gives_a_reminder_of_its_own() -> None:
    """第十五、十六、二十一条: an extension moves the reminder; a case returned on its last day is reminded of anew."""
    extended = handled().extended("2026-11-23 11:00", "2026-12-02")
    assert [] == told(extended, "2026-11-24 10:00")
    assert ["due_soon 2026-12-01"] == told(extended, "2026-12-01 10:00")
    returned = handled().answered("2026-11-20 10:00").returned("2026-11-24 09:00")
    assert ["due_soon 2026-11-24"] == told(returned, "2026-11-24 10:00")
    [late] = notices(extended, "2026-12-03 10:00")
    assert ("16",) == late.articles


@pytest.mark.parametrize(
    ("assigned", "now", "expected"),
    [
        ("2026-11-23 09:00", "2026-11-23 11:00", ["claim 2026-11-23"]),
        ("2026-11-23 15:00", "2026-11-23 17:30", ["claim 2026-11-23"]),
        ("2026-11-23 09:00", "2026-11-24 08:30", ["claim_late 2026-11-24"]),
        ("2026-11-21 09:00", "2026-11-21 17:30", []),
        ("2026-11-21 09:00", "2026-11-23 08:30", ["claim 2026-11-23"]),
        ("2026-11-21 09:00", "2026-11-23 12:00", ["claim 2026-11-23"]),
        ("2026-11-21 09:00", "2026-11-23 12:01", ["claim_late 2026-11-23"]),
        ("2026-11-20 09:00", "2026-11-21 08:30", []),
        ("2026-11-20 09:00", "2026-11-23 08:30", ["claim_late 2026-11-23"]),
    ],
)
def test_claims_are_urged_before_noon(assigned: str, now: str, expected: list[str]) -> None:
    """第九条（二）: on the day of the claim; that of a day off before twelve on the first working day after."""
    story = Story(received=f"{assigned[:10]} 08:00").assigned(assigned)
    assert expected == told(story, now)


def test_a_claim_without_a_limit_is_not_urged() -> None:
    """第十条（二）: the portal sets no hour for a claim."""
    portal = Story(channel="portal", received="2026-11-19 09:00", facts={"clear_matter": True})
    assert [] == told(portal.assigned("2026-11-19 10:00"), "2026-11-23 10:00")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-22 16:59", []),
        ("2026-11-22 17:00", ["review 2026-11-22"]),
        ("2026-11-22 23:59", ["review 2026-11-22"]),
        ("2026-11-23 00:00", ["review_late 2026-11-23"]),
        ("2026-11-28 08:30", ["review_late 2026-11-28"]),
    ],
)
def test_every_day_is_a_review_day(now: str, expected: list[str]) -> None:
    """第九条（一）: the dispatcher is told at the end of the day of receipt, a Sunday like any other."""
    assert expected == told(Story(received="2026-11-22 09:00"), now)


def test_the_dispatcher_of_the_channel_is_told() -> None:
    """第九条（一）、第十二条: the service centre watches its own queue (第十四条)."""
    [late] = notices(Story(channel="service", received="2026-11-20 09:00"), NOW)
    assert [("zhengwu", Role.CLERK), ("zhengwu", Role.HEAD)] == [tuple(s) for s in late.seats]


def test_supervision_gets_its_copies() -> None:
    """第八、十一条: basis 5 and the six topics are copied to 督查室 on the day of assignment, with reasons."""
    story = Story().assigned("2026-11-16 10:00", basis=5, complexity="important", topics=["环境保护"])
    copy = next(n for n in notices(story, "2026-11-16 17:30") if n.kind is Kind.COPIED)
    assert (date(2026, 11, 16), ("8", "11")) == (copy.day, copy.articles)
    assert ("反映重要情况和突出问题（第八条）", "主题：环境保护（第十一条）") == copy.reasons
    assert [("duchashi", Role.CLERK)] == [tuple(s) for s in copy.seats]
    assert not any(n.kind is Kind.COPIED for n in notices(handled(), NOW))


def test_a_copy_goes_even_if_the_case_is_closed_the_same_day() -> None:
    """第十一条: an answer given at once does not save the copy; after two weeks nobody needs it."""
    story = Story(channel="portal", received="2026-11-16 09:00", facts={"clear_matter": True})
    story.assigned("2026-11-16 10:00", complexity="important", topics=["食品安全"])
    story.claimed("2026-11-16 11:00").answered("2026-11-16 12:00")
    assert ["copied 2026-11-16"] == told(story, "2026-11-16 17:30")
    assert ["copied 2026-11-16"] == told(story, "2026-11-30 17:30")
    assert [] == told(story, "2026-12-01 00:00")


def test_a_new_reason_is_a_new_copy() -> None:
    """第十一条: 列为重要 later on is told on its own day."""
    story = handled("2026-11-16", basis=5, complexity="simple")
    assert ["copied 2026-11-16"] == told(story, "2026-11-17 10:00")
    story.add("escalated", "2026-11-18 10:00", "wangzhan.clerk", reason="涉及面广。")
    assert ["copied 2026-11-18"] == told(story, "2026-11-18 17:30")


def test_years_past_are_not_copied() -> None:
    """第八条: records of past years were never to be supervised here."""
    story = Story(received="2019-06-10 09:00", facts={"history": True})
    story.assigned("2019-06-10 10:00", basis=5, complexity="important")
    assert not any(n.kind is Kind.COPIED for n in notices(story, NOW))


def test_supervision_follows_what_is_overdue() -> None:
    """第八条: what it supervises is told when overdue; 第十八条: with an instruction it is tracked instead."""
    story = handled("2026-11-10", basis=5, complexity="important")
    assert ["copied 2026-11-10", "overdue 2026-11-23", "supervised_overdue 2026-11-23"] == told(story)
    story.add("instructed", "2026-11-20 16:00", "shengban.clerk", leader="省政府主要领导", instruction="请抓紧。")
    tracked = notices(story)
    assert ["copied", "overdue", "tracked"] == [n.kind.value for n in tracked]
    assert [("duchashi", Role.CLERK), ("duchashi", Role.HEAD)] == [tuple(s) for s in tracked[-1].seats]
    assert ("18",) == tracked[-1].articles


def test_tracking_begins_with_the_instruction() -> None:
    """第十八条: overdue for weeks, instructed on a Sunday: tracked from the next working day on, and not told late."""
    story = handled("2026-10-12")
    story.add("instructed", "2026-11-22 16:00", "shengban.clerk", leader="省政府主要领导", instruction="请抓紧。")
    assert ["overdue 2026-11-20"] == told(story, "2026-11-22 17:00")
    assert ["overdue 2026-11-23", "tracked 2026-11-23"] == told(story, "2026-11-23 08:30")


def test_a_date_that_is_given_on_a_day_off_is_reminded_of_when_people_work() -> None:
    """第十五、二十一条: returned on a Saturday, due on the Tuesday after; Saturday's reminder would reach nobody."""
    story = handled("2026-11-12").answered("2026-11-20 10:00").returned("2026-11-21 10:00")
    assert [[], [], ["due_soon 2026-11-23"]] == [told(story, f"2026-11-{day} 17:30") for day in ("21", "22", "23")]


def test_what_comes_back_on_a_day_off_is_urged_on_the_next_working_day() -> None:
    """第十四、二十一条: a late answer that is returned on a Saturday was the dispatcher's to deal with on Friday."""
    story = handled().answered("2026-11-25 10:00").returned("2026-11-28 10:00")
    assert [[], [], ["overdue 2026-11-30"]] == [told(story, f"2026-11-{day} 17:30") for day in ("28", "29", "30")]


def test_local_holidays_are_kept() -> None:
    """第十三、十四条: 临夏州 is not told of its lateness on a holiday of its own, 19 November; 兰州市 is."""
    linxia, lanzhou = (
        Story(received="2026-11-09 09:00").assigned("2026-11-09 10:00", unit=unit).claimed("2026-11-09 11:00")
        for unit in ("linxia", "lanzhou")
    )
    assert (["overdue 2026-11-19"], []) == (told(lanzhou, "2026-11-19 10:00"), told(linxia, "2026-11-19 10:00"))
    assert ["overdue 2026-11-20"] == told(linxia, "2026-11-20 10:00")


def test_provisional_dates_say_so() -> None:
    """第十五条 on a year whose calendar is not published yet: the reminder of 31 December is for a date in 2027."""
    [soon] = notices(handled("2026-12-23"), "2026-12-31 10:00")
    [certain] = notices(handled("2026-12-22"), "2026-12-30 10:00")
    assert ((True, "2027-01-04"), False) == ((soon.provisional, soon.due), certain.provisional)


def test_nothing_is_told_of_what_is_settled_or_not_yet_there() -> None:
    """Declined, withdrawn, published; received after the moment that counts as now."""
    assert [] == told(Story(received="2026-11-20 09:00").declined("2026-11-20 10:00"))
    assert [] == told(handled().withdrawn("2026-11-20 10:00"), "2026-11-24 10:00")
    assert [] == told(stories()[-1])
    assert [] == told(Story(received="2026-11-23 11:00"), NOW)


def demo(now: datetime) -> list[Replay]:
    """The cases of the demonstration at a moment."""
    files = read_cases(FolderSource(PROJECT))
    return [replay(f.case, rulebook(), now) for f in files if f.case is not None and f.case.received_at <= now]


@pytest.mark.parametrize("day", ["2026-11-20", "2026-11-23", "2026-11-24", "2026-11-27"])
def test_reminders_agree_with_the_lists(day: str) -> None:
    """第十四、十五、十八条: on a working day every case of ``huiyin deadlines`` is told of, and no other."""
    now = datetime.fromisoformat(at(f"{day} 18:00"))
    replays = demo(now)
    report = deadline_report(replays, rulebook(), now)
    found: dict[str, set[str]] = {}
    for r in replays:
        for n in find_notices(r, rulebook(), routing(), now):
            found.setdefault(n.kind.value, set()).add(n.case_id)
    lists = {group: {e.id for e in entries} for group, entries in report.groups.items()}
    timed = {e.id for e in report.groups[Group.UNCLAIMED] if e.due is not None}
    assert lists[Group.UNREVIEWED] == found.get("review", set()) | found.get("review_late", set())
    assert lists[Group.DUE_SOON] == found.get("due_soon", set())
    assert lists[Group.OVERDUE_INSTRUCTED] == found.get("tracked", set())
    assert lists[Group.OVERDUE] == found.get("overdue", set())
    assert (found.get("claim", set()) | found.get("claim_late", set())) <= timed


@given(st.integers(0, 60 * 24 * 60), st.integers(0, 60 * 24), st.sampled_from(stories()))
def test_a_day_is_told_once(start: int, later: int, story: Story) -> None:
    """Whenever runs happen, a notice's day is not after today, and two runs of one day find the same days."""
    first = datetime.fromisoformat(at("2026-11-01 00:00")) + timedelta(minutes=start)
    second = min(first + timedelta(minutes=later), first.replace(hour=23, minute=59))
    seen = []
    for now in (first, second):
        found = list(find_notices(replay(_until(story, now), rulebook(), now), rulebook(), routing(), now))
        assert all(n.day <= now.date() for n in found)
        assert len(found) == len({n.kind for n in found})
        seen.append({n.kind: n.day for n in found})
    for kind in seen[0].keys() & seen[1].keys():
        assert seen[0][kind] <= seen[1][kind]


def _until(story: Story, now: datetime) -> Case:
    case = story.case()
    return replace(case, events=tuple(e for e in case.events if e.at <= now))
