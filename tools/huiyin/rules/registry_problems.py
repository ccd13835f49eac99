"""What a schema cannot say about the registry of units and people (第六、七、八、二十条): HY420–HY437, HY720."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations

from huiyin.model.problem import Problem
from huiyin.model.unit import Holding, Person, Role, Unit
from huiyin.rules.registry import PEOPLE_PATH, PUBLISHING_KINDS, UNITS_PATH, Registry, iter_names, normalise_name


def find_registry_problems(units: Mapping[str, Unit], people: Mapping[str, Person], *, day: date) -> Iterator[Problem]:
    """Find what a schema cannot say about units and people.

    Args:
        units: units by id.
        people: people by id.
        day: the day (Asia/Shanghai) on which every unit should have a head.

    Yields:
        Problems HY420–HY437 and HY720 with the path of the file that usually holds the data.
    """
    yield from _find_unit_problems(units)
    for person in people.values():
        yield from _find_person_problems(person, units)
    yield from _find_shared_identities(people)
    yield from _find_head_problems(Registry(units, people), day)


def _find_unit_problems(units: Mapping[str, Unit]) -> Iterator[Problem]:
    owners: dict[str, Unit] = {}
    areas: dict[str, Unit] = {}
    for unit in units.values():
        for name, pointer in iter_names(unit):
            owner = owners.setdefault(normalise_name(name), unit)
            if owner.id != unit.id:
                message = f"“{name}”同时指{owner.name}（{owner.id}）和{unit.name}（{unit.id}），请改用能够区分的写法。"
                yield Problem("HY420", message, path=UNITS_PATH, pointer=pointer)
        base = f"/units/{unit.id}"
        if unit.kind in PUBLISHING_KINDS and not unit.publisher:
            message = f"{unit.name}（{unit.id}）没有公开署名publisher，请补上（第二十条）。"
            yield Problem("HY421", message, path=UNITS_PATH, pointer=base, article="20(1)")
        if unit.kind not in PUBLISHING_KINDS and unit.publisher:
            message = f"{unit.name}（{unit.id}）是{unit.kind.label}，不得公开署名，请删去publisher(第二十条)。"
            yield Problem("HY422", message, path=UNITS_PATH, pointer=f"{base}/publisher", article="20(1)")
        if unit.area and (owner := areas.setdefault(unit.area, unit)).id != unit.id:
            message = f"{owner.name}（{owner.id}）和{unit.name}（{unit.id}）的行政区划代码都是{unit.area}，请核对。"
            yield Problem("HY423", message, path=UNITS_PATH, pointer=f"{base}/area")


def _find_person_problems(person: Person, units: Mapping[str, Unit]) -> Iterator[Problem]:
    base = f"/people/{person.id}"
    who = f"{person.name}（{person.id}）"
    for i, holding in enumerate(person.holdings):
        pointer = f"{base}/roles/{i}"
        if holding.unit not in units:
            message = f"{who}的任职单位“{holding.unit}”不在单位名录中，请改正编号或者先列入{UNITS_PATH}。"
            yield Problem("HY430", message, path=PEOPLE_PATH, pointer=f"{pointer}/unit")
        if any(
            (holding.unit, holding.role) == (other.unit, other.role) and _overlap(holding, other)
            for other in person.holdings[:i]
        ):
            message = f"{who}在“{holding.unit}”任{holding.role.label}的期间与前面一项重叠，请合并或者改正日期。"
            yield Problem("HY431", message, path=PEOPLE_PATH, pointer=pointer)
    spans = [("任职", f"{base}/roles/{i}", h.start, h.end) for i, h in enumerate(person.holdings)]
    spans += [("公钥", f"{base}/keys/{i}", k.start, k.end) for i, k in enumerate(person.keys)]
    spans += [("age公钥", f"{base}/age/{i}", k.start, k.end) for i, k in enumerate(person.age_keys)]
    for what, pointer, start, end in spans:
        if end is not None and end < start:
            message = f"{who}的{what}截止于{end}，早于起始的{start}，请核对from、to。"
            yield Problem("HY432", message, path=PEOPLE_PATH, pointer=f"{pointer}/to")


def _find_shared_identities(people: Mapping[str, Person]) -> Iterator[Problem]:
    """Accounts and keys of two people: an approval must name exactly one (design §5)."""
    accounts: dict[tuple[str, int], Person] = {}
    keys: dict[tuple[str, ...], Person] = {}
    recipients: dict[str, Person] = {}
    for person in people.values():
        for forge, number in person.forge_ids.items():
            if (owner := accounts.setdefault((forge, number), person)).id != person.id:
                message = f"{forge}账号{number}同时登记给{owner.id}和{person.id}，请核对账号编号。"
                yield Problem("HY435", message, path=PEOPLE_PATH, pointer=f"/people/{person.id}/forge/{forge}")
        for i, key in enumerate(person.keys):
            # The third word of a key is a comment and does not make it another key.
            if (owner := keys.setdefault(tuple(key.ssh.split()[:2]), person)).id != person.id:
                message = f"同一把SSH公钥同时登记给{owner.id}和{person.id}，请各用各的密钥。"
                yield Problem("HY436", message, path=PEOPLE_PATH, pointer=f"/people/{person.id}/keys/{i}/ssh")
        for i, age_key in enumerate(person.age_keys):
            if (owner := recipients.setdefault(age_key.recipient, person)).id != person.id:
                message = f"同一把age公钥同时登记给{owner.id}和{person.id}，请各用各的密钥。"
                yield Problem("HY720", message, path=PEOPLE_PATH, pointer=f"/people/{person.id}/age/{i}/recipient")


def _find_head_problems(registry: Registry, day: date) -> Iterator[Problem]:
    """第九条(三)、第十五条: each unit needs one 主要负责同志, who signs and is reminded."""
    heads: dict[str, list[tuple[Holding, Person]]] = {unit_id: [] for unit_id in registry.units}
    for person in registry.people.values():
        for holding in person.holdings:
            if holding.role is Role.HEAD and holding.unit in heads:
                heads[holding.unit].append((holding, person))
    for unit_id, entries in heads.items():
        who = f"{registry.unit(unit_id).name}（{unit_id}）"
        if registry.head_of(unit_id, day) is None:
            message = f"{who}在{day}没有在任的主要负责同志，请在{PEOPLE_PATH}中补上。"
            yield Problem("HY433", message, path=PEOPLE_PATH, article="15")
        for (a, one), (b, other) in combinations(entries, 2):
            if one.id != other.id and _overlap(a, b):
                since = max(a.start, b.start)
                message = f"{who}自{since}起同时有{one.id}和{other.id}两名主要负责同志，请为前任写明离任日期to。"
                yield Problem("HY437", message, path=PEOPLE_PATH, pointer=f"/people/{other.id}", article="15")


def _overlap(a: Holding, b: Holding) -> bool:
    """Whether some day lies in both; a span that ends before it starts has no day."""
    start = max(a.start, b.start)
    return a.holds_on(start) and b.holds_on(start)
