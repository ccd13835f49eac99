"""Dates, figures and texts as official documents write them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from huiyin.model.case import SHANGHAI
from huiyin.rules.deadlines import Due, Lateness

NONE = "—"
"""Stands where there is nothing to tell; a rate of nothing is neither 0 nor 100 per cent."""


def long_date(day: date) -> str:
    """2026年11月3日; of a moment, the day in Asia/Shanghai."""
    if isinstance(day, datetime):
        day = day.astimezone(SHANGHAI).date()
    return f"{day.year}年{day.month}月{day.day}日"


def long_time(moment: datetime) -> str:
    """2026年11月3日9时05分, in Asia/Shanghai."""
    there = moment.astimezone(SHANGHAI)
    return f"{long_date(there)}{there.hour}时{there.minute:02}分"


def due_date(due: Due) -> str:
    """The due date, marked where its calendar is not published yet."""
    return long_date(due.at) + ("（暂算）" if due.provisional else "")


def delay(late: Lateness) -> str:
    """How late, or "" where it is not."""
    if not late.late:
        return ""
    return f"逾期{late.working_days}个工作日" if late.working_days else "逾期不足1个工作日"


def month_name(month: str) -> str:
    """2026年11月 for ``2026-11``."""
    year, _, number = month.partition("-")
    return f"{year}年{int(number)}月"


def paragraphs(text: str | None) -> tuple[str, ...]:
    """The lines of a text that hold something, each a paragraph."""
    return tuple(line for line in (raw.strip() for raw in (text or "").splitlines()) if line)


def listed(names: Iterable[str]) -> str:
    """Names joined by 、, each once."""
    return "、".join(dict.fromkeys(names))


def sentence(text: str) -> str:
    """The text with a full stop at its end, if it has no mark there."""
    return text if text.endswith(("。", "！", "？", "…", ".", "!", "?")) else f"{text}。"


def numeral(number: int) -> str:
    """The Chinese numeral of 1 to 9999, such as 二十三, for headings."""
    digits, found, gap = "零一二三四五六七八九", "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            found += ("零" if gap and found else "") + digits[digit] + name
        gap = digit == 0
    return found.removeprefix("一") if 10 <= number < 20 else found
