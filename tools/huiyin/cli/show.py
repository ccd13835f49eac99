"""``huiyin show``."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from huiyin.cli.cases import replay_one
from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.describe import choice_text, clock_data, clock_line, step_line
from huiyin.cli.options import Place, as_of_option, format_option, rev_option, root_option
from huiyin.cli.output import print_json, problem_data, problem_lines
from huiyin.repo.schemas import load_schema
from huiyin.rules.articles import cite

if TYPE_CHECKING:
    from huiyin.model.event import Event
    from huiyin.rules.registry import Registry
    from huiyin.rules.replay import Replay
    from huiyin.rules.steps import Seat

UNTOLD = frozenset({"at", "by", "handling"})
"""Fields of an event that the timeline does not repeat as details."""


@chinese_command("show")
@click.argument("case_id", metavar="编号")
@rev_option
@root_option
@as_of_option
@format_option("text", "json")
def command(case_id: str, rev: str | None, root: Path, now: datetime, output: str) -> int:
    """显示一件留言：现状、期限、经过、问题，以及接下来谁可以做什么、由谁审签。"""
    place = Place(root, rev)
    replay = replay_one(place, case_id, now)
    if output == "json":
        print_json(show_data(replay, place))
        return 0
    registry = place.rulebook.registry
    click.echo("\n".join([*_head(replay, registry), "", *_clocks(replay, place), "", *_timeline(replay, place)]))
    click.echo("\n".join(["", *_next(replay, registry)]))
    if replay.problems:
        click.echo("\n问题：")
        click.echo("\n".join(problem_lines(p.at(path=replay.case.path) for p in replay.problems)))
    return 0


def _head(replay: Replay, registry: Registry) -> list[str]:
    case = replay.case
    lines = [
        f"{case.id}  {case.title}",
        f"  渠道：{case.channel.label}",
        f"  收到：{case.received_at:%Y-%m-%d %H:%M}    交办单位：{registry.name_of(replay.dispatcher)}",
        f"  状态：{replay.state_title}（对外：{replay.public_status}）",
    ]
    if replay.assigned is not None and replay.complexity is not None:
        assisting = "、".join(registry.name_of(u) for u in replay.assigned.assisting)
        lines.append(
            f"  承办：{registry.name_of(replay.assigned.unit)}"
            + (f"（协办：{assisting}）" if assisting else "")
            + f"    类别：{replay.complexity.label}    受理依据：第{'三四五'[replay.assigned.basis - 3]}条"
        )
    if replay.supervision:
        lines.append(
            "  抄送督查室：" + "；".join(f"{reason}（{cite(article)}）" for article, reason in replay.supervision)
        )
    if replay.instructed:
        lines.append(
            "  有领导批示" + ("，逾期未办，由督查室跟踪督办（第十八条）" if replay.tracked else "（第十八条）")
        )
    return lines


def _clocks(replay: Replay, place: Place) -> list[str]:
    return ["期限："] + [f"  {clock_line(c, replay, place.rulebook)}" for c in replay.clocks]


def _timeline(replay: Replay, place: Place) -> list[str]:
    registry = place.rulebook.registry
    definitions = load_schema(place.source, "case").document["$defs"]
    lines = ["经过：", f"  {replay.case.received_at:%Y-%m-%d %H:%M}  收到留言"]
    for event in replay.case.events:
        title = replay.procedure.events[event.type].title
        who = registry.name_of(event.by.unit)
        lines.append(
            f"  {event.at:%Y-%m-%d %H:%M}  {title}  {who}{f'（{event.by.person}）' if event.by.person else ''}"
        )
        lines += [f"      {name}：{value}" for name, value in event_details(event, definitions[event.type], registry)]
    return lines


def event_details(event: Event, definition: dict[str, Any], registry: Registry) -> list[tuple[str, str]]:
    """(Chinese title, value) of each field of an event that says more than who recorded it when."""
    titles = {name: field.get("title", name) for name, field in definition["properties"].items()}
    found = []
    for field in fields(event):
        value = getattr(event, field.name)
        if field.name in UNTOLD or value in (None, ()):
            continue
        if field.name in {"unit", "belongs_to"}:
            value = registry.name_of(value)
        says = definition["properties"].get(field.name, {}).get("description", "")
        values = value if isinstance(value, tuple) else (getattr(value, "label", value),)
        text = "、".join(choice_text(v, says) for v in values)
        found.append((titles.get(field.name, field.name), text.strip().replace("\n", "\n        ")))
    return found


def _next(replay: Replay, registry: Registry) -> list[str]:
    if not replay.steps:
        return ["下一步：无。"]
    return ["下一步可以："] + [f"  {step_line(s, registry)}" for s in replay.steps]


def show_data(replay: Replay, place: Place) -> dict[str, object]:
    """The stable JSON form (docs/cli.md)."""

    def seat_data(seat: Seat) -> dict[str, object]:
        return {"unit": seat.unit, "role": seat.role.value, "when": dict(seat.when), "article": seat.article}

    return {
        "id": replay.case.id,
        "title": replay.case.title,
        "channel": replay.case.channel.value,
        "as_of": replay.now.isoformat(),
        "state": replay.state,
        "public_status": replay.public_status,
        "route": replay.route.name if replay.route else None,
        "dispatcher": replay.dispatcher,
        "unit": replay.unit,
        "complexity": replay.complexity.value if replay.complexity else None,
        "instructed": replay.instructed,
        "tracked": replay.tracked,
        "supervision": [{"article": a, "reason": r} for a, r in replay.supervision],
        "clocks": [clock_data(c, replay, place.rulebook) for c in replay.clocks],
        "events": [
            {"type": e.type, "at": e.at.isoformat(), "unit": e.by.unit, "person": e.by.person}
            for e in replay.case.events
        ],
        "next": [
            {
                "event": s.event,
                "title": s.title,
                "opened_by": seat_data(s.opened_by),
                "approvals": [seat_data(a) for a in s.approvals],
                "articles": list(s.articles),
            }
            for s in replay.steps
        ],
        "problems": [problem_data(p.at(path=replay.case.path)) for p in replay.problems],
    }
