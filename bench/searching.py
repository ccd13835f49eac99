"""The rows of the search, from ``bench.search``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench import search
from bench.checking import Bench
from bench.measuring import BenchError
from bench.table import Row


def search_rows(bench: Bench, folder: Path) -> Iterator[Row]:
    """What ``bench.search.bench_search(size, folder)`` measures; it gives rows as cells in the order of the table."""
    if (measured := getattr(search, "bench_search", None)) is None:
        raise BenchError("bench.search has no bench_search(size, folder)")
    for cells in measured(bench.size, folder):
        yield cells if isinstance(cells, Row) else Row(*cells)
