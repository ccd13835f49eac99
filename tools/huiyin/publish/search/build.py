"""The index of a site: one folder a segment, and a manifest that names those that count.

A segment's name ends with a digest of its documents. One that is there already is left alone, one in which few
documents changed is made out of the one before, so that publishing costs what changed; the result is the same bytes as
if everything had been made anew. Documents are asked for only where they are needed, a few at a time.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from huiyin.model.problem import HuiyinError
from huiyin.publish.search.document import Document, Entry
from huiyin.publish.search.layout import VERSION
from huiyin.publish.search.patch import DEAREST, patch
from huiyin.publish.search.shards import Segment, make_segment
from huiyin.publish.search.stored import (
    UNFINISHED,
    Stored,
    described,
    in_letters,
    labels,
    read_segment,
    share,
    write_description,
    write_files,
    written_beside,
)
from huiyin.repo.files import failure, write_atomically
from huiyin.spreading import spread

MANIFEST = "manifest.json"
Load = Callable[[Sequence[str]], Iterable[Document]]
"""Ids → their documents, in that order; it is asked for at most ``LOADED`` at once, and sent to other processes."""
LOADED = 1000


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: names of segments that were written, were there already, and were removed.

    Args:
        patched: of those written, the ones that were made out of the one before.
    """

    written: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]
    patched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Order:
    """A segment to be made: its name, its documents from the oldest, and the folder of the one before, if any."""

    name: str
    ids: tuple[str, ...]
    digests: str
    before: str | None


def build(
    entries: Iterable[Entry], load: Load, folder: Path, *, executor: Executor | None = None, workers: int = 1
) -> Built:
    """Bring the index in a folder up to the published cases.

    Args:
        entries: of every published case, in any order.
        load: asked only for documents of segments that must be written.
        folder: made if it is not there; nothing else may lie in it.
        executor: processes of this machine that make segments, if given; they write into the folder.
        workers: of the executor.

    Raises:
        HuiyinError: HY906; the manifest still names the old segments, and they are all there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        before = {path.name for path in folder.iterdir() if path.name != MANIFEST}
        found = {name: read_segment(folder / name) for name in before}
        wanted = divide(entries)
        orders = [_order(name, members, found) for name, members in wanted.items() if not found.get(name)]
        patched = []
        for order, made in zip(
            orders, spread(executor, _make, (folder, load), orders, size=1, workers=workers), strict=True
        ):
            found[order.name], is_patched = made
            if is_patched:
                patched.append(order.name)
        segments = {name: stored.segment for name in wanted if (stored := found[name])}
        write_atomically(folder / MANIFEST, manifest(segments))
        removed = sorted(before - wanted.keys())
        for name in removed:
            shutil.rmtree(folder / name) if (folder / name).is_dir() else (folder / name).unlink()
    except OSError as error:
        raise HuiyinError(failure(folder, error.errno)) from None
    written = tuple(order.name for order in orders)
    return Built(
        written,
        tuple(name for name in wanted if name not in written),
        tuple(name for name in removed if not name.startswith(UNFINISHED)),
        tuple(patched),
    )


def build_whole(documents: Iterable[Document], folder: Path) -> Built:
    """The same where all documents are at hand: tests, and sites of some hundred cases."""
    known = {document.id: document for document in documents}
    return build((document.entry for document in known.values()), lambda ids: (known[id_] for id_ in ids), folder)


def divide(entries: Iterable[Entry]) -> dict[str, Sequence[Entry]]:
    """Name of each segment → its cases from the oldest; segments from the oldest, too."""
    ordered = sorted(entries, key=lambda e: (e.day, e.id))
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in ordered:
        groups[period(entry.day, ordered[-1].day)].append(entry)
    return {f"{name}-{_digest(members)}": members for name, members in groups.items()}


def period(day: date, newest: date) -> str:
    """Which segment a day of publication belongs to: a year, a block of months of the newest year, or the newest month.

    What is published today touches one month. The closed months of the newest year stand in blocks of eight, four, two
    and one, such as 2026-01to08, 2026-09to10 and 2026-11: a reader asks at most four segments of that year.
    """
    if day.year != newest.year:
        return f"{day.year}"
    first = 1
    for months in (8, 4, 2, 1):
        if (newest.month - 1) & months:
            if day.month < first + months:
                return f"{day.year}-{first:02}to{first + months - 1:02}" if months > 1 else f"{day:%Y-%m}"
            first += months
    return f"{day:%Y-%m}"


def manifest(segments: Mapping[str, Segment]) -> str:
    """The one file that a browser reads first: segments from the oldest, and the names that filters show."""
    named: dict[str, dict[str, str]] = {"unit": {}, "channel": {}}
    for segment in segments.values():
        for facet, names in labels(segment).items():
            named[facet] |= names
    whole = {"version": VERSION, "labels": {facet: dict(sorted(names.items())) for facet, names in named.items()}}
    listed = [{"name": name, **described(segment)} for name, segment in segments.items()]
    return json.dumps(whole | {"segments": listed}, ensure_ascii=False, separators=(",", ":")) + "\n"


def _digest(entries: Sequence[Entry]) -> str:
    found = hashlib.blake2b(f"{VERSION}\n".encode(), digest_size=8)
    for entry in entries:
        found.update(entry.digest)
    return found.hexdigest()


def _order(name: str, members: Sequence[Entry], found: Mapping[str, Stored | None]) -> _Order:
    """What is to be made of these cases; a segment with as many documents, of which few changed, is where to begin."""
    digests, before = in_letters(entry.digest for entry in members), None
    for other, stored in sorted(found.items()):
        same = stored and other.rpartition("-")[0] == name.rpartition("-")[0] and len(stored.digests) == len(digests)
        if stored and same and DEAREST * len(stored.differing(digests)) <= len(members):
            before = other
    return _Order(name, tuple(entry.id for entry in members), digests, before)


def _make(context: tuple[Path, Load], orders: Sequence[_Order]) -> tuple[Stored, bool]:
    """Make one segment, and tell whether out of the one before; this runs wherever the executor likes."""
    (folder, load), (order,) = context, orders
    stored = _patched(folder, load, order)
    if stored is not None:
        return stored, True
    with written_beside(folder / order.name) as beside, tempfile.TemporaryFile(dir=folder) as spool:
        segment, files = make_segment(_loaded(load, order.ids), spool)
        write_files(beside, files)
        stored = Stored(segment, order.digests)
        write_description(beside, stored)
    return stored, False


def _patched(folder: Path, load: Load, order: _Order) -> Stored | None:
    """The segment out of the one before, or None where it must be made anew."""
    old = read_segment(folder / order.before) if order.before else None
    if order.before is None or old is None:
        return None
    numbers = old.differing(order.digests)
    changed = dict(zip(numbers, _loaded(load, [order.ids[number] for number in numbers]), strict=True))
    try:
        made = patch(folder / order.before, old.segment, changed)
        if made is None:
            return None
        stored = Stored(made[0], order.digests)
        with written_beside(folder / order.name) as beside:
            share(folder / order.before, beside, stored.segment, made[1].keys())
            write_files(beside, made[1].items())
            write_description(beside, stored)
    except (ValueError, FileNotFoundError):
        # Somebody touched the folder: what lies there is no place to begin.
        return None
    return stored


def _loaded(load: Load, ids: Sequence[str]) -> Iterator[Document]:
    """The documents, a few at a time, so that no more of them stand in memory."""
    for start in range(0, len(ids), LOADED):
        yield from load(ids[start : start + LOADED])
