"""The shards of the site: what each is made of, and which files come of it. Whoever makes them knows nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from huiyin.findings import Key
from huiyin.publish import listed
from huiyin.publish.case_pages import CasePages
from huiyin.publish.facts import Facts, unpack
from huiyin.publish.listed import Listed
from huiyin.publish.lists import ListShard
from huiyin.publish.open_data import atom, catalogue, open311, sitemap
from huiyin.publish.open_data.atom import Feed
from huiyin.publish.open_data.open311 import Told
from huiyin.publish.open_data.output import Output, in_order
from huiyin.publish.open_data.sitemap import Located
from huiyin.publish.pages import Page
from huiyin.publish.stamping.press import Press
from huiyin.publish.status import files as statuses


@dataclass
class Job:
    """What makes the files of a shard."""

    def accepted(self) -> frozenset[Key]:
        """What may stand in these files although it looks personal."""
        return frozenset()

    def told(self) -> bytes:
        """What is kept of it beside its files."""
        return b""


@dataclass
class Made(Job):
    """Files that were made already."""

    files: Sequence[Output]
    known: frozenset[Key] = frozenset()

    def outputs(self, press: Press) -> Iterator[Output]:
        """Each file."""
        yield from self.files

    def accepted(self) -> frozenset[Key]:
        """What the record holds."""
        return self.known


@dataclass
class CaseDay(Job):
    """The cases received on a day: pages, requests of Open311, statuses.

    Args:
        packed: their facts.
        parts: of each, see ``File.part``.
        similar: id → the blobs of the replies that resemble it, best first.
        lines: of these blobs, as they are kept.
        hidden: ids of those at whose address something else stands.
        silent: hashes of statuses that several cases share.
    """

    pages: CasePages
    packed: Sequence[bytes]
    parts: Sequence[bytes]
    similar: Mapping[str, tuple[str, ...]]
    lines: Mapping[str, bytes]
    hidden: frozenset[str]
    silent: frozenset[str]

    def outputs(self, press: Press) -> Iterator[Output]:
        """Each file."""
        for packed, part in zip(self.packed, self.parts, strict=True):
            for output in self._outputs(press, unpack(packed)):
                yield replace(output, part=part)

    def _outputs(self, press: Press, facts: Facts) -> Iterator[Output]:
        if facts.case is not None:
            yield stamped(press, self.pages.published(facts.case, self._similar(facts.id)))
            yield from open311.export_one(facts.case)
        elif facts.reopened is not None:
            if facts.id not in self.hidden:
                yield stamped(press, self.pages.reopened(facts.reopened))
            yield from open311.export_one(facts.reopened)
        if facts.status is not None and facts.status.lookup not in self.silent:
            yield statuses.export(facts.status)

    def _similar(self, case: str) -> tuple[Listed, ...]:
        return tuple(listed.unpack(self.lines[oid]) for oid in self.similar.get(case, ()))

    def accepted(self) -> frozenset[Key]:
        """What these cases, and those that they name, hold."""
        own = (key for facts in map(unpack, self.packed) for key in facts.accepted)
        named = (key for line in map(listed.unpack, self.lines.values()) for key in line.accepted)
        return frozenset((*own, *named))


@dataclass
class DataMonth(Job):
    """The open data of a month; what they are is told for the index.

    Args:
        packed: the facts of the cases that were received in it and have a page.
    """

    month: str
    packed: Sequence[bytes]

    def __post_init__(self) -> None:
        self._shards: list[catalogue.Shard] = []

    def outputs(self, press: Press) -> Iterator[Output]:
        """Each file."""
        facts = list(map(unpack, self.packed))
        cases = in_order(f.case for f in facts if f.case is not None)
        gone = in_order(f.reopened for f in facts if f.reopened is not None)
        for shard, output in catalogue.export(self.month, cases, gone):
            self._shards.append(shard)
            yield output
        told: list[Told] = [*cases, *gone]
        yield from open311.export_month(self.month, in_order(told))

    def told(self) -> bytes:
        """The entries of the index."""
        return msgspec.json.encode(self._shards)


@dataclass
class ListPages(Job):
    """Pages of a list.

    Args:
        shard: with the lines of its cases, as they are kept.
    """

    shard: ListShard[bytes]

    def outputs(self, press: Press) -> Iterator[Output]:
        """Each page."""
        shard = self.shard.holding(tuple(map(listed.unpack, self.shard.cases)))
        return (stamped(press, page) for page in shard.pages())

    def accepted(self) -> frozenset[Key]:
        """What the listed cases hold."""
        return frozenset(key for line in map(listed.unpack, self.shard.cases) for key in line.accepted)


@dataclass
class Previews(Job):
    """Pages that no list, figure or search leads to; there are none in a normal build."""

    pages: Sequence[Page]
    known: frozenset[Key]

    def outputs(self, press: Press) -> Iterator[Output]:
        """Each page."""
        return (stamped(press, page) for page in self.pages)

    def accepted(self) -> frozenset[Key]:
        """What the texts of the previewed cases hold."""
        return self.known


@dataclass
class FeedFile(Job):
    """One feed.

    Args:
        packed: the facts of its cases.
    """

    feed: Feed
    packed: Sequence[bytes]

    def outputs(self, press: Press) -> Iterator[Output]:
        """Its file."""
        cases = [facts.case for facts in map(unpack, self.packed) if facts.case is not None]
        feed = Feed(self.feed.list_address, self.feed.name, self.feed.title, cases)
        yield atom.export(feed, press.heads.settings)


@dataclass
class RecentRequests(Job):
    """What Open311 answers without a query."""

    packed: Sequence[bytes]

    def outputs(self, press: Press) -> Iterator[Output]:
        """Its two files."""
        return open311.export_recent(list(filter(None, map(told_of, map(unpack, self.packed)))))


@dataclass
class SitemapPart(Job):
    """One part of the sitemap."""

    name: str
    pages: Sequence[Located]

    def outputs(self, press: Press) -> Iterator[Output]:
        """Its files."""
        for output in sitemap.export_part(self.name, self.pages, press.heads.settings):
            yield Output(output.path, output.data, fresh=())


def stamped(press: Press, page: Page) -> Output:
    """A page as a file."""
    html, fresh = press.stamp(page)
    return Output(f"{page.address}index.html", html.encode(), fresh)


def told_of(facts: Facts) -> Told | None:
    """What programs are told of a case: what has a page."""
    return facts.case or facts.reopened
