"""The rows of the search, from ``bench.search``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench import search
from bench.checking import Bench
from bench.table import Row


def search_rows(bench: Bench, folder: Path) -> Iterator[Row]:
    """What ``bench.search.bench_search`` measures."""
    for cells in search.bench_search(bench.size, folder):
        yield Row(*cells)
