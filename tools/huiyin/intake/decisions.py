"""A file of decisions about the findings of one draft, for where there is no terminal (第十九条)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from huiyin.intake.door import FIXED, Spot, text_at
from huiyin.intake.release import Draft
from huiyin.model.personal import Confidence, Finding, PersonalKind
from huiyin.model.problem import Problem, UsageError
from huiyin.repo import yaml
from huiyin.rules.privacy import PrivacySettings

HIDE, KEEP, RANGE = "hide", "keep", "range"
ACTIONS = {HIDE: "隐去", KEEP: "保留", RANGE: "其他范围"}
_KEYS = {"ordinal", "pointer", "start", "end", "action", "hide_start", "hide_end"}
_ALSO_KEYS = {"pointer", "start", "end", "kind"}


def read_decisions(data: bytes, name: str, draft: Draft, settings: PrivacySettings) -> list[Spot]:
    """What is to be taken out according to a file of decisions.

    ::

        draft: 1f0c…                 # "draft" of huiyin redact ID --format json
        decisions:
          - {ordinal: 1, action: hide}
          - {pointer: /body, start: 30, end: 33, action: keep}
          - {ordinal: 3, action: range, hide_start: 60, hide_end: 66}
        also:                        # what the program did not find
          - {pointer: /body, start: 80, end: 83, kind: name}

    Args:
        data: YAML.
        name: of the file, for problems.

    Raises:
        UsageError: HY734, it was written for another draft or other findings; HY735, it is not complete or not right.
        HuiyinError: HY1xx, it is no YAML of our dialect.
    """
    document = yaml.parse_mapping(data, path=name)
    if document.get("draft") != draft.digest(settings):
        raise UsageError(Problem("HY734", f"决定文件不是为 {draft.case_id} 现在的草稿写的。", name))
    decisions = _mappings(document, "decisions", name)
    also = _mappings(document, "also", name)
    if not document.keys() <= {"draft", "decisions", "also"}:
        raise UsageError(_wrong("只能有 draft、decisions、also 三项。", name, ""))
    hidden: list[Spot] = []
    problems: list[Problem] = []
    open_spots = dict(enumerate(draft.screened.uncertain, start=1))
    for index, entry in enumerate(decisions):
        pointer = f"/decisions/{index}"
        ordinal = _ordinal(entry, open_spots)
        if not entry.keys() <= _KEYS or entry.get("action") not in ACTIONS:
            message = f"action 应为 {'、'.join(ACTIONS)}，其他项只能是 {'、'.join(sorted(_KEYS - {'action'}))}。"
            problems.append(_wrong(message, name, pointer))
        elif ordinal is None:
            problems.append(_wrong("没有这一处待判断的，或者已经决定过。", name, pointer))
        else:
            spot = open_spots.pop(ordinal)
            if entry["action"] == RANGE:
                problems += _add(hidden, draft, spot, entry.get("hide_start"), entry.get("hide_end"), name, pointer)
            elif entry["action"] == HIDE:
                hidden.append(spot)
    for index, entry in enumerate(also):
        pointer = f"/also/{index}"
        if entry.keys() != _ALSO_KEYS or entry["kind"] not in list(PersonalKind):
            message = f"须写明 pointer、start、end、kind；kind 只能取 {'、'.join(PersonalKind)}。"
            problems.append(_wrong(message, name, pointer))
        else:
            spot = Spot(str(entry["pointer"]), Finding(PersonalKind(entry["kind"]), 0, 0, Confidence.CERTAIN))
            problems += _add(hidden, draft, spot, entry["start"], entry["end"], name, pointer)
    if open_spots:
        missing = "、".join(f"第{n}处（{s.where}）" for n, s in open_spots.items())
        problems.append(_wrong(f"还没有决定：{missing}。", name, "/decisions"))
    if problems:
        raise UsageError(*problems)
    return hidden


def _ordinal(entry: Mapping[str, Any], spots: Mapping[int, Spot]) -> int | None:
    """Which finding an entry speaks of, by its number or by its place."""
    if "ordinal" in entry:
        return entry["ordinal"] if type(entry["ordinal"]) is int and entry["ordinal"] in spots else None
    place = (entry.get("pointer"), entry.get("start"), entry.get("end"))
    return next((n for n, s in spots.items() if (s.pointer, s.finding.start, s.finding.end) == place), None)


def _add(
    hidden: list[Spot], draft: Draft, spot: Spot, start: object, end: object, name: str, pointer: str
) -> Iterator[Problem]:
    """Another range in the text of the spot, if there is one."""
    text = text_at(draft.document, spot.pointer)
    if text is None or spot.pointer in FIXED:
        yield _wrong("草稿中没有这个字段。", name, pointer)
    elif type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        yield _wrong(f"起止位置应为0至{len(text)}之间的整数，起小于止。", name, pointer)
    else:
        hidden.append(ranged(spot, start, end))


def ranged(spot: Spot, start: int, end: int) -> Spot:
    """Another range of the same text, under the same kind, by a person's decision."""
    return Spot(spot.pointer, Finding(spot.finding.kind, start, end, Confidence.CERTAIN))


def _mappings(document: Mapping[str, Any], key: str, name: str) -> Sequence[Mapping[str, Any]]:
    value = document.get(key, [])
    if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
        raise UsageError(_wrong(f"{key} 应为列表，每一项写成 {{键: 值, …}}。", name, f"/{key}"))
    return value


def _wrong(message: str, name: str, pointer: str) -> Problem:
    return Problem("HY735", message, name, pointer)
