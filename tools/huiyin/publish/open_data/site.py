"""What the MkDocs plugin asks of the open data: their pages, what stands in the heads of pages, and their files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from huiyin.model.problem import HuiyinError, Problem
from huiyin.publish import addresses
from huiyin.publish.divisions import Division
from huiyin.publish.gather import Gathered
from huiyin.publish.open_data import atom, catalogue, figures, open311, sitemap
from huiyin.publish.open_data.atom import Feed
from huiyin.publish.open_data.dictionary import describe
from huiyin.publish.open_data.json_ld import qa_page
from huiyin.publish.open_data.output import Output, by_period
from huiyin.publish.open_data.settings import Settings
from huiyin.publish.open_data.sitemap import Located
from huiyin.publish.pages import CasePage, DataPage, DictionaryPage, ListPage, Page, Table
from huiyin.repo.reasons import reason

HOME = ("首页", "")
ROBOTS = "robots.txt"
ALL = "全部答复"


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
        self._fed = {feed.list_address: feed for feed in self._feeds}

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

    def head(self, page: Page | None) -> dict[str, Any]:
        """What the frame puts into the head of a page: feeds, as (title, path), and structured data.

        Args:
            page: None for hand-written pages.
        """
        feeds = [self._fed[addresses.REPLIES]]
        structured = ""
        match page.view if page else None:
            case ListPage(addresses=(first, *_)) if first in self._fed and first != addresses.REPLIES:
                feeds.append(self._fed[first])
            case CasePage(case=case, preview=False):
                feeds.append(self._fed[addresses.unit_address(case.unit)])
                structured = qa_page(case, self._settings)
            case _:
                pass
        return {"feeds": [(feed.title, feed.path) for feed in feeds], "json_ld": structured}

    def write(self, folder: Path, pages: Iterable[Located], taken: Collection[str]) -> None:
        """Write every file below the built site; a hand-written ``robots.txt`` is left as it is.

        Args:
            pages: those that search engines may list.
            taken: paths of files that are there already.

        Raises:
            HuiyinError: HY802, a hand-written file stands where a generated one belongs; HY906, it cannot be written.
        """
        for output in self.outputs(pages):
            if output.path in taken:
                if output.path == ROBOTS:
                    continue
                raise HuiyinError(
                    Problem("HY802", f"手写文件占用了自动生成文件的地址：{output.path}", f"site/{output.path}")
                )
            path = folder / output.path
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(output.data)
            except OSError as error:
                text = f"文件不能写入（{reason(error.errno, '写入')}）。"
                raise HuiyinError(Problem("HY906", text, output.path)) from None

    def outputs(self, pages: Iterable[Located]) -> Iterator[Output]:
        """Every file, one at a time."""
        gathered, settings = self._gathered, self._settings
        shards = []
        for shard, output in catalogue.export(gathered.cases, gathered.reopened):
            shards.append(shard)
            yield output
        yield catalogue.index(shards, self._fields, settings)
        yield from figures.export(self._tables, gathered.counted, gathered.rulebook.registry)
        important = {t for p in gathered.rulebook.procedures.values() for t in p.topics.important}
        services = open311.services((part.name for part in self._topics.parts), important)
        yield from open311.export(gathered.cases, gathered.reopened, services, settings, gathered.as_of)
        yield from atom.export(self._feeds, settings)
        yield from sitemap.export(pages, settings)
        yield sitemap.robots(settings)

    def _data_page(self) -> DataPage:
        def files(kind: str, year: str, endings: Iterable[str]) -> tuple[tuple[str, str], ...]:
            return tuple((ending, f"{addresses.DATA}{kind}/{year}.{ending}") for ending in endings)

        years = [
            (year, len(group), files("cases", year, catalogue.FORMATS))
            for year, group in by_period(self._gathered.cases, "%Y")
        ]
        removed = [
            (year, files("removed", year, ["jsonl"])[0][1]) for year, _ in by_period(self._gathered.reopened, "%Y")
        ]
        cross = (figures.CROSS_TITLE, figures.CROSS_PATH)
        groups: dict[str, list[tuple[str, str]]] = {"全部": [], "按单位": [], "按主题": []}
        names = {addresses.REPLIES: "全部", addresses.UNITS: "按单位", addresses.TOPICS: "按主题"}
        for feed in self._feeds:
            groups[next(n for start, n in names.items() if feed.list_address.startswith(start))].append(
                (feed.name, feed.path)
            )
        return DataPage(
            licence=self._settings.licence,
            contact=self._settings.contact,
            years=tuple(reversed(years)),
            removed=tuple(reversed(removed)),
            figures=(*((t.caption, t.csv) for t in self._tables), cross),
            feeds=tuple((name, tuple(found)) for name, found in groups.items()),
            interfaces=(
                ("服务发现", f"{open311.ROOT}discovery.json"),
                ("服务（主题）清单", f"{open311.ENDPOINT}services.json"),
                ("近90天的请求（至多1000件）", f"{open311.ENDPOINT}requests.json"),
            ),
        )


def _feeds(gathered: Gathered, settings: Settings, units: Division, topics: Division) -> Iterator[Feed]:
    yield Feed(addresses.REPLIES, ALL, f"{settings.title}：{ALL}", gathered.cases)
    for part in (*units.parts, *topics.parts):
        yield Feed(part.address, part.name, f"{settings.title}：{part.heading}", part.cases)
