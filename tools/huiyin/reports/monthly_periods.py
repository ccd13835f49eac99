"""Months, and at which moment each is looked at, so that months are compared at the same age (Asia/Shanghai)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from huiyin.model.case import SHANGHAI
from huiyin.model.problem import Problem, UsageError
from huiyin.publish.tables import month_name
from huiyin.reports.stats import Window

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
TREND = 13
"""Months in a summary: the month itself and the twelve before, the last of which is the same month a year before."""


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the calendar."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after(1).first - timedelta(days=1)

    @property
    def start(self) -> datetime:
        """Its first second."""
        return datetime.combine(self.first, time(), SHANGHAI)

    @property
    def end(self) -> datetime:
        """Its last second."""
        return self.after(1).start - timedelta(seconds=1)

    @property
    def window(self) -> Window:
        """Its days."""
        return Window(self.first, self.last)

    @property
    def title(self) -> str:
        """2026年10月."""
        return month_name(str(self))

    def after(self, months: int) -> Month:
        """The month so many months later, or earlier where the number is negative."""
        index = self.year * 12 + self.number - 1 + months
        return Month(index // 12, index % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


@dataclass(frozen=True, slots=True)
class Period:
    """A month, and the moment at which its cases are looked at.

    Args:
        as_of: what happened later does not count.
    """

    month: Month
    as_of: datetime

    @property
    def complete(self) -> bool:
        """Whether the month was over."""
        return self.as_of >= self.month.end


def parse_month(text: str) -> Month:
    """A month as people type it: ``2026-10``.

    Raises:
        UsageError: HY890.
    """
    match = _MONTH.fullmatch(text.strip())
    if match is None or not 1900 <= int(match[1]) <= 2200:
        raise UsageError(Problem("HY890", f"“{text}”不是月份；应写成如 2026-10 的样子。"))
    return Month(int(match[1]), int(match[2]))


def month_of(day: date) -> Month:
    """The month of a day."""
    return Month(day.year, day.month)


def find_periods(month: Month, as_of: datetime) -> tuple[Period, ...]:
    """The month and the twelve before it, oldest first, each at the same age as the month has at ``as_of``.

    Without that a month would look worse than the one before only because its messages are younger. The age of a month
    that is over is what has passed since its end; that of one that is not, since its beginning.

    Args:
        as_of: with an offset.

    Raises:
        UsageError: HY891, the month has not begun.
    """
    if as_of < month.start:
        raise UsageError(
            Problem("HY891", f"{month.title}还没有到（现在是{as_of.astimezone(SHANGHAI):%Y-%m-%d %H:%M}）。")
        )
    periods = []
    for back in range(TREND - 1, -1, -1):
        other = month.after(-back)
        if as_of >= month.end:
            moment = other.end + (as_of - month.end)
        else:
            moment = min(other.start + (as_of - month.start), other.end)
        periods.append(Period(other, as_of if not back else moment))
    return tuple(periods)
