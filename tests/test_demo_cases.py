"""The demonstration cases show every channel, route, state, event and kind of lateness, and are legal throughout."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest

from huiyin.check import check
from huiyin.model import event as ev
from huiyin.model.case import SHANGHAI, Channel
from huiyin.model.event import EVENT_TYPES, Event
from huiyin.model.unit import UnitKind
from huiyin.repo.source import FolderSource
from huiyin.repo.store import read_cases
from huiyin.rules.deadlines import Clock, ClockKind, DueBy, Lateness, is_due_soon, lateness
from huiyin.rules.replay import Replay, replay
from tests.cases import PROJECT, procedure, rulebook

NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
LAST_EVENT = datetime.fromisoformat("2026-11-23T09:59:00+08:00")
WARNINGS = {"HY317", "HY318", "HY319", "HY323", "HY325", "HY326", "HY330"}
WITH_COPY = procedure().topics.important
LEVELS = {"非常满意", "满意", "基本满意", "不满意", "非常不满意"}
# Full-width brackets, as everywhere in the texts that citizens see.
BODY_MARK = "\uff08演示用虚构留言\uff09"
REPLY_MARK = "\uff08演示用虚构答复\uff09"
REDACTION_MARK = "〔已隐去"


@cache
def cases() -> tuple[Replay, ...]:
    """Every demonstration case as it stands at the demonstration's clock."""
    files = list(read_cases(FolderSource(PROJECT)))
    return tuple(replay(file.case, rulebook(), NOW) for file in files if file.case is not None)


def log() -> list[tuple[Replay, Event]]:
    """Every event with the case that it belongs to."""
    return [(r, event) for r in cases() for event in r.accepted]


def answers() -> list[ev.Answered]:
    """Every answer, those that were returned included."""
    return [event for _, event in log() if isinstance(event, ev.Answered)]


def assignments() -> list[ev.Assigned]:
    """Every assignment, those that were replaced included."""
    return [event for _, event in log() if isinstance(event, ev.Assigned)]


def timed(kind: ClockKind) -> list[tuple[Replay, Clock, Lateness]]:
    """The latest clock of that kind of each case that has one, with how late it is or was met."""
    found = [(r, clock) for r in cases() if (clock := r.clock(kind)) is not None]
    return [(r, c, lateness(c, NOW, rulebook().days_for(c.unit, r.procedure))) for r, c in found]


def kind_of(r: Replay) -> UnitKind:
    """What the responsible unit is."""
    assert r.unit is not None
    return rulebook().registry.unit(r.unit).kind


def test_there_are_enough() -> None:
    """At least 72 cases, 40 of them published, from at least 12 cities and 12 departments."""
    published = [r for r in cases() if r.state == "published"]
    cities = {r.unit for r in published if kind_of(r) is UnitKind.CITY}
    departments = {r.unit for r in published if kind_of(r) is UnitKind.DEPARTMENT}
    assert len(cases()) >= 72
    assert len(published) >= 40
    assert len(cities) >= 12
    assert len(departments) >= 12


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (set(Channel), lambda: (r.case.channel for r in cases())),
        (set(procedure().routes) | {None}, lambda: (r.route.name if r.route else None for r in cases())),
        (set(procedure().states), lambda: (r.state for r in cases())),
        (set(EVENT_TYPES), lambda: (event.type for _, event in log())),
        ({3, 4, 5}, lambda: (a.basis for a in assignments())),
        (set(ev.Complexity), lambda: (a.complexity for a in assignments())),
        (procedure().topics.important, lambda: (t for a in assignments() for t in a.topics if t in WITH_COPY)),
        (set(ev.ReplyMode), lambda: (a.mode for a in answers())),
        ({"phone", "email", "visit", "post"}, lambda: (a.delivered_by for a in answers() if a.delivered_by)),
        ({"privacy", "commercial_secret"}, lambda: (m for a in answers() for m in a.marks)),
        ({True, False}, lambda: (step.online for a in answers() for step in a.handling)),
        (
            {"investigation", "verification", "site_visit", "contact", "meeting"},
            lambda: (step.kind for a in answers() for step in a.handling),
        ),
        (
            {"out_of_scope", "anonymous", "no_contact", "unclear", "duplicate"},
            lambda: (event.reason for _, event in log() if isinstance(event, ev.Declined)),
        ),
        (
            {"答非所问", "敷衍塞责", "事实不清"},
            lambda: (event.ground for _, event in log() if isinstance(event, ev.Returned)),
        ),
        ({"special", "tracking"}, lambda: (e.kind for _, e in log() if isinstance(e, ev.Supervised))),
        ({"self_criticism", "circular"}, lambda: (e.kind for _, e in log() if isinstance(e, ev.Criticised))),
        (LEVELS, lambda: (event.level for _, event in log() if isinstance(event, ev.Rated))),
        (set(DueBy), lambda: (clock.due.by for _, clock, _ in timed(ClockKind.HANDLING))),
        ({True, False}, lambda: (r.case.history for r in cases())),
        ({"待回复", "办理中", "已办理"}, lambda: (r.public_status for r in cases())),
    ],
    ids=[
        "channels", "routes", "states", "events", "basis", "complexity", "six topics", "modes", "delivery", "marks",
        "online and offline", "steps", "reasons to decline", "grounds to return", "supervision", "criticism", "ratings",
        "what fixed a due date", "history", "public status",
    ],
)  # fmt: skip
def test_every_kind_occurs(expected: set[object], actual: Callable[[], Iterable[object]]) -> None:
    """What the cases show of one thing is all there is of it, and nothing else."""
    assert expected == set(actual())


def _events(r: Replay) -> list[str]:
    return [event.type for event in r.accepted]


def _reassigned(r: Replay) -> list[tuple[str, str]]:
    """Lead units before and after each reassignment that followed 申请改派."""
    units = [event.unit for event in r.accepted if isinstance(event, ev.Assigned)]
    return list(pairwise(units)) if "misrouted" in _events(r) else []


def _met(kind: ClockKind, *, late: bool) -> list[tuple[Replay, Clock, Lateness]]:
    return [entry for entry in timed(kind) if not entry[1].running and entry[2].late is late]


def _overdue() -> set[int]:
    """Working days by which what still runs is overdue."""
    return {late.working_days for _, clock, late in timed(ClockKind.HANDLING) if clock.running and late.late}


def _moved_by_local_holiday(unit: str) -> list[Replay]:
    """Cases of a unit that would have been due on another day in the rest of the province."""
    days = rulebook().calendar.local(None)
    return [
        r
        for r, clock, _ in timed(ClockKind.HANDLING)
        if clock.unit == unit
        and clock.due.by is DueBy.RULE
        and clock.working_days
        and clock.due.day != days.add(clock.start.astimezone(SHANGHAI).date(), clock.working_days)
    ]


def _due_soon(route: str) -> list[Replay]:
    return [
        r
        for r, clock, _ in timed(ClockKind.HANDLING)
        if r.route is not None
        and r.route.name == route
        and clock.due.day == date(2026, 11, 24)
        and is_due_soon(clock, NOW)
    ]


def _rested_and_claimed(r: Replay) -> bool:
    """The claim clock ran over days off until noon of the first working day after."""
    clock = r.clock(ClockKind.CLAIM)
    return clock is not None and not clock.due.whole_day and clock.stopped is not None


def _returned_after_publication(r: Replay) -> bool:
    return r.route is not None and r.route.name == "portal" and "returned" in _events(r)


STORIES: dict[str, Callable[[], object]] = {
    "received today, review still in time": lambda: [
        r for r, c, late in timed(ClockKind.REVIEW) if c.running and not late.late
    ],
    "unreviewed for days": lambda: [
        r for r, c, late in timed(ClockKind.REVIEW) if c.running and late.late and late.working_days >= 3
    ],
    "reviewed late": lambda: _met(ClockKind.REVIEW, late=True),
    "waiting to be claimed in time": lambda: [
        r for r, c, late in timed(ClockKind.CLAIM) if c.running and not late.late
    ],
    "claim overdue": lambda: [r for r, c, late in timed(ClockKind.CLAIM) if c.running and late.late],
    "claimed by noon after days off": lambda: [
        r for r, _, late in _met(ClockKind.CLAIM, late=False) if _rested_and_claimed(r)
    ],
    "claimed after that noon": lambda: [r for r, _, _ in _met(ClockKind.CLAIM, late=True) if _rested_and_claimed(r)],
    "answered late": lambda: _met(ClockKind.HANDLING, late=True),
    "late by hours only": lambda: [
        r for r, _, late in _met(ClockKind.HANDLING, late=True) if late.working_days == 0 and late.hours > 0
    ],
    "private and late": lambda: [
        r for r, _, _ in _met(ClockKind.HANDLING, late=True) if r.answer and r.answer.mode is ev.ReplyMode.PRIVATE
    ],
    "overdue by 1 working day": lambda: 1 in _overdue(),
    "overdue by 3 working days": lambda: 3 in _overdue(),
    "overdue by 10 working days or more": lambda: max(_overdue()) >= 10,
    "tracked by 督查室": lambda: [r for r in cases() if r.tracked],
    "instructed but not overdue": lambda: [r for r in cases() if r.instructed and not r.tracked],
    "due today": lambda: [
        r for r, c, _ in timed(ClockKind.HANDLING) if c.running and c.due.day == NOW.astimezone(SHANGHAI).date()
    ],
    **{
        f"due the next working day, {route}": lambda route=route: _due_soon(route)  # type: ignore[misc]
        for route in procedure().routes
    },
    "provisional: due in 2027": lambda: [
        r for r, c, _ in timed(ClockKind.HANDLING) if r.provisional and c.due.day.year == 2027
    ],
    "临夏 holiday moves a due date": lambda: _moved_by_local_holiday("linxia"),
    "甘南 holiday moves a due date": lambda: _moved_by_local_holiday("gannan"),
    "several units assist": lambda: [a for a in assignments() if len(a.assisting) > 1],
    "a complaint names whom it is about": lambda: [a for a in assignments() if a.basis == 4 and a.concerns],
    "a letter number for each department": lambda: all(
        a.letter for r, a in log() if isinstance(a, ev.Assigned) and r.case.channel == "people" and not r.case.history
        if rulebook().registry.unit(a.unit).kind is UnitKind.DEPARTMENT
    ),
    "reassigned to another unit": lambda: [r for r in cases() for old, new in _reassigned(r) if old != new],
    "reassignment refused": lambda: [r for r in cases() for old, new in _reassigned(r) if old == new],
    "extended before the due date": lambda: [
        r for r in cases() if "extended" in _events(r) and "HY326" not in {p.code for p in r.problems}
    ],
    "returned with a new due date": lambda: [e for _, e in log() if isinstance(e, ev.Returned) and e.due],
    "returned without a new due date": lambda: [e for _, e in log() if isinstance(e, ev.Returned) and not e.due],
    "returned after publication, answered again": lambda: [
        r for r in cases() if _returned_after_publication(r) and r.state == "published"
    ],
    "returned after publication, still open": lambda: [
        r for r in cases() if _returned_after_publication(r) and r.state == "returned"
    ],
    "a duplicate, suspected and declined": lambda: {
        r.state for r in cases() if r.case.duplicate_of
    } == {"received", "declined"},
    "withdrawn before and after assignment": lambda: {
        r.unit is None for r in cases() if r.state == "withdrawn"
    } == {True, False},
    "a text with something redacted": lambda: [
        r for r in cases() if "redacted" in _events(r) and REDACTION_MARK in r.case.body
    ],
    "a reply corrected after publication": lambda: [
        r for r in cases() if r.state == "published" and "corrected" in _events(r)
    ],
    "received during National Day 2026": lambda: [
        r for r in cases() if date(2026, 10, 1) <= r.case.received_at.astimezone(SHANGHAI).date() <= date(2026, 10, 7)
    ],
    "received during Spring Festival 2026": lambda: [
        r for r in cases() if date(2026, 2, 15) <= r.case.received_at.astimezone(SHANGHAI).date() <= date(2026, 2, 23)
    ],
    "claimed on a make-up working Sunday": lambda: [
        r for r, e in log() if isinstance(e, ev.Claimed) and e.at.astimezone(SHANGHAI).date() == date(2026, 9, 20)
    ],
    "emoji": lambda: any("😀" in r.case.body for r in cases()),
    "a Han character beyond the first plane": lambda: any("𡎚" in r.case.body for r in cases()),
    "a text that begins with spaces": lambda: any(r.case.body.startswith("  ") for r in cases()),
    "a line that looks like a comment": lambda: any("\n# " in r.case.body for r in cases()),
    "an empty line in a reply": lambda: any("\n\n" in (a.reply or "") for a in answers()),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_the_story_is_told(story: str) -> None:
    """At least one case shows this."""
    assert STORIES[story]()


def test_everything_says_that_it_is_synthetic() -> None:
    """Each message and each published text of a unit ends by saying that it is invented for the demonstration."""
    texts = [(r.case.id, r.case.body, BODY_MARK) for r in cases()]
    texts += [
        (f"{r.case.id} {event.type}", text, REPLY_MARK)
        for r, event in log()
        for name in ("reply", "public_note")
        if (text := getattr(event, name, None))
    ]
    assert len(texts) > len(cases())
    assert [] == [where for where, text, mark in texts if not text.rstrip("\n").endswith(mark)]


def test_nothing_happens_after_the_clock_of_the_demonstration() -> None:
    """No message and no event is later than one minute before the fixed clock; nothing is older than September 2025."""
    moments = [r.case.received_at for r in cases()] + [event.at for _, event in log()]
    assert max(moments) <= LAST_EVENT
    assert min(moments) >= datetime(2025, 9, 1, tzinfo=SHANGHAI)


@pytest.mark.parametrize("now", [NOW, datetime.now(SHANGHAI)], ids=["fixed clock", "today"])
def test_check_finds_only_the_planted_warnings(now: datetime) -> None:
    """No error, at the fixed clock nor today; the warnings are exactly those planted."""
    if now < LAST_EVENT - timedelta(minutes=1):
        pytest.skip("this machine's clock is before the demonstration")
    report = check(FolderSource(PROJECT), now)
    assert [] == [p for p in report.problems if p.level == "error"]
    assert WARNINGS == {p.code for p in report.problems}
    assert len(cases()) == report.cases
