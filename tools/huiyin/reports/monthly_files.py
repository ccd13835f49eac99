"""Every file of a monthly summary, as paths and contents: the same bytes for the same commit, moment and font."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from huiyin.publish.spreadsheet import csv_text
from huiyin.reports.indicators import LISTS, Indicator
from huiyin.reports.monthly import Comparison, MonthlySummary, Table
from huiyin.reports.monthly_markdown import TABLES, Picture, list_path, render_monthly, table_path
from huiyin.reports.stats import listed
from huiyin.reports.stats_csv import FIGURE_HEAD, LIST_HEAD, figure_cells, list_cells
from huiyin.reports.wording import entry_due, entry_late
from huiyin.rules.registry import Registry

PERIODS = ("本月", "上月", "上年同月")
CHARTS = "图"


def monthly_files(
    summary: MonthlySummary, registry: Registry, *, charts: bool = True, font: Path | None = None
) -> dict[PurePosixPath, str | bytes]:
    """What to write below the folder of a summary.

    Args:
        charts: whether to draw them.
        font: for the charts, instead of the fonts that are installed.

    Raises:
        HuiyinError: HY892, there is no font with Chinese characters.
    """
    files: dict[str, str | bytes] = {}
    pictures = []
    if charts:
        from huiyin.reports.charts import draw_charts  # takes a second to import

        for chart in draw_charts(summary, font):
            path = f"{CHARTS}/{chart.name}"
            files |= {f"{path}.png": chart.png, f"{path}.svg": chart.svg}
            pictures.append(Picture(chart.title, f"{path}.png"))
    files[f"{summary.month.title}办理情况汇总.md"] = render_monthly(summary, pictures)
    files[f"{TABLES}/合计.csv"] = _table_csv("合计", [summary.total], summary)
    for table in summary.tables:
        files[table_path(table.dimension)] = _breakdown_csv(table, summary)
    files[f"{TABLES}/逐月.csv"] = _trend_csv(summary)
    files[f"{TABLES}/逾期未办结.csv"] = _overdue_csv(summary)
    for indicator in LISTS.values():
        files[list_path(indicator)] = _list_csv(indicator, summary, registry)
    return {PurePosixPath(path): content for path, content in files.items()}


def _breakdown_csv(table: Table, summary: MonthlySummary) -> str:
    return _table_csv(table.dimension.label, table.rows, summary)


def _table_csv(heading: str, rows: Sequence[Comparison], summary: MonthlySummary) -> str:
    """One line a row and period: first the month itself, then those that it is compared with."""
    lines = (
        (row.key, row.name, period_name, str(period.month), *figure_cells(line), period.as_of.isoformat(), version)
        for period_name, period, index in zip(PERIODS, summary.periods, range(3), strict=True)
        for row in rows
        for line in [row.lines[index]]
        for version in [summary.revision.label]
    )
    return csv_text(("代号", heading, "期间", "月份", *FIGURE_HEAD, "截至", "数据版本"), lines)


def _trend_csv(summary: MonthlySummary) -> str:
    lines = (
        (str(period.month), *figure_cells(line), period.as_of.isoformat(), summary.revision.label)
        for period, line in summary.trend
    )
    return csv_text(("月份", *FIGURE_HEAD, "截至", "数据版本"), lines)


def _overdue_csv(summary: MonthlySummary) -> str:
    lines = (
        (
            o.entry.id,
            o.entry.unit,
            summary.names.get(o.entry.unit, o.entry.unit),
            summary.names.get(o.entry.dispatcher, o.entry.dispatcher),
            entry_due(o.entry),
            o.entry.working_days_late,
            entry_late(o.entry),
            "有批示" if o.instructed else "",
        )
        for o in summary.overdue
    )
    head = ("编号", "承办单位代号", "承办单位", "交办单位", "期限", "逾期工作日数", "逾期", "批示")
    return csv_text(head, lines)


def _list_csv(indicator: Indicator, summary: MonthlySummary, registry: Registry) -> str:
    return csv_text(("期间", *LIST_HEAD), _list_lines(indicator, summary, registry))


def _list_lines(indicator: Indicator, summary: MonthlySummary, registry: Registry) -> Iterator[tuple[object, ...]]:
    for period, population in zip(PERIODS, summary.populations, strict=True):
        for tally, occurrence in listed(population, indicator.behind):
            yield (period, *list_cells(tally, occurrence, registry))
