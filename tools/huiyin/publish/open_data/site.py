"""What the open data are made of: their pages, and their files that are no shard of a month, a feed or a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from heapq import nlargest
from itertools import groupby
from typing import Any

from huiyin.publish import addresses, tables
from huiyin.publish.divisions import Division
from huiyin.publish.gather import Gathered
from huiyin.publish.head import Head
from huiyin.publish.month import every
from huiyin.publish.open_data import atom, catalogue, figures, open311, sitemap
from huiyin.publish.open_data.dictionary import describe
from huiyin.publish.open_data.heads import Heads
from huiyin.publish.open_data.output import Output
from huiyin.publish.open_data.settings import Settings
from huiyin.publish.open_data.sitemap import Located
from huiyin.publish.pages import DataPage, DictionaryPage, Page, Table
from huiyin.publish.site import ALL

HOME = ("首页", "")


class OpenData:
    """All that is made of one reading of the record beside the pages that people read.

    Args:
        schema: the parsed ``schema/case.schema.json``.
        units, topics: the lists that have feeds.
        tables: those of the statistics page.

    Raises:
        HuiyinError: HY402, the schema does not describe a field that is published.
    """

    def __init__(
        self,
        gathered: Gathered,
        settings: Settings,
        schema: Mapping[str, Any],
        units: Division,
        topics: Division,
        tables: tuple[Table, ...],
    ) -> None:
        self._gathered = gathered
        self._settings = settings
        self._fields = describe(schema)
        self._tables = tables
        self._topics = topics
        self._feeds = tuple(_feeds(gathered, settings, units, topics))

    @property
    def heads(self) -> Heads:
        """What stands in the heads of pages."""
        return Heads(self._settings, {f.list_address: (f.title, f.path) for f, _ in self._feeds})

    @property
    def feeds(self) -> tuple[tuple[atom.Feed, tuple[Head, ...]], ...]:
        """Each feed, still empty, and what belongs in it, latest news first."""
        return self._feeds

    def pages(self) -> Iterator[Page]:
        """``data/`` and the data dictionary."""
        yield Page(
            address=addresses.DATA,
            title="开放数据",
            template="data.html",
            view=self._data_page(),
            updated=None,
            trail=(HOME,),
            description="网民留言答复的开放数据：CSV、JSON Lines、Parquet，订阅和Open311接口。",
        )
        yield Page(
            address=addresses.DICTIONARY,
            title="数据字典",
            template="dictionary.html",
            view=DictionaryPage(self._fields),
            updated=None,
            trail=(HOME, ("开放数据", addresses.DATA)),
            styles=("assets/open-data.css",),
            description="开放数据的每个字段：类型、名称和含义。",
        )

    def outputs(self, shards: Sequence[catalogue.Shard], parts: Mapping[str, Sequence[Located]]) -> Iterator[Output]:
        """The files that are of no month, feed or day.

        Args:
            shards: the files of the months.
            parts: of the sitemap.
        """
        gathered, settings = self._gathered, self._settings
        yield catalogue.index(shards, self._fields, settings)
        yield from figures.export(self._tables, gathered.counts, gathered.rulebook.registry)
        important = {t for p in gathered.rulebook.procedures.values() for t in p.topics.important}
        services = open311.services((part.name for part in self._topics.parts), important)
        yield from open311.export(self._latest(), services, settings)
        yield sitemap.export_index(parts, settings)
        yield sitemap.robots(settings)

    def _latest(self) -> date:
        days = (one.updated for month in self._gathered.months for one in every(month))
        return max(filter(None, days), default=date(1970, 1, 1))

    def _data_page(self) -> DataPage:
        def files(kind: str, month: str, endings: Iterable[str]) -> tuple[tuple[str, str], ...]:
            return tuple((ending, catalogue.path_of(kind, month, ending)) for ending in endings)

        months = self._gathered.months
        listed = [(m.name, len(m.heads), files("cases", m.name, catalogue.FORMATS)) for m in months if m.heads]
        gone = [m.name for m in months if any(other.reopened for other in m.others)]
        removed = [(tables.month_name(name), catalogue.path_of("removed", name, "jsonl")) for name in reversed(gone)]
        years = [
            (year, tuple((tables.month_name(name), count, paths) for name, count, paths in found))
            for year, found in groupby(reversed(listed), key=lambda entry: entry[0][:4])
        ]
        cross = (figures.CROSS_TITLE, figures.CROSS_PATH)
        groups: dict[str, list[tuple[str, str]]] = {"全部": [], "按单位": [], "按主题": []}
        names = {addresses.REPLIES: "全部", addresses.UNITS: "按单位", addresses.TOPICS: "按主题"}
        for feed, _ in self._feeds:
            groups[next(n for start, n in names.items() if feed.list_address.startswith(start))].append(
                (feed.name, feed.path)
            )
        return DataPage(
            licence=self._settings.licence,
            contact=self._settings.contact,
            years=tuple(years),
            removed=tuple(removed),
            figures=(*((t.caption, t.csv) for t in self._tables), cross),
            feeds=tuple((name, tuple(found)) for name, found in groups.items()),
            interfaces=(
                ("服务发现", f"{open311.ROOT}discovery.json"),
                ("服务（主题）清单", f"{open311.ENDPOINT}services.json"),
                ("近90天的请求（至多1000件）", f"{open311.ENDPOINT}requests.json"),
            ),
        )


def _feeds(
    gathered: Gathered, settings: Settings, units: Division, topics: Division
) -> Iterator[tuple[atom.Feed, tuple[Head, ...]]]:
    lists = [(addresses.REPLIES, ALL, ALL, gathered.heads)]
    lists += [(part.address, part.name, part.heading, tuple(part.cases)) for part in (*units.parts, *topics.parts)]
    for address, name, heading, cases in lists:
        latest = tuple(nlargest(atom.LATEST, cases, key=lambda head: (head.news, head.id)))
        yield atom.Feed(address, name, f"{settings.title}：{heading}", ()), latest
