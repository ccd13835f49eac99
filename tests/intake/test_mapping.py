"""Mappings are data: the shipped ones hold, and broken ones are named where they break."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from huiyin.intake.library import load_mapping, mapping_names
from huiyin.intake.mapping import CASE_FIELDS, HISTORY_FIELDS, IntakeMapping
from huiyin.intake.table import Header, header_key
from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo.source import FolderSource
from tests.cases import PROJECT
from tests.repository import Repository

SHIPPED = FolderSource(PROJECT)
MAPPING = """\
title: 演示映射
channels: [people]
procedure: gs-2015-115
times: ["%Y-%m-%d"]
personal: [姓名, 电话]
fields:
  reference: {column: 编号}
  received_at: {column: 时间}
  real_name: {filled: 姓名}
  contactable: {filled: [电话, 邮箱], optional: true}
  title: {columns: [标题, 主题]}
  body: {column: 内容}
"""


def problems_of(repository: Repository, text: str) -> list[Problem]:
    """What is wrong with a mapping."""
    repository.write("rules/intake/demo.yaml", text)
    with pytest.raises(HuiyinError) as caught:
        load_mapping(FolderSource(repository.root), "demo")
    return list(caught.value.problems)


def mapping(repository: Repository) -> IntakeMapping:
    """The mapping of this module."""
    repository.write("rules/intake/demo.yaml", MAPPING)
    return load_mapping(FolderSource(repository.root), "demo")


@pytest.mark.parametrize("name", mapping_names(SHIPPED))
def test_shipped_mappings_hold(name: str) -> None:
    """Each passes its schema and contradicts itself nowhere."""
    assert load_mapping(SHIPPED, name).fields.keys() >= {"reference", "received_at", "title", "body"}


def test_the_platforms_and_the_ledger_have_mappings() -> None:
    """第一条: one for each platform, one for past years, one for the public sample."""
    assert ["history", "leader-board-sample", "people", "portal", "service"] == sorted(mapping_names(SHIPPED))


@pytest.mark.parametrize("name", ["people", "portal", "service", "history", "leader-board-sample"])
def test_no_shipped_mapping_copies_names_or_contacts(name: str) -> None:
    """第十九条: the personal columns are named, and read by nothing but ``filled``."""
    shipped = load_mapping(SHIPPED, name)
    read = {header_key(n) for spec in shipped.fields.values() for n in spec.columns}
    assert shipped.personal
    assert set() == read & {header_key(n) for n in shipped.personal}


def test_the_schema_explains_each_field_in_chinese() -> None:
    """Draft 2020-12, every property with title and description, every field of the program among them."""
    schema = json.loads((PROJECT / "schema" / "intake.schema.json").read_text(encoding="utf-8"))
    jsonschema_rs.meta.validate(schema)
    assert "https://json-schema.org/draft/2020-12/schema" == schema["$schema"]
    assert list(CASE_FIELDS) == list(schema["properties"]["fields"]["properties"])
    assert sorted(HISTORY_FIELDS) == sorted(schema["properties"]["history"]["properties"])

    def unexplained(node: object, path: str) -> list[str]:
        found = []
        if isinstance(node, dict):
            for name, child in node.get("properties", {}).items():
                if "$ref" not in child and not ({"title", "description"} <= child.keys()):
                    found.append(f"{path}/{name}")
            for name, child in node.items():
                found += unexplained(child, f"{path}/{name}")
        return found

    assert [] == unexplained(schema, "")


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("{filled: 姓名}", "{filled: 姓名, value: true}", "HY507", 9),
        ("{column: 编号}", "{value: x}", "HY201", 7),
        ("{column: 编号}", "{optional: true}", "HY507", 7),
        ("{column: 时间}", "{same_as: received_at}", "HY507", 8),
        ("{columns: [标题, 主题]}", "{column: 姓 名}", "HY507", 11),
        ("{column: 内容}", "{}", "HY201", 12),
        ("channels: [people]", "channels: [weibo]", "HY201", 2),
        ('"%Y-%m-%d"', '"%y-%m-%d"', "HY201", 4),
        ("  body: {column: 内容}\n", "", "HY201", 6),
        ("title: 演示映射", "title: 演示映射\ntitle: 又一个", "HY106", 2),
    ],
)
def test_broken_mappings_are_named_with_their_line(
    repository: Repository, old: str, new: str, code: str, line: int
) -> None:
    """One problem, with path and line."""
    assert old in MAPPING
    (problem,) = problems_of(repository, MAPPING.replace(old, new))
    assert (code, "rules/intake/demo.yaml", line) == (problem.code, problem.path, problem.line)


def test_a_mapping_may_be_a_file_anywhere(repository: Repository, tmp_path: Path) -> None:
    """A path serves as well as a name; what is neither is answered with the names that exist."""
    path = tmp_path / "我的映射.yaml"
    path.write_text(MAPPING, encoding="utf-8")
    source = FolderSource(repository.root)
    assert "演示映射" == load_mapping(source, str(path)).title
    with pytest.raises(HuiyinError, match="leader-board-sample") as caught:
        load_mapping(source, "没有")
    assert "HY506" == caught.value.problems[0].code


def test_missing_columns_are_one_error_that_names_those_that_exist(repository: Repository) -> None:
    """Aliases are named together, optional columns not at all."""
    header = Header(
        1, ("编号", "时间", "标题", "姓名", "回复"), {n: (i,) for i, n in enumerate(("编号", "时间", "标题", "姓名"))}
    )
    with pytest.raises(HuiyinError) as caught:
        mapping(repository).bind(header, "表.csv")
    (problem,) = caught.value.problems
    assert "HY505" == problem.code
    assert "“内容”" in problem.message
    assert "电话" not in problem.message
    assert problem.message.endswith("表中现有的列：编号、时间、标题、姓名、回复。")


def test_a_column_that_stands_there_twice_is_not_guessed(repository: Repository) -> None:
    """Which of two columns called 编号 is meant?"""
    columns = {"编号": (0, 5), "时间": (1,), "主题": (2,), "姓名": (3,), "内容": (4,)}
    with pytest.raises(HuiyinError, match="出现了2次"):
        mapping(repository).bind(Header(1, tuple(columns), columns), "表.csv")


def test_aliases_are_tried_in_order(repository: Repository) -> None:
    """The first name that the file has."""
    columns = {"编号": (0,), "时间": (1,), "主题": (2,), "标题": (3,), "姓名": (4,), "内容": (5,)}
    bound = mapping(repository).bind(Header(1, tuple(columns), columns), "表.csv")
    assert {"title": 3, "body": 5, "contactable": None} == {k: bound[k] for k in ("title", "body", "contactable")}


def test_only_fields_that_need_not_come_from_rows_can_be_set(repository: Repository) -> None:
    """``--set body=…`` would make all messages alike; ``unit`` belongs to ledgers."""
    changed = mapping(repository).override({"real_name": "是", "procedure": "other"})
    assert ("是", "other") == (changed.fields["real_name"].value, changed.procedure)
    for name in ("body", "reference", "unit", "nonsense"):
        with pytest.raises(HuiyinError, match="HY508"):
            mapping(repository).override({name: "x"})
