"""A made-up month, three runs a day: what is told each day against a second, naive way to find it."""

from __future__ import annotations

from datetime import date, datetime, time

from huiyin.model.case import SHANGHAI
from huiyin.reminders.notices import Key, Kind
from huiyin.reminders.plan import make_plan
from huiyin.rules.replay import replay
from tests.cases import Story, rulebook
from tests.reminders.scene import routing
from tests.reports.month import month, mornings, works
from tests.reports.test_daily_month import naive

RUNS = (time(8, 30), time(11), time(17, 30))
Told = set[tuple[str, str]]
"""Kind and case."""


class Naive:
    """What each run should tell, from the naive lists of the daily report."""

    def __init__(self) -> None:
        self.reminded: set[tuple[str, str, str]] = set()
        self.copied: set[str] = set()

    def tell(self, story: Story, now: datetime) -> Told:
        """What is to be told of a case by a run at that moment; the same again later on the day is no matter."""
        data, today = story.data(), now.date()
        case, lists = data["id"], naive(data, now)
        assignments = [e for e in data["events"] if e["type"] == "assigned"]
        working = works(today, assignments[-1]["unit"] if assignments else None)
        important = any(e["basis"] == 5 for e in assignments)
        found: Told = set()
        if important and case not in self.copied:
            self.copied.add(case)
            found.add(("copied", case))
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
            if now > until and working:
                found.add(("claim_late", case))
        if "due_soon" in lists and working and self._is_new(case, lists["due_soon"][1], data["events"]):
            found.add(("due_soon", case))
        if "overdue" in lists and working:
            found.add(("overdue", case))
            if "overdue_instructed" in lists:
                found.add(("tracked", case))
            elif important:
                found.add(("supervised_overdue", case))
        return found

    def _is_new(self, case: str, due: str, events: list[dict[str, str]]) -> bool:
        """Whether nobody was told of that date since the day on which it was last given."""
        moves = [e["at"] for e in events if e["type"] in {"assigned", "returned", "extended", "escalated"}]
        told = case, due, moves[-1][:10]
        new = told not in self.reminded
        self.reminded.add(told)
        return new


def test_every_day_of_a_month() -> None:
    """第八、九、十一、十四、十五、十八条: through holidays, make-up days, extensions, returns, each once a day."""
    record, expecting = month(), Naive()
    sent: set[Key] = set()
    seen = dict.fromkeys(map(str, Kind), 0)
    for morning in mornings():
        actual: Told = set()
        expected: Told = set()
        for hour in RUNS:
            now = datetime.combine(morning.date(), hour, SHANGHAI)
            told = list(record.at(now))
            plan = make_plan((replay(case, rulebook(), now) for _, case in told), rulebook(), routing(), now)
            new = {d.key for d in plan.deliveries} - sent
            sent |= new
            actual |= {(key.kind, key.case_id) for key in new}
            for story, _ in told:
                expected |= expecting.tell(story, now)
        assert set() == expected ^ actual, morning.date()
        for kind, _ in actual:
            seen[kind] += 1
    assert [] == [kind for kind, number in seen.items() if number < 5]
