"""Dates and delays of the lists in words, the same in every report."""

from __future__ import annotations

from datetime import datetime

from huiyin.reports.deadlines import Entry

NO_HEAD = "（未登记）"
"""Stands where the registry knows no 主要负责同志 of a unit on that day."""


def due_text(due: str | None) -> str:
    """A due date for people, from the form in which reports and JSON give it."""
    if due is None:
        return "未规定时限"
    return f"{datetime.fromisoformat(due):%Y-%m-%d %H:%M}" if "T" in due else due


def entry_due(entry: Entry) -> str:
    """The due date of a line, marked where it is provisional."""
    return due_text(entry.due) + ("（暂算）" if entry.provisional else "")


def entry_late(entry: Entry) -> str:
    """How late a line is, in full working days, or in hours where it is less than one; "" where it is not late."""
    if not entry.late:
        return ""
    return f"{entry.working_days_late}个工作日" if entry.working_days_late else f"{entry.hours_late}小时"
