"""The figures, as pure functions of counted cases; ``definitions.py`` says in words what these compute.

The site, ``huiyin stats`` and the monthly summary all count here, so that they cannot differ. Figures go by the month
in which a message was *received*, so that answers are compared with the messages that they answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
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


def summarise(cases: Iterable[Counted]) -> Figures:
    """The figures of any set of cases."""
    found = list(cases)
    number = {figure: sum(map(belongs, found)) for figure, belongs in COUNTS.items()}
    closed = filter(COUNTS[Figure.CLOSED], found)
    used = sorted(c.working_days for c in closed if c.working_days is not None)
    return Figures(
        received=number[Figure.RECEIVED],
        pending=number[Figure.PENDING],
        declined=number[Figure.DECLINED],
        withdrawn=number[Figure.WITHDRAWN],
        valid=number[Figure.VALID],
        closed=number[Figure.CLOSED],
        due=number[Figure.DUE],
        on_time=number[Figure.ON_TIME],
        median_days=float(median(used)) if used else None,
        p90_days=used[-(-9 * len(used) // 10) - 1] if used else None,
        rated=number[Figure.RATED],
        satisfied=number[Figure.SATISFIED],
    )


def summarise_by(cases: Iterable[Counted], keys: Callable[[Counted], Iterable[str]]) -> dict[str, Figures]:
    """The figures for each key; a case counts under each of its keys, so rows by topic may add up to more than all."""
    groups: dict[str, list[Counted]] = defaultdict(list)
    for case in cases:
        for key in keys(case):
            groups[key].append(case)
    return {key: summarise(group) for key, group in groups.items()}


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def rate_text(rate: float | None) -> str:
    """93.8%, or — where nothing was to be done; 0.0% means none and 100.0% means all, never nearly so."""
    if rate is None:
        return "—"
    if 0 < rate < 1:
        rate = min(max(rate, 0.001), 0.999)
    return f"{rate:.1%}"
