"""JSON Lines: one case a line, dates and moments as ISO 8601 with the offset +08:00, which all of the record have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec


def write(records: Iterable[Mapping[str, Any]]) -> bytes:
    """The file; a line end inside a text is escaped, as all below U+0020 is, so that a line is a record."""
    return b"".join(_ENCODER.encode(record) + b"\n" for record in records)


_ENCODER = msgspec.json.Encoder()
