"""A case: what the citizen sent, and the append-only list of events (design §1.1, §3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum

from huiyin.model.event import Event

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Time in China as the record writes it: the zone itself had other offsets before 1902 and in six summers from 1986."""


class Channel(StrEnum):
    """Where a message was left (第一条)."""

    PEOPLE = "people"
    PORTAL = "portal"
    SERVICE = "service"

    @property
    def label(self) -> str:
        """The official name of the channel."""
        return {
            "people": "人民网“地方领导留言板”",
            "portal": "中国·甘肃“政民互动”",
            "service": "甘肃政务服务网投诉",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Source:
    """Where the message stands on the source platform."""

    reference: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One message.

    Args:
        id: ``<channel>-<reference>``; the name of the file.
        procedure: id of the procedure that it runs under (第二十三、二十四条).
        received_at: with an offset, whole seconds.
        real_name, contactable, clear_matter: facts for admission (第十(一)、十二条), never the data itself.
        title, body: text fit for publication; the original is in the vault.
        duplicate_of: id of an earlier case with the same text.
        lookup: the slow hash of the number and the query code that the citizen was given, or None.
        history: the record was taken over from past years, so its events name no persons.
    """

    id: str
    procedure: str
    channel: Channel
    source: Source
    received_at: datetime
    real_name: bool
    contactable: bool
    clear_matter: bool
    title: str
    body: str
    duplicate_of: str | None = None
    lookup: str | None = None
    history: bool = False
    events: tuple[Event, ...] = ()

    @property
    def path(self) -> str:
        """Where the file must be: ``cases/YYYY/MM/DD/<id>.yaml``, by the day received in Asia/Shanghai."""
        return path_of(self.id, self.received_at)


def path_of(case_id: str, received_at: datetime) -> str:
    """Where the file of a case must be; see ``Case.path``."""
    on = received_at.astimezone(SHANGHAI)
    return f"cases/{on.year:04}/{on.month:02}/{on.day:02}/{case_id}.yaml"
