"""A made-up office with a case in every situation, and a seeded crowd of cases. All of it is invented."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from chinese_calendar import is_workday

from huiyin.model.case import SHANGHAI, Case
from huiyin.repo.revision import Revision
from tests.cases import LETTER, Story

COMMIT = Revision("0123456789abcdef0123456789abcdef01234567", clean=True)
INSTRUCTION = {"leader": "省政府领导（演示）", "instruction": "请抓紧办理。（演示）"}
CITIES = ("lanzhou", "baiyin", "dingxi", "tianshui", "jiuquan", "linxia", "gannan")
FIRST = date(2026, 9, 19)
"""From here through the Mid-Autumn and National Day holidays, with their make-up days."""
LAST = date(2026, 11, 20)
"""The day after the holiday of 临夏州."""
LOCAL = {"linxia": date(2026, 11, 19), "gannan": date(2026, 10, 8)}
"""Days off of one prefecture alone: its foundation day; the day after the National Day holidays."""
CLOSED = {"published", "withdrawn"}
KEPT = timedelta(days=3)
"""How long a closed case is still looked at, to see that nothing is told of it any more."""


def office() -> list[Story]:
    """One case for each list at 2026-11-23 10:00, a Monday, and some that stand in none."""
    return [
        Story("2026-11-20 09:00", reference="1"),
        Story("2026-11-23 09:00", reference="2", channel="service"),
        Story("2026-11-20 09:00", reference="3").assigned("2026-11-20 10:00", "baiyin"),
        Story("2026-11-13 09:00", reference="4").assigned("2026-11-13 10:00", "dingxi").claimed("2026-11-13 11:00"),
        Story("2026-11-02 09:00", reference="5").assigned("2026-11-02 10:00", "lanzhou").claimed("2026-11-02 11:00"),
        (
            Story("2026-11-02 09:00", reference="6", channel="portal")
            .assigned("2026-11-02 10:00", "jiuquan", complexity="important")
            .claimed("2026-11-02 11:00")
            .add("instructed", "2026-11-05 09:00", "shengban.clerk", **INSTRUCTION)
        ),
        (
            Story("2026-11-16 09:00", reference="7")
            .assigned("2026-11-16 10:00", "lanzhou")
            .claimed("2026-11-16 11:00")
            .answered("2026-11-18 09:00")
            .returned("2026-11-19 09:00")
        ),
        (
            Story("2026-11-18 09:00", reference="8")
            .assigned("2026-11-18 10:00", "lanzhou")
            .claimed("2026-11-18 11:00")
            .misrouted("2026-11-19 09:00")
        ),
        (
            Story("2026-11-17 09:00", reference="9", channel="service")
            .assigned("2026-11-17 10:00", "minzheng")
            .answered("2026-11-20 09:00")
        ),
        Story("2026-11-20 09:00", reference="10")
        .assigned("2026-11-20 10:00", "shengtai", complexity="complex", letter=LETTER)
        .extended("2026-11-20 11:00", "2027-01-15"),
        Story("2026-11-09 09:00", reference="11").withdrawn("2026-11-10 09:00"),
        Story("2026-11-23 11:00", reference="12"),
    ]


def works(day: date, unit: str | None = None) -> bool:
    """Whether people work on that day: anywhere, or in one unit."""
    return is_workday(day) and LOCAL.get(unit or "") != day


@dataclass
class Record:
    """A month's cases as they stand in the record at a moment; each state of a case is parsed once."""

    stories: list[Story]
    _parsed: dict[tuple[str, int], tuple[Story, Case]] = field(default_factory=dict)

    def at(self, now: datetime) -> Iterator[tuple[Story, Case]]:
        """What has been received, with what has happened; without what was closed some days ago."""
        for story in self.stories:
            if datetime.fromisoformat(f"{story.received}+08:00") > now:
                continue
            events = [e for e in story.events if datetime.fromisoformat(e["at"]) <= now]
            last = events[-1] if events else None
            if last and is_closed(story.channel, last["type"]) and datetime.fromisoformat(last["at"]) < now - KEPT:
                continue
            key = story.reference, len(events)
            if key not in self._parsed:
                so_far = replace(story, events=events)
                self._parsed[key] = so_far, so_far.case()
            yield self._parsed[key]


def is_closed(channel: str, last: str) -> bool:
    """Whether a case whose last event this is waits for nobody."""
    return last in CLOSED or (channel == "portal" and last == "answered")


def mornings() -> Iterator[datetime]:
    """Half past eight on every day of the month and of the weeks after it."""
    for number in range((LAST - FIRST).days + 1):
        yield datetime.combine(FIRST + timedelta(days=number), time(8, 30), SHANGHAI)


def month() -> Record:
    """Five hundred cases of forty days, always the same."""
    return Record(list(crowd(20260919, 500, FIRST, 40)))


def crowd(seed: int, number: int, first: date, days: int) -> Iterator[Story]:
    """Cases received over some days, each taken some way along its route.

    Weekends, holidays and make-up days among them; some are extended, returned, passed on or left alone.
    """
    dice = random.Random(seed)  # noqa: S311 - a made-up month
    for index in range(number):
        day = first + timedelta(days=dice.randrange(days))
        clock = datetime.combine(day, time(dice.randrange(8, 18), dice.randrange(60)))
        story = Story(f"{clock:%Y-%m-%d %H:%M}", reference=str(1000 + index), channel=dice.choice(["people", "portal"]))
        yield _grow(story, clock, dice)


def _grow(story: Story, clock: datetime, dice: random.Random) -> Story:
    def later(least: int, most: int) -> str:
        nonlocal clock
        clock += timedelta(hours=dice.randrange(least, most))
        return f"{clock:%Y-%m-%d %H:%M}"

    def stops() -> bool:
        return dice.random() < 0.15

    if stops():
        return story
    complexity = dice.choice(["simple", "complex", "important"])
    basis = 5 if dice.random() < 0.15 else 3
    story.assigned(later(1, 40), dice.choice(CITIES), complexity=complexity, basis=basis)
    if stops():
        return story
    story.claimed(later(1, 60))
    if dice.random() < 0.1:
        other = "gannan" if story.unit == "linxia" else "linxia"
        story.misrouted(later(1, 30), other)
        if stops():
            return story
        story.assigned(later(1, 30), other, complexity=complexity, basis=basis).claimed(later(1, 30))
    if dice.random() < 0.2:
        if dice.random() < 0.5:
            later(100, 300)  # when the date may have passed
        due = clock.date() + timedelta(days=dice.randrange(25, 45))
        while not works(due, story.unit):
            due += timedelta(days=1)
        story.extended(later(1, 12), due.isoformat())
    if dice.random() < 0.1:
        story.add("instructed", later(1, 48), "shengban.clerk", **INSTRUCTION)
    if dice.random() < 0.3:
        return story
    story.answered(later(24, 400))
    if story.channel == "portal" or stops():
        return story
    if dice.random() < 0.3:
        story.returned(later(2, 60))
        if dice.random() < 0.5:
            return story
        story.answered(later(24, 200))
    return story if stops() else story.published(later(1, 60))
