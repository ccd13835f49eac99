"""The index of a site: one folder a segment, and a manifest that names those that count.

A segment's name ends with a digest of its documents. One that is there already is left alone, so that publishing costs
what changed; the result is the same bytes as if everything had been made anew.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from huiyin.model.problem import HuiyinError
from huiyin.publish.search.document import Document
from huiyin.publish.search.layout import VERSION
from huiyin.publish.search.shards import describe, make_segment
from huiyin.repo.files import failure, write_atomically

MANIFEST = "manifest.json"
_DESCRIPTION = "segment.json"
_UNFINISHED = ".new-"


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: names of segments that were written, were there already, and were removed."""

    written: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]


def build(documents: Iterable[Document], folder: Path) -> Built:
    """Bring the index in a folder up to these documents.

    Args:
        documents: every published case, in any order.
        folder: made if it is not there; nothing else may lie in it.

    Raises:
        HuiyinError: HY906; the manifest still names the old segments, and they are all there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        before = {path.name for path in folder.iterdir() if path.name != MANIFEST}
        written, described = [], {}
        for name, members in divide(documents).items():
            if name not in before or (found := _described(folder / name)) is None:
                found = _write(folder / name, members)
                written.append(name)
            described[name] = found
        write_atomically(folder / MANIFEST, manifest(described))
        removed = sorted(before - described.keys())
        for name in removed:
            shutil.rmtree(folder / name)
    except OSError as error:
        raise HuiyinError(failure(folder, error.errno)) from None
    kept = tuple(name for name in described if name not in written)
    return Built(tuple(written), kept, tuple(name for name in removed if not name.startswith(_UNFINISHED)))


def divide(documents: Iterable[Document]) -> dict[str, Sequence[Document]]:
    """Name of each segment → its documents from the oldest; segments from the oldest, too."""
    ordered = sorted(documents, key=lambda d: (d.day, d.id))
    groups: dict[str, list[Document]] = defaultdict(list)
    for document in ordered:
        groups[period(document.day, ordered[-1].day)].append(document)
    return {f"{name}-{_digest(members)}": members for name, members in groups.items()}


def period(day: date, newest: date) -> str:
    """Which segment a day of publication belongs to: a month of the newest quarter, a quarter of its year, or a year.

    So what is published today touches one month, and a reader asks few segments, whatever the age of the archive.
    """
    if day.year != newest.year:
        return f"{day.year}"
    quarter = (day.month - 1) // 3
    return f"{day.year}-q{quarter + 1}" if quarter != (newest.month - 1) // 3 else f"{day:%Y-%m}"


def manifest(segments: Mapping[str, Mapping[str, Any]]) -> str:
    """The one file that a browser reads first: segments from the oldest, and the names that filters show."""
    labels: dict[str, dict[str, str]] = {"unit": {}, "channel": {}}
    listed = []
    for name, described in segments.items():
        for facet, names in labels.items():
            names |= described["labels"][facet]
        listed.append({"name": name, **{key: value for key, value in described.items() if key != "labels"}})
    whole = {"version": VERSION, "labels": {facet: dict(sorted(n.items())) for facet, n in labels.items()}}
    return json.dumps(whole | {"segments": listed}, ensure_ascii=False, separators=(",", ":")) + "\n"


def _digest(documents: Sequence[Document]) -> str:
    found = hashlib.blake2b(f"{VERSION}\n".encode(), digest_size=8)
    for document in documents:
        found.update(document.key)
        found.update(b"\n")
    return found.hexdigest()


def _described(folder: Path) -> dict[str, Any] | None:
    """What a finished segment says of itself, or None: it is written last, and its folder renamed after it."""
    try:
        found = json.loads((folder / _DESCRIPTION).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return (
        found
        if isinstance(found, dict) and {"documents", "shards", "chunk", "facets", "labels"} <= found.keys()
        else None
    )


def _write(target: Path, documents: Sequence[Document]) -> dict[str, Any]:
    """Write a segment beside its place and put it there."""
    beside = target.with_name(f"{_UNFINISHED}{secrets.token_hex(8)}")
    segment, files = make_segment(documents)
    try:
        beside.mkdir()
        for name, content in files:
            (beside / name).write_bytes(content)
        text = json.dumps(describe(segment), ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
        (beside / _DESCRIPTION).write_text(text, encoding="utf-8")
        if target.exists():
            shutil.rmtree(target)
        beside.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    found: dict[str, Any] = json.loads(text)
    return found
