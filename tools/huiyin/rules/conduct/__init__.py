"""What the regulation asks of a single event beyond its place in the order: one generator a rule.

Each yields problems; none raises. Pointers are JSON pointers into the case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from huiyin.model import event as ev
from huiyin.model.case import Case
from huiyin.model.problem import Problem
from huiyin.rules.conduct import answer, assignment
from huiyin.rules.conduct.assignment import ADMISSION_LABELS, effective_complexity, supervision_reasons
from huiyin.rules.conduct.context import HANDLING_KINDS, Context, not_assignable
from huiyin.rules.deadlines import local_day
from huiyin.rules.procedure import Procedure, Route
from huiyin.rules.steps import legal_events, unit_of

__all__ = [
    "ADMISSION_LABELS",
    "HANDLING_KINDS",
    "Context",
    "check_case",
    "check_event",
    "check_time",
    "effective_complexity",
    "illegal",
    "not_assignable",
    "supervision_reasons",
]


def check_case(case: Case, now: datetime) -> Iterator[Problem]:
    """第一条: before any event, the id is of the channel, and nothing was received in the future."""
    if not case.id.startswith(f"{case.channel}-"):
        yield Problem("HY205", f"编号应以渠道“{case.channel}-”开头。", pointer="/id", article="1")
    if case.received_at > now:
        yield Problem("HY303", f"收到时间晚于现在（{now.isoformat(timespec='seconds')}）。", pointer="/received_at")


def check_time(index: int, event: ev.Event, previous: datetime, now: datetime) -> Iterator[Problem]:
    """An event is never before the one above it, nor in the future."""
    pointer = f"/events/{index}/at"
    if event.at < previous:
        yield Problem(
            "HY302", f"第{index + 1}个事件的时间早于前一事件或收到时间（{previous.isoformat()}）。", pointer=pointer
        )
    if event.at > now:
        yield Problem(
            "HY303", f"第{index + 1}个事件的时间晚于现在（{now.isoformat(timespec='seconds')}）。", pointer=pointer
        )


def illegal(index: int, event: ev.Event, state: str, route: Route | None, case: Case, procedure: Procedure) -> Problem:
    """The procedure does not allow this event in this state; says what it does allow."""
    rule = procedure.events[event.type]
    legal = [n for n in legal_events(state, route, case, procedure) if n in ev.EVENT_TYPES]
    allowed = "、".join(f"{procedure.events[n].title}（{n}）" for n in legal) or "无"
    way = f"（办理路径：{route.title}）" if route else ""
    return Problem(
        "HY301",
        f"第{index + 1}个事件“{rule.title}”不能发生在“{procedure.states[state].title}”状态{way}；此时可以：{allowed}。",
        pointer=f"/events/{index}",
        article=rule.articles[0] if rule.articles else "",
    )


def check_event(index: int, event: ev.Event, context: Context) -> Iterator[Problem]:
    """Everything that the regulation asks of this event in this context."""
    pointer = f"/events/{index}"
    yield from _check_actor(event, pointer, context)
    for check in _CHECKS.get(event.type, ()):
        yield from check(event, pointer, context)


def _check_actor(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第六至八条: recorded by the unit, and a person, whose business it is on that day."""
    rule = context.procedure.events[event.type]
    actor = context.procedure.actors[rule.opened_by]
    responsible = context.assigned.unit if context.assigned else None
    unit = unit_of(actor, responsible, context.case, context.procedure)
    if event.by.unit != unit:
        expected = context.registry.name_of(unit) if unit else "承办单位"
        yield Problem(
            "HY304",
            f"“{rule.title}”应由{expected}的{actor.role.label}记录，而不是“{context.registry.name_of(event.by.unit)}”。",
            pointer=f"{pointer}/by/unit",
            article=actor.article,
        )
        return
    if context.case.history and event.by.person is None:
        return
    if event.by.person is None:
        yield Problem("HY305", f"“{rule.title}”没有写明记录人。", pointer=f"{pointer}/by", article=actor.article)
        return
    person = context.registry.people.get(event.by.person)
    if person is None:
        yield Problem("HY306", f"人员“{event.by.person}”不在 rules/people.yaml 中。", pointer=f"{pointer}/by/person")
    elif not person.holds(event.by.unit, actor.role, local_day(event.at)):
        yield Problem(
            "HY307",
            f"{person.name}在{local_day(event.at)}不是{context.registry.name_of(unit)}的{actor.role.label}，不能记录“{rule.title}”。",
            pointer=f"{pointer}/by/person",
            article=actor.article,
        )


_Check = Callable[[ev.Event, str, Context], Iterator[Problem]]
_CHECKS: dict[str, tuple[_Check, ...]] = {
    "declined": (assignment.check_declined,),
    "assigned": (
        assignment.check_admission,
        assignment.check_assigned_unit,
        assignment.check_letter,
        assignment.check_topics,
        assignment.check_not_lowered,
        assignment.check_self_handling,
    ),
    "misrouted": (assignment.check_misrouted,),
    "answered": (answer.check_publisher, answer.check_marks, answer.check_substance),
    "returned": (answer.check_new_due, answer.check_return_after_due),
    "escalated": (answer.check_escalated,),
    "extended": (answer.check_new_due, answer.check_applied_in_time),
    "criticised": (answer.check_criticised,),
    "corrected": (answer.check_correction,),
    "redacted": (answer.check_redacted,),
}
