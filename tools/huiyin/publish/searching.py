"""The index of the search from what was gathered: texts are fetched only of segments that changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from huiyin.publish.facts import unpack
from huiyin.publish.gather import Gathered, fetch
from huiyin.publish.search.build import Built, build
from huiyin.publish.search.document import Document, Entry, document_of
from huiyin.repo.index import Index


@dataclass(frozen=True)
class Searched:
    """What the search needs of all cases; to hold it, nothing else that was gathered need be held.

    Args:
        oids: id → of the blob whose facts have the texts.
    """

    entries: Sequence[Entry]
    oids: Mapping[str, str]
    index: Index
    stamp: bytes

    def load(self, ids: Sequence[str]) -> Iterator[Document]:
        """The texts of cases."""
        oids = [self.oids[name] for name in ids]
        found = fetch(self.index, self.stamp, oids)
        for facts in (unpack(found[oid]) for oid in oids):
            if facts.case is not None:
                yield document_of(facts.case)


def searched(gathered: Gathered) -> Searched:
    """The published cases."""
    entries = [Entry(h.id, h.published_on, h.searched) for h in gathered.heads]
    return Searched(entries, {head.id: head.oid for head in gathered.heads}, gathered.index, gathered.stamp)


def index_search(cases: Searched, folder: Path) -> Built:
    """Bring the index in a folder up to the published cases.

    Raises:
        HuiyinError: HY906; HY904, somebody has taken the index of facts away.
    """
    return build(cases.entries, cases.load, folder)
