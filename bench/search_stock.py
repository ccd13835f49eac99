"""Where the bench keeps its documents: a table by id, as whoever publishes keeps facts of cases."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from huiyin.publish.search.document import Document, Entry, unpacked

REASON = "答复中的金额有误，予以更正（演示）"


@dataclass(frozen=True)
class Stock:
    """All documents in a file; it can be sent to another process.

    Args:
        changed: id → the document that took the place of the one in the file.
    """

    path: Path
    changed: dict[str, Document] = field(default_factory=dict)

    @cached_property
    def _base(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path)

    def __getstate__(self) -> dict[str, object]:
        """Without the connection."""
        return {"path": self.path, "changed": self.changed}

    def fill(self, given: Iterable[Document], size: int) -> None:
        """Write the file, unless it is there: the same size has the same documents."""
        if self._base.execute("PRAGMA user_version").fetchone() == (size,):
            return
        self._base.execute("DROP TABLE IF EXISTS documents")
        self._base.execute("CREATE TABLE documents (number INTEGER PRIMARY KEY, id, day, digest, packed)")
        rows = ((n, d.id, d.day.isoformat(), d.digest, d.packed()) for n, d in enumerate(given))
        self._base.executemany("INSERT INTO documents VALUES (?, ?, ?, ?, ?)", rows)
        self._base.execute("CREATE INDEX ids ON documents (id)")
        self._base.execute(f"PRAGMA user_version = {size}")
        self._base.commit()

    def entries(self) -> Iterator[Entry]:
        """What is known of each without its texts."""
        for id_, day, digest in self._base.execute("SELECT id, day, digest FROM documents"):
            new = self.changed.get(id_)
            yield new.entry if new else Entry(id_, date.fromisoformat(day), digest)

    def load(self, ids: Sequence[str]) -> Iterator[Document]:
        """The documents with these ids."""
        asked = f"SELECT id, packed FROM documents WHERE id IN ({','.join('?' * len(ids))})"  # noqa: S608 - only marks
        found = dict(self._base.execute(asked, ids).fetchall())
        return (self.changed.get(id_) or unpacked(json.loads(found[id_])) for id_ in ids)

    def all(self) -> Iterator[Document]:
        """Every document, one after another."""
        for (packed,) in self._base.execute("SELECT packed FROM documents ORDER BY number"):
            yield unpacked(json.loads(packed))

    def with_changes(self, numbers: Sequence[int], change: Callable[[Document], Document]) -> Stock:
        """The stock in which some documents are others."""
        asked = "SELECT packed FROM documents WHERE number = ?"
        old = [unpacked(json.loads(self._base.execute(asked, (number,)).fetchone()[0])) for number in numbers]
        return Stock(self.path, {d.id: change(d) for d in old})


def correct(document: Document) -> Document:
    """A sentence of the reply is another, and the reason is told."""
    message, (name, reply), *_ = document.parts
    return replace(document, parts=(message, (name, f"{reply[:-24]}请以更正后的标准为准。"), ("更正原因", REASON)))


def rewrite(document: Document) -> Document:
    """The whole reply is another one, of the same words in another order."""
    message, (name, reply), *_ = document.parts
    characters = list(reply)
    random.Random(document.id).shuffle(characters)  # noqa: S311 - repeatable data, no secret
    return replace(document, parts=(message, (name, "".join(characters)), ("更正原因", REASON)))
