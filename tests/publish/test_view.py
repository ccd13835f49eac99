"""The allow-list: what may be seen of a case."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime

import pytest

from huiyin.model.event import Answered, Complexity, Corrected
from huiyin.publish.addresses import case_address
from huiyin.publish.reopened import ReopenedCase, reopened_case
from huiyin.publish.statistics import Counted, Outcome
from huiyin.publish.timeline import PublicEntry
from huiyin.publish.view import PublicCase, PublicCorrection, counted, counted_unpublished, public_case
from huiyin.rules.deadlines import DueBy
from tests.cases import Story, rulebook, with_settings
from tests.publish.building import PLANTED, PUBLISHED, REOPENED, secret, stories

NOW = "2030-12-31 18:00"


def view(name: str) -> PublicCase:
    """The public view of a story."""
    case = public_case(stories()[name].replay(NOW), rulebook())
    assert case is not None
    return case


def test_the_allow_list_is_this_and_no_more() -> None:
    """第十九条: a field becomes public only by a decision; whoever adds one changes this test too."""
    assert {
        PublicCase: (
            "id", "procedure", "procedure_title", "channel", "title", "body", "unit", "unit_name", "publisher", "mode",
            "reply", "public_note", "topics", "complexity", "received_at", "assigned_at", "answered_at",
            "published_at", "corrections", "limit", "used", "due", "due_by", "missed", "provisional", "late",
            "late_days", "satisfaction", "timeline",
        ),
        PublicEntry: ("at", "title", "detail", "article"),
        PublicCorrection: ("at", "reason"),
        ReopenedCase: (
            "id", "received_at", "procedure", "procedure_title", "withdrawn", "title", "unit", "unit_name", "timeline",
            "updated",
        ),
        Counted: (
            "month", "channel", "outcome", "unit", "topics", "complexity", "late", "working_days", "satisfaction",
        ),
    } == {
        kind: tuple(f.name for f in fields(kind))
        for kind in (PublicCase, PublicEntry, PublicCorrection, ReopenedCase, Counted)
    }  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED)
def test_no_secret_is_in_any_view(name: str) -> None:
    """第十九、二十条: nothing planted in a field that is not public is anywhere in the view."""
    assert PLANTED in repr(stories()[name].case()) or name in {"provisional", "hostile"}
    assert PLANTED not in repr(view(name))


@pytest.mark.parametrize("name", REOPENED)
def test_a_returned_reply_is_in_no_view(name: str) -> None:
    """第二十一条: title, unit and timeline are left, and after a withdrawal nothing."""
    found = stories()[name].replay(NOW)
    case = reopened_case(found, rulebook().registry)
    assert case is not None
    assert PLANTED not in repr(case)
    assert case_address(found.case.id, found.case.received_at) == case.address
    assert ("小区路灯不亮", "lanzhou") == (case.title, case.unit) or (case.withdrawn, "", "", ()) == (
        name == "gone", case.title, case.unit_name, case.timeline,
    )  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(stories()) - set(REOPENED)))
def test_only_what_was_public_is_reopened(name: str) -> None:
    """What never was public, or is again, has no such page: nobody was given the address of a reply now missing."""
    assert reopened_case(stories()[name].replay(NOW), rulebook().registry) is None


@pytest.mark.parametrize("name", sorted(set(stories()) - set(PUBLISHED)))
def test_what_is_not_published_has_no_view(name: str) -> None:
    """Received, declined, withdrawn, submitted and returned cases have no page."""
    assert public_case(stories()[name].replay(NOW), rulebook()) is None


def test_private_reply_shows_neither_body_nor_reply() -> None:
    """第二十条第二款: only the public note, as corrected."""
    case = view("private")
    assert (None, None, "已电话答复本人，并告知了投诉渠道。") == (case.body, case.reply, case.public_note)
    assert [None] == [c.reason for c in case.corrections]


def test_no_text_of_a_private_reply_is_shown_even_where_the_record_holds_it() -> None:
    """第十九、二十条: rules refuse such a record; the view does not rely on them."""
    found = stories()["private"].replay(NOW)
    planted = [
        replace(e, reply=secret("reply of private")) if isinstance(e, Answered | Corrected) else e
        for e in found.accepted
    ]
    answer = next(e for e in planted if isinstance(e, Answered))
    later = [replace(e, public_note=None) if isinstance(e, Corrected) else e for e in planted]
    for accepted, note in ((planted, "已电话答复本人，并告知了投诉渠道。"), (later, "已电话答复本人。")):
        case = public_case(replace(found, accepted=tuple(accepted), answer=answer), rulebook())
        assert case is not None
        assert PLANTED not in repr(case)
        assert (None, note) == (case.reply, case.public_note)


def test_a_correction_replaces_the_text_and_says_why() -> None:
    """第二十条: the corrected text, with both dates and the reason."""
    case = view("corrected")
    assert case.reply is not None
    assert case.reply.startswith("更正后的全文")
    assert [("2026-10-20", "金额有误")] == [(c.at.date().isoformat(), c.reason) for c in case.corrections]
    assert "2026-10-15" == case.published_at.date().isoformat()


def test_a_correction_of_a_reply_that_was_returned_is_not_shown() -> None:
    """第二十一条: the new answer stands for itself."""
    story = Story("2026-11-03 09:00", "portal", "G2").assigned("2026-11-03 10:00").claimed("2026-11-03 11:00")
    story.answered("2026-11-04 09:00")
    story.add("corrected", "2026-11-04 10:00", "lanzhou.clerk", reply="旧的更正", reason="有误")
    story.add("rated", "2026-11-04 11:00", "wangzhan.clerk", level="不满意")
    story.returned("2026-11-05 09:00").answered("2026-11-06 09:00", reply="新的答复，已经办结，情况如上。")
    case = public_case(story.replay(NOW), rulebook())
    assert case is not None
    assert ("新的答复，已经办结，情况如上。", (), None) == (case.reply, case.corrections, case.satisfaction)


def test_lateness_is_told_in_working_days() -> None:
    """第十三、十六条: against the due date that the extension set."""
    case = view("late")
    assert (date(2026, 10, 23), DueBy.EXTENSION, True, 4) == (case.due, case.due_by, case.late, case.late_days)
    assert ("逾期4个工作日", 13, 7) == (case.verdict, case.used, case.limit)


def test_a_due_date_missed_before_an_extension_stays_missed() -> None:
    """第十三、十六条: consent given after the date has passed moves it, and does not make the unit punctual."""
    story = Story("2026-10-12 08:30").assigned("2026-10-12 09:00").claimed("2026-10-12 10:00")
    story.extended("2026-10-23 10:00", "2026-10-30").answered("2026-10-26 09:00")
    waiting = counted_unpublished(story.replay(NOW), rulebook())
    case = public_case(story.published("2026-10-27 09:00").replay(NOW), rulebook())
    assert case is not None
    assert (date(2026, 10, 21), date(2026, 10, 30), DueBy.EXTENSION) == (case.missed, case.due, case.due_by)
    assert ("逾期2个工作日", True, True) == (case.verdict, counted(case).late, waiting.late)
    assert view("late").missed is None


def test_lateness_of_less_than_a_working_day_is_late_too() -> None:
    """A due Friday missed on Saturday: 0 working days, and late."""
    story = Story("2026-11-02 09:00").assigned("2026-11-04 10:00").claimed("2026-11-04 11:00")
    story.answered("2026-11-14 09:00").published("2026-11-16 09:00")
    case = public_case(story.replay(NOW), rulebook())
    assert case is not None
    assert ("逾期不足1个工作日", True) == (case.verdict, case.late)


def test_days_used_count_the_first_day_where_the_setting_says_so() -> None:
    """第十三条: the days shown are counted as the limit is."""
    rules = with_settings(counting_starts="same_day")
    usual = public_case(stories()["plain"].replay(NOW), rulebook())
    changed = public_case(stories()["plain"].replay(NOW, rules), rules)
    assert usual is not None
    assert changed is not None
    assert (3, 4) == (usual.used, changed.used)


def test_provisional_dates_are_marked() -> None:
    """A due date in a year without a calendar is marked (design §4)."""
    assert (True, False) == (view("provisional").provisional, view("plain").provisional)


def test_the_last_rating_counts() -> None:
    """满意度 may be given again."""
    assert "满意" == view("plain").satisfaction


def test_topics_outside_the_procedure_are_left_out() -> None:
    """A topic that the procedure does not know is free text, and may be anything."""
    story = Story().assigned("2026-11-16 10:00", topics=["交通运输", PLANTED]).claimed("2026-11-16 11:00")
    story.answered("2026-11-17 09:00").published("2026-11-18 09:00")
    found = story.replay(NOW)
    case = public_case(found, rulebook())
    assert case is not None
    assert ("交通运输",) == case.topics
    assert ("交通运输",) == counted_unpublished(found, rulebook()).topics


def test_counted_of_a_published_case_is_what_its_page_shows() -> None:
    """The figures can be counted again from the pages."""
    case = view("late")
    assert ("2026-10", "dingxi", Outcome.CLOSED, True, 13) == (
        (c := counted(case)).month, c.unit, c.outcome, c.late, c.working_days,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "outcome", "unit"),
    [
        ("received", Outcome.PENDING, None),
        ("declined", Outcome.DECLINED, None),
        ("withdrawn", Outcome.WITHDRAWN, "lanzhou"),
        ("submitted", Outcome.OPEN, "lanzhou"),
        ("returned", Outcome.OPEN, "lanzhou"),
        ("gone", Outcome.WITHDRAWN, "lanzhou"),
    ],
)
def test_unpublished_cases_are_counted_by_outcome(name: str, outcome: Outcome, unit: str | None) -> None:
    """What has no page is counted, with its lead unit where there is one."""
    found = counted_unpublished(stories()[name].replay(NOW), rulebook())
    assert ("2026-11", outcome, unit) == (found.month, found.outcome, found.unit)


def test_open_cases_are_late_once_their_due_date_has_passed() -> None:
    """第十三条: submitted in time is in time, even before publication; returned and unanswered is not."""
    assert [False, True] == [
        counted_unpublished(stories()[name].replay(NOW), rulebook()).late for name in ("submitted", "returned")
    ]


def test_six_topics_are_important() -> None:
    """第十一条: the kind that counts is shown, not the one that was typed."""
    story = Story().assigned("2026-11-16 10:00", topics=["环境保护"]).claimed("2026-11-16 11:00")
    case = public_case(story.answered("2026-11-17 09:00").published("2026-11-18 09:00").replay(NOW), rulebook())
    assert case is not None
    assert (Complexity.IMPORTANT, 5) == (case.complexity, case.limit)


def test_address_and_month_go_by_the_day_received() -> None:
    """The address never changes, whatever happens later."""
    assert ("cases/2026/11/people-P1/", "2026-11") == (view("plain").address, view("plain").month)
    assert datetime.fromisoformat("2026-11-22T09:00:00+08:00").date() == view("plain").updated
