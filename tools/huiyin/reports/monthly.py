"""第十七条: the monthly summary of handling for the province's leader, as data; how it is written is elsewhere.

Ids and facts only (第十九条). Everything is computed from the record at a moment, so whoever has the commit can count
again; ``huiyin stats --month`` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from huiyin.model.case import SHANGHAI
from huiyin.repo.revision import Revision
from huiyin.reports.deadlines import Entry, Group, deadline_report
from huiyin.reports.indicators import definitions
from huiyin.reports.monthly_periods import Month, Period, find_periods, month_of
from huiyin.reports.stats import (
    Dimension,
    Line,
    Occurrence,
    Population,
    Tally,
    find_occurrences,
    line_of,
    name_of,
    order_of,
    split,
    tally_of,
)
from huiyin.rules.deadlines import local_day
from huiyin.rules.replay import Replay, replay
from huiyin.rules.rulebook import Rulebook

DIMENSIONS = (Dimension.UNIT, Dimension.DISPATCHER, Dimension.CHANNEL, Dimension.TOPIC, Dimension.COMPLEXITY)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One row: a unit, channel … in the month, the month before and the same month a year before.

    Args:
        key: id of the unit, channel …; "" for the total and for cases that have none.
        name: Chinese.
    """

    key: str
    name: str
    current: Line
    before: Line
    year_before: Line

    @property
    def lines(self) -> tuple[Line, Line, Line]:
        """本月, 上月, 上年同月."""
        return self.current, self.before, self.year_before


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of one dimension, in the order of the rules."""

    dimension: Dimension
    rows: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class Overdue:
    """An open case whose handling is overdue at ``as_of``, whenever it was received.

    Args:
        entry: its line in the list of ``huiyin deadlines``.
        instructed: a leader gave an instruction, so 督查室 tracks it (第十八条).
    """

    entry: Entry
    instructed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlySummary:
    """The figures of a month.

    Args:
        revision: the tree that they were counted from.
        current, before, year_before: the months compared, each at its moment.
        total: all cases.
        overdue: earliest due date first.
        trend: thirteen months, oldest first; the last is the month itself.
        definitions: (name, meaning) of each figure.
        populations: the cases behind the figures of ``current``, ``before`` and ``year_before``.
        names: id → Chinese name of every unit.
    """

    revision: Revision
    current: Period
    before: Period
    year_before: Period
    total: Comparison
    tables: tuple[Table, ...]
    overdue: tuple[Overdue, ...]
    trend: tuple[tuple[Period, Line], ...]
    definitions: tuple[tuple[str, str], ...]
    populations: tuple[Population, Population, Population]
    names: Mapping[str, str]

    @property
    def month(self) -> Month:
        """The month that is summarised."""
        return self.current.month

    @property
    def as_of(self) -> datetime:
        """The moment at which open cases are late or not."""
        return self.current.as_of

    @property
    def periods(self) -> tuple[Period, Period, Period]:
        """本月, 上月, 上年同月."""
        return self.current, self.before, self.year_before

    def table(self, dimension: Dimension) -> Table:
        """The rows of one dimension."""
        return next(t for t in self.tables if t.dimension is dimension)


def monthly_summary(
    replays: Iterable[Replay], rulebook: Rulebook, month: Month, as_of: datetime, revision: Revision
) -> MonthlySummary:
    """Summarise a month (第十七条).

    Args:
        replays: all cases at ``as_of``.
        as_of: with an offset; the months before are looked at when they were as old (``find_periods``).
        revision: the tree that the cases were read from, for whoever counts again.

    Raises:
        UsageError: HY891, the month has not begun.
    """
    periods = find_periods(month, as_of.astimezone(SHANGHAI))
    collected = _Collected(rulebook, {p.month: p for p in periods})
    opened = [found for found in replays if collected.add(found)]
    populations = [collected.population(p.month) for p in periods]
    compared = (populations[-1], populations[-2], populations[0])
    return MonthlySummary(
        revision=revision,
        current=periods[-1],
        before=periods[-2],
        year_before=periods[0],
        total=Comparison("", "合计", *map(line_of, compared)),
        tables=tuple(_table(d, compared, rulebook) for d in DIMENSIONS),
        overdue=_find_overdue(opened, rulebook, as_of),
        trend=tuple((p, line_of(population)) for p, population in zip(periods, populations, strict=True)),
        definitions=definitions(list(rulebook.procedures.values())),
        populations=compared,
        names={unit.id: unit.name for unit in rulebook.registry.units.values()},
    )


class _Collected:
    """The cases and acts of each month so far; lives only inside ``monthly_summary``."""

    def __init__(self, rulebook: Rulebook, periods: Mapping[Month, Period]) -> None:
        self._rulebook = rulebook
        self._periods = periods
        self._tallies: dict[Month, list[Tally]] = {m: [] for m in periods}
        self._occurrences: dict[Month, list[Occurrence]] = {m: [] for m in periods}

    def add(self, found: Replay) -> bool:
        """Count a case where it belongs; whether it is open, so that it may be overdue."""
        case = found.case
        period = self._periods.get(month_of(local_day(case.received_at)))
        if period is not None and case.received_at <= period.as_of:
            # A month of the past is seen as it was then: what was open then is open.
            then = found if period.as_of == found.now else replay(case, self._rulebook, period.as_of)
            self._tallies[period.month].append(tally_of(then, self._rulebook))
        if case.received_at <= found.now:
            for occurrence in find_occurrences(found, tally_of(found, self._rulebook), self._rulebook):
                self._add_act(occurrence)
        return not found.closed

    def _add_act(self, occurrence: Occurrence) -> None:
        period = self._periods.get(month_of(occurrence.day))
        if period is not None and occurrence.at <= period.as_of:
            self._occurrences[period.month].append(occurrence)

    def population(self, month: Month) -> Population:
        """Everything of a month, in order."""
        return Population.ordered(self._tallies[month], self._occurrences[month])


def _table(dimension: Dimension, compared: tuple[Population, ...], rulebook: Rulebook) -> Table:
    parts = [split(population, dimension) for population in compared]
    keys = order_of(dimension, {key for part in parts for key in part}, rulebook)
    empty = Population()
    return Table(
        dimension,
        tuple(
            Comparison(key, name_of(dimension, key, rulebook), *(line_of(part.get(key, empty)) for part in parts))
            for key in keys
        ),
    )


def _find_overdue(opened: Iterable[Replay], rulebook: Rulebook, as_of: datetime) -> tuple[Overdue, ...]:
    report = deadline_report(opened, rulebook, as_of)
    instructed = {e.id for e in report.groups[Group.OVERDUE_INSTRUCTED]}
    return tuple(Overdue(e, e.id in instructed) for e in report.groups[Group.OVERDUE])
