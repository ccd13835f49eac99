"""The pages of a list: the newest replies, and an archive by month of publication whose pages never change again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Generic, Protocol, TypeVar

from huiyin.publish import addresses
from huiyin.publish.case_pages import Trail
from huiyin.publish.head import Head
from huiyin.publish.open_data.sitemap import Located
from huiyin.publish.pages import Entry, ListPage, Page
from huiyin.publish.statistics import Figures
from huiyin.publish.tables import month_name

PER_PAGE = 100
"""Cases on one page."""


C = TypeVar("C", covariant=True)
D = TypeVar("D")


class Dated(Protocol):
    """A case with the day of the last thing that its page tells."""

    @property
    def updated(self) -> date:
        """The day."""


@dataclass(frozen=True, slots=True)
class ListShard(Generic[C]):
    """Pages of a list that change together.

    Args:
        address, heading, trail: of the list.
        month: of publication, such as ``2026-11``, for a part of its archive; "" for the list itself.
        cases: those of these pages, in their order.
        total, figures: of the whole list; not for an archive, which must not change with them.
        archive: (year, entries) of its months.
    """

    address: str
    heading: str
    trail: Trail
    month: str
    cases: tuple[C, ...]
    total: int = 0
    figures: Figures | None = None
    archive: tuple[tuple[str, tuple[Entry, ...]], ...] = ()

    @property
    def start(self) -> str:
        """The address of its first page."""
        return addresses.archive_address(self.address, self.month) if self.month else self.address

    def addresses(self) -> tuple[str, ...]:
        """Of all its pages, at least one."""
        count = max(1, -(-len(self.cases) // PER_PAGE))
        return tuple(addresses.nth_page(self.start, n) for n in range(1, count + 1))

    def holding(self, cases: tuple[D, ...]) -> ListShard[D]:
        """The same with what is needed of its cases, in their order."""
        return ListShard(
            self.address, self.heading, self.trail, self.month, cases, self.total, self.figures, self.archive
        )

    def located(self: ListShard[Dated]) -> Iterator[Located]:
        """Every page, with the day of the last change of a case on it."""
        for number, address in enumerate(self.addresses()):
            shown = self.cases[number * PER_PAGE : (number + 1) * PER_PAGE]
            yield Located(address, max((head.updated for head in shown), default=None))

    def pages(self: ListShard[Dated]) -> Iterator[Page]:
        """Every page."""
        every = self.addresses()
        make = self._archived if self.month else self._current
        for number in range(1, len(every) + 1):
            yield make(number, self.cases[(number - 1) * PER_PAGE : number * PER_PAGE], every)

    def _current(self, number: int, shown: tuple[Any, ...], every: tuple[str, ...]) -> Page:
        figures = self.figures if number == 1 else None
        view = ListPage(self.heading, self.address, shown, self.total, figures, number, every, archive=self.archive)
        return Page(
            address=every[number - 1],
            title=self.heading if number == 1 else f"{self.heading}（第{number}页）",
            template="list.html",
            view=view,
            updated=max((head.updated for head in shown), default=None),
            trail=self.trail if number == 1 else (*self.trail, (self.heading, self.address)),
        )

    def _archived(self, number: int, shown: tuple[Any, ...], every: tuple[str, ...]) -> Page:
        period = f"{month_name(self.month)}公开"
        view = ListPage(
            heading=self.heading,
            list_address=self.address,
            cases=shown,
            total=None,
            figures=None,
            number=number,
            period=period,
            older=every[number - 2] if number > 1 else None,
            newer=every[number] if number < len(every) else None,
        )
        return Page(
            address=every[number - 1],
            title=f"{self.heading}（{period}{f'，第{number}页' if number > 1 else ''}）",
            template="list.html",
            view=view,
            updated=max(head.updated for head in shown),
            trail=(*self.trail, (self.heading, self.address)),
        )


def divide(
    address: str,
    heading: str,
    trail: Trail,
    cases: Sequence[Head],
    figures: Figures,
    *,
    by_publication: bool = True,
) -> Iterator[ListShard[Head]]:
    """The pages of a list.

    Args:
        cases: latest publication first.
        by_publication: where they are too many for one page, the list shows the newest and has an archive; else all
            its pages are numbered from the newest.
    """
    if len(cases) <= PER_PAGE or not by_publication:
        yield ListShard(address, heading, trail, "", tuple(cases), len(cases), figures)
        return
    months = {month: list(found) for month, found in groupby(cases, key=lambda head: head.published)}
    archive = _archive(address, months)
    yield ListShard(address, heading, trail, "", tuple(cases[:PER_PAGE]), len(cases), figures, archive)
    for month, found in months.items():
        yield ListShard(address, heading, trail, month, tuple(reversed(found)))


def _archive(address: str, months: dict[str, list[Head]]) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
    years: dict[str, list[Entry]] = defaultdict(list)
    for month, found in months.items():
        where = addresses.archive_address(address, month)
        years[f"{month[:4]}年"].append(Entry(month_name(month), where, len(found)))
    return tuple((year, tuple(entries)) for year, entries in years.items())
