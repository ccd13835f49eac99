"""JSON Lines: one case a line, dates and moments as ISO 8601 with the offset +08:00."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from huiyin.model.case import SHANGHAI


def write(records: Iterable[Mapping[str, Any]]) -> bytes:
    """The file; a line separator inside a text is escaped, as every control is, so that a line is a record."""
    return "".join(json.dumps(r, ensure_ascii=False, default=plain) + "\n" for r in records).encode()


def plain(value: object) -> str:
    """A date or moment as text."""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
