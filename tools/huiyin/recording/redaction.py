"""隐去 (第十九条): taking text out of fields that were written before, and nothing else.

The text never shows up in a message, an option or a log.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo import yaml
from huiyin.repo.canonical import append_event, canonical, is_canonical
from huiyin.rules.conduct.answer import mark_of

_NO_TEXT = frozenset({"id", "procedure", "channel", "source", "received_at", "type", "at", "by", "pointers"})
"""Keys under which no sentence stands, so that what looks like the text there is not it."""


def redact(
    data: bytes, document: Mapping[str, Any], event: Mapping[str, Any], secret: str
) -> tuple[str, list[Problem]]:
    """The text of a case file without ``secret`` in the fields that the event points to, and with the event appended.

    Args:
        data: the file, canonical.
        document: what it holds.
        event: the ``redacted`` event; ``pointers`` and ``kind`` say where and what.
        secret: each occurrence is replaced by the mark of its kind.

    Returns:
        The new text, and HY952 for each other field where the text still stands.

    Raises:
        HuiyinError: HY112, the file is not canonical, so that more would change; HY948, a field does not hold the text;
            HY949, the event itself does.
    """
    if not is_canonical(data, document):
        raise HuiyinError(Problem("HY112", "文件不是规范格式，隐去会改动其他地方；请先改为规范格式。"))
    if any(secret in event.get(name, "") for name in ("kind", "reason", "note")):
        raise HuiyinError(Problem("HY949", "该事件的种类、原因或备注中含有要隐去的文字。", article="19"))
    changed = copy.deepcopy(dict(document))
    mark = mark_of(event["kind"])
    missing = [pointer for pointer in event["pointers"] if not _replace(changed, pointer, secret, mark)]
    if missing:
        raise HuiyinError(
            *(Problem("HY948", f"字段 {p} 中没有要隐去的文字。", pointer=p, article="19") for p in missing)
        )
    text = append_event(canonical(changed), event)
    if yaml.parse_mapping(text.encode(), path="") != {**changed, "events": [*changed["events"], event]}:
        raise AssertionError("what was written is not what was meant")
    rest = [pointer for pointer, value in _strings(changed, "") if secret in value]
    return text, [Problem("HY952", f"字段 {p} 中还有同样的文字。", pointer=p, article="19") for p in rest]


def _replace(document: dict[str, Any], pointer: str, secret: str, mark: str) -> bool:
    *above, last = pointer.split("/")[1:]
    place: Any = document
    try:
        for part in above:
            place = place[int(part)] if isinstance(place, list) else place[part]
        text = place[last]
    except (KeyError, IndexError, TypeError, ValueError):
        return False
    if not isinstance(text, str) or secret not in text:
        return False
    place[last] = text.replace(secret, mark)
    return True


def _strings(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Each text in the value with its JSON pointer."""
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in _NO_TEXT:
                yield from _strings(inner, f"{pointer}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _strings(inner, f"{pointer}/{index}")
