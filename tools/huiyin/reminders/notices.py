"""What there is to tell about a case: kinds of notices, and one notice. No title, no text (第十九条)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from huiyin.model.unit import Role


class Kind(StrEnum):
    """What a notice is about, in the order in which a letter tells it."""

    TRACKED = "tracked"
    SUPERVISED_OVERDUE = "supervised_overdue"
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    CLAIM_LATE = "claim_late"
    CLAIM = "claim"
    REVIEW_LATE = "review_late"
    REVIEW = "review"
    COPIED = "copied"

    @property
    def label(self) -> str:
        """The short word of a subject line or a table."""
        return LABELS[self][0]

    @property
    def heading(self) -> str:
        """The heading of its list in a letter."""
        return LABELS[self][1]

    @property
    def order(self) -> int:
        """Its place among the kinds."""
        return list(Kind).index(self)


LABELS = {
    Kind.TRACKED: ("跟踪督办", "逾期未办且有省政府领导批示，请跟踪督办"),
    Kind.SUPERVISED_OVERDUE: ("督办逾期", "专项督办的留言逾期未办结"),
    Kind.OVERDUE: ("逾期", "逾期未办结，请承办单位抓紧办理"),
    Kind.DUE_SOON: ("将到期", "办理时限将到期，仍未报送答复或者公开答复"),
    Kind.CLAIM_LATE: ("逾期未认领", "逾期未认领，请承办单位立即认领"),
    Kind.CLAIM: ("待认领", "今日应当认领，尚未认领"),
    Kind.REVIEW_LATE: ("逾期未审核", "收到当日未审核，请立即审核"),
    Kind.REVIEW: ("待审核", "今日收到，尚未审核"),
    Kind.COPIED: ("抄送督办", "重要情况和突出问题，抄送专项督办"),
}


class Seat(NamedTuple):
    """A role in a unit: whoever holds it on that day is told."""

    unit: str
    role: Role


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell about one case on one day.

    Args:
        day: the day on which it was to be told (Asia/Shanghai); earlier than today if it is told late.
        unit: who must act; ``dispatcher`` whose queue it is (第十四条).
        due: date, or date and time where an hour counts.
        working_days_late: full working days past due; ``hours_late`` full clock hours.
        provisional: the due date rests on a year whose calendar is not published yet.
        articles: the articles behind it.
        reasons: Chinese, why 督查室 gets a copy (第八、十一条).
        document: Chinese, the procedure that the case runs under.
        seats: who is to be told.
    """

    kind: Kind
    day: date
    case_id: str
    unit: str
    dispatcher: str
    due: str
    working_days_late: int
    hours_late: int
    provisional: bool
    articles: tuple[str, ...]
    reasons: tuple[str, ...]
    document: str
    seats: tuple[Seat, ...]


class Key(NamedTuple):
    """What may be sent once only.

    Args:
        day: as in ``Notice``, ISO form.
        kind: a ``Kind``.
        to: id of a person or of a robot's group.
        channel: "mail", or the kind of robot.
    """

    day: str
    kind: str
    case_id: str
    to: str
    channel: str
