"""An export read by DuckDB, as an analyst reads it."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path
from typing import Any

import duckdb


class Analyst:
    """A DuckDB that has run an export's ``statistics.sql`` in the folder of the export."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._engine = duckdb.connect()
        self.ask((folder / "statistics.sql").read_text(encoding="utf-8"))

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """Run statements, and give the rows of the last one."""
        with chdir(self._folder):
            done = self._engine.execute(sql)
            names = [str(column[0]) for column in done.description or ()]
            return [dict(zip(names, row, strict=True)) for row in done.fetchall()]
