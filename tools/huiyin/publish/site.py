"""Which pages the site has: from what was gathered to the list of pages to be made. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from markupsafe import Markup

from huiyin.publish import addresses, tables
from huiyin.publish.definitions import define
from huiyin.publish.divisions import Division, by_channel, by_complexity, by_month, by_topic, by_unit
from huiyin.publish.gather import Gathered
from huiyin.publish.pages import (
    CasePage,
    Entry,
    HomePage,
    IndexPage,
    ListPage,
    Page,
    PreviewPage,
    ProcedurePage,
    ReopenedPage,
    StatisticsPage,
    Table,
)
from huiyin.publish.procedure_view import ProcedureView
from huiyin.publish.render import plain_day
from huiyin.publish.similar import find_similar
from huiyin.publish.statistics import Figures, summarise
from huiyin.publish.status.page import status_page
from huiyin.publish.view import PublicCase
from huiyin.rules.deadlines import local_day

HOME = ("首页", "")
PER_PAGE = 100
LATEST = 8
FREQUENT = 8
Trail = tuple[tuple[str, str], ...]


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
        self._units = by_unit(gathered)
        self._months = by_month(gathered)
        self._topics = by_topic(gathered, self._topic_names())
        self._divisions = (self._units, self._months, self._topics, by_channel(gathered), by_complexity(gathered))

    def pages(self) -> Iterator[Page]:
        """Every generated page but the home page, which needs its hand-written text."""
        yield from self._cases()
        yield from self._previews()
        yield from self._reopened()
        yield from self._replies()
        for division in self._divisions:
            yield from self._division(division)
        yield self._statistics()
        yield status_page(self._gathered, (HOME,))
        yield from self._procedure_pages()

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
        return tables.find_tables(self._gathered.counted, registry, self._topic_names(), listed)

    def home(self, intro: Markup) -> Page:
        """The home page around its hand-written text."""
        figures, as_of = self._gathered.counted, self._gathered.as_of
        month = f"{local_day(as_of):%Y-%m}"
        month_address = addresses.month_address(month)
        view = HomePage(
            intro=intro,
            as_of=as_of,
            month=month,
            month_address=month_address if any(p.address == month_address for p in self._months.parts) else None,
            this_month=summarise(c for c in figures if c.month == month),
            total=summarise(figures),
            latest=self._gathered.cases[:LATEST],
            units=tuple(part.entry for part in self._units.parts if part.cases),
            frequent=self._frequent(),
        )
        return Page(address="", title="首页", template="home.html", view=view, updated=local_day(as_of))

    def _frequent(self) -> tuple[Entry, ...]:
        """The topics with the most published replies, in the order of the rules where there are as many."""
        entries = [part.entry for part in self._topics.parts if part.cases]
        return tuple(sorted(entries, key=lambda entry: -entry.count)[:FREQUENT])

    def _cases(self) -> Iterator[Page]:
        similar = find_similar(self._gathered.cases)
        for case in self._gathered.cases:
            yield self._case(case, similar[case.id])

    def _previews(self) -> Iterator[Page]:
        """Pages that no list, figure or search leads to; there are none in a normal build."""
        previews = self._gathered.previews
        if previews is None:
            return
        for case in previews:
            yield self._case(case, preview=True)
        yield Page(
            address=addresses.PREVIEW,
            title="待公开答复的预览",
            template="preview.html",
            view=PreviewPage(previews),
            updated=None,
            trail=(HOME,),
            hidden=True,
        )

    def _case(self, case: PublicCase, similar: tuple[PublicCase, ...] = (), *, preview: bool = False) -> Page:
        return Page(
            address=case.address,
            title=case.title,
            template="case.html",
            view=CasePage(
                case=case,
                procedure_address=addresses.procedure_address(case.procedure, self._procedures[0].id),
                unit_address=addresses.unit_address(case.unit),
                topics=tuple((t, addresses.topic_address(t)) for t in case.topics),
                similar=similar,
                preview=preview,
            ),
            updated=case.updated,
            trail=self._trail_of(case.unit, case.unit_name),
            description=f"{case.unit_name}对网民留言“{case.title}”的答复，{plain_day(case.published_at)}公开，{case.verdict}。",
            hidden=preview,
        )

    def _trail_of(self, unit: str, name: str) -> Trail:
        return (HOME, (self._units.heading, self._units.address), (name, addresses.unit_address(unit)))

    def _reopened(self) -> Iterator[Page]:
        # A reply to come may be previewed at the address of the one that was returned.
        shown = {case.id for case in self._gathered.previews or ()}
        for case in (c for c in self._gathered.reopened if c.id not in shown):
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
                trail=(HOME,) if case.withdrawn else self._trail_of(case.unit, case.unit_name),
                hidden=True,
            )

    def _replies(self) -> Iterator[Page]:
        figures = summarise(self._gathered.counted)
        yield from self._list(addresses.REPLIES, "全部答复", (HOME,), self._gathered.cases, figures)

    def _division(self, division: Division) -> Iterator[Page]:
        titles = [title for title, _ in division.groups if title]
        groups = tuple((title, tuple(part.entry for part in parts)) for title, parts in division.groups)
        yield Page(
            address=division.address,
            title=division.heading,
            template="index.html",
            view=IndexPage(division.heading, division.lead, groups),
            updated=None,
            contents=tuple((t, t) for t in titles),
            trail=(HOME,),
        )
        for part in division.parts:
            trail = (HOME, (division.heading, division.address))
            yield from self._list(part.address, part.heading, trail, part.cases, part.figures)

    def _list(
        self,
        address: str,
        heading: str,
        trail: Trail,
        cases: Sequence[PublicCase],
        figures: Figures,
    ) -> Iterator[Page]:
        count = max(1, -(-len(cases) // self._per_page))
        all_addresses = tuple(addresses.nth_page(address, n) for n in range(1, count + 1))
        for number, here in enumerate(all_addresses, 1):
            shown = tuple(cases[(number - 1) * self._per_page : number * self._per_page])
            yield Page(
                address=here,
                title=heading if number == 1 else f"{heading}（第{number}页）",
                template="list.html",
                view=ListPage(heading, shown, len(cases), figures, number, all_addresses),
                updated=max((c.updated for c in shown), default=None),
                trail=trail if number == 1 else (*trail, (heading, address)),
            )

    def _statistics(self) -> Page:
        counted, found = self._gathered.counted, self.tables
        definitions = define(tuple(self._gathered.rulebook.procedures.values()))
        return Page(
            address=addresses.STATISTICS,
            title="统计",
            template="statistics.html",
            view=StatisticsPage(self._gathered.as_of, summarise(counted), found, definitions),
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
