"""Reading spreadsheets row by row: what a file really is decides, not what it is called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from pathlib import Path
from typing import TypeAlias

from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.repo.reasons import reason


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that holds an error of Excel, such as ``#REF!``."""

    text: str


Cell: TypeAlias = str | int | float | bool | datetime | date | time | timedelta | CellError | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Args:
        number: 1-based, as Excel shows it.
        cells: the values; rows may be shorter or longer than the header.
    """

    number: int
    cells: Sequence[Cell]

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it."""
        return all(c is None or (isinstance(c, str) and not c.strip()) for c in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """An open sheet.

    Args:
        rows: all rows, empty ones included; can be read once.
        total: about how many rows there are, or None where that is not known before reading.
    """

    rows: Iterator[Row]
    total: int | None


@dataclass(frozen=True, slots=True)
class Header:
    """The row that names the columns.

    Args:
        number: 1-based.
        names: as they are written, for messages.
        columns: name as it is compared -> indices of the columns with it.
    """

    number: int
    names: tuple[str, ...]
    columns: Mapping[str, tuple[int, ...]]

    @property
    def described(self) -> str:
        """What columns there are, for a message; nothing of a row that is data, as where there is no header."""
        if any(_DIGITS.search(name) or len(name) > 2 * _LONGEST_NAME for name in self.names):
            return "所取的一行像是数据，不是表头。"
        names = (n if len(n) <= _LONGEST_NAME else n[:_LONGEST_NAME] + "…" for n in self.names[:_SHOWN_NAMES])
        return f"表中现有的列：{'、'.join(names)}。"


_LONGEST_NAME = 20
_SHOWN_NAMES = 40
_DIGITS = re.compile(r"\d{3}|\d\D\d\D\d")  # of an id, a number, a time
_MAGIC_ZIP = b"PK"
_MAGIC_OLE = b"\xd0\xcf\x11\xe0"
SEARCHED_ROWS = 10
"""How far down the header may be: above it stand titles, often merged over all columns."""


def open_table(path: Path, sheet: str | None = None) -> AbstractContextManager[Table]:
    """Open a ``.xlsx`` workbook or a CSV file.

    Args:
        sheet: name of the worksheet; the first by default. A CSV file has none.

    Raises:
        UsageError: HY904, the file is not there; HY503, no such sheet.
        HuiyinError: HY501 to HY504.
    """
    # Each format in a module of its own; openpyxl is slow to load and only needed here.
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except FileNotFoundError:
        raise UsageError(Problem("HY904", "导入文件不存在。", str(path))) from None
    except IsADirectoryError:
        raise UsageError(Problem("HY904", "导入文件是一个目录。", str(path))) from None
    except OSError as error:
        raise UsageError(Problem("HY904", f"导入文件不能读取（{reason(error.errno, '读取')}）。", str(path))) from None
    if not head.strip():
        raise HuiyinError(Problem("HY503", "文件是空的。", str(path)))
    if head.startswith(_MAGIC_OLE):
        message = "这是旧版 .xls 或加了密码的工作簿，请在Excel或WPS中打开，另存为不加密的 .xlsx。"
        raise HuiyinError(Problem("HY501", message, str(path)))
    if head.startswith(_MAGIC_ZIP):
        from huiyin.intake.workbook import open_workbook

        return open_workbook(path, sheet)
    if path.suffix.lower() in (".xlsx", ".xlsm") and not _is_markup(head):
        raise HuiyinError(Problem("HY502", "文件名是 .xlsx，但内容不是工作簿，可能没有下载完整。", str(path)))
    if _is_markup(head):
        message = "文件实际是网页（HTML/XML）格式，请用Excel打开后另存为 .xlsx。"
        raise HuiyinError(Problem("HY501", message, str(path)))
    if head.startswith(b"%PDF"):
        raise HuiyinError(Problem("HY501", "这是PDF文件，请从平台导出 .xlsx 或 .csv。", str(path)))
    if sheet is not None:
        raise UsageError(Problem("HY503", "文本表格没有工作表，请去掉 --sheet。", str(path)))
    from huiyin.intake.delimited import open_delimited

    return open_delimited(path)


def _is_markup(head: bytes) -> bool:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"<style"))


def header_key(name: object) -> str:
    """A column's name as it is compared: NFKC, without white space, stars of required fields and final colons."""
    text = "".join(unicodedata.normalize("NFKC", str(name)).split())
    return text.strip("*").rstrip(":").strip("*")


def split_header(table: Table, path: str, wanted: Sequence[Sequence[str]]) -> tuple[Header, Iterator[Row]]:
    """Find the header among the first rows: that in which most of the wanted columns are named.

    Args:
        path: of the file, for the problem.
        wanted: the names by which each column may be called.

    Returns:
        The header, and the rows below it.

    Raises:
        HuiyinError: HY503, there is nothing in the table.
    """
    first: list[Row] = []
    for row in table.rows:
        first.append(row)
        if sum(not r.empty for r in first) >= SEARCHED_ROWS:
            break
    candidates = [_header(row) for row in first if not row.empty]
    if not candidates:
        raise HuiyinError(Problem("HY503", "表中没有内容。", path))
    keys = [[header_key(n) for n in names] for names in wanted]

    def matches(header: Header) -> int:
        return sum(any(k in header.columns for k in names) for names in keys)

    best = max(candidates, key=matches)  # the first of equals
    rest = (row for row in first if row.number > best.number)
    return best, chain(rest, table.rows)


def _header(row: Row) -> Header:
    columns: dict[str, tuple[int, ...]] = {}
    names = []
    for index, cell in enumerate(row.cells):
        if cell is None or not str(cell).strip():
            continue
        names.append(str(cell).strip())
        key = header_key(cell)
        columns[key] = (*columns.get(key, ()), index)
    return Header(row.number, tuple(names), columns)
