"""Which pages the site has: from what was gathered to the list of pages to be made. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from markupsafe import Markup

from huiyin.model.case import Channel
from huiyin.model.event import Complexity
from huiyin.model.unit import UnitKind
from huiyin.publish import addresses, tables
from huiyin.publish.definitions import define
from huiyin.publish.gather import Gathered
from huiyin.publish.pages import (
    CasePage,
    Entry,
    HomePage,
    IndexPage,
    ListPage,
    Page,
    ProcedurePage,
    ReopenedPage,
    StatisticsPage,
)
from huiyin.publish.procedure_view import ProcedureView
from huiyin.publish.statistics import Counted, Figures, summarise, summarise_by
from huiyin.publish.view import PublicCase
from huiyin.rules.deadlines import local_day
from huiyin.rules.registry import PUBLISHING_KINDS

HOME = ("首页", "")
PER_PAGE = 100
LATEST = 10


class Site:
    """All pages made of one reading of the record.

    Args:
        gathered: the published cases and what is counted.
        procedures: as ``load_procedures`` orders them.
        per_page: cases on one page of a list.
    """

    def __init__(self, gathered: Gathered, procedures: Sequence[ProcedureView], *, per_page: int = PER_PAGE) -> None:
        self._gathered = gathered
        self._procedures = procedures
        self._per_page = per_page
        self._by_unit = _group(gathered.cases, lambda c: [c.unit])
        self._by_month = _group(gathered.cases, lambda c: [c.month])
        self._by_topic = _group(gathered.cases, lambda c: c.topics)
        self._by_channel = _group(gathered.cases, lambda c: [c.channel])
        self._by_complexity = _group(gathered.cases, lambda c: [c.complexity])

    def pages(self) -> Iterator[Page]:
        """Every generated page but the home page, which needs its hand-written text."""
        yield from self._cases()
        yield from self._reopened()
        yield from self._replies()
        yield from self._units()
        yield from self._months()
        yield from self._topics()
        yield from self._channels()
        yield from self._complexities()
        yield self._statistics()
        yield from self._procedure_pages()

    def home(self, intro: Markup) -> Page:
        """The home page around its hand-written text."""
        figures, as_of = self._gathered.counted, self._gathered.as_of
        month = f"{local_day(as_of):%Y-%m}"
        view = HomePage(
            intro=intro,
            as_of=as_of,
            month=month,
            month_address=addresses.month_address(month) if month in self._by_month else None,
            this_month=summarise(c for c in figures if c.month == month),
            total=summarise(figures),
            latest=self._gathered.cases[:LATEST],
            units=tuple(e for _, group in self._unit_groups() for e in group if e.count),
            topics=tuple(e for e in self._topic_entries() if e.count),
        )
        contents = (("latest", "最新答复"), ("by-unit", "按单位查看"), ("by-topic", "按主题查看"))
        return Page(
            address="", title="首页", template="home.html", view=view, updated=local_day(as_of), contents=contents
        )

    def _cases(self) -> Iterator[Page]:
        for case in self._gathered.cases:
            parts = [("message", "留言内容")] if case.body is not None else []
            parts += [("reply", "答复" if case.reply is not None else "公开说明"), ("timeline", "办理经过")]
            yield Page(
                address=case.address,
                title=case.title,
                template="case.html",
                view=CasePage(
                    case=case,
                    procedure_address=addresses.procedure_address(case.procedure, self._procedures[0].id),
                    unit_address=addresses.unit_address(case.unit),
                    topics=tuple((t, addresses.topic_address(t)) for t in case.topics),
                ),
                updated=case.updated,
                searchable=True,
                contents=tuple(parts),
            )

    def _reopened(self) -> Iterator[Page]:
        for case in self._gathered.reopened:
            yield Page(
                address=case.address,
                title=case.title or "留言已经撤回",
                template="reopened.html",
                view=ReopenedPage(
                    case=case,
                    procedure_address=addresses.procedure_address(case.procedure, self._procedures[0].id),
                    unit_address=addresses.unit_address(case.unit),
                ),
                updated=case.updated,
                contents=() if case.withdrawn else (("timeline", "办理经过"),),
            )

    def _replies(self) -> Iterator[Page]:
        figures = summarise(self._gathered.counted)
        yield from self._list(addresses.REPLIES, "全部答复", HOME, self._gathered.cases, figures)

    def _units(self) -> Iterator[Page]:
        yield from self._division(
            (addresses.UNITS, "按单位查看"),
            "市（州）政府、兰州新区管委会和省政府各部门办理的留言（第七条），数字为已公开答复的件数。",
            self._unit_groups(),
            [
                (u.id, addresses.unit_address(u.id), f"{u.name}的答复")
                for u in self._gathered.rulebook.registry.units.values()
                if u.kind in PUBLISHING_KINDS
            ],
            self._by_unit,
            tables.unit_of,
        )

    def _months(self) -> Iterator[Page]:
        years: dict[str, list[Entry]] = defaultdict(list)
        for month in sorted(self._by_month, reverse=True):
            entry = Entry(tables.month_name(month), addresses.month_address(month), len(self._by_month[month]))
            years[f"{month[:4]}年"].append(entry)
        yield from self._division(
            (addresses.MONTHS, "按月份查看"),
            "按收到留言的月份排列，数字为其中已公开答复的件数。",
            tuple((year, tuple(entries)) for year, entries in years.items()),
            [(m, addresses.month_address(m), f"{tables.month_name(m)}收到的留言") for m in self._by_month],
            self._by_month,
            lambda c: [c.month],
        )

    def _topics(self) -> Iterator[Page]:
        entries = self._topic_entries()
        yield from self._division(
            (addresses.TOPICS, "按主题查看"),
            "一件留言可以有几个主题，数字为已公开答复的件数。",
            (("", entries),),
            [(e.name, e.address, f"主题：{e.name}") for e in entries],
            self._by_topic,
            lambda c: c.topics,
        )

    def _channels(self) -> Iterator[Page]:
        lists = [(c, addresses.channel_address(c), f"来自{c.label}的留言") for c in Channel]
        entries = tuple(Entry(c.label, there, len(self._by_channel.get(c, ()))) for c, there, _ in lists)
        yield from self._division(
            (addresses.CHANNELS, "按渠道查看"),
            "留言的来源（第一条），数字为已公开答复的件数。",
            (("", entries),),
            lists,
            self._by_channel,
            lambda c: [c.channel],
        )

    def _complexities(self) -> Iterator[Page]:
        lists = [(c, addresses.complexity_address(c), tables.complexity_name(c)) for c in Complexity]
        entries = tuple(Entry(name, there, len(self._by_complexity.get(c, ()))) for c, there, name in lists)
        yield from self._division(
            (addresses.COMPLEXITIES, "按类别查看"),
            "类别决定办理时限（第十三条），数字为已公开答复的件数。",
            (("", entries),),
            lists,
            self._by_complexity,
            tables.complexity_of,
        )

    def _division(
        self,
        index: tuple[str, str],
        lead: str,
        groups: tuple[tuple[str, tuple[Entry, ...]], ...],
        lists: Iterable[tuple[str, str, str]],
        cases: Mapping[str, list[PublicCase]],
        keys: Callable[[Counted], Iterable[str]],
    ) -> Iterator[Page]:
        """One way to divide all cases: its index, and a list for each part, given as (key, address, heading)."""
        figures = summarise_by(self._gathered.counted, keys)
        address, heading = index
        yield _index(address, heading, lead, groups)
        for key, there, title in lists:
            yield from self._list(there, title, (heading, address), cases.get(key, []), figures.get(key))

    def _list(
        self,
        address: str,
        heading: str,
        parent: tuple[str, str],
        cases: Sequence[PublicCase],
        figures: Figures | None,
    ) -> Iterator[Page]:
        count = max(1, -(-len(cases) // self._per_page))
        all_addresses = tuple(addresses.nth_page(address, n) for n in range(1, count + 1))
        for number, here in enumerate(all_addresses, 1):
            shown = tuple(cases[(number - 1) * self._per_page : number * self._per_page])
            yield Page(
                address=here,
                title=heading if number == 1 else f"{heading}（第{number}页）",
                template="list.html",
                view=ListPage(heading, parent, shown, len(cases), figures or summarise(()), number, all_addresses),
                updated=max((c.updated for c in shown), default=None),
                contents=(("list", heading),),
            )

    def _statistics(self) -> Page:
        counted = self._gathered.counted
        listed = frozenset(
            [addresses.month_address(m) for m in self._by_month]
            + [addresses.unit_address(u) for u in self._by_unit]
            + [addresses.topic_address(t) for t in self._by_topic]
            + [addresses.channel_address(c) for c in self._by_channel]
            + [addresses.complexity_address(c) for c in self._by_complexity]
        )
        found = tables.find_tables(counted, self._gathered.rulebook.registry, self._topic_names(), listed)
        definitions = define(tuple(self._gathered.rulebook.procedures.values()))
        return Page(
            address=addresses.STATISTICS,
            title="统计",
            template="statistics.html",
            view=StatisticsPage(self._gathered.as_of, summarise(counted), found, definitions),
            updated=local_day(self._gathered.as_of),
            contents=(("total", "总体情况"), *((t.id, t.caption) for t in found), ("definitions", "指标的含义")),
        )

    def _procedure_pages(self) -> Iterator[Page]:
        first = self._procedures[0].id
        links = [(p.title, addresses.procedure_address(p.id, first)) for p in self._procedures]
        for procedure, (_, address) in zip(self._procedures, links, strict=True):
            yield Page(
                address=address,
                title="办理程序",
                template="procedure.html",
                view=ProcedurePage(procedure, tuple(link for link in links if link[1] != address)),
                updated=None,
                searchable=True,
                contents=(
                    ("limits", "办理时限"),
                    *((f"route-{r.id}", r.title) for r in procedure.routes),
                    ("others", "各路径共同的事项"),
                    ("states", "状态"),
                    ("topics", "主题"),
                    ("settings", "办法未写明之处的取法"),
                ),
            )

    def _unit_groups(self) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
        units = self._gathered.rulebook.registry.units.values()
        return tuple(
            (
                kind.label,
                tuple(
                    Entry(u.name, addresses.unit_address(u.id), len(self._by_unit.get(u.id, ())))
                    for u in units
                    if u.kind is kind
                ),
            )
            for kind in UnitKind
            if kind in PUBLISHING_KINDS
        )

    def _topic_names(self) -> tuple[str, ...]:
        """The topics of all procedures, in their order."""
        return tuple(dict.fromkeys(t for p in self._procedures for t in p.topics))

    def _topic_entries(self) -> tuple[Entry, ...]:
        return tuple(Entry(t, addresses.topic_address(t), len(self._by_topic.get(t, ()))) for t in self._topic_names())


def _index(address: str, heading: str, lead: str, groups: tuple[tuple[str, tuple[Entry, ...]], ...]) -> Page:
    contents = ((heading, heading),) if not any(title for title, _ in groups) else tuple((t, t) for t, _ in groups)
    return Page(
        address=address,
        title=heading,
        template="index.html",
        view=IndexPage(heading, lead, groups),
        updated=None,
        contents=contents,
    )


def _group(cases: Iterable[PublicCase], keys: Callable[[PublicCase], Iterable[str]]) -> dict[str, list[PublicCase]]:
    groups: dict[str, list[PublicCase]] = defaultdict(list)
    for case in cases:
        for key in keys(case):
            groups[key].append(case)
    return groups
