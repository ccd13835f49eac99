"""How ``huiyin stats`` prints figures and lists: text, JSON, CSV."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime

import click
from rich.console import Console
from rich.text import Text

from huiyin.cli.options import Place
from huiyin.cli.output import print_json, print_table
from huiyin.publish.spreadsheet import csv_text
from huiyin.publish.statistics import Figure
from huiyin.repo.revision import Revision
from huiyin.reports.indicators import BY_KEY, INDICATORS, LISTS, Indicator, fraction, text
from huiyin.reports.stats import (
    Act,
    Dimension,
    Line,
    Occurrence,
    Population,
    Tally,
    Window,
    line_of,
    listed,
    name_of,
    order_of,
    split,
)
from huiyin.reports.stats_csv import FIGURE_HEAD, LIST_HEAD, figure_cells, list_cells
from huiyin.rules.registry import Registry

WIDE = 150
"""Columns from which on all figures of a row fit into one table."""
_HANDLING = ("received", "valid", "closed", "reply_rate", "due", "on_time", "late", "on_time_rate")
_COURSE = (
    *("median_days", "p90_days", "rated", "satisfied", "satisfaction_rate"),
    *("published", "returned", "extended", "reassigned"),
)


class Shown:
    """Figures or a list, in one of the formats."""

    def __init__(self, place: Place, revision: Revision, now: datetime, window: Window, population: Population) -> None:
        self._rulebook = place.rulebook
        self._revision = revision
        self._now = now
        self._window = window
        self._population = population

    def print_figures(self, dimension: Dimension | None, output: str) -> None:
        """The total, and the rows if there is something to break it down by."""
        rows = list(self._rows(dimension)) if dimension else []
        total = line_of(self._population)
        if output == "json":
            print_json({**self._head(), "by": dimension, "total": _figures(total), "rows": [
                {"key": key, "name": name, "figures": _figures(line)} for key, name, line in rows
            ]})  # fmt: skip
        elif output == "csv":
            self._print_csv(dimension, [*rows, ("", "合计", total)])
        else:
            click.echo(self._title("网民留言统计"))
            if dimension is None:
                _print_total(total)
            else:
                _print_rows(dimension, [*rows, ("", "合计", total)])

    def print_list(self, key: str, output: str) -> None:
        """The cases behind a figure."""
        registry = self._rulebook.registry
        indicator = LISTS[key]
        entries = listed(self._population, indicator.behind)
        if output == "json":
            print_json({**self._head(), "figure": key, "count": len(entries), "cases": [_case(*e) for e in entries]})
        elif output == "csv":
            click.echo(csv_text(LIST_HEAD, (list_cells(*e, registry) for e in entries)), nl=False)
        else:
            click.echo(self._title(f"{indicator.title}：{len(entries)}{indicator.kind.value}"))
            _print_cases(indicator, entries, registry)

    def _rows(self, dimension: Dimension) -> Iterator[tuple[str, str, Line]]:
        parts = split(self._population, dimension)
        for key in order_of(dimension, parts, self._rulebook):
            yield key, name_of(dimension, key, self._rulebook), line_of(parts[key])

    def _head(self) -> dict[str, object]:
        return {
            "as_of": self._now.isoformat(),
            "commit": self._revision.commit,
            "clean": self._revision.clean,
            "from": self._window.first and self._window.first.isoformat(),
            "to": self._window.last and self._window.last.isoformat(),
        }

    def _title(self, what: str) -> str:
        first, last = self._window.first, self._window.last
        days = f"{first or ''}至{last or ''}" if first or last else "全部日期"
        return f"{what}（{days}）\n截至 {self._now:%Y-%m-%d %H:%M}（北京时间），{self._revision.label}"

    def _print_csv(self, dimension: Dimension | None, rows: Sequence[tuple[str, str, Line]]) -> None:
        head = ("代号", dimension.label if dimension else "范围", *FIGURE_HEAD, "截至", "数据版本")
        made = (self._now.isoformat(), self._revision.label)
        click.echo(csv_text(head, ((key, name, *figure_cells(x), *made) for key, name, x in rows)), nl=False)


def _figures(line: Line) -> dict[str, float | None]:
    return {i.key: i.value(line) for i in INDICATORS}


def _case(tally: Tally, occurrence: Occurrence | None) -> dict[str, object]:
    counted = tally.counted
    return {
        "id": tally.id,
        "received": tally.received.isoformat(),
        "unit": counted.unit,
        "dispatcher": tally.dispatcher,
        "channel": counted.channel,
        "topics": list(counted.topics),
        "complexity": counted.complexity,
        "outcome": counted.outcome,
        "late": counted.late,
        "working_days": counted.working_days,
        "satisfaction": counted.satisfaction,
        "at": occurrence.at.isoformat() if occurrence else None,
        "unit_then": occurrence.unit if occurrence else None,
    }


def _print_total(line: Line) -> None:
    print_table(
        "合计",
        ("指标", "数值", "单位", "计算"),
        (
            (i.title, _right(text(i, line)), i.kind.value if i.part is None else "", fraction(i, line))
            for i in INDICATORS
        ),
    )


def _print_rows(dimension: Dimension, rows: Sequence[tuple[str, str, Line]]) -> None:

    wide = not sys.stdout.isatty() or Console().width >= WIDE
    groups = [(*_HANDLING, *_COURSE)] if wide else [_HANDLING, _COURSE]
    for keys in groups:
        _print_group(dimension, [BY_KEY[key] for key in keys], rows)


def _print_group(dimension: Dimension, indicators: Sequence[Indicator], rows: Sequence[tuple[str, str, Line]]) -> None:
    print_table(
        f"按{dimension.label}",
        (dimension.label, *(i.short for i in indicators)),
        ((name, *(_right(text(i, line)) for i in indicators)) for _, name, line in rows),
    )


def _print_cases(indicator: Indicator, entries: Sequence[tuple[Tally, Occurrence | None]], registry: Registry) -> None:
    if not entries:
        click.echo("没有这样的留言。")
        return
    names = ["编号", "收到日期", "承办单位", "类别", "状态", "是否逾期", "办理用时（工作日）"]
    if indicator.behind in (Figure.RATED, Figure.SATISFIED):
        names.append("满意度评价")
    if isinstance(indicator.behind, Act):
        names[2:] = ["发生日期", "发生时承办单位", "承办单位", "状态"]
    shown = [LIST_HEAD.index(name) for name in names]
    rows = (list_cells(*entry, registry) for entry in entries)
    print_table("名单", names, ([row[i] for i in shown] for row in rows))


def _right(shown: str) -> Text:
    return Text(shown, justify="right")
