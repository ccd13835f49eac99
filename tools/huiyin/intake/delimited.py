"""Reading delimited text (CSV) in the encodings and with the separators that Excel and the platforms write."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from huiyin.intake.table import Row, Table
from huiyin.model.problem import HuiyinError, Problem

MAX_FIELD = 1024 * 1024  # characters; a longer cell is a quotation mark that nobody closed
_CHUNK = 1024 * 1024
_DELIMITERS = ",\t;"
_SNIFFED_LINES = 10


@contextmanager
def open_delimited(path: Path) -> Iterator[Table]:
    """Open a CSV file: UTF-8 with or without byte order mark, UTF-16 with one, else GB18030.

    Rows are numbered as Excel numbers them: a quoted line feed starts no new row.

    Raises:
        HuiyinError: HY504, neither encoding fits; while reading, HY502 for quotation marks without a partner.
    """
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        delimiter, lines = _look_ahead(file)
        file.seek(0)
        yield Table(_rows(file, delimiter, path), lines)


def _rows(file: IO[str], delimiter: str, path: Path) -> Iterator[Row]:
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    before = csv.field_size_limit(MAX_FIELD)
    number = 0
    try:
        for cells in reader:
            number += 1
            yield Row(number, cells)
    except csv.Error:
        message = f"第{number + 1}行起引号没有配对，无法分出各列。"
        raise HuiyinError(Problem("HY502", message, str(path), line=reader.line_num)) from None
    finally:
        csv.field_size_limit(before)


def _look_ahead(file: IO[str]) -> tuple[str, int]:
    """Give the separator that stands most often outside quotes in the first lines, and the number of lines."""
    counts = dict.fromkeys(_DELIMITERS, 0)
    quoted = False
    lines = 0
    for line in file:
        lines += 1
        if lines > _SNIFFED_LINES:
            continue
        for character in line:
            if character == '"':
                quoted = not quoted
            elif not quoted and character in counts:
                counts[character] += 1
    return max(_DELIMITERS, key=lambda d: counts[d]), lines


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _require(path, "utf-16")
    if head.startswith(codecs.BOM_UTF8):
        return _require(path, "utf-8-sig")
    bad = _first_bad_line(path, "utf-8")
    if bad is None:
        if _has_nul(path):
            raise HuiyinError(Problem("HY501", "这不是文本表格，而是二进制文件。", str(path)))
        return "utf-8"
    # A UTF-8 file with a few damaged bytes would also pass as GB18030, and every word would be garbled in silence.
    if not _is_mostly_utf8(path) and _first_bad_line(path, "gb18030") is None and not _has_nul(path):
        return "gb18030"
    raise HuiyinError(_undecodable(path, bad))


def _require(path: Path, encoding: str) -> str:
    bad = _first_bad_line(path, encoding)
    if bad is not None:
        raise HuiyinError(_undecodable(path, bad))
    return encoding


def _undecodable(path: Path, line: int) -> Problem:
    return Problem("HY504", "此行附近有既不是UTF-8也不是GB18030的字节，可能已损坏。", str(path), line=line)


def _first_bad_line(path: Path, encoding: str) -> int | None:
    """Decode the whole file and give the line near which it fails, or None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                line += decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as error:
                return line + error.object[: error.start].count(b"\n")
            if not chunk:
                return None


def _is_mostly_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    lost = wide = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            text = decoder.decode(chunk)
            lost += text.count("\ufffd")
            wide += sum(c > "\x7f" for c in text)
    return lost * 10 < wide


def _has_nul(path: Path) -> bool:
    with path.open("rb") as file:
        return b"\0" in file.read(_CHUNK)
