from __future__ import annotations

from datetime import date

import pytest

from huiyin.model.problem import HuiyinError
from huiyin.model.unit import AgeKey, Holding, Person, Role
from huiyin.rules.registry import Registry
from huiyin.vault.readers import Reader, readers, readers_at_registration, readers_of_case
from tests import cases
from tests.cases import Story
from tests.vault.safe import Safe

DAY = date(2026, 11, 23)
START = date(2026, 1, 1)


def person(
    name: str, unit: str, role: Role, *keys: AgeKey, start: date = START, end: date | None = None
) -> tuple[str, Person]:
    """Somebody with a role, and a key that says whose it is unless keys are given."""
    return name, Person(name, f"{name}（演示）", (Holding(unit, role, start, end),), age_keys=keys or (key(name),))


def key(name: str, start: date = START, end: date | None = None) -> AgeKey:
    """A key; no rule here looks at what it says."""
    return AgeKey(f"age1{name}", start, end)


PEOPLE = dict(
    [
        person("w.clerk", "wangzhan", Role.CLERK),
        person("w.reviewer", "wangzhan", Role.REVIEWER),
        person("w.head", "wangzhan", Role.HEAD),
        person("w.left", "wangzhan", Role.CLERK, end=date(2026, 11, 22)),
        person("w.next", "wangzhan", Role.CLERK, start=date(2026, 11, 24)),
        person("z.clerk", "zhengwu", Role.CLERK),
        person("l.clerk", "lanzhou", Role.CLERK),
        person("l.head", "lanzhou", Role.HEAD),
        person("l.reviewer", "lanzhou", Role.REVIEWER),
        person("x.clerk", "linxia", Role.CLERK),
        person("s.maintainer", "shengban", Role.MAINTAINER),
        person("d.clerk", "duchashi", Role.CLERK),
    ]
)


def registry(**changed: Person) -> Registry:
    """The shipped units with these people."""
    return Registry(cases.rulebook().registry.units, {**PEOPLE, **changed})


def names(found: tuple[Reader, ...]) -> list[str]:
    """The persons."""
    return [reader.person for reader in found]


def test_dispatcher_and_unit_assigned_and_nobody_else() -> None:
    """第十九条: clerks and reviewers of the one, clerks and the head of the other, in office on the day."""
    found = readers("wangzhan", "lanzhou", registry(), DAY)
    assert ["l.clerk", "l.head", "w.clerk", "w.reviewer"] == names(found)
    assert ["w.clerk", "w.reviewer"] == names(readers("wangzhan", None, registry(), DAY))


def test_the_days_of_office_count() -> None:
    """Both days included."""
    assert "w.left" in names(readers("wangzhan", None, registry(), date(2026, 11, 22)))
    assert "w.next" in names(readers("wangzhan", None, registry(), date(2026, 11, 24)))


def test_the_days_of_a_key_count() -> None:
    """While a key is changed both are used; an old one is not."""
    name, changing = person(
        "l.clerk", "lanzhou", Role.CLERK,
        key("old", end=DAY), key("new", start=DAY), key("older", end=date(2026, 11, 22)),
        key("later", date(2027, 1, 1)),
    )  # fmt: skip
    found = readers("wangzhan", "lanzhou", registry(**{name: changing}), DAY)
    assert [Reader("l.clerk", "age1new"), Reader("l.clerk", "age1old")] == [r for r in found if r.person == name]


def test_a_person_with_two_roles_counts_once() -> None:
    """Clerk and reviewer of the same dispatcher."""
    both = Person(
        "b",
        "乙（演示）",
        tuple(Holding("wangzhan", r, START) for r in (Role.CLERK, Role.REVIEWER)),
        age_keys=(key("b"),),
    )
    assert 1 == names(readers("wangzhan", None, registry(b=both), DAY)).count("b")


def test_nobody_at_the_dispatcher_is_refused() -> None:
    """Then what is put could not be read by who must decide; the unit alone is not enough."""
    with pytest.raises(HuiyinError, match="HY712"):
        readers("wangzhan", "lanzhou", registry(), date(2025, 12, 31))
    keyless = {n: Person(p.id, p.name, p.holdings) for n, p in PEOPLE.items() if n.startswith("w.")}
    with pytest.raises(HuiyinError, match="HY712"):
        readers("wangzhan", "lanzhou", registry(**keyless), DAY)


def test_a_unit_without_keys_is_no_reason_to_refuse() -> None:
    """The dispatcher passes on what the unit needs."""
    assert ["w.clerk", "w.reviewer"] == names(readers("wangzhan", "tianshui", registry(), DAY))


def test_who_reads_follows_the_case(safe: Safe) -> None:
    """第十九条: registered, assigned, found to be another's, assigned anew: only the unit assigned reads."""

    def persons(story: Story) -> list[str]:
        return names(readers_of_case(story.replay("2026-11-23 10:00", safe.rulebook), safe.rulebook.registry))

    dispatcher = ["wangzhan.clerk", "wangzhan.reviewer"]
    story = Story()
    assert dispatcher == persons(story)
    story.assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    assert ["lanzhou.clerk", "lanzhou.head", *dispatcher] == persons(story)
    story.misrouted("2026-11-17 09:00", "linxia").assigned("2026-11-17 10:00", "linxia")
    assert ["linxia.clerk", *dispatcher] == persons(story)


@pytest.mark.parametrize(
    ("case_id", "person"), [("people-1", "w.clerk"), ("portal-1", "w.clerk"), ("service-1", "z.clerk")]
)
def test_before_registration_the_channel_decides(case_id: str, person: str) -> None:
    """第六条: each channel has its dispatcher."""
    rules = cases.rulebook()
    found = readers_at_registration(case_id, type(rules)(rules.procedures, registry(), rules.calendar), DAY)
    assert person == names(found)[0]
    assert {person[0]} == {name[0] for name in names(found)}
