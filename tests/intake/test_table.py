"""Reading real files: what platforms and Excel write, and what is broken."""

import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from huiyin.intake.table import Cell, CellError, Row, open_table, split_header
from huiyin.model.problem import HuiyinError
from tests.intake.sheets import new_workbook, write_csv, write_xlsx

ROWS = [["编号", "标题", "内容"], ["1", "路灯", "第一行\n第二行"], ["2", "井盖", "缺失,危险;请修"]]


def read(path: Path, sheet: str | None = None) -> list[list[Cell]]:
    """All rows of a file."""
    with open_table(path, sheet) as table:
        return [list(row.cells) for row in table.rows]


def code_of(path: Path, sheet: str | None = None) -> str:
    """The code of the one problem that keeps the file from being read; its message must be Chinese."""
    with pytest.raises(HuiyinError) as caught:
        read(path, sheet)
    (problem,) = caught.value.problems
    assert not problem.message.isascii()
    return problem.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_each_encoding_and_with_each_separator(tmp_path: Path, encoding: str, delimiter: str) -> None:
    """Quoted line feeds and separators inside quotes stay in their cell."""
    assert ROWS == read(write_csv(tmp_path / "表.csv", ROWS, encoding, delimiter))


def test_csv_rows_are_numbered_as_excel_shows_them(tmp_path: Path) -> None:
    """A quoted line feed starts no new row; an empty line is one."""
    path = tmp_path / "表.csv"
    path.write_text('编号,内容\n1,"甲\n乙"\n\n2,丙\n', encoding="utf-8")
    with open_table(path) as table:
        assert [1, 2, 3, 4] == [row.number for row in table.rows]


def test_a_workbook_gives_dates_numbers_and_saved_values(tmp_path: Path) -> None:
    """Dates and numbers keep their kind, leading zeros of a format their place, errors are known as such."""
    book, sheet = new_workbook()
    sheet.append([datetime(2018, 12, 31, 9, 55), 18245531.0, 123, "文字", "#REF!", None])  # noqa: DTZ001
    sheet["C1"].number_format = "00000000"
    book.save(tmp_path / "表.xlsx")
    assert (
        [
            [datetime(2018, 12, 31, 9, 55), 18245531, "00000123", "文字", CellError("#REF!"), None]  # noqa: DTZ001
        ]
        == [[*row[:5], None] for row in read(tmp_path / "表.xlsx")]
    )


def test_a_formula_without_a_saved_value_is_empty(tmp_path: Path) -> None:
    """Huiyin computes no formulas."""
    assert [["1", None]] == read(write_xlsx(tmp_path / "表.xlsx", [["1", "=A1&A1"]]))


def test_rows_below_wrong_dimensions_are_read_too(tmp_path: Path) -> None:
    """Exporters that say A1 for a sheet of many cells are believed by openpyxl, not by us."""
    good, bad = write_xlsx(tmp_path / "good.xlsx", ROWS), tmp_path / "bad.xlsx"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("sheet1.xml"):
                assert b'<dimension ref="A1:C3"' in data
                data = data.replace(b'<dimension ref="A1:C3"', b'<dimension ref="A1"')
            target.writestr(name, data)
    assert ROWS == read(bad)


def test_sheets_are_chosen_by_name(tmp_path: Path) -> None:
    """The first by default; a wrong name is answered with those that exist."""
    book, sheet = new_workbook()
    sheet.append(["一"])
    second: Any = book.create_sheet("十一月")
    second.append(["二"])
    book.save(tmp_path / "表.xlsx")
    assert [["一"]] == read(tmp_path / "表.xlsx")
    assert [["二"]] == read(tmp_path / "表.xlsx", "十一月")
    with pytest.raises(HuiyinError, match="十一月"):
        read(tmp_path / "表.xlsx", "十二月")


def test_the_header_stands_below_merged_titles(tmp_path: Path) -> None:
    """A ledger begins with its title, merged over all columns, and empty rows."""
    book, sheet = new_workbook()
    for row in (["2018年留言办理台账(演示)"], [], ["* 编 号", "标题:", "内容"], ["1", "路灯", "不亮"]):
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    book.save(tmp_path / "表.xlsx")
    with open_table(tmp_path / "表.xlsx") as table:
        header, rows = split_header(table, "表.xlsx", [("编号", "序号"), ("标题",)])
        assert 3 == header.number
        assert {"编号": (0,), "标题": (1,), "内容": (2,)} == header.columns
        assert [Row(4, ["1", "路灯", "不亮"])] == list(rows)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("空.csv", b"", "HY503"),
        ("空.xlsx", b"  \n", "HY503"),
        ("旧.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "HY501"),
        ("加密.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "HY501"),
        ("网页.xls", "<html><table><tr><td>编号</td></tr></table></html>".encode(), "HY501"),
        ("网页.xlsx", '\ufeff<?xml version="1.0"?><Workbook/>'.encode(), "HY501"),
        ("文件.pdf", b"%PDF-1.7", "HY501"),
        ("二进制.csv", b"a,b\n\0\1\2\3", "HY501"),
        ("不是压缩包.xlsx", "编号,标题".encode(), "HY502"),
        ("断.xlsx", b"PK\x03\x04" + b"\0" * 100, "HY502"),
        ("引号.csv", '编号,内容\n1,"甲\n2,乙\n'.encode(), "HY502"),
        ("坏字节.csv", ("编号,内容\n" + "1,路灯不亮\n" * 50).encode() + b"2,\xff\xfe\n", "HY504"),
        ("坏字节.csv", b"\xef\xbb\xbf" + "编号\n".encode("gbk"), "HY504"),
    ],
)
def test_broken_files_are_named_for_what_they_are(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    """What the file is decides, not its name; one clear problem each."""
    (tmp_path / name).write_bytes(content)
    assert code == code_of(tmp_path / name)


def test_a_damaged_byte_does_not_turn_utf8_into_garbled_gb18030(tmp_path: Path) -> None:
    """The whole file is valid GB18030 by chance; taken so, every word of it would be wrong."""
    content = b"id,text\n" + "1,路灯\n".encode() * 50 + b"2,\xb7\xaf\n"
    assert "路灯" not in content.decode("gb18030")
    (tmp_path / "表.csv").write_bytes(content)
    assert "HY504" == code_of(tmp_path / "表.csv")


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    """A .docx renamed to .xlsx."""
    with zipfile.ZipFile(tmp_path / "文档.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "HY502" == code_of(tmp_path / "文档.xlsx")


def test_a_workbook_cut_short_within_its_sheet_is_refused(tmp_path: Path) -> None:
    """The XML of the sheet ends in the middle."""
    good, bad = write_xlsx(tmp_path / "good.xlsx", ROWS), tmp_path / "bad.xlsx"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data[: len(data) // 2] if name.endswith("sheet1.xml") else data)
    assert "HY502" == code_of(bad)


def test_missing_files_and_folders_are_usage_errors(tmp_path: Path) -> None:
    """Nothing there, or a folder."""
    assert "HY904" == code_of(tmp_path / "没有.csv")
    assert "HY904" == code_of(tmp_path)


def test_a_table_without_content_has_no_header(tmp_path: Path) -> None:
    """A workbook with empty rows only."""
    path = write_xlsx(tmp_path / "表.xlsx", [[], [" "]])
    with open_table(path) as table, pytest.raises(HuiyinError, match="HY503"):
        split_header(table, "表.xlsx", [("编号",)])
