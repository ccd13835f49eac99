"""Working days, for the whole country and for prefectures with holidays of their own (第九条(二)、第十三条、第十五条).

The day of an act does not count, counting starts the next day (民法典第二百零一条). Days are dates in Asia/Shanghai.
Tables are built a year at a time when first asked for, so each answer costs a few look-ups and no date is out of range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, cast

from huiyin.model.problem import HuiyinError
from huiyin.rules.holidays import LocalHoliday, NationalDays, find_problems, parse_local

__all__ = ["WEEKEND", "Calendar", "Day", "WorkingDays"]

WEEKEND = "周末"
"""The reason of a day that is off for being a Saturday or Sunday only."""


@dataclass(frozen=True, slots=True)
class Day:
    """What the calendar knows of one day.

    Args:
        date: the day (Asia/Shanghai).
        working: whether it is a working day.
        reason: Chinese, such as 工作日, 周末, 国庆节, 国庆节调休上班, 临夏州庆.
        source: Chinese, the document or data behind it.
        provisional: whether the arrangement of its year is not published (or not recorded), so that it may change.
    """

    date: date
    working: bool
    reason: str
    source: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class _Year:
    first: int  # ordinal of 1 January
    days: tuple[Day, ...]
    working: tuple[date, ...]
    upto: tuple[int, ...]  # working days from 1 January to that day, both included


class WorkingDays:
    """The working days of one place; made by ``Calendar.local``.

    Args:
        national: the arrangements of the whole country.
        holidays: what the place adds to them.
    """

    def __init__(self, national: NationalDays, holidays: tuple[LocalHoliday, ...] = ()) -> None:
        self._national = national
        self._holidays = holidays
        self._years: dict[int, _Year] = {}

    def is_working(self, day: date) -> bool:
        """Whether people work on that day."""
        return self.day(day).working

    def day(self, day: date) -> Day:
        """What is known of that day: working or not, why, by which source, provisional or not."""
        year = self._year(day.year)
        return year.days[day.toordinal() - year.first]

    def is_published(self, day: date) -> bool:
        """Whether the arrangement of the day's year is known; False means that answers for it are provisional."""
        return day.year in self._national.published

    def add(self, day: date, n: int) -> date:
        """The n-th working day after ``day``, which itself does not count (民法典第二百零一条).

        Args:
            day: the day of the act, working or not.
            n: working days, 1 or more.

        Returns:
            A working day; ``date.max`` where the calendar of Python ends.

        Raises:
            ValueError: ``n`` is less than 1.
        """
        if n < 1:
            raise ValueError(f"n must be 1 or more, not {n}")
        number = day.year
        year = self._year(number)
        index = year.upto[day.toordinal() - year.first] + n
        while index > len(year.working):
            if number == date.max.year:
                return date.max
            index -= len(year.working)
            number += 1
            year = self._year(number)
        return year.working[index - 1]

    def between(self, start: date, end: date) -> int:
        """The number of working days d with start < d <= end; 0 if ``end`` is not after ``start``."""
        if end <= start:
            return 0
        first, last = self._year(start.year), self._year(end.year)
        whole = sum(len(self._year(number).working) for number in range(start.year, end.year))
        return whole + last.upto[end.toordinal() - last.first] - first.upto[start.toordinal() - first.first]

    def next(self, day: date) -> date:
        """The first working day strictly after ``day``; ``date.max`` where the calendar of Python ends."""
        return self.add(day, 1)

    def previous(self, day: date) -> date:
        """The last working day strictly before ``day``; ``date.min`` where the calendar of Python begins."""
        number = day.year
        year = self._year(number)
        offset = day.toordinal() - year.first
        index = year.upto[offset] - year.days[offset].working
        while index == 0:
            if number == date.min.year:
                return date.min
            number -= 1
            year = self._year(number)
            index = len(year.working)
        return year.working[index - 1]

    def spans_provisional(self, start: date, end: date) -> bool:
        """Whether any day d with start < d <= end lies in a year whose arrangement is not known."""
        if end <= start:
            return False
        first = date.fromordinal(start.toordinal() + 1).year
        return any(number not in self._national.published for number in range(first, end.year + 1))

    def _year(self, number: int) -> _Year:
        year = self._years.get(number)
        if year is None:
            year = self._years[number] = self._build(number)
        return year

    def _build(self, number: int) -> _Year:
        marks, usual = self._national.marks_of(number), self._national.source_of(number)
        provisional = number not in self._national.published
        first = date(number, 1, 1).toordinal()
        days: list[Day] = []
        for ordinal in range(first, date(number, 12, 31).toordinal() + 1):
            day = date.fromordinal(ordinal)
            if mark := marks.get(day):
                days.append(Day(day, mark.working, mark.reason, mark.source, provisional))
            else:
                working = day.weekday() < 5
                days.append(Day(day, working, "工作日" if working else WEEKEND, usual, provisional))
        after = date(number, 10, 1).toordinal() - first
        while not days[after].working and after + 1 < len(days):
            after += 1
        for holiday in self._holidays:
            granted = holiday.date_in(number, days[after].date)
            # A national holiday keeps its name; a make-up working day gives way to the local one.
            if granted and (granted not in marks or marks[granted].working):
                days[granted.toordinal() - first] = Day(granted, False, holiday.name, holiday.source, provisional)
        upto, count = [], 0
        for entry in days:
            count += entry.working
            upto.append(count)
        return _Year(first, tuple(days), tuple(entry.date for entry in days if entry.working), tuple(upto))


class Calendar:
    """The calendars of the country and of each place of ``rules/calendar.yaml``.

    Args:
        national: the arrangements of the whole country.
        places: key -> (name, holidays) of each place.
    """

    def __init__(
        self, national: NationalDays, places: Mapping[str, tuple[str, tuple[LocalHoliday, ...]]] | None = None
    ) -> None:
        self._national = national
        self._places = dict(places or {})
        self._made: dict[str | None, WorkingDays] = {}

    @classmethod
    def from_data(cls, data: Mapping[str, object] | None) -> Calendar:
        """The calendar of a parsed rules/calendar.yaml, or of the package alone if ``data`` is None.

        Args:
            data: valid under schema/calendar.schema.json; dates are strings.

        Raises:
            HuiyinError: HY410 to HY415, what the schema cannot see (``holidays.find_problems``).
        """
        read = cast(Mapping[str, Any], data or {})
        if problems := list(find_problems(read)):
            raise HuiyinError(*problems)
        places = {
            key: (place["name"], tuple(parse_local(entry) for entry in place["holidays"]))
            for key, place in (read.get("local") or {}).items()
        }
        items = read.get("national") or ()
        return cls(NationalDays(items) if items else _package_days(), places)

    @property
    def places(self) -> Mapping[str, str]:
        """Key -> Chinese name of each place with holidays of its own."""
        return {key: name for key, (name, _) in self._places.items()}

    def local(self, key: str | None) -> WorkingDays:
        """The working days of one place, made once; None is the whole country.

        Raises:
            KeyError: no such place.
        """
        if key not in self._made:
            self._made[key] = WorkingDays(self._national, () if key is None else self._places[key][1])
        return self._made[key]


@lru_cache(maxsize=1)
def _package_days() -> NationalDays:
    return NationalDays()
