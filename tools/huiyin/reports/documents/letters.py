"""Letters to the unit: 转办函, 催办通知, 延期批复, 退回重办通知; functions that give the fields of a template."""

from __future__ import annotations

from huiyin.model import event as ev
from huiyin.reports.documents.desk import Desk, Fields, due_ground, handling_clock, last, unfit
from huiyin.reports.documents.kinds import Kind
from huiyin.reports.documents.wording import delay, due_date, listed, long_date, long_time, paragraphs, sentence
from huiyin.rules.articles import cite
from huiyin.rules.deadlines import Clock, DueBy, is_due_soon, local_day
from huiyin.rules.standing import Replay

IN_WRITING = frozenset({"9(4)", "12"})
"""The articles under which a message is passed on in writing; the others assign it on the platform."""
SIGNED = "经主要负责同志审核签字后"


def transfer(desk: Desk, found: Replay) -> Fields:
    """第九条(四)、第十二条: the message is passed on to the unit, as it was assigned.

    Raises:
        HuiyinError: HY880, it is not assigned, or was assigned on the platform.
    """
    assigned, route = found.assigned, found.route
    if assigned is None or route is None:
        raise unfit(Kind.TRANSFER, found, "还没有交办", "9(4)")
    article = route.transitions["assigned"].article
    if article not in IN_WRITING:
        reason = f"本件由平台在线交办（{cite(article)}），书面转办只用于{cite('9(4)')}和{cite('12')}的情形"
        raise unfit(Kind.TRANSFER, found, reason, article)
    then = desk.at_event(found, assigned)
    clock = handling_clock(then)
    office = desk.supervision_office(found.procedure)
    assert then.complexity is not None, "an assigned case has a complexity"
    return desk.fields(then, found.dispatcher) | {
        "number": assigned.letter or desk.blank("发文字号"),
        "addressee": desk.addressee(assigned.unit),
        "date": long_date(assigned.at),
        "article": cite(article),
        "complexity": then.complexity.label,
        "assigned": long_date(assigned.at),
        "limit": str(clock.working_days),
        "due_words": f"最迟于{due_date(clock.due)}（含当日）报送答复意见",
        "publisher": desk.rulebook.registry.unit(assigned.unit).publisher or desk.blank("公开名义"),
        "assisting": listed(desk.addressee(u) for u in assigned.assisting),
        "supervision_office": office,
        "supervision": "；".join(f"{reason}，{cite(article)}" for article, reason in then.supervision),
        "body": paragraphs(found.case.body),
        "copies": listed([*([office] if then.supervision else []), *(desk.addressee(u) for u in assigned.assisting)]),
    }


def reminder(desk: Desk, found: Replay) -> Fields:
    """第十五条: the head of the unit is urged from the working day before the due date on.

    Raises:
        HuiyinError: HY880, nothing is due from the unit, or the day of the reminder has not come.
    """
    if found.assigned is None or not handling_clock(found).running:
        raise unfit(Kind.REMINDER, found, f"没有待承办单位办理的事项（{found.state_title}）", "15")
    clock = handling_clock(found)
    late = desk.present_late(found, clock)
    overdue = found.now > clock.due.at
    if not overdue and not is_due_soon(clock, found.now):
        reason = f"期限为{due_date(clock.due)}，{clock.remind_on}才到催办的日子"
        raise unfit(Kind.REMINDER, found, reason, "15")
    days = desk.rulebook.days_for(clock.unit, found.procedure)
    left = days.between(local_day(found.now), clock.due.day)
    office = desk.supervision_office(found.procedure)
    return desk.fields(found, found.dispatcher) | {
        "number": desk.blank("发文字号"),
        "addressee": desk.addressee(clock.unit),
        "assigned": long_date(found.assigned.at),
        "due_words": f"办理期限为{due_date(clock.due)}",
        "due_article": due_ground(clock),
        "act": "报送答复意见" if _act(found) == "报送" else "公开答复",
        "standing": f"已{delay(late)}" if overdue else f"距到期还有{left}个工作日" if left else "今日到期",
        "head": desk.head(clock.unit),
        "urgency": "立即办理" if overdue else f"抓紧办理，最迟于{due_date(clock.due)}（含当日）",
        "signed": SIGNED,
        "may_extend": not overdue,
        "consequence": f"本件有省政府领导批示，逾期未办，由{office}跟踪督办（{cite('18')}）。" if found.tracked else "",
        "copies": office if found.tracked or found.supervision else "",
    }


def extension(desk: Desk, found: Replay) -> Fields:
    """第十六条: the dispatcher consents to the later date that the record holds.

    Raises:
        HuiyinError: HY880, no extension is in force.
    """
    event: ev.Extended | None = last(found, ev.Extended)
    if found.assigned is None or event is None or handling_clock(found).due.by is not DueBy.EXTENSION:
        raise unfit(Kind.EXTENSION, found, "没有经同意而现行有效的延期", "16")
    before, then = desk.before_event(found, event), desk.at_event(found, event)
    clock, former = handling_clock(then), handling_clock(before)
    return desk.fields(then, found.dispatcher) | {
        "number": desk.blank("发文字号"),
        "addressee": desk.addressee(clock.unit),
        "date": long_date(event.at),
        "former_due": due_date(former.due),
        "new_due": long_date(clock.due.at),
        "provisional": "（该年度放假安排尚未公布，以公布后为准）" if clock.due.provisional else "",
        "reason": sentence(event.reason),
        "was_late": event.at > former.due.at,
    }


def send_back(desk: Desk, found: Replay) -> Fields:
    """第二十一条: the answer is returned with its ground, to be handled again.

    Raises:
        HuiyinError: HY880, the case is not returned, or was answered again since.
    """
    event: ev.Returned | None = last(found, ev.Returned)
    if event is None or found.state != "returned":
        raise unfit(Kind.RETURN, found, f"现在不是退回重办的状态（{found.state_title}）", "21")
    then, before = desk.at_event(found, event), desk.before_event(found, event)
    clock, answer = handling_clock(then), before.answer
    assert answer is not None, "only an answer can be returned"
    return desk.fields(then, found.dispatcher) | {
        "number": desk.blank("发文字号"),
        "addressee": desk.addressee(clock.unit),
        "date": long_date(event.at),
        "answered": long_time(answer.at),
        "act": _act(then),
        "signed": SIGNED,
        "ground": event.ground,
        "explanation": paragraphs(event.explanation),
        "due_words": _due_after_return(then, clock, event),
        "publisher": answer.publisher,
        "reply": paragraphs(answer.reply),
    }


def _due_after_return(then: Replay, clock: Clock, event: ev.Returned) -> str:
    if event.due is not None:
        return f"重办期限为{due_date(clock.due)}（含当日）"
    if then.procedure.settings.return_restarts_clock:
        return f"办理期限自退回之日重新起算，最迟于{due_date(clock.due)}（含当日）"
    passed = "，该期限已过，请立即办理" if event.at > clock.due.at else ""
    return f"退回重办不改变办理期限，仍为{due_date(clock.due)}{passed}"


def _act(found: Replay) -> str:
    """What the unit does with its answer, which stops the clock (第十五条)."""
    return "报送" if found.route is not None and found.route.re_review else "公开"
