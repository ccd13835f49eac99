from __future__ import annotations

from datetime import date

import pytest

from huiyin.model.unit import Role
from tests.cases import LETTER, Story, rulebook, with_settings


def found(story: Story) -> list[tuple[str, str, str]]:
    """(code, pointer, article) of every problem of the story."""
    return [(p.code, p.pointer, p.article) for p in story.replay().problems]


@pytest.mark.parametrize(
    ("channel", "fact", "article"),
    [
        ("portal", "real_name", "10(1)"),
        ("portal", "contactable", "10(1)"),
        ("portal", "clear_matter", "10(1)"),
        ("service", "real_name", "12"),
        ("service", "contactable", "12"),
    ],
)
def test_admission_of_portal_and_service(channel: str, fact: str, article: str) -> None:
    """第十(一)、十二条: without what the channel requires a message is declined, not assigned."""
    story = Story(channel=channel, facts={fact: False}).assigned("2026-11-16 10:00")
    assert [("HY310", "/events/0", article)] == found(story)


def test_people_channel_admits_anonymous_messages() -> None:
    """第九条 asks for neither name nor contact, so neither is a ground to decline."""
    facts = {"real_name": False, "contactable": False, "clear_matter": False}
    assert [] == found(Story(facts=facts).assigned("2026-11-16 10:00"))
    declined = Story(facts=facts).declined("2026-11-16 10:00", "anonymous")
    assert [("HY311", "/events/0/reason", "9(1)")] == found(declined)


def test_service_does_not_ask_for_a_clear_matter() -> None:
    """第十二条 asks for name and contact only."""
    assert [] == found(Story(channel="service", facts={"clear_matter": False}).assigned("2026-11-16 10:00"))


def test_declining_contradicts_the_record() -> None:
    """第十(一)条: declined as anonymous although registered under a real name."""
    story = Story(channel="portal").declined("2026-11-16 10:00", "anonymous")
    assert [("HY311", "/events/0/reason", "10(1)")] == found(story)
    rightly = Story(channel="portal", facts={"real_name": False}).declined("2026-11-16 10:00", "anonymous")
    assert [] == found(rightly)


@pytest.mark.parametrize(
    ("kind", "by", "expected"),
    [
        ("assigned", "zhengwu.clerk", ("HY304", "/events/0/by/unit", "6")),
        ("assigned", "wangzhan.reviewer", ("HY307", "/events/0/by/person", "6")),
        ("assigned", "wangzhan.nobody", ("HY306", "/events/0/by/person", "")),
    ],
)
def test_only_the_right_person_records(kind: str, by: str, expected: tuple[str, str, str]) -> None:
    """第六至八条: an event is recorded by the unit and role whose business it is."""
    story = Story().add(kind, "2026-11-16 10:00", by, unit="lanzhou", basis=3, complexity="simple")
    assert [expected] == found(story)


def test_a_role_counts_on_the_day_of_the_event() -> None:
    """A former head's successor holds the role from the day in the registry."""
    story = Story(received="2023-12-28 09:00", unit="jinchang").assigned("2023-12-28 10:00", "jinchang")
    story.misrouted("2023-12-28 11:00")
    assert [] == found(story)
    story.events[1]["by"]["person"] = "jinchang.former-head"
    assert [("HY307", "/events/1/by/person", "7")] == found(story)
    assert not rulebook().registry.person("jinchang.former-head").holds("jinchang", Role.HEAD, date(2024, 1, 1))


def test_history_needs_no_person() -> None:
    """Records of past years name units only; others must name a person."""
    story = Story().assigned("2026-11-16 10:00")
    del story.events[0]["by"]["person"]
    assert [("HY305", "/events/0/by", "6")] == found(story)
    story.facts["history"] = True
    assert [] == found(story)


def test_assigned_to_handling_units_that_exist() -> None:
    """第七条: cities and departments handle; the lead does not assist itself."""
    assert [("HY312", "/events/0/unit", "")] == found(Story().assigned("2026-11-16 10:00", "nowhere"))
    assert [("HY313", "/events/0/unit", "7")] == found(Story().assigned("2026-11-16 10:00", "duchashi"))
    wrong_kind = Story().assigned("2026-11-16 10:00", assisting=["duchashi"])
    assert [("HY313", "/events/0/assisting/0", "7")] == found(wrong_kind)
    assert [("HY314", "/events/0/assisting", "2")] == found(Story().assigned("2026-11-16 10:00", assisting=["lanzhou"]))


def test_written_transfer_to_a_department_has_a_letter() -> None:
    """第九条(四): by letter on the message board; not asked for on the other channels."""
    assert [("HY315", "/events/0", "9(4)")] == found(Story().assigned("2026-11-16 10:00", "jiaotong"))
    assert [] == found(Story().assigned("2026-11-16 10:00", "jiaotong", letter=LETTER))
    assert [] == found(Story(channel="portal").assigned("2026-11-16 10:00", "jiaotong"))


def test_unknown_topic() -> None:
    """第十一条: topics are those of the procedure."""
    assert [("HY316", "/events/0/topics/0", "11")] == found(Story().assigned("2026-11-16 10:00", topics=["天气"]))


def test_complaint_is_not_left_to_the_unit_complained_of() -> None:
    """第四条: a warning that names the unit; an assisting unit that is not concerned lifts it."""
    alone = Story().assigned("2026-11-16 10:00", basis=4, concerns=["lanzhou"])
    assert [("HY319", "/events/0/unit", "4")] == found(alone)
    assert "兰州市" in alone.replay().problems[0].message
    helped = Story().assigned("2026-11-16 10:00", basis=4, concerns=["lanzhou"], assisting=["sifa"])
    assert [] == found(helped)


@pytest.mark.parametrize(("whose", "code"), [("nowhere", "HY312"), ("lanzhou", "HY320"), ("duchashi", "HY320")])
def test_not_ours_names_whose_it_is(whose: str, code: str) -> None:
    """第二条: another city or department, by name."""
    story = Story().assigned("2026-11-16 10:00").misrouted("2026-11-16 11:00", whose)
    assert [code] == [f[0] for f in found(story)]


def begun() -> Story:
    """A case that its unit is handling."""
    return Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")


def test_publisher_is_the_citys_office() -> None:
    """第二十条第一款: in the name of the city government's office, not of a bureau."""
    story = begun().answered("2026-11-18 10:00", publisher="兰州市公交集团")
    assert [("HY321", "/events/2/publisher", "20(1)")] == found(story)


@pytest.mark.parametrize(
    ("marks", "mode", "refused"),
    [
        (["privacy"], "public", True),
        (["privacy"], "explanation", True),
        (["privacy"], "private", False),
        (["state_secret"], "public", True),
        (["state_secret"], "private", False),
        (["commercial_secret"], "public", True),
        (["commercial_secret"], "explanation", False),
    ],
)
def test_marks_bind_the_mode(marks: list[str], mode: str, refused: bool) -> None:
    """第二十条第二款: secrets are not answered in public, privacy is answered to the person alone."""
    private = {"reply": None, "public_note": "已电话答复本人。（演示）", "delivered_by": "phone"}
    fields = private if mode == "private" else {"reason": "情况特殊。"} if mode == "explanation" else {}
    story = begun().answered("2026-11-18 10:00", mode=mode, marks=marks, **fields)
    assert ([("HY322", "/events/2/mode", "20(2)")] if refused else []) == found(story)


def test_a_reply_of_a_few_characters_is_pointed_out() -> None:
    """第二十一条: likely perfunctory; a warning for the reviewer, white space not counted."""
    assert [("HY323", "/events/2/reply", "21")] == found(begun().answered("2026-11-18 10:00", reply="已 处 理 。"))


def test_new_due_dates_make_sense() -> None:
    """第十六、二十一条: later than the old one, not in the past, better on a working day."""
    assert [("HY324", "/events/2/due", "16")] == found(begun().extended("2026-11-18 10:00", "2026-11-25"))
    assert [("HY325", "/events/2/due", "16")] == found(begun().extended("2026-11-18 10:00", "2026-11-28"))
    late = begun().extended("2026-11-26 10:00", "2026-12-07")
    assert [("HY326", "/events/2/at", "16")] == found(late)
    back = begun().answered("2026-11-18 10:00").returned("2026-11-20 10:00", due="2026-11-19")
    assert [("HY324", "/events/3/due", "21")] == found(back)


def test_criticism_names_a_unit_that_exists() -> None:
    """第二十二条: recorded against a unit of the registry."""
    story = begun().add(
        "criticised",
        "2026-11-18 10:00",
        "shengban.clerk",
        kind="circular",
        unit="nowhere",
        reason="逾期未办。",
        consequence="造成不良影响。",
    )
    assert [("HY312", "/events/2/unit", "")] == found(story)


def test_basis_5_is_not_warned_of_when_important() -> None:
    """第五、十三条: declared important, all is well, whatever the setting."""
    story = Story().assigned("2026-11-16 10:00", basis=5, complexity="important")
    assert [] == found(story)
    assert () == story.replay(rules=with_settings(basis_5_is_important=True)).problems


def test_return_after_the_due_date_should_set_a_new_one() -> None:
    """第二十一条: else the unit is late the moment the reply comes back; a warning to the dispatcher."""
    answered = begun().answered("2026-11-25 10:00")
    assert [("HY328", "/events/3", "21")] == found(answered.returned("2026-11-26 10:00"))
    dated = begun().answered("2026-11-25 10:00").returned("2026-11-26 10:00", due="2026-12-01")
    assert [] == found(dated)


def test_escalation_after_five_working_days_is_pointed_out() -> None:
    """第十三条: the limit counts from assignment, so it may have passed already."""
    story = Story().assigned("2026-11-16 10:00", complexity="complex")
    story.add("escalated", "2026-11-24 10:00", "wangzhan.clerk", reason="多人反映。")
    assert [("HY329", "/events/1", "13")] == found(story)


def test_correction_of_a_private_answer_holds_no_reply() -> None:
    """第十九、二十条: only its public note can be corrected; of a public reply only the reply."""
    private = {"mode": "private", "reply": None, "public_note": "已电话答复本人。(演示)", "delivered_by": "phone"}
    story = begun().answered("2026-11-18 10:00", **private).published("2026-11-18 11:00")
    story.add("corrected", "2026-11-19 10:00", "lanzhou.clerk", reason="笔误。", reply="正文。")
    assert [("HY334", "/events/4/reply", "20(2)")] == found(story)
    story.events[-1] = {**story.events[-1], "public_note": "已当面答复本人。(演示)"}
    del story.events[-1]["reply"]
    assert [] == found(story)
    public = begun().answered("2026-11-18 10:00").published("2026-11-18 11:00")
    public.add("corrected", "2026-11-19 10:00", "lanzhou.clerk", reason="笔误。", public_note="说明。")
    assert [("HY334", "/events/4/public_note", "20(2)")] == found(public)


def test_a_shorter_limit_after_a_return_is_pointed_out() -> None:
    """第二十一条: the dispatcher may set it, but rarely means to."""
    story = begun().answered("2026-11-18 10:00").returned("2026-11-19 10:00", due="2026-11-24")
    assert [("HY333", "/events/3/due", "21")] == found(story)


def test_importance_is_not_lost_by_assigning_again() -> None:
    """第十一条: the second assignment forgets the topic that made it important; a warning."""
    story = Story().assigned("2026-11-16 10:00", complexity="important", topics=["环境保护"])
    assert [("HY332", "/events/1/complexity", "11")] == found(story.assigned("2026-11-16 11:00", "tianshui"))
