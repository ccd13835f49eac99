import string
from typing import Any

import pytest
import yaml
from hypothesis import example, given

from huiyin.model.event import EVENT_TYPES
from huiyin.model.problem import HuiyinError
from huiyin.repo.canonical import CASE_KEYS, HEADER, append_event, canonical, emit, emit_event, is_canonical
from huiyin.repo.yaml import parse_mapping
from tests.repo.documents import CASE_TEXT, CASES, DOCUMENTS, EVENTS, TEXTS


class OtherReader(yaml.SafeLoader):
    """PyYAML's own reading of YAML 1.1, but for timestamps, which Huiyin keeps as strings."""


OtherReader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str) -> dict[str, Any]:
    """Read a text as the strict dialect does."""
    return parse_mapping(text.encode(), path="x")


def test_the_layout_of_the_design() -> None:
    """A whole case is laid out as in design §3, whatever the order of its keys."""
    case = read(CASE_TEXT)
    assert CASE_TEXT == canonical(case)
    shuffled = {key: case[key] for key in reversed(case)}
    shuffled["events"] = [{key: event[key] for key in reversed(event)} for event in case["events"]]
    shuffled["source"] = dict(reversed(case["source"].items()))
    assert CASE_TEXT == canonical(shuffled)


def test_only_the_canonical_bytes_are_canonical() -> None:
    """Another order, a comment, a missing last line feed: all mean the same and are not canonical."""
    case = read(CASE_TEXT)
    assert is_canonical(CASE_TEXT.encode(), case)
    assert not is_canonical(CASE_TEXT.removesuffix("\n").encode(), case)
    assert not is_canonical(CASE_TEXT.replace("basis: 5", "basis: 5  # 第五条").encode(), case)
    assert not is_canonical(
        CASE_TEXT.replace("real_name: true\ncontactable: true", "contactable: true\nreal_name: true").encode(), case
    )


@given(DOCUMENTS)
def test_what_is_written_is_read_again(document: dict[str, Any]) -> None:
    """parse(emit(x)) == x, types and order of keys included."""
    assert repr(document) == repr(read(emit(document)))


@given(DOCUMENTS)
def test_writing_again_changes_nothing(document: dict[str, Any]) -> None:
    """emit(parse(text)) == text for each text that emit() wrote."""
    text = emit(document)
    assert text == emit(read(text))


@given(DOCUMENTS)
def test_another_reader_agrees(document: dict[str, Any]) -> None:
    """What YAML 1.1 would take for another value is quoted, so PyYAML's own loader reads the same."""
    assert document == yaml.load(emit(document), Loader=OtherReader)  # noqa: S506 - a SafeLoader


@given(CASES)
def test_the_canonical_form_is_stable(case: dict[str, Any]) -> None:
    """canonical() changes only the order, and its own text is canonical."""
    text = canonical(case)
    assert case == read(text)
    assert is_canonical(text.encode(), read(text))


@given(CASES, EVENTS)
@example({"events": []}, {"type": "claimed"})
@example({"title": "events: []", "events": []}, {"type": "claimed"})
@example({"events": [{"type": "x", "note": "a\n\n"}]}, {"type": "claimed"})
@example({"body": "x\nevents:\n  - type: y\n", "events": []}, {"type": "claimed"})
def test_appending_is_appending_text(case: dict[str, Any], event: dict[str, Any]) -> None:
    """Design §1.1: the longer file begins with the shorter one, and is what canonical() would have written."""
    before = canonical(case)
    after = append_event(before, event)
    assert after.startswith(before.removesuffix(" []\n") if not case["events"] else before)
    assert {**case, "events": [*case["events"], event]} == read(after)
    assert canonical({**case, "events": [*case["events"], event]}) == after


@pytest.mark.parametrize(
    "text",
    [
        "id: a\n",
        "id: a\nevents:\n",
        "id: a\nevents: [{type: a}]\n",
        "id: a\nevents:\n- type: a\n",
        "id: a\nevents:\n  - type: a",
        "id: a\nevents:\n  - type: a\ntitle: b\n",
        "id: a\nevents:\n  - type: a\n# 注释\n",
        "id: a\nevents: []",
        "",
    ],
)
def test_appends_to_nothing_but_a_canonical_tail(text: str) -> None:
    """Where the events are not the last key in canonical layout, appended text could change their meaning."""
    with pytest.raises(HuiyinError, match="HY112"):
        append_event(text, {"type": "claimed"})


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("兰州", "兰州"), ("li.na", "li.na"), ("2026年11月", "2026年11月"), ("他说“好”", "他说“好”"), ("a-b", "a-b"),
        ("2026-11-20", "2026-11-20"), ("2026-11-20T09:12:00+08:00", "2026-11-20T09:12:00+08:00"),
        ("2026-11-20T01:12:00Z", "2026-11-20T01:12:00Z"), ("2026-13-45", '"2026-13-45"'), ("18245531", '"18245531"'),
        ("no", '"no"'), ("Y", '"Y"'), ("On", '"On"'), ("null", '"null"'), ("~", '"~"'), ("", '""'), ("012", '"012"'),
        ("12:30:45", '"12:30:45"'), ("1e3", '"1e3"'), ("0x1F", '"0x1F"'), (".5", '".5"'), ("-", '"-"'), ("=", '"="'),
        (" a", '" a"'), ("a ", '"a "'), ("\u3000a", '"\u3000a"'), ("a: b", '"a: b"'), ("a #b", '"a #b"'),
        ("a,b", '"a,b"'), ("a?", '"a?"'), ("吗\uff1f", "吗\uff1f"),
        ("\n", '"\\n"'), ('"', '"\\""'), ("\\", "\"\\\\\""), ("𠜎👍", "𠜎👍"), (True, "true"), (None, "null"),
        (-5, "-5"), (0.5, "0.5"), ([], "[]"), ({}, "{}"), (["a", "no"], '[a, "no"]'), ({"on": 1}, '{"on": 1}'),
        ("a\nb", "|-\n  a\n  b"), ("a\n", "|\n  a"), ("a\n\n", "|+\n  a\n"), (" a\nb", "|2-\n   a\n  b"),
        ("\na\n", "|2\n\n  a"), ([["a"]], "\n  - [a]"), ([{"a": 1}], "\n  - a: 1"), ({"a": {"b": 1}}, "\n  a: {b: 1}"),
        ({"a": "b\nc"}, "\n  a: |-\n    b\n    c"), (["b\nc"], "\n  - |-\n    b\n    c"),
        ([{}, []], "\n  - {}\n  - []"),
        (["甲" * 60] * 2, f"\n  - {'甲' * 60}\n  - {'甲' * 60}"), ({"a": "甲" * 99}, f"\n  a: {'甲' * 99}"),
    ],
)  # fmt: skip
def test_each_value_has_one_way_to_be_written(value: object, written: str) -> None:
    """Strings are plain only where every reader takes them for strings; see the module's docstring for the layout."""
    text = emit({"k": value})
    assert f"{HEADER}k:{'' if written.startswith(chr(10)) else ' '}{written}\n" == text
    assert {"k": value} == read(text)


@pytest.mark.parametrize("hidden", ["\t", "\r", "\u200b", "\u202e", "\u2028", "\x00", "\ufeff", "\ue000", "\ud800"])
def test_writes_no_hidden_character(hidden: str) -> None:
    """What parse() would refuse is never written, in values or keys, in a case or an appended event."""
    with pytest.raises(HuiyinError, match="HY105"):
        emit({"a": f"x{hidden}y"})
    with pytest.raises(HuiyinError, match="HY105"):
        canonical({f"x{hidden}y": 1})
    with pytest.raises(HuiyinError, match="HY105"):
        append_event("id: a\nevents: []\n", {"note": f"x\n{hidden}y"})


@pytest.mark.parametrize("value", [10**18, 1e300, float("nan"), float("inf"), 1e-7])
def test_writes_no_number_that_would_be_read_as_text(value: float) -> None:
    """Numbers outside the dialect are an error of the program, not a silent string."""
    with pytest.raises(ValueError, match="strict YAML"):
        emit({"a": value})


def test_writes_no_other_types() -> None:
    """Times and dates are strings in the record, so an object is an error of the program."""
    with pytest.raises(TypeError, match="strict YAML"):
        emit({"a": object()})


@given(TEXTS)
def test_an_unknown_or_broken_case_still_has_a_canonical_form(text: str) -> None:
    """A case that the schema refuses can be formatted all the same: unknown keys stand last, before the events."""
    case = {"zz" + text: 1, "events": text, "source": text, "id": text}
    assert ["id", "source", "zz" + text, "events"] == list(read(canonical(case)))
    assert [text, {"type": [text], "by": text}] == read(canonical({"events": [text, {"by": text, "type": [text]}]}))[
        "events"
    ]


def test_events_keep_the_order_of_their_class() -> None:
    """Type, time and actor come first, then the fields of the event's class, the note last."""
    event = dict.fromkeys(["note", "reply", "mode", "handling", "by", "at", "zz"], "x") | {"type": "answered"}
    keys = [line[4:].split(":")[0] for line in emit_event(event).splitlines()]
    assert ["type", "at", "by", "mode", "reply", "handling", "note", "zz"] == keys


def test_event_types_and_case_keys_need_no_quotes() -> None:
    """The schema's own words read well in a diff."""
    assert all(set(word) <= set(string.ascii_lowercase + "_") for word in (*CASE_KEYS, *EVENT_TYPES))
