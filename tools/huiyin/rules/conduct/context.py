"""What was known when an event happened, and what every rule of conduct may say."""

from __future__ import annotations

from dataclasses import dataclass

from huiyin.model import event as ev
from huiyin.model.case import Case
from huiyin.model.problem import Problem
from huiyin.model.unit import UnitKind
from huiyin.rules.calendar import WorkingDays
from huiyin.rules.deadlines import Clock
from huiyin.rules.procedure import Procedure, Route
from huiyin.rules.registry import Registry

HANDLING_KINDS = frozenset({UnitKind.CITY, UnitKind.DEPARTMENT})
"""The kinds of unit that handle messages (第七条)."""


# Not frozen: one is made for every event, and freezing trebles the price.
@dataclass(slots=True, kw_only=True)
class Context:
    """What was known when the event happened: the rules, and the case up to that moment.

    Args:
        route: the route that the case is on once the event has happened.
        answer: the answer in force, or None.
        complexity: the class in force before the event, or None.
        handling: the handling clock, stopped or running, or None before assignment.
        days: working days of the responsible unit.
    """

    case: Case
    procedure: Procedure
    registry: Registry
    route: Route | None
    assigned: ev.Assigned | None
    answer: ev.Answered | None
    complexity: ev.Complexity | None
    handling: Clock | None
    days: WorkingDays


def not_assignable(unit_id: str, pointer: str, registry: Registry) -> Problem:
    """第七条: only cities and departments of the registry handle messages."""
    if unit_id not in registry.units:
        return unknown_unit(unit_id, pointer)
    message = f"{registry.name_of(unit_id)}不是承办单位，只能交办给市州或省政府部门。"
    return Problem("HY313", message, pointer=pointer, article="7")


def unknown_unit(unit_id: str, pointer: str) -> Problem:
    """HY312 for a unit that the registry does not know."""
    return Problem("HY312", f"单位“{unit_id}”不在 rules/units.yaml 中。", pointer=pointer)
