"""What a clerk may fill in, read from ``schema/case.schema.json``: options, prompts and help follow from it alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import jsonschema

LONG = 1000
"""Characters; a field that may be longer is a text of several lines and may come from a file."""
DERIVED = frozenset({"type", "at", "by"})
"""Fields of an event that follow from the command, the clock and the person."""
UNASKED = frozenset({"id", "events", "duplicate_of", "lookup", "history"})
"""Fields of a case that nobody fills in by hand."""


class Kind(StrEnum):
    """How a value is typed in."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    FLAG = "flag"
    DATE = "date"
    TIME = "time"
    UNIT = "unit"
    OBJECT = "object"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field that can be filled in.

    Args:
        place: keys that lead to it in the event or case; the last one names it.
        title, description: Chinese, from the schema.
        choices: the values allowed, where only some are.
        many: it is a list.
        required: always; what other fields make required is told by ``missing_names``.
    """

    place: tuple[str, ...]
    title: str
    description: str
    kind: Kind
    choices: tuple[Any, ...] = ()
    many: bool = False
    required: bool = False

    @property
    def name(self) -> str:
        """The key of the field."""
        return self.place[-1]

    @property
    def option(self) -> str:
        """The long option: ``--belongs-to``; of a list the singular, since it is given once for each."""
        singular = self.name.removesuffix("s") if self.many else self.name
        return f"--{singular.replace('_', '-')}"


def event_fields(schema: Mapping[str, Any], event: str) -> tuple[Field, ...]:
    """The fields of one type of event, in the order of the schema.

    Args:
        schema: the parsed case schema.
        event: a key of its ``$defs``.
    """
    return tuple(f for f in _fields(schema, schema["$defs"][event], ()) if f.name not in DERIVED)


def case_fields(schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields that describe a message, in the order of the schema."""
    return tuple(f for f in _fields(schema, schema, ()) if f.place[0] not in UNASKED)


def missing_names(definition: Mapping[str, Any], data: Mapping[str, Any]) -> list[str]:
    """Names of the fields that ``definition`` requires of ``data``, by an if/then too, and that are not there.

    In the order in which they should be asked for: what is always required comes before what follows from it.
    """
    names: list[str] = list(definition.get("required", ()))
    for rule in (definition, *definition.get("allOf", ())):
        if "if" in rule:
            met = jsonschema.Draft202012Validator(rule["if"]).is_valid(data)
            names += rule.get("then" if met else "else", {}).get("required", ())
    return [name for name in dict.fromkeys(names) if name not in data]


def alone(schema: Mapping[str, Any], event: str) -> dict[str, Any]:
    """The schema of one event by itself, so that what was typed can be judged before any case is read."""
    return {"$schema": schema["$schema"], "$ref": f"#/$defs/{event}", "$defs": schema["$defs"]}


def _fields(root: Mapping[str, Any], definition: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[Field]:
    required: Sequence[str] = definition.get("required", ())
    for name, entry in definition["properties"].items():
        merged = _resolve(root, entry)
        if merged.get("type") == "object" and name not in DERIVED:
            yield from _fields(root, merged, (*above, name))
            continue
        many = merged.get("type") == "array"
        item = _resolve(root, merged["items"]) if many else merged
        yield Field(
            place=(*above, name),
            title=merged.get("title", name),
            description=merged.get("description", ""),
            kind=_kind(item),
            choices=tuple(item.get("enum", ())),
            many=many,
            required=name in required,
        )


def _resolve(root: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """The entry with what its ``$ref`` says of it; its own words come first."""
    reference = entry.get("$ref", "")
    return {**root["$defs"][reference.rpartition("/")[2]], **entry} if reference else dict(entry)


def _kind(item: Mapping[str, Any]) -> Kind:
    if "enum" in item:
        return Kind.CHOICE
    if item.get("$ref") == "#/$defs/unit":
        return Kind.UNIT
    if item.get("format") in {"date", "date-time"}:
        return Kind.DATE if item["format"] == "date" else Kind.TIME
    match item.get("type"):
        case "boolean":
            return Kind.FLAG
        case "object":
            return Kind.OBJECT
    return Kind.TEXT if item.get("maxLength", 0) >= LONG else Kind.LINE
