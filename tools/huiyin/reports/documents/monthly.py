"""月度办理情况汇总 (第十七条): the figures of ``reports/monthly.py`` as a document for the leaders."""

from __future__ import annotations

from huiyin.reports.documents.desk import Desk, Fields, regulation
from huiyin.reports.documents.wording import NONE, long_date, long_time, numeral
from huiyin.reports.indicators import BY_KEY, change, text
from huiyin.reports.monthly import Comparison, MonthlySummary, Overdue, Table
from huiyin.reports.stats import Dimension
from huiyin.reports.wording import entry_due, entry_late
from huiyin.rules.articles import cite

COMPARED = (
    *("received", "valid", "closed", "reply_rate", "on_time_rate", "median_days", "p90_days", "satisfaction_rate"),
    *("returned", "extended", "reassigned"),
)
"""The figures that are compared with the month before and the same month a year before."""
COLUMNS = ("valid", "closed", "reply_rate", "on_time_rate", "median_days", "satisfaction_rate")
"""The figures of each unit, channel and so on."""
TITLES = {
    Dimension.UNIT: "各承办单位办理情况",
    Dimension.DISPATCHER: "各交办单位办理情况",
    Dimension.CHANNEL: "各渠道办理情况",
    Dimension.TOPIC: "各主题办理情况",
    Dimension.COMPLEXITY: "各类别办理情况",
}


def monthly(desk: Desk, summary: MonthlySummary) -> Fields:
    """The fields of the template."""
    procedures = list(desk.rulebook.procedures.values())
    dispatchers = dict.fromkeys(c.dispatcher for p in procedures for c in p.channels.values())
    tables = [table for table in summary.tables if table.rows]
    return {
        "regulation": regulation(procedures[0]),
        "number": f"第{desk.blank('期号')}期",
        "issuer": "、".join(desk.name(d) for d in dispatchers),
        "printed_by": desk.name(next(iter(dispatchers))) if len(dispatchers) == 1 else "",
        "date": long_date(desk.now),
        "now": long_time(summary.as_of),
        "month": summary.month.title,
        "overview": _overview(summary),
        "total": tuple(_compared(summary.total, key) for key in COMPARED),
        "tables": tuple(_table(table, i) for i, table in enumerate(tables, 2)),
        "overdue_title": f"{numeral(len(tables) + 2)}、逾期未办结的留言",
        "overdue": tuple(_overdue(desk, overdue) for overdue in summary.overdue),
        "remarks_title": f"{numeral(len(tables) + 3)}、统计口径",
        "remarks": (
            *(f"{name}：{meaning}" for name, meaning in summary.definitions),
            (
                f"上月、上年同月的数字，按同样的间隔统计（截至{long_time(summary.before.as_of)}、"
                f"{long_time(summary.year_before.as_of)}）。数据来源：留言库{summary.revision.label}。"
            ),
        ),
    }


def _overview(summary: MonthlySummary) -> tuple[str, ...]:
    line = summary.total.current

    def figure(key: str) -> str:
        return text(BY_KEY[key], line)

    used = f"，办理用时中位数{figure('median_days')}个工作日" if line.figures.median_days is not None else ""
    lines = [
        (
            f"{summary.month.title}共收到网民留言{figure('received')}件，其中尚待审核{figure('pending')}件，"
            f"不予受理{figure('declined')}件，留言人撤回{figure('withdrawn')}件，有效留言{figure('valid')}件。"
        )
    ]
    if line.figures.valid:
        lines.append(
            f"有效留言中已办结{figure('closed')}件，回复率{figure('reply_rate')}；应办结{figure('due')}件，"
            f"按期办结{figure('on_time')}件，按期办结率{figure('on_time_rate')}{used}。"
        )
    if line.figures.rated:
        lines.append(f"已评价{figure('rated')}件，满意率{figure('satisfaction_rate')}。")
    return tuple(lines)


def _compared(total: Comparison, key: str) -> Fields:
    indicator = BY_KEY[key]
    current, before, year_before = (text(indicator, line) for line in total.lines)
    return {
        "name": f"{indicator.title}（{indicator.kind}）" if "率" not in indicator.title else indicator.title,
        "current": current,
        "before": before,
        "change": change(indicator, total.current, total.before),
        "year_before": year_before,
        "year_change": change(indicator, total.current, total.year_before),
    }


def _table(table: Table, number: int) -> Fields:
    rows = tuple(
        {"name": row.name} | {key: text(BY_KEY[key], row.current) for key in COLUMNS}
        for row in table.rows
        if row.current.figures.valid
    )
    return {"title": f"{numeral(number)}、{TITLES[table.dimension]}", "key": table.dimension.label, "rows": rows}


def _overdue(desk: Desk, overdue: Overdue) -> Fields:
    entry = overdue.entry
    return {
        "id": entry.id,
        "unit": desk.name(entry.unit),
        "due": entry_due(entry),
        "late": entry_late(entry),
        "article": cite(entry.article),
        "instructed": "有" if overdue.instructed else NONE,
    }
