"""What is wrong with the rules themselves, beyond their schemas: units and people, procedures, calendars."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from huiyin.model.problem import Problem
from huiyin.rules.procedure_problems import find_procedure_problems
from huiyin.rules.registry import UNITS_PATH
from huiyin.rules.registry_problems import find_registry_problems
from huiyin.rules.rulebook import Rulebook


def find_rulebook_problems(rulebook: Rulebook, day: date) -> Iterator[Problem]:
    """Everything that the parts of a rulebook say against each other (HY405, HY406, HY420 to HY437).

    Args:
        day: the day (Asia/Shanghai) on which every unit should have a head.
    """
    registry = rulebook.registry
    yield from find_registry_problems(registry.units, registry.people, day=day)
    for procedure in rulebook.procedures.values():
        yield from find_procedure_problems(procedure, registry, f"rules/procedure/{procedure.id}.yaml")
    for unit in registry.units.values():
        if unit.local_calendar is not None and unit.local_calendar not in rulebook.calendar.places:
            message = f"{unit.name}所用的地方假日“{unit.local_calendar}”不在 rules/calendar.yaml 中。"
            yield Problem("HY406", message, UNITS_PATH, f"/units/{unit.id}/local_calendar")
