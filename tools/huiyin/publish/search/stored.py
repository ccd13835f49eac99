"""A segment as a folder: written beside its place and put there whole, so that what bears its name is what it says."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huiyin.publish.search.document import DIGEST_BYTES, FACETS
from huiyin.publish.search.shards import Segment

DESCRIPTION = "segment.json"
UNFINISHED = ".new-"
_LABELS = ("unit", "channel")
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
"""Digests stand as letters: among their digits somebody's number would be found sooner or later (第十九条)."""
_LENGTH = 2 * DIGEST_BYTES


@dataclass(frozen=True, slots=True)
class Stored:
    """A finished segment, and the digest of each of its documents, in letters behind each other."""

    segment: Segment
    digests: str

    def differing(self, digests: str) -> list[int]:
        """Numbers of the documents that are not the same in a list of as many."""
        starts = range(0, len(digests), _LENGTH)
        return [at // _LENGTH for at in starts if self.digests[at : at + _LENGTH] != digests[at : at + _LENGTH]]


def in_letters(digests: Iterable[bytes]) -> str:
    """Digests behind each other."""
    return b"".join(digests).hex().translate(_LETTERS)


def described(segment: Segment) -> dict[str, Any]:
    """The segment as the manifest tells it."""
    return {
        "documents": segment.documents,
        "shards": segment.shards,
        "chunk": segment.chunk,
        "facets": dict(zip(FACETS, segment.facets, strict=True)),
    }


def labels(segment: Segment) -> dict[str, dict[str, str]]:
    """The names that filters show."""
    return dict(zip(_LABELS, (dict(names) for names in segment.labels), strict=True))


def read_segment(folder: Path) -> Stored | None:
    """What a finished segment says of itself, or None: it is written last, and its folder renamed after it.

    None too where a file is missing or has lost a part since, for a reader would get nothing of it for ever.
    """
    try:
        found = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        segment = Segment(
            int(found["documents"]),
            int(found["pair_bytes"]),
            int(found["text_bytes"]),
            tuple(tuple(found["facets"][facet]) for facet in FACETS),
            tuple(tuple(found["labels"][facet].items()) for facet in _LABELS),
        )
        stored = Stored(segment, str(found["digests"]))
        sizes = _sizes(folder)
        if sizes.keys() != set(segment.names()) or sum(sizes.values()) != found["bytes"]:
            return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return stored if len(stored.digests) == _LENGTH * segment.documents else None


def _sizes(folder: Path) -> dict[str, int]:
    """Bytes of each file of a segment but its description."""
    with os.scandir(folder) as entries:
        return {e.name: e.stat(follow_symlinks=False).st_size for e in entries if e.name != DESCRIPTION}


@contextmanager
def written_beside(target: Path) -> Iterator[Path]:
    """A new folder that takes the place of the target at the end, unless something goes wrong."""
    beside = target.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
    try:
        beside.mkdir()
        yield beside
        if target.exists():
            shutil.rmtree(target)
        beside.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def write_description(folder: Path, stored: Stored) -> None:
    """Say that the segment is whole."""
    segment = stored.segment
    told = {
        "documents": segment.documents,
        "pair_bytes": segment.pair_bytes,
        "text_bytes": segment.text_bytes,
        "bytes": sum(_sizes(folder).values()),
        "facets": dict(zip(FACETS, segment.facets, strict=True)),
        "labels": labels(segment),
        "digests": stored.digests,
    }
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    (folder / DESCRIPTION).write_text(text, encoding="utf-8")


def write_files(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write (name, content), each into a file of its own."""
    for name, content in files:
        # There are tens of thousands: a file object for each would take as long as everything else.
        file = os.open(f"{folder}/{name}", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            while content:
                content = content[os.write(file, content) :]
        finally:
            os.close(file)


def read_file(path: str) -> bytes:
    """The whole content, for the same reason."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        parts = [os.read(file, os.fstat(file).st_size + 1)]
        while parts[-1]:
            parts.append(os.read(file, 1 << 20))
        return b"".join(parts)
    finally:
        os.close(file)


def share(old: Path, new: Path, segment: Segment, but: Set[str]) -> None:
    """Let a new segment have the files of an old one, except some; the old one stays as it is.

    Raises:
        FileNotFoundError: the old one is not whole.
    """
    take: Callable[[str, str], object] = os.link
    for name in segment.names():
        if name in but:
            continue
        try:
            take(f"{old}/{name}", f"{new}/{name}")
        except FileNotFoundError:
            raise
        except OSError:
            # A file system without links.
            take = shutil.copyfile
            take(f"{old}/{name}", f"{new}/{name}")
