"""Rows as the bytes of a Parquet file. All that the library could choose is fixed: equal rows give equal bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from huiyin.export.rows import Row

CASES: Mapping[str, tuple[str, bool]] = {
    "id": ("text", False),
    "received": ("day", False),
    "channel": ("text", False),
    "dispatcher": ("text", False),
    "unit": ("text", True),
    "topics": ("texts", False),
    "complexity": ("text", True),
    "outcome": ("text", False),
    "assigned": ("day", True),
    "due": ("day", True),
    "due_provisional": ("truth", True),
    "late": ("truth", False),
    "working_days": ("whole", True),
    "satisfaction": ("text", True),
}
"""Column → (type, whether it may be null), in order."""
ACTS: Mapping[str, tuple[str, bool]] = {
    "id": ("text", False),
    "act": ("text", False),
    "day": ("day", False),
    "at": ("moment", False),
    "unit": ("text", False),
    "dispatcher": ("text", False),
    "channel": ("text", False),
    "topics": ("texts", False),
    "complexity": ("text", True),
}
TABLES = {"cases": CASES, "acts": ACTS}
_ROWS_IN_A_GROUP = 100_000
_MEASURED = ("day", "moment", "whole")
"""Types whose least and greatest value is noted, so that readers can skip what they do not need."""


def encode(table: str, rows: Sequence[Row]) -> bytes:
    """A whole file of one of ``TABLES``.

    Args:
        rows: with every column of the table, in the order in which they shall stand.
    """
    import pyarrow as pa  # type: ignore[import-untyped]  # slow to import, and only an export needs it
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    columns = TABLES[table]
    schema = pa.schema([pa.field(name, _types()[kind], nullable=null) for name, (kind, null) in columns.items()])
    data = pa.Table.from_pydict({name: [row[name] for row in rows] for name in columns}, schema=schema)
    out = io.BytesIO()
    pq.write_table(
        data,
        out,
        row_group_size=_ROWS_IN_A_GROUP,
        version="2.6",
        compression="zstd",
        compression_level=3,
        use_dictionary=True,
        write_statistics=[name for name, (kind, _) in columns.items() if kind in _MEASURED],
        store_schema=True,
        write_page_index=False,
    )
    return out.getvalue()


def _types() -> dict[str, Any]:
    import pyarrow as pa

    return {
        "text": pa.string(),
        "texts": pa.list_(pa.string()),
        "whole": pa.int32(),
        "truth": pa.bool_(),
        "day": pa.date32(),
        "moment": pa.timestamp("ms", tz="Asia/Shanghai"),
    }
