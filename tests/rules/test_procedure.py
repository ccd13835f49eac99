from __future__ import annotations

import json

import pytest

from huiyin.model.case import Channel
from huiyin.model.event import EVENT_TYPES
from huiyin.model.unit import UnitKind
from huiyin.repo.schemas import Schema
from tests.cases import PROJECT, Story, procedure, rulebook

CASE_SCHEMA = json.loads((PROJECT / "schema/case.schema.json").read_text(encoding="utf-8"))


def test_three_channels() -> None:
    """第一条: the three places where messages are left, by their official names."""
    assert ["人民网“地方领导留言板”", "中国·甘肃“政民互动”", "甘肃政务服务网投诉"] == [c.label for c in Channel]
    assert set(Channel) == set(procedure().channels)


def test_dispatcher_follows_from_the_channel() -> None:
    """第六条: 网站管理中心 dispatches people and portal, 政务服务中心 dispatches service."""
    assert {"people": "wangzhan", "portal": "wangzhan", "service": "zhengwu"} == {
        channel.value: rule.dispatcher for channel, rule in procedure().channels.items()
    }


@pytest.mark.parametrize(
    ("channel", "kind", "route"),
    [
        (Channel.PEOPLE, UnitKind.CITY, "people-city"),
        (Channel.PEOPLE, UnitKind.DEPARTMENT, "people-department"),
        (Channel.PORTAL, UnitKind.CITY, "portal"),
        (Channel.PORTAL, UnitKind.DEPARTMENT, "portal"),
        (Channel.SERVICE, UnitKind.CITY, "service"),
        (Channel.SERVICE, UnitKind.DEPARTMENT, "service"),
        (Channel.PEOPLE, UnitKind.SUPERVISION, None),
    ],
)
def test_four_routes(channel: Channel, kind: UnitKind, route: str | None) -> None:
    """第九、十、十二条: the route follows from the channel and the kind of unit."""
    found = procedure().route_for(channel, kind)
    assert route == (found.name if found else None)


def test_basis_and_decline() -> None:
    """第三条、第四条、第五条: a message is admitted on one of them, or declined with a reason."""
    assert "handling" == Story(channel="service").assigned("2026-11-16 10:00", basis=3).replay().state
    declined = Story().declined("2026-11-16 10:00", "out_of_scope").replay()
    assert ("declined", True, ()) == (declined.state, declined.closed, declined.problems)
    schema = Schema(CASE_SCHEMA, "schema/case.schema.json")
    for basis in (2, 6):
        story = Story().assigned("2026-11-16 10:00", basis=basis)
        assert ["/events/0/basis"] == [p.pointer for p in schema.find_problems(story.data(), "x")]


def test_online_and_offline_steps_can_be_recorded() -> None:
    """第二、七条: investigation, verification and talks, on line and off, go with the answer."""
    steps = [
        {"day": "2026-11-17", "kind": "site_visit", "online": False, "note": "现场查看。（演示）"},
        {"day": "2026-11-18", "kind": "contact", "online": True, "note": "平台沟通。（演示）"},
    ]
    story = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    answer = story.answered("2026-11-18 10:00", handling=steps).replay().answer
    assert answer is not None
    assert [False, True] == [step.online for step in answer.handling]


def test_every_event_of_the_model_is_in_schema_and_procedure() -> None:
    """The three tables of events name the same ones."""
    in_schema = set(CASE_SCHEMA["properties"]["events"]["items"]["properties"]["type"]["enum"])
    assert set(EVENT_TYPES) == in_schema == set(procedure().events) - {"received"}


def test_fields_of_each_event_are_those_of_its_class() -> None:
    """The schema is the contract: what it allows, the model holds, and nothing else."""
    for name, cls in EVENT_TYPES.items():
        assert {"type", *cls.__dataclass_fields__} == set(CASE_SCHEMA["$defs"][name]["properties"]), name


def test_every_field_of_every_schema_has_a_chinese_title_and_description() -> None:
    """An editor shows them to whoever writes the file by hand."""
    bare = []

    def visit(node: object, where: str) -> None:
        if not isinstance(node, dict):
            return
        for name, field in node.get("properties", {}).items():
            if isinstance(field, dict) and "$ref" not in field and field != {"not": {}} and "if" not in where:
                told = all(any("\u4e00" <= c for c in field.get(key, "")) for key in ("title", "description"))
                if not told and set(field) - {"const", "enum"}:
                    bare.append(f"{where}/{name}")
            visit(field, f"{where}/{name}")
        for key in ("$defs", "items", "additionalProperties", "then", "else"):
            child = node.get(key)
            children = child.items() if key == "$defs" and isinstance(child, dict) else [("", child)]
            for name, value in children:
                visit(value, f"{where}/{key}/{name}")

    for path in sorted((PROJECT / "schema").glob("*.schema.json")):
        visit(json.loads(path.read_text(encoding="utf-8")), path.name)
    assert [] == bare


def test_approvers_of_each_event() -> None:
    """Design §3: who must sign, event by event, as the table of events says."""
    expected = {
        "received": {"dispatcher_reviewer"},
        "declined": {"dispatcher_reviewer"},
        "assigned": {"dispatcher_reviewer"},
        "claimed": set(),
        "misrouted": {"unit_head"},
        "answered": {"unit_head", "dispatcher_reviewer"},
        "published": {"dispatcher_reviewer"},
        "returned": {"dispatcher_reviewer"},
        "extended": {"unit_head", "dispatcher_reviewer"},
        "escalated": {"dispatcher_reviewer"},
        "instructed": {"office_head"},
        "supervised": {"supervision_head"},
        "criticised": {"office_head"},
        "corrected": {"unit_head", "dispatcher_reviewer"},
        "redacted": {"dispatcher_reviewer"},
        "withdrawn": {"dispatcher_reviewer"},
        "rated": set(),
    }
    assert expected == {name: {a.by for a in rule.approvals} for name, rule in procedure().events.items()}


def test_local_calendars_of_units_exist() -> None:
    """第十三条: 临夏州 and 甘南州 keep holidays of their own."""
    units = rulebook().registry.units.values()
    assert {"linxia", "gannan"} == {u.local_calendar for u in units if u.local_calendar}
