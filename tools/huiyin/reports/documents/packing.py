"""Saving a Word document so that the same content gives the same bytes."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from docx.document import Document

_FIRST = "[Content_Types].xml"


def packed(document: Document) -> bytes:
    """The file: its parts in order, without the times of packing.

    Parts are stored, not compressed: versions of zlib compress the same content to different bytes.
    """
    saved, out = BytesIO(), BytesIO()
    document.save(saved)
    with ZipFile(saved) as old, ZipFile(out, "w", ZIP_STORED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != _FIRST, name)):
            new.writestr(ZipInfo(name), old.read(name))
    return out.getvalue()
