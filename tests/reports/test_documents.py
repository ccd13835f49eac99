"""What the documents say: facts of the record with their articles, blanks for the rest, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml.ns import qn
from docx.text.run import Run

from huiyin.model.problem import HuiyinError
from huiyin.reports.documents import Kind, make_case_document, make_criticism, make_digest
from huiyin.reports.documents.kinds import find_kind
from huiyin.reports.documents.wording import long_date, long_time, numeral
from huiyin.rules.rulebook import Rulebook
from tests.cases import LETTER, REPLY, Story, rulebook, with_settings
from tests.reports.papers import (
    NOW,
    document,
    extended,
    important,
    lines_of,
    moment,
    opened,
    returned,
    text_of,
    to_department,
)

REGULATION = "《网民留言办理工作实施办法》（甘政办发〔2015〕115号）"


def code_of(kind: Kind, story: Story, now: str = NOW) -> str:
    """The code with which a document is refused."""
    with pytest.raises(HuiyinError) as caught:
        document(kind, story, now)
    return caught.value.problems[0].code


def test_transfer_to_a_department() -> None:
    """第九条(四): the letter has its number, the limit, who signs and publishes, and the message; copies go out."""
    made = document(Kind.TRANSFER)
    assert "转办函-people-90000001.docx" == made.name
    lines = lines_of(made)
    assert ["“中国·甘肃”网站管理中心", LETTER, "关于转办网民留言的函", "甘肃省交通运输厅办公室："] == lines[:4]
    text = "\n".join(lines)
    assert f"根据{REGULATION}第九条（四），现将该留言转你单位办理。" in text
    assert "起7个工作日内办结，最迟于2026年11月25日（含当日）报送答复意见（第十三条）" in text
    assert "以甘肃省交通运输厅名义公开（第二十条）" in text
    assert "早高峰等车时间长，建议增开班次。（演示用虚构留言）" in lines
    assert "抄送：兰州市人民政府办公室。" == lines[-1]
    assert ("〔待填：联系人〕", "〔待填：电话〕") == made.blanks


def test_transfer_of_a_complaint() -> None:
    """第十二条: the 政务服务中心 passes it on to cities too; the record has no letter number, so it is left blank."""
    story = Story("2026-11-16 09:00", channel="service").assigned("2026-11-16 10:00")
    made = document(Kind.TRANSFER, story)
    assert "甘肃省人民政府政务服务中心" == lines_of(made)[0]
    assert f"根据{REGULATION}第十二条，现将该留言转你单位办理。" in text_of(made)
    assert "〔待填：发文字号〕" in made.blanks


def test_transfer_tells_how_things_stood_that_day() -> None:
    """第九条(四): an extension since then does not stand in the letter, whose date is that of the assignment."""
    story = to_department()
    story.extended("2026-11-18 09:00", "2026-12-10").answered("2026-11-19 09:00", letter="甘交函〔2026〕2号")
    lines = lines_of(document(Kind.TRANSFER, story))
    assert "2026年11月16日" in lines
    assert "最迟于2026年11月25日" in "\n".join(lines)
    assert "12月10日" not in "\n".join(lines)


@pytest.mark.parametrize(
    ("now", "standing", "urged"),
    [
        ("2026-11-24 10:00", "距到期还有1个工作日", "抓紧办理，最迟于2026年11月25日（含当日）"),
        ("2026-11-25 10:00", "今日到期", "抓紧办理，最迟于2026年11月25日（含当日）"),
        ("2026-11-26 10:00", "已逾期1个工作日", "立即办理"),
    ],
)
def test_reminder_goes_to_the_head(now: str, standing: str, urged: str) -> None:
    """第十五条: the head is urged from the working day before on, in words that fit the day."""
    story = Story("2026-11-16 09:00").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    text = text_of(document(Kind.REMINDER, story, now))
    assert f"你单位仍未报送答复意见，{standing}。" in text
    assert f"请你单位主要负责同志（兰州市主要负责人（演示））亲自过问，督促承办人员{urged}" in text
    assert ("立即" in urged) == ("延期办结的申请（第十六条）" not in text)


def test_reminder_after_an_extension_that_came_late() -> None:
    """第十六条: the delay is that of the date which the letter names, without what was missed before the consent."""
    story = Story("2026-11-02 09:00").assigned("2026-11-02 10:00").claimed("2026-11-02 11:00")
    text = text_of(document(Kind.REMINDER, story.extended("2026-11-16 09:00", "2026-11-24"), "2026-11-26 10:00"))
    assert "办理期限为2026年11月24日（经同意延期，第十六条）" in text
    assert "你单位仍未报送答复意见，已逾期2个工作日。" in text


def test_reminder_of_what_is_public_at_once() -> None:
    """第十五条: where there is no re-review the unit is urged to publish; a date by consent is cited as such."""
    story = Story("2026-11-16 09:00", channel="portal").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    text = text_of(document(Kind.REMINDER, story.extended("2026-11-20 09:00", "2026-11-24")))
    assert "仍未公开答复" in text
    assert "办理期限为2026年11月24日（经同意延期，第十六条）" in text


def test_reminder_is_copied_to_supervision() -> None:
    """第十八条: overdue and instructed means that 督查室 tracks it, and gets a copy."""
    text = text_of(document(Kind.REMINDER))
    assert "由甘肃省人民政府督查室跟踪督办（第十八条）" in text
    assert text.endswith("抄送：甘肃省人民政府督查室。")


def test_extension_names_both_dates() -> None:
    """第十六条: the date before and the date consented to, on the day of consent."""
    lines = lines_of(document(Kind.EXTENSION))
    assert "一、同意将该留言的办理期限由2026年11月25日延至2026年12月4日。" in lines
    assert "二、申请延期的事由：需要现场勘察。" in lines
    assert "2026年11月20日" == lines[-1]
    assert "仍计为逾期" not in "\n".join(lines)


def test_extension_after_the_due_date() -> None:
    """第十六条: lateness before a late consent stays; a date in a year without a calendar is provisional."""
    story = Story("2026-11-09 09:00").assigned("2026-11-09 10:00").claimed("2026-11-09 11:00")
    text = text_of(document(Kind.EXTENSION, story.extended("2026-11-20 09:00", "2027-01-15")))
    assert "延至2027年1月15日（该年度放假安排尚未公布，以公布后为准）" in text
    assert "同意延期时原期限已过，2026年11月18日以后至同意延期以前仍计为逾期。" in text


def test_return_has_its_ground_and_the_answer() -> None:
    """第二十一条: ground, what is wrong, the new date, and the answer that was returned."""
    text = text_of(document(Kind.RETURN))
    assert "你单位于2026年11月19日15时30分报送的关于网民留言" in text
    assert "存在“答非所问”的问题" in text
    assert f"根据{REGULATION}第二十一条，现退回你单位重新办理。" in text
    assert "没有说明线路。\n请逐项答复。（演示）" in text
    assert "重办期限为2026年11月30日（含当日）" in text
    assert text.endswith(f"答复意见：\n{REPLY}")


def test_return_without_a_new_date() -> None:
    """第二十一条: the due date stands, and the letter says whether it has passed, as the setting has it."""
    story = Story("2026-11-09 09:00").assigned("2026-11-09 10:00").claimed("2026-11-09 11:00")
    story.answered("2026-11-18 15:00").returned("2026-11-20 09:00")
    assert "退回重办不改变办理期限，仍为2026年11月18日，该期限已过，请立即办理。" in text_of(
        document(Kind.RETURN, story)
    )
    restarted = with_settings(return_restarts_clock=True)
    made = make_case_document(Kind.RETURN, story.replay(NOW, restarted), restarted)
    assert "办理期限自退回之日重新起算，最迟于2026年12月1日（含当日）" in text_of(made)


def test_return_of_a_private_answer_has_no_text() -> None:
    """第二十条: the text of a private answer is not in the record, so the letter has no enclosure."""
    story = Story("2026-11-16 09:00").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    story.answered("2026-11-19 15:00", mode="private", reply=None, delivered_by="phone", public_note="已电话答复。")
    text = text_of(document(Kind.RETURN, story.returned("2026-11-20 09:00")))
    assert "附件" not in text


def test_supervision_tracks_what_is_overdue_and_instructed() -> None:
    """第十八条: the form names grounds, instruction and requirement of the record."""
    made = document(Kind.SUPERVISION)
    lines = lines_of(made)
    assert ["甘肃省人民政府督查室", "甘政督函〔2026〕9号", "网民留言督办通知单"] == lines[:3]
    text = "\n".join(lines)
    assert f"根据{REGULATION}第十八条，现对下列网民留言进行跟踪督办" in text
    assert "反映重要情况和突出问题（第八条）；主题：食品安全（第十一条）；逾期未办且有领导批示（第十八条）" in lines
    assert "2026年11月12日，省政府分管领导批示：请兰州市立即核查，第一时间消除隐患。（演示）" in lines
    assert "请于3个工作日内书面说明原因。（演示）" in lines
    # Dated and told as on the day on which it was recorded: its requirement counts days from then.
    assert "2026年11月18日" in lines
    assert "办理中，逾期2个工作日" in lines


def test_supervision_before_it_is_recorded() -> None:
    """第八、十一条: what the assignment copies to 督查室 can be written first; number and requirement are blank."""
    story = Story("2026-11-20 09:00").assigned("2026-11-20 10:00", complexity="important", basis=5, topics=["环境保护"])
    made = document(Kind.SUPERVISION, story)
    assert f"根据{REGULATION}第八条、第十一条，现对下列网民留言进行专项督办" in text_of(made)
    assert {"〔待填：督办编号〕", "〔待填：督办要求〕"} < set(made.blanks)
    assert "无。" in lines_of(made)


def test_briefing_reports_an_important_message() -> None:
    """第十一条: the report has the message, to whom it was given, how it stands, and a blank for advice."""
    made = document(Kind.BRIEFING)
    text = text_of(made)
    assert "关于食品安全方面重要网民留言的报告" in text
    assert f"根据{REGULATION}第十一条" in text
    assert "2026年11月9日交兰州市承办，办理期限为2026年11月16日（重要留言5个工作日，第十三条）" in text
    assert "办理中，逾期5个工作日" in text
    assert ("〔待填：期号〕", "〔待填：拟办建议〕") == made.blanks


def test_a_title_that_would_break_is_shortened() -> None:
    """Titles of 二号 hold twenty characters a line: with many topics the report is called by its kind alone."""
    topics = ["环境保护", "公共卫生", "食品安全"]
    story = Story("2026-11-20 09:00").assigned("2026-11-20 10:00", complexity="important", topics=topics)
    lines = lines_of(document(Kind.BRIEFING, story))
    assert "关于重要网民留言的报告" in lines


def test_digest_keeps_what_was_answered_in_private() -> None:
    """第十七条, 第二十条: chosen messages in order, with public answers; of a private one the public note only."""
    public = Story(reference="90000011", facts={"title": "甲"}).assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    public.answered("2026-11-17 10:00").published("2026-11-18 10:00")
    private = Story(reference="90000012", facts={"title": "乙", "body": "家事，请勿公开。（演示）"})
    private.assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    private.answered("2026-11-17 10:00", mode="private", reply=None, delivered_by="phone", public_note="已电话答复。")
    waiting = (
        Story(reference="90000013", facts={"title": "丙"}).assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    )
    waiting.answered("2026-11-17 10:00", reply="尚未复审的答复。（演示）")
    chosen = [story.replay(NOW) for story in (public, private, waiting)]
    text = text_of(make_digest(chosen, rulebook(), moment(), None))
    assert "共3件，现选摘如下" in text
    assert text.index("一、甲") < text.index("二、乙") < text.index("三、丙")
    assert f"答复：{REPLY}" in text
    assert "（本件个别答复，正文不录。）\n公开说明：已电话答复。" in text
    assert "家事" not in text
    assert "尚未复审的答复" not in text


def test_digest_of_a_month_takes_the_important_ones() -> None:
    """第十七条: the important messages received in that month in Beijing, and the document says so; none is HY885."""
    last_night = Story("2026-10-31 23:30", reference="90000021").assigned("2026-11-01 10:00", complexity="important")
    this_month = Story("2026-11-01 00:10", reference="90000022").assigned("2026-11-01 10:00", complexity="important")
    simple = Story("2026-11-02 09:00", reference="90000023").assigned("2026-11-02 10:00")
    replays = [s.replay(NOW) for s in (last_night, this_month, simple)]
    made = make_digest(replays, rulebook(), moment(), "2026-11")
    assert "留言选摘-2026-11.docx" == made.name
    text = text_of(made)
    assert "选取2026年11月收到的重要留言，共1件" in text
    assert "people-90000022" in text
    with pytest.raises(HuiyinError) as caught:
        make_digest(replays, rulebook(), moment(), "2026-09")
    assert "HY885" == caught.value.problems[0].code


def test_monthly_summary_has_the_figures_and_their_basis() -> None:
    """第十七条: the figures of the month, what is overdue by its id alone, what each figure means, and the commit."""
    lines = lines_of(document(Kind.MONTHLY))
    text = "\n".join(lines)
    assert "2026年11月网民留言办理情况汇总" in lines
    assert "共收到网民留言3件" in text
    row = lines.index("people-90000002")
    assert ["people-90000002", "兰州市", "2026-11-16", "5个工作日", "第十三条", "有"] == lines[row : row + 6]
    assert "回复率：已办结÷有效留言。" in lines
    assert "留言库提交 aaaaaaaaaaaa" in text
    assert "建议增开公交班次" not in text


def test_criticism_lists_facts_and_leaves_the_finding() -> None:
    """第二十二条: never inferred: every finding and the decision are blanks for the office."""
    made = document(Kind.CRITICISM)
    text = text_of(made)
    assert text.startswith("征求意见稿（草稿，不得外传）")
    assert "逾期的1件，其中尚未办结的1件；退回重办的0件" in text
    assert "批示1次，督办1次" in text
    assert 6 == len(made.blanks)
    findings = text[text.index("二、认定") : text.index("四、有关要求")].splitlines()[2:]
    assert all("〔待填：" in line for line in findings if line != "三、处理决定")


def test_criticism_repeats_what_the_office_recorded() -> None:
    """第二十二条: a recorded criticism stands there with its reason and consequence, as recorded."""
    story = important().add(
        *("criticised", "2026-11-20 09:00", "shengban.clerk"),
        kind="self_criticism",
        unit="lanzhou",
        reason="逾期未报送",
        consequence="群众多次来电",
        letter="甘政办函〔2026〕3号",
    )
    text = text_of(document(Kind.CRITICISM, story))
    assert "已记录对兰州市责令书面检查。事由：逾期未报送。影响：群众多次来电。" in text


def test_criticism_is_of_one_unit_with_facts() -> None:
    """第二十二条: a case without lateness, return or correction is refused, and so are two units in one draft."""
    on_time = Story("2026-11-20 09:00").assigned("2026-11-20 10:00").claimed("2026-11-20 11:00")
    assert "HY880" == code_of(Kind.CRITICISM, on_time)
    other = Story("2026-11-02 09:00", reference="90000031").assigned("2026-11-02 10:00", "baiyin")
    with pytest.raises(HuiyinError) as caught:
        make_criticism([important().replay(NOW), other.replay(NOW)], rulebook(), moment())
    assert "HY884" == caught.value.problems[0].code


@pytest.mark.parametrize(
    ("kind", "story", "now"),
    [
        (Kind.TRANSFER, Story("2026-11-20 09:00"), NOW),
        (Kind.TRANSFER, Story("2026-11-20 09:00").assigned("2026-11-20 10:00"), NOW),
        (Kind.REMINDER, Story("2026-11-20 09:00"), NOW),
        (Kind.REMINDER, Story("2026-11-20 09:00").assigned("2026-11-20 10:00"), NOW),
        (Kind.REMINDER, to_department().answered("2026-11-20 10:00", letter="甘交函〔2026〕1号"), NOW),
        (Kind.EXTENSION, important(), NOW),
        (Kind.EXTENSION, extended().answered("2026-11-20 10:00").returned("2026-11-20 11:00", due="2026-12-09"), NOW),
        (Kind.RETURN, extended(), NOW),
        (Kind.RETURN, returned().answered("2026-11-23 09:00"), NOW),
        (Kind.SUPERVISION, Story("2026-11-20 09:00"), NOW),
        (Kind.SUPERVISION, Story("2026-11-20 09:00").assigned("2026-11-20 10:00"), NOW),
        (Kind.BRIEFING, extended(), NOW),
        (
            Kind.BRIEFING,
            Story("2026-11-20 09:00", channel="service").assigned("2026-11-20 10:00", complexity="important"),
            NOW,
        ),
    ],
)
def test_a_kind_that_does_not_fit_is_refused(kind: Kind, story: Story, now: str) -> None:
    """HY880: no document tells of an act that the record does not hold."""
    assert "HY880" == code_of(kind, story, now)


def test_a_head_that_nobody_registered_is_a_blank() -> None:
    """第十五条: whom the registry does not know must be filled in, and never stands as nothing."""
    registry = replace(rulebook().registry, people={})
    nobody = Rulebook(rulebook().procedures, registry, rulebook().calendar)
    made = make_case_document(Kind.REMINDER, important().replay(NOW, nobody), nobody)
    assert "〔待填：主要负责同志〕" in made.blanks


def test_blanks_are_marked_yellow() -> None:
    """What a person must fill in is seen at once; the text around it is not marked."""
    made = document(Kind.SUPERVISION)
    runs = [Run(r, None) for r in opened(made).element.body.iter(qn("w:r"))]  # type: ignore[arg-type]
    marked = [run.text for run in runs if run.font.highlight_color == WD_COLOR_INDEX.YELLOW]
    assert set(made.blanks) == set(marked)


def test_kinds_are_found_by_either_name() -> None:
    """Clerks type the Chinese name, scripts the English one."""
    assert list(Kind) == [find_kind(kind.label) for kind in Kind] == [find_kind(kind.value) for kind in Kind]
    assert find_kind("公函") is None


def test_days_are_those_of_beijing() -> None:
    """A moment in another zone is dated by the day in Asia/Shanghai."""
    late = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    assert ("2026年11月23日", "2026年11月23日0时30分") == (long_date(late), long_time(late))


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (105, "一百零五"), (110, "一百一十"), (2026, "二千零二十六")],
)
def test_numerals(number: int, words: str) -> None:
    """Headings are numbered in Chinese, beyond ten too."""
    assert words == numeral(number)
