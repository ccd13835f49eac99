"""What waits for whom: the cases that a unit, or a person, must do something about now."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from huiyin.rules.deadlines import ClockKind, local_day, present_lateness
from huiyin.rules.replay import Replay
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.standing import Waiting
from huiyin.rules.steps import Seat

CLOCK_OF_STATE = {"received": ClockKind.REVIEW, "awaiting_claim": ClockKind.CLAIM}
"""Which clock a state is watched by; handling for the others."""
UNTIMED = frozenset({"submitted"})
"""States whose next step has no limit in the procedure: the re-review (第九条)."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do.

    Args:
        role: "record" for who records the event, "approve" for who signs what is recorded.
        events: (name, Chinese title) of the events that would settle it.
        unit: whose task it is.
        due: date or date and time of the clock behind it, or None.
    """

    case_id: str
    title: str
    state: str
    role: str
    actor: str
    events: tuple[tuple[str, str], ...]
    unit: str
    due: str | None
    late: bool
    working_days_late: int
    instructed: bool


def tasks_of_unit(
    replays: Iterable[Replay | Waiting], rulebook: Rulebook, now: datetime, unit: str
) -> tuple[Task, ...]:
    """What the unit's clerks must record."""
    tasks = (task for replay in replays for task, _ in _seated(replay, rulebook, now, {unit}))
    return _ordered(task for task in tasks if task.role == "record")


def tasks_of_person(
    replays: Iterable[Replay | Waiting], rulebook: Rulebook, now: datetime, person_id: str
) -> tuple[Task, ...]:
    """What the person may record or must sign, by the roles held on that day.

    Raises:
        KeyError: there is no such person.
    """
    person = rulebook.registry.person(person_id)
    day = local_day(now)
    units = {holding.unit for holding in person.holdings}
    return _ordered(
        task
        for replay in replays
        for task, seat in _seated(replay, rulebook, now, units)
        if person.holds(task.unit, seat.role, day)
    )


def _seated(
    replay: Replay | Waiting, rulebook: Rulebook, now: datetime, units: Container[str]
) -> Iterator[tuple[Task, Seat]]:
    """One task a seat of some units: all awaited events that this seat would record, or would sign."""
    if replay.case.received_at > now:
        return
    seats: dict[tuple[str, str | None, str], tuple[Seat, list[tuple[str, str]]]] = {}
    for step in replay.awaited:
        unconditional = [a for a in step.approvals if not a.when]
        for role, seat in [("record", step.opened_by), *(("approve", a) for a in unconditional)]:
            _, events = seats.setdefault((role, seat.unit, seat.actor), (seat, []))
            events.append((step.event, step.title))
    clock = None if replay.state in UNTIMED else replay.clock(CLOCK_OF_STATE.get(replay.state, ClockKind.HANDLING))
    for (role, unit, _), (seat, events) in seats.items():
        if unit is None or unit not in units:
            continue
        late = present_lateness(clock, now, rulebook.days_for(clock.unit, replay.procedure)) if clock else None
        task = Task(
            case_id=replay.case.id,
            title=replay.case.title,
            state=replay.state,
            role=role,
            actor=seat.title,
            events=tuple(events),
            unit=unit,
            due=str(clock.due) if clock else None,
            late=late is not None and late.late,
            working_days_late=late.working_days if late else 0,
            instructed=replay.instructed,
        )
        yield task, seat


def _ordered(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Most urgent first."""
    return tuple(sorted(tasks, key=lambda t: (t.due or "9999", t.case_id, t.role)))
