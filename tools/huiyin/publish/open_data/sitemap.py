"""The sitemap (sitemaps.org 0.9): an index, and a part for each month received, so that no part grows for ever."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from huiyin.publish.open_data.output import Output
from huiyin.publish.open_data.settings import Settings
from huiyin.publish.open_data.xml import Element, document

INDEX = "sitemap.xml"
PARTS = "sitemaps/"
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST = 50_000
"""Addresses in one part, by the protocol."""
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


def export(pages: Iterable[Located], settings: Settings) -> Iterator[Output]:
    """The parts, then the index that names them, and ``robots.txt`` that names the index."""
    parts: dict[str, list[Located]] = defaultdict(list)
    for page in sorted(pages, key=lambda p: p.address):
        month = _CASE.match(page.address)
        parts[f"{month[1]}-{month[2]}" if month else "pages"].append(page)
    index = []
    for name, listed in sorted(parts.items()):
        for number in range(0, len(listed), MOST):
            part = listed[number : number + MOST]
            path = f"{PARTS}{name}.xml" if not number else f"{PARTS}{name}-{number // MOST + 1}.xml"
            yield Output(path, document(_set("urlset", "url", part, settings)))
            index.append(Located(path, max((p.updated for p in part if p.updated), default=None)))
    yield Output(INDEX, document(_set("sitemapindex", "sitemap", index, settings)))


def robots(settings: Settings) -> Output:
    """第二十条: what is public may be found; only a file at the root of a host is asked for."""
    return Output("robots.txt", f"User-agent: *\nAllow: /\nSitemap: {settings.url(INDEX)}\n".encode())


def _set(name: str, item: str, located: Iterable[Located], settings: Settings) -> Element:
    def children(page: Located) -> Iterator[Element]:
        yield Element("loc", settings.url(page.address))
        if page.updated:
            yield Element("lastmod", page.updated.isoformat())

    return Element(name, [Element(item, list(children(p))) for p in located], {"xmlns": NAMESPACE})
