"""``huiyin why``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from huiyin.cli.cases import replay_one
from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.describe import clock_data, clock_line
from huiyin.cli.options import Place, as_of_option, format_option, rev_option, root_option
from huiyin.cli.output import print_json, print_table
from huiyin.rules.articles import cite
from huiyin.rules.deadlines import ClockKind, DueBy, handling_due
from huiyin.rules.trace import TraceDay, trace

if TYPE_CHECKING:
    from huiyin.rules.deadlines import Clock
    from huiyin.rules.replay import Replay

WEEKDAYS = "一二三四五六日"
SHOWN = 200
"""Days at either end of a count that are printed; between them they are told of in one row."""


@chinese_command("why")
@click.argument("case_id", metavar="编号")
@rev_option
@root_option
@as_of_option
@format_option("text", "json")
def command(case_id: str, rev: str | None, root: Path, now: datetime, output: str) -> int:
    """逐日说明一件留言的审核、认领、办理期限是怎样算出来的，注明条款和日历依据。"""
    place = Place(root, rev)
    replay = replay_one(place, case_id, now)
    clocks = [(clock, _days(clock, replay, place)) for clock in replay.clocks]
    if output == "json":
        data = [_data(clock, days, replay, place) for clock, days in clocks]
        print_json({"id": replay.case.id, "as_of": now.isoformat(), "clocks": data})
        return 0
    click.echo(f"{replay.case.id}  {replay.case.title}（截至 {now:%Y-%m-%d %H:%M}）")
    for clock, days in clocks:
        click.echo(f"\n{clock_line(clock, replay, place.rulebook)}")
        for line in _explanations(clock, replay, place):
            click.echo(f"  {line}")
        print_table(
            "",
            ("日期", "星期", "计数", "说明", "依据"),
            _rows(days),
        )
    return 0


def _days(clock: Clock, replay: Replay, place: Place) -> list[TraceDay]:
    days = place.rulebook.days_for(clock.unit, replay.procedure)
    return list(trace(clock, replay.now, replay.procedure.settings, days))


def _explanations(clock: Clock, replay: Replay, place: Place) -> list[str]:
    """The rule in words, and every decision that replaced what it gave."""
    settings = replay.procedure.settings
    match clock.kind:
        case ClockKind.REVIEW:
            return [f"每日审核，休息日也不例外：收到当日终了前审核交办（{cite(clock.article)}）。"]
        case ClockKind.CLAIM:
            rule = replay.route.claim_clock if replay.route else None
            hour = f"{rule.rest_day_until:%H:%M}" if rule else "规定时刻"
            basis = "交办之日" if settings.claim_day == "assigned" else "留言之日"
            whole = "工作日当日认领；节假日的，节后第一个工作日"
            return [f"{whole}{hour}前认领完毕（{cite(clock.article)}）；按{basis}计。"]
    assert clock.complexity is not None, "a handling clock starts with an assignment"
    first = "交办当日计入" if settings.counting_starts == "same_day" else "次日起算"
    limit = f"{clock.complexity.label}留言{clock.working_days}个工作日办结"
    lines = [f"{limit}，从交办之日起计算，{first}（{cite(clock.article)}）。"]
    if clock.due.by is not DueBy.RULE and clock.working_days is not None:
        days = place.rulebook.days_for(clock.unit, replay.procedure)
        counted = handling_due(clock.start, clock.working_days, settings, days)
        decision = "经交办单位同意延期" if clock.due.by is DueBy.EXTENSION else "退回重办时另定期限"
        article = "16" if clock.due.by is DueBy.EXTENSION else "21"
        lines.append(f"按此应于{counted.day}办结；{decision}至{clock.due.day}（{cite(article)}）。")
    lines += [f"原期限{missed.due.day}已过（至{missed.until:%Y-%m-%d}），这段逾期照计。" for missed in clock.missed]
    if clock.remind_on is not None and clock.running:
        lines.append(f"{clock.remind_on}仍未报送的，提醒承办单位主要负责同志（第十五条）。")
    if clock.due.provisional:
        lines.append("期限所在年度的放假安排尚未公布，为暂算，公布后自动重算。")
    return lines


def _rows(days: list[TraceDay]) -> Iterator[tuple[object, ...]]:
    """One row a day; of a count that nobody can read any more, the beginning and the end."""
    left_out = len(days) - 2 * SHOWN
    for number, d in enumerate(days):
        if left_out <= 1 or number < SHOWN or number >= len(days) - SHOWN:
            yield d.day, WEEKDAYS[d.day.weekday()], _count(d), _reason(d), d.source
        elif number == SHOWN:
            yield "……", "", "", f"其间{left_out}天从略（--format json 列出每一天）", ""


def _count(day: TraceDay) -> str:
    if day.number is None:
        return ""
    return f"逾期第{day.number}个工作日" if day.late else f"第{day.number}个工作日"


def _reason(day: TraceDay) -> str:
    return f"{day.reason}（暂算）" if day.provisional else day.reason


def _data(clock: Clock, days: list[TraceDay], replay: Replay, place: Place) -> dict[str, object]:
    return {
        **clock_data(clock, replay, place.rulebook),
        "citation": cite(clock.article),
        "days": [
            {
                "date": d.day.isoformat(),
                "number": d.number,
                "late": d.late,
                "reason": d.reason,
                "source": d.source,
                "provisional": d.provisional,
            }
            for d in days
        ],
    }
