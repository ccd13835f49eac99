"""Duplicates in spite of white space and of full and half width."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from huiyin.intake.text import squeeze

SHORTEST_BODY = 20
"""Characters; shorter bodies ("如题") are only duplicates where the titles are the same too."""


def fingerprint(title: str, body: str) -> bytes:
    """What two messages with the same text have in common."""
    text = squeeze(body)
    if len(text) < SHORTEST_BODY:
        text = f"{squeeze(title)}\n{text}"
    return hashlib.sha256(text.encode()).digest()


@dataclass
class DuplicateFinder:
    """Knows the messages of the repository and those about to come.

    What is in the repository comes first whenever it was received, since its file is not changed by an import;
    among the others, what was received first.
    """

    _known: dict[bytes, tuple[datetime, str]] = field(default_factory=dict)

    def know(self, case_id: str, title: str, body: str, received_at: datetime) -> None:
        """Take note of a message of the repository."""
        key = fingerprint(title, body)
        entry = (received_at, case_id)
        self._known[key] = min(entry, self._known.get(key, entry))

    def find(self, coming: Iterable[tuple[str, str, str, datetime]]) -> dict[str, str]:
        """Give id -> id of the earliest with the same text, for those that are duplicates.

        Args:
            coming: id, title, body and time of receipt of each.
        """
        groups: dict[bytes, list[tuple[datetime, str]]] = {}
        for case_id, title, body, received_at in coming:
            groups.setdefault(fingerprint(title, body), []).append((received_at, case_id))
        found: dict[str, str] = {}
        for key, group in groups.items():
            group.sort()
            earliest = self._known[key][1] if key in self._known else group.pop(0)[1]
            found |= {case_id: earliest for _, case_id in group}
        return found
