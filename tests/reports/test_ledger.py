from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from huiyin.model.unit import Unit, UnitKind
from huiyin.reports.daily import DailyList, daily_report
from huiyin.reports.ledger import HEAD_ROW, SUMMARY, render_ledger
from huiyin.rules.registry import Registry
from huiyin.rules.rulebook import Rulebook
from tests.cases import rulebook
from tests.reports.month import COMMIT, office
from tests.reports.test_daily import TEXTS
from tests.repository import NOW, Repository

SHEETS = [of.short for of in DailyList]
HEADS = ["编号", "紧急程度", "应办单位", "主要负责同志", "期限", "暂算", "逾期工作日", "逾期小时", "交办单位", "条款"]


def ledger(rules: Rulebook | None = None) -> bytes:
    """The ledger of the office."""
    rules = rules or rulebook()
    replays = [s.replay("2026-11-23 10:00", rules) for s in office()]
    return render_ledger(daily_report(replays, rules, datetime.fromisoformat(NOW), COMMIT), rules.registry)


@pytest.fixture(scope="module")
def book() -> Workbook:
    """Read back by openpyxl."""
    return openpyxl.load_workbook(BytesIO(ledger()))


def day(year: int, month: int, number: int) -> datetime:
    """A date as openpyxl reads it."""
    return datetime.combine(date(year, month, number), time())


def rows(book: Workbook, sheet: str) -> list[dict[str, Any]]:
    """The lines of a list."""
    heads, *lines = book[sheet].iter_rows(min_row=HEAD_ROW, values_only=True)
    return [dict(zip((str(h) for h in heads), line, strict=True)) for line in lines]


def test_one_sheet_a_list_behind_the_summary(book: Workbook) -> None:
    """第九、十三至十八、二十一条: every list has its sheet, even if it is empty."""
    assert [SUMMARY, *SHEETS] == book.sheetnames
    assert dict.fromkeys(SHEETS, HEADS) == {s: [c.value for c in book[s][HEAD_ROW]] for s in SHEETS}


def test_lines_hold_real_numbers_and_dates(book: Workbook) -> None:
    """So that they sort, filter and add up: dates and hours as dates, days late as numbers, urgency in words."""
    [claim] = rows(book, "未认领")
    assert (day(2026, 11, 20), "逾期", 1, "第九条（二）") == (
        claim["期限"], claim["紧急程度"], claim["逾期工作日"], claim["条款"])  # fmt: skip
    tracked = rows(book, "逾期有批示")
    assert [("portal-6", "跟踪督办", "酒泉市", 10)] == [
        (r["编号"], r["紧急程度"], r["应办单位"], r["逾期工作日"]) for r in tracked
    ]
    [provisional] = rows(book, "暂算期限")
    assert ("是", day(2027, 1, 15), None) == (provisional["暂算"], provisional["期限"], provisional["逾期工作日"])
    [submitted] = rows(book, "待复审")
    assert ("未规定时限", "甘肃省人民政府政务服务中心") == (submitted["期限"], submitted["应办单位"])
    assert "yyyy-mm-dd" == book["未认领"].cell(HEAD_ROW + 1, 5).number_format


def test_an_hour_that_counts_is_a_time(book: Workbook) -> None:
    """第九条（二）: noon of the first working day after a day off."""
    from tests.cases import Story

    story = Story("2026-11-21 09:00", reference="1").assigned("2026-11-21 10:00")
    found = daily_report([story.replay("2026-11-23 10:00")], rulebook(), datetime.fromisoformat(NOW), COMMIT)
    cell = openpyxl.load_workbook(BytesIO(render_ledger(found, rulebook().registry)))["未认领"].cell(HEAD_ROW + 1, 5)
    assert (datetime.combine(date(2026, 11, 23), time(12)), "yyyy-mm-dd hh:mm") == (cell.value, cell.number_format)


def test_the_summary_counts_and_links(book: Workbook) -> None:
    """Each count is that of its sheet and leads there."""
    sheet = book[SUMMARY]
    cells = {sheet.cell(r, 1).value: sheet.cell(r, 2) for r in range(1, 20) if sheet.cell(r, 1).value in SHEETS}
    assert {s: len(rows(book, s)) for s in SHEETS} == {name: cell.value for name, cell in cells.items()}
    links = {name: getattr(cell.hyperlink, "location", None) for name, cell in cells.items()}
    assert {s: f"'{s}'!A{HEAD_ROW}" for s in SHEETS} == links
    tables = [r for r in sheet.iter_rows(values_only=True) if r[0] == "兰州市"]
    assert [(0, 0, 0, 1, 0, 1, 0, 0, 0, 8)] == [t[1:11] for t in tables]


def test_it_says_what_it_was_made_from(book: Workbook) -> None:
    """The commit in full, the moment, and that it holds no texts (第十九条)."""
    text = "\n".join(str(c.value) for row in book[SUMMARY].iter_rows(max_row=4) for c in row if c.value)
    assert all(part in text for part in (COMMIT.commit or "-", "2026-11-23 10:00", "工作日", "第十九条"))
    assert COMMIT.commit in (book.properties.description or "")


def test_sheets_are_ready_to_use_and_to_print(book: Workbook) -> None:
    """Frozen head, filter over all lines, widths, landscape A4, the head on every page."""
    for name in SHEETS:
        sheet = book[name]
        last = HEAD_ROW + len(rows(book, name))
        assert (f"B{HEAD_ROW + 1}", f"A{HEAD_ROW}:J{last}") == (sheet.freeze_panes, sheet.auto_filter.ref)
        page = sheet.page_setup
        assert ("landscape", "9", 1, 0) == (page.orientation, str(page.paperSize), page.fitToWidth, page.fitToHeight)
        assert (f"${HEAD_ROW}:${HEAD_ROW}", True) == (
            sheet.print_title_rows,
            getattr(sheet.sheet_properties.pageSetUpPr, "fitToPage", None),
        )
        assert 22 == sheet.column_dimensions["A"].width


def test_colours_follow_the_word_beside_them(book: Workbook) -> None:
    """Colour alone says nothing: the same word, the same colour, and another word another one."""
    pairs = set()
    for name in SHEETS:
        for row in range(HEAD_ROW + 1, HEAD_ROW + 1 + len(rows(book, name))):
            cell = book[name].cell(row, 2)
            pairs.add((cell.value, cell.fill.fgColor.rgb if cell.fill.fill_type else None))
    assert {"跟踪督办", "逾期", "今日到期", "将到期", "待办"} == {word for word, _ in pairs}
    assert len(pairs) == len({word for word, _ in pairs}) == len({colour for _, colour in pairs})


@pytest.mark.parametrize("name", ['=HYPERLINK("https://a.invalid")', "+1", "-2+3", "@SUM(A1)", "\t=1", "市\x07长"])
def test_a_name_is_never_a_formula(name: str) -> None:
    """Names come from the rules and may be anything: a text, marked so that what is copied from it stays one."""
    registry = rulebook().registry
    head = replace(registry.people["lanzhou.head"], name=name)
    unit = Unit("lanzhou", name, UnitKind.CITY, publisher="兰州市人民政府办公室")
    changed = Registry({**registry.units, "lanzhou": unit}, {**registry.people, "lanzhou.head": head})
    book = openpyxl.load_workbook(BytesIO(ledger(replace(rulebook(), registry=changed))))
    [cell] = [c for c in book["退回重办"][HEAD_ROW + 1] if c.column == 4]
    assert ("s", name.replace("\x07", ""), name[0] in "=+-@\t") == (cell.data_type, cell.value, bool(cell.quotePrefix))
    assert [] == [c.coordinate for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]


def test_the_same_report_gives_the_same_bytes() -> None:
    """Nothing of the clock or the machine is in the file."""
    first = ledger()
    with zipfile.ZipFile(BytesIO(first)) as archive:
        core = archive.read("docProps/core.xml").decode()
        assert {(1980, 1, 1, 0, 0, 0)} == {entry.date_time for entry in archive.infolist()}
    assert 2 == core.count(">2026-11-23T02:00:00Z<")
    assert first == ledger()


def test_the_command_writes_it_whole_and_the_same_from_the_same_commit(repository: Repository, tmp_path: Path) -> None:
    """第十九条: two runs in two time zones, in the work tree and from the commit; no text of a message in any part."""
    for story in office():
        repository.add(story)
    repository.commit()
    paths = [tmp_path / f"{n}/台账.xlsx" for n in range(2)]
    for path, rev, zone in zip(paths, ((), ("--rev", "main")), ("Asia/Shanghai", "UTC"), strict=True):
        done = repository.huiyin("report", "daily", "--ledger", str(path), *rev, TZ=zone)
        assert (0, "") == (done.code, done.err)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    with zipfile.ZipFile(paths[0]) as archive:
        whole = "".join(archive.read(entry).decode() for entry in archive.namelist())
    assert "people-1" in whole
    assert [] == [text for text in TEXTS if text in whole]
