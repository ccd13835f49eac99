"""The index: facts about files by Git blob id, so that a second run reads only what changed (design §8).

It is a cache and nothing else: ``.huiyin/index.sqlite``, which Git ignores and anyone may delete. What stands in it is
believed only under its seal, which binds a fact to its blob, to its kind and to everything else that it was made from
(``stamp``). Whatever is damaged, old or foreign is not read, and a file that is no index is made anew. Two processes
may use it at once. Facts never depend on the clock.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from huiyin.repo.lock import FOLDER, IGNORE

NAME = "index.sqlite"
FORM = 2
"""Raised when the tables change; an index of another form is made anew."""
_SEAL = 8
_KEPT = 3
"""Stamps of a kind that are kept: those of the branches that people change between."""
_BATCH = 500
_NOT_ITS_FAULT = frozenset({"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_FULL"})
"""What says nothing against the file: then it is left as it is."""
PATIENCE = 10_000
"""Milliseconds that one process waits for another's writing."""
_TABLES = f"""
PRAGMA user_version = {FORM};
CREATE TABLE stamps (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, stamp BLOB NOT NULL, held INTEGER NOT NULL,
    UNIQUE (kind, stamp));
CREATE TABLE facts (stamp INTEGER NOT NULL, oid BLOB NOT NULL, body BLOB NOT NULL, PRIMARY KEY (stamp, oid))
    WITHOUT ROWID;
"""


class Index:
    """Facts of one record; made by ``open_index``.

    Args:
        path: of the database, or None for one that lives as long as this object.
        patience: milliseconds to wait for another process that writes.
    """

    def __init__(self, path: Path | None, patience: int = PATIENCE) -> None:
        self._path = path
        self._patience = patience
        self._base: sqlite3.Connection | None = None

    def get(self, kind: str, stamp: bytes, oids: Iterable[str]) -> dict[str, bytes]:
        """The facts that are known and sealed, by blob id; what is not known is not in it.

        Args:
            kind: a sort of fact, such as ``check``.
            stamp: a digest of everything but the blob that the facts were made from.
            oids: full hashes of blobs.
        """
        wanted = list(oids)
        try:
            return self._find(kind, stamp, wanted)
        except sqlite3.Error as error:
            self._recover(error)
            return {}

    def put(self, kind: str, stamp: bytes, facts: Iterable[tuple[str, bytes]]) -> None:
        """Keep facts under their blob ids, and forget the stamps of that kind that were used longest ago.

        Where the file cannot be written nothing is kept, and nobody is the worse for it but for the time.
        """
        seal = _sealer(kind, stamp)
        rows = [(oid, body + seal(oid, body)) for oid, body in ((bytes.fromhex(o), b) for o, b in facts)]
        for _ in range(2):
            try:
                self._keep(kind, stamp, rows)
            except sqlite3.Error as error:
                self._recover(error)
            else:
                return

    def prune(self, kind: str, stamp: bytes, oids: Iterable[str]) -> None:
        """Forget the facts of blobs that are no longer among these, once they are many."""
        kept = {bytes.fromhex(oid) for oid in oids}
        with contextlib.suppress(sqlite3.Error):
            base = self._open()
            number = self._number(base, kind, stamp)
            if number is None:
                return
            # Counted when they are kept, for to count them here would read them all.
            [held] = base.execute("SELECT held FROM stamps WHERE number = ?", (number,)).fetchone()
            if held > 2 * len(kept) + 1000:
                known = [oid for (oid,) in base.execute("SELECT oid FROM facts WHERE stamp = ?", (number,))]
                gone = [(number, oid) for oid in known if oid not in kept]
                base.execute("BEGIN IMMEDIATE")
                with base:
                    base.executemany("DELETE FROM facts WHERE stamp = ? AND oid = ?", gone)
                    base.execute("UPDATE stamps SET held = ? WHERE number = ?", (len(known) - len(gone), number))

    def close(self) -> None:
        """Let go of the file."""
        if self._base is not None:
            self._base.close()
            self._base = None

    def _find(self, kind: str, stamp: bytes, wanted: list[str]) -> dict[str, bytes]:
        base = self._open()
        number = self._number(base, kind, stamp)
        if number is None:
            return {}
        seal = _sealer(kind, stamp)
        found = {}
        for oid, sealed in self._rows(base, number, [bytes.fromhex(oid) for oid in wanted]):
            body = sealed[:-_SEAL]
            if seal(oid, body) == sealed[-_SEAL:]:
                found[oid.hex()] = body
        return found

    def _rows(self, base: sqlite3.Connection, number: int, wanted: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
        wanted = sorted(wanted)  # neighbours lie on the same pages
        for start in range(0, len(wanted), _BATCH):
            part = wanted[start : start + _BATCH]
            marks = ",".join("?" * len(part))
            yield from base.execute(
                f"SELECT oid, body FROM facts WHERE stamp = ? AND oid IN ({marks})",  # noqa: S608 - only marks
                (number, *part),
            )

    def _keep(self, kind: str, stamp: bytes, rows: list[tuple[bytes, bytes]]) -> None:
        base = self._open()
        with base:
            base.execute("BEGIN IMMEDIATE")
            number = self._number(base, kind, stamp)
            if number is None:
                number = self._begin(base, kind, stamp)
            base.executemany(
                "INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", ((number, oid, body) for oid, body in rows)
            )
            base.execute("UPDATE stamps SET held = held + ? WHERE number = ?", (len(rows), number))

    def _begin(self, base: sqlite3.Connection, kind: str, stamp: bytes) -> int:
        older = base.execute("SELECT number FROM stamps WHERE kind = ? ORDER BY number DESC", (kind,)).fetchall()
        for (number,) in older[_KEPT - 1 :]:
            base.execute("DELETE FROM facts WHERE stamp = ?", (number,))
            base.execute("DELETE FROM stamps WHERE number = ?", (number,))
        made = base.execute("INSERT INTO stamps (kind, stamp, held) VALUES (?, ?, 0)", (kind, stamp)).lastrowid
        assert made is not None, "an inserted row has a number"
        return made

    @staticmethod
    def _number(base: sqlite3.Connection, kind: str, stamp: bytes) -> int | None:
        row = base.execute("SELECT number FROM stamps WHERE kind = ? AND stamp = ?", (kind, stamp)).fetchone()
        return row[0] if row else None

    def _open(self) -> sqlite3.Connection:
        if self._base is None:
            self._base = self._connect()
        return self._base

    def _connect(self) -> sqlite3.Connection:
        base = sqlite3.connect(self._path or ":memory:", isolation_level=None)
        try:
            base.execute(f"PRAGMA busy_timeout = {self._patience}")
            # Lost power may cost the last facts, never a wrong one: each has its seal.
            base.execute("PRAGMA synchronous = OFF")
            if base.execute("PRAGMA user_version").fetchone() != (FORM,):
                if base.execute("SELECT count(*) FROM sqlite_master").fetchone() != (0,):
                    raise sqlite3.DatabaseError("an index of another form")
                self._make_tables(base)
        except BaseException:
            base.close()
            raise
        return base

    @staticmethod
    def _make_tables(base: sqlite3.Connection) -> None:
        """Make them, unless another process has done so since it was looked."""
        base.execute("BEGIN IMMEDIATE")
        with base:
            if base.execute("PRAGMA user_version").fetchone() != (FORM,):
                for statement in _TABLES.split(";"):
                    base.execute(statement)

    def _recover(self, error: sqlite3.Error) -> None:
        """Begin again in the place of a file that is no index; go without where another process keeps it too long."""
        self.close()
        if getattr(error, "sqlite_errorname", "") in _NOT_ITS_FAULT:
            self._path = None
        if self._path is not None:
            try:
                self._path.unlink(missing_ok=True)
                self._base = self._connect()
            except (OSError, sqlite3.Error):
                self._path = None


def open_index(root: Path, patience: int = PATIENCE) -> Index:
    """The index of a record, which need not be there yet.

    Args:
        root: of a folder or a bare repository; where nothing can be written below it, the index is kept in memory.
        patience: as for ``Index``.
    """
    folder = root / FOLDER
    try:
        if folder.is_symlink():
            return Index(None)
        folder.mkdir(exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text(IGNORE, encoding="ascii")
    except OSError:
        return Index(None)
    return Index(folder / NAME, patience)


def _sealer(kind: str, stamp: bytes) -> Callable[[bytes, bytes], bytes]:
    """Binds a body to its blob, its kind and its stamp."""
    begun = hashlib.blake2b(f"{kind}\0".encode() + stamp, digest_size=_SEAL)

    def seal(oid: bytes, body: bytes) -> bytes:
        made = begun.copy()
        made.update(oid)
        made.update(body)
        return made.digest()

    return seal
