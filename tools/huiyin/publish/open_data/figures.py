"""The figures as CSV: one file behind each table and chart of the statistics page, and units by month."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from huiyin.publish.counting import Counts
from huiyin.publish.open_data.output import Output
from huiyin.publish.pages import Table
from huiyin.publish.spreadsheet import csv_bytes
from huiyin.publish.statistics import Figures, rate_text
from huiyin.publish.tables import month_name, table_path
from huiyin.rules.registry import Registry

CROSS_TITLE, CROSS_PATH = "按承办单位和月份", table_path("by-unit-and-month")

COLUMNS: Sequence[tuple[str, Callable[[Figures], int | float | str | None]]] = (
    ("收到（件）", lambda f: f.received),
    ("待审核（件）", lambda f: f.pending),
    ("不予受理（件）", lambda f: f.declined),
    ("留言人撤回（件）", lambda f: f.withdrawn),
    ("有效留言（件）", lambda f: f.valid),
    ("已办结（件）", lambda f: f.closed),
    ("尚未办结（件）", lambda f: f.open),
    ("回复率（%）", lambda f: _percent(f.reply_rate)),
    ("应办结（件）", lambda f: f.due),
    ("按期办结（件）", lambda f: f.on_time),
    ("逾期（件）", lambda f: f.late),
    ("按期办结率（%）", lambda f: _percent(f.on_time_rate)),
    ("办理用时中位数（工作日）", lambda f: f.median_days),
    ("办理用时第90百分位数（工作日）", lambda f: f.p90_days),
    ("已评价（件）", lambda f: f.rated),
    ("评价满意（件）", lambda f: f.satisfied),
    ("满意率（%）", lambda f: _percent(f.satisfaction_rate)),
)
"""(title with its unit, value); the definitions are those of the statistics page."""


def export(tables: Iterable[Table], counts: Counts, registry: Registry) -> Iterator[Output]:
    """Every file below ``data/statistics/``; a figure that has nothing to count is empty."""
    for table in tables:
        rows = [(row.key, row.name, *_cells(row.figures)) for row in table.rows]
        yield _csv(table.csv, ("代号", table.heading), rows)
    yield _csv(CROSS_PATH, ("单位代号", "单位", "月份"), _by_unit_and_month(counts, registry))


def _by_unit_and_month(counts: Counts, registry: Registry) -> Iterator[tuple[object, ...]]:
    order = {unit: place for place, unit in enumerate(registry.units)}
    figures = counts.by_month("unit")
    for unit, month in sorted(figures, key=lambda key: (order.get(key[0], len(order)), key)):
        yield unit, registry.name_of(unit), month_name(month), *_cells(figures[unit, month])


def _csv(path: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Output:
    return Output(path, csv_bytes((*head, *(title for title, _ in COLUMNS)), rows))


def _cells(figures: Figures) -> list[object]:
    values = [value(figures) for _, value in COLUMNS]
    return ["" if v is None else f"{v:g}" if isinstance(v, float) else v for v in values]


def _percent(rate: float | None) -> str | None:
    return None if rate is None else rate_text(rate).removesuffix("%")
