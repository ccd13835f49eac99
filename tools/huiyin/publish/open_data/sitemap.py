"""The sitemap (sitemaps.org 0.9): an index, and parts by month, so that none grows for ever."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from huiyin.publish.addresses import MONTHS
from huiyin.publish.open_data.output import Output
from huiyin.publish.open_data.settings import Settings
from huiyin.publish.open_data.xml import Element, document

INDEX = "sitemap.xml"
PARTS = "sitemaps/"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST = 50_000
"""Addresses in one part, by the protocol."""
_ARCHIVE = re.compile(r"/(\d{4}-\d{2})/")
_CASE = re.compile(r"cases/(\d{4})/(\d{2})/")


@dataclass(frozen=True, slots=True)
class Located:
    """A page.

    Args:
        address: below the site's root, not percent-encoded.
        updated: the day on which what it says last changed; None where that is not known.
    """

    address: str
    updated: date | None


def divide(pages: Iterable[Located]) -> dict[str, list[Located]]:
    """Name of each part → its pages, in the order of addresses."""
    parts: dict[str, list[Located]] = defaultdict(list)
    for page in sorted(pages, key=lambda p: p.address):
        parts[_part(page.address)].append(page)
    return dict(sorted(parts.items()))


def export_part(name: str, pages: Sequence[Located], settings: Settings) -> Iterator[Output]:
    """The files of a part: one, where the protocol allows."""
    for path, part in _files(name, pages):
        yield Output(path, document(_set("urlset", "url", part, settings)))


def export_index(parts: Mapping[str, Sequence[Located]], settings: Settings) -> Output:
    """The index, which names every file with the day of its last change."""
    listed = [
        Located(path, max((p.updated for p in part if p.updated), default=None))
        for name, pages in parts.items()
        for path, part in _files(name, pages)
    ]
    return Output(INDEX, document(_set("sitemapindex", "sitemap", listed, settings)))


def _part(address: str) -> str:
    if month := _CASE.match(address):
        return f"{month[1]}-{month[2]}"
    archive = _ARCHIVE.search(address)
    return f"lists-{archive[1]}" if archive and not address.startswith(MONTHS) else "pages"


def _files(name: str, pages: Sequence[Located]) -> Iterator[tuple[str, Sequence[Located]]]:
    for number in range(0, max(1, len(pages)), MOST):
        path = f"{PARTS}{name}.xml" if not number else f"{PARTS}{name}-{number // MOST + 1}.xml"
        yield path, pages[number : number + MOST]


def robots(settings: Settings) -> Output:
    """第二十条: what is public may be found; only a file at the root of a host is asked for."""
    return Output("robots.txt", f"User-agent: *\nAllow: /\nSitemap: {settings.url(INDEX)}\n".encode())


def _set(name: str, item: str, located: Iterable[Located], settings: Settings) -> Element:
    def children(page: Located) -> Iterator[Element]:
        yield Element("loc", settings.url(page.address))
        if page.updated:
            yield Element("lastmod", page.updated.isoformat())

    return Element(name, [Element(item, list(children(p))) for p in located], {"xmlns": NAMESPACE})
