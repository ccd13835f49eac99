"""The index of the search from what was gathered: texts are fetched only of segments that changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from huiyin.publish.facts import unpack
from huiyin.publish.gather import Gathered
from huiyin.publish.search.build import Built, build
from huiyin.publish.search.document import Document, Entry, document_of
from huiyin.rules.deadlines import local_day


def index_search(gathered: Gathered, folder: Path) -> Built:
    """Bring the index in a folder up to the published cases.

    Raises:
        HuiyinError: HY906; HY904, somebody has taken the index of facts away.
    """
    oids = {head.id: head.oid for head in gathered.heads}

    def load(ids: Sequence[str]) -> Iterator[Document]:
        for facts in map(unpack, gathered.packed([oids[name] for name in ids])):
            if facts.case is not None:
                yield document_of(facts.case)

    entries = (Entry(h.id, local_day(h.published_at), bytes.fromhex(h.searched)) for h in gathered.heads)
    return build(entries, load, folder)
