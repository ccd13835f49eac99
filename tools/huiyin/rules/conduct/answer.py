"""What a reply and the decisions about it must look like (第十六、二十至二十二条)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from huiyin.model import event as ev
from huiyin.model.case import Case
from huiyin.model.problem import Problem
from huiyin.rules.conduct.context import Context, unknown_unit
from huiyin.rules.deadlines import handling_due, local_day

REDACTION_MARK = "〔已隐去"
"""How text that was removed begins; the rest names its kind."""

SHORTEST_REPLY = 15
"""Characters; a shorter public reply is likely 敷衍塞责 (第二十一条). A choice of ours, hence a warning."""


def mark_of(kind: str) -> str:
    """What stands in place of text that was redacted (第十九条): ``〔已隐去：手机号〕``."""
    return f"{REDACTION_MARK}：{kind}〕"


def check_publisher(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第二十条: published only in the name of the city government's office or of the provincial department."""
    assert isinstance(event, ev.Answered)
    unit = context.registry.units.get(context.assigned.unit) if context.assigned else None
    if unit is not None and event.publisher != unit.publisher:
        yield Problem(
            "HY321",
            f"公开名义应为“{unit.publisher}”，而不是“{event.publisher}”。",
            pointer=f"{pointer}/publisher",
            article="20(1)",
        )


def check_marks(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第二十条: what touches a secret is not answered in public; what touches privacy goes to the person alone."""
    assert isinstance(event, ev.Answered)
    if "privacy" in event.marks and event.mode is not ev.ReplyMode.PRIVATE:
        yield Problem(
            "HY322",
            "涉及个人隐私的答复应通过电话、电子邮件等答复本人（mode: private），并公开说明。",
            pointer=f"{pointer}/mode",
            article="20(2)",
        )
    elif event.marks and event.mode is ev.ReplyMode.PUBLIC:
        yield Problem(
            "HY322",
            "标有国家秘密、商业秘密的答复不得以公开方式（mode: public）报送。",
            pointer=f"{pointer}/mode",
            article="20(2)",
        )


def check_substance(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第二十一条: a reply of a few characters is likely perfunctory."""
    assert isinstance(event, ev.Answered)
    length = len("".join((event.reply or "").split()))
    if event.reply is not None and length < SHORTEST_REPLY:
        yield Problem(
            "HY323",
            f"答复只有{length}字，可能属于敷衍塞责，复审时请注意。",
            pointer=f"{pointer}/reply",
            article="21",
        )


def check_new_due(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第十六、二十一条: a due date set by decision is a working day, in the future, later than the one it replaces."""
    assert isinstance(event, ev.Extended | ev.Returned)
    due: date | None = event.due
    if due is None:
        return
    at = f"{pointer}/due"
    article = context.procedure.events[event.type].articles[0]
    if due < local_day(event.at):
        yield Problem("HY324", f"新期限{due}早于决定之日。", pointer=at, article=article)
    elif isinstance(event, ev.Extended) and context.handling is not None and due <= context.handling.due.day:
        yield Problem(
            "HY324", f"延期后的期限{due}不晚于原期限{context.handling.due.day}。", pointer=at, article=article
        )
    elif context.handling is not None and due < context.handling.due.day:
        message = f"重办期限{due}早于原期限{context.handling.due.day}。"
        yield Problem("HY333", message, pointer=at, article=article)
    elif not context.days.is_working(due):
        yield Problem(
            "HY325", f"新期限{due}不是工作日（{context.days.day(due).reason}）。", pointer=at, article=article
        )


def check_applied_in_time(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第十六条: an extension is asked for before the due date has passed."""
    if context.handling is not None and event.at > context.handling.due.at:
        yield Problem("HY326", f"原期限{context.handling.due.day}已过才延期。", pointer=f"{pointer}/at", article="16")


def check_correction(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第十九、二十条: the text of a private answer never enters the record, not even as its correction."""
    assert isinstance(event, ev.Corrected)
    private = context.answer is not None and context.answer.mode is ev.ReplyMode.PRIVATE
    if private and event.reply is not None:
        message = "个别答复只更正公开说明（public_note），答复正文不得写入本库。"
        yield Problem("HY334", message, pointer=f"{pointer}/reply", article="20(2)")
    elif not private and event.public_note is not None:
        message = "公开的答复更正答复正文（reply），没有公开说明。"
        yield Problem("HY334", message, pointer=f"{pointer}/public_note", article="20(2)")


def check_return_after_due(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第二十一条: returned after the due date without a new one, the unit is late at once, whatever it does."""
    assert isinstance(event, ev.Returned)
    restarts = context.procedure.settings.return_restarts_clock
    if event.due is None and not restarts and context.handling is not None and event.at > context.handling.due.at:
        message = f"原期限{context.handling.due.day}已过，未另定重办期限，承办单位即刻计为逾期。"
        yield Problem("HY328", message, pointer=pointer, article="21")


def check_escalated(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第十三条: five working days from assignment may have passed when a message is made important."""
    if context.handling is None:
        return
    limit = context.procedure.working_days[ev.Complexity.IMPORTANT]
    due = handling_due(context.handling.start, limit, context.procedure.settings, context.days)
    if event.at > due.at:
        message = f"列为重要后，期限为{due.day}（自交办之日起{limit}个工作日），已过。"
        yield Problem("HY329", message, pointer=pointer, article="13")


def check_criticised(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第二十二条: names a unit that exists."""
    assert isinstance(event, ev.Criticised)
    if event.unit not in context.registry.units:
        yield unknown_unit(event.unit, f"{pointer}/unit")


def check_redacted(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第十九条: what was redacted is marked where it stood."""
    assert isinstance(event, ev.Redacted)
    for i, target in enumerate(event.pointers):
        text = _text_at(context.case, target)
        if text is None or REDACTION_MARK not in text:
            message = f"“{target}”处没有文字，或没有{REDACTION_MARK}…〕标记。"
            yield Problem("HY327", message, pointer=f"{pointer}/pointers/{i}", article="19")


def _text_at(case: Case, pointer: str) -> str | None:
    """The text of a case at a JSON pointer of the schema's form, or None."""
    value: object = case
    for part in pointer.strip("/").split("/"):
        if isinstance(value, tuple):
            value = value[int(part)] if part.isdigit() and int(part) < len(value) else None
        else:
            value = getattr(value, part, None)
    return value if isinstance(value, str) else None
