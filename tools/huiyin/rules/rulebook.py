"""Everything that rules are judged by, as one value: procedures, units and people, calendar, privacy, lookup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from huiyin.model.case import Case
from huiyin.model.problem import HuiyinError, Problem
from huiyin.rules.calendar import Calendar, WorkingDays
from huiyin.rules.lookup import LookupSettings
from huiyin.rules.privacy import PrivacySettings
from huiyin.rules.procedure import Procedure
from huiyin.rules.registry import Registry


@dataclass(frozen=True)
class Rulebook:
    """The rules in force in one tree: always those of the base when a change is judged (design §5)."""

    procedures: Mapping[str, Procedure]
    registry: Registry
    calendar: Calendar
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    lookup: LookupSettings | None = None

    def procedure_of(self, case: Case) -> Procedure:
        """The procedure that the case runs under (第二十三、二十四条).

        Raises:
            HuiyinError: HY401, the case names a procedure that is not in ``rules/procedure/``.
        """
        procedure = self.procedures.get(case.procedure)
        if procedure is None:
            known = "、".join(sorted(self.procedures))
            raise HuiyinError(
                Problem(
                    "HY401",
                    f"适用办法“{case.procedure}”不存在，可用：{known}。",
                    case.path,
                    "/procedure",
                    article="23",
                )
            )
        return procedure

    def days_for(self, unit: str, procedure: Procedure) -> WorkingDays:
        """The working days of a unit; local holidays count where the procedure says so."""
        if not procedure.settings.local_holidays or unit not in self.registry.units:
            return self.calendar.local(None)
        return self.calendar.local(self.registry.units[unit].local_calendar)
