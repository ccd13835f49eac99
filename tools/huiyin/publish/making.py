"""What MkDocs has to render for a site, and what will be stamped: pages, and one of each kind for its frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import TypeVar

from huiyin.publish.facts import unpack
from huiyin.publish.gather import Gathered
from huiyin.publish.head import Head
from huiyin.publish.month import Other
from huiyin.publish.open_data.site import OpenData
from huiyin.publish.open_data.sitemap import Located
from huiyin.publish.pages import Page
from huiyin.publish.plans import compare
from huiyin.publish.site import Site
from huiyin.publish.stamping.press import Kind, Press
from huiyin.repo.store import CASES

C = TypeVar("C", bound=Head | Other)


@dataclass
class Making:
    """All pages of one reading of the record.

    Args:
        navigation: addresses that the menu names.
    """

    gathered: Gathered
    site: Site
    data: OpenData
    navigation: tuple[str, ...] = ()

    @cached_property
    def press(self) -> Press:
        """The press, without frames as yet."""
        return Press(self.navigation, self.data.heads, {})

    def pages(self) -> Iterator[Page]:
        """Those that MkDocs renders."""
        return chain(self.site.pages(), self.data.pages())

    def stamped(self) -> Iterator[Page]:
        """Every page that is stamped: for small sites and for those who compare."""
        make = self.site.case_pages
        heads = {head.id: head for head in self.gathered.heads}
        similar = compare(self.gathered)
        hidden = {case.id for case in self.gathered.previews or ()}
        for facts in self.gathered.facts:
            if facts.case is not None:
                yield make.published(facts.case, self.gathered.listed([heads[n] for n in similar.get(facts.id, ())]))
            elif facts.reopened is not None and facts.id not in hidden:
                yield make.reopened(facts.reopened)
        yield from self.site.previews()
        for shard in self.site.lists:
            yield from shard.holding(self.gathered.listed(shard.cases)).pages()

    def samples(self) -> dict[Kind, Page]:
        """One page of each kind that is stamped."""
        found: dict[Kind, Page] = {}
        for page in self._candidates():
            found.setdefault(self.press.kind(page), page)
        return found

    def _candidates(self) -> Iterator[Page]:
        """Pages among which every kind is."""
        make = self.site.case_pages
        for facts in map(unpack, self.gathered.packed([head.oid for head in self._different()])):
            if facts.case is not None:
                yield make.published(facts.case)
        for facts in map(unpack, self.gathered.packed([other.oid for other in self._reopened()])):
            if facts.reopened is not None:
                yield make.reopened(facts.reopened)
        yield from self.site.previews()
        yield from self._listing()

    def _listing(self) -> Iterator[Page]:
        """Two pages of each list and of its archive, which are all alike, and those that the menu names.

        Without the lines of their cases, so that none of them can be rendered.
        """
        seen: set[tuple[str, bool, bool]] = set()
        for shard in self.site.lists:
            if any(target.startswith(shard.start) for target in self.navigation):
                yield from shard.pages()
                continue
            alike = (shard.address, bool(shard.month), len(shard.addresses()) > 1)
            if alike not in seen:
                seen.add(alike)
                yield from islice(shard.pages(), 2)

    def _different(self) -> Iterable[Head]:
        """Cases of each unit, for not every unit has a feed."""
        return self._one_each((head.unit, head) for head in self.gathered.heads)

    def _reopened(self) -> Iterable[Other]:
        """Cases that were published once."""
        return self._one_each(("", o) for month in self.gathered.months for o in month.others if o.reopened)

    def _one_each(self, cases: Iterable[tuple[str, C]]) -> Iterable[C]:
        """Of each sort the last, and of those below each address that the menu names."""
        named = [target for target in self.navigation if target.startswith(CASES)]
        found: dict[tuple[str, ...], C] = {}
        for sort, case in cases:
            found[sort, *(target for target in named if case.address.startswith(target))] = case
        return found.values()

    def taken(self, written: Iterable[str]) -> str | None:
        """A path of a hand-written file at which a stamped page belongs, if there is one."""
        mine = {f"{page}index.html" for shard in self.site.lists for page in shard.addresses()}
        mine |= {f"{head.address}index.html" for head in self.gathered.heads}
        mine |= {f"{o.address}index.html" for month in self.gathered.months for o in month.others if o.reopened}
        return min(mine.intersection(written), default=None)

    def located(self) -> Iterator[Located]:
        """The stamped pages that search engines may list."""
        yield from (Located(head.address, head.updated) for head in self.gathered.heads)
        yield from (located for shard in self.site.lists for located in shard.located())
