"""What plans, feeds, figures and the sitemap need of a published case: little enough to hold of every case at once."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from huiyin.findings import Key
from huiyin.publish.addresses import case_address
from huiyin.publish.facts import Facts
from huiyin.publish.search.document import document_of
from huiyin.rules.deadlines import local_day


class Head(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A published case, without its texts and without its line in a list.

    Args:
        oid: of the blob whose facts say the rest.
        digest: of those facts.
        received: the day, ``2026-11-20``.
        published: the month, ``2026-11``.
        published_on: the day.
        news: when a reader was last told something new: published or corrected.
        updated: the day of the last thing that its page tells.
        searched: digest of what the search knows of it.
    """

    id: str
    oid: str
    digest: bytes
    title: str
    unit: str
    channel: str
    complexity: str
    topics: tuple[str, ...]
    received: str
    received_at: datetime
    published: str
    published_on: date
    published_at: datetime
    news: datetime
    updated: date
    searched: bytes
    accepted: tuple[Key, ...]

    @property
    def address(self) -> str:
        """Of its page."""
        return case_address(self.id, self.received_at)


def head_of(facts: Facts, oid: str, digest: bytes) -> Head | None:
    """The head of a published case, or None where it is none.

    Args:
        oid: of its blob.
        digest: of the facts.
    """
    case = facts.case
    if case is None:
        return None
    return Head(
        id=case.id,
        oid=oid,
        digest=digest,
        title=case.title,
        unit=case.unit,
        channel=str(case.channel),
        complexity=str(case.complexity),
        topics=case.topics,
        received=local_day(case.received_at).isoformat(),
        received_at=case.received_at,
        published=f"{local_day(case.published_at):%Y-%m}",
        published_on=local_day(case.published_at),
        published_at=case.published_at,
        news=max([case.published_at, *(c.at for c in case.corrections)]),
        updated=case.updated,
        searched=document_of(case).digest,
        accepted=facts.accepted,
    )
