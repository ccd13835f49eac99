"""Moments as people write them: what counts as now, when a thing happened; and how the record writes them."""

from __future__ import annotations

import re
from datetime import date, datetime

from huiyin.model.case import SHANGHAI
from huiyin.model.problem import Problem, UsageError

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""No calendar is known, and no clock runs, outside these years."""

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
_MOMENT = re.compile(rf"{_DAY}([T ]{_TIME}(Z|[+-][0-9]{{2}}:[0-9]{{2}})?)?")


def parse_as_of(text: str) -> datetime:
    """A moment at +08:00, whole seconds: ``2026-11-23T10:00:00[+08:00]``, or a date, which means the end of that day.

    Raises:
        UsageError: HY921, it is neither, or lies outside the years that the program knows.
    """
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError(text)
        if len(text) == len("2026-11-23"):
            moment = datetime.combine(date.fromisoformat(text), datetime.max.time(), SHANGHAI)
        else:
            moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"时间“{text}”的写法不对，应如 2026-11-23 或 2026-11-23T10:00:00。"
        raise UsageError(Problem("HY921", message)) from None
    # The first and last years of Python have no room for another offset.
    if FIRST_YEAR - 1 <= moment.year <= LAST_YEAR + 1:
        moment = moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment.astimezone(SHANGHAI)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise UsageError(Problem("HY921", f"时间“{text}”不在{FIRST_YEAR}年至{LAST_YEAR}年之间。"))
    return moment.replace(microsecond=0)


def timestamp(moment: datetime) -> str:
    """A moment as the record writes it: RFC 3339, whole seconds, +08:00.

    Args:
        moment: with an offset.
    """
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")
