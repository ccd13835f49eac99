"""The public figures, as pure functions of counted cases; ``definitions.py`` says in words what these compute.

Figures go by the month in which a message was *received*, so that answers are compared with the messages that they
answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
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


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one row; ``definitions.py`` says what each means. Rates lie between 0 and 1, or are None."""

    received: int
    pending: int
    declined: int
    withdrawn: int
    valid: int
    closed: int
    due: int
    on_time: int
    median_days: float | None
    rated: int
    satisfied: int

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
    closed = [c for c in found if c.outcome is Outcome.CLOSED]
    open_late = sum(c.outcome is Outcome.OPEN and c.late for c in found)
    used = [c.working_days for c in closed if c.working_days is not None]
    levels = [c.satisfaction for c in closed if c.satisfaction is not None]
    outcomes = [c.outcome for c in found]
    return Figures(
        received=len(found),
        pending=outcomes.count(Outcome.PENDING),
        declined=outcomes.count(Outcome.DECLINED),
        withdrawn=outcomes.count(Outcome.WITHDRAWN),
        valid=outcomes.count(Outcome.OPEN) + len(closed),
        closed=len(closed),
        due=len(closed) + open_late,
        on_time=sum(not c.late for c in closed),
        median_days=float(median(used)) if used else None,
        rated=len(levels),
        satisfied=sum(level in SATISFIED for level in levels),
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
