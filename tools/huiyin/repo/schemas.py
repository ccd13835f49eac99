"""Validation against ``schema/*.schema.json``: jsonschema-rs decides, jsonschema explains in Chinese what failed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from huiyin.model.event import EVENT_TYPES
from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo.source import Source

if TYPE_CHECKING:
    import jsonschema  # a tenth of a second, and only explaining needs it

MAX_DEPTH = 64
"""The shipped ones need a third of it; deeper ones break the libraries that walk them by recursion."""
SCHEMA_NAMES = ("case", "procedure", "units", "people", "calendar", "intake", "gate", "privacy", "lookup")
LATER_SCHEMAS = frozenset({"privacy", "lookup"})
"""Records founded before these were introduced have neither the schema nor the file, and go on without."""


class Schema:
    """One compiled schema.

    Args:
        document: the parsed JSON Schema (draft 2020-12).

    Raises:
        HuiyinError: HY402, the schema itself is not valid.
    """

    def __init__(self, document: dict[str, Any], path: str) -> None:
        self.document = document
        self._path = path
        try:
            self._fast = jsonschema_rs.Draft202012Validator(document, validate_formats=True)
        except jsonschema_rs.ValidationError as error:
            where = pointer_of(error.instance_path) or "/"
            raise HuiyinError(Problem("HY402", f"模式文件本身不合规范，错处在 {where}。", path)) from error

    def __reduce__(self) -> tuple[type[Schema], tuple[dict[str, Any], str]]:
        """Another process compiles its own."""
        return Schema, (self.document, self._path)

    @cached_property
    def _explainer(self) -> jsonschema.Draft202012Validator:
        import jsonschema

        checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
        return jsonschema.Draft202012Validator(self.document, format_checker=checker)

    @cached_property
    def _titles(self) -> dict[str, str]:
        """Title of each field by name, wherever the schema describes it; a condition repeats names without titles."""
        found: dict[str, str] = {}

        def visit(node: object) -> None:
            if isinstance(node, dict):
                for name, field in node.get("properties", {}).items():
                    if isinstance(field, dict) and "title" in field:
                        found.setdefault(name, field["title"])
                for child in node.values():
                    visit(child)
            elif isinstance(node, list):
                for child in node:
                    visit(child)

        visit(self.document)
        return found

    def find_problems(self, instance: object, path: str) -> list[Problem]:
        """HY201 for each place where ``instance`` breaks the schema; empty if it is valid. No values are echoed."""
        if self._fast.is_valid(instance):
            return []
        errors = sorted(_leaves(self._explainer.iter_errors(instance)), key=lambda e: [str(p) for p in e.absolute_path])
        # A date that is none breaks both its pattern and its format; whoever wrote it needs to be told once.
        told: dict[tuple[str, str], Problem] = {}
        for error in errors:
            pointer, message = pointer_of(error.absolute_path), explain(error, self._titles)
            about = "value" if error.validator in _OF_A_VALUE else message
            told.setdefault((pointer, about), Problem("HY201", message, path, pointer))
        return list(told.values()) or [
            Problem("HY201", "不符合模式。", path, pointer_of(error.instance_path))
            for error in self._fast.iter_errors(instance)
        ]


def load_schema(source: Source, name: str) -> Schema:
    """Read and compile ``schema/<name>.schema.json``.

    Raises:
        HuiyinError: the file is missing (HY904), is not JSON or not a schema (HY402).
    """
    path = f"schema/{name}.schema.json"
    try:
        document = json.loads(source.read(path))
    except (ValueError, RecursionError):
        raise HuiyinError(Problem("HY402", "模式文件不是有效的JSON，或者嵌套过深。", path)) from None
    if lacking := _find_lack(document, name):
        raise HuiyinError(Problem("HY402", f"模式文件不完整，缺少{lacking}。", path))
    return Schema(document, path)


def _find_lack(document: object, name: str) -> str:
    """The part of a schema without which commands cannot work, if it is not there; "" if all are."""
    if _depth(document) > MAX_DEPTH:
        return "能够使用的内容：嵌套过深"
    if not isinstance(document, dict) or document.get("type") != "object":
        return "最外层的 type: object"
    definitions = document.get("$defs")
    if not isinstance(definitions, dict):
        return " $defs"
    if name != "case":
        return ""
    described = [("", document), *((f"/$defs/{event}", definitions.get(event)) for event in EVENT_TYPES)]
    for where, part in described:
        for key, kind in (("title", str), ("description", str), ("properties", dict)):
            if not isinstance(part, dict) or not isinstance(part.get(key), kind):
                return f" {where}/{key}"
    return ""


def _depth(document: object) -> int:
    """How deep lists and objects are nested, counted without recursion."""
    depth, level = 0, [document]
    while level and depth <= MAX_DEPTH:
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        depth += 1
    return depth


def pointer_of(parts: Sequence[str | int]) -> str:
    """The JSON pointer (RFC 6901) made of ``parts``."""
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in parts)


def explain(error: jsonschema.ValidationError, titles: Mapping[str, str]) -> str:
    """What is wrong, in Chinese, with the title of the field and without its value.

    Args:
        titles: titles of fields by name.
    """
    schema: dict[str, Any] = dict(error.schema) if isinstance(error.schema, Mapping) else {}
    name = f"“{schema['title']}”" if "title" in schema else "此处"
    value: Any = error.validator_value
    instance: Any = error.instance
    match str(error.validator):
        case "required":
            missing = [n for n in value if n not in instance]
            return f"缺少必填字段：{_named(missing, titles)}。"
        case "additionalProperties" | "unevaluatedProperties":
            extra = [n for n in instance if n not in schema.get("properties", {})]
            return f"有不认识的字段：{'、'.join(map(str, extra))}。"
        case "enum":
            return f"{name}只能取：{'、'.join(str(v) for v in value)}。"
        case "const":
            return f"{name}只能是 {json.dumps(value, ensure_ascii=False)}。"
        case "type":
            return f"{name}应为{_TYPES.get(str(value), str(value))}。"
        case "pattern":
            return f"{name}的写法不合要求。{schema.get('description', '')}"
        case "format":
            return f"{name}不是有效的{_FORMATS.get(str(value), str(value))}。"
        case "minLength" | "minItems" | "minProperties":
            return f"{name}不能少于{value}{'字' if error.validator == 'minLength' else '项'}。"
        case "maxLength" | "maxItems":
            return f"{name}不能多于{value}{'字' if error.validator == 'maxLength' else '项'}。"
        case "uniqueItems":
            return f"{name}有重复的项。"
        case "minimum" | "maximum":
            return f"{name}应{'不小于' if error.validator == 'minimum' else '不大于'}{value}。"
        case "not":
            return "按其他字段的取值，这一字段不得填写。"
        case other:
            return f"{name}不符合模式的 {other} 要求。"


_TYPES = {"object": "一组字段", "array": "清单", "string": "文字", "integer": "整数", "boolean": "true 或 false"}
_FORMATS = {"date": "日期", "date-time": "时间"}


_OF_A_VALUE = {"type", "enum", "const", "pattern", "format", "minLength", "maxLength", "minimum", "maximum"}


def _named(names: list[str], titles: Mapping[str, str]) -> str:
    return "、".join(f"{n}（{titles[n]}）" if n in titles else n for n in names)


def _leaves(errors: Iterable[jsonschema.ValidationError]) -> Iterator[jsonschema.ValidationError]:
    for error in errors:
        if error.context:
            yield from _leaves(error.context)
        else:
            yield error
