"""Which shards the site has, and what each depends on: who has made one of just that before need not make it again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import msgspec

from huiyin.publish.accepted import accepted
from huiyin.publish.digests import digest, of_value
from huiyin.publish.gather import Gathered
from huiyin.publish.head import Head
from huiyin.publish.jobs import CaseDay, DataMonth, FeedFile, ListPages, Previews, RecentRequests, SitemapPart
from huiyin.publish.lists import ListShard
from huiyin.publish.month import Month, Other, every
from huiyin.publish.open_data import open311
from huiyin.publish.open_data.site import OpenData
from huiyin.publish.open_data.sitemap import Located
from huiyin.publish.output.bringing import Given, Part, Plan
from huiyin.publish.output.shards import Job
from huiyin.publish.similar import Pool, find_similar, pools
from huiyin.publish.site import Site
from huiyin.spreading import spread

SIMILAR = "public-similar"
"""Kind of what is kept in the index."""
_SIMILAR = msgspec.json.Decoder(dict[str, tuple[str, ...]])


def plan(
    gathered: Gathered,
    site: Site,
    data: OpenData,
    parts: Mapping[str, Sequence[Located]],
    similar: Mapping[str, tuple[str, ...]],
) -> Iterator[Plan]:
    """Every shard but the files that are made at the end.

    Args:
        parts: of the sitemap.
        similar: id → ids of the replies that resemble it.
    """
    heads = {head.id: head for head in gathered.heads}
    for month in gathered.months:
        yield from _days(gathered, site, month, heads, similar)
        if told := list(_told([month])):
            yield _of_facts(f"data/{month.name}", told, partial(DataMonth, month.name))
    yield from map(_list, site.lists)
    for feed, latest in data.feeds:
        said: list[str | bytes] = [feed.title, *(head.digest for head in latest)]
        yield _of_facts(f"feed/{feed.list_address}", latest, partial(FeedFile, feed), said)
    yield _of_facts("open311", open311.recent(_told(gathered.months), gathered.as_of), RecentRequests)
    for name, pages in parts.items():
        yield Plan(f"sitemap/{name}", _digest(pages), _ready(SitemapPart(name, pages)))
    if previews := tuple(site.previews()):
        known = accepted(gathered.previews or (), (), (), gathered.rulebook.privacy)
        yield Plan("preview", of_value([page.view for page in previews]), _ready(Previews(previews, known)))


def compare(gathered: Gathered, executor: Callable[[], Executor | None] = lambda: None) -> dict[str, tuple[str, ...]]:
    """The similar replies of every case; those of a month whose pool did not change are known."""
    months = {key.hex(): make for key, make in pools(gathered.heads)}
    known = gathered.index.get(SIMILAR, gathered.stamp, months)
    missing = [(key, make) for key, make in months.items() if key not in known]
    waiting = ((key, make()) for key, make in missing)
    for rows in spread(executor() if len(missing) > 1 else None, _compare, None, waiting, size=1):
        gathered.index.put(SIMILAR, gathered.stamp, rows)
        known |= dict(rows)
    if missing:
        gathered.index.prune(SIMILAR, gathered.stamp, months)
    ids = {head.id: head.id for head in gathered.heads}  # each string is held once
    return {
        ids[case]: tuple(ids[other] for other in others)
        for row in known.values()
        for case, others in _SIMILAR.decode(row).items()
    }


def _compare(context: None, chunk: Sequence[tuple[str, Pool]]) -> list[tuple[str, bytes]]:
    return [(key, msgspec.json.encode(find_similar(pool))) for key, pool in chunk]


def _days(
    gathered: Gathered, site: Site, month: Month, heads: Mapping[str, Head], similar: Mapping[str, tuple[str, ...]]
) -> Iterator[Plan]:
    hidden = frozenset(case.id for case in gathered.previews or ())
    days: dict[str, list[Head | Other]] = defaultdict(list)
    for one in every(month):
        if isinstance(one, Other) and not (one.reopened or one.status):
            continue
        days[one.received].append(one)
    silent = frozenset(gathered.repeated)
    silence = digest(sorted(silent))
    for day, found in sorted(days.items()):
        named = {o.id: tuple(heads[n] for n in similar.get(o.id, ())) for o in found}
        parts = tuple(
            Part(
                o.oid,
                digest([silence, o.digest, "hidden" if o.id in hidden else "", *(head.digest for head in named[o.id])]),
                tuple(head.oid for head in named[o.id]),
            )
            for o in found
        )

        def job(given: Given, parts: tuple[Part, ...] = parts, ids: tuple[str, ...] = tuple(named)) -> CaseDay:
            lines = {case: part.lines for case, part in zip(ids, parts, strict=True)}
            return CaseDay(site.case_pages, given.facts, given.keys, lines, given.lines, hidden, silent)

        yield Plan(f"day/{day}", digest(part.inputs for part in parts), job, parts=parts)


def _of_facts(name: str, of: Sequence[Any], make: Any, said: Iterable[str | bytes] = ()) -> Plan:
    """A shard that is made of the facts of some cases, which are fetched only if it must be made."""
    inputs = digest([*(one.digest for one in of), "", *said])
    return Plan(name, inputs, lambda given: make(given.facts), tuple(one.oid for one in of))


def _list(shard: ListShard[Head]) -> Plan:
    told = (shard.address, shard.heading, shard.trail, shard.total, shard.figures, shard.archive)
    inputs = digest([of_value(told), *(head.digest for head in shard.cases)])
    oids = tuple(head.oid for head in shard.cases)
    return Plan(
        f"list/{shard.start}",
        inputs,
        lambda given: ListPages(shard.holding(tuple(given.lines[oid] for oid in oids))),
        lines=oids,
    )


def _ready(job: Job) -> Callable[[Given], Job]:
    """A shard that needs no facts."""
    return lambda _: job


def _digest(pages: Iterable[Located]) -> bytes:
    return digest(f"{page.address} {page.updated}" for page in pages)


def _told(months: Iterable[Month]) -> Iterator[Head | Other]:
    for month in months:
        yield from month.heads
        yield from (other for other in month.others if other.reopened)
