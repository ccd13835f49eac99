from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.model.event import Complexity
from huiyin.rules.deadlines import ClockKind, lateness
from huiyin.rules.replay import Replay
from tests.cases import LETTER, Story, rulebook, with_settings


def due(result: Replay, kind: ClockKind = ClockKind.HANDLING) -> str:
    """What the latest clock of that kind says."""
    clock = result.clock(kind)
    assert clock is not None
    return str(clock.due)


def late(result: Replay, kind: ClockKind = ClockKind.HANDLING) -> tuple[bool, int, int]:
    """(late, working days, hours) of the latest clock of that kind."""
    clock = result.clock(kind)
    assert clock is not None
    found = lateness(clock, result.now, rulebook().days_for(clock.unit, result.procedure))
    return found.late, found.working_days, found.hours


def codes(result: Replay) -> list[str]:
    """The codes of all problems."""
    return [p.code for p in result.problems]


def test_city_route_from_receipt_to_publication() -> None:
    """第九条(一)至(三): claim, signature, re-review, publication; every state on the way and its public word."""
    story = Story()
    seen = []
    for verb, when in (
        ("assigned", "2026-11-16 10:00"),
        ("claimed", "2026-11-16 15:00"),
        ("answered", "2026-11-20 15:00"),
        ("published", "2026-11-23 09:00"),
    ):
        result = story.replay()
        seen.append((result.state, result.public_status))
        getattr(story, verb)(when)
    seen.append((story.replay().state, story.replay().public_status))
    assert [
        ("received", "待回复"),
        ("awaiting_claim", "待回复"),
        ("handling", "办理中"),
        ("submitted", "办理中"),
        ("published", "已办理"),
    ] == seen
    assert [] == codes(story.replay())


def test_department_route_has_no_claim() -> None:
    """第九条(四): a written transfer with a letter number, no claim."""
    story = Story().assigned("2026-11-16 10:00", "jiaotong", letter=LETTER)
    assert "handling" == story.replay().state
    assert ["HY301"] == codes(story.claimed("2026-11-16 11:00").replay())


def test_portal_answer_is_public_at_once_without_re_review() -> None:
    """第十条(二): the unit publishes by itself; a publication by the dispatcher has no place."""
    story = Story(channel="portal").assigned("2026-11-16 10:00").claimed("2026-11-18 10:00")
    story.answered("2026-11-20 15:00")
    result = story.replay()
    assert ("published", "2026-11-20T15:00:00+08:00") == (result.state, str(result.published_at).replace(" ", "T"))
    assert ["HY301"] == codes(story.published("2026-11-20 16:00").replay())


def test_service_route_goes_through_the_service_centre() -> None:
    """第十二条: dispatched, re-reviewed and published by 政务服务中心."""
    story = Story(channel="service").assigned("2026-11-16 10:00").answered("2026-11-20 15:00")
    story.published("2026-11-20 16:00")
    result = story.replay()
    assert ("zhengwu", "published", []) == (result.dispatcher, result.state, codes(result))


@pytest.mark.parametrize(
    ("complexity", "expected"), [("simple", "2026-11-25"), ("complex", "2026-12-07"), ("important", "2026-11-23")]
)
def test_working_days_from_assignment(complexity: str, expected: str) -> None:
    """第十三条: 7, 15 or 5 working days from the day of assignment, which does not count itself."""
    assert expected == due(Story().assigned("2026-11-16 10:00", complexity=complexity).replay())


def test_local_holiday_moves_the_due_date_of_its_prefecture_only() -> None:
    """第十三条: 19 November is no working day in 临夏; a setting can turn that off."""
    story = Story().assigned("2026-11-16 10:00", "linxia")
    assert "2026-11-26" == due(story.replay())
    assert "2026-11-25" == due(story.replay(rules=with_settings(local_holidays=False)))


def test_day_of_assignment_counts_where_the_setting_says_so() -> None:
    """民法典第二百零一条 is the default; the other reading is a setting."""
    story = Story().assigned("2026-11-16 10:00")
    assert "2026-11-24" == due(story.replay(rules=with_settings(counting_starts="same_day")))


@pytest.mark.parametrize(
    ("assigned", "expected"),
    [
        ("2026-11-16 10:00", "2026-11-16"),
        ("2026-11-16 23:59", "2026-11-16"),
        ("2026-11-21 10:00", "2026-11-23T12:00:00+08:00"),
        ("2026-09-20 10:00", "2026-09-20"),
        ("2026-10-03 10:00", "2026-10-08T12:00:00+08:00"),
    ],
)
def test_claim_clock(assigned: str, expected: str) -> None:
    """第九条(二): same day on a working day (a make-up Sunday too), else 12:00 on the first working day after."""
    story = Story(received=assigned).assigned(assigned)
    assert expected == due(story.replay(), ClockKind.CLAIM)


def test_claim_is_late_after_noon_by_hours() -> None:
    """第九条(二): claimed at 14:30 against 12:00 is two full hours late and no working day."""
    story = Story(received="2026-11-21 09:00").assigned("2026-11-21 10:00").claimed("2026-11-23 14:30")
    assert (True, 0, 2) == late(story.replay(), ClockKind.CLAIM)
    in_time = Story(received="2026-11-21 09:00").assigned("2026-11-21 10:00").claimed("2026-11-23 12:00")
    assert (False, 0, 0) == late(in_time.replay(), ClockKind.CLAIM)


def test_claim_day_of_the_message_where_the_setting_says_so() -> None:
    """第九条(二), other reading: a Sunday message assigned on Monday is claimed by Monday noon."""
    story = Story(received="2026-11-22 09:00").assigned("2026-11-23 09:00")
    rules = with_settings(claim_day="received")
    assert "2026-11-23" == due(story.replay(), ClockKind.CLAIM)
    assert "2026-11-23T12:00:00+08:00" == due(story.replay(rules=rules), ClockKind.CLAIM)
    too_late_for_noon = Story(received="2026-11-22 09:00").assigned("2026-11-23 14:00")
    assert "2026-11-23" == due(too_late_for_noon.replay(rules=rules), ClockKind.CLAIM)


def test_ordinary_weekend_has_no_hour_where_only_statutory_holidays_count() -> None:
    """节假日, other reading: the noon rule holds after statutory holidays only."""
    rules = with_settings(rest_days="statutory_only")
    weekend = Story(received="2026-11-21 09:00").assigned("2026-11-21 10:00")
    holiday = Story(received="2026-10-02 09:00").assigned("2026-10-02 10:00")
    assert "2026-11-23" == due(weekend.replay(rules=rules), ClockKind.CLAIM)
    assert "2026-10-08T12:00:00+08:00" == due(holiday.replay(rules=rules), ClockKind.CLAIM)


def test_review_is_due_every_day_weekends_included() -> None:
    """第九条(一): a Saturday's message is reviewed on Saturday."""
    result = Story(received="2026-11-21 20:00").replay(now="2026-11-22 00:30")
    assert "2026-11-21" == due(result, ClockKind.REVIEW)
    assert late(result, ClockKind.REVIEW)[0]


def test_handling_is_met_by_submission_where_there_is_a_re_review() -> None:
    """第十五条: lateness stops at 报送; the other reading stops at 公开."""
    story = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").answered("2026-11-25 23:00")
    story.published("2026-11-27 10:00")
    assert (False, 0, 0) == late(story.replay())
    strict = story.replay(rules=with_settings(lateness_stops_at="published"))
    assert (True, 2, 34) == late(strict)


def test_lateness_on_a_rest_day_is_late_by_no_working_day() -> None:
    """第十三条: answered on the Saturday after a Friday due date."""
    story = Story(received="2026-11-11 09:00").assigned("2026-11-11 10:00").claimed("2026-11-11 11:00")
    story.answered("2026-11-21 10:00")
    result = story.replay()
    assert ("2026-11-20", (True, 0, 10)) == (due(result), late(result))


def test_misrouted_does_not_stop_the_clock() -> None:
    """第二条: the clock goes on while units argue."""
    result = Story().assigned("2026-11-16 10:00").misrouted("2026-11-17 10:00").replay(now="2026-11-27 10:00")
    assert ("misrouted", (True, 2, 34)) == (result.state, late(result))


def test_reassignment_starts_a_new_clock_and_keeps_the_old_one() -> None:
    """第十三条: 从交办之日起计算; the former unit's clock is kept, marked as fallen away."""
    story = Story().assigned("2026-11-16 10:00").misrouted("2026-11-17 10:00")
    story.assigned("2026-11-18 10:00", "jiaotong", letter=LETTER)
    result = story.replay()
    handling = [c for c in result.clocks if c.kind is ClockKind.HANDLING]
    assert [("lanzhou", "2026-11-25", True), ("jiaotong", "2026-11-27", False)] == [
        (c.unit, str(c.due), c.superseded) for c in handling
    ]
    kept = story.replay(rules=with_settings(reassignment_restarts_clock=False))
    assert "2026-11-25" == due(kept)


def test_assigning_to_the_same_unit_again_does_not_restart_the_clock() -> None:
    """第十三条: a refused request for another unit wins no time."""
    story = Story().assigned("2026-11-16 10:00").misrouted("2026-11-18 10:00").assigned("2026-11-19 10:00")
    assert "2026-11-25" == due(story.replay())


def test_a_refused_request_keeps_an_extension() -> None:
    """第十六条: what the dispatcher consented to is not lost when the same unit is told to go on."""
    story = Story().assigned("2026-11-16 10:00").extended("2026-11-18 10:00", "2026-12-07")
    assert "2026-12-07" == due(story.misrouted("2026-11-19 10:00").assigned("2026-11-20 10:00").replay())
    moved_on = Story().assigned("2026-11-16 10:00").extended("2026-11-18 10:00", "2026-12-07")
    moved_on.misrouted("2026-11-19 10:00").assigned("2026-11-20 10:00", "tianshui")
    assert "2026-12-01" == due(moved_on.replay())


def test_importance_survives_reassignment() -> None:
    """第十一条: 列为重要 holds for the message, whichever unit handles it."""
    story = Story().assigned("2026-11-16 10:00")
    story.add("escalated", "2026-11-16 11:00", "wangzhan.clerk", reason="多人反映。")
    result = story.misrouted("2026-11-17 10:00").assigned("2026-11-18 10:00", "tianshui").replay()
    assert (Complexity.IMPORTANT, "2026-11-25") == (result.complexity, due(result))


def test_return_leaves_the_due_date_unless_one_is_set() -> None:
    """第二十一条: silent on the clock; the due date stands, or the dispatcher sets one, or the setting restarts it."""

    def story() -> Story:
        begun = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
        return begun.answered("2026-11-20 10:00")

    stands = story().returned("2026-11-23 10:00").replay(now="2026-11-26 10:00")
    assert ("returned", "2026-11-25", (True, 1, 10)) == (stands.state, due(stands), late(stands))
    assert "2026-11-30" == due(story().returned("2026-11-23 10:00", due="2026-11-30").replay())
    restarted = story().returned("2026-11-23 10:00").replay(rules=with_settings(return_restarts_clock=True))
    assert "2026-12-02" == due(restarted)


def test_portal_reply_can_be_returned_after_it_is_public() -> None:
    """第二十一条 holds where there is no re-review too."""
    story = Story(channel="portal").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    result = story.answered("2026-11-18 10:00").returned("2026-11-19 10:00").replay(now="2026-11-20 00:00")
    assert ("returned", None, None, []) == (result.state, result.answer, result.published_at, codes(result))


def test_extension_moves_the_due_date_and_the_reminder() -> None:
    """第十五、十六条: the new date counts, and the reminder goes with it."""
    story = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").extended("2026-11-24 10:00", "2026-12-07")
    clock = story.replay().clock(ClockKind.HANDLING)
    assert clock is not None
    assert ("2026-12-07", "2026-12-04") == (str(clock.due), str(clock.remind_on))


def test_reminder_is_on_the_working_day_before() -> None:
    """第十五条: for a Monday due date the reminder is on Friday, or on Sunday by the other reading."""
    story = Story().assigned("2026-11-16 10:00", complexity="important")
    working = story.replay().clock(ClockKind.HANDLING)
    calendar = story.replay(rules=with_settings(reminder_day="calendar_day")).clock(ClockKind.HANDLING)
    assert working is not None
    assert calendar is not None
    assert ("2026-11-23", "2026-11-20", "2026-11-22") == (
        str(working.due),
        str(working.remind_on),
        str(calendar.remind_on),
    )


def test_six_topics_force_importance_and_copy_to_supervision() -> None:
    """第十一条: five working days and a copy to 督查室, whatever was declared; not on the service channel."""
    story = Story().assigned("2026-11-16 10:00", topics=["环境保护"])
    result = story.replay()
    assert (Complexity.IMPORTANT, "2026-11-23", ["HY317"]) == (result.complexity, due(result), codes(result))
    assert (("11", "主题：环境保护"),) == result.supervision
    service = Story(channel="service").assigned("2026-11-16 10:00", topics=["环境保护"]).replay()
    assert (Complexity.SIMPLE, ()) == (service.complexity, service.supervision)


def test_basis_5_is_copied_to_supervision_and_warned_of() -> None:
    """第八、十三条: 重要情况和突出问题 goes to 督查室; a setting makes it important by itself."""
    story = Story().assigned("2026-11-16 10:00", basis=5)
    assert ([("8", "反映重要情况和突出问题")], ["HY318"]) == (list(story.replay().supervision), codes(story.replay()))
    assert "2026-11-25" == due(story.replay())
    assert "2026-11-23" == due(story.replay(rules=with_settings(basis_5_is_important=True)))


def test_escalation_counts_five_days_from_assignment() -> None:
    """第十一、十三条: 列为重要 counts from assignment, not from the decision."""
    story = Story().assigned("2026-11-16 10:00", complexity="complex")
    story.add("escalated", "2026-11-20 10:00", "wangzhan.clerk", reason="多人反映。")
    result = story.replay()
    assert ("2026-11-23", (("11", "列为重要"),)) == (due(result), result.supervision)


def test_overdue_and_instructed_is_tracked() -> None:
    """第十八条: both are needed; a case that is answered is tracked no more."""
    story = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    story.add("instructed", "2026-11-20 10:00", "shengban.clerk", leader="省政府主要领导", instruction="请抓紧办理。")
    assert not story.replay(now="2026-11-25 10:00").tracked
    assert story.replay(now="2026-11-26 10:00").tracked
    assert not story.answered("2026-11-26 11:00").replay().tracked


def test_dates_in_an_unpublished_year_are_provisional() -> None:
    """Design §4: computed, marked, never an exception."""
    crossing = Story(received="2026-12-28 09:00").assigned("2026-12-28 10:00").replay(now="2026-12-29 00:00")
    extended = Story().assigned("2026-11-16 10:00").extended("2026-11-20 10:00", "2027-01-08").replay()
    assert crossing.provisional
    assert extended.provisional
    assert not Story().assigned("2026-11-16 10:00").replay().provisional


def test_withdrawn_case_keeps_its_clocks_as_fallen_away() -> None:
    """A withdrawn message waits for nobody and is no success either."""
    story = Story().assigned("2026-11-16 10:00").withdrawn("2026-11-17 10:00")
    result = story.replay()
    assert (True, "已办理") == (result.closed, result.public_status)
    assert [True, True] == [c.superseded for c in result.clocks if c.kind is not ClockKind.REVIEW]


def test_next_steps_name_who_records_and_who_signs() -> None:
    """第九条(三): after submission the dispatcher publishes or returns, its reviewer signs."""
    story = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").answered("2026-11-18 10:00")
    steps = {s.event: s for s in story.replay().steps}
    assert {"published", "returned"} <= set(steps)
    assert {"claimed", "answered", "assigned"}.isdisjoint(steps)
    published = steps["published"]
    assert ("wangzhan", "clerk") == (published.opened_by.unit, published.opened_by.role)
    assert [("wangzhan", "reviewer", "9(3)")] == [(a.unit, a.role, a.article) for a in published.approvals]


def test_explanation_needs_the_dispatchers_consent_too() -> None:
    """第二十条: an explanation instead of a solution is consented to by the dispatcher."""
    steps = {s.event: s for s in Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").replay().steps}
    assert [("lanzhou", {}), ("wangzhan", {"mode": "explanation"})] == [
        (a.unit, dict(a.when)) for a in steps["answered"].approvals
    ]


def test_events_out_of_order_are_reported_and_left_out() -> None:
    """An illegal event changes nothing, and what follows is still judged."""
    story = Story().claimed("2026-11-16 09:30").assigned("2026-11-16 10:00")
    result = story.replay()
    assert (["HY301"], "awaiting_claim", 1) == (codes(result), result.state, len(result.accepted))


def test_time_must_not_run_backwards_nor_ahead() -> None:
    """Each event is at or after the one before it and not in the future."""
    backwards = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 09:59")
    assert ["HY302"] == codes(backwards.replay())
    assert ["HY302"] == codes(Story().assigned("2026-11-16 08:59").replay())
    assert ["HY303"] == codes(Story().assigned("2026-11-16 10:00").replay(now="2026-11-16 09:59"))


def test_what_has_not_happened_yet_does_not_count() -> None:
    """As of an earlier day the case stands as it stood then; the later events are named."""
    story = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").answered("2026-11-20 10:00")
    result = story.replay(now="2026-11-18 10:00")
    assert ("handling", None, ["HY303"]) == (result.state, result.answer, codes(result))


def test_escalation_spares_a_granted_date() -> None:
    """第十一、十六条: importance does not take back an extension, nor judge an answer that was submitted."""
    story = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").extended("2026-11-18 10:00", "2026-12-07")
    story.add("escalated", "2026-11-19 10:00", "wangzhan.clerk", reason="多人反映。")
    assert "2026-12-07" == due(story.replay())
    story.answered("2026-11-20 10:00").add("escalated", "2026-11-23 10:00", "wangzhan.clerk", reason="多人反映。")
    assert ["HY301"] == codes(story.replay())


def test_lateness_before_a_decision_is_not_forgiven_by_it() -> None:
    """第十六、二十一条: a date that had passed when another was set stays missed, and is counted."""
    extended = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    extended.extended("2026-11-27 10:00", "2026-12-07").answered("2026-12-02 10:00")
    assert ((True, 2, 34), "2026-12-07") == (late(extended.replay()), due(extended.replay()))
    returned = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").answered("2026-11-26 10:00")
    returned.returned("2026-11-27 10:00", due="2026-12-04").answered("2026-12-02 10:00")
    assert (True, 1, 10) == late(returned.replay())
    anew = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").answered("2026-11-26 10:00")
    anew.returned("2026-11-27 10:00").answered("2026-12-02 10:00")
    assert (True, 1, 10) == late(anew.replay(rules=with_settings(return_restarts_clock=True)))
    in_time = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").answered("2026-11-24 10:00")
    in_time.returned("2026-11-27 10:00", due="2026-12-04").answered("2026-12-02 10:00")
    assert (False, 0, 0) == late(in_time.replay())


def test_every_date_that_was_missed_counts() -> None:
    """第十六条: two extensions, each granted after the date before it had passed; and a return that counts anew."""
    story = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").extended("2026-11-26 10:00", "2026-11-30")
    story.extended("2026-12-02 10:00", "2026-12-07").answered("2026-12-08 10:00")
    assert (True, 1 + 2 + 1, 10 + 34 + 10) == late(story.replay())
    anew = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").extended("2026-11-26 10:00", "2026-11-30")
    anew.answered("2026-12-02 10:00").returned("2026-12-03 10:00")
    assert (True, 1 + 2, 10 + 34) == late(anew.replay("2026-12-04 10:00", with_settings(return_restarts_clock=True)))


def test_assigning_to_the_same_unit_again_keeps_the_claim_clock() -> None:
    """第九条(二): a message that is still unclaimed is not made punctual by assigning it once more."""
    story = Story().assigned("2026-11-16 10:00").assigned("2026-11-17 10:00").claimed("2026-11-17 11:00")
    assert ("2026-11-16", (True, 1, 11)) == (
        due(story.replay(), ClockKind.CLAIM),
        late(story.replay(), ClockKind.CLAIM),
    )


@pytest.mark.parametrize(("channel", "article"), [("people", "9(1)"), ("portal", "10(1)"), ("service", "9(1)")])
def test_review_clock_cites_the_article_of_its_channel(channel: str, article: str) -> None:
    """第九条(一)、第十条(一): the daily review; service follows the former by a documented analogy."""
    clock = Story(channel=channel).replay().clock(ClockKind.REVIEW)
    assert clock is not None
    assert article == clock.article


@pytest.mark.parametrize(
    ("channel", "unit", "article"),
    [
        ("people", "lanzhou", "9(3)"),
        ("people", "jiaotong", "9(4)"),
        ("service", "lanzhou", "12"),
        ("portal", "lanzhou", "20"),
    ],
)
def test_the_heads_signature_cites_the_article_of_its_route(channel: str, unit: str, article: str) -> None:
    """第九条(三)(四)、第十二条: each route has its own; on the portal it is our stricter default."""
    story = Story(channel=channel).assigned("2026-11-16 10:00", unit, letter=LETTER)
    if "claimed" in {s.event for s in story.replay().steps}:
        story.claimed("2026-11-16 11:00")
    answered = next(s for s in story.replay().steps if s.event == "answered")
    assert (article, channel == "portal") == (answered.approvals[0].article, answered.approvals[0].stricter)


EVENTS = st.sampled_from(
    ["declined", "assigned", "claimed", "misrouted", "answered", "published", "returned", "withdrawn"]
)


@settings(max_examples=150)
@given(channel=st.sampled_from(["people", "portal", "service"]), names=st.lists(EVENTS, max_size=9))
def test_any_sequence_of_events_replays(channel: str, names: list[str]) -> None:
    """Replay never raises, accepts exactly the events without HY301, and its next step is always accepted."""
    story = Story(channel=channel)
    for i, name in enumerate(names):
        offered = {s.event for s in story.replay().steps}
        before = len(story.replay().accepted)
        getattr(story, name)(f"2026-11-16 10:{i:02}")
        after = story.replay()
        assert (name in offered) == (len(after.accepted) == before + 1)
        assert ("HY301" in [p.code for p in after.problems if p.pointer == f"/events/{i}"]) == (name not in offered)
    result = story.replay()
    assert result.closed == (result.state in {"declined", "published", "withdrawn"})
    assert all(c.stopped is not None for c in result.clocks) or not result.closed


@settings(max_examples=100)
@given(days=st.integers(0, 400), more=st.integers(0, 60))
def test_lateness_only_grows_with_time(days: int, more: int) -> None:
    """A running clock never becomes less late, and is late exactly after its last second."""
    story = Story().assigned("2026-11-16 10:00")
    start = datetime.fromisoformat("2026-11-16T10:00")
    earlier = story.replay(now=str(start + timedelta(days=days))[:16])
    later = story.replay(now=str(start + timedelta(days=days + more))[:16])
    assert late(earlier) <= late(later)
    clock = later.clock(ClockKind.HANDLING)
    assert clock is not None
    assert late(later)[0] == (later.now > clock.due.at)
