"""What the public may see of a case: an allow-list (第十九、二十条; design §1.6).

Every value that a template can reach is a field of a class in this module, filled by name in ``public_case``. Notes,
handling steps, persons, instructions, reasons given to colleagues and everything else of the record have no field here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from huiyin.model import event as ev
from huiyin.model.case import SHANGHAI, Channel
from huiyin.model.event import Complexity, ReplyMode
from huiyin.publish.addresses import case_address
from huiyin.publish.statistics import Counted, Outcome
from huiyin.publish.timeline import PUBLISHED, PublicEntry, find_entries
from huiyin.rules.deadlines import Clock, ClockKind, DueBy, lateness, local_day
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.standing import Replay


@dataclass(frozen=True, slots=True)
class PublicCorrection:
    """That a published reply was corrected (第二十条), when, and what the public is told of the reason."""

    at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCase:
    """One published case.

    Args:
        body: None where the reply was private (第二十条第二款).
        reply: the text in force: the corrected one where there is one; None where the reply was private.
        public_note: what is said in public of a private reply, the corrected words where there are any; else None.
        publisher: the name under which the reply was published (第二十条第一款).
        limit: working days allowed by the rule, before any extension.
        used: working days from the assignment to the act that stops the clock (第十三、十五条).
        due: the due date in force, after any extension.
        due_by: what fixed that date: the rule, an extension (第十六条) or a return (第二十一条).
        missed: the first due date, where it had passed before that decision; else None.
        provisional: the due date rests on a year whose calendar is not published yet.
        late: after the due date in force, or after the one that was missed before.
        late_days: full working days late, both delays together; 0 can still be late.
        satisfaction: the level that the citizen gave last, or None.
    """

    id: str
    procedure: str
    procedure_title: str
    channel: Channel
    title: str
    body: str | None
    unit: str
    unit_name: str
    publisher: str
    mode: ReplyMode
    reply: str | None
    public_note: str | None
    topics: tuple[str, ...]
    complexity: Complexity
    received_at: datetime
    assigned_at: datetime
    answered_at: datetime
    published_at: datetime
    corrections: tuple[PublicCorrection, ...]
    limit: int | None
    used: int
    due: date
    due_by: DueBy
    missed: date | None
    provisional: bool
    late: bool
    late_days: int
    satisfaction: str | None
    timeline: tuple[PublicEntry, ...]

    @property
    def address(self) -> str:
        """Where its page stands below the site's root."""
        return case_address(self.id, self.received_at)

    @property
    def month(self) -> str:
        """The month received, such as ``2026-11``."""
        return _month(self.received_at)

    @property
    def updated(self) -> date:
        """The day of the last thing that its page tells."""
        return local_day(self.timeline[-1].at)

    @property
    def verdict(self) -> str:
        """按期, or how late (第十三条)."""
        if not self.late:
            return "按期"
        return f"逾期{self.late_days}个工作日" if self.late_days else "逾期不足1个工作日"


def public_case(found: Replay, rulebook: Rulebook) -> PublicCase | None:
    """What may be seen of a case, or None where nothing may: declined, withdrawn, still open, or returned again.

    Args:
        found: the case at a moment, without errors.
    """
    answer, assigned, clock = found.answer, found.assigned, found.clock(ClockKind.HANDLING)
    if found.state != PUBLISHED or answer is None or assigned is None or clock is None:
        return None
    assert found.published_at is not None, "a published case was published at some moment"
    assert found.complexity is not None, "an assigned case has a complexity"
    private = answer.mode is ReplyMode.PRIVATE
    after = found.accepted[_index(found.accepted, answer) + 1 :]
    corrections = [e for e in after if isinstance(e, ev.Corrected)]
    texts = [answer.reply, *(c.reply for c in corrections if c.reply is not None)]
    notes = [answer.public_note, *(c.public_note for c in corrections if c.public_note is not None)]
    ratings = [e.level for e in after if isinstance(e, ev.Rated)]
    late = lateness(clock, found.now, rulebook.days_for(clock.unit, found.procedure))
    return PublicCase(
        id=found.case.id,
        procedure=found.procedure.id,
        procedure_title=found.procedure.title,
        channel=found.case.channel,
        title=found.case.title,
        body=None if private else found.case.body,
        unit=assigned.unit,
        unit_name=rulebook.registry.name_of(assigned.unit),
        publisher=answer.publisher,
        mode=answer.mode,
        reply=None if private else texts[-1],
        public_note=notes[-1] if private else None,
        topics=tuple(t for t in assigned.topics if t in found.procedure.topics.names),
        complexity=found.complexity,
        received_at=found.case.received_at,
        assigned_at=assigned.at,
        answered_at=answer.at,
        published_at=found.published_at,
        corrections=tuple(PublicCorrection(c.at, None if private else c.reason) for c in corrections),
        limit=clock.working_days,
        used=_days_used(clock, found, rulebook),
        due=clock.due.day,
        due_by=clock.due.by,
        missed=clock.missed[0].due.day if clock.missed else None,
        provisional=clock.due.provisional,
        late=late.late,
        late_days=late.working_days,
        satisfaction=ratings[-1] if ratings else None,
        timeline=tuple(find_entries(found, rulebook.registry)),
    )


def count_case(found: Replay, rulebook: Rulebook) -> Counted:
    """What the figures need of any case, published or not."""
    case = public_case(found, rulebook)
    return counted(case) if case is not None else counted_unpublished(found, rulebook)


def counted(case: PublicCase) -> Counted:
    """What the figures need of a published case: only what its page shows, so that anyone can count again."""
    return Counted(
        month=case.month,
        channel=case.channel,
        outcome=Outcome.CLOSED,
        unit=case.unit,
        topics=case.topics,
        complexity=case.complexity,
        late=case.late,
        working_days=case.used,
        satisfaction=case.satisfaction,
    )


def counted_unpublished(found: Replay, rulebook: Rulebook) -> Counted:
    """What the figures need of a case that has no page."""
    clock = found.clock(ClockKind.HANDLING)
    match found.state:
        case "declined":
            outcome = Outcome.DECLINED
        case "withdrawn":
            outcome = Outcome.WITHDRAWN
        case _:
            outcome = Outcome.PENDING if found.assigned is None else Outcome.OPEN
    late = (
        outcome is Outcome.OPEN
        and clock is not None
        and lateness(clock, found.now, rulebook.days_for(clock.unit, found.procedure)).late
    )
    topics = found.assigned.topics if found.assigned else ()
    return Counted(
        month=_month(found.case.received_at),
        channel=found.case.channel,
        outcome=outcome,
        unit=found.unit,
        topics=tuple(t for t in topics if t in found.procedure.topics.names),
        complexity=found.complexity,
        late=late,
    )


def _days_used(clock: Clock, found: Replay, rulebook: Rulebook) -> int:
    assert clock.stopped is not None, "publication stops every clock"
    days = rulebook.days_for(clock.unit, found.procedure)
    start = local_day(clock.start)
    if found.procedure.settings.counting_starts == "same_day":
        start -= timedelta(days=1)
    return days.between(start, local_day(clock.stopped))


def _index(events: tuple[ev.Event, ...], wanted: ev.Event) -> int:
    """Where that very event stands; an equal one before it is another."""
    return next(i for i in reversed(range(len(events))) if events[i] is wanted)


def _month(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m}"
