from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from huiyin.model.problem import Severity
from huiyin.model.unit import AgeKey, Holding, Person, PublicKey, Role, Unit, UnitKind
from huiyin.rules.registry import Registry, people_from_data, units_from_data
from huiyin.rules.registry_problems import find_registry_problems

RULES = Path(__file__).parents[2] / "rules"
DAY = date(2026, 11, 20)
START = date(2015, 8, 5)


def make_unit(unit_id: str, **changes: Any) -> Unit:
    """A city without fault, made for a test."""
    return Unit(
        **{"id": unit_id, "name": f"{unit_id}市", "kind": UnitKind.CITY, "publisher": f"{unit_id}市办", **changes}
    )


def make_head(person_id: str, unit: str, start: date = START, end: date | None = None) -> Person:
    """The head of a unit, made for a test."""
    return Person(person_id, f"{person_id}（演示）", (Holding(unit, Role.HEAD, start, end),))


def find(units: list[Unit], people: list[Person], day: date = DAY) -> list[tuple[str, str, str]]:
    """Code, path and pointer of each problem."""
    by_unit, by_person = {u.id: u for u in units}, {p.id: p for p in people}
    return [(p.code, p.path, p.pointer) for p in find_registry_problems(by_unit, by_person, day=day)]


def with_heads(*units: Unit) -> list[tuple[str, str, str]]:
    """The problems of units that each have a head."""
    return find(list(units), [make_head(f"{u.id}.head", u.id) for u in units])


def test_shipped_registry_has_no_problem() -> None:
    """The data in rules/ are without error or warning on the day the regulation began, and today as tests see it."""
    units = units_from_data(yaml.safe_load((RULES / "units.yaml").read_text("utf-8")))
    people = people_from_data(yaml.safe_load((RULES / "people.yaml").read_text("utf-8")))
    for day in (START, date(2023, 12, 31), date(2024, 1, 1), DAY):
        assert [] == list(find_registry_problems(units, people, day=day))


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": "a市"}, "/units/b/name"),
        ({"name": "a 市"}, "/units/b/name"),
        ({"name": "a"}, "/units/b/name"),
        ({"publisher": "a市办"}, "/units/b/publisher"),
        ({"office": "甲"}, "/units/b/office"),
        ({"aliases": ("乙", "甲")}, "/units/b/aliases/1"),
    ],
)
def test_name_of_two_units(changes: dict[str, Any], pointer: str) -> None:
    """HY420: whichever kind of name collides, and however it is padded, the second unit's name is pointed at."""
    found = with_heads(make_unit("a", aliases=("甲",)), make_unit("b", **changes))
    assert [("HY420", "rules/units.yaml", pointer)] == found


def test_one_unit_may_repeat_its_own_name() -> None:
    """A department's name is its publisher too."""
    assert [] == with_heads(Unit("a", "甲厅", UnitKind.DEPARTMENT, "甲厅", "甲厅", ("甲 厅",)))


@pytest.mark.parametrize("kind", UnitKind)
def test_publisher_belongs_to_cities_and_departments(kind: UnitKind) -> None:
    """第二十条(1): HY421 for a city or department without publisher, HY422 for another unit that has one."""
    publishes = kind in {UnitKind.CITY, UnitKind.DEPARTMENT}
    without = [("HY421", "rules/units.yaml", "/units/a")] if publishes else []
    having = [] if publishes else [("HY422", "rules/units.yaml", "/units/a/publisher")]
    assert without == with_heads(make_unit("a", kind=kind, publisher=""))
    assert having == with_heads(make_unit("a", kind=kind))


def test_area_of_two_units() -> None:
    """HY423: an area code is one unit's; units without one do not collide."""
    assert [] == with_heads(make_unit("a"), make_unit("b"))
    found = with_heads(make_unit("a", area="620100"), make_unit("b", area="620100"))
    assert [("HY423", "rules/units.yaml", "/units/b/area")] == found


def test_role_in_unknown_unit() -> None:
    """HY430: a role in a unit that is not registered, at its place in the list."""
    people = [Person("p", "甲（演示）", (Holding("a", Role.HEAD, START), Holding("x", Role.HEAD, START)))]
    assert [("HY430", "rules/people.yaml", "/people/p/roles/1/unit")] == find([make_unit("a")], people)


@pytest.mark.parametrize(
    ("second", "overlaps"),
    [
        (Holding("a", Role.HEAD, date(2020, 1, 31), date(2020, 3, 1)), True),
        (Holding("a", Role.HEAD, date(2020, 2, 1), date(2020, 3, 1)), False),
        (Holding("a", Role.HEAD, date(2019, 1, 1), date(2020, 1, 1)), True),
        (Holding("a", Role.HEAD, date(2019, 1, 1)), True),
        (Holding("a", Role.CLERK, date(2020, 1, 1)), False),
        (Holding("b", Role.HEAD, date(2020, 1, 1)), False),
    ],
)
def test_overlapping_duplicate_role(second: Holding, overlaps: bool) -> None:
    """HY431: one role in one unit twice on one day; the day after the end, another role or unit is no overlap."""
    first = Holding("a", Role.HEAD, date(2020, 1, 1), date(2020, 1, 31))
    units = [make_unit("a"), make_unit("b")]
    found = find(units, [Person("p", "甲（演示）", (first, second)), make_head("b.head", "b")], date(2020, 1, 15))
    expected = [("HY431", "rules/people.yaml", "/people/p/roles/1")] if overlaps else []
    assert expected == [p for p in found if p[0] == "HY431"]


def test_end_before_start() -> None:
    """HY432: in roles and in keys; a span of one day is fine."""
    day, before = date(2026, 1, 2), date(2026, 1, 1)
    person = Person(
        "p",
        "甲（演示）",
        (Holding("a", Role.CLERK, day, before), Holding("a", Role.REVIEWER, day, day), Holding("a", Role.HEAD, day)),
        (PublicKey("ssh-ed25519 AAAA", day, day), PublicKey("ssh-ed25519 BBBB", day, before)),
    )
    assert [
        ("HY432", "rules/people.yaml", "/people/p/roles/0/to"),
        ("HY432", "rules/people.yaml", "/people/p/keys/1/to"),
    ] == find([make_unit("a")], [person])


def test_unit_without_head_is_a_warning_that_names_unit_and_day() -> None:
    """HY433: from the day after the head has left, a warning with the unit's name; not before."""
    last = date(2026, 1, 5)
    units, people = {"a": make_unit("a")}, {"p": make_head("p", "a", START, last)}
    assert [] == list(find_registry_problems(units, people, day=last))
    (problem,) = find_registry_problems(units, people, day=date(2026, 1, 6))
    assert ("HY433", Severity.WARNING, "15") == (problem.code, problem.level, problem.article)
    assert "a市" in problem.message
    assert "2026-01-06" in problem.message


def test_account_of_two_people() -> None:
    """HY435: one number on one forge is one person's; the same number on another forge is somebody else's."""
    holding = (Holding("a", Role.CLERK, START),)
    people = [
        make_head("h", "a"),
        Person("p", "甲（演示）", holding, forge_ids={"github": 1, "gitea": 2}),
        Person("q", "乙（演示）", holding, forge_ids={"github": 2, "gitea": 2}),
    ]
    assert [("HY435", "rules/people.yaml", "/people/q/forge/gitea")] == find([make_unit("a")], people)


def test_key_of_two_people() -> None:
    """HY436: another comment does not make another key; one person may list a key twice, for two periods."""
    holding = (Holding("a", Role.CLERK, START),)
    keys = (
        PublicKey("ssh-ed25519 AAAA one", START, date(2016, 1, 1)),
        PublicKey("ssh-ed25519 AAAA one", date(2017, 1, 1)),
    )
    other = (PublicKey("ssh-ed25519 BBBB", START), PublicKey("ssh-ed25519 AAAA two", START))
    people = [
        make_head("h", "a"),
        Person("p", "甲（演示）", holding, keys),
        Person("q", "乙（演示）", holding, other),
    ]
    assert [("HY436", "rules/people.yaml", "/people/q/keys/1/ssh")] == find([make_unit("a")], people)


def test_age_key_of_two_people() -> None:
    """HY720: each reads with a key of their own, or one who leaves goes on reading; one person may list it twice."""
    holding = (Holding("a", Role.CLERK, START),)
    twice = (AgeKey("age1one", START, date(2016, 1, 1)), AgeKey("age1one", date(2017, 1, 1)))
    people = [
        make_head("h", "a"),
        Person("p", "甲（演示）", holding, age_keys=twice),
        Person("q", "乙（演示）", holding, age_keys=(AgeKey("age1two", START), AgeKey("age1one", START))),
    ]
    assert [("HY720", "rules/people.yaml", "/people/q/age/1/recipient")] == find([make_unit("a")], people)


def test_age_key_that_ends_before_it_begins() -> None:
    """HY432, as for the other keys."""
    key = AgeKey("age1one", START, START - timedelta(days=1))
    people = [make_head("h", "a"), Person("p", "甲（演示）", (Holding("a", Role.CLERK, START),), age_keys=(key,))]
    assert [("HY432", "rules/people.yaml", "/people/p/age/0/to")] == find([make_unit("a")], people)


def test_two_heads_at_a_time_is_a_warning() -> None:
    """HY437: a head who did not leave before the next came, even when a third stands between them in the file."""
    people = [
        make_head("one", "a", START),
        make_head("between", "a", date(2010, 1, 1), date(2010, 12, 31)),
        make_head("two", "a", date(2020, 1, 1)),
    ]
    (problem,) = find_registry_problems({"a": make_unit("a")}, {p.id: p for p in people}, day=DAY)
    assert ("HY437", Severity.WARNING, "/people/two") == (problem.code, problem.level, problem.pointer)
    assert "2020-01-01" in problem.message


def test_one_head_listed_twice_is_not_two_heads() -> None:
    """A duplicate role of one person is HY431 and nothing else."""
    twice = Person("p", "甲（演示）", (Holding("a", Role.HEAD, START), Holding("a", Role.HEAD, date(2020, 1, 1))))
    assert [("HY431", "rules/people.yaml", "/people/p/roles/1")] == find([make_unit("a")], [twice])


spans = st.tuples(st.integers(1, 28), st.integers(1, 28)).map(lambda t: (date(2026, 1, min(t)), date(2026, 1, max(t))))


@given(st.lists(spans, min_size=1, max_size=4))
def test_two_heads_are_reported_exactly_when_some_day_has_two(periods: list[tuple[date, date]]) -> None:
    """Property: HY437 appears if and only if people_holding finds two heads on some day."""
    units = {"a": make_unit("a")}
    people = {f"p{i}": make_head(f"p{i}", "a", *span) for i, span in enumerate(periods)}
    registry = Registry(units, people)
    crowded = any(len(registry.people_holding("a", Role.HEAD, date(2026, 1, day))) > 1 for day in range(1, 29))
    assert crowded == ("HY437" in {p.code for p in find_registry_problems(units, people, day=DAY)})
