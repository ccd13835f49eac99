"""What the regulation asks of a single event beyond its place in the order: one generator a rule.

Each yields problems; none raises. Pointers are JSON pointers into the case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from huiyin.model import event as ev
from huiyin.model.case import Case
from huiyin.model.problem import Problem
from huiyin.model.unit import UnitKind
from huiyin.rules.articles import cite
from huiyin.rules.calendar import WorkingDays
from huiyin.rules.deadlines import Clock, local_day
from huiyin.rules.procedure import Procedure, Route
from huiyin.rules.registry import Registry
from huiyin.rules.steps import legal_events, unit_of

ADMISSION_LABELS = {"real_name": "实名反映", "contactable": "有联系方式", "clear_matter": "事项清楚"}
DECLINED_FOR_WANT_OF = {"anonymous": "real_name", "no_contact": "contactable", "unclear": "clear_matter"}
SHORTEST_REPLY = 15
"""Characters; a shorter public reply is likely 敷衍塞责 (第二十一条). A choice of ours, hence a warning."""
REDACTION_MARK = "〔已隐去"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What was known when the event happened: the rules, and the case up to that moment.

    Args:
        route: the route that the case is on once the event has happened.
        handling: the handling clock, stopped or running, or None before assignment.
        days: working days of the responsible unit.
    """

    case: Case
    procedure: Procedure
    registry: Registry
    route: Route | None
    assigned: ev.Assigned | None
    handling: Clock | None
    days: WorkingDays


def effective_complexity(event: ev.Assigned, case: Case, procedure: Procedure) -> ev.Complexity:
    """第十一、十三条: the six topics force 重要 on people and portal; 第五条 does where the setting says so."""
    if important_topics(event, case, procedure) or (event.basis == 5 and procedure.settings.basis_5_is_important):
        return ev.Complexity.IMPORTANT
    return event.complexity


def important_topics(event: ev.Assigned, case: Case, procedure: Procedure) -> tuple[str, ...]:
    """第十一条: those of the six topics that the message is about, on the channels of that article."""
    if case.channel not in procedure.topics.channels:
        return ()
    return tuple(t for t in event.topics if t in procedure.topics.important)


def supervision_reasons(event: ev.Assigned, case: Case, procedure: Procedure) -> Iterator[tuple[str, str]]:
    """第八、十一条: why the assignment is copied to 督查室, as (article, reason)."""
    if event.basis == 5:
        yield "8", "反映重要情况和突出问题"
    for topic in important_topics(event, case, procedure):
        yield procedure.topics.article, f"主题:{topic}"


def check_time(index: int, event: ev.Event, previous: datetime, now: datetime) -> Iterator[Problem]:
    """An event is never before the one above it, nor in the future."""
    pointer = f"/events/{index}/at"
    if event.at < previous:
        yield Problem(
            "HY302", f"第{index + 1}个事件的时间早于前一事件或收到时间({previous.isoformat()})。", pointer=pointer
        )
    if event.at > now:
        yield Problem(
            "HY303", f"第{index + 1}个事件的时间晚于现在({now.isoformat(timespec='seconds')})。", pointer=pointer
        )


def illegal(index: int, event: ev.Event, state: str, route: Route | None, case: Case, procedure: Procedure) -> Problem:
    """The procedure does not allow this event in this state; says what it does allow."""
    rule = procedure.events[event.type]
    legal = [n for n in legal_events(state, route, case, procedure) if n in ev.EVENT_TYPES]
    allowed = "、".join(f"{procedure.events[n].title}({n})" for n in legal) or "无"
    way = f"(办理路径:{route.title})" if route else ""
    return Problem(
        "HY301",
        f"第{index + 1}个事件“{rule.title}”不能发生在“{procedure.states[state].title}”状态{way};此时可以:{allowed}。",
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
            f"“{rule.title}”应由{expected}的{actor.role.label}记录,而不是“{context.registry.name_of(event.by.unit)}”。",
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
            f"{person.name}在{local_day(event.at)}不是{context.registry.name_of(unit)}的{actor.role.label},不能记录“{rule.title}”。",
            pointer=f"{pointer}/by/person",
            article=actor.article,
        )


def _check_admission(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第十(一)、十二条: portal and service messages are admitted only with what the channel requires."""
    rule = context.procedure.channels[context.case.channel]
    missing = [ADMISSION_LABELS[fact] for fact in rule.requires if not getattr(context.case, fact)]
    if missing:
        yield Problem(
            "HY310",
            f"{context.case.channel.label}只受理{'、'.join(ADMISSION_LABELS[f] for f in rule.requires)}的留言,"
            f"本件不具备:{'、'.join(missing)};应作不予受理处理。",
            pointer=pointer,
            article=rule.article,
        )


def _check_declined(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第三至五、十(一)、十二条: declined only for a want that the channel's rule knows and the record shows."""
    assert isinstance(event, ev.Declined)
    fact = DECLINED_FOR_WANT_OF.get(event.reason)
    rule = context.procedure.channels[context.case.channel]
    if fact is None:
        return
    if fact not in rule.requires:
        yield Problem(
            "HY311",
            f"{context.case.channel.label}的留言不以“{ADMISSION_LABELS[fact]}”为受理条件,不能以此不予受理。",
            pointer=f"{pointer}/reason",
            article=rule.article,
        )
    elif getattr(context.case, fact):
        yield Problem(
            "HY311",
            f"登记为“{ADMISSION_LABELS[fact]}”,与不予受理的理由不符。",
            pointer=f"{pointer}/reason",
            article=rule.article,
        )


def _check_assigned_unit(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第二、七条: assigned to a city or department that exists; helpers are others than the lead."""
    assert isinstance(event, ev.Assigned)
    for where, unit_id in [("unit", event.unit), *((f"assisting/{i}", u) for i, u in enumerate(event.assisting))]:
        unit = context.registry.units.get(unit_id)
        if unit is None:
            yield _unknown_unit(unit_id, f"{pointer}/{where}")
        elif unit.kind not in (UnitKind.CITY, UnitKind.DEPARTMENT):
            yield Problem(
                "HY313",
                f"{unit.name}不是承办单位,只能交办给市州或省政府部门。",
                pointer=f"{pointer}/{where}",
                article="7",
            )
    if event.unit in event.assisting:
        yield Problem("HY314", "主办单位不能同时是协办单位。", pointer=f"{pointer}/assisting", article="2")
    for i, unit_id in enumerate(event.concerns):
        if unit_id not in context.registry.units:
            yield _unknown_unit(unit_id, f"{pointer}/concerns/{i}")


def _unknown_unit(unit_id: str, pointer: str) -> Problem:
    return Problem("HY312", f"单位“{unit_id}”不在 rules/units.yaml 中。", pointer=pointer)


def _check_letter(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第九(四)条: a written transfer to a department has a letter number."""
    assert isinstance(event, ev.Assigned)
    if context.route and context.route.letter and event.letter is None and not context.case.history:
        yield Problem(
            "HY315", "转省政府部门办理须以书面形式,请填写转办函文号(letter)。", pointer=pointer, article="9(4)"
        )


def _check_topics(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第十一条: topics are those of the procedure; one of the six makes the message important."""
    assert isinstance(event, ev.Assigned)
    topics = context.procedure.topics
    for i, topic in enumerate(event.topics):
        if topic not in topics.names:
            yield Problem(
                "HY316",
                f"主题“{topic}”不在办法所列主题中,可用:{'、'.join(topics.names)}。",
                pointer=f"{pointer}/topics/{i}",
                article=topics.article,
            )
    forcing = important_topics(event, context.case, context.procedure)
    if forcing and event.complexity is not ev.Complexity.IMPORTANT:
        limit = context.procedure.working_days[ev.Complexity.IMPORTANT]
        yield Problem(
            "HY317",
            f"涉及{'、'.join(forcing)},按{cite(topics.article)}为重要留言:已按{limit}个工作日计时并抄送督查室,"
            "请将类别写为 important。",
            pointer=f"{pointer}/complexity",
            article=topics.article,
        )
    elif event.basis == 5 and event.complexity is not ev.Complexity.IMPORTANT:
        yield Problem(
            "HY318",
            "依据第五条受理的是“重要情况和突出问题”,第十三条对此规定5个工作日,请核对类别。",
            pointer=f"{pointer}/complexity",
            article="13",
        )


def _check_self_handling(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第四条: a complaint about a unit or its staff must not be handled by that unit alone."""
    assert isinstance(event, ev.Assigned)
    handlers = {event.unit, *event.assisting}
    if event.basis == 4 and event.concerns and handlers <= set(event.concerns):
        names = "、".join(context.registry.name_of(u) for u in sorted(handlers))
        yield Problem(
            "HY319",
            f"留言监督的是{names},不应只交其自行办理,请另定主办单位或加协办单位。",
            pointer=f"{pointer}/unit",
            article="4",
        )


def _check_misrouted(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第二条: "not ours" names whose it is, and that is another unit."""
    assert isinstance(event, ev.Misrouted)
    unit = context.registry.units.get(event.belongs_to)
    if unit is None:
        yield _unknown_unit(event.belongs_to, f"{pointer}/belongs_to")
    elif event.belongs_to == event.by.unit or unit.kind not in (UnitKind.CITY, UnitKind.DEPARTMENT):
        yield Problem(
            "HY320",
            f"申请改派须写明应由哪个市州或部门办理,不能是“{unit.name}”。",
            pointer=f"{pointer}/belongs_to",
            article="2",
        )


def _check_publisher(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第二十条: published only in the name of the city government's office or of the provincial department."""
    assert isinstance(event, ev.Answered)
    unit = context.registry.units.get(context.assigned.unit) if context.assigned else None
    if unit is not None and event.publisher != unit.publisher:
        yield Problem(
            "HY321",
            f"公开名义应为“{unit.publisher}”,而不是“{event.publisher}”。",
            pointer=f"{pointer}/publisher",
            article="20(1)",
        )


def _check_marks(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第二十条: what touches a secret is not answered in public; what touches privacy goes to the person alone."""
    assert isinstance(event, ev.Answered)
    if "privacy" in event.marks and event.mode is not ev.ReplyMode.PRIVATE:
        yield Problem(
            "HY322",
            "涉及个人隐私的答复应通过电话、电子邮件等答复本人(mode: private),并公开说明。",
            pointer=f"{pointer}/mode",
            article="20(2)",
        )
    elif event.marks and event.mode is ev.ReplyMode.PUBLIC:
        yield Problem(
            "HY322",
            "标有国家秘密、商业秘密的答复不得以公开方式(mode: public)报送。",
            pointer=f"{pointer}/mode",
            article="20(2)",
        )


def _check_substance(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第二十一条: a reply of a few characters is likely perfunctory."""
    assert isinstance(event, ev.Answered)
    length = len("".join((event.reply or "").split()))
    if event.reply is not None and length < SHORTEST_REPLY:
        yield Problem(
            "HY323",
            f"答复只有{length}字,可能属于敷衍塞责,复审时请注意。",
            pointer=f"{pointer}/reply",
            article="21",
        )


def _check_new_due(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
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
    elif not context.days.is_working(due):
        yield Problem("HY325", f"新期限{due}不是工作日({context.days.day(due).reason})。", pointer=at, article=article)


def _check_applied_in_time(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第十六条: an extension is asked for before the due date has passed."""
    if context.handling is not None and event.at > context.handling.due.at:
        yield Problem("HY326", f"原期限{context.handling.due.day}已过才延期。", pointer=f"{pointer}/at", article="16")


def _check_criticised(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第二十二条: names a unit that exists."""
    assert isinstance(event, ev.Criticised)
    if event.unit not in context.registry.units:
        yield _unknown_unit(event.unit, f"{pointer}/unit")


_Check = Callable[[ev.Event, str, Context], Iterator[Problem]]
_CHECKS: dict[str, tuple[_Check, ...]] = {
    "declined": (_check_declined,),
    "assigned": (
        _check_admission,
        _check_assigned_unit,
        _check_letter,
        _check_topics,
        _check_self_handling,
    ),
    "misrouted": (_check_misrouted,),
    "answered": (_check_publisher, _check_marks, _check_substance),
    "returned": (_check_new_due,),
    "extended": (_check_new_due, _check_applied_in_time),
    "criticised": (_check_criticised,),
}
