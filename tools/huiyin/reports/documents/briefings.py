"""Papers for leaders and 督查室: 督办通知单, 重要留言专报, 留言选摘; functions that give the fields of a template."""

from __future__ import annotations

from collections.abc import Sequence

from huiyin.model import event as ev
from huiyin.model.event import Complexity, ReplyMode
from huiyin.model.problem import HuiyinError, Problem
from huiyin.reports.documents.desk import Desk, Fields, due_ground, handling_clock, last, regulation, unfit
from huiyin.reports.documents.kinds import Kind
from huiyin.reports.documents.wording import (
    delay,
    due_date,
    listed,
    long_date,
    long_time,
    month_name,
    numeral,
    paragraphs,
)
from huiyin.rules.articles import cite
from huiyin.rules.standing import Replay

TITLE_LINE = 20
"""Characters of 二号 in one line: a title that is broken must keep its words whole, which a program cannot see to."""


def supervision(desk: Desk, found: Replay) -> Fields:
    """第八、十一、十八条: 督查室 supervises what is important, or overdue though a leader gave instructions.

    Dated on the day on which it was recorded, as its number is: a requirement "in three working days" counts from it.

    Raises:
        HuiyinError: HY880, there is no ground for it.
    """
    if found.assigned is None:
        raise unfit(Kind.SUPERVISION, found, "还没有交办", "8")
    event: ev.Supervised | None = last(found, ev.Supervised)
    if event is None and (found.closed or not (found.tracked or found.supervision)):
        reason = "已经办结" if found.closed else "既没有记录督办，也不属应专项督办、跟踪督办的情形"
        raise unfit(Kind.SUPERVISION, found, reason, "8")
    assigned = found.assigned
    if event is not None:
        found = desk.at_event(found, event)
        assigned = found.assigned or assigned
    tracking = event.kind == "tracking" if event is not None else found.tracked
    clock, office = handling_clock(found), found.procedure.offices["supervision"]
    office_name = desk.name(office)
    articles = ["18"] if tracking else sorted({a for a, _ in found.supervision if a != "18"}, key=int) or ["8"]
    manner = "跟踪督办" if tracking else "专项督办"
    grounds = _grounds(found)
    if found.tracked:
        grounds.append(f"逾期未办且有领导批示（{cite('18')}）")
    return desk.fields(found, office) | {
        "number": (event.letter if event is not None else None) or desk.blank("督办编号"),
        "date": long_date(found.now),
        "addressee": desk.addressee(clock.unit),
        "article": "、".join(cite(a) for a in articles),
        "manner": manner,
        "feedback": desk.blank("反馈期限"),
        "assigned_time": long_time(assigned.at),
        "unit": desk.name(clock.unit),
        "head": desk.head(clock.unit),
        "due": due_date(clock.due),
        "standing": _standing(desk, found),
        "reasons": "；".join(grounds) or f"{office_name}决定{manner}",
        "body": paragraphs(found.case.body),
        "instructions": _instructions(found) or ("无。",),
        "requirement": paragraphs(event.requirement if event is not None else None) or (desk.blank("督办要求"),),
        "copies": desk.name(found.dispatcher),
    }


def briefing(desk: Desk, found: Replay) -> Fields:
    """第十一条: an important message is reported to the leaders.

    Raises:
        HuiyinError: HY880, it is not important, or came by a channel that the article does not speak of.
    """
    if found.complexity is not Complexity.IMPORTANT or found.assigned is None:
        raise unfit(Kind.BRIEFING, found, "不属重要留言；确属重要的，先交办或列为重要", "11")
    if found.case.channel not in found.procedure.topics.channels:
        raise unfit(Kind.BRIEFING, found, f"第十一条不适用于{found.case.channel.label}", "11")
    topics = listed(found.assigned.topics)
    answer = found.answer
    heading = f"关于{topics}方面重要网民留言的报告"
    return desk.fields(found, found.dispatcher) | {
        "number": _issue(desk),
        "heading": heading if topics and len(heading) <= TITLE_LINE else "关于重要网民留言的报告",
        "article": cite("11"),
        "topics": topics,
        "reasons": "；".join(_grounds(found)) or f"交办单位定为重要留言（{cite('13')}）",
        "body": paragraphs(found.case.body),
        "handling": _handling(desk, found),
        "instructions": _instructions(found),
        "reply": paragraphs(answer.reply) if answer is not None and answer.mode is not ReplyMode.PRIVATE else (),
        "advice": desk.blank("拟办建议"),
        "printed_by": desk.name(found.dispatcher),
        "reported_to": "省政府、省政府办公厅相关领导同志",
        "copies": desk.supervision_office(found.procedure),
    }


def digest(desk: Desk, chosen: Sequence[Replay], month: str | None) -> Fields:
    """第十七条: selected messages for the leaders.

    Args:
        chosen: in the order in which they are to stand, at least one.
        month: ``2026-11`` where the important messages received in that month were taken, None where ids were given.

    Raises:
        HuiyinError: HY885, there is none.
    """
    if not chosen:
        raise HuiyinError(Problem("HY885", f"{month_name(month or '')}没有重要留言可以选摘。", article="17"))
    scope = f"选取{month_name(month)}收到的重要留言" if month else "选取网民留言"
    dispatchers = list(dict.fromkeys(found.dispatcher for found in chosen))
    return {
        "regulation": regulation(chosen[0].procedure),
        "number": _issue(desk),
        "issuer": listed(desk.name(d) for d in dispatchers),
        "printed_by": desk.name(dispatchers[0]) if len(dispatchers) == 1 else "",
        "date": long_date(desk.now),
        "scope": scope,
        "count": str(len(chosen)),
        "items": tuple(_item(desk, found, i) for i, found in enumerate(chosen, 1)),
    }


def is_for_digest(found: Replay, month: str) -> bool:
    """Whether a month's digest takes the message: received then, and important."""
    return long_date(found.case.received_at).startswith(f"{month_name(month)}") and (
        found.complexity is Complexity.IMPORTANT
    )


def _item(desk: Desk, found: Replay, number: int) -> Fields:
    case, answer = found.case, found.answer
    unit = f"，{desk.name(found.unit)}承办" if found.unit else ""
    about = f"（{case.id}，{case.channel.label}，{long_date(case.received_at)}{unit}，{found.state_title}）"
    if answer is not None and answer.mode is ReplyMode.PRIVATE:
        # 第二十条第二款: what is answered in private is not passed on in full either.
        note = answer.public_note or ""
        return _entry(
            case.title, number, about, ("（本件个别答复，正文不录。）",), paragraphs(note and f"公开说明：{note}")
        )
    told = answer.reply if answer is not None and found.published_at is not None else None
    return _entry(case.title, number, about, paragraphs(case.body), paragraphs(told and f"答复：{told}"))


def _entry(title: str, number: int, about: str, body: tuple[str, ...], reply: tuple[str, ...]) -> Fields:
    return {"numeral": numeral(number), "title": title, "about": about, "body": body, "reply": reply}


def _issue(desk: Desk) -> str:
    return f"第{desk.blank('期号')}期"


def _grounds(found: Replay) -> list[str]:
    """Why 督查室 gets a copy, without the supervision itself, which is no ground."""
    return [f"{reason}（{cite(article)}）" for article, reason in found.supervision if not reason.endswith("督办")]


def _instructions(found: Replay) -> tuple[str, ...]:
    given = [e for e in found.accepted if isinstance(e, ev.Instructed)]
    return tuple(line for e in given for line in paragraphs(f"{long_date(e.at)}，{e.leader}批示：{e.instruction}"))


def _standing(desk: Desk, found: Replay) -> str:
    late = delay(desk.present_late(found, handling_clock(found)))
    return f"{found.state_title}{'，' if late else ''}{late}"


def _handling(desk: Desk, found: Replay) -> str:
    assigned, clock = found.assigned, handling_clock(found)
    assert assigned is not None, "only assigned messages are reported"
    assisting = f"，{listed(desk.name(u) for u in assigned.assisting)}协办" if assigned.assisting else ""
    office = desk.supervision_office(found.procedure)
    copied = f"抄送{office}督办（{listed(cite(a) for a, _ in found.supervision)}）。" if found.supervision else ""
    return (
        f"{long_date(assigned.at)}交{desk.name(assigned.unit)}承办{assisting}，办理期限为{due_date(clock.due)}"
        f"（{due_ground(clock)}）。{copied}截至{long_time(desk.now)}，{_standing(desk, found)}。"
    )
