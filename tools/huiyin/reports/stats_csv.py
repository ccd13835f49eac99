"""Figures and lists as the cells of a CSV (``publish/spreadsheet.py``).

Rates stand in percent with one decimal; — stands where there was nothing to count. Ids and facts only (第十九条).
"""

from __future__ import annotations

from huiyin.publish.tables import channel_name, complexity_name
from huiyin.reports.indicators import INDICATORS, Indicator, Kind, text
from huiyin.reports.stats import Line, Occurrence, Tally
from huiyin.rules.registry import Registry

FIGURE_HEAD = tuple(f"{i.title}（{i.kind.value}）" for i in INDICATORS)
"""Headings of the figures, each with its unit."""
LIST_HEAD = (
    *("编号", "收到日期", "承办单位代号", "承办单位", "交办单位", "渠道", "主题", "类别"),
    *("状态", "是否逾期", "办理用时（工作日）", "满意度评价", "发生日期", "发生时承办单位"),
)
"""Headings of a list of cases; the last two only for acts."""
OUTCOMES = {
    "pending": "待审核",
    "declined": "不予受理",
    "withdrawn": "留言人撤回",
    "open": "尚未办结",
    "closed": "已办结",
}


def figure_cells(line: Line) -> tuple[str, ...]:
    """The figures of a row, in the order of ``FIGURE_HEAD``."""
    return tuple(_figure(i, line) for i in INDICATORS)


def _figure(indicator: Indicator, line: Line) -> str:
    shown = text(indicator, line)
    return shown.removesuffix("%") if indicator.kind is Kind.RATE else shown


def list_cells(tally: Tally, occurrence: Occurrence | None, registry: Registry) -> tuple[object, ...]:
    """One line of a list, in the order of ``LIST_HEAD``."""
    counted = tally.counted
    assigned = counted.unit is not None
    return (
        tally.id,
        tally.received.isoformat(),
        counted.unit or "",
        registry.name_of(counted.unit) if counted.unit else "",
        registry.name_of(tally.dispatcher),
        channel_name(counted.channel),
        "、".join(counted.topics),
        complexity_name(counted.complexity) if counted.complexity else "",
        OUTCOMES[counted.outcome],
        ("是" if counted.late else "否") if assigned and counted.outcome in ("open", "closed") else "",
        "" if counted.working_days is None else counted.working_days,
        counted.satisfaction or "",
        occurrence.day.isoformat() if occurrence else "",
        registry.name_of(occurrence.unit) if occurrence else "",
    )
