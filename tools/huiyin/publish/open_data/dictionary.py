"""The data dictionary: every field with type, Chinese title and meaning, from the schema and the allow-list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from huiyin.model.problem import HuiyinError, Problem
from huiyin.publish.open_data.fields import FIELDS, Field, Kind

SCHEMA = "schema/case.schema.json"


@dataclass(frozen=True, slots=True)
class Described:
    """One field as the dictionary tells it.

    Args:
        json, csv, parquet: its type there; ``csv`` is "" where the format leaves it out.
    """

    name: str
    title: str
    meaning: str
    optional: bool
    json: str
    csv: str
    parquet: str


_TYPES: Mapping[Kind, tuple[str, str, str]] = {
    Kind.TEXT: ("string", "文本", "string"),
    Kind.TEXTS: ("array of string", "文本，以“、”相连", "list<string>"),
    Kind.WHOLE: ("number", "整数", "int32"),
    Kind.TRUTH: ("boolean", "true 或 false", "bool"),
    Kind.DAY: ("string，年-月-日", "年-月-日", "date32"),
    Kind.MOMENT: ("string，ISO 8601，+08:00", "ISO 8601，+08:00", "timestamp[ms, Asia/Shanghai]"),
    Kind.CORRECTIONS: ("array of {at, reason}", "日期，以“、”相连", "list<struct<at, reason>>"),
    Kind.STEPS: ("array of {at, title, detail, article}", "", "list<struct<at, title, detail, article>>"),
}


def describe(schema: Mapping[str, Any]) -> tuple[Described, ...]:
    """Every field in order.

    Args:
        schema: the parsed ``schema/case.schema.json``.

    Raises:
        HuiyinError: HY402, the schema does not describe a field that is published.
    """
    return tuple(_describe(field, schema) for field in FIELDS)


def _describe(field: Field, schema: Mapping[str, Any]) -> Described:
    title, meaning = field.title, field.meaning
    if field.schema:
        found = _at(schema, field.schema)
        title, meaning = str(found["title"]), str(found["description"])
    return Described(field.name, title, meaning, field.optional, *_TYPES[field.kind])


def _at(schema: Mapping[str, Any], pointer: str) -> Mapping[str, Any]:
    empty: Mapping[str, Any] = {}
    found = reduce(lambda node, key: node.get(key) or empty, pointer.split("/")[1:], schema)
    if not (found.get("title") and found.get("description")):
        raise HuiyinError(Problem("HY402", f"模式文件不完整，缺少 {pointer} 的 title 或 description。", SCHEMA))
    return found
