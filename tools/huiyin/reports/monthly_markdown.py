"""The monthly summary as Markdown (第十七条): each figure links to the list of the cases that it counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from huiyin.forge.quoting import code, plain
from huiyin.reports.indicators import BY_KEY, INDICATORS, Indicator, change, fraction, text
from huiyin.reports.markdown import markdown_table
from huiyin.reports.monthly import Comparison, MonthlySummary, Overdue, Table
from huiyin.reports.stats import Act, Dimension, Line
from huiyin.reports.wording import entry_due, entry_late

LISTS = "清单"
TABLES = "表"
_ROW = ("closed", "reply_rate", "median_days", "p90_days", "satisfaction_rate", *Act)
"""Figures of a broken-down table beside those that are compared; the rest stands in the CSV."""
_COMPARED = ("valid", "on_time_rate")


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart beside the summary: its title and its path, relative to the summary."""

    title: str
    path: str


def render_monthly(summary: MonthlySummary, pictures: Sequence[Picture] = ()) -> str:
    """The whole summary.

    Args:
        pictures: the charts to be shown.
    """
    parts = [
        f"# {summary.month.title}网民留言办理情况汇总",
        "\n".join(f"* {fact}" for fact in facts(summary)),
        "## 总体情况\n\n" + _total(summary),
        *(f"![{plain(p.title)}]({p.path})" for p in pictures),
        *(_breakdown(table, summary) for table in summary.tables),
        _overdue(summary),
        "## 指标的含义\n\n" + "\n".join(f"* **{plain(name)}**：{plain(words)}" for name, words in summary.definitions),
        _recount(summary),
    ]
    return "\n\n".join(parts) + "\n"


def facts(summary: MonthlySummary) -> Iterator[str]:
    """What the figures rest on, in sentences; names of the rules are made harmless."""
    yield (
        f"统计范围：{summary.month.title}收到的留言，以及当月发生的公开、退回、延期和改派"
        "（第十六条、第十七条、第二十一条）。"
    )
    yield f"截至 {summary.as_of:%Y-%m-%d %H:%M}（北京时间）；{plain(summary.revision.label)}。"
    if not summary.current.complete:
        yield "本月尚未结束，各项数字是月初至截至时的。"
    yield (
        f"比较按同期口径：上月（{summary.before.month.title}）截至 {summary.before.as_of:%Y-%m-%d %H:%M}，"
        f"上年同月（{summary.year_before.month.title}）截至 {summary.year_before.as_of:%Y-%m-%d %H:%M}，"
        "即各月都看到月末（本月未结束的，月初）以后同样长的时间，以免近月只因办理时间短而显得偏低。"
    )
    yield "“—”表示没有可计的留言；只列编号，不列标题和正文（第十九条）。"


def _total(summary: MonthlySummary) -> str:
    total = summary.total
    return markdown_table(
        ("指标", "本月", "上月", "比上月", "上年同月", "比上年同月"),
        (
            (
                f"{i.title}（{i.kind.value}）" if i.part is None else i.title,
                f"{_linked(i, total.current)}{_fraction(i, total.current)}",
                f"{text(i, total.before)}{_fraction(i, total.before)}",
                change(i, total.current, total.before),
                f"{text(i, total.year_before)}{_fraction(i, total.year_before)}",
                change(i, total.current, total.year_before),
            )
            for i in INDICATORS
        ),
    )


def _linked(indicator: Indicator, line: Line) -> str:
    return f"[{text(indicator, line)}]({list_path(indicator)})"


def list_path(indicator: Indicator) -> str:
    """Where the cases behind a figure are listed; for a rate, those of its denominator."""
    return f"{LISTS}/{BY_KEY[indicator.behind.value].title}.csv"


def table_path(dimension: Dimension) -> str:
    """Where the whole table of one dimension stands."""
    return f"{TABLES}/按{dimension.label}.csv"


def _fraction(indicator: Indicator, line: Line) -> str:
    of = fraction(indicator, line)
    return f"（{of}）" if of else ""


def _breakdown(table: Table, summary: MonthlySummary) -> str:
    label = table.dimension.label
    several = "一件留言可有几个主题，各行之和可以大于合计。" if table.dimension is Dimension.TOPIC else ""
    note = f"全部指标和上月、上年同月的数字见[{table_path(table.dimension)}]({table_path(table.dimension)})。{several}"
    head = [label]
    for key in _COMPARED:
        head += [BY_KEY[key].title, "上月", "上年同月"]
    head += [BY_KEY[key].title for key in _ROW]
    rows = [_cells(row) for row in table.rows]
    return f"## 按{label}\n\n{note}\n\n" + markdown_table(head, [*rows, _cells(summary.total)])


def _cells(row: Comparison) -> list[str]:
    cells = [plain(row.name)]
    for key in _COMPARED:
        indicator = BY_KEY[key]
        cells.append(text(indicator, row.current) + _fraction(indicator, row.current))
        cells += [text(indicator, row.before), text(indicator, row.year_before)]
    return cells + [text(BY_KEY[key], row.current) for key in _ROW]


def _overdue(summary: MonthlySummary) -> str:
    title = f"## 逾期未办结：{len(summary.overdue)}件"
    words = "截至时全部逾期未办结的留言，不论何月收到（第十三条、第十五条）；有领导批示的由督查室跟踪督办（第十八条）。"
    if not summary.overdue:
        return f"{title}\n\n{words}"
    head = ("编号", "承办单位", "交办单位", "期限", "逾期", "批示")
    return f"{title}\n\n{words}\n\n" + markdown_table(head, (_overdue_cells(o, summary) for o in summary.overdue))


def _overdue_cells(overdue: Overdue, summary: MonthlySummary) -> tuple[str, ...]:
    entry = overdue.entry
    return (
        code(entry.id),
        plain(summary.names.get(entry.unit, entry.unit)),
        plain(summary.names.get(entry.dispatcher, entry.dispatcher)),
        entry_due(entry),
        entry_late(entry),
        "有批示" if overdue.instructed else "",
    )


def _recount(summary: MonthlySummary) -> str:
    moment = summary.as_of.isoformat()
    place = f" --rev {summary.revision.commit}" if summary.revision.commit else ""
    lines = [
        f"huiyin report monthly --month {summary.month} --as-of {moment}{place} --out 新目录",
        f"huiyin stats --month {summary.month} --as-of {moment}{place} --list 已办结",
    ]
    unclean = "" if summary.revision.clean else "本次所用的数据有未提交的改动，须先提交，才能照此复核。"
    words = f"各项数字都可从Git中的同一提交重新算出；每项指标所计的留言，见“{LISTS}”目录中的同名文件。{unclean}"
    return f"## 复核\n\n{words}\n\n```sh\n" + "\n".join(lines) + "\n```"
