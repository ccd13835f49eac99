"""A made-up month of five hundred cases: every morning's report against a second, naive way to find the lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from chinese_calendar import is_workday

from huiyin.model.case import SHANGHAI
from huiyin.reports.daily import DailyList, daily_report
from huiyin.rules.replay import replay
from tests.cases import Story, rulebook
from tests.reports.month import COMMIT, crowd

FIRST = date(2026, 9, 10)
"""From here through the Mid-Autumn and National Day holidays, with their make-up days."""
DAYS = {"simple": 7, "complex": 15, "important": 5}
Line = tuple[str, str, int]
"""Id, due date as it is printed, working days late."""


def count_days(after: date, until: date) -> int:
    """Working days later than ``after``, up to ``until``, day by day."""
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return sum(is_workday(day) for day in days)


def next_working(day: date, number: int = 1) -> date:
    """The so-many-th working day after ``day``."""
    while number:
        day += timedelta(days=1)
        number -= is_workday(day)
    return day


def last_second(day: date) -> datetime:
    """The end of a day."""
    return datetime.combine(day, time(23, 59, 59), SHANGHAI)


def claim_limit(day: date) -> tuple[datetime, str]:
    """第九条（二）: the day itself, or noon of the first working day after a day off."""
    if is_workday(day):
        return last_second(day), day.isoformat()
    noon = datetime.combine(next_working(day), time(12), SHANGHAI)
    return noon, noon.isoformat()


def naive(data: dict[str, Any], now: datetime) -> dict[str, Line]:
    """The lists that a case stands in, told from its events alone."""
    case, received = data["id"], datetime.fromisoformat(data["received_at"])
    events = [{**e, "at": datetime.fromisoformat(e["at"])} for e in data["events"]]

    def line(due: date, moment: datetime, shown: str, extra: int = 0) -> Line:
        return case, shown, extra + (count_days(due, now.date()) if now > moment else 0)

    kinds = [e["type"] for e in events]
    if not events:
        due = received.date()
        return {"unreviewed": line(due, last_second(due), due.isoformat())}
    done = {"published", "withdrawn"} | ({"answered"} if data["channel"] == "portal" else set())
    if kinds[-1] in done:
        return {}
    at = max(i for i, kind in enumerate(kinds) if kind == "assigned")
    assigned, since = events[at], kinds[at:]
    due, extra = next_working(assigned["at"].date(), DAYS[assigned["complexity"]]), 0
    for event in events[at:]:
        if event["type"] == "extended":
            if event["at"] > last_second(due):
                extra += count_days(due, event["at"].date())
            due = date.fromisoformat(event["due"])
    found: dict[str, Line] = {}
    steps = [k for k in since if k not in {"instructed", "extended"}]
    if steps[-1] == "answered":
        return {"submitted": (case, "", 0)}
    if steps[-1] == "misrouted":
        found["misrouted"] = (case, "", 0)
    if steps[-1] == "returned":
        found["returned"] = line(due, last_second(due), due.isoformat(), extra)
    if steps == ["assigned"]:
        limit, shown = claim_limit(assigned["at"].date())
        no_limit = data["channel"] == "portal"
        found["unclaimed"] = (case, "", 0) if no_limit else line(limit.date(), limit, shown)
    remind = due - timedelta(days=1)
    while not is_workday(remind):
        remind -= timedelta(days=1)
    if remind <= now.date() and now <= last_second(due):
        found["due_soon"] = (case, due.isoformat(), extra)
    if now > last_second(due):
        found["overdue"] = line(due, last_second(due), due.isoformat(), extra)
        if "instructed" in kinds:
            found["overdue_instructed"] = found["overdue"]
    return found


def test_every_morning_of_a_month() -> None:
    """第九、十三、十五、十六、十八、二十一条: each list of each day, with due dates and working days late."""
    stories = list(crowd(20260910, 500, FIRST, 30))
    seen: dict[str, int] = {}
    for number in range(45):
        now = datetime.combine(FIRST + timedelta(days=number), time(8, 30), SHANGHAI)
        told = [so_far(s, now) for s in stories if datetime.fromisoformat(s.data()["received_at"]) <= now]
        replays = [replay(s.case(), rulebook(), now) for s in told]
        assert [] == [p for r in replays for p in r.problems if p.level == "error"]
        report = daily_report(replays, rulebook(), now, COMMIT)
        actual = {
            of.value: sorted((e.id, e.due or "", e.working_days_late) for e in entries)
            for of, entries in report.lists.items()
        }
        expected: dict[str, list[Line]] = {of.value: [] for of in DailyList}
        for story in told:
            for of, line in naive(story.data(), now).items():
                expected[of].append(line)
        differences = {of: set(lines) ^ set(actual[of]) for of, lines in expected.items()}
        assert {of: set() for of in differences} == differences, now
        assert {of: sorted(lines) for of, lines in expected.items()} == actual
        for of, lines in actual.items():
            seen[of] = seen.get(of, 0) + len(lines)
    assert [] == [of for of, number in seen.items() if number < 10 and of != "provisional"]


def so_far(story: Story, now: datetime) -> Story:
    """The case as it stands in the record on that morning."""
    events = [e for e in story.events if datetime.fromisoformat(e["at"]) <= now]
    return replace(story, events=events)
