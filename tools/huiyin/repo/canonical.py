"""The one canonical form of a case (design §3), and the appending of events to it as text.

Layout: mappings in block style; a mapping under a key with only short one-line values, and a list of such values, on
one line in flow style; text of several lines as a literal block; every string that some YAML reader could take for
something else in double quotes. PyYAML's emitter can neither do this layout nor leave rare Han characters and emoji
unescaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from huiyin.model.case import Source
from huiyin.model.event import EVENT_TYPES, Actor, HandlingStep
from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo.characters import find_forbidden, is_clean, name

CASE_KEYS = (
    "id", "procedure", "channel", "source", "received_at", "real_name", "contactable", "clear_matter",
    "title", "body", "duplicate_of", "lookup", "history", "events",
)  # fmt: skip
HEADER = "# yaml-language-server: $schema=../../../../schema/case.schema.json\n"
MAX_FLOW = 100  # characters of a mapping or list on one line

_TIME = (
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[+-][0-9]{2}:[0-9]{2}|Z))?"
)
# What YAML 1.1 and 1.2 both read as this very string, in block and in flow style. A word that begins with a digit and
# is all ASCII may be a number somewhere (012, 1e3, 0x1F, 1_000), as may any that begins with a sign or a point.
_PLAIN = re.compile(
    rf"{_TIME}\Z|(?!(?i:y|n|yes|no|on|off|true|false|null)\Z)(?!\s)(?:[A-Za-z_]|[^\x00-\x7f]|[0-9](?=.*[^\x00-\x7f]))"
    r"[^\n:#,?\[\]{}]*(?<!\s)\Z"
)
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
_EMPTY_EVENTS = "\nevents: []\n"

SOURCE_KEYS = tuple(field.name for field in fields(Source))
ACTOR_KEYS = tuple(field.name for field in fields(Actor))
STEP_KEYS = tuple(field.name for field in fields(HandlingStep))
_COMMON_KEYS = ("type", "at", "by")
EVENT_KEYS = {
    type_: (*_COMMON_KEYS, *(f.name for f in fields(cls) if f.name not in {"at", "by", "note"}), "note")
    for type_, cls in EVENT_TYPES.items()
}


def canonical(document: Mapping[str, Any]) -> str:
    """Give the canonical text of a case: keys in the order of ``CASE_KEYS`` and of the events' fields.

    Args:
        document: the case as ``parse`` gives it; keys that the schema does not know go last, before ``events``.

    Raises:
        HuiyinError: HY105 for a forbidden character.
    """
    case = _arrange(document, CASE_KEYS[:-1])
    if isinstance(case.get("source"), Mapping):
        case["source"] = _arrange(case["source"], SOURCE_KEYS)
    if "events" in case:
        events = case.pop("events")  # last key of the file, so appending an event is appending text
        case["events"] = [_arrange_event(e) for e in events] if isinstance(events, list) else events
    return emit(case)


def is_canonical(data: bytes, document: Mapping[str, Any]) -> bool:
    """Tell whether a file is the canonical text of the document that ``parse`` read from it."""
    return canonical(document).encode() == data


def emit(document: Mapping[str, Any]) -> str:
    """Write a case, headed by the comment that names its schema, in the order of its keys.

    Raises:
        HuiyinError: HY105 for a forbidden character.
        TypeError, ValueError: for what strict YAML cannot hold: other types, integers over 18 digits, infinite numbers.
    """
    out: list[str] = []
    _entries(out, document, "", "")
    return _checked(HEADER + ("\n".join(out) if out else "{}") + "\n")


def emit_event(event: Mapping[str, Any]) -> str:
    """Write one event in canonical order as the block that stands below ``events:``; raises as ``emit``."""
    out: list[str] = []
    _entries(out, _arrange_event(event), "  - ", "    ")
    return _checked("\n".join(out) + "\n")


def append_event(text: str, event: Mapping[str, Any]) -> str:
    """Give the text of a case with one event more; what was there stays as it was, byte for byte.

    Args:
        text: the file, canonical at least in its tail: ``events:`` is the last key.
        event: the event as ``emit_event`` takes it.

    Raises:
        HuiyinError: HY112 where the tail is not canonical; HY105 for a forbidden character.
    """
    block = emit_event(event)
    if text.endswith(_EMPTY_EVENTS):
        return f"{text.removesuffix(' []' + chr(10))}\n{block}"
    start = text.rfind("\nevents:\n  - ")
    if start < 0 or not text.endswith("\n") or re.search(r"\n[^ \n]", text[start + len("\nevents:") :]):
        raise HuiyinError(Problem("HY112", "文件不是规范格式：末尾应当是“events：”及其各项，无法追加。"))
    return text + block


def _arrange_event(event: Any) -> Any:
    if not isinstance(event, Mapping):
        return event
    type_ = event.get("type")
    order = EVENT_KEYS.get(type_) if isinstance(type_, str) else None
    arranged = _arrange(event, order or _COMMON_KEYS)
    if isinstance(arranged.get("by"), Mapping):
        arranged["by"] = _arrange(arranged["by"], ACTOR_KEYS)
    if isinstance(arranged.get("handling"), list):
        arranged["handling"] = [
            _arrange(step, STEP_KEYS) if isinstance(step, Mapping) else step for step in arranged["handling"]
        ]
    return arranged


def _arrange(mapping: Mapping[str, Any], order: Iterable[str]) -> dict[str, Any]:
    arranged = {key: mapping[key] for key in order if key in mapping}
    return arranged if len(arranged) == len(mapping) else {**arranged, **mapping}


def _entries(out: list[str], mapping: Mapping[str, Any], lead: str, pad: str) -> None:
    """Write a block mapping; its first line begins with ``lead``, the others with ``pad``."""
    for key, value in mapping.items():
        _value(out, f"{lead}{quote(key)}:", value, pad)
        lead = pad


def _value(out: list[str], head: str, value: Any, pad: str) -> None:
    """Write a value after ``head``; what it holds in further lines is indented by two more than ``pad``."""
    if isinstance(value, str):
        if "\n" in value and value.strip(" \n"):
            _literal(out, head, value, pad + "  ")
        else:
            out.append(f"{head} {quote(value)}")
    elif isinstance(value, Mapping):
        flow = _flow(value.values(), (f"{quote(k)}: " for k in value), "{}")
        if flow is not None:
            out.append(f"{head} {flow}")
        else:
            out.append(head)
            _entries(out, value, pad + "  ", pad + "  ")
    elif isinstance(value, list | tuple):
        flow = _flow(value, ("" for _ in value), "[]")
        if flow is not None:
            out.append(f"{head} {flow}")
        else:
            out.append(head)
            for item in value:
                if isinstance(item, Mapping) and item:
                    _entries(out, item, pad + "  - ", pad + "    ")
                else:
                    _value(out, pad + "  -", item, pad + "  ")
    else:
        out.append(f"{head} {_scalar(value)}")


def _flow(values: Iterable[Any], labels: Iterable[str], brackets: str) -> str | None:
    """Write a mapping or list on one line; None where it holds more than short one-line scalars."""
    parts = []
    for label, value in zip(labels, values, strict=True):
        if isinstance(value, Mapping | list | tuple) or (isinstance(value, str) and "\n" in value):
            return None
        parts.append(label + _scalar(value))
    text = brackets[0] + ", ".join(parts) + brackets[1]
    return text if len(text) <= MAX_FLOW or not parts else None


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return quote(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) < 10**18:
        return str(value)
    if isinstance(value, float) and (text := repr(value)) and re.fullmatch(r"-?[0-9]{1,18}\.[0-9]{1,18}", text):
        return text
    raise (ValueError if isinstance(value, int | float) else TypeError)(f"not in strict YAML: {type(value).__name__}")


def quote(text: str) -> str:
    """A string of one line, or in one line, as it stands in a file: in double quotes wherever it must."""
    return str(text) if _PLAIN.match(text) else f'"{text.translate(_ESCAPES)}"'


def _literal(out: list[str], head: str, text: str, pad: str) -> None:
    # Leading blanks would be taken for indentation, so it is then written out: always two.
    indicator = "2" if text[0] in " \n" else ""
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    out.append(f"{head} |{indicator}{('-', '')[ends] if ends < 2 else '+'}")
    out += [pad + line if line else "" for line in body.split("\n")]
    out += [""] * (ends - 1)


def _checked(text: str) -> str:
    if not is_clean(text):
        found = dict.fromkeys(character for _, character in find_forbidden(text))
        raise HuiyinError(*(Problem("HY105", f"文字中含有不允许的字符{name(c)}。") for c in found))
    return text
