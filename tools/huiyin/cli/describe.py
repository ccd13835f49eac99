"""Clocks and next steps in one Chinese sentence each, for every command that shows them."""

from __future__ import annotations

import re
from datetime import datetime

from huiyin.rules.articles import cite, cite_all
from huiyin.rules.deadlines import Clock, lateness, present_lateness
from huiyin.rules.registry import Registry
from huiyin.rules.replay import Replay
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.steps import NextStep, Seat


def clock_line(clock: Clock, replay: Replay, rulebook: Rulebook) -> str:
    """One clock in a sentence: what, who, until when, and how it stands."""
    days = rulebook.days_for(clock.unit, replay.procedure)
    late, ever = present_lateness(clock, replay.now, days), lateness(clock, replay.now, days)
    due = f"{clock.due.at:%Y-%m-%d}" if clock.due.whole_day else f"{clock.due.at:%Y-%m-%d %H:%M}"
    limit = f"{clock.working_days}个工作日，" if clock.working_days else ""
    provisional = "（暂算：该年度放假安排尚未公布）" if clock.due.provisional else ""
    if clock.superseded:
        standing = f"{clock.stopped:%Y-%m-%d %H:%M}起不再计"
    elif clock.stopped is not None:
        standing = f"{clock.stopped:%Y-%m-%d %H:%M}完成"
    else:
        standing = "进行中"
    if late.late:
        standing += f"，逾期{late.working_days}个工作日（{late.hours}小时）"
    if clock.missed:
        standing += f"，此前的期限逾期{ever.working_days - late.working_days}个工作日"
    name = rulebook.registry.name_of(clock.unit)
    return f"{clock.kind.label}（{cite(clock.article)}）：{name}，{limit}限至{due}{provisional}，{standing}"


def clock_data(clock: Clock, replay: Replay, rulebook: Rulebook) -> dict[str, object]:
    """One clock in the stable JSON form (docs/cli.md)."""
    late = lateness(clock, replay.now, rulebook.days_for(clock.unit, replay.procedure))
    return {
        "kind": clock.kind.value,
        "unit": clock.unit,
        "start": clock.start.isoformat(),
        "due": str(clock.due),
        "due_by": clock.due.by.value,
        "working_days": clock.working_days,
        "remind_on": clock.remind_on.isoformat() if clock.remind_on else None,
        "stopped": clock.stopped.isoformat() if clock.stopped else None,
        "superseded": clock.superseded,
        "provisional": clock.due.provisional,
        "late": late.late,
        "working_days_late": late.working_days,
        "hours_late": late.hours,
        "article": clock.article,
    }


def choice_text(value: object, description: str) -> str:
    """What a value means, if the description in the schema says so: ``special 专项督办；tracking 跟踪督办。``."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    found = re.search(rf"(?:^|[；：]\s*){re.escape(str(value))} ([^；。（]+)", description)
    return found[1] if found else str(value)


def step_line(step: NextStep, registry: Registry) -> str:
    """One legal step: who records it and who must sign it."""
    signed = "；".join(_describe_seat(a, registry) for a in step.approvals)
    return (
        f"{step.title}（{step.event}）：由{_describe_seat(step.opened_by, registry)}记录，"
        + (f"须经{signed}审签" if signed else "无须审签")
        + (f"（{cite_all(step.articles)}）" if step.articles else "")
    )


def _describe_seat(seat: Seat, registry: Registry) -> str:
    unit = registry.name_of(seat.unit) if seat.unit else "承办单位"
    when = "、".join(f"{k}={v}" for k, v in seat.when.items())
    return f"{unit}{seat.role.label}" + (f"（{when}时）" if when else "") + ("〔从严设置〕" if seat.stricter else "")
