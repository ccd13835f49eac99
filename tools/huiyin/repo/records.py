"""From parsed YAML to the model: schema-valid documents in, frozen values out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from huiyin.model.case import Case, Channel, Source
from huiyin.model.event import EVENT_TYPES, Actor, Complexity, Event, HandlingStep, ReplyMode


def case_from_data(data: Mapping[str, Any]) -> Case:
    """The case of a document that is valid under ``schema/case.schema.json``.

    Raises:
        ValueError: a date or time that the calendar does not have, such as 2026-02-30.
    """
    return Case(
        id=data["id"],
        procedure=data["procedure"],
        channel=Channel(data["channel"]),
        source=Source(**data["source"]),
        received_at=datetime.fromisoformat(data["received_at"]),
        real_name=data["real_name"],
        contactable=data["contactable"],
        clear_matter=data.get("clear_matter", True),
        title=data["title"],
        body=data["body"],
        duplicate_of=data.get("duplicate_of"),
        lookup=data.get("lookup"),
        history=data.get("history", False),
        events=tuple(event_from_data(e) for e in data["events"]),
    )


def event_from_data(data: Mapping[str, Any]) -> Event:
    """The event of one item of ``events``, valid under the schema of its type.

    Raises:
        ValueError: a date or time that the calendar does not have.
    """
    fields = dict(data)
    kind = EVENT_TYPES[fields.pop("type")]
    by = fields["by"]
    fields["by"] = _actor(by["unit"], by.get("person"))
    fields["at"] = datetime.fromisoformat(fields["at"])
    for name in fields.keys() - _PLAIN:
        fields[name] = _value(name, fields[name])
    return kind(**fields)


_PLAIN = frozenset({"at", "by", "note", "unit", "basis", "letter", "reply", "reason", "publisher", "public_note"})
"""Fields that need no conversion, or have had it."""


@lru_cache(maxsize=4096)
def _actor(unit: str, person: str | None) -> Actor:
    """Kept, since a few hundred people record everything."""
    return Actor(unit, person)


def _value(name: str, value: Any) -> Any:
    match name:
        case "due" | "day":
            return date.fromisoformat(value)
        case "complexity":
            return Complexity(value)
        case "mode":
            return ReplyMode(value)
        case "handling":
            return tuple(HandlingStep(**{k: _value(k, v) for k, v in step.items()}) for step in value)
        case _:
            return tuple(value) if isinstance(value, list) else value
