"""The published cases as CSV, for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from huiyin.publish.open_data.fields import TABULAR, Field, Kind
from huiyin.publish.spreadsheet import csv_bytes
from huiyin.publish.view import PublicCase
from huiyin.rules.deadlines import local_day


def write(cases: Iterable[PublicCase]) -> bytes:
    """The file; its first line has the names of the fields, as in the other formats."""
    return csv_bytes([f.name for f in TABULAR], ([_cell(f, c) for f in TABULAR] for c in cases))


def _cell(field: Field, case: PublicCase) -> object:
    value: Any = field.value(case)
    if value is None:
        return ""
    match field.kind:
        case Kind.TEXTS:
            return "、".join(value)
        case Kind.CORRECTIONS:
            return "、".join(local_day(c["at"]).isoformat() for c in value)
        case Kind.TRUTH:
            return "true" if value else "false"
        case Kind.DAY | Kind.MOMENT:
            if isinstance(value, datetime):
                return value.isoformat(timespec="seconds")
            return value.isoformat()
        case _:
            return value
