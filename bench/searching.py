"""The rows of the search, from ``bench.search``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench import search
from bench.checking import Bench
from bench.table import Row


def search_rows(bench: Bench, folder: Path) -> Iterator[Row]:
    """What ``bench.search.bench_search`` measures."""
    for row in search.bench_search(bench.size, folder):
        memory = f", {row.megabytes:.0f} MB" if row.megabytes else ""
        yield Row(
            row.name, f"{row.seconds:.2f} s{memory}", ratio=row.note, bar=row.bar or "–", ok=row.ok if row.bar else None
        )
