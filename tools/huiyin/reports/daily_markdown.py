"""The daily report as Markdown: the job summary in CI. Names from the rules are shown and never obeyed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from huiyin.forge.quoting import code, plain
from huiyin.reports.daily import DailyList, DailyReport, Tally
from huiyin.reports.deadlines import Entry
from huiyin.reports.markdown import markdown_table
from huiyin.reports.wording import NO_HEAD, entry_due, entry_late
from huiyin.rules.articles import cite
from huiyin.rules.registry import Registry

MOST_LINES = 300
"""Lines of a list that are shown: GitHub refuses a summary of more than a mebibyte."""


def render_daily(report: DailyReport, registry: Registry) -> str:
    """The whole report: what it rests on, the counts, then each list that has a line."""
    parts = [
        f"# 网民留言办理日报（{report.as_of:%Y-%m-%d %H:%M}）",
        "\n".join(facts(report)),
        markdown_table(
            ("清单", "件数", "条款"), ((of.label, str(len(e)), cite(of.article)) for of, e in report.lists.items())
        ),
        _tallies("按交办单位（第十四条）", report, report.dispatchers, registry),
        _tallies("按应办单位", report, report.units, registry),
        *(_list(of, report, registry) for of, entries in report.lists.items() if entries),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def facts(report: DailyReport) -> Iterator[str]:
    """What the report rests on: moment, calendar, commit; each a line of a list."""
    yield f"* 截至 {report.as_of:%Y-%m-%d %H:%M}（北京时间），{day_words(report)}"
    yield f"* 数据版本：{plain(report.revision.label)}"
    yield f"* 涉及留言{report.cases}件；只列编号，不列标题和正文（第十九条）"


def day_words(report: DailyReport) -> str:
    """Whether people work today, and why; where the year is not published, that it is provisional."""
    work = "工作日" if report.day.working else "休息日"
    why = "" if report.day.reason == work else f"（{report.day.reason}）"
    return f"{work}{why}" + ("，暂算" if report.day.provisional else "")


def _tallies(title: str, report: DailyReport, tallies: Sequence[Tally], registry: Registry) -> str:
    if not tallies:
        return ""
    shown = [of for of, entries in report.lists.items() if entries]
    rows = (
        (
            plain(registry.name_of(t.unit)),
            *(str(t.counts.get(of, "")) for of in shown),
            str(t.most_days_late or ""),
        )
        for t in tallies
    )
    return f"## {title}\n\n" + markdown_table(("单位", *(of.short for of in shown), "最长逾期（工作日）"), rows)


def _list(of: DailyList, report: DailyReport, registry: Registry) -> str:
    entries = report.lists[of]
    left = len(entries) - MOST_LINES
    more = f"\n\n另有{left}件没有列出，全部见台账。" if left > 0 else ""
    rows = (_cells(of, e, report, registry) for e in entries[:MOST_LINES])
    head = ("编号", "应办单位", "主要负责同志", "期限", "紧急程度", "逾期", "条款")
    return f"## {of.label}：{len(entries)}件\n\n{markdown_table(head, rows)}{more}"


def _cells(of: DailyList, entry: Entry, report: DailyReport, registry: Registry) -> tuple[str, ...]:
    return (
        code(entry.id),
        plain(registry.name_of(entry.unit)),
        plain(entry.head or NO_HEAD),
        entry_due(entry),
        report.urgency(of, entry).label,
        entry_late(entry),
        cite(entry.article),
    )
