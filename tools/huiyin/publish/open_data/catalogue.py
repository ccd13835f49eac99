"""The published cases below ``data/``: a file a month and format, what was taken back, and an index."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from huiyin.publish.addresses import DATA
from huiyin.publish.open_data import json_lines, parquet, table
from huiyin.publish.open_data.dictionary import Described
from huiyin.publish.open_data.fields import record
from huiyin.publish.open_data.output import Output, json_bytes
from huiyin.publish.open_data.settings import Settings
from huiyin.publish.reopened import ReopenedCase
from huiyin.publish.view import PublicCase

INDEX = f"{DATA}index.json"
VERSION = 2
"""Grows when a field is renamed, removed or changes its type; new fields do not change it."""


FORMATS: Mapping[str, Callable[[Sequence[PublicCase]], bytes]] = {
    "csv": table.write,
    "jsonl": lambda cases: json_lines.write(map(record, cases)),
    "parquet": parquet.write,
}
"""Ending → how it is written."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One file of the cases of a month.

    Args:
        kind: ``cases`` or ``removed``.
        updated: the day of the last change of what it holds.
    """

    kind: str
    month: str
    format: str
    path: str
    count: int
    size: int
    sha256: str
    updated: str


def export(month: str, cases: Sequence[PublicCase], gone: Sequence[ReopenedCase]) -> Iterator[tuple[Shard, Output]]:
    """The files of a month, each with its entry in the index.

    Args:
        month: in which all of them were received, such as ``2026-11``.
        cases, gone: in the order of ``output.in_order``.
    """
    if cases:
        updated = max(c.updated for c in cases).isoformat()
        for ending, make in FORMATS.items():
            yield _shard("cases", month, ending, make(cases), len(cases), updated)
    if gone:
        updated = max(c.updated for c in gone).isoformat()
        yield _shard("removed", month, "jsonl", json_lines.write(map(removed, gone)), len(gone), updated)


def path_of(kind: str, month: str, ending: str) -> str:
    """``data/cases/2026-11.csv``."""
    return f"{DATA}{kind}/{month}.{ending}"


def removed(case: ReopenedCase) -> dict[str, Any]:
    """That a case which was public is not now: who keeps a copy must delete it (第十九、二十一条)."""
    return {
        "id": case.id,
        "path": case.address,
        "status": "withdrawn" if case.withdrawn else "reopened",
        "removed": case.updated,
    }


def index(shards: Sequence[Shard], fields: Sequence[Described], settings: Settings) -> Output:
    """``data/index.json``: what there is. It changes only when the data do, so it names no moment of the build."""
    return Output(
        INDEX,
        json_bytes(
            {
                "title": settings.title,
                "version": VERSION,
                "updated": max((s.updated for s in shards), default=None),
                "homepage": settings.url(DATA),
                "contact": settings.contact,
                "licence": {"name": settings.licence.name, "id": settings.licence.id, "url": settings.licence.url},
                "files": [
                    {
                        "kind": s.kind,
                        "month": s.month,
                        "format": s.format,
                        "url": settings.url(s.path),
                        "path": s.path,
                        "count": s.count,
                        "bytes": s.size,
                        "sha256": s.sha256,
                        "updated": s.updated,
                    }
                    for s in shards
                ],
                "fields": [
                    {"name": f.name, "title": f.title, "description": f.meaning, "nullable": f.optional, "type": f.json}
                    for f in fields
                ],
            },
            indent=2,
        ),
    )


def _shard(kind: str, month: str, ending: str, data: bytes, count: int, updated: str) -> tuple[Shard, Output]:
    path = path_of(kind, month, ending)
    sha256 = hashlib.sha256(data).hexdigest()
    return Shard(kind, month, ending, path, count, len(data), sha256, updated), Output(path, data, fresh=())
