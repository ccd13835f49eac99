"""A small case log with something to tell everybody, and the pieces that a run needs. All of it is invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from huiyin.reminders.contacts import Contacts, RobotContact
from huiyin.reminders.notices import Kind, Notice
from huiyin.reminders.occasions import find_notices
from huiyin.reminders.outbox import open_folder
from huiyin.reminders.patience import Patience
from huiyin.reminders.plan import Plan, make_plan
from huiyin.reminders.routing import Group, RobotKind, Routing, load_routing
from huiyin.reminders.sending import Report, Sender, run
from huiyin.repo.source import FolderSource
from huiyin.rules.rulebook import Rulebook
from tests.cases import PROJECT, Story, at, rulebook

NOW = "2026-11-23 10:00"
"""A Monday."""
EVERYTHING = frozenset(Kind)
GROUPS = (
    Group("lanzhou-ding", RobotKind.DINGTALK, "lanzhou", EVERYTHING),
    Group("wangzhan-wecom", RobotKind.WECOM, "wangzhan", EVERYTHING),
    Group("duchashi-feishu", RobotKind.FEISHU, "duchashi", EVERYTHING),
)


@cache
def routing() -> Routing:
    """The rules that the project ships."""
    return load_routing(FolderSource(PROJECT), rulebook().registry)


def with_groups(*groups: Group) -> Routing:
    """The shipped rules, with groups."""
    return Routing(routing().kinds, groups or GROUPS)


def stories() -> list[Story]:
    """One case for every kind at NOW, and one that gives no reason."""
    late = Story(reference="4", received="2026-11-10 09:00").assigned("2026-11-10 10:00").claimed("2026-11-10 11:00")
    told = Story(reference="5", received="2026-11-10 09:00").assigned("2026-11-10 10:00").claimed("2026-11-10 11:00")
    told.add("instructed", "2026-11-12 10:00", "shengban.clerk", leader="省政府主要领导", instruction="请抓紧。")
    watched = Story(reference="6", received="2026-11-10 09:00")
    watched.assigned("2026-11-10 10:00", basis=5, complexity="important").claimed("2026-11-10 11:00")
    done = Story(reference="8").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").answered("2026-11-18 10:00")
    return [
        Story(reference="1", received="2026-11-22 09:00"),
        Story(reference="2", received="2026-11-22 09:00").assigned("2026-11-22 10:00"),
        Story(reference="3", received="2026-11-13 09:00").assigned("2026-11-13 10:00").claimed("2026-11-13 11:00"),
        late,
        told,
        watched,
        Story(reference="7", received="2026-11-19 09:00").assigned("2026-11-19 10:00"),
        done.published("2026-11-19 10:00"),
    ]


def notices(story: Story, now: str = NOW, rules: Rulebook | None = None) -> list[Notice]:
    """What is to be told about one case."""
    used = rules or rulebook()
    return list(find_notices(story.replay(now, used), used, routing(), datetime.fromisoformat(at(now))))


def told(story: Story, now: str = NOW, rules: Rulebook | None = None) -> list[str]:
    """The same in short: kind and day."""
    return [f"{n.kind.value} {n.day}" for n in notices(story, now, rules)]


def plan_of(cases: Sequence[Story], now: str = NOW, rules: Routing | None = None) -> Plan:
    """Who is told what."""
    replays = (story.replay(now) for story in cases)
    return make_plan(replays, rulebook(), rules or with_groups(), datetime.fromisoformat(at(now)))


def address(person: str) -> str:
    """The invented address of a person of the demonstration."""
    return f"{person}@example.invalid"


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: float = 1_800_000_000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self.slept.append(seconds)
        self.now += seconds

    def patience(self, attempts: int = 3, timeout: float = 5.0) -> Patience:
        """Patience that costs no time."""
        return Patience(attempts=attempts, timeout=timeout, sleep=self.sleep, now=lambda: self.now, jitter=lambda: 1.0)


@dataclass
class Desk:
    """Everything for runs one after the other with one outbox."""

    folder: Path
    contacts: Contacts
    time: Time = field(default_factory=Time)
    timeout: float = 5.0

    def run(self, plan: Plan, only: frozenset[Kind] = EVERYTHING, **flags: bool) -> Report:
        """One run."""
        with open_folder(self.folder / "outbox", self.folder / "nothing", plan.as_of, new=True) as outbox:
            sender = Sender(self.contacts, rulebook().registry, self.time.patience(timeout=self.timeout))
            return run(plan, outbox, sender, rulebook().registry, only=only, **flags)


def contacts(mail_url: str = "", robots: str = "", without: Sequence[str] = ()) -> Contacts:
    """Addresses of everybody in the demonstration, and tokens of the groups."""
    people = {p: (address(p),) for p in rulebook().registry.people if p not in without}
    tokens = {g.id: RobotContact(f"token-of-{g.id}", "SECdemo", robots) for g in GROUPS if robots}
    return Contacts(mail_url=mail_url, people=people, robots=tokens)


def codes(report: Report) -> list[str]:
    """The codes of its problems."""
    return [p.code for p in report.problems]
