"""The ledger (台账): the daily report as a workbook, one sheet a list, to filter, print and hand on.

The same report gives the same bytes: nothing in the file tells when or where it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from huiyin.reports.daily import DailyList, DailyReport, Tally, Urgency
from huiyin.reports.daily_markdown import day_words
from huiyin.reports.deadlines import Entry
from huiyin.reports.ledger_file import to_bytes
from huiyin.reports.wording import NO_HEAD
from huiyin.rules.articles import cite
from huiyin.rules.registry import Registry

SUMMARY = "总表"
HEAD_ROW = 4
"""The row of a list's column heads; above it stand the title, what the list rests on, and the way back."""

_COLOURS = {
    Urgency.TRACKED: "F4B6B6",
    Urgency.LATE: "FAD7C3",
    Urgency.TODAY: "FFE699",
    Urgency.SOON: "FFF6D6",
}
"""Light enough that black text on them stays readable, also printed grey. A column says the same in words."""
_HEAD = PatternFill("solid", fgColor="D9E2EC")
_LINE = Side(style="thin", color="A6A6A6")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_FORMULA = re.compile(r"[=+\-@\t\r]")
"""How a text begins that a spreadsheet, or one made of this file, may take for a formula."""

Value = str | int | date | datetime | None


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    width: float
    value: Callable[[Entry, DailyList, DailyReport, Registry], Value]
    format: str = "General"


_COLUMNS = (
    _Column("编号", 22, lambda e, of, report, registry: e.id),
    _Column("紧急程度", 10, lambda e, of, report, registry: report.urgency(of, e).label),
    _Column("应办单位", 30, lambda e, of, report, registry: registry.name_of(e.unit)),
    _Column("主要负责同志", 26, lambda e, of, report, registry: e.head or NO_HEAD),
    _Column("期限", 18, lambda e, of, report, registry: _due(e)),
    _Column("暂算", 6, lambda e, of, report, registry: "是" if e.provisional else ""),
    _Column("逾期工作日", 11, lambda e, of, report, registry: e.working_days_late if e.late else None, "0"),
    _Column("逾期小时", 10, lambda e, of, report, registry: e.hours_late if e.late else None, "0"),
    _Column("交办单位", 26, lambda e, of, report, registry: registry.name_of(e.dispatcher)),
    _Column("条款", 14, lambda e, of, report, registry: cite(e.article)),
)


def render_ledger(report: DailyReport, registry: Registry) -> bytes:
    """The workbook: 总表 with all counts, each linked to its list, then a sheet for each list."""
    book = Workbook()
    summary = book.active
    assert isinstance(summary, Worksheet)
    summary.title = SUMMARY
    for of in DailyList:
        _fill_list(book.create_sheet(of.short), of, report, registry)
    _fill_summary(summary, report, registry)
    book.properties.creator = "huiyin"
    book.properties.title = "网民留言办理台账"
    book.properties.description = f"截至 {report.as_of.isoformat()}；{report.revision.commit or report.revision.label}"
    return to_bytes(book, report.as_of)


def _fill_list(sheet: Worksheet, of: DailyList, report: DailyReport, registry: Registry) -> None:
    entries = report.lists[of]
    _put(sheet, 1, 1, f"{of.label}：{len(entries)}件（{cite(of.article)}）").font = Font(bold=True, size=14)
    _put(sheet, 2, 1, _basis(report))
    _link(_put(sheet, 3, 1, f"返回{SUMMARY}"), SUMMARY, "A1")
    _heads(sheet, HEAD_ROW, [c.title for c in _COLUMNS])
    for row, entry in enumerate(entries, HEAD_ROW + 1):
        colour = _COLOURS.get(report.urgency(of, entry))
        for index, column in enumerate(_COLUMNS, 1):
            cell = _put(sheet, row, index, column.value(entry, of, report, registry), column.format)
            cell.border = _BOX
            if colour:
                cell.fill = PatternFill("solid", fgColor=colour)
    for index, column in enumerate(_COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(index)].width = column.width
    last = get_column_letter(len(_COLUMNS))
    sheet.freeze_panes = f"B{HEAD_ROW + 1}"
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{last}{HEAD_ROW + len(entries)}"
    _set_up_print(sheet, report, f"{HEAD_ROW}:{HEAD_ROW}")


def _fill_summary(sheet: Worksheet, report: DailyReport, registry: Registry) -> None:
    rows = count(1)
    _put(sheet, next(rows), 1, "网民留言办理台账").font = Font(bold=True, size=16)
    for line in (
        _basis(report),
        f"提交：{report.revision.commit or report.revision.label}",
        f"涉及留言{report.cases}件。一件留言可以列入几个清单。只列编号和办理情况，不列标题和正文（第十九条）。",
    ):
        _put(sheet, next(rows), 1, line)
    next(rows)
    _heads(sheet, next(rows), ["清单", "件数", "条款", "说明"])
    for of, entries in report.lists.items():
        row = next(rows)
        _link(_put(sheet, row, 1, of.short), of.short, "A1")
        _link(_put(sheet, row, 2, len(entries), "0"), of.short, f"A{HEAD_ROW}")
        _put(sheet, row, 3, cite(of.article))
        _put(sheet, row, 4, of.label)
    for title, tallies in (("交办单位（第十四条）", report.dispatchers), ("应办单位", report.units)):
        next(rows)
        _heads(sheet, next(rows), [title, *(of.short for of in DailyList), "最长逾期（工作日）"])
        for tally in tallies:
            _fill_tally(sheet, next(rows), tally, registry)
    sheet.column_dimensions["A"].width = 34
    for index in range(2, len(DailyList) + 3):
        sheet.column_dimensions[get_column_letter(index)].width = 13
    sheet.freeze_panes = "B2"
    _set_up_print(sheet, report, "1:1")


def _fill_tally(sheet: Worksheet, row: int, tally: Tally, registry: Registry) -> None:
    _put(sheet, row, 1, registry.name_of(tally.unit)).border = _BOX
    for index, of in enumerate(DailyList, 2):
        cell = _put(sheet, row, index, tally.counts.get(of, 0), "0;-0;")  # a nought is a number, and not shown
        cell.border = _BOX
        if tally.counts.get(of):
            _link(cell, of.short, f"A{HEAD_ROW}")
    _put(sheet, row, len(DailyList) + 2, tally.most_days_late, "0;-0;").border = _BOX


def _basis(report: DailyReport) -> str:
    return f"截至 {report.as_of:%Y-%m-%d %H:%M}（北京时间），{day_words(report)}；{report.revision.label}"


def _due(entry: Entry) -> Value:
    """A date, or a time where an hour counts, as the spreadsheet's own kind; words where there is no limit."""
    if entry.due is None:
        return "未规定时限"
    moment = datetime.fromisoformat(entry.due)
    return moment.replace(tzinfo=None) if "T" in entry.due else moment.date()


def _put(sheet: Worksheet, row: int, column: int, value: Value, number_format: str = "General") -> Cell:
    """Write a value as what it is. A text is never a formula, neither here nor in what is pasted from here."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        cell.quotePrefix = bool(_FORMULA.match(value))
    else:
        cell.value = value
        cell.number_format = number_format
    if isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    cell.alignment = Alignment(vertical="center", horizontal="left" if isinstance(value, str | date) else None)
    return cell


def _heads(sheet: Worksheet, row: int, titles: Iterable[str]) -> None:
    for index, title in enumerate(titles, 1):
        cell = _put(sheet, row, index, title)
        cell.font, cell.fill, cell.border = Font(bold=True), _HEAD, _BOX
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")


def _link(cell: Cell, sheet: str, target: str) -> None:
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{sheet}'!{target}")
    cell.font = Font(color="0B5394", underline="single")


def _set_up_print(sheet: Worksheet, report: DailyReport, repeated: str) -> None:
    """Landscape A4, as wide as one page, the heads on each; the foot says which page and from which commit."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = repeated
    foot = sheet.oddFooter
    assert foot is not None
    assert foot.left is not None
    assert foot.right is not None
    foot.left.text, foot.right.text = report.revision.label, "第&P页，共&N页"
