"""What the search knows of a published case: only what its page shows (第十九、二十条)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from huiyin.model.event import ReplyMode
from huiyin.publish.view import PublicCase
from huiyin.rules.deadlines import local_day

FACETS = ("unit", "topic", "channel", "year")
"""What results are filtered by; the position is the number in the index."""


DIGEST_BYTES = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """What must be known of a case to see whether the index still holds it as it is; its texts are not.

    Args:
        day: of publication, Asia/Shanghai.
        digest: ``Document.digest``.
    """

    id: str
    day: date
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One published case.

    Args:
        id: orders documents of one day.
        address: of its page, below the site's root.
        day: of publication, Asia/Shanghai.
        parts: (name, text) in the order of the page, such as (留言, …), (答复, …).
        unit: (id, name); the same for ``channel``.
        year: received in.
    """

    id: str
    address: str
    title: str
    day: date
    parts: tuple[tuple[str, str], ...]
    unit: tuple[str, str]
    channel: tuple[str, str]
    topics: tuple[str, ...]
    year: str

    @property
    def entry(self) -> Entry:
        """What the index is asked with first."""
        return Entry(self.id, self.day, self.digest)

    @property
    def digest(self) -> bytes:
        """Eight bytes that differ where anything of it does; far cheaper than ``packed``.

        No text of the record holds a NUL, which the YAML dialect forbids.
        """
        counted = (str(len(self.topics)), *self.topics, *(word for part in self.parts for word in part))
        told = (self.id, self.address, self.title, self.day.isoformat(), self.year, *self.unit, *self.channel)
        return hashlib.blake2b("\0".join((*told, *counted)).encode(), digest_size=DIGEST_BYTES).digest()

    def packed(self) -> str:
        """What the browser is given of it, as JSON."""
        shown = {
            "i": self.id,
            "a": self.address,
            "t": self.title,
            "d": self.day.isoformat(),
            "u": self.unit,
            "c": self.channel,
            "k": self.topics,
            "y": self.year,
            "x": self.parts,
        }
        return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))

    def searched(self) -> tuple[str, ...]:
        """Every text in which words are found; the title comes first."""
        return (self.title, *(text for _, text in self.parts), self.unit[1], *self.topics, self.id)

    def facets(self) -> tuple[tuple[str, ...], ...]:
        """Its values of each of ``FACETS``."""
        return (self.unit[0],), self.topics, (self.channel[0],), (self.year,)


def unpacked(shown: dict[str, Any]) -> Document:
    """The document that was packed.

    Raises:
        KeyError, TypeError, ValueError: it is something else.
    """
    return Document(
        id=shown["i"],
        address=shown["a"],
        title=shown["t"],
        day=date.fromisoformat(shown["d"]),
        parts=tuple((name, text) for name, text in shown["x"]),
        unit=(shown["u"][0], shown["u"][1]),
        channel=(shown["c"][0], shown["c"][1]),
        topics=tuple(shown["k"]),
        year=shown["y"],
    )


def document_of(case: PublicCase) -> Document:
    """What the search may know of a case: of a private reply the public note alone (第二十条第二款)."""
    parts = [("留言", case.body)]
    parts.append(("公开说明", case.public_note) if case.mode is ReplyMode.PRIVATE else ("答复", case.reply))
    parts += [("更正原因", correction.reason) for correction in case.corrections]
    return Document(
        id=case.id,
        address=case.address,
        title=case.title,
        day=local_day(case.published_at),
        parts=tuple((name, text) for name, text in parts if text),
        unit=(case.unit, case.unit_name),
        channel=(str(case.channel), case.channel.label),
        topics=case.topics,
        year=case.month[:4],
    )
