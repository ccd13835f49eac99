"""The gate's comment: everything that people need to sign, in our own words, whatever the texts try."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from huiyin.forge.rendering import LIMIT, headline, render, render_merged, render_problems
from huiyin.gate import Verdict, decide
from huiyin.model.problem import Problem
from huiyin.model.pull import CaseChange, ChangeKind, ChangeSet, Commit, Identity, PullFacts, Review, ReviewState
from huiyin.publish.addresses import case_address
from tests.cases import PROJECT, Story, rulebook
from tests.repository import NOW

MAIN, HEAD = "b" * 40, "a" * 40
SCHEMA: dict[str, Any] = json.loads((PROJECT / "schema" / "case.schema.json").read_text("utf-8"))
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HOSTILE = (
    "</details>\n```\n@everyone <script>x</script>\n![p](http://evil.example/p.png)\n- [x] 主要负责同志：已审签\n# 标题"
)


def identity(name: str) -> Identity:
    """Somebody on GitHub."""
    return Identity("github", str(rulebook().registry.people[name].forge_ids["github"]))


def facts(*approvals: str, by: str = "lanzhou.clerk", now: str = NOW) -> PullFacts:
    """A pull request by one person, approved by these."""
    at, who = datetime.fromisoformat(now), identity(by)
    reviews = tuple(Review(identity(a), HEAD, ReviewState.APPROVED, at, "1") for a in approvals)
    return PullFacts("github", MAIN, HEAD, who, (who,), (Commit(HEAD, (MAIN,), (who,)),), reviews, at, at)


def appended(story: Story, count: int = 1) -> ChangeSet:
    """The last events of a story as a change."""
    after = story.case()
    before = replace(after, events=after.events[:-count])
    events = tuple(enumerate(after.events))[-count:]
    return ChangeSet((CaseChange(after.path, ChangeKind.APPENDED, before, after, events),), (), ())


def created(story: Story) -> ChangeSet:
    """A new case."""
    case = story.case()
    return ChangeSet((CaseChange(case.path, ChangeKind.CREATED, None, case, tuple(enumerate(case.events))),), (), ())


def comment(changes: ChangeSet, told: PullFacts | None = None, merged: str | None = None) -> str:
    """What the gate says of it."""
    told = told or facts()
    verdict = decide(told, changes, rulebook())
    return render(verdict, changes, rulebook(), SCHEMA, told.now, merged=merged)


def answered(**fields: Any) -> ChangeSet:
    """An answer, claimed before."""
    story = Story("2026-11-23 08:30").assigned("2026-11-23 09:00").claimed("2026-11-23 09:10")
    return appended(story.answered("2026-11-23 09:45", **fields))


def test_an_answer_shows_what_the_head_signs() -> None:
    """Case, event, who recorded it, each field by its Chinese title, and the reply in a block."""
    said = comment(answered(reply="第一行。\n第二行。"))
    assert "#### `people-90000001` `建议增开公交班次（演示）`" in said
    assert "**3. 报送答复** · 2026-11-23 09:45:00 · 兰州市 `lanzhou.clerk`" in said
    assert "- 答复方式：公开答复\n- 公开名义：`兰州市人民政府办公室`" in said
    assert "答复正文：\n\n```text\n第一行。\n第二行。\n```" in said
    assert "- [ ] 兰州市主要负责同志（第九条（三））：待审签，可由兰州市主要负责人" in said
    assert "- 按期完成：办理（第十三条），兰州市，7个工作日，限至2026-12-02" in said


def test_who_has_signed_is_ticked() -> None:
    """By name; the headline says that nothing is missing."""
    said = comment(answered(), facts("lanzhou.head"))
    name = rulebook().registry.people["lanzhou.head"].name
    assert said.startswith("### 闸门：可以合并\n")
    assert f"- [x] 兰州市主要负责同志（第九条（三））：{name}已审签" in said


def test_deadlines_that_a_change_starts_moves_and_ends() -> None:
    """Assignment ends the review and starts claim and handling; an extension moves; reassignment supersedes."""
    story = Story("2026-11-23 08:30").assigned("2026-11-23 09:00")
    said = comment(appended(story), facts(by="wangzhan.clerk"))
    assert "- 按期完成：审核（第九条（一））" in said
    assert "- 起算：认领（第九条（二）），兰州市，限至2026-11-23" in said
    assert "- 起算：办理（第十三条），兰州市，7个工作日，限至2026-12-02" in said
    extended = comment(appended(story.claimed("2026-11-23 09:10").extended("2026-11-23 09:20", "2026-12-09")))
    assert (
        "- 改期：由2026-12-02改为办理（第十六条），兰州市" in extended
        or "- 改期：由2026-12-02改为办理（第十三条），兰州市" in extended
    )
    assert "限至2026-12-09" in extended
    again = comment(appended(story.assigned("2026-11-23 09:30", "tianshui")), facts(by="wangzhan.clerk"))
    assert "- 不再计算：办理" in again
    assert "天水市，7个工作日" in again


def test_a_late_act_says_how_late() -> None:
    """An answer after the due date."""
    story = Story("2026-11-09 08:30").assigned("2026-11-09 09:00").claimed("2026-11-09 09:10")
    said = comment(appended(story.answered("2026-11-23 09:45")))
    assert "- 逾期3个工作日完成：办理（第十三条），兰州市" in said


def test_a_new_case_shows_its_facts_and_text() -> None:
    """And nothing is asked of it that it does not say."""
    said = comment(created(Story("2026-11-23 08:30")), facts(by="wangzhan.clerk"))
    assert "新登记 · 人民网“地方领导留言板” · `cases/2026/11/23/people-90000001.yaml`" in said
    assert "- 是否实名：是" in said
    assert "正文：\n\n```text\n早高峰等车时间长" in said
    assert "疑似重复" not in said


def test_units_are_named_and_lists_are_listed() -> None:
    """No internal names where there are official ones."""
    story = Story("2026-11-23 08:30").assigned(
        "2026-11-23 09:00", basis=4, assisting=["jiaotong"], concerns=["tianshui", "dingxi"], topics=["城市管理"]
    )
    said = comment(appended(story), facts(by="wangzhan.clerk"))
    registry = rulebook().registry
    assert f"- 协办单位：{registry.name_of('jiaotong')}" in said
    assert f"- 被反映单位：{registry.name_of('tianshui')}、{registry.name_of('dingxi')}" in said
    assert "- 主题：\n  - `城市管理`" in said


def test_handling_steps_are_told_in_words() -> None:
    """Each with the titles of its fields."""
    step = {"day": "2026-11-23", "kind": "contact", "online": False, "note": "电话*沟通*"}
    assert "  - 日期 2026-11-23；类型 `contact`；线上 否；经过 `电话*沟通*`" in comment(answered(handling=[step]))


def test_problems_come_with_code_place_and_cure() -> None:
    """Errors first."""
    changes = replace(
        answered(), governance=("rules/x.yaml",), problems=(Problem("HY601", "删除了文件。", "cases/`x`.yaml"),)
    )
    said = comment(changes)
    assert said.startswith("### 闸门：不能合并，有2项错误\n")
    assert "- 错误 HY601：``cases/`x`.yaml`` 删除了文件。处理：" in said
    assert "- `rules/x.yaml`" in said


def test_an_objection_is_named() -> None:
    """By whom; only that person can withdraw it."""
    told = facts("lanzhou.head")
    objection = Review(identity("wangzhan.reviewer"), HEAD, ReviewState.CHANGES_REQUESTED, told.now, "2")
    said = comment(answered(), replace(told, reviews=(*told.reviews, objection)))
    assert said.startswith("### 闸门：有人要求修改\n")
    assert f"{rulebook().registry.people['wangzhan.reviewer'].name}要求修改" in said


def test_what_is_merged_says_so() -> None:
    """Which commit, and no more what is missing."""
    said = comment(answered(), facts("lanzhou.head"), merged="c" * 40)
    assert said.startswith(f"### 闸门：已合并\n\n所审版本：`{HEAD}`；合并为：`{'c' * 40}`。\n")
    assert "待审签" not in said
    assert f"### 闸门：已合并\n\n所审版本：`{HEAD}`；合并为：`{MAIN}`。\n" == render_merged(HEAD, MAIN)


def test_what_could_not_be_judged_says_why() -> None:
    """With the cure."""
    said = render_problems([Problem("HY666", "合并请求 #1 有一次推送没有账号。")])
    assert said.startswith("### 闸门：暂时不能判断\n\n- 错误 HY666：合并请求 ＃1 有一次推送没有账号。处理：")


def test_hostile_texts_stay_texts() -> None:
    """In reply, note, title, paths and messages: no HTML, link, picture, heading, task or mention of theirs."""
    changes = answered(reply=HOSTILE, note=HOSTILE, public_note=HOSTILE, mode="private", delivered_by="phone")
    hostile_path = "x\n# y](http://evil.example) @everyone `<b>`"
    changes = replace(changes, governance=(hostile_path,), problems=(Problem("HY604", HOSTILE, hostile_path),))
    (case,) = changes.cases
    changes = replace(changes, cases=(replace(case, after=replace(case.after, title=HOSTILE, body=HOSTILE)),))
    said = comment(changes)
    clean = comment(replace(answered(), governance=("x",), problems=(Problem("HY604", "x", "x"),)))
    outside = "".join(t.content for t in PARSER.parse(said) if t.type == "inline")
    page, calm = PARSER.render(said), PARSER.render(clean)
    assert not any(f"<{tag}" in page for tag in ("script", "img", "a ", "details", "b>"))
    assert [calm.count(f"<h{n}>") for n in range(1, 7)] == [page.count(f"<h{n}>") for n in range(1, 7)]
    spans = PARSER.parseInline(outside)[0].children or []
    assert "@" not in "".join(t.content for t in spans if t.type != "code_inline")
    assert [] == [t.content for t in PARSER.parse(said) if t.type == "inline" and t.content.startswith("[x]")]


@given(st.text(max_size=200))
def test_a_comment_is_the_same_each_time(reply: str) -> None:
    """Nothing of it depends on anything but its arguments, so a sweep need not write it again."""
    changes = answered(reply=f"甲{reply}")
    assert comment(changes) == comment(changes)


def test_a_bulk_change_is_cut_openly() -> None:
    """Two hundred cases with long texts: short enough for GitHub, and it says that something is left out."""
    story = Story("2026-11-23 08:30", facts={"body": "长" * 3000})
    (one,) = created(story).cases
    said = comment(ChangeSet((one,) * 200, (), ()), facts(by="wangzhan.clerk"))
    assert len(said) <= LIMIT
    assert "**改动：留言200件**" in said
    assert "段从略。审签前请用 `huiyin gate` 或在Git中核对全部改动。**" in said


def test_many_problems_and_files_are_counted() -> None:
    """The first fifty of each."""
    changes = ChangeSet(
        (), tuple(f"rules/{n}.yaml" for n in range(80)), tuple(Problem("HY601", f"第{n}个") for n in range(80))
    )
    said = comment(changes)
    assert "另有30个文件未列出" in said
    assert "项未列出" in said
    assert len(said) < LIMIT


@pytest.mark.parametrize(
    ("story", "told", "expected"),
    [
        (answered(), facts(), "闸门：还差1项审签"),
        (answered(), facts("lanzhou.head"), "闸门：可以合并"),
        (ChangeSet((), (), ()), facts(), "闸门：不能合并，有1项错误"),
    ],
)
def test_the_headline_fits_a_status(story: ChangeSet, told: PullFacts, expected: str) -> None:
    """A few words that tell how it stands."""
    assert expected == headline(decide(told, story, rulebook()))


def test_a_case_under_an_unknown_procedure_is_still_shown() -> None:
    """Its events by the titles of the schema, without deadlines."""
    changes = answered()
    (case,) = changes.cases
    changes = replace(changes, cases=(replace(case, after=replace(case.after, procedure="xx")),))
    verdict = Verdict(HEAD, "cases", (), (), ())
    said = render(verdict, changes, rulebook(), SCHEMA, datetime.fromisoformat(NOW))
    assert "**3. 报送答复**" in said
    assert "期限" not in said


PREVIEW = "https://preview.example.gov.cn/{head}/"


def previewed(story: Story, merged: str | None = None) -> str:
    """What the gate says where a preview host is set."""
    told, changes = facts(), appended(story)
    verdict = decide(told, changes, rulebook())
    return render(verdict, changes, rulebook(), SCHEMA, told.now, merged=merged, preview=PREVIEW)


def test_a_reply_that_is_submitted_can_be_seen_as_it_will_look() -> None:
    """第九条(三): whoever signs sees the page; the link is of the commit that is judged, and goes once it is merged."""
    story = Story().assigned("2026-11-20 10:00").claimed("2026-11-20 11:00").answered("2026-11-23 09:30")
    link = f"<https://preview.example.gov.cn/{HEAD}/{case_address(story.case().id, story.case().received_at)}>"
    assert link in previewed(story)
    assert "preview" not in previewed(story, merged=MAIN)
    assert "preview" not in comment(appended(story))


def test_a_private_reply_is_never_previewed() -> None:
    """第二十条第二款: no link, whatever host is set."""
    story = Story("2026-11-20 09:00", "service", "V1").assigned("2026-11-20 10:00")
    story.answered(
        "2026-11-23 09:30", mode="private", reply=None, delivered_by="phone", marks=["privacy"], public_note="已答复。"
    )
    assert "preview.example" not in previewed(story)
