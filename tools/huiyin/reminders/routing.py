"""``rules/reminders.yaml``: which list goes to whom, and which robots' groups there are. No address and no token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any

from huiyin.model.problem import HuiyinError, Problem
from huiyin.model.unit import Role
from huiyin.reminders.notices import Kind
from huiyin.repo.source import Source
from huiyin.repo.store import load_document
from huiyin.rules.registry import Registry

REMINDERS_PATH = "rules/reminders.yaml"


class RobotKind(StrEnum):
    """The chat services whose group robots are known."""

    DINGTALK = "dingtalk"
    WECOM = "wecom"
    FEISHU = "feishu"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {"dingtalk": "钉钉", "wecom": "企业微信", "feishu": "飞书"}[self.value]


@dataclass(frozen=True, slots=True)
class KindRule:
    """To whom one kind of notice goes, and when.

    Args:
        to: (which unit of the case: dispatcher, responsible, office or supervision; role).
        start: not before this time of day (Asia/Shanghai), or None.
        every: told again after so many days while nothing has changed: working days of the unit that must act,
            for a late review days of the calendar.
    """

    to: tuple[tuple[str, Role], ...]
    start: time | None
    every: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group chat with a robot: it is told of the kinds named what is told to anybody of its unit."""

    id: str
    robot: RobotKind
    unit: str
    kinds: frozenset[Kind]


@dataclass(frozen=True, slots=True)
class Routing:
    """All of ``rules/reminders.yaml``."""

    kinds: Mapping[Kind, KindRule]
    groups: tuple[Group, ...]


def load_routing(source: Source, registry: Registry) -> Routing:
    """Read ``rules/reminders.yaml``.

    Raises:
        HuiyinError: HY860, there is none, or a group is of a unit that does not exist; HY1xx, HY201.
    """
    if REMINDERS_PATH not in source.list("rules"):
        raise HuiyinError(Problem("HY860", "库中没有催办提醒的设置。", REMINDERS_PATH, article="15"))
    routing = _routing(load_document(source, REMINDERS_PATH, "reminders"))
    if problems := list(_unknown_units(routing, registry)):
        raise HuiyinError(*problems)
    return routing


def find_routing_problems(source: Source, registry: Registry) -> tuple[Problem, ...]:
    """What is wrong with ``rules/reminders.yaml``; a record that sends no reminders has none."""
    if REMINDERS_PATH not in source.list("rules"):
        return ()
    try:
        load_routing(source, registry)
    except HuiyinError as error:
        return error.problems
    return ()


def _routing(data: Mapping[str, Any]) -> Routing:
    kinds = {Kind(name): _rule(rule) for name, rule in data["kinds"].items()}
    groups = tuple(
        Group(name, RobotKind(entry["robot"]), entry["unit"], frozenset(map(Kind, entry["kinds"])))
        for name, entry in data["groups"].items()
    )
    return Routing(kinds, groups)


def _rule(data: Mapping[str, Any]) -> KindRule:
    seats = (seat.split(".") for seat in data["to"])
    start = time.fromisoformat(data["start"]) if "start" in data else None
    return KindRule(tuple((office, Role(role)) for office, role in seats), start, data.get("every", 1))


def _unknown_units(routing: Routing, registry: Registry) -> Iterator[Problem]:
    for group in routing.groups:
        if group.unit not in registry.units:
            message = f"机器人群“{group.id}”所属的单位“{group.unit}”不在单位名册中。"
            yield Problem("HY860", message, REMINDERS_PATH, f"/groups/{group.id}/unit")
