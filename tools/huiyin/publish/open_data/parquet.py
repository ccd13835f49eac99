"""The published cases as Parquet, for programs that count: typed, compressed, read by column.

Everything that the library could choose by itself is fixed here, so that equal cases give equal bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from huiyin.publish.open_data.fields import FIELDS, Kind
from huiyin.publish.view import PublicCase

ROWS = 20_000
"""Rows in a group: what a reader must hold at once."""


def write(cases: Sequence[PublicCase]) -> bytes:
    """The file; times in milliseconds of Asia/Shanghai, the smallest unit that Parquet knows for them."""
    import pyarrow as pa  # type: ignore[import-untyped]  # slow to import, and only a build needs it
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    # Its own pools keep what they once had, in each process that makes months.
    pa.set_memory_pool(pa.system_memory_pool())
    schema = pa.schema([pa.field(f.name, _type(f.kind), nullable=f.optional) for f in FIELDS])
    columns = {f.name: [f.value(case) for case in cases] for f in FIELDS}
    table = pa.Table.from_pydict(columns, schema=schema)
    out = io.BytesIO()
    pq.write_table(
        table,
        out,
        row_group_size=ROWS,
        version="2.6",
        compression="zstd",
        compression_level=3,
        use_dictionary=True,
        write_statistics=[f.name for f in FIELDS if f.kind in _ORDERED],
        store_schema=True,
        write_page_index=False,
    )
    return out.getvalue()


_ORDERED = {Kind.WHOLE, Kind.DAY, Kind.MOMENT}


def _type(kind: Kind) -> Any:
    import pyarrow as pa

    moment = pa.timestamp("ms", tz="Asia/Shanghai")
    match kind:
        case Kind.TEXT:
            return pa.string()
        case Kind.TEXTS:
            return pa.list_(pa.string())
        case Kind.WHOLE:
            return pa.int32()
        case Kind.TRUTH:
            return pa.bool_()
        case Kind.DAY:
            return pa.date32()
        case Kind.MOMENT:
            return moment
        case Kind.CORRECTIONS:
            return pa.list_(pa.struct([("at", moment), ("reason", pa.string())]))
        case Kind.STEPS:
            text = pa.string()
            return pa.list_(pa.struct([("at", moment), ("title", text), ("detail", text), ("article", text)]))
