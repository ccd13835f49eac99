"""The folder of an export: told by its mark, renewed a month at a time, never half written.

huiyin-export.json              whose it is, of which moment and commit, and whether it is whole
statistics.sql                  the figures of ``huiyin stats``, for DuckDB
cases/year=2026/month=11/part-0.parquet
acts/year=2026/month=11/part-0.parquet        what happened to the cases received in that month
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from huiyin.export.parquet import TABLES
from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.repo.files import failure, write_all
from huiyin.repo.reasons import reason
from huiyin.repo.source import shown

MARK = "huiyin-export.json"
SQL = "statistics.sql"
FORMAT = 1
"""Raised when tables change so that a query made for the old ones would be wrong."""
_PART = "part-0.parquet"
Month = tuple[int, int]


@dataclass
class ExportFolder:
    """An export that is being renewed.

    Args:
        path: of the folder; made if it is not there.

    Raises:
        UsageError: HY980, something else stands there.
    """

    path: Path
    written: int = 0
    kept: int = 0
    removed: int = 0
    _there: set[Path] = field(default_factory=set)

    def __post_init__(self) -> None:
        mark = self.path / MARK
        try:
            if self.path.is_dir() and any(self.path.iterdir()) and not _is_mark(mark.read_bytes()):
                raise UsageError(_stranger(self.path))
        except FileNotFoundError:
            raise UsageError(_stranger(self.path)) from None
        except OSError as error:
            message = f"目录不能使用（{reason(error.errno, '读取')}）。"
            raise UsageError(Problem("HY904", message, shown(str(self.path)))) from None
        if self.path.exists() and not self.path.is_dir():
            raise UsageError(_stranger(self.path))

    def begin(self, facts: Mapping[str, Any]) -> None:
        """Mark the folder as ours, and as not whole until ``finish``.

        Raises:
            HuiyinError: HY906, it cannot be written.
        """
        self._mark(facts, complete=False)

    def put(self, month: Month, tables: Mapping[str, bytes]) -> None:
        """Write the tables of a month, all of them or none; those that are equal already are left alone.

        Raises:
            HuiyinError: HY906, one cannot be written; the old ones stand.
        """
        changed = {}
        for table, content in tables.items():
            path = self.path / table / f"year={month[0]}" / f"month={month[1]}" / _PART
            self._there.add(path)
            if _read(path) == content:
                self.kept += 1
            else:
                changed[path] = content
        write_all(changed)
        self.written += len(changed)

    def finish(self, facts: Mapping[str, Any]) -> None:
        """Remove months that are gone, and mark the folder as whole.

        Raises:
            HuiyinError: HY906, something cannot be written or removed.
        """
        for table in TABLES:
            for path in sorted((self.path / table).glob(f"year=*/month=*/{_PART}")):
                if path not in self._there:
                    self._remove(path)
        sql = files("huiyin.export").joinpath(SQL).read_bytes()
        if _read(self.path / SQL) != sql:
            write_all({self.path / SQL: sql})
        self._mark(facts, complete=True)

    def _remove(self, path: Path) -> None:
        try:
            path.unlink()
            for folder in (path.parent, path.parent.parent):
                if not any(folder.iterdir()):
                    folder.rmdir()
        except OSError as error:
            raise HuiyinError(failure(path, error.errno)) from None
        self.removed += 1

    def _mark(self, facts: Mapping[str, Any], *, complete: bool) -> None:
        content = {"huiyin_export": FORMAT, "complete": complete, **facts}
        write_all({self.path / MARK: json.dumps(content, ensure_ascii=False, indent=2) + "\n"})


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:  # not there, or not to be read: then writing it says why
        return None


def _is_mark(data: bytes) -> bool:
    try:
        return "huiyin_export" in json.loads(data)
    except (ValueError, TypeError):
        return False


def _stranger(path: Path) -> Problem:
    return Problem("HY980", "目录中已有别的文件，不是以前的导出；没有写入任何文件。", shown(str(path)))
