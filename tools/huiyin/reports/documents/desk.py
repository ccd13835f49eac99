"""What all documents share: whose case, who writes, to whom; and what is left for a person to fill in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from huiyin.model import event as ev
from huiyin.model.problem import HuiyinError, Problem
from huiyin.reports.documents.kinds import Kind
from huiyin.reports.documents.wording import long_date, long_time
from huiyin.rules.articles import cite
from huiyin.rules.deadlines import Clock, ClockKind, DueBy, Lateness, lateness, local_day, present_lateness
from huiyin.rules.procedure import Procedure
from huiyin.rules.replay import replay
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.standing import Replay

Fields = dict[str, Any]
"""The fields of a template by name: texts, tuples of texts, and rows. Nothing else reaches a template."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a document is written: the rules, the moment, and the blanks that were left.

    Args:
        now: with an offset; the day of it dates what no event dates.
    """

    rulebook: Rulebook
    now: datetime
    blanks: list[str] = field(default_factory=list)

    def blank(self, what: str) -> str:
        """Something that the record does not hold and a person must write: 〔待填：…〕."""
        text = f"〔待填：{what}〕"
        if text not in self.blanks:
            self.blanks.append(text)
        return text

    def name(self, unit: str) -> str:
        """The name of a unit."""
        return self.rulebook.registry.name_of(unit)

    def addressee(self, unit: str) -> str:
        """Whom a letter to a unit is addressed to: its office, which handles messages (第七条)."""
        found = self.rulebook.registry.units.get(unit)
        return (found.office or found.publisher or found.name) if found else unit

    def head(self, unit: str) -> str:
        """The unit's 主要负责同志 on that day (第十五条)."""
        found = self.rulebook.registry.head_of(unit, local_day(self.now))
        return found.name if found else self.blank("主要负责同志")

    def supervision_office(self, procedure: Procedure) -> str:
        """督查室 (第八条)."""
        return self.name(procedure.offices["supervision"])

    def late(self, found: Replay, clock: Clock) -> Lateness:
        """How late the clock was met, or is by then."""
        return lateness(clock, found.now, self.rulebook.days_for(clock.unit, found.procedure))

    def present_late(self, found: Replay, clock: Clock) -> Lateness:
        """How late by the due date in force alone, for whoever reads it beside that date."""
        return present_lateness(clock, found.now, self.rulebook.days_for(clock.unit, found.procedure))

    def fields(self, found: Replay, issuer: str) -> Fields:
        """The fields that every document of one case has.

        Args:
            issuer: id of the unit in whose name it is written.
        """
        case = found.case
        return {
            "regulation": regulation(found.procedure),
            "issuer": self.name(issuer),
            "date": long_date(self.now),
            "now": long_time(self.now),
            "contact": self.blank("联系人"),
            "phone": self.blank("电话"),
            "id": case.id,
            "title": case.title,
            "channel": case.channel.label,
            "received": long_date(case.received_at),
            "received_time": long_time(case.received_at),
            "copies": "",
        }

    def at_event(self, found: Replay, event: ev.Event) -> Replay:
        """The case just after one of its events: a letter tells how things stood when it was decided."""
        events = found.case.events
        index = next(i for i in reversed(range(len(events))) if events[i] is event)
        return replay(replace(found.case, events=events[: index + 1]), self.rulebook, event.at)

    def before_event(self, found: Replay, event: ev.Event) -> Replay:
        """The case just before one of its events."""
        events = found.case.events
        index = next(i for i in reversed(range(len(events))) if events[i] is event)
        return replay(replace(found.case, events=events[:index]), self.rulebook, event.at)


def regulation(procedure: Procedure) -> str:
    """《网民留言办理工作实施办法》（甘政办发〔2015〕115号）."""
    return f"《{procedure.title}》（{procedure.document}）"


def unfit(kind: Kind, found: Replay, reason: str, article: str) -> HuiyinError:
    """HY880: that kind of document does not fit the case as it stands."""
    return HuiyinError(
        Problem("HY880", f"{found.case.id}不能出具{kind.label}：{reason}。", found.case.path, article=article)
    )


def handling_clock(found: Replay) -> Clock:
    """The clock of an assigned case."""
    clock = found.clock(ClockKind.HANDLING)
    assert clock is not None, "an assigned case has a handling clock"
    return clock


def last(found: Replay, kind: type[ev.Event]) -> Any:
    """The last accepted event of a type, or None."""
    return next((e for e in reversed(found.accepted) if isinstance(e, kind)), None)


def due_ground(clock: Clock) -> str:
    """What fixed the due date of handling, with its article (第十三、十六、二十一条)."""
    match clock.due.by:
        case DueBy.EXTENSION:
            return f"经同意延期，{cite('16')}"
        case DueBy.RETURN:
            return f"退回重办时另定，{cite('21')}"
        case DueBy.RULE:
            assert clock.complexity is not None, "handling starts with an assignment, which has a complexity"
            return f"{clock.complexity.label}留言{clock.working_days}个工作日，{cite(clock.article)}"
