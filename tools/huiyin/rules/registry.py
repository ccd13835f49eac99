"""The registry of units and people (第六、七、八条): who handles, who signs, and under which name a unit publishes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from huiyin.model.problem import HuiyinError, Problem
from huiyin.model.recipient import is_recipient, is_secret
from huiyin.model.unit import AgeKey, Holding, Person, PublicKey, Role, Unit, UnitKind

UNITS_PATH = "rules/units.yaml"
PEOPLE_PATH = "rules/people.yaml"

PUBLISHING_KINDS = frozenset({UnitKind.CITY, UnitKind.DEPARTMENT})
"""The kinds of unit under whose name a reply may be published (第二十条)."""


def units_from_data(data: Mapping[str, Any]) -> dict[str, Unit]:
    """Make the units of a parsed rules/units.yaml.

    Args:
        data: the whole document, valid under schema/units.schema.json.

    Returns:
        Units by id, in the order of the file.
    """
    return {
        unit_id: Unit(
            id=unit_id,
            name=entry["name"],
            kind=UnitKind(entry["kind"]),
            publisher=entry.get("publisher", ""),
            office=entry.get("office", ""),
            aliases=tuple(entry.get("aliases", ())),
            local_calendar=entry.get("local_calendar"),
            area=entry.get("area", ""),
        )
        for unit_id, entry in data["units"].items()
    }


def people_from_data(data: Mapping[str, Any]) -> dict[str, Person]:
    """Make the people of a parsed rules/people.yaml.

    Args:
        data: the whole document, valid under schema/people.schema.json; days are ISO strings (Asia/Shanghai).

    Returns:
        People by id, in the order of the file.

    Raises:
        HuiyinError: HY434 for each day that no calendar has, such as 2015-02-30, which a schema cannot tell; HY720 for
            an age recipient that is none, HY721 for a secret key in its place.
    """
    problems: list[Problem] = []

    def day(entry: Mapping[str, Any], key: str, pointer: str) -> date:
        try:
            return date.fromisoformat(entry[key])
        except ValueError:
            problems.append(
                Problem("HY434", f"日期“{entry[key]}”不存在，请核对。", path=PEOPLE_PATH, pointer=f"{pointer}/{key}")
            )
            return date.min

    def span(entry: Mapping[str, Any], pointer: str) -> tuple[date, date | None]:
        return day(entry, "from", pointer), day(entry, "to", pointer) if "to" in entry else None

    def recipient(entry: Mapping[str, Any], pointer: str) -> str:
        text = str(entry["recipient"])
        if is_secret(text):
            message = "这里写的是age私钥，不是公钥；该私钥已经泄露，应当作废。"
            problems.append(Problem("HY721", message, path=PEOPLE_PATH, pointer=f"{pointer}/recipient"))
        elif not is_recipient(text):
            message = "不是有效的age公钥（age1…，校验不符或者长度不对），请重新复制。"
            problems.append(Problem("HY720", message, path=PEOPLE_PATH, pointer=f"{pointer}/recipient"))
        return text

    people = {}
    for person_id, entry in data["people"].items():
        pointer = f"/people/{person_id}"
        people[person_id] = Person(
            id=person_id,
            name=entry["name"],
            holdings=tuple(
                Holding(h["unit"], Role(h["role"]), *span(h, f"{pointer}/roles/{i}"))
                for i, h in enumerate(entry["roles"])
            ),
            keys=tuple(
                PublicKey(k["ssh"], *span(k, f"{pointer}/keys/{i}")) for i, k in enumerate(entry.get("keys", ()))
            ),
            forge_ids=dict(entry.get("forge", {})),
            age_keys=tuple(
                AgeKey(recipient(k, f"{pointer}/age/{i}"), *span(k, f"{pointer}/age/{i}"))
                for i, k in enumerate(entry.get("age", ()))
            ),
        )
    if problems:
        raise HuiyinError(*problems)
    return people


def normalise_name(name: str) -> str:
    """A name as it is compared: without any white space, of which spreadsheets are full."""
    return "".join(name.split())


def iter_names(unit: Unit) -> Iterator[tuple[str, str]]:
    """Each name by which a unit may be found, with its JSON pointer in rules/units.yaml."""
    base = f"/units/{unit.id}"
    yield unit.id, base
    yield unit.name, f"{base}/name"
    if unit.publisher:
        yield unit.publisher, f"{base}/publisher"
    if unit.office:
        yield unit.office, f"{base}/office"
    for i, alias in enumerate(unit.aliases):
        yield alias, f"{base}/aliases/{i}"


@dataclass(frozen=True, slots=True, eq=False)
class Registry:
    """Units and people, with the look-ups that everything else needs; it does not change and can be pickled.

    Args:
        units: units by id.
        people: people by id.
    """

    units: Mapping[str, Unit]
    people: Mapping[str, Person]
    _by_name: Mapping[str, str | None] = field(init=False, repr=False)
    _by_role: Mapping[tuple[str, Role], list[tuple[Holding, Person]]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_name: dict[str, str | None] = {}
        for unit in self.units.values():
            for name, _ in iter_names(unit):
                key = normalise_name(name)
                # A name of two units finds neither: a message is never routed by a coin toss.
                by_name[key] = unit.id if by_name.get(key, unit.id) == unit.id else None
        by_role: dict[tuple[str, Role], list[tuple[Holding, Person]]] = {}
        for person in self.people.values():
            for holding in person.holdings:
                by_role.setdefault((holding.unit, holding.role), []).append((holding, person))
        for entries in by_role.values():
            entries.sort(key=lambda entry: (entry[0].start, entry[1].id))
        object.__setattr__(self, "_by_name", by_name)
        object.__setattr__(self, "_by_role", by_role)

    def unit(self, unit_id: str) -> Unit:
        """The unit of that id.

        Raises:
            KeyError: there is none.
        """
        return self.units[unit_id]

    def person(self, person_id: str) -> Person:
        """The person of that id.

        Raises:
            KeyError: there is none.
        """
        return self.people[person_id]

    def name_of(self, unit_id: str) -> str:
        """The unit's name for a message; the id itself where there is no such unit, so that messages never fail."""
        unit = self.units.get(unit_id)
        return unit_id if unit is None else unit.name

    def find_unit(self, name: str) -> Unit | None:
        """The one unit that is called so: by id, name, publisher, office or alias, white space ignored.

        Returns:
            None where no unit is called so, or more than one is (HY420).
        """
        unit_id = self._by_name.get(normalise_name(name))
        return None if unit_id is None else self.units[unit_id]

    def people_holding(self, unit_id: str, role: Role, day: date) -> tuple[Person, ...]:
        """Those who hold a role in a unit on a day (Asia/Shanghai), each once, longest in office first."""
        holders = {p.id: p for holding, p in self._by_role.get((unit_id, role), ()) if holding.holds_on(day)}
        return tuple(holders.values())

    def head_of(self, unit_id: str, day: date) -> Person | None:
        """The unit's 主要负责同志 on a day (第九、十二、十五条): of several (HY437), who took office last."""
        heads = self.people_holding(unit_id, Role.HEAD, day)
        return heads[-1] if heads else None
