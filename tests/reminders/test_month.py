"""A made-up month, three runs a day: what is told each day against a second, naive way to find it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from chinese_calendar import is_workday

from huiyin.model.case import SHANGHAI
from huiyin.reminders.notices import Key
from huiyin.reminders.plan import make_plan
from huiyin.rules.replay import replay
from tests.cases import Story, rulebook
from tests.reminders.scene import routing
from tests.reports.month import crowd
from tests.reports.test_daily_month import FIRST, naive, so_far

RUNS = (time(8, 30), time(11), time(17, 30))
TIMED = ("review", "review_late", "claim", "claim_late", "due_soon", "overdue", "tracked")
Told = set[tuple[str, str]]
"""Kind and case."""


def naively(story: Story, now: datetime, reminded: dict[str, datetime]) -> Told:
    """What is to be told of a case by a run at that moment, from the naive lists of the daily report."""
    data, today = story.data(), now.date()
    case, lists = data["id"], naive(data, now)
    found: Told = set()
    if "unreviewed" in lists:
        due = date.fromisoformat(lists["unreviewed"][1])
        if today > due:
            found.add(("review_late", case))
        elif now.time() >= time(17):
            found.add(("review", case))
    if "unclaimed" in lists and (limit := lists["unclaimed"][1]):
        until = datetime.fromisoformat(limit)
        until = until if "T" in limit else datetime.combine(until, time(23, 59, 59), SHANGHAI)
        if now <= until and today == until.date():
            found.add(("claim", case))
        if now > until and is_workday(today):
            found.add(("claim_late", case))
    if "due_soon" in lists:
        moves = [e["at"] for e in data["events"] if e["type"] in {"assigned", "returned", "extended", "escalated"}]
        moved = datetime.fromisoformat(moves[-1])
        if case not in reminded or reminded[case].date() < moved.date():
            found.add(("due_soon", case))
            reminded[case] = now
    if is_workday(today):
        found |= {("overdue", case)} if "overdue" in lists else set()
        found |= {("tracked", case)} if "overdue_instructed" in lists else set()
    return found


def test_every_day_of_a_month() -> None:
    """第九、十四、十五、十八条: through holidays, make-up days, extensions, returns, each once a day."""
    stories = list(crowd(20260911, 160, FIRST, 30))
    sent: set[Key] = set()
    reminded: dict[str, datetime] = {}
    seen = dict.fromkeys(TIMED, 0)
    for day in (FIRST + timedelta(days=n) for n in range(45)):
        actual: Told = set()
        expected: Told = set()
        for hour in RUNS:
            now = datetime.combine(day, hour, SHANGHAI)
            told = [so_far(s, now) for s in stories if datetime.fromisoformat(s.data()["received_at"]) <= now]
            plan = make_plan([replay(s.case(), rulebook(), now) for s in told], rulebook(), routing(), now)
            new = {d.key for d in plan.deliveries} - sent
            sent |= new
            actual |= {(key.kind, key.case_id) for key in new if key.kind in TIMED}
            for story in told:
                expected |= naively(story, now, reminded)
        assert expected == actual, day
        for kind, _ in actual:
            seen[kind] += 1
    assert [] == [kind for kind, number in seen.items() if number < 5]
