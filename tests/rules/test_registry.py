import json
import pickle
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from huiyin.model.problem import HuiyinError
from huiyin.model.unit import AgeKey, Holding, Person, PublicKey, Role, Unit, UnitKind
from huiyin.rules.registry import Registry, people_from_data, units_from_data

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 20)

AREAS = {
    "620100": "兰州市",
    "620200": "嘉峪关市",
    "620300": "金昌市",
    "620400": "白银市",
    "620500": "天水市",
    "620600": "武威市",
    "620700": "张掖市",
    "620800": "平凉市",
    "620900": "酒泉市",
    "621000": "庆阳市",
    "621100": "定西市",
    "621200": "陇南市",
    "622900": "临夏回族自治州",
    "623000": "甘南藏族自治州",
}


def load_rules(name: str) -> Any:
    """A document of rules/; its days are quoted, so they arrive as strings."""
    return yaml.safe_load((ROOT / "rules" / name).read_text("utf-8"))


def load_schema(name: str) -> Any:
    """A schema of schema/."""
    return json.loads((ROOT / "schema" / name).read_text("utf-8"))


@pytest.fixture(scope="module")
def units() -> dict[str, Unit]:
    """The units that ship."""
    return units_from_data(load_rules("units.yaml"))


@pytest.fixture(scope="module")
def registry(units: dict[str, Unit]) -> Registry:
    """The registry that ships."""
    return Registry(units, people_from_data(load_rules("people.yaml")))


def make_unit(unit_id: str, **changes: Any) -> Unit:
    """A unit made for a test."""
    return Unit(**{"id": unit_id, "name": f"{unit_id}（演示）", "kind": UnitKind.CITY, "publisher": "", **changes})


def make_person(person_id: str, *holdings: Holding) -> Person:
    """A person made for a test."""
    return Person(person_id, f"{person_id}（演示）", holdings)


# The data that ship


@pytest.mark.parametrize("name", ["units", "people"])
def test_shipped_data_fit_their_schema(name: str) -> None:
    """The shipped units and people are valid, with formats asserted."""
    validator = jsonschema_rs.Draft202012Validator(load_schema(f"{name}.schema.json"), validate_formats=True)
    assert [] == [e.message for e in validator.iter_errors(load_rules(f"{name}.yaml"))]


def test_shipped_cities_are_the_14_prefectures_and_lanzhou_new_area(units: dict[str, Unit]) -> None:
    """第七条: exactly the 14 市州, each with its own area code, and 兰州新区 without one."""
    cities = [u for u in units.values() if u.kind is UnitKind.CITY]
    assert AREAS == {u.area: u.name for u in cities if u.area}
    assert ["lanzhou-xinqu"] == [u.id for u in cities if not u.area]
    assert 15 == len(cities)


def test_shipped_coordinators_are_those_of_the_regulation(units: dict[str, Unit]) -> None:
    """第六、八条: one office, two dispatchers and one supervision, none of which publishes."""
    others = {u.id: u.kind for u in units.values() if u.kind not in {UnitKind.CITY, UnitKind.DEPARTMENT}}
    assert {
        "shengban": UnitKind.OFFICE,
        "wangzhan": UnitKind.DISPATCHER,
        "zhengwu": UnitKind.DISPATCHER,
        "duchashi": UnitKind.SUPERVISION,
    } == others
    assert {""} == {units[u].publisher for u in others}


def test_shipped_publishers_follow_article_20(units: dict[str, Unit]) -> None:
    """第二十条(1): a 市州 publishes as its government's office, a department under its own name."""
    wrong = [
        u.id
        for u in units.values()
        if (u.kind is UnitKind.CITY and not u.publisher.endswith(("人民政府办公室", "管理委员会办公室")))
        or (u.kind is UnitKind.DEPARTMENT and u.publisher != u.name)
    ]
    assert [] == wrong


def test_shipped_departments_are_provincial(units: dict[str, Unit]) -> None:
    """第七条: a department has its full formal name, is found by the short 省… form and keeps no local holiday."""
    departments = [u for u in units.values() if u.kind is UnitKind.DEPARTMENT]
    assert len(departments) >= 34
    wrong = [
        u.id
        for u in departments
        if not u.name.startswith("甘肃省") or u.name.removeprefix("甘肃") not in u.aliases or u.local_calendar
    ]
    assert [] == wrong


def test_only_the_two_autonomous_prefectures_keep_local_holidays(units: dict[str, Unit]) -> None:
    """Design §4: 临夏州 and 甘南州 have their own holidays."""
    assert {"linxia": "linxia", "gannan": "gannan"} == {
        u.id: u.local_calendar for u in units.values() if u.local_calendar
    }


def test_shipped_people_say_that_they_are_invented(registry: Registry) -> None:
    """No person of the demonstration can be taken for a real one."""
    assert [] == [p.id for p in registry.people.values() if not p.name.endswith("（演示）")]


def test_every_shipped_unit_is_staffed(registry: Registry) -> None:
    """Clerk and head everywhere; dispatchers have a second clerk and a reviewer, the office two maintainers."""
    usual = {Role.CLERK: 1, Role.REVIEWER: 0, Role.HEAD: 1, Role.MAINTAINER: 0}
    special = {UnitKind.DISPATCHER: {Role.CLERK: 2, Role.REVIEWER: 1}, UnitKind.OFFICE: {Role.MAINTAINER: 2}}
    for unit in registry.units.values():
        staff = {role: registry.people_holding(unit.id, role, DAY) for role in Role}
        assert usual | special.get(unit.kind, {}) == {role: len(people) for role, people in staff.items()}, unit.id
        everybody = [p.id for people in staff.values() for p in people]
        assert len(everybody) == len(set(everybody)), unit.id


def test_shipped_successor_takes_over_the_day_after(registry: Registry) -> None:
    """The demonstration shows a role that ended: the former head counts to the last day, the new one from the next."""
    heads = [registry.head_of("jinchang", day) for day in (date(2023, 12, 31), date(2024, 1, 1))]
    assert ["jinchang.former-head", "jinchang.head"] == [p.id for p in heads if p]


# Reading


def test_units_from_data_reads_every_field() -> None:
    """All fields arrive, and those left out have their empty value."""
    data = {
        "units": {
            "b": {
                "name": "乙州",
                "kind": "city",
                "publisher": "乙州人民政府办公室",
                "office": "乙办",
                "aliases": ["乙", "小乙"],
                "area": "629900",
                "local_calendar": "yi",
            },
            "a": {"name": "甲中心", "kind": "dispatcher"},
        }
    }
    expected = [
        Unit("b", "乙州", UnitKind.CITY, "乙州人民政府办公室", "乙办", ("乙", "小乙"), "yi", "629900"),
        Unit("a", "甲中心", UnitKind.DISPATCHER),
    ]
    assert expected == list(units_from_data(data).values())


def test_people_from_data_reads_every_field() -> None:
    """Days become dates, an end left out stays open, forge ids and keys are optional."""
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDemo"
    data = {
        "people": {
            "li.na": {
                "name": "李娜（演示）",
                "forge": {"github": 1, "gitea": 2},
                "keys": [{"ssh": key, "from": "2026-01-01", "to": "2026-12-31"}],
                "roles": [
                    {"unit": "a", "role": "clerk", "from": "2015-08-05", "to": "2020-02-29"},
                    {"unit": "a", "role": "head", "from": "2020-03-01"},
                ],
            },
            "b": {"name": "乙（演示）", "roles": [{"unit": "a", "role": "reviewer", "from": "2024-02-29"}]},
        }
    }
    expected = {
        "li.na": Person(
            "li.na",
            "李娜（演示）",
            (
                Holding("a", Role.CLERK, date(2015, 8, 5), date(2020, 2, 29)),
                Holding("a", Role.HEAD, date(2020, 3, 1)),
            ),
            (PublicKey(key, date(2026, 1, 1), date(2026, 12, 31)),),
            {"github": 1, "gitea": 2},
        ),
        "b": Person("b", "乙（演示）", (Holding("a", Role.REVIEWER, date(2024, 2, 29)),)),
    }
    assert expected == people_from_data(data)


RECIPIENT = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
"""The recipient of the example in the documentation of age; nobody's."""


def test_people_from_data_reads_age_keys() -> None:
    """For whom the vault encrypts, and when (第十九条)."""
    age = [{"recipient": RECIPIENT, "from": "2026-01-01", "to": "2026-06-30"}]
    roles = [{"unit": "a", "role": "clerk", "from": "2015-01-01"}]
    person = people_from_data({"people": {"a.b": {"name": "甲（演示）", "roles": roles, "age": age}}})["a.b"]
    assert (AgeKey(RECIPIENT, date(2026, 1, 1), date(2026, 6, 30)),) == person.age_keys
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1))
    assert [False, True, True, False] == [person.age_keys[0].holds_on(day) for day in days]


@pytest.mark.parametrize(
    ("recipient", "code"),
    [
        (f"{RECIPIENT[:-1]}q", "HY720"),
        ("ssh-ed25519AAAA", "HY720"),
        ("AGE-SECRET-KEY-1DEMO", "HY721"),
        ("age-secret-key-1demo", "HY721"),
    ],
)
def test_people_from_data_refuses_what_is_no_recipient(recipient: str, code: str) -> None:
    """Nobody could open what is encrypted for a slip of the pen; a secret key is named as such and never repeated."""
    entry = {"name": "甲（演示）", "roles": [{"unit": "a", "role": "clerk", "from": "2015-01-01"}]}
    entry["age"] = [{"recipient": RECIPIENT, "from": "2026-01-01"}, {"recipient": recipient, "from": "2026-01-01"}]
    with pytest.raises(HuiyinError) as caught:
        people_from_data({"people": {"a.b": entry}})
    [problem] = caught.value.problems
    assert (code, "rules/people.yaml", "/people/a.b/age/1/recipient") == (problem.code, problem.path, problem.pointer)
    assert recipient not in problem.message


def test_people_from_data_names_every_day_that_does_not_exist() -> None:
    """The schema's pattern lets 30 February through; both wrong days are reported, each at its place."""
    roles = [{"unit": "a", "role": "clerk", "from": "2015-02-30"}]
    keys = [{"ssh": "ssh-ed25519 AAAA", "from": "2026-01-01", "to": "2026-06-31"}]
    with pytest.raises(HuiyinError) as caught:
        people_from_data({"people": {"a.b": {"name": "甲（演示）", "roles": roles, "keys": keys}}})
    assert [
        ("HY434", "rules/people.yaml", "/people/a.b/roles/0/from"),
        ("HY434", "rules/people.yaml", "/people/a.b/keys/0/to"),
    ] == [(p.code, p.path, p.pointer) for p in caught.value.problems]
    assert "2015-02-30" in caught.value.problems[0].message


# The registry


def test_unit_and_person_by_id(registry: Registry) -> None:
    """Ids find exactly what they name."""
    assert "兰州市" == registry.unit("lanzhou").name
    assert "兰州市经办人（演示）" == registry.person("lanzhou.clerk").name


def test_unknown_ids_are_key_errors(registry: Registry) -> None:
    """An id is exact: a name or a wrong case is not one."""
    for unknown in ("兰州市", "Lanzhou", ""):
        with pytest.raises(KeyError):
            registry.unit(unknown)
        with pytest.raises(KeyError):
            registry.person(unknown)


def test_name_of_never_fails(registry: Registry) -> None:
    """A message can be written about a unit that does not exist."""
    assert ["兰州市", "nowhere"] == [registry.name_of(i) for i in ("lanzhou", "nowhere")]


@pytest.mark.parametrize(
    ("name", "unit_id"),
    [
        ("lanzhou", "lanzhou"),
        ("兰州", "lanzhou"),
        ("兰州市政府", "lanzhou"),
        (" 兰 州\u3000市\n", "lanzhou"),
        ("兰州市人民政府办公室", "lanzhou"),
        ("兰州新区管委会", "lanzhou-xinqu"),
        ("临夏州", "linxia"),
        ("甘南藏族自治州人民政府", "gannan"),
        ("省交通厅", "jiaotong"),
        ("省交通运输厅", "jiaotong"),
        ("甘肃省交通运输厅", "jiaotong"),
        ("甘肃省教育厅办公室", "jiaoyu"),
        ("省卫健委", "weijian"),
        ("“中国·甘肃”网站管理中心", "wangzhan"),
    ],
)
def test_find_unit_by_any_of_its_names(registry: Registry, name: str, unit_id: str) -> None:
    """Id, name, publisher, office and alias find the unit, whatever white space a spreadsheet put in."""
    assert registry.unit(unit_id) == registry.find_unit(name)


@pytest.mark.parametrize("name", ["", " ", "某某市", "兰", "厅", "北京市"])
def test_find_unit_does_not_guess(registry: Registry, name: str) -> None:
    """What is no unit's name finds none; parts of names are not names."""
    assert registry.find_unit(name) is None


def test_find_unit_refuses_a_name_of_two_units() -> None:
    """A name that two or three units share finds none of them, in any order; their other names still do."""
    units = {i: make_unit(i, aliases=("新区", i.upper())) for i in ("a", "b", "c")}
    registry = Registry(units, {})
    assert registry.find_unit("新 区") is None
    assert units["b"] == registry.find_unit("B")


@given(data=st.data())
def test_every_shipped_name_finds_its_unit_with_white_space_anywhere(registry: Registry, data: st.DataObject) -> None:
    """Property: however white space is sown into any name of any unit, it finds that unit."""
    unit = data.draw(st.sampled_from(sorted(registry.units.values(), key=lambda u: u.id)))
    name = data.draw(st.sampled_from([unit.id, unit.name, *unit.aliases, *filter(None, (unit.publisher, unit.office))]))
    space = st.text(" \t\n\r\u00a0\u3000", max_size=2)
    sown = "".join(data.draw(space) + char for char in name) + data.draw(space)
    assert unit == registry.find_unit(sown)


def test_people_holding_respects_unit_role_and_both_ends() -> None:
    """Only that role in that unit, from the first to the last day, both included."""
    start, end = date(2026, 1, 5), date(2026, 1, 9)
    a = make_person("a", Holding("u", Role.CLERK, start, end), Holding("v", Role.HEAD, start))
    registry = Registry({"u": make_unit("u")}, {"a": a})
    days = [start - timedelta(1), start, end, end + timedelta(1)]
    assert [(), (a,), (a,), ()] == [registry.people_holding("u", Role.CLERK, day) for day in days]
    assert () == registry.people_holding("u", Role.HEAD, start)
    assert () == registry.people_holding("nowhere", Role.HEAD, start)


def test_people_holding_lists_each_once_and_longest_first() -> None:
    """Two overlapping holdings of one person make one entry; order is by the first day in the role, then by id."""
    c = make_person("c", Holding("u", Role.CLERK, date(2020, 1, 1)), Holding("u", Role.CLERK, date(2022, 1, 1)))
    b = make_person("b", Holding("u", Role.CLERK, date(2021, 1, 1)))
    a = make_person("a", Holding("u", Role.CLERK, date(2021, 1, 1)))
    registry = Registry({}, {p.id: p for p in (b, a, c)})
    assert (c, a, b) == registry.people_holding("u", Role.CLERK, DAY)


def test_head_of_is_who_took_office_last() -> None:
    """第十五条: the reminder goes to one head; where two are in office, to the newer one; without any, to nobody."""
    old = make_person("old", Holding("u", Role.HEAD, date(2016, 1, 1)))
    new = make_person("new", Holding("u", Role.HEAD, date(2026, 1, 1)))
    registry = Registry({}, {"new": new, "old": old})
    days = [date(2015, 12, 31), date(2025, 12, 31), date(2026, 1, 1)]
    assert [None, old, new] == [registry.head_of("u", day) for day in days]


holding = st.builds(
    Holding,
    unit=st.sampled_from(["u", "v"]),
    role=st.sampled_from(Role),
    start=st.dates(date(2026, 1, 1), date(2026, 1, 20)),
    end=st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 20)),
)


@given(
    st.dictionaries(st.sampled_from("abcd"), st.lists(holding, max_size=4), max_size=4),
    st.dates(date(2026, 1, 1), date(2026, 1, 22)),
)
def test_people_holding_agrees_with_each_person(holdings: Mapping[str, list[Holding]], day: date) -> None:
    """Property: the index of the registry says what Person.holds says, for every role, unit and day."""
    people = {i: make_person(i, *hs) for i, hs in holdings.items()}
    registry = Registry({}, people)
    for unit_id in ("u", "v"):
        for role in Role:
            expected = {p.id for p in people.values() if p.holds(unit_id, role, day)}
            found = registry.people_holding(unit_id, role, day)
            assert sorted(expected) == sorted(p.id for p in found)
            if role is Role.HEAD:
                assert (found[-1] if found else None) == registry.head_of(unit_id, day)


def test_registry_can_be_sent_to_another_process(registry: Registry) -> None:
    """Builds run in several processes: a copy by pickle answers alike."""
    copy = pickle.loads(pickle.dumps(registry))  # noqa: S301  (our own bytes)
    assert registry.units == copy.units
    assert registry.head_of("jinchang", DAY) == copy.head_of("jinchang", DAY)
    assert registry.find_unit("省交通厅") == copy.find_unit("省交通厅")


# The schemas


def iter_fields(schema: Any) -> Any:
    """Every subschema that describes a field, with the pointer to it."""
    stack = [("", schema)]
    while stack:
        pointer, node = stack.pop()
        yield pointer, node
        stack += [(f"{pointer}/{k}", v) for k, v in node.get("properties", {}).items()]
        stack += [(f"{pointer}/$defs/{k}", v) for k, v in node.get("$defs", {}).items()]
        if "items" in node:
            stack.append((f"{pointer}/items", node["items"]))


@pytest.mark.parametrize("name", ["units.schema.json", "people.schema.json"])
def test_schema_is_strict_and_explained(name: str) -> None:
    """Draft 2020-12; each field has a Chinese title and description; objects take nothing that is not named."""
    schema = load_schema(name)
    jsonschema_rs.meta.validate(schema)
    assert "https://json-schema.org/draft/2020-12/schema" == schema["$schema"]
    for pointer, node in iter_fields(schema):
        if "$ref" not in node or "/properties/" in pointer:
            assert node.get("title"), pointer
            assert any("\u4e00" <= c <= "\u9fff" for c in node.get("description", "")), pointer
        if node.get("type") == "object":
            assert node["additionalProperties"] is False or "$ref" in node["additionalProperties"], pointer


GOOD_UNIT = {"name": "甲市", "kind": "city", "publisher": "甲市人民政府办公室", "aliases": ["甲"], "area": "629901"}
GOOD_ROLE = {"unit": "a", "role": "clerk", "from": "2015-08-05"}
GOOD_KEY = {"ssh": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDemo= demo", "from": "2026-01-01"}
GOOD_PERSON = {"name": "甲（演示）", "forge": {"gitea": 1}, "keys": [GOOD_KEY], "roles": [GOOD_ROLE]}


def fits(name: str, data: Any) -> bool:
    """Whether a document fits the schema of that name."""
    return jsonschema_rs.Draft202012Validator(load_schema(f"{name}.schema.json"), validate_formats=True).is_valid(data)


def test_schemas_take_the_good_examples() -> None:
    """The examples that the next two tests spoil are valid themselves."""
    assert fits("units", {"units": {"a": GOOD_UNIT}})
    assert fits("people", {"people": {"a.b-c": GOOD_PERSON}})


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"units": {}},
        {"units": {"a": GOOD_UNIT}, "extra": 1},
        {"units": {"A": GOOD_UNIT}},
        {"units": {"a.b": GOOD_UNIT}},
        {"units": {"a\n": GOOD_UNIT}},
        {"units": {"a": {**GOOD_UNIT, "extra": 1}}},
        {"units": {"a": {**GOOD_UNIT, "kind": "village"}}},
        {"units": {"a": {**GOOD_UNIT, "name": ""}}},
        {"units": {"a": {**GOOD_UNIT, "name": " 甲市"}}},
        {"units": {"a": {**GOOD_UNIT, "area": 629901}}},
        {"units": {"a": {**GOOD_UNIT, "area": "62990"}}},
        {"units": {"a": {**GOOD_UNIT, "aliases": ["甲", "甲"]}}},
        {"units": {"a": {"name": "甲市"}}},
    ],
)
def test_units_schema_refuses(data: Any) -> None:
    """Unknown keys, kinds, ids with capitals or dots, numbers for codes, padding and repeats are refused."""
    assert not fits("units", data)


@pytest.mark.parametrize(
    "data",
    [
        {"people": {}},
        {"people": {"a..b": GOOD_PERSON}},
        {"people": {"1a": GOOD_PERSON}},
        {"people": {"a": {**GOOD_PERSON, "email": "a@example.org"}}},
        {"people": {"a": {**GOOD_PERSON, "roles": []}}},
        {"people": {"a": {**GOOD_PERSON, "roles": [{**GOOD_ROLE, "role": "boss"}]}}},
        {"people": {"a": {**GOOD_PERSON, "roles": [{**GOOD_ROLE, "from": "2015-8-5"}]}}},
        {"people": {"a": {**GOOD_PERSON, "roles": [{**GOOD_ROLE, "from": "20150805"}]}}},
        {"people": {"a": {**GOOD_PERSON, "roles": [{"unit": "a", "role": "clerk"}]}}},
        {"people": {"a": {**GOOD_PERSON, "forge": {"gitea": "1"}}}},
        {"people": {"a": {**GOOD_PERSON, "forge": {"gitea": 0}}}},
        {"people": {"a": {**GOOD_PERSON, "forge": {"gitlab": 1}}}},
        {"people": {"a": {**GOOD_PERSON, "keys": [{**GOOD_KEY, "ssh": "-----BEGIN OPENSSH PRIVATE KEY-----"}]}}},
        {"people": {"a": {**GOOD_PERSON, "keys": [{**GOOD_KEY, "ssh": "ssh-ed25519 AAAA\nssh-ed25519 BBBB"}]}}},
    ],
)
def test_people_schema_refuses(data: Any) -> None:
    """E-mail as identity, unknown roles and forges, loose dates, private keys and two keys in one are refused."""
    assert not fits("people", data)
