"""A segment in which a few documents changed, out of the one before: the same bytes as if it were made anew.

A corrected reply of a past year has some hundred pairs; the files that hold these are read, changed and written, the
others are taken over. Nothing of the former text stays, which a list of documents to leave out would not achieve.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import numpy as np

from huiyin.publish.search.document import Document, unpacked
from huiyin.publish.search.layout import ENDING, MAGIC
from huiyin.publish.search.pairs import DOCUMENT_BITS, Keys, PairFinder, ordered
from huiyin.publish.search.postings import Numbers, Ragged, encode_entries
from huiyin.publish.search.shards import Segment, hashes, text_file
from huiyin.publish.search.stored import read_file
from huiyin.publish.search.unpacking import decode_entries, find_entries

TextsOf = Callable[[Document], Sequence[str]]
DEAREST = 64
"""A changed document costs about as much as that many documents made anew (``docs/search.md``)."""


def patch(folder: Path, segment: Segment, changed: Mapping[int, Document]) -> tuple[Segment, dict[str, bytes]] | None:
    """The new segment and those of its files that are others than before; None where it must be made anew.

    Args:
        folder: of the segment before.
        changed: by number, the documents that took another's place.

    Raises:
        ValueError: the folder is not what its description says.
        OSError: a file cannot be read.
    """
    texts = _Texts(folder, segment, changed)
    before = texts.before
    if any(_filtered(before[number]) != _filtered(document) for number, document in changed.items()):
        return None
    pairs = _Change(before, changed, Document.searched)
    titles = _Change(before, changed, lambda document: (document.title,))
    terms = ordered(np.concatenate([pairs.terms(), titles.terms()]))
    terms = terms[np.argsort(hashes(terms, segment.shards), kind="stable")]
    shard = hashes(terms, segment.shards).astype(np.int64)
    numbers = ordered(shard.copy())
    files = _read(folder, numbers)
    spots = _find_spots(files, np.searchsorted(numbers, shard), terms)
    keys, titled = decode_entries(terms[spots.there], spots.entries, segment.documents)
    new_terms, new = encode_entries(pairs.applied(keys), titles.applied(titled), segment.documents)
    after = replace(
        segment,
        pair_bytes=segment.pair_bytes - int(spots.entries.sizes.sum()) + len(new.stream),
        text_bytes=segment.text_bytes + texts.growth,
    )
    if (after.shards, after.chunk) != (segment.shards, segment.chunk):
        return None
    contents = _splice(files, spots, *_aligned(terms, new_terms, new))
    return after, texts.files | {f"{n}.{ENDING}": data for n, data in zip(numbers.tolist(), contents, strict=True)}


@dataclass(frozen=True, slots=True)
class _Spots:
    """Where the entries of some terms stand in files, or would stand; by file, and in a file by term.

    Args:
        files: of each term, the position of its file.
        starts: of each term, where its entry begins in all files, or would.
        ends: of each term, where it ends; the same, if there is none.
        there: which of the terms have an entry.
        entries: of those.
    """

    files: Numbers
    starts: Numbers
    ends: Numbers
    there: Numbers
    entries: Ragged


def _find_spots(files: Ragged, wanted: Numbers, terms: Keys) -> _Spots:
    found = find_entries(files)
    # A term has 42 bits; in front of it stands its file.
    known, asked = (numbers.astype(np.uint64) << np.uint64(42) | t for numbers, t in
                    ((found.files, found.terms), (wanted, terms)))  # fmt: skip
    at = np.searchsorted(known, asked)
    there = np.flatnonzero(np.append(known, ~np.uint64(0))[at] == asked)
    starts = np.append(found.starts, len(files.stream))[at]
    ends = starts.copy()
    ends[there] += found.sizes[at[there]]
    return _Spots(wanted, starts, ends, there, found.take(at[there]))


def _aligned(terms: Keys, new_terms: Keys, new: Ragged) -> tuple[bytes, Numbers, Numbers]:
    """The new entries, and where that of each term begins and ends in them: nowhere, if it has none any more."""
    at = np.searchsorted(new_terms, terms)
    has = np.append(new_terms, ~np.uint64(0))[at] == terms
    starts = np.append(new.starts(), 0)[at]
    return new.stream.tobytes(), starts, np.where(has, starts + np.append(new.sizes, 0)[at], starts)


def _splice(files: Ragged, spots: _Spots, new: bytes, starts: Numbers, ends: Numbers) -> Iterator[bytes]:
    """The contents of all files, with new entries in the place of those that were there."""
    stream, edges = files.stream.tobytes(), [*files.starts().tolist(), len(files.stream)]
    steps = zip(*(part.tolist() for part in (spots.files, spots.starts, spots.ends, starts, ends)), strict=True)
    for file, pieces in groupby(steps, itemgetter(0)):
        position, content = edges[file], [MAGIC]
        for _, cut, resumed, start, end in pieces:
            content += [stream[position:cut], new[start:end]]
            position = resumed
        yield b"".join([*content, stream[position : edges[file + 1]]])


class _Texts:
    """The documents that stood in the place of those that changed, and the files of texts with the new ones.

    Args:
        growth: bytes that the new documents have more than the old ones.
    """

    def __init__(self, folder: Path, segment: Segment, changed: Mapping[int, Document]) -> None:
        self.before: dict[int, Document] = {}
        self.files: dict[str, bytes] = {}
        self.growth = 0
        for chunk in sorted({number // segment.chunk for number in changed}):
            first = chunk * segment.chunk
            shown = json.loads((folder / f"{chunk}.json").read_bytes())
            try:
                there = dict(enumerate(map(unpacked, shown), first))
            except (KeyError, TypeError) as error:
                raise ValueError("not a file of texts") from error
            here = [number for number in there if number in changed]
            self.before |= {number: there[number] for number in here}
            self.growth += sum(_size(changed[number]) - _size(there[number]) for number in here)
            packed = (changed.get(number, document).packed().encode() for number, document in there.items())
            name, content = text_file(chunk, packed)
            self.files[name] = content
        if self.before.keys() != changed.keys():
            raise ValueError("a document is missing")


class _Change:
    """Keys that vanish and keys that come, where documents take the place of others."""

    def __init__(self, before: Mapping[int, Document], after: Mapping[int, Document], texts_of: TextsOf) -> None:
        old, new = (_keys(((n, texts_of(d)) for n, d in sorted(side.items()))) for side in (before, after))
        self._gone = np.setdiff1d(old, new, assume_unique=True)
        self._come = np.setdiff1d(new, old, assume_unique=True)

    def terms(self) -> Keys:
        """Those of which a posting changes."""
        return ordered(np.concatenate([self._gone, self._come]) >> np.uint64(DOCUMENT_BITS))

    def applied(self, keys: Keys) -> Keys:
        """These keys, without what is gone and with what has come."""
        left: Keys = np.setdiff1d(keys, self._gone, assume_unique=True)
        return ordered(np.concatenate([left, self._come]))


def _keys(texts: Iterable[tuple[int, Sequence[str]]]) -> Keys:
    """Keys of documents with these numbers, which are in order."""
    finder, numbers = PairFinder(), []
    for number, given in texts:
        finder.add(given)
        numbers.append(number)
    keys = finder.keys()
    bits = np.uint64(DOCUMENT_BITS)
    position = (keys & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    found: Keys = keys >> bits << bits | np.array(numbers, np.uint64)[position]
    return found


def _read(folder: Path, numbers: Numbers) -> Ragged:
    """Files of pairs, without what they begin with."""
    contents = [read_file(f"{folder}/{number}.{ENDING}") for number in numbers.tolist()]
    if not all(content.startswith(MAGIC) for content in contents):
        raise ValueError("not a file of pairs")
    stream = np.frombuffer(b"".join(content[len(MAGIC) :] for content in contents), np.uint8)
    return Ragged(stream, np.array([len(content) - len(MAGIC) for content in contents], np.int64))


def _filtered(document: Document) -> tuple[object, ...]:
    """What a change of may change what the segment says of itself."""
    return document.facets(), document.unit, document.channel


def _size(document: Document) -> int:
    return len(document.packed().encode())
