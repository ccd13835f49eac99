"""The moment that counts as now, as people write it on a command line or in the environment."""

from __future__ import annotations

from datetime import date, datetime

from huiyin.model.case import SHANGHAI
from huiyin.model.problem import Problem, UsageError


def parse_as_of(text: str) -> datetime:
    """A moment in Asia/Shanghai: ``2026-11-23T10:00:00[+08:00]``, or a date, which means the end of that day.

    Raises:
        UsageError: HY921, it is neither.
    """
    try:
        if len(text) == len("2026-11-23"):
            return datetime.combine(date.fromisoformat(text), datetime.max.time(), SHANGHAI).replace(microsecond=0)
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"时间“{text}”的写法不对，应如 2026-11-23 或 2026-11-23T10:00:00。"
        raise UsageError(Problem("HY921", message)) from None
    return moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment.astimezone(SHANGHAI)
