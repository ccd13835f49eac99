"""A made-up month of five hundred cases: every morning's report against a second, naive way to find the lists."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from huiyin.model.case import SHANGHAI
from huiyin.reports.daily import DailyList, daily_report
from huiyin.rules.replay import replay
from tests.cases import rulebook
from tests.reports.month import COMMIT, is_closed, month, mornings, works

DAYS = {"simple": 7, "complex": 15, "important": 5}
Line = tuple[str, str, int]
"""Id, due date as it is printed, working days late."""


def count_days(after: date, until: date, unit: str | None = None) -> int:
    """Working days of a unit later than ``after``, up to ``until``, day by day."""
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return sum(works(day, unit) for day in days)


def next_working(day: date, unit: str | None, number: int = 1) -> date:
    """The so-many-th working day of a unit after ``day``."""
    while number:
        day += timedelta(days=1)
        number -= works(day, unit)
    return day


def last_second(day: date) -> datetime:
    """The end of a day."""
    return datetime.combine(day, time(23, 59, 59), SHANGHAI)


def claim_limit(day: date, unit: str) -> tuple[datetime, str]:
    """第九条（二）: the day itself, or noon of the first working day after a day off."""
    if works(day, unit):
        return last_second(day), day.isoformat()
    noon = datetime.combine(next_working(day, unit), time(12), SHANGHAI)
    return noon, noon.isoformat()


def naive(data: dict[str, Any], now: datetime) -> dict[str, Line]:
    """The lists that a case stands in, told from its events alone."""
    case, received = data["id"], datetime.fromisoformat(data["received_at"])
    events = [{**e, "at": datetime.fromisoformat(e["at"])} for e in data["events"]]

    def line(due: date, moment: datetime, shown: str, unit: str | None = None) -> Line:
        return case, shown, count_days(due, now.date(), unit) if now > moment else 0

    kinds = [e["type"] for e in events]
    if not events:
        due = received.date()
        return {"unreviewed": line(due, last_second(due), due.isoformat())}
    if is_closed(data["channel"], kinds[-1]):
        return {}
    at = max(i for i, kind in enumerate(kinds) if kind == "assigned")
    assigned, since = events[at], kinds[at:]
    unit = assigned["unit"]
    due = next_working(assigned["at"].date(), unit, DAYS[assigned["complexity"]])
    for event in events[at:]:
        if event["type"] == "extended":
            due = date.fromisoformat(event["due"])
    found: dict[str, Line] = {}
    steps = [k for k in since if k not in {"instructed", "extended"}]
    if steps[-1] == "answered":
        return {"submitted": (case, "", 0)}
    if steps[-1] == "misrouted":
        found["misrouted"] = (case, "", 0)
    if steps[-1] == "returned":
        found["returned"] = line(due, last_second(due), due.isoformat(), unit)
    if steps == ["assigned"]:
        limit, shown = claim_limit(assigned["at"].date(), unit)
        no_limit = data["channel"] == "portal"
        found["unclaimed"] = (case, "", 0) if no_limit else line(limit.date(), limit, shown, unit)
    remind = due - timedelta(days=1)
    while not works(remind, unit):
        remind -= timedelta(days=1)
    if remind <= now.date() and now <= last_second(due):
        found["due_soon"] = (case, due.isoformat(), 0)
    if now > last_second(due):
        found["overdue"] = line(due, last_second(due), due.isoformat(), unit)
        if "instructed" in kinds:
            found["overdue_instructed"] = found["overdue"]
    return found


def test_every_morning_of_a_month() -> None:
    """第九、十三、十五、十六、十八、二十一条: each list of each day, with due dates and working days late."""
    record = month()
    seen: dict[str, int] = {}
    for now in mornings():
        told = list(record.at(now))
        replays = [replay(case, rulebook(), now) for _, case in told]
        assert [] == [p for r in replays for p in r.problems if p.level == "error"]
        report = daily_report(replays, rulebook(), now, COMMIT)
        actual = {
            of.value: sorted((e.id, e.due or "", e.working_days_late) for e in entries)
            for of, entries in report.lists.items()
        }
        expected: dict[str, list[Line]] = {of.value: [] for of in DailyList}
        for story, _ in told:
            for of, line in naive(story.data(), now).items():
                expected[of].append(line)
        differences = {of: set(lines) ^ set(actual[of]) for of, lines in expected.items()}
        assert {of: set() for of in differences} == differences, now
        assert {of: sorted(lines) for of, lines in expected.items()} == actual
        for of, lines in actual.items():
            seen[of] = seen.get(of, 0) + len(lines)
    assert [] == [of for of, number in seen.items() if number < 10 and of != "provisional"]
