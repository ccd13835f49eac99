"""Which pages the site has: those that MkDocs renders, and the shards of those that are stamped. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from markupsafe import Markup

from huiyin.publish import addresses, tables
from huiyin.publish.case_pages import HOME, CasePages
from huiyin.publish.definitions import define
from huiyin.publish.divisions import Division, by_channel, by_complexity, by_month, by_topic, by_unit
from huiyin.publish.gather import Gathered
from huiyin.publish.head import Head
from huiyin.publish.lists import ListShard, divide
from huiyin.publish.pages import Entry, HomePage, IndexPage, Page, PreviewPage, ProcedurePage, StatisticsPage, Table
from huiyin.publish.procedure_view import ProcedureView
from huiyin.publish.status.page import status_page
from huiyin.rules.deadlines import local_day

ALL = "全部答复"
LATEST = 8
FREQUENT = 8


class Site:
    """All pages made of one reading of the record.

    Args:
        gathered: the published cases and what is counted.
        procedures: as ``load_procedures`` orders them.
    """

    def __init__(self, gathered: Gathered, procedures: Sequence[ProcedureView]) -> None:
        self._gathered = gathered
        self._procedures = procedures
        self._units = by_unit(gathered)
        self._months = by_month(gathered)
        self._topics = by_topic(gathered, self._topic_names())
        self._divisions = (self._units, self._months, self._topics, by_channel(gathered), by_complexity(gathered))

    def pages(self) -> Iterator[Page]:
        """The few that MkDocs renders, but the home page, which needs its hand-written text."""
        for division in self._divisions:
            yield self._index(division)
        yield self._statistics()
        yield status_page(self._gathered, (HOME,))
        yield from self._procedure_pages()

    @cached_property
    def lists(self) -> tuple[ListShard[Head], ...]:
        """The shards of all lists of cases."""
        total = self._gathered.counts.total
        found = [*divide(addresses.REPLIES, ALL, (HOME,), self._gathered.heads, total)]
        for division in self._divisions:
            trail = (HOME, (division.heading, division.address))
            for part in division.parts:
                found += divide(
                    part.address,
                    part.heading,
                    trail,
                    part.cases,
                    part.figures,
                    by_publication=division.by_publication,
                )
        return tuple(found)

    @property
    def case_pages(self) -> CasePages:
        """What makes the pages of cases."""
        return CasePages(self._procedures[0].id)

    def previews(self) -> Iterator[Page]:
        """Pages that no list, figure or search leads to; there are none in a normal build."""
        previews = self._gathered.previews
        if previews is None:
            return
        for case in previews:
            yield self.case_pages.published(case, preview=True)
        yield Page(
            address=addresses.PREVIEW,
            title="待公开答复的预览",
            template="preview.html",
            view=PreviewPage(previews),
            updated=None,
            trail=(HOME,),
            hidden=True,
        )

    @property
    def units(self) -> Division:
        """The lists of the units (第七条)."""
        return self._units

    @property
    def topics(self) -> Division:
        """The lists of the topics."""
        return self._topics

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The tables of the statistics page."""
        listed = frozenset(part.address for d in self._divisions for part in d.parts if part.cases)
        registry = self._gathered.rulebook.registry
        return tables.find_tables(self._gathered.counts, registry, self._topic_names(), listed)

    def home(self, intro: Markup) -> Page:
        """The home page around its hand-written text."""
        counts, as_of = self._gathered.counts, self._gathered.as_of
        month = f"{local_day(as_of):%Y-%m}"
        month_address = addresses.month_address(month)
        view = HomePage(
            intro=intro,
            as_of=as_of,
            month=month,
            month_address=month_address if any(p.address == month_address for p in self._months.parts) else None,
            this_month=counts.month(month),
            total=counts.total,
            latest=self._gathered.listed(self._gathered.heads[:LATEST]),
            units=tuple(part.entry for part in self._units.parts if part.cases),
            frequent=self._frequent(),
        )
        return Page(address="", title="首页", template="home.html", view=view, updated=local_day(as_of))

    def _frequent(self) -> tuple[Entry, ...]:
        """The topics with the most published replies, in the order of the rules where there are as many."""
        entries = [part.entry for part in self._topics.parts if part.cases]
        return tuple(sorted(entries, key=lambda entry: -entry.count)[:FREQUENT])

    def _index(self, division: Division) -> Page:
        titles = [title for title, _ in division.groups if title]
        groups = tuple((title, tuple(part.entry for part in parts)) for title, parts in division.groups)
        return Page(
            address=division.address,
            title=division.heading,
            template="index.html",
            view=IndexPage(division.heading, division.lead, groups),
            updated=None,
            contents=tuple((t, t) for t in titles),
            trail=(HOME,),
        )

    def _statistics(self) -> Page:
        definitions = define(tuple(self._gathered.rulebook.procedures.values()))
        return Page(
            address=addresses.STATISTICS,
            title="统计",
            template="statistics.html",
            view=StatisticsPage(self._gathered.as_of, self._gathered.counts.total, self.tables, definitions),
            updated=local_day(self._gathered.as_of),
            trail=(HOME,),
            styles=("assets/charts/charts.css",),
            scripts=("assets/charts/charts.js",),
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
                trail=(HOME,),
                contents=(
                    ("limits", "办理时限"),
                    *((f"route-{r.id}", r.title) for r in procedure.routes),
                    ("others", "各路径共同的事项"),
                    ("states", "状态"),
                    ("topics", "主题"),
                    ("settings", "办法未写明之处的取法"),
                ),
            )

    def _topic_names(self) -> tuple[str, ...]:
        """The topics of all procedures, in their order."""
        return tuple(dict.fromkeys(t for p in self._procedures for t in p.topics))
