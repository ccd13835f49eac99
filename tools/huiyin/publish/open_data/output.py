"""A file of the site that is no page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

import msgspec


@dataclass(frozen=True, slots=True)
class Output:
    """One file.

    Args:
        path: below the site's root, with ``/``.
        fresh: the pieces of HTML in it that nobody has looked through yet, and that say all that is new in it; None
            where that is the whole file. A file that only sets apart the texts of facts has none: they were looked
            through when the facts were made.
        part: see ``File.part``.
    """

    path: str
    data: bytes
    fresh: tuple[str, ...] | None = None
    part: bytes = b""


class Received(Protocol):
    """What was received at some moment, and has an id."""

    @property
    def id(self) -> str:
        """The id of the case."""

    @property
    def received_at(self) -> datetime:
        """With an offset."""


R = TypeVar("R", bound=Received)


def in_order(cases: Iterable[R]) -> list[R]:
    """The order within a file: by the time received, which no later event can change."""
    return sorted(cases, key=lambda c: (c.received_at, c.id))


def json_bytes(value: Any, *, indent: int | None = None) -> bytes:
    """JSON with Chinese as it is, one line end.

    Args:
        indent: for the few files that people read.
    """
    data = msgspec.json.encode(value)
    return (msgspec.json.format(data, indent=indent) if indent else data) + b"\n"
