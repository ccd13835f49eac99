"""The part of the gate's comment on a change of the calendar: every open case whose due date moves (design §4)."""

from __future__ import annotations

from collections.abc import Iterator

from huiyin.calendar_change import MOST_CASES, CalendarChange
from huiyin.forge.quoting import code, plain
from huiyin.reports.moves import Move
from huiyin.reports.wording import due_text
from huiyin.rules.registry import Registry

_BLOCK = 100
"""Lines of a block: a comment that grows too long loses whole blocks."""


def describe_calendar(change: CalendarChange, registry: Registry) -> Iterator[str]:
    """Markdown blocks: what moves, or that nothing does, or why nobody can tell. Ids only (第十九条)."""
    if change.moves is not None:
        yield from _moves(change.moves, change, registry)
    elif change.problems:
        yield "**日历变动**\n\n新的日历不能用，看不出哪些期限会变动；改正后再看。"
    if change.package is not None:
        old, new = (plain(version) or "没有" for version in change.package)
        yield (
            f"**日历软件包变动**\n\nchinesecalendar：{old} → {new}。闸门不运行改动带来的程序；期限因此怎样变动，"
            "见检查工作流“留言和规则”一项的摘要，或者在本机运行 `.ci/compare-dates`。"
        )


def _moves(moves: tuple[Move, ...], change: CalendarChange, registry: Registry) -> Iterator[str]:
    checked = f"检查了{change.checked}件未办结留言" + (
        "" if change.all_checked else f"（只看了最近收到的{MOST_CASES}件留言）"
    )
    if not moves:
        yield f"**日历变动**\n\n{checked}，期限都不变。"
        return
    heading = f"**日历变动：有{len(moves)}项期限随之改变**\n\n{checked}；变动涉及的单位应当告知（第十三条、第十五条）。"
    for start in range(0, len(moves), _BLOCK):
        lines = "\n".join(_line(move, registry) for move in moves[start : start + _BLOCK])
        yield lines if start else f"{heading}\n\n{lines}"


def _line(move: Move, registry: Registry) -> str:
    what = f"{plain(registry.name_of(move.unit))}，{move.kind.label}"
    return f"- {code(move.case_id)}（{what}）：{due_text(move.old)} → {due_text(move.new)}"
