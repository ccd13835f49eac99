"""What the last build left in the output folder: by shard, what it was made of and which files it has.

It lies beside the folder and is never the only copy of anything: without it a build makes all pages and compares their
bytes with those on the disk. It is not trusted where a build did not end, where it speaks of another folder, or where
it is not whole; and of every file it says enough to notice that somebody else wrote to it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from huiyin.model.problem import HuiyinError
from huiyin.repo.files import failure

VERSION = "2"
_TABLES = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shard (name TEXT PRIMARY KEY, inputs BLOB NOT NULL, files BLOB NOT NULL, told BLOB NOT NULL);
"""


class Shard(NamedTuple):
    """One shard as it was left.

    Args:
        inputs: the digest of all that its files depend on.
        files: see ``files.pack``.
        told: what whoever made it told of it.
    """

    inputs: bytes
    files: bytes
    told: bytes = b""


class Manifest:
    """The manifest of one output folder.

    Args:
        path: where it is kept, or None to keep it in memory.
        folder: the output folder.
    """

    def __init__(self, path: Path | None, folder: Path) -> None:
        self._about = {"version": VERSION, "folder": str(folder.resolve()), "clean": "1"}
        self._path = path or folder
        try:
            self._database = _open(path)
            self.trusted = dict(self._database.execute("SELECT name, value FROM about")) == self._about
        except (sqlite3.Error, OSError):
            self._database = _renew(path)
            self.trusted = False
        if not self.trusted:
            with self._database:
                self._database.execute("DELETE FROM shard")

    def shards(self) -> dict[str, Shard]:
        """All that is known, by name."""
        if not self.trusted:
            return {}
        return {name: Shard(*row) for name, *row in self._database.execute("SELECT * FROM shard")}

    def begin(self) -> None:
        """Say that the folder is being written to: until ``finish`` nobody knows what is in it.

        Raises:
            HuiyinError: HY906.
        """
        with self._writing():
            self._database.rollback()  # what a build put that did not end
            if not self.trusted:
                self._database.execute("DELETE FROM shard")
            self._database.execute("DELETE FROM about")
        self.trusted = False

    def put(self, name: str, shard: Shard) -> None:
        """Note a shard that was made anew, which is not held in memory.

        Raises:
            HuiyinError: HY906.
        """
        with self._telling():
            self._database.execute("INSERT OR REPLACE INTO shard VALUES (?, ?, ?, ?)", (name, *shard))

    def files(self, names: Iterable[str]) -> Iterator[bytes]:
        """The files of shards that were put, as they are packed.

        Raises:
            HuiyinError: HY906.
        """
        for name in names:
            with self._telling():
                [files] = self._database.execute("SELECT files FROM shard WHERE name = ?", (name,)).fetchone()
            yield files

    def finish(self, gone: Iterable[str]) -> None:
        """Say that this is how it was left.

        Args:
            gone: names of shards that are no more.

        Raises:
            HuiyinError: HY906.
        """
        with self._writing():
            self._database.executemany("DELETE FROM shard WHERE name = ?", ((name,) for name in gone))
            self._database.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", self._about.items())
        self.trusted = True

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._telling(), self._database:
            yield

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error:
            raise HuiyinError(failure(self._path, None)) from None

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


def _open(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path or ":memory:", timeout=60)
    try:
        database.executescript(_TABLES)
        if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("damaged")
        database.execute("SELECT name, inputs, files, told FROM shard LIMIT 1")
    except BaseException:
        database.close()
        raise
    return database


def _renew(path: Path | None) -> sqlite3.Connection:
    """A new one in the place of one that cannot be read, or in memory where none can be written."""
    try:
        if path is not None:
            path.unlink(missing_ok=True)
            for ending in ("-journal", "-wal", "-shm"):
                path.with_name(path.name + ending).unlink(missing_ok=True)
        return _open(path)
    except (sqlite3.Error, OSError):
        return _open(None)
