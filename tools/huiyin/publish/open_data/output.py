"""A file of the site that is no page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Protocol, TypeVar

from huiyin.model.case import SHANGHAI


@dataclass(frozen=True, slots=True)
class Output:
    """One file.

    Args:
        path: below the site's root, with ``/``.
    """

    path: str
    data: bytes


class Received(Protocol):
    """What was received at some moment, and has an id."""

    @property
    def id(self) -> str:
        """The id of the case."""

    @property
    def received_at(self) -> datetime:
        """With an offset."""


R = TypeVar("R", bound=Received)


def by_period(cases: Iterable[R], name: str) -> Iterator[tuple[str, list[R]]]:
    """Shards by the time received, which no later event can change, so that a case never moves to another file.

    Args:
        name: format of the period in Asia/Shanghai, such as ``%Y`` or ``%Y-%m``.
    """

    def period(case: R) -> str:
        return f"{case.received_at.astimezone(SHANGHAI):{name}}"

    ordered = sorted(cases, key=lambda c: (c.received_at, c.id))
    yield from ((key, list(group)) for key, group in groupby(ordered, key=period))


def json_bytes(value: Any, *, indent: int | None = None) -> bytes:
    """JSON with Chinese as it is, one line end.

    Args:
        indent: for the few files that people read; with it the library is ten times slower.
    """
    return (json.dumps(value, ensure_ascii=False, indent=indent) + "\n").encode()
