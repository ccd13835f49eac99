"""The figures, as pure functions of counted cases; ``definitions.py`` says in words what these compute.

The site, ``huiyin stats`` and the monthly summary all count here, so that they cannot differ. Figures go by the month
in which a message was *received*, so that answers are compared with the messages that they answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from itertools import chain, repeat
from statistics import median

from huiyin.model.case import Channel
from huiyin.model.event import Complexity

SATISFIED = frozenset({"非常满意", "满意", "基本满意"})
"""The levels that count as satisfied, of the five of ``rated``."""


class Outcome(StrEnum):
    """What became of a message, as far as the public figures tell."""

    PENDING = "pending"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the figures need of one case, published or not; nothing by which a person could be known.

    Args:
        month: ``2026-11``, in which the message was received (Asia/Shanghai).
        unit: id of the lead unit, or None before assignment.
        late: answered after the due date, or not answered though it has passed; or late before a later date was set.
        working_days: used for handling; None unless closed.
        satisfaction: the level that the citizen gave, or None.
    """

    month: str
    channel: Channel
    outcome: Outcome
    unit: str | None = None
    topics: tuple[str, ...] = ()
    complexity: Complexity | None = None
    late: bool = False
    working_days: int | None = None
    satisfaction: str | None = None


class Figure(StrEnum):
    """A figure that is a number of cases, so that there is a list of cases behind it."""

    RECEIVED = "received"
    PENDING = "pending"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    VALID = "valid"
    OPEN = "open"
    CLOSED = "closed"
    DUE = "due"
    ON_TIME = "on_time"
    LATE = "late"
    RATED = "rated"
    SATISFIED = "satisfied"


COUNTS: Mapping[Figure, Callable[[Counted], bool]] = {
    Figure.RECEIVED: lambda c: True,
    Figure.PENDING: lambda c: c.outcome is Outcome.PENDING,
    Figure.DECLINED: lambda c: c.outcome is Outcome.DECLINED,
    Figure.WITHDRAWN: lambda c: c.outcome is Outcome.WITHDRAWN,
    Figure.VALID: lambda c: c.outcome in (Outcome.OPEN, Outcome.CLOSED),
    Figure.OPEN: lambda c: c.outcome is Outcome.OPEN,
    Figure.CLOSED: lambda c: c.outcome is Outcome.CLOSED,
    Figure.DUE: lambda c: c.outcome is Outcome.CLOSED or (c.outcome is Outcome.OPEN and c.late),
    Figure.ON_TIME: lambda c: c.outcome is Outcome.CLOSED and not c.late,
    Figure.LATE: lambda c: c.outcome in (Outcome.OPEN, Outcome.CLOSED) and c.late,
    Figure.RATED: lambda c: c.outcome is Outcome.CLOSED and c.satisfaction is not None,
    Figure.SATISFIED: lambda c: c.outcome is Outcome.CLOSED and c.satisfaction in SATISFIED,
}
"""Whether a case belongs to a figure: the one definition in code of each."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one row; ``definitions.py`` says what each means. Rates lie between 0 and 1, or are None.

    Args:
        median_days, p90_days: working days used for handling, of closed cases; None where there are none.
    """

    received: int
    pending: int
    declined: int
    withdrawn: int
    valid: int
    closed: int
    due: int
    on_time: int
    median_days: float | None
    p90_days: int | None
    rated: int
    satisfied: int

    @property
    def open(self) -> int:
        """尚未办结: valid and not closed."""
        return self.valid - self.closed

    @property
    def late(self) -> int:
        """逾期: due and not on time."""
        return self.due - self.on_time

    @property
    def reply_rate(self) -> float | None:
        """回复率."""
        return _rate(self.closed, self.valid)

    @property
    def on_time_rate(self) -> float | None:
        """按期办结率; its denominator ``due`` is 应办结."""
        return _rate(self.on_time, self.due)

    @property
    def satisfaction_rate(self) -> float | None:
        """满意率."""
        return _rate(self.satisfied, self.rated)


Kind = tuple[Outcome, bool, int | None, str | None]
"""All that any figure looks at: outcome, late, working days, satisfaction."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Cases counted by kind: sums of it are cheap, and give the same figures as the cases themselves."""

    numbers: dict[Kind, int] = field(default_factory=dict)

    def add(self, case: Counted, times: int = 1) -> None:
        """Count a case."""
        kind = (case.outcome, case.late, case.working_days, case.satisfaction)
        self.numbers[kind] = self.numbers.get(kind, 0) + times

    def merge(self, other: Tally) -> None:
        """Count all that another has counted."""
        for kind, number in other.numbers.items():
            self.numbers[kind] = self.numbers.get(kind, 0) + number

    def figures(self) -> Figures:
        """The figures of what was counted."""
        count = dict.fromkeys(COUNTS, 0)
        used: dict[int, int] = defaultdict(int)
        for kind, number in self.numbers.items():
            figures, days_used = _counted_in(kind)
            for figure in figures:
                count[figure] += number
            if days_used is not None:
                used[days_used] += number
        days = list(chain.from_iterable(repeat(length, used[length]) for length in sorted(used)))
        return Figures(
            received=count[Figure.RECEIVED],
            pending=count[Figure.PENDING],
            declined=count[Figure.DECLINED],
            withdrawn=count[Figure.WITHDRAWN],
            valid=count[Figure.VALID],
            closed=count[Figure.CLOSED],
            due=count[Figure.DUE],
            on_time=count[Figure.ON_TIME],
            median_days=float(median(days)) if days else None,
            p90_days=days[-(-9 * len(days) // 10) - 1] if days else None,
            rated=count[Figure.RATED],
            satisfied=count[Figure.SATISFIED],
        )


def tally(cases: Iterable[Counted]) -> Tally:
    """Any set of cases, counted."""
    found = Tally()
    for case in cases:
        found.add(case)
    return found


def summarise(cases: Iterable[Counted]) -> Figures:
    """The figures of any set of cases."""
    return tally(cases).figures()


def summarise_by(cases: Iterable[Counted], keys: Callable[[Counted], Iterable[str]]) -> dict[str, Figures]:
    """The figures for each key; a case counts under each of its keys, so rows by topic may add up to more than all."""
    groups: dict[str, Tally] = defaultdict(Tally)
    for case in cases:
        for key in keys(case):
            groups[key].add(case)
    return {key: group.figures() for key, group in groups.items()}


@cache
def _counted_in(kind: Kind) -> tuple[tuple[Figure, ...], int | None]:
    """The figures to which a case of that kind belongs, and the working days that it adds to those of closed ones."""
    outcome, late, days, level = kind
    case = Counted(month="", channel=Channel.PEOPLE, outcome=outcome, late=late, working_days=days, satisfaction=level)
    found = tuple(figure for figure, belongs in COUNTS.items() if belongs(case))
    return found, days if Figure.CLOSED in found else None


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def rate_text(rate: float | None) -> str:
    """93.8%, or — where nothing was to be done; 0.0% means none and 100.0% means all, never nearly so."""
    if rate is None:
        return "—"
    if 0 < rate < 1:
        rate = min(max(rate, 0.001), 0.999)
    return f"{rate:.1%}"
