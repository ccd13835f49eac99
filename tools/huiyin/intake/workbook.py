"""Reading ``.xlsx`` workbooks as a stream."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl

from huiyin.intake.table import Cell, CellError, Row, Table
from huiyin.model.problem import HuiyinError, Problem, UsageError

MAX_UNPACKED = 2 * 1024**3  # bytes; a bomb unpacks to far more, a million rows of messages to less
_CHUNK = 256
# What openpyxl lets through when the archive or its XML is not what it should be.
_BROKEN = (
    zipfile.BadZipFile,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    EOFError,
)


@contextmanager
def open_workbook(path: Path, sheet: str | None) -> Iterator[Table]:
    """Open one worksheet; values of formulas are those that Excel saved.

    Raises:
        UsageError: HY503, there is no such worksheet.
        HuiyinError: HY502, the workbook cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise HuiyinError(Problem("HY502", "工作簿解压后过大，不予读取。", str(path)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions that matter only to those who would write the file
            book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except _BROKEN:
        raise HuiyinError(_broken(path)) from None
    try:
        yield _table(book, path, sheet)
    finally:
        book.close()


def _broken(path: Path) -> Problem:
    return Problem("HY502", "不是完好的 .xlsx 工作簿，可能没有下载完整，或是别的文件改了名。", str(path))


def _table(book: openpyxl.Workbook, path: Path, sheet: str | None) -> Table:
    sheets = {s.title: s for s in book.worksheets}
    if not sheets:
        raise HuiyinError(Problem("HY503", "工作簿中没有工作表。", str(path)))
    if sheet is not None and sheet not in sheets:
        raise UsageError(Problem("HY503", f"没有工作表“{sheet}”，现有：{'、'.join(sheets)}。", str(path)))
    chosen: Any = sheets[sheet] if sheet is not None else book.worksheets[0]
    total = chosen.max_row
    # Many exporters write wrong dimensions, and openpyxl would read no further than they say.
    chosen.reset_dimensions()
    return Table(_rows(chosen, path), total if total and total > 1 else None)


def _rows(sheet: Any, path: Path) -> Iterator[Row]:
    cells = iter(sheet.iter_rows())
    number = 0
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                chunk = list(islice(cells, _CHUNK))
        except _BROKEN:
            raise HuiyinError(_broken(path)) from None
        if not chunk:
            return
        for row in chunk:
            number += 1
            yield Row(number, [_value(cell) for cell in row])


def _value(cell: Any) -> Cell:
    value = cell.value
    if value is None or isinstance(value, str):
        return CellError(value) if value and cell.data_type == "e" else value
    if isinstance(value, int | float) and not isinstance(value, bool):
        shape = cell.number_format
        # 00000000 shows leading zeros that are part of a reference but not of the number.
        if len(shape) > 1 and not shape.strip("0") and value == int(value):
            return str(int(value)).zfill(len(shape))
        return value
    if isinstance(value, bool | datetime | date | time | timedelta):
        return value
    return str(value)
