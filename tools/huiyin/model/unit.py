"""Units and the people who hold roles in them (第六、七、八条)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class UnitKind(StrEnum):
    """What a unit is to the regulation; the route of a case follows from it and from the channel."""

    CITY = "city"
    DEPARTMENT = "department"
    OFFICE = "office"
    DISPATCHER = "dispatcher"
    SUPERVISION = "supervision"

    @property
    def label(self) -> str:
        """The Chinese word shown to clerks and citizens."""
        return {
            "city": "市州",
            "department": "省政府部门",
            "office": "省政府办公厅",
            "dispatcher": "交办单位",
            "supervision": "督查室",
        }[self.value]


class Role(StrEnum):
    """What a person may do in a unit."""

    CLERK = "clerk"
    REVIEWER = "reviewer"
    HEAD = "head"
    MAINTAINER = "maintainer"

    @property
    def label(self) -> str:
        """The Chinese word shown to clerks."""
        return {"clerk": "经办人", "reviewer": "复审人", "head": "主要负责同志", "maintainer": "规则维护人"}[self.value]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the registry.

    Args:
        id: short lower-case name, such as ``lanzhou``.
        name: the name people use, such as 兰州市.
        kind: see UnitKind.
        publisher: the only name under which its replies may be published (第二十条), or "" if it publishes none.
        office: the office that handles messages (第七条), or "".
        aliases: other names found in spreadsheets.
        local_calendar: key of ``local`` in rules/calendar.yaml whose holidays it keeps, or None.
        area: six-digit administrative code of a 市州, or "".
    """

    id: str
    name: str
    kind: UnitKind
    publisher: str = ""
    office: str = ""
    aliases: tuple[str, ...] = ()
    local_calendar: str | None = None
    area: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """One role in one unit from ``start`` to ``end``, both days included; no end means until further notice."""

    unit: str
    role: Role
    start: date
    end: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the role is held on that day (Asia/Shanghai)."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An SSH public key in OpenSSH's one-line form, valid from ``start`` to ``end``, both days included."""

    ssh: str
    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class AgeKey:
    """An age recipient (``age1…``) that the vault encrypts for from ``start`` to ``end``, both days included."""

    recipient: str
    start: date
    end: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the key is in use on that day (Asia/Shanghai)."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may act: known by key or by the forge's numeric id, never by e-mail (design §5)."""

    id: str
    name: str
    holdings: tuple[Holding, ...]
    keys: tuple[PublicKey, ...] = ()
    forge_ids: Mapping[str, int] = field(default_factory=dict, hash=False)
    age_keys: tuple[AgeKey, ...] = ()

    def holds(self, unit: str, role: Role, day: date) -> bool:
        """Whether the person holds that role in that unit on that day (Asia/Shanghai)."""
        return any(h.unit == unit and h.role == role and h.holds_on(day) for h in self.holdings)
