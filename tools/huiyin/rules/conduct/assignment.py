"""Who takes a message on, and as what: admission, assignment, requests for another unit (第二至五、九至十三条)."""

from __future__ import annotations

from collections.abc import Iterator

from huiyin.model import event as ev
from huiyin.model.case import Case
from huiyin.model.problem import Problem
from huiyin.rules.articles import cite
from huiyin.rules.conduct.context import HANDLING_KINDS, Context, not_assignable, unknown_unit
from huiyin.rules.procedure import Procedure

ADMISSION_LABELS = {"real_name": "实名反映", "contactable": "有联系方式", "clear_matter": "事项清楚"}
DECLINED_FOR_WANT_OF = {"anonymous": "real_name", "no_contact": "contactable", "unclear": "clear_matter"}


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
        yield procedure.topics.article, f"主题：{topic}"


def check_admission(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第十(一)、十二条: portal and service messages are admitted only with what the channel requires."""
    rule = context.procedure.channels[context.case.channel]
    missing = [ADMISSION_LABELS[fact] for fact in rule.requires if not getattr(context.case, fact)]
    if missing:
        yield Problem(
            "HY310",
            f"{context.case.channel.label}只受理{'、'.join(ADMISSION_LABELS[f] for f in rule.requires)}的留言，"
            f"本件不具备：{'、'.join(missing)}；应作不予受理处理。",
            pointer=pointer,
            article=rule.article,
        )


def check_declined(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第三至五、十(一)、十二条: declined only for a want that the channel's rule knows and the record shows."""
    assert isinstance(event, ev.Declined)
    fact = DECLINED_FOR_WANT_OF.get(event.reason)
    rule = context.procedure.channels[context.case.channel]
    if fact is None:
        return
    if fact not in rule.requires:
        yield Problem(
            "HY311",
            f"{context.case.channel.label}的留言不以“{ADMISSION_LABELS[fact]}”为受理条件，不能以此不予受理。",
            pointer=f"{pointer}/reason",
            article=rule.article,
        )
    elif getattr(context.case, fact):
        yield Problem(
            "HY311",
            f"登记为“{ADMISSION_LABELS[fact]}”，与不予受理的理由不符。",
            pointer=f"{pointer}/reason",
            article=rule.article,
        )


def check_assigned_unit(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第二、七条: helpers are cities or departments, and not the lead; units complained of exist."""
    assert isinstance(event, ev.Assigned)
    for i, unit_id in enumerate(event.assisting):
        unit = context.registry.units.get(unit_id)
        if unit is None or unit.kind not in HANDLING_KINDS:
            yield not_assignable(unit_id, f"{pointer}/assisting/{i}", context.registry)
    if event.unit in event.assisting:
        yield Problem("HY314", "主办单位不能同时是协办单位。", pointer=f"{pointer}/assisting", article="2")
    for i, unit_id in enumerate(event.concerns):
        if unit_id not in context.registry.units:
            yield unknown_unit(unit_id, f"{pointer}/concerns/{i}")


def check_letter(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第九(四)条: a written transfer to a department has a letter number."""
    assert isinstance(event, ev.Assigned)
    if context.route and context.route.letter and event.letter is None and not context.case.history:
        yield Problem(
            "HY315", "转省政府部门办理须以书面形式，请填写转办函文号（letter）。", pointer=pointer, article="9(4)"
        )


def check_topics(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第十一条: topics are those of the procedure; one of the six makes the message important."""
    assert isinstance(event, ev.Assigned)
    topics = context.procedure.topics
    for i, topic in enumerate(event.topics):
        if topic not in topics.names:
            yield Problem(
                "HY316",
                f"主题“{topic}”不在办法所列主题中，可用：{'、'.join(topics.names)}。",
                pointer=f"{pointer}/topics/{i}",
                article=topics.article,
            )
    forcing = important_topics(event, context.case, context.procedure)
    if forcing and event.complexity is not ev.Complexity.IMPORTANT:
        limit = context.procedure.working_days[ev.Complexity.IMPORTANT]
        yield Problem(
            "HY317",
            f"涉及{'、'.join(forcing)}，按{cite(topics.article)}为重要留言：已按{limit}个工作日计时并抄送督查室，"
            "请将类别写为 important。",
            pointer=f"{pointer}/complexity",
            article=topics.article,
        )
    elif event.basis == 5 and event.complexity is not ev.Complexity.IMPORTANT:
        yield Problem(
            "HY318",
            "依据第五条受理的是“重要情况和突出问题”，第十三条对此规定5个工作日，请核对类别。",
            pointer=f"{pointer}/complexity",
            article="13",
        )


def check_not_lowered(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第十一条: what was important is not made ordinary by assigning it again."""
    assert isinstance(event, ev.Assigned)
    if context.complexity is not ev.Complexity.IMPORTANT:
        return
    if effective_complexity(event, context.case, context.procedure) is not ev.Complexity.IMPORTANT:
        message = "原为重要留言，再次交办时降为一般或复杂，请核对主题和类别。"
        yield Problem("HY332", message, pointer=f"{pointer}/complexity", article="11")


def check_self_handling(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第四条: a complaint about a unit or its staff must not be handled by that unit alone."""
    assert isinstance(event, ev.Assigned)
    handlers = {event.unit, *event.assisting}
    if event.basis == 4 and event.concerns and handlers <= set(event.concerns):
        names = "、".join(context.registry.name_of(u) for u in sorted(handlers))
        yield Problem(
            "HY319",
            f"留言监督的是{names}，不应只交其自行办理，请另定主办单位或加协办单位。",
            pointer=f"{pointer}/unit",
            article="4",
        )


def check_misrouted(event: ev.Event, pointer: str, context: Context) -> Iterator[Problem]:
    """第二条: "not ours" names whose it is, and that is another unit."""
    assert isinstance(event, ev.Misrouted)
    unit = context.registry.units.get(event.belongs_to)
    if unit is None:
        yield unknown_unit(event.belongs_to, f"{pointer}/belongs_to")
    elif event.belongs_to == event.by.unit or unit.kind not in HANDLING_KINDS:
        yield Problem(
            "HY320",
            f"申请改派须写明应由哪个市州或部门办理，不能是“{unit.name}”。",
            pointer=f"{pointer}/belongs_to",
            article="2",
        )
