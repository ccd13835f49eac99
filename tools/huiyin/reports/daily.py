"""The daily report (第九、十三至十八、二十一条): what waits for whom today, by list, by dispatcher and by unit.

The lists of ``deadlines`` and those that follow from a case's state. Like them it holds ids and facts, no title and no
text (第十九条), and a case whose reply will be private stands here under the same clocks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from huiyin.repo.revision import Revision
from huiyin.reports.deadlines import Entry, Group, deadline_report, make_entry, order_entries
from huiyin.rules.calendar import Day
from huiyin.rules.deadlines import ClockKind, local_day
from huiyin.rules.registry import Registry
from huiyin.rules.replay import Replay
from huiyin.rules.rulebook import Rulebook


class DailyList(StrEnum):
    """The lists of the report, in the order in which they are shown."""

    UNREVIEWED = "unreviewed"
    UNCLAIMED = "unclaimed"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    OVERDUE_INSTRUCTED = "overdue_instructed"
    RETURNED = "returned"
    MISROUTED = "misrouted"
    SUBMITTED = "submitted"
    PROVISIONAL = "provisional"

    @property
    def label(self) -> str:
        """The Chinese heading."""
        if self.value in set(Group):
            return Group(self.value).label
        return {
            "returned": "退回重办",
            "misrouted": "申请改派，待交办单位决定",
            "submitted": "已报送答复，待复审",
            "provisional": "期限为暂算（年度放假安排尚未公布）",
        }[self.value]

    @property
    def short(self) -> str:
        """A few Chinese characters: the head of a column, the name of a sheet."""
        return {
            "unreviewed": "未审核",
            "unclaimed": "未认领",
            "due_soon": "将到期",
            "overdue": "已逾期",
            "overdue_instructed": "逾期有批示",
            "returned": "退回重办",
            "misrouted": "申请改派",
            "submitted": "待复审",
            "provisional": "暂算期限",
        }[self.value]

    @property
    def article(self) -> str:
        """The article behind the list; a line may name a nearer one."""
        return {
            "unreviewed": "9(1)",
            "unclaimed": "9(2)",
            "due_soon": "15",
            "overdue": "13",
            "overdue_instructed": "18",
            "returned": "21",
            "misrouted": "2",
            "submitted": "9(3)",
            "provisional": "13",
        }[self.value]


class Urgency(StrEnum):
    """How pressing a line is, most pressing first."""

    TRACKED = "tracked"
    LATE = "late"
    TODAY = "today"
    SOON = "soon"
    OPEN = "open"

    @property
    def label(self) -> str:
        """The Chinese word; colours only repeat it."""
        return {"tracked": "跟踪督办", "late": "逾期", "today": "今日到期", "soon": "将到期", "open": "待办"}[
            self.value
        ]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many lines of each list a unit, or a dispatcher's queue, has.

    Args:
        counts: lists without a line are left out.
        most_days_late: full working days of its latest overdue case.
    """

    unit: str
    counts: Mapping[DailyList, int]
    most_days_late: int


@dataclass(frozen=True, slots=True)
class DailyReport:
    """All lists at one moment.

    Args:
        revision: the commit behind it.
        day: what the calendar of the whole country says of the day; whether people work.
        dispatchers: each dispatcher's queue (第十四条), in the order of the registry; those with nothing are left out.
        units: each unit that must act, in the same order.
    """

    as_of: datetime
    revision: Revision
    day: Day
    lists: Mapping[DailyList, tuple[Entry, ...]]
    dispatchers: tuple[Tally, ...]
    units: tuple[Tally, ...]

    @property
    def cases(self) -> int:
        """How many cases stand in at least one list."""
        return len({e.id for entries in self.lists.values() for e in entries})

    @property
    def called_for(self) -> bool:
        """Whether the day asks for a report: any working day, and a day off while something is unreviewed.

        第九条（一） wants messages reviewed every day; all other clocks count working days.
        """
        return self.day.working or bool(self.lists[DailyList.UNREVIEWED])

    def urgency(self, of: DailyList, entry: Entry) -> Urgency:
        """How pressing a line of a list is."""
        if of is DailyList.OVERDUE_INSTRUCTED:
            return Urgency.TRACKED
        if entry.late:
            return Urgency.LATE
        if entry.due is not None and entry.due[:10] == local_day(self.as_of).isoformat():
            return Urgency.TODAY
        return Urgency.SOON if of is DailyList.DUE_SOON else Urgency.OPEN


def daily_report(
    replays: Iterable[Replay],
    rulebook: Rulebook,
    now: datetime,
    revision: Revision,
    *,
    unit: str | None = None,
    dispatcher: str | None = None,
) -> DailyReport:
    """Sort the open cases into the lists and count them.

    Args:
        unit: only what this unit must act on.
        dispatcher: only the queue of this dispatcher (第十四条).
    """
    waiting = [r for r in replays if not r.closed and r.case.received_at <= now]
    waiting = [r for r in waiting if dispatcher is None or r.dispatcher == dispatcher]
    deadlines = deadline_report(waiting, rulebook, now, unit=unit)
    lists = {DailyList(group.value): entries for group, entries in deadlines.groups.items()}
    for of, entries in _by_state(waiting, rulebook, now).items():
        lists[of] = order_entries(entries, unit)
    lists[DailyList.PROVISIONAL] = deadlines.provisional
    ordered = {of: lists[of] for of in DailyList}
    return DailyReport(
        as_of=now,
        revision=revision,
        day=rulebook.calendar.local(None).day(local_day(now)),
        lists=ordered,
        dispatchers=_tallies(((of, e.dispatcher, e) for of, e in _lines(ordered)), rulebook.registry),
        units=_tallies(((of, e.unit, e) for of, e in _lines(ordered)), rulebook.registry),
    )


def _by_state(waiting: Iterable[Replay], rulebook: Rulebook, now: datetime) -> dict[DailyList, list[Entry]]:
    """The lists that no clock tells: a state in which somebody must decide or do a thing again."""
    found: dict[DailyList, list[Entry]] = {
        of: [] for of in (DailyList.RETURNED, DailyList.MISROUTED, DailyList.SUBMITTED)
    }
    for replay in waiting:
        if replay.state not in found:
            continue
        of = DailyList(replay.state)
        if of is DailyList.RETURNED:
            entry = make_entry(replay, replay.clock(ClockKind.HANDLING), of.article, rulebook, now)
        else:
            # The dispatcher's part has no limit in the procedure; the unit's own clock stands in the unit's lists.
            entry = make_entry(replay, None, _article(of, replay), rulebook, now, unit=replay.dispatcher)
        found[of].append(entry)
    return found


def _article(of: DailyList, replay: Replay) -> str:
    """The article of the re-review on the case's route, else that of the list."""
    published = replay.route.transitions.get("published") if replay.route else None
    return published.article if published and of is DailyList.SUBMITTED else of.article


def _lines(lists: Mapping[DailyList, tuple[Entry, ...]]) -> Iterator[tuple[DailyList, Entry]]:
    for of, entries in lists.items():
        for entry in entries:
            yield of, entry


def _tallies(lines: Iterable[tuple[DailyList, str, Entry]], registry: Registry) -> tuple[Tally, ...]:
    counts: dict[str, Counter[DailyList]] = {}
    late: Counter[str] = Counter()
    for of, unit, entry in lines:
        counts.setdefault(unit, Counter())[of] += 1
        if of is DailyList.OVERDUE:
            late[unit] = max(late[unit], entry.working_days_late)
    order = {unit: place for place, unit in enumerate(registry.units)}
    units = sorted(counts, key=lambda unit: (order.get(unit, len(order)), unit))
    return tuple(Tally(u, dict(sorted(counts[u].items(), key=_place)), late[u]) for u in units)


def _place(count: tuple[DailyList, int]) -> int:
    return list(DailyList).index(count[0])
