"""Tables in binary form: Parquet and SQLite."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator

from huiyin.scan.passage import Passage, Pieces, UnreadableError, at
from huiyin.scan.texts import values


def read_parquet(data: bytes) -> Iterator[Passage]:
    """Every value of every column, the names of columns, and the file's own notes.

    Raises:
        UnreadableError: HY763.
    """
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    try:
        file = pq.ParquetFile(io.BytesIO(data))
        notes = file.metadata.metadata or {}
        yield Passage("\n".join(f"{k!r} {v.decode(errors='replace')}" for k, v in notes.items()), at("文件说明"))
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            yield _column(f"第{group + 1}组列名", list(table.column_names))
            for number, column in enumerate(table.columns, 1):
                yield _column(f"第{number}列", column.to_pylist())
    except (pa.ArrowException, OSError, ValueError, KeyError):
        raise UnreadableError("HY763", "不是完好的Parquet文件") from None


def read_sqlite(data: bytes) -> Iterator[Passage]:
    """Every value of every table; the tables in which an index keeps its own data are tables, too.

    Raises:
        UnreadableError: HY763.
    """
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(data)
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA query_only=ON")
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise UnreadableError("HY763", "不是完好的SQLite数据库")
        listed = connection.execute("SELECT name, type, sql FROM sqlite_schema").fetchall()
        yield _column("表的定义", [text for row in listed for text in row])
        for number, (name, kind, sql) in enumerate(listed, 1):
            if kind == "table" and not (sql or "").upper().lstrip().startswith("CREATE VIRTUAL"):
                quoted = '"' + name.replace('"', '""') + '"'
                yield from _table(connection.execute(f"SELECT * FROM {quoted}"), number)  # noqa: S608  its own name
    except (sqlite3.Error, OverflowError, ValueError, MemoryError):  # of no bytes at all SQLite says the last
        raise UnreadableError("HY763", "不是完好的SQLite数据库") from None
    finally:
        connection.close()


def _table(rows: sqlite3.Cursor, table: int) -> Iterator[Passage]:
    row = 0
    while batch := rows.fetchmany(2000):
        pieces = Pieces(lambda origin: (None, f"第{table}个表第{origin}行"))
        for row, record in enumerate(batch, row + 1):  # noqa: B020  the count goes on from batch to batch
            values(pieces, [v for v in record if not isinstance(v, float)], row)
        yield pieces.passage()


def _column(place: str, column: list[object]) -> Passage:
    pieces = Pieces(lambda origin: (None, f"{place}第{origin}行"))
    for number, value in enumerate(column, 1):
        values(pieces, value, number)
    return pieces.passage()
