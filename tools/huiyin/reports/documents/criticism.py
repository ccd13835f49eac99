"""通报批评草稿 (第二十二条): the program lists facts of the record; finding and decision are left to the office."""

from __future__ import annotations

from collections.abc import Sequence

from huiyin.model import event as ev
from huiyin.model.problem import HuiyinError, Problem
from huiyin.reports.documents.desk import Desk, Fields, handling_clock, regulation, unfit
from huiyin.reports.documents.kinds import Kind
from huiyin.reports.documents.wording import NONE, delay, long_date, long_time, sentence
from huiyin.rules.deadlines import local_day
from huiyin.rules.standing import Replay

_MANNERS = {"self_criticism": "责令书面检查", "circular": "通报批评"}


def criticism(desk: Desk, chosen: Sequence[Replay]) -> Fields:
    """The draft for one unit.

    Args:
        chosen: at least one case.

    Raises:
        HuiyinError: HY880, a case was never late, returned, corrected or criticised; HY884, they are not of one unit.
    """
    for found in chosen:
        if found.assigned is None or not _is_ground(desk, found):
            reason = "没有逾期、退回、更正或者追责的记录，办法第二十二条无从适用"
            raise unfit(Kind.CRITICISM, found, reason, "22")
    units = sorted({found.unit or "" for found in chosen})
    if len(units) > 1:
        names = "、".join(desk.name(u) for u in units)
        raise HuiyinError(Problem("HY884", f"所列留言的承办单位不止一个：{names}。", article="22"))
    office = chosen[0].procedure.offices["office"]
    return {
        "regulation": regulation(chosen[0].procedure),
        "issuer": desk.name(office),
        "printed_by": desk.name(office),
        "date": long_date(desk.now),
        "unit": desk.name(units[0]),
        "count": str(len(chosen)),
        "facts": _facts(desk, chosen),
        "cases": tuple(_row(desk, found) for found in chosen),
        "findings": (
            f"（一）逾期未办有无正当理由：{desk.blank('有无正当理由')}",
            f"（二）答复审核是否严格：{desk.blank('审核情况')}",
            f"（三）造成的影响：{desk.blank('影响的认定')}",
        ),
        "decisions": (desk.blank("处理决定：责令作出书面检查、在全省范围内通报批评，或者不予追究"),),
        "demands": desk.blank("有关要求"),
        "copies": desk.blank("抄送机关"),
    }


def _events(found: Replay, kind: type[ev.Event]) -> list[ev.Event]:
    return [e for e in found.accepted if isinstance(e, kind)]


def _is_ground(desk: Desk, found: Replay) -> bool:
    events = (_events(found, kind) for kind in (ev.Returned, ev.Corrected, ev.Criticised))
    return any(events) or desk.late(found, handling_clock(found)).late


def _facts(desk: Desk, chosen: Sequence[Replay]) -> tuple[str, ...]:
    late = [found for found in chosen if desk.late(found, handling_clock(found)).late]
    lines = [
        (
            f"截至{long_time(desk.now)}，所列{len(chosen)}件中，逾期的{len(late)}件，"
            f"其中尚未办结的{sum(handling_clock(f).running for f in late)}件；"
            f"退回重办的{sum(bool(_events(f, ev.Returned)) for f in chosen)}件，"
            f"公开后更正的{sum(bool(_events(f, ev.Corrected)) for f in chosen)}件。逐件情况见下表。"
        )
    ]
    for found in chosen:
        for event in _events(found, ev.Criticised):
            assert isinstance(event, ev.Criticised)
            lines.append(
                f"{found.case.id}：{long_date(event.at)}已记录对{desk.name(event.unit)}{_MANNERS[event.kind]}。"
                f"事由：{sentence(event.reason)}影响：{sentence(event.consequence)}"
            )
    return tuple(lines)


def _row(desk: Desk, found: Replay) -> Fields:
    assigned, clock = found.assigned, handling_clock(found)
    assert assigned is not None, "only assigned cases have facts here"
    attention = [
        f"批示{len(_events(found, ev.Instructed))}次" if _events(found, ev.Instructed) else "",
        f"督办{len(_events(found, ev.Supervised))}次" if _events(found, ev.Supervised) else "",
    ]
    answers = _events(found, ev.Answered)
    missed = f"（原期限{'、'.join(str(m.due) for m in clock.missed)}）" if clock.missed else ""
    return {
        "id": found.case.id,
        "assigned": local_day(assigned.at).isoformat(),
        "due": f"{clock.due}{'（暂算）' if clock.due.provisional else ''}{missed}",
        "answered": local_day(answers[-1].at).isoformat() if answers else "未报送",
        "late": delay(desk.late(found, clock)) or "按期",
        "returned": _times(len(_events(found, ev.Returned))),
        "corrected": _times(len(_events(found, ev.Corrected))),
        "attention": "，".join(a for a in attention if a) or NONE,
    }


def _times(count: int) -> str:
    return f"{count}次" if count else NONE
