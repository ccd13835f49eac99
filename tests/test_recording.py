from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from huiyin.model.event import EVENT_TYPES
from huiyin.model.moment import timestamp
from huiyin.model.problem import HuiyinError, Problem
from huiyin.model.unit import Holding, Person, Role
from huiyin.recording.batch import append, find_introduced
from huiyin.recording.draft import Draft, event_for
from huiyin.recording.fields import DERIVED, Kind, case_fields, event_fields, missing_names
from huiyin.recording.formatting import find_comments, format_file
from huiyin.recording.outlook import approvers, event_approvals
from huiyin.recording.redaction import redact
from huiyin.recording.registration import choose_procedure, find_twins
from huiyin.repo import yaml
from huiyin.repo.canonical import canonical
from huiyin.repo.lock import locked
from huiyin.repo.source import FolderSource
from huiyin.rules.registry import Registry
from tests.cases import PROJECT, REPLY, Story, procedure, rulebook
from tests.repo.documents import ALLOWED, CASES, TRICKY
from tests.repository import NOW, Repository

SCHEMA: dict[str, Any] = json.loads((PROJECT / "schema/case.schema.json").read_text(encoding="utf-8"))
CHINESE = st.text("甲乙丙丁，。：“”\"'\\#- \n\u3000", min_size=1, max_size=60).filter(lambda t: t.strip() != "")


def moment(text: str) -> datetime:
    """A moment in Beijing."""
    return datetime.fromisoformat(f"{text.replace(' ', 'T')}:00+08:00")


def claim(person: str = "lanzhou.clerk", unit: str | None = None) -> Draft:
    """认领 by a person."""
    return Draft(type="claimed", at=moment("2026-11-23 10:00"), person=person, unit=unit)


# Fields from the schema


@pytest.mark.parametrize("event", EVENT_TYPES)
def test_each_property_of_an_event_is_one_field(event: str) -> None:
    """A field added to the schema becomes an option without a change to the program."""
    fields = event_fields(SCHEMA, event)
    assert set(SCHEMA["$defs"][event]["properties"]) - DERIVED == {f.name for f in fields}
    assert len(fields) == len({f.option for f in fields})
    assert all(re.search(r"[一-鿿]", f.title) for f in fields)


def test_fields_know_how_they_are_typed() -> None:
    """Units, dates, choices of numbers, lists and mappings are told apart by the schema alone."""
    kinds = {(e, f.name): (f.kind, f.many, f.option) for e in EVENT_TYPES for f in event_fields(SCHEMA, e)}
    assert (Kind.UNIT, False, "--unit") == kinds["assigned", "unit"]
    assert (Kind.UNIT, True, "--assisting") == kinds["assigned", "assisting"]
    assert (Kind.CHOICE, False, "--basis") == kinds["assigned", "basis"]
    assert (Kind.LINE, True, "--topic") == kinds["assigned", "topics"]
    assert (Kind.CHOICE, True, "--mark") == kinds["answered", "marks"]
    assert (Kind.OBJECT, True, "--handling") == kinds["answered", "handling"]
    assert (Kind.TEXT, False, "--public-note") == kinds["answered", "public_note"]
    assert (Kind.DATE, False, "--due") == kinds["extended", "due"]
    assert (Kind.LINE, False, "--leader") == kinds["instructed", "leader"]
    assert (3, 4, 5) == next(f.choices for f in event_fields(SCHEMA, "assigned") if f.name == "basis")


def test_a_message_is_described_by_its_fields() -> None:
    """What follows from other things is not asked for; what stands in ``source`` is."""
    assert [
        *(("procedure",), ("channel",), ("source", "reference"), ("source", "url"), ("received_at",), ("real_name",)),
        *(("contactable",), ("clear_matter",), ("title",), ("body",)),
    ] == [f.place for f in case_fields(SCHEMA)]


@pytest.mark.parametrize(
    ("event", "data", "missing"),
    [
        ("assigned", {}, ["unit", "basis", "complexity"]),
        ("assigned", {"unit": "a", "basis": 4, "complexity": "simple"}, ["concerns"]),
        ("assigned", {"unit": "a", "basis": 3, "complexity": "simple"}, []),
        ("declined", {"reason": "duplicate"}, ["duplicate_of"]),
        ("declined", {"reason": "unclear"}, []),
        ("answered", {}, ["mode", "publisher", "reply"]),
        ("answered", {"mode": "public", "publisher": "a"}, ["reply"]),
        ("answered", {"mode": "private", "publisher": "a"}, ["public_note", "delivered_by"]),
        ("answered", {"mode": "explanation", "publisher": "a"}, ["reply", "reason"]),
        ("claimed", {}, []),
    ],
)
def test_what_is_missing_follows_from_what_is_there(event: str, data: dict[str, Any], missing: list[str]) -> None:
    """第二十条 and others: a value may make another field necessary."""
    known = {"type": event, "at": "", "by": {}}
    assert missing == missing_names(SCHEMA["$defs"][event], {**known, **data})


# Drafts


def two_units() -> Registry:
    """The shipped registry and a clerk of two cities, who also heads a third."""
    start = date(2015, 8, 5)
    holdings = tuple(
        Holding(u, r, start) for u, r in (("lanzhou", Role.CLERK), ("linxia", Role.CLERK), ("dingxi", Role.HEAD))
    )
    return replace(
        rulebook().registry, people={**rulebook().registry.people, "demo": Person("demo", "演示人员", holdings)}
    )


def test_the_unit_follows_from_the_role_that_the_event_needs() -> None:
    """第七条: a clerk of several units acts for the one that is responsible."""
    for unit in ("lanzhou", "linxia"):
        case = Story().assigned("2026-11-16 10:00", unit).replay()
        assert {"unit": unit, "person": "demo"} == event_for(claim("demo"), case, two_units())["by"]


def test_a_unit_that_cannot_be_told_is_asked_for() -> None:
    """Where none of several units is the responsible one, the forms that can be written are named."""
    case = Story().assigned("2026-11-16 10:00", "tianshui").replay()
    with pytest.raises(HuiyinError, match="demo@lanzhou、demo@linxia") as error:
        event_for(claim("demo"), case, two_units())
    assert ["HY943"] == [p.code for p in error.value.problems]


@pytest.mark.parametrize(
    ("person", "unit", "expected"),
    [
        ("demo", "linxia", "linxia"),  # what is written counts; replay judges it
        ("tianshui.clerk", None, "tianshui"),  # the only unit where the role is held: HY304 names the right one
        ("lanzhou.head", None, "lanzhou"),  # holds the role nowhere: HY307 says so for the right unit
    ],
)
def test_a_wrong_person_is_left_to_replay(person: str, unit: str | None, expected: str) -> None:
    """第六至八条: drafting never hides who really recorded an event."""
    case = Story().assigned("2026-11-16 10:00").replay()
    assert expected == event_for(claim(person, unit), case, two_units())["by"]["unit"]


def test_the_publisher_is_that_of_the_responsible_unit() -> None:
    """第二十条: nobody has to type the name, and who does is not overruled."""
    case = Story().assigned("2026-11-16 10:00", "zhangye").claimed("2026-11-16 11:00").replay()
    draft = Draft(type="answered", at=moment("2026-11-23 10:00"), person="zhangye.clerk", fields={"mode": "public"})
    assert "张掖市人民政府办公室" == event_for(draft, case, rulebook().registry)["publisher"]
    typed = replace(draft, fields={"mode": "public", "publisher": "别的名义"})
    assert "别的名义" == event_for(typed, case, rulebook().registry)["publisher"]


@pytest.mark.parametrize("moment_", ["2026-11-23T02:00:00+00:00", "1988-07-01T10:00:00+08:00"])
def test_times_are_written_with_the_offset_of_the_schema(moment_: str) -> None:
    """+08:00 always, in summers of the past too, when Asia/Shanghai had another offset."""
    written = timestamp(datetime.fromisoformat(moment_))
    assert re.fullmatch(SCHEMA["$defs"]["timestamp"]["pattern"], written)
    assert datetime.fromisoformat(moment_) == datetime.fromisoformat(written)


# Appending


@given(notes=st.lists(CHINESE, max_size=4), title=CHINESE.map(lambda t: " ".join(t.split()) or "甲"))
def test_appending_leaves_every_byte_before(notes: list[str], title: str) -> None:
    """Design §1.1: the file grows at its end; the event before is where it was."""
    story = Story(facts={"title": title})
    data = canonical(story.data()).encode()
    for number, note in enumerate(notes):
        event = {"type": "claimed", "at": "2026-11-16T11:00:00+08:00", "by": {"unit": "lanzhou"}, "note": note}
        before, data = data, append(data, event).encode()
        assert data.startswith(before.removesuffix(b" []\n"))
        assert number + 1 == len(yaml.parse_mapping(data, path="")["events"])
    document = yaml.parse_mapping(data, path="")
    assert notes == [e["note"] for e in document["events"]]
    assert canonical(document).encode() == data


def test_only_new_problems_count() -> None:
    """Design §7: what was wrong before does not block, and the same mistake made again does."""
    old = Problem("HY323", "答复过短", pointer="/events/1/reply", line=7)
    moved, other = replace(old, line=9), replace(old, pointer="/events/2/reply")
    assert [] == find_introduced([old], [moved])
    assert [other] == find_introduced([old], [moved, other])
    assert [moved] == find_introduced([old], [moved, moved])
    assert [old] == find_introduced([], [old])


# Who approves


@pytest.mark.parametrize(
    ("story", "fields", "expected"),
    [
        (Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00"), {"mode": "public"}, ["unit_head"]),
        (
            Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00"),
            {"mode": "explanation"},
            ["unit_head", "dispatcher_reviewer"],
        ),
        (
            Story(channel="portal").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00"),
            {"mode": "public"},
            ["unit_head"],
        ),
    ],
)
def test_approvals_follow_route_and_mode(story: Story, fields: dict[str, str], expected: list[str]) -> None:
    """第九(三)、十(二)、二十条: the head signs; an explanation needs the dispatcher's consent too."""
    before, after = story.replay(), story.answered("2026-11-18 10:00").replay()
    seats = event_approvals(before, after, {"type": "answered", **fields})
    assert expected == [s.actor for s in seats]
    assert "lanzhou" == seats[0].unit
    assert [s.stricter for s in seats] == [story.channel == "portal", False][: len(seats)]


def test_nobody_approves_what_they_wrote() -> None:
    """Design §3: the author is never among those who may approve."""
    before = Story().replay()
    after = Story().assigned("2026-11-16 10:00").replay()
    [seat] = event_approvals(before, after, {"type": "assigned"})
    day = date(2026, 11, 23)
    assert ["wangzhan.reviewer"] == [p.id for p in approvers(seat, rulebook().registry, day, "wangzhan.clerk")]
    assert [] == list(approvers(seat, rulebook().registry, day, "wangzhan.reviewer"))


# Redaction


def redaction(pointers: list[str], **fields: Any) -> dict[str, Any]:
    """隐去."""
    by = {"unit": "wangzhan", "person": "wangzhan.clerk"}
    return {
        "type": "redacted",
        "at": "2026-11-23T10:00:00+08:00",
        "by": by,
        "pointers": pointers,
        "kind": "手机号",
        **fields,
    }


def answered() -> tuple[bytes, dict[str, Any]]:
    """A case in which a planted number stands in the body and the reply."""
    story = Story(facts={"body": "请联系 00000000001。\n或 00000000001。\n"}).assigned("2026-11-16 10:00")
    story.claimed("2026-11-16 11:00").answered("2026-11-18 10:00", reply=f"{REPLY}\n电话00000000001。\n")
    return canonical(story.data()).encode(), story.data()


def test_redaction_replaces_each_occurrence_where_it_points_and_nothing_else() -> None:
    """第十九条: the one event that may change earlier text, by removing it; what else holds it is named."""
    data, document = answered()
    text, problems = redact(data, document, redaction(["/body"]), "00000000001")
    mark = "〔已隐去：手机号〕"
    expected = {
        **document,
        "body": f"请联系 {mark}。\n或 {mark}。\n",
        "events": [*document["events"], redaction(["/body"])],
    }
    assert expected == yaml.parse_mapping(text.encode(), path="")
    assert [("HY952", "/events/2/reply")] == [(p.code, p.pointer) for p in problems]
    both, problems = redact(data, document, redaction(["/body", "/events/2/reply"]), "00000000001")
    assert ("00000000001" in both, []) == (False, problems)


@pytest.mark.parametrize(
    ("event", "secret", "code"),
    [
        (redaction(["/title"]), "00000000001", "HY948"),
        (redaction(["/body", "/title"]), "00000000001", "HY948"),
        (redaction(["/events/7/reply"]), "00000000001", "HY948"),
        (redaction(["/events/2/handling/0/note"]), "00000000001", "HY948"),
        (redaction(["/body"], reason="写有00000000001"), "00000000001", "HY949"),
        (redaction(["/body"]), "00000000002", "HY948"),
    ],
)
def test_redaction_that_cannot_be_is_refused_without_saying_what(event: dict[str, Any], secret: str, code: str) -> None:
    """第十九条: a refusal must not leak what should be hidden."""
    data, document = answered()
    with pytest.raises(HuiyinError) as error:
        redact(data, document, event, secret)
    assert {code} == {p.code for p in error.value.problems}
    assert "0000000000" not in repr(error.value.problems)


def test_redaction_refuses_a_file_whose_form_it_would_change() -> None:
    """Nothing else changes, so a file that is not canonical must be put into form first."""
    data, document = answered()
    with pytest.raises(HuiyinError) as error:
        redact(data.replace(b"title: ", b"title:  "), document, redaction(["/body"]), "00000000001")
    assert ["HY112"] == [p.code for p in error.value.problems]


def test_a_draft_does_not_show_its_secret() -> None:
    """A log or traceback that prints the draft must not print what is to be hidden."""
    assert "00000000001" not in repr(replace(claim(), hide="00000000001"))


# Registration


def test_the_only_procedure_is_the_default_even_after_its_term() -> None:
    """第二十四条: rules that have lapsed still run until others are written down."""
    assert "gs-2015-115" == choose_procedure(rulebook(), moment("2026-11-23 10:00"))


def test_of_several_procedures_the_one_in_force_is_taken() -> None:
    """第二十三、二十四条: by the day received; else the choice is named and left to the clerk."""
    newer = replace(procedure(), id="gs-2026-1", in_force_from=date(2026, 1, 1), in_force_until=None)
    both = replace(rulebook(), procedures={p.id: p for p in (procedure(), newer)})
    assert "gs-2015-115" == choose_procedure(both, moment("2019-11-23 10:00"))
    assert "gs-2026-1" == choose_procedure(both, moment("2026-01-01 00:00"))
    local = replace(newer, id="lz-2026-1")
    three = replace(both, procedures={**both.procedures, local.id: local})
    for rules, day, names in [
        (both, "2022-11-23 10:00", "gs-2015-115、gs-2026-1"),
        (three, "2026-11-23 10:00", "gs-2026-1、lz-2026-1"),
    ]:
        with pytest.raises(HuiyinError, match=names) as error:
            choose_procedure(rules, moment(day))
        assert ["HY951"] == [p.code for p in error.value.problems]


@given(body=st.text(ALLOWED, min_size=1, max_size=80) | TRICKY | CHINESE, spaces=st.text(" \n\u3000", max_size=3))
def test_the_quick_look_never_misses_a_twin(tmp_path_factory: pytest.TempPathFactory, body: str, spaces: str) -> None:
    """Duplicates are found in spite of white space, whatever the canonical form does to quotes and backslashes."""
    if not body.strip():
        body = f"甲{body}"
    root = tmp_path_factory.mktemp("twins")
    (root / "schema").symlink_to(PROJECT / "schema")
    path = root / "cases/2026/11/16/people-90000001.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(canonical(Story(facts={"body": body}).data()), encoding="utf-8")
    other = spaces.join(body)

    class Schemas(FolderSource):
        """Reads the schema through the link, which a record must not be."""

        def read(self, path: str) -> bytes:
            return (self.root / path).read_bytes()

    found = list(find_twins(Schemas(root), [str(path.relative_to(root))], Story().case().title, other))
    assert ["people-90000001"] == [c.id for c in found]


# Canonical form


@given(document=CASES, width=st.sampled_from([20, 80, 10_000]), flow=st.sampled_from([True, False, None]))
def test_another_writer_s_yaml_gets_the_canonical_form(document: dict[str, Any], width: int, flow: bool | None) -> None:
    """Order, quotes, folding, block or flow: any form with the same content ends as the one form."""
    text = pyyaml.dump(document, allow_unicode=True, width=width, default_flow_style=flow, sort_keys=True)
    try:
        before = yaml.parse_mapping(text.encode(), path="")
        expected = canonical(before)
    except (HuiyinError, ValueError):
        return  # tags, anchors, directives: not the dialect
    formatted = format_file("cases/a.yaml", text.encode())
    assert ((), expected) == (formatted.problems, formatted.text)


@given(document=CASES)
def test_a_hash_in_a_text_is_no_comment(document: dict[str, Any]) -> None:
    """Only what YAML itself calls a comment stops the rewriting."""
    assert [] == list(find_comments(canonical(document)))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a: 1 # x\n", [1]),
        ("# x\na: 1\n", [1]),
        ("a: 1\n# x\n", [2]),
        ("a: | # x\n  b # no\n  c\n# y\n", [1, 4]),
        ("a: # x\n  - b\n  # y\n  - '#'\n", [1, 3]),
        ("a: {b: c} # x\n", [1]),
        ('a: "b # no" # x\n', [1]),
        ("# yaml-language-server: $schema=x\na: b#c\n", []),
        ("a: >-\n  b\n\n  # no\nc: 𠜎 # x\n", [5]),
    ],
)
def test_comments_are_found(text: str, lines: list[int]) -> None:
    """Each kind of place that YAML has for a comment."""
    assert lines == list(find_comments(text))


# One writer at a time


def test_the_lock_gives_up_with_a_message(tmp_path: Path) -> None:
    """A clerk must not wait for ever for a command that hangs."""
    with locked(tmp_path), pytest.raises(HuiyinError) as error, locked(tmp_path, patience=0.1):
        pass
    assert ["HY950"] == [p.code for p in error.value.problems]
    with locked(tmp_path, patience=0.1):
        pass  # freed again


def test_git_ignores_the_lock(repository: Repository) -> None:
    """The lock's folder keeps itself out of every commit, whatever the repository ignores."""
    repository.git("init", "-q")
    with locked(repository.root):
        assert ".huiyin" not in repository.git("status", "--short")


def test_a_lock_that_cannot_be_made_is_told(repository: Repository) -> None:
    """A file where the folder should be."""
    repository.write(".huiyin", "")
    with pytest.raises(HuiyinError) as error, locked(repository.root):
        pass
    assert ["HY906"] == [p.code for p in error.value.problems]


def test_commands_at_the_same_time_lose_no_event(repository: Repository) -> None:
    """Eight clerks, one case: every event is there, each file was read after the one before had written."""
    path = repository.add(Story().assigned("2026-11-16 10:00"))
    command = "record instructed people-90000001 --by shengban.clerk --leader 省政府主要领导（演示） --instruction"
    environment = {**os.environ, "HUIYIN_AS_OF": NOW, "HUIYIN_ROOT": str(repository.root)}
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "huiyin.cli.main", *command.split(" "), f"第{number}件"],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )
        for number in range(8)
    ]  # fmt: skip
    assert [(b"", 0)] * 8 == [(p.communicate(timeout=120)[1], p.returncode) for p in running]
    events = yaml.parse_mapping(path.read_bytes(), path="")["events"]
    assert {f"第{number}件" for number in range(8)} == {e["instruction"] for e in events[1:]}
