"""Writing a workbook so that the same content gives the same bytes."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO

from openpyxl import Workbook

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP archive can tell."""
_STAMP = re.compile(rb"(<dcterms:(created|modified)\b[^>]*>)[^<]*(</dcterms:\2>)")


def to_bytes(book: Workbook, moment: datetime) -> bytes:
    """The workbook as a file whose every time is ``moment``; openpyxl would write that of the clock.

    Args:
        moment: with an offset; the file's properties show it as created and modified.
    """
    written = BytesIO()
    book.save(written)
    stamp = f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    out = BytesIO()
    with zipfile.ZipFile(written) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            data = before.read(entry)
            if entry.filename == "docProps/core.xml":
                data = _STAMP.sub(rb"\g<1>" + stamp.encode() + rb"\g<3>", data)
            info = zipfile.ZipInfo(entry.filename, _EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            after.writestr(info, data)
    return out.getvalue()
