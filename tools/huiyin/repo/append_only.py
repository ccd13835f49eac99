"""What was recorded stays: base events are a prefix of head events, and text only ever goes (design §5; 第十九条)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from huiyin.model.problem import Problem
from huiyin.rules.conduct.answer import mark_of

_ABSENT = object()
"""Stands for a key or an item that is not there, which is something else than null."""


def find_rewriting(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Problem]:
    """Everything that differs outside the events that ``new`` adds, and is no redaction.

    Args:
        old, new: the case before and after, both valid under the schema of cases.

    Yields:
        HY604 for a value that was changed, added, dropped or moved; HY605 for a redaction that does more than remove.
    """
    kept = len(old["events"])
    marks = _marks(new["events"][kept:])
    changed: dict[str, list[str]] = {}
    for pointer, was, is_ in _leaves(old, {**new, "events": new["events"][:kept]}, ""):
        if type(was) is type(is_) and was == is_:  # 3 is not 3.0 and 1 is not true, though they are equal here
            continue
        if pointer in marks and isinstance(was, str) and isinstance(is_, str):
            if not only_removes(was, is_, marks[pointer]):
                message = "隐去只许以“〔已隐去：种类〕”替换文字，种类与隐去事件所写一致，不得改写其余文字。"
                yield Problem("HY605", message, pointer=pointer, article="19")
        else:
            changed.setdefault("/".join(pointer.split("/")[:3]), []).append(pointer)
    for place, pointers in changed.items():  # one for an event, however much of it differs
        pointer = pointers[0] if len(pointers) == 1 else place
        yield Problem("HY604", "改动了已入库的内容；只许在末尾追加事件。", pointer=pointer)


def only_removes(was: str, is_: str, marks: Sequence[str]) -> bool:
    """Whether ``is_`` is ``was`` with stretches of at least one character replaced by one of the marks.

    The mark is taken whole, so no words can be brought in between its brackets. The pieces between the marks are
    searched from the left, as for a wildcard, so the time stays linear.
    """
    first, *rest = re.split("|".join(re.escape(m) for m in sorted(marks, key=len, reverse=True)), is_)
    if not rest or not was.startswith(first):
        return False
    position = len(first)
    for piece in rest[:-1]:
        found = was.find(piece, position + 1)
        if found < 0:
            return False
        position = found + len(piece)
    return was.endswith(rest[-1]) and len(was) - len(rest[-1]) > position


def _marks(events: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """What may stand in place of text, by the pointer that a new ``redacted`` event names."""
    found: dict[str, list[str]] = {}
    for event in events:
        if event["type"] == "redacted":
            for pointer in event["pointers"]:
                found.setdefault(pointer, []).append(mark_of(event["kind"]))
    return found


def _leaves(old: Any, new: Any, pointer: str) -> Iterator[tuple[str, Any, Any]]:
    """(pointer, before, after) of every value on either side; a list that changed its length is one value."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            yield from _leaves(old.get(key, _ABSENT), new.get(key, _ABSENT), f"{pointer}/{key}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _leaves(before, after, f"{pointer}/{index}")
    else:
        yield pointer, old, new
