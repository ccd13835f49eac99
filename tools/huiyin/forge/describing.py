"""What a change does to its cases, in the gate's own words: the diff that a forge shows can be led astray."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from huiyin.forge.quoting import code, fence, plain
from huiyin.model.case import SHANGHAI, Case
from huiyin.model.event import Event
from huiyin.model.pull import CaseChange, ChangeKind
from huiyin.rules.articles import cite
from huiyin.rules.deadlines import Clock, lateness
from huiyin.rules.replay import Replay, replay
from huiyin.rules.rulebook import Rulebook

LONG = 60
"""Texts above so many characters stand in a block of their own."""
_KINDS = {ChangeKind.CREATED: "新登记", ChangeKind.APPENDED: "追加事件", ChangeKind.REPAIRED: "修复文件"}
_UNITS = frozenset({"unit", "belongs_to", "assisting", "concerns"})
_BLOCKS = frozenset({"reply", "public_note"})
"""What the public will read: always a block, so that what is signed is seen as it is."""
_TOLD = frozenset({"at", "by"})
_HEAD = ("channel", "received_at", "real_name", "contactable", "clear_matter", "duplicate_of", "history")


def describe(change: CaseChange, rulebook: Rulebook, schema: Mapping[str, Any], now: datetime) -> Iterator[str]:
    """The change of one case as Markdown blocks: what it is, each event with its fields, the deadlines it touches.

    Args:
        schema: the JSON Schema of cases, for the titles of fields.
        now: the clock of the decision.
    """
    case = change.after
    yield f"#### {code(case.id)} {code(case.title)}"
    yield f"{_KINDS[change.kind]} · {case.channel.label} · {code(change.path)}"
    if change.before is None:
        titles = schema.get("properties", {})
        lines = [
            _line(name, getattr(case, name), titles, rulebook) for name in _HEAD if getattr(case, name) is not None
        ]
        yield "\n".join(lines)
        yield f"正文：\n\n{fence(case.body)}"
    for index, event in change.events:
        yield from _event(index, event, case, rulebook, schema)
    if case.procedure in rulebook.procedures:
        clocks = list(describe_clocks(change, rulebook, now))
        if clocks:
            yield "期限：\n\n" + "\n".join(f"- {plain(line)}" for line in clocks)


def _event(index: int, event: Event, case: Case, rulebook: Rulebook, schema: Mapping[str, Any]) -> Iterator[str]:
    definition = schema.get("$defs", {}).get(event.type, {})
    procedure = rulebook.procedures.get(case.procedure)
    rule = procedure.events.get(event.type) if procedure else None
    title = rule.title if rule else definition.get("title", event.type)
    who = plain(rulebook.registry.name_of(event.by.unit)) + (f" {code(event.by.person)}" if event.by.person else "")
    lines, blocks = [f"**{index + 1}. {plain(title)}** · {_text(event.at)} · {who}"], []
    titles = definition.get("properties", {})
    for field in fields(event):
        value = getattr(event, field.name)
        if field.name in _TOLD or value in (None, ()):
            continue
        if isinstance(value, str) and (field.name in _BLOCKS or len(value) > LONG or "\n" in value):
            blocks.append(f"{_title(field.name, titles)}：\n\n{fence(value)}")
        else:
            lines.append(_line(field.name, value, titles, rulebook))
    yield "\n".join([lines[0], "", *lines[1:]]).rstrip()
    yield from blocks


def _line(name: str, value: Any, titles: Mapping[str, Any], rulebook: Rulebook) -> str:
    if name in _UNITS:
        units = value if isinstance(value, tuple) else (value,)
        return f"- {_title(name, titles)}：{'、'.join(plain(rulebook.registry.name_of(u)) for u in units)}"
    if isinstance(value, tuple):
        return "\n".join([f"- {_title(name, titles)}：", *(f"  - {_text(v, titles.get(name))}" for v in value)])
    return f"- {_title(name, titles)}：{_text(value)}"


def _title(name: str, titles: Mapping[str, Any]) -> str:
    return plain(str(titles.get(name, {}).get("title", name)))


def _text(value: Any, schema: Mapping[str, Any] | None = None) -> str:
    """A value in one line; words that somebody wrote in a code span."""
    match value:
        case bool():
            return "是" if value else "否"
        case datetime():
            return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
        case date() | int():
            return str(value)
        case _ if hasattr(value, "label"):
            return str(value.label)
        case _ if is_dataclass(value) and not isinstance(value, type):
            titles = (schema or {}).get("items", {}).get("properties", {})
            return "；".join(f"{_title(f.name, titles)} {_text(getattr(value, f.name))}" for f in fields(value))
        case _:
            return code(str(value))


def describe_clocks(change: CaseChange, rulebook: Rulebook, now: datetime) -> Iterator[str]:
    """The deadlines that a change starts, moves, meets or ends, as plain text (第九（一）（二）、十三、十六条)."""
    after = replay(change.after, rulebook, now)
    before = {} if change.before is None else _clocks(replay(change.before, rulebook, now))
    for key, clock in _clocks(after).items():
        old = before.get(key)
        if old is None:
            yield f"起算：{_limit(clock, rulebook)}"
        elif old.due != clock.due:
            yield f"改期：由{_due(old)}改为{_limit(clock, rulebook)}"
        if clock.stopped is not None and (old is None or old.stopped is None):
            yield _end(clock, after, rulebook)


def _clocks(found: Replay) -> dict[tuple[str, str, datetime], Clock]:
    return {(c.kind.value, c.unit, c.start): c for c in found.clocks}


def _end(clock: Clock, found: Replay, rulebook: Rulebook) -> str:
    if clock.superseded:
        return f"不再计算：{_limit(clock, rulebook)}"
    late = lateness(clock, found.now, rulebook.days_for(clock.unit, found.procedure))
    if not late.late:
        return f"按期完成：{_limit(clock, rulebook)}"
    how = f"{late.working_days}个工作日" if late.working_days else "不足1个工作日"
    return f"逾期{how}完成：{_limit(clock, rulebook)}"


def _limit(clock: Clock, rulebook: Rulebook) -> str:
    days = f"{clock.working_days}个工作日，" if clock.working_days else ""
    unit = rulebook.registry.name_of(clock.unit)
    return f"{clock.kind.label}（{cite(clock.article)}），{unit}，{days}限至{_due(clock)}"


def _due(clock: Clock) -> str:
    provisional = "（暂算：该年度放假安排尚未公布）" if clock.due.provisional else ""
    at = clock.due.at
    return (f"{at:%Y-%m-%d}" if clock.due.whole_day else f"{at:%Y-%m-%d %H:%M}") + provisional
