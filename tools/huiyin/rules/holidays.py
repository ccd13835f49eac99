"""What ``rules/calendar.yaml`` and the package ``chinesecalendar`` say of single days; ``calendar.py`` counts with it.

The package holds the yearly arrangements of the State Council's office. A year that neither it nor the file
holds is *provisional*: weekends and the statutory holidays of fixed date only; lunar holidays are never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chinese_calendar import constants

from huiyin.model.problem import Problem

PATH = "rules/calendar.yaml"
PACKAGE_SOURCE = "国务院办公厅放假安排（chinesecalendar）"
UNPUBLISHED_SOURCE = "年度放假安排尚未公布，按周末和固定法定节假日暂算"
UNRECORDED_SOURCE = "年度放假安排未收录，按周末和固定法定节假日暂算"

_NAMES = {
    "清明": "清明节",
    "端午": "端午节",
    "中秋": "中秋节",
    "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日": "抗战胜利70周年",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """What an arrangement says of one day: a holiday, or a weekend day on which people work (调休上班)."""

    working: bool
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class LocalHoliday:
    """One day a year on which a prefecture does not work, even where the country works to make up for a holiday.

    Args:
        name: the holiday, such as 临夏州庆.
        source: title of the document that grants it.
        month: with ``day``, its date every year; 0 if another rule gives it.
        day: see ``month``.
        on: its only date, or None.
        from_year: first year, or None where the document does not say.
        to_year: last year, or None.
    """

    name: str
    source: str
    month: int = 0
    day: int = 0
    on: date | None = None
    from_year: int | None = None
    to_year: int | None = None

    def date_in(self, year: int, after_national_day: date) -> date | None:
        """Its date in that year, or None; ``after_national_day`` is the day after the National Day holiday ended."""
        if self.on is not None:
            return self.on if self.on.year == year else None
        if (self.from_year is not None and year < self.from_year) or (self.to_year is not None and year > self.to_year):
            return None
        if not self.month:
            return after_national_day
        try:
            return date(year, self.month, self.day)
        except ValueError:  # 29 February in a common year
            return None


class NationalDays:
    """The arrangements of the whole country, year by year.

    Args:
        items: the list ``national`` of rules/calendar.yaml, free of problems; each replaces the package's year.
    """

    def __init__(self, items: Iterable[Mapping[str, Any]] = ()) -> None:
        arrangements = _read_package()
        self._sources = {
            year: PACKAGE_SOURCE for year, marks in arrangements.items() if date(year, 10, 1) in marks
        }  # a stray day does not publish a year
        for item in items:
            arrangements[item["year"]] = _read_item(item)
            self._sources[item["year"]] = title_of(item["source"])
        self._marks: dict[int, dict[date, Mark]] = {}
        for year in sorted(arrangements):
            for day, mark in arrangements[year].items():
                self._marks.setdefault(day.year, {})[day] = mark
        self.published = frozenset(self._sources)

    def source_of(self, year: int) -> str:
        """The document (Chinese) behind the days of that year, or the reason why there is none."""
        missing = UNPUBLISHED_SOURCE if year > max(self.published) else UNRECORDED_SOURCE
        return self._sources.get(year, missing)

    def marks_of(self, year: int) -> Mapping[date, Mark]:
        """The days of that year that are not simply 工作日 or 周末."""
        marks = self._marks.get(year, {})
        return marks if year in self.published else _fixed_holidays(year, self.source_of(year)) | marks


def _read_package() -> dict[int, dict[date, Mark]]:
    """The package's days by the year whose notice arranged them: that of 元旦 reaches back into December."""
    arrangements: dict[int, dict[date, Mark]] = {}
    for days, working in ((constants.holidays, False), (constants.workdays, True)):
        for day, name in days.items():
            holiday = constants.Holiday(name)
            year = day.year + (day.month == 12 and holiday is constants.Holiday.new_years_day)
            reason = _NAMES.get(holiday.chinese, holiday.chinese) + ("调休上班" if working else "")
            arrangements.setdefault(year, {})[day] = Mark(working, reason, PACKAGE_SOURCE)
    return arrangements


def _read_item(item: Mapping[str, Any]) -> dict[date, Mark]:
    source = title_of(item["source"])
    marks: dict[date, Mark] = {}
    for entry in item["off"]:
        name, first, last = _span(entry)
        marks |= dict.fromkeys(_days(first, last), Mark(False, name, source))
    return marks | {date.fromisoformat(text): Mark(True, "调休上班", source) for text in item["work"]}


def _fixed_holidays(year: int, source: str) -> dict[date, Mark]:
    """Statutory holidays of fixed date: 全国年节及纪念日放假办法 in the versions of 1999, 2007 and 2024."""
    labour_days = 3 if year < 2008 else 1 if year < 2025 else 2
    holidays = {"元旦": (1, 1), "劳动节": (5, labour_days), "国庆节": (10, 3)}
    return {
        date(year, month, day): Mark(False, name, source)
        for name, (month, last) in holidays.items()
        for day in range(1, last + 1)
    }


def title_of(source: Mapping[str, Any]) -> str:
    """How a source document is cited: 《title》(number)."""
    return f"《{source['title']}》" + (f"（{source['number']}）" if source.get("number") else "")


def parse_local(entry: Mapping[str, Any]) -> LocalHoliday:
    """A holiday of ``local`` in rules/calendar.yaml, free of problems."""
    return LocalHoliday(
        name=entry["name"],
        source=title_of(entry["source"]),
        month=entry.get("month", 0),
        day=entry.get("day", 0),
        on=date.fromisoformat(entry["date"]) if "date" in entry else None,
        from_year=entry.get("from_year"),
        to_year=entry.get("to_year"),
    )


def _span(entry: str | Mapping[str, Any]) -> tuple[str, date, date]:
    if isinstance(entry, str):
        return "节假日", date.fromisoformat(entry), date.fromisoformat(entry)
    return entry["name"], date.fromisoformat(entry["from"]), date.fromisoformat(entry["to"])


def _days(first: date, last: date) -> list[date]:
    return [date.fromordinal(ordinal) for ordinal in range(first.toordinal(), last.toordinal() + 1)]


def find_problems(data: Mapping[str, Any]) -> Iterator[Problem]:
    """What the schema cannot see in rules/calendar.yaml: HY410 to HY415.

    Args:
        data: the parsed file, valid under schema/calendar.schema.json; dates are strings.
    """
    years: set[int] = set()
    for index, item in enumerate(data.get("national") or ()):
        pointer = f"/national/{index}"
        if item["year"] in years:
            yield Problem("HY414", f"{item['year']}年度的放假安排写了两次，请合并为一条。", PATH, f"{pointer}/year")
        years.add(item["year"])
        yield from _find_dates({"issued": item["source"]["issued"]}, f"{pointer}/source")
        yield from _find_item_problems(item, pointer)
    for key, place in (data.get("local") or {}).items():
        for index, entry in enumerate(place["holidays"]):
            yield from _find_local_problems(entry, f"/local/{key}/holidays/{index}")


def _find_dates(texts: Mapping[str, str], pointer: str) -> Iterator[Problem]:
    for key, text in texts.items():
        try:
            date.fromisoformat(text)
        except ValueError:
            yield Problem("HY410", f"日期{text}不存在，请核对来源文件后改正。", PATH, f"{pointer}/{key}")


def _find_item_problems(item: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
    year = item["year"]
    seen: dict[date, str] = {}
    for key in ("off", "work"):
        for index, entry in enumerate(item[key]):
            here = f"{pointer}/{key}/{index}"
            if isinstance(entry, str):
                wrong = list(_find_dates({str(index): entry}, f"{pointer}/{key}"))
            else:
                wrong = list(_find_dates({"from": entry["from"], "to": entry["to"]}, here))
            yield from wrong
            if wrong:
                continue
            _, first, last = _span(entry)
            if first > last:
                yield Problem("HY411", f"开始日期{first}晚于结束日期{last}，请对调或改正。", PATH, here)
            elif first < date(year - 1, 12, 1) or last > date(year, 12, 31):
                text = f"{first}至{last}超出{year}年度（可含上年12月），请改正日期或年度。"
                yield Problem("HY412", text, PATH, here)
            else:
                if both := [day for day in _days(first, last) if day in seen]:
                    yield Problem("HY413", f"{both[0]}写了两次，请删去重复或矛盾的一处。", PATH, here)
                seen |= dict.fromkeys(_days(first, last), key)
    for day in (date(year, month, 1) for month in (1, 5, 10)):
        if seen.get(day) != "off":
            yield Problem("HY415", f"放假日期中没有{day}，请按通知原文写全{year}年的安排。", PATH, f"{pointer}/off")


def _find_local_problems(entry: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
    if "issued" in entry["source"]:
        yield from _find_dates({"issued": entry["source"]["issued"]}, f"{pointer}/source")
    if "date" in entry:
        yield from _find_dates({"date": entry["date"]}, pointer)
    if "month" in entry:
        try:
            date(2000, entry["month"], entry["day"])  # a leap year: 29 February is a date
        except ValueError:
            text = f"{entry['month']}月{entry['day']}日不存在，请核对来源文件后改正。"
            yield Problem("HY410", text, PATH, f"{pointer}/day")
    first, last = entry.get("from_year"), entry.get("to_year")
    if first is not None and last is not None and first > last:
        yield Problem("HY411", f"起始年度{first}晚于截止年度{last}，请对调或改正。", PATH, f"{pointer}/from_year")
