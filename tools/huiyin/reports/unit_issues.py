"""What the daily report tells each unit, as an issue on the forge: its own lists, for a dispatcher also its queue.

Ids, dates and articles only, no title and no text (第十九条). The words change only when the lists do, or when a day
more has passed, so that a run without news writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from huiyin.forge.issues import UnitIssue
from huiyin.forge.quoting import code, plain, visible
from huiyin.model.unit import Role, UnitKind
from huiyin.reports.daily import DailyList, DailyReport, Tally
from huiyin.reports.deadlines import Entry
from huiyin.reports.markdown import markdown_table
from huiyin.reports.wording import entry_due
from huiyin.rules.articles import cite
from huiyin.rules.deadlines import local_day
from huiyin.rules.registry import Registry

MOST_LINES = 60
"""Lines of one list that are shown, so that nine full lists stay below the 65,536 characters of GitHub."""
OWN = tuple(of for of in DailyList if of is not DailyList.PROVISIONAL)
"""The lists that ask a unit for something. That a date is provisional stands beside the date."""
FOOT = (
    "本议题由程序按主线数据自动更新，全部办结后自动关闭。只列编号，不列标题和正文；"
    "请勿在此写留言内容和留言人信息（第十九条）。"
)


def unit_issues(report: DailyReport, registry: Registry, forge: str) -> dict[str, UnitIssue]:
    """The issues that should be open, by unit, in the order of the registry.

    Args:
        report: of all units and dispatchers, not of one alone.
        forge: ``github`` or ``gitea``: whose numeric ids heads are named by.
    """
    queues = {tally.unit: tally for tally in report.dispatchers}
    found = {}
    for unit in registry.units:
        parts = list(_parts(unit, report, registry, queues.get(unit)))
        if parts:
            found[unit] = _issue(unit, parts, report, registry, forge)
    return found


def _issue(
    unit: str, parts: Iterable[tuple[str, str]], report: DailyReport, registry: Registry, forge: str
) -> UnitIssue:
    heads, texts = zip(*parts, strict=True)
    name = " ".join(visible(registry.name_of(unit)).split())
    day = local_day(report.as_of)
    head = registry.head_of(unit, day)
    before = [
        person.forge_ids[forge]
        for person in registry.people.values()
        if forge in person.forge_ids
        and person is not head
        and any(h.unit == unit and h.role is Role.HEAD for h in person.holdings)
    ]
    return UnitIssue(
        unit=unit,
        name=name,
        title=f"网民留言催办：{name}（{'，'.join(heads)}）",
        body="\n\n".join([f"{plain(name)}：下列网民留言请按期办理。", *texts, FOOT]) + "\n",
        head=head.forge_ids.get(forge) if head else None,
        former=frozenset(before),
    )


def _parts(unit: str, report: DailyReport, registry: Registry, queue: Tally | None) -> Iterator[tuple[str, str]]:
    """(words for the title, section) of each list that has something for the unit."""
    if registry.units[unit].kind is UnitKind.SUPERVISION:  # 第十八条
        tracked = report.lists[DailyList.OVERDUE_INSTRUCTED]
        if tracked:
            of = DailyList.OVERDUE_INSTRUCTED
            yield f"跟踪督办{len(tracked)}件", _section(of, tracked, registry, names=True)
        return
    for of in OWN:
        entries = [e for e in report.lists[of] if e.unit == unit]
        if entries:
            yield f"{of.short}{len(entries)}件", _section(of, entries, registry)
    if queue is not None:
        urged = [e for of in (DailyList.UNCLAIMED, DailyList.DUE_SOON, DailyList.OVERDUE) for e in report.lists[of]]
        if any(e.dispatcher == unit for e in urged):
            yield "分管留言待催办", _queue(unit, report, registry)


def _section(of: DailyList, entries: Sequence[Entry], registry: Registry, *, names: bool = False) -> str:
    head = ("编号", *(("承办单位",) if names else ()), "期限", "逾期", "条款")
    rows = (
        (
            code(e.id),
            *((plain(registry.name_of(e.unit)),) if names else ()),
            entry_due(e),
            _late(e),
            cite(e.article),
        )
        for e in entries[:MOST_LINES]
    )
    left = len(entries) - MOST_LINES
    more = f"\n\n另有{left}件没有列出，全部见台账。" if left > 0 else ""
    return f"### {of.label}：{len(entries)}件\n\n{markdown_table(head, rows)}{more}"


def _queue(dispatcher: str, report: DailyReport, registry: Registry) -> str:
    """第十四条: whom a dispatcher has to urge, and how many cases of each."""
    lists = (DailyList.UNCLAIMED, DailyList.DUE_SOON, DailyList.OVERDUE, DailyList.OVERDUE_INSTRUCTED)
    counts = {
        unit: [sum(e.unit == unit and e.dispatcher == dispatcher for e in report.lists[of]) for of in lists]
        for unit in registry.units
    }
    rows = (
        (plain(registry.name_of(unit)), *(str(number or "") for number in numbers))
        for unit, numbers in counts.items()
        if any(numbers)
    )
    return "### 分管留言，请催办承办单位（第十四条）\n\n" + markdown_table(
        ("承办单位", *(of.short for of in lists)), rows
    )


def _late(entry: Entry) -> str:
    """In whole days only: words that change by the hour would be written anew by every run."""
    if not entry.late:
        return ""
    return f"{entry.working_days_late}个工作日" if entry.working_days_late else "不足1个工作日"
