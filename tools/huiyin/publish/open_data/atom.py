"""Atom feeds (RFC 4287) of the latest replies: all, and those of each unit and topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from huiyin.model.case import SHANGHAI
from huiyin.publish.open_data.output import Output
from huiyin.publish.open_data.settings import Settings
from huiyin.publish.open_data.xml import Element, document
from huiyin.publish.view import PublicCase

FEEDS = "feeds/"
NAMESPACE = "http://www.w3.org/2005/Atom"
LATEST = 50
"""Entries in a feed."""
NEVER = datetime(1970, 1, 1, tzinfo=SHANGHAI)
"""When an empty feed last changed: the standard asks for a moment, and that of the build says nothing of the record."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed of a list.

    Args:
        list_address: of the page that lists all its cases.
        name: of that list, such as 兰州市.
        title: with the name of the site, as readers show it among others.
    """

    list_address: str
    name: str
    title: str
    cases: Sequence[PublicCase]

    @property
    def path(self) -> str:
        """Where it stands."""
        return path_of(self.list_address)


def export(feed: Feed, settings: Settings) -> Output:
    """The file of a feed."""
    return Output(feed.path, write(feed, settings), fresh=(feed.title,))


def path_of(list_address: str) -> str:
    """``feeds/replies.atom``, ``feeds/units/lanzhou.atom``."""
    return f"{FEEDS}{list_address.removesuffix('/')}.atom"


def write(feed: Feed, settings: Settings) -> bytes:
    """The feed, what is newest first: a correction brings an old case to the top again, with the id that it had."""
    cases = sorted(feed.cases, key=lambda c: (_news(c), c.id), reverse=True)[:LATEST]
    updated = max((_updated(c) for c in cases), default=NEVER)
    here = settings.url(feed.path)
    head = [
        Element("id", settings.tag_of(feed.path)),
        Element("title", feed.title),
        Element("updated", _moment(updated)),
        Element("link", attributes={"rel": "self", "type": "application/atom+xml", "href": here}),
        Element("link", attributes={"rel": "alternate", "type": "text/html", "href": settings.url(feed.list_address)}),
        Element("link", attributes={"rel": "license", "href": settings.licence.url}),
        Element("author", [Element("name", settings.title)]),
        Element("rights", settings.licence.name),
    ]
    entries = (_entry(case, settings) for case in cases)
    return document(Element("feed", [*head, *entries], {"xmlns": NAMESPACE, "xml:lang": "zh-CN"}))


def _entry(case: PublicCase, settings: Settings) -> Element:
    text = case.reply or case.public_note or ""
    categories = (Element("category", attributes={"term": topic}) for topic in case.topics)
    return Element(
        "entry",
        [
            # By its id alone: it is the same entry in every feed.
            Element("id", settings.tag_of(f"cases/{case.id}")),
            Element("title", case.title, {"type": "text"}),
            Element("published", _moment(case.published_at)),
            Element("updated", _moment(_updated(case))),
            Element("link", attributes={"rel": "alternate", "type": "text/html", "href": settings.url(case.address)}),
            Element("author", [Element("name", case.publisher)]),
            *categories,
            Element("content", text, {"type": "text"}),
        ],
    )


def _news(case: PublicCase) -> datetime:
    """When a reader was last told something new; a rating is none."""
    return max([case.published_at, *(c.at for c in case.corrections)])


def _updated(case: PublicCase) -> datetime:
    return case.timeline[-1].at


def _moment(value: datetime) -> str:
    return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
