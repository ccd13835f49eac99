"""CSV that spreadsheet programs open as it is: UTF-8 with a byte order mark, CRLF, and nothing that they would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a formula may begin with; programs set to Chinese or Japanese take the full-width signs for it, too."""


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV file; a text that a spreadsheet program would run as a formula gets an apostrophe."""
    return csv_bytes(head, rows).decode()


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The same, encoded row by row: a long text takes four times the room."""
    out = io.BytesIO()
    with io.TextIOWrapper(out, "utf-8", newline="", write_through=True) as text:
        text.write(BOM)
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(head)
        writer.writerows([_cell(value) for value in row] for row in rows)
        return out.getvalue()


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
