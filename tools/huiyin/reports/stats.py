"""The cases behind the figures: each case as counted, what happened to it, and both grouped by one property.

The figures themselves are those of the site (``publish/statistics.py``). What is added here are acts that are counted
by the day on which they happened: 公开答复、退回（第二十一条）、延期（第十六条）、改派（第二条、第十二条）.
Case ids and facts only, no title and no text (第十九条).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from huiyin.model import event as ev
from huiyin.model.case import Channel
from huiyin.model.event import Complexity
from huiyin.publish.statistics import COUNTS, Counted, Figure, Figures, summarise
from huiyin.publish.tables import channel_name, complexity_name, month_name
from huiyin.publish.timeline import PUBLISHED, with_routes
from huiyin.publish.view import count_case
from huiyin.rules.deadlines import local_day
from huiyin.rules.replay import Replay
from huiyin.rules.rulebook import Rulebook


class Act(StrEnum):
    """Something that happens to a case on a day and is counted each time that it happens."""

    PUBLISHED = "published"
    RETURNED = "returned"
    EXTENDED = "extended"
    REASSIGNED = "reassigned"


class Dimension(StrEnum):
    """By what the figures are broken down."""

    UNIT = "unit"
    DISPATCHER = "dispatcher"
    CHANNEL = "channel"
    TOPIC = "topic"
    COMPLEXITY = "complexity"
    MONTH = "month"

    @property
    def label(self) -> str:
        """The Chinese word, as the heading of a column."""
        return {
            "unit": "承办单位",
            "dispatcher": "交办单位",
            "channel": "渠道",
            "topic": "主题",
            "complexity": "类别",
            "month": "月份",
        }[self.value]


NONE = ""
"""The key of cases that have no such property: not assigned yet, or without a topic."""
_NAMES_OF_NONE = {Dimension.UNIT: "（未交办）", Dimension.TOPIC: "（未列主题）", Dimension.COMPLEXITY: "（未交办）"}


@dataclass(frozen=True, slots=True)
class Tally:
    """One case as the figures count it.

    Args:
        received: the day of receipt (Asia/Shanghai).
        dispatcher: the unit whose queue it is (第六条、第十四条).
    """

    id: str
    received: date
    dispatcher: str
    counted: Counted


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One act upon a case.

    Args:
        at: when it happened.
        unit: the lead unit at that moment; for a reassignment the one that the case was taken from.
    """

    act: Act
    at: datetime
    unit: str
    tally: Tally

    @property
    def day(self) -> date:
        """The day on which it happened (Asia/Shanghai)."""
        return local_day(self.at)


@dataclass(frozen=True, slots=True)
class Window:
    """Days from ``first`` to ``last``, both included; None is no limit."""

    first: date | None = None
    last: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Population:
    """What a row of figures is made of: the cases received in a window, and the acts of its days."""

    tallies: tuple[Tally, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()

    @classmethod
    def ordered(cls, tallies: Iterable[Tally], occurrences: Iterable[Occurrence]) -> Population:
        """Cases by the day of receipt, acts by the moment, both then by id."""
        return cls(
            tuple(sorted(tallies, key=lambda t: (t.received, t.id))),
            tuple(sorted(occurrences, key=lambda o: (o.at, o.tally.id))),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one row; ``acts`` has a number for each act."""

    figures: Figures
    acts: Mapping[Act, int]


def survey(replays: Iterable[Replay], rulebook: Rulebook, window: Window | None = None) -> Population:
    """Count the cases received in a window and the acts that fall into it.

    Args:
        replays: at the moment at which open cases are late or not; cases received after it are left out.
        window: all days by default.
    """
    days = window or Window()
    tallies, occurrences = [], []
    for found in replays:
        if found.case.received_at > found.now:
            continue
        tally = tally_of(found, rulebook)
        if tally.received in days:
            tallies.append(tally)
        occurrences += [o for o in find_occurrences(found, tally, rulebook) if o.day in days]
    return Population.ordered(tallies, occurrences)


def tally_of(found: Replay, rulebook: Rulebook) -> Tally:
    """One case as the figures count it at the moment of its replay."""
    return Tally(found.case.id, local_day(found.case.received_at), found.dispatcher, count_case(found, rulebook))


def find_occurrences(found: Replay, tally: Tally, rulebook: Rulebook) -> Iterator[Occurrence]:
    """The acts upon a case, in order, those that the procedure did not allow left out."""
    unit: str | None = None
    for event, route in with_routes(found, rulebook.registry):
        transition = found.procedure.transition(event.type, route)
        act: Act | None = None
        if transition is not None and transition.to == PUBLISHED:
            act = Act.PUBLISHED
        elif isinstance(event, ev.Returned):
            act = Act.RETURNED
        elif isinstance(event, ev.Extended):
            act = Act.EXTENDED
        elif isinstance(event, ev.Assigned) and unit not in (None, event.unit):
            act = Act.REASSIGNED
        if act is not None and unit is not None:
            yield Occurrence(act, event.at, unit, tally)
        if isinstance(event, ev.Assigned):
            unit = event.unit


def line_of(population: Population) -> Line:
    """The figures of all of it."""
    number = Counter(o.act for o in population.occurrences)
    return Line(summarise(t.counted for t in population.tallies), {act: number[act] for act in Act})


def split(population: Population, dimension: Dimension) -> dict[str, Population]:
    """The parts of a population by one property; a case of several topics is in each of them."""
    tallies: dict[str, list[Tally]] = defaultdict(list)
    occurrences: dict[str, list[Occurrence]] = defaultdict(list)
    for tally in population.tallies:
        for key in keys_of(tally, dimension):
            tallies[key].append(tally)
    for occurrence in population.occurrences:
        for key in _keys_of_occurrence(occurrence, dimension):
            occurrences[key].append(occurrence)
    return {
        key: Population(tuple(tallies.get(key, ())), tuple(occurrences.get(key, ())))
        for key in tallies.keys() | occurrences.keys()
    }


def keys_of(tally: Tally, dimension: Dimension) -> Sequence[str]:
    """The rows under which a case counts."""
    counted = tally.counted
    match dimension:
        case Dimension.UNIT:
            return (counted.unit or NONE,)
        case Dimension.DISPATCHER:
            return (tally.dispatcher,)
        case Dimension.CHANNEL:
            return (counted.channel,)
        case Dimension.TOPIC:
            return counted.topics or (NONE,)
        case Dimension.COMPLEXITY:
            return (counted.complexity or NONE,)
        case Dimension.MONTH:
            return (counted.month,)


def _keys_of_occurrence(occurrence: Occurrence, dimension: Dimension) -> Sequence[str]:
    """Unit and day are those of the act, everything else is the case's."""
    if dimension is Dimension.UNIT:
        return (occurrence.unit,)
    if dimension is Dimension.MONTH:
        return (f"{occurrence.day:%Y-%m}",)
    return keys_of(occurrence.tally, dimension)


def order_of(dimension: Dimension, keys: Iterable[str], rulebook: Rulebook) -> list[str]:
    """The keys as they stand in the rules, months from the latest; what the rules do not name comes last."""
    orders: dict[Dimension, Iterable[str]] = {
        Dimension.UNIT: rulebook.registry.units,
        Dimension.DISPATCHER: rulebook.registry.units,
        Dimension.CHANNEL: Channel,
        Dimension.TOPIC: dict.fromkeys(t for p in rulebook.procedures.values() for t in p.topics.names),
        Dimension.COMPLEXITY: Complexity,
    }
    if dimension is Dimension.MONTH:
        return sorted(keys, reverse=True)
    place = {key: index for index, key in enumerate(orders[dimension])}
    return sorted(keys, key=lambda key: (key == NONE, place.get(key, len(place)), key))


def name_of(dimension: Dimension, key: str, rulebook: Rulebook) -> str:
    """What people call a row."""
    if key == NONE:
        return _NAMES_OF_NONE[dimension]
    match dimension:
        case Dimension.UNIT | Dimension.DISPATCHER:
            return rulebook.registry.name_of(key)
        case Dimension.CHANNEL:
            return channel_name(key)
        case Dimension.COMPLEXITY:
            return complexity_name(key)
        case Dimension.MONTH:
            return month_name(key)
        case Dimension.TOPIC:
            return key


def listed(population: Population, of: Figure | Act) -> list[tuple[Tally, Occurrence | None]]:
    """The cases behind a figure, as many as the figure says: one an act, or one a case."""
    if isinstance(of, Act):
        return [(o.tally, o) for o in population.occurrences if o.act is of]
    return [(t, None) for t in population.tallies if COUNTS[of](t.counted)]
