from __future__ import annotations

import json
from typing import Any

import pytest

from huiyin.model.problem import HuiyinError
from huiyin.repo.git import open_source
from huiyin.repo.schemas import SCHEMA_NAMES, Schema, load_schema, pointer_of
from tests.cases import PROJECT, Story
from tests.repository import Repository


@pytest.fixture(scope="module")
def schema() -> Schema:
    """The compiled schema of cases."""
    return load_schema(open_source(PROJECT), "case")


def changed(path: list[str | int], value: Any) -> dict[str, Any]:
    """A sound document with one value replaced, or removed if it is ``...``."""
    story = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").answered("2026-11-18 10:00")
    document: dict[str, Any] = json.loads(json.dumps(story.data()))
    node: Any = document
    for part in path[:-1]:
        node = node[part]
    if value is ...:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return document


@pytest.mark.parametrize("name", SCHEMA_NAMES)
def test_shipped_schemas_compile(name: str) -> None:
    """All public contracts are valid JSON Schema with an identifier of their own."""
    compiled = load_schema(open_source(PROJECT), name)
    assert f"urn:huiyin:schema:{name}" == compiled.document["$id"]


def test_a_sound_document_has_no_problem(schema: Schema) -> None:
    """What the builder makes is valid."""
    assert [] == schema.find_problems(changed(["title"], "标题"), "x")


@pytest.mark.parametrize(
    ("path", "value", "pointer", "words"),
    [
        (["title"], ..., "", "缺少必填字段：title（标题）"),
        (["colour"], "red", "", "有不认识的字段：colour"),
        (["channel"], "fax", "/channel", "“渠道”只能取：people、portal、service"),
        (["real_name"], "是", "/real_name", "“是否实名”应为true 或 false"),
        (["title"], "", "/title", "不能少于1字"),
        (["received_at"], "2026-11-16 09:00", "/received_at", "写法不合要求"),
        (["history"], False, "/history", "“历史数据”只能是 true"),
        (["events", 0, "unit"], ..., "/events/0", "缺少必填字段：unit（承办单位）"),
        (["events", 0, "basis"], 4, "/events/0", "缺少必填字段：concerns（被反映单位）"),
        (["events", 1, "reply"], "多余", "/events/1", "有不认识的字段：reply"),
        (["events", 2, "mode"], "private", "/events/2", "缺少必填字段"),
        (["events", 2, "public_note"], "说明", "/events/2/public_note", "不得填写"),
        (["events", 2, "marks"], ["privacy", "privacy"], "/events/2/marks", "重复"),
        (["events", 0, "type"], "asigned", "/events/0/type", "只能取"),
    ],
)
def test_what_is_wrong_is_told_in_chinese_with_its_place(
    schema: Schema, path: list[str | int], value: Any, pointer: str, words: str
) -> None:
    """The pointer leads to the field and the message names it by its title."""
    found = schema.find_problems(changed(path, value), "x")
    assert any(p.pointer == pointer and words in p.message for p in found), found
    assert {"HY201"} == {p.code for p in found}


def test_values_are_not_echoed(schema: Schema) -> None:
    """第十九条: what a citizen wrote does not get into the log of a check."""
    found = schema.find_problems(changed(["received_at"], "我的电话是甲乙丙"), "x")
    assert found
    assert not any("甲乙丙" in p.message for p in found)


def test_a_trailing_line_feed_is_not_overlooked(schema: Schema) -> None:
    """``$`` matches before a final line feed for one library and not for the other; the strict one decides."""
    assert schema.find_problems(changed(["procedure"], "gs-2015-115\n"), "x")


@pytest.mark.parametrize("text", ["{", '{"type": 5}', "[]"])
def test_a_schema_that_is_none(repository: Repository, text: str) -> None:
    """A damaged contract is named, not stumbled over."""
    repository.write("schema/case.schema.json", text)
    with pytest.raises(HuiyinError, match="HY402"):
        load_schema(open_source(repository.root), "case")


def test_pointers_are_escaped() -> None:
    """RFC 6901: ~ and / inside a name."""
    assert "/a~1b/~0c/0" == pointer_of(["a/b", "~c", 0])


@pytest.mark.parametrize("text", ["{}", "null", "3", "[" * 100_000, '{"type": "object", "properties": {}}'])
def test_a_damaged_schema_stops_every_command_alike(repository: Repository, text: str) -> None:
    """An emptied contract would let everything pass, and commands look for what it describes."""
    repository.add(Story())
    for name in ("case", "people"):
        broken = Repository(repository.root)
        kept = broken.write(f"schema/{name}.schema.json", text)
        for command in (("check",), ("show", "people-90000001"), ("record", "claimed", "people-90000001")):
            run = broken.huiyin(*command)
            assert (True, False) == (run.code in (1, 2), "HY999" in run.err), run.err
            assert "HY402" in run.err
        kept.write_bytes((PROJECT / kept.relative_to(broken.root)).read_bytes())


def test_what_is_damaged_is_told_without_english(repository: Repository) -> None:
    """The library that compiles schemas speaks English; the place says enough."""
    document = json.loads((PROJECT / "schema/case.schema.json").read_text("utf-8"))
    document["properties"]["title"]["minLength"] = "one"
    repository.write("schema/case.schema.json", json.dumps(document))
    with pytest.raises(HuiyinError) as caught:
        load_schema(open_source(repository.root), "case")
    assert ("HY402", "模式文件本身不合规范，错处在 /properties/title/minLength。") == (
        caught.value.problems[0].code,
        caught.value.problems[0].message,
    )


def test_one_field_is_told_once(schema: Schema) -> None:
    """A time that is none breaks its pattern and its format."""
    found = schema.find_problems(changed(["received_at"], "昨天"), "x")
    assert ["/received_at"] == [p.pointer for p in found]
