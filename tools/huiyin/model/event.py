"""The events of a case, one frozen class a type (design §3); the fields are those of ``schema/case.schema.json``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar


class Complexity(StrEnum):
    """How long handling may take (第十三条): 7, 15 or 5 working days under the province's rules."""

    SIMPLE = "simple"
    COMPLEX = "complex"
    IMPORTANT = "important"

    @property
    def label(self) -> str:
        """The Chinese word shown to clerks and citizens."""
        return {"simple": "一般", "complex": "复杂", "important": "重要"}[self.value]


class ReplyMode(StrEnum):
    """How the citizen is answered (第二十条)."""

    PUBLIC = "public"
    PRIVATE = "private"
    EXPLANATION = "explanation"

    @property
    def label(self) -> str:
        """The Chinese word shown to clerks and citizens."""
        return {"public": "公开答复", "private": "个别答复", "explanation": "解释说明"}[self.value]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who recorded an event. ``person`` is None only in records taken over from past years."""

    unit: str
    person: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all events share.

    Args:
        at: when it happened; with an offset, whole seconds.
        by: the unit and person who recorded it.
        note: remark for colleagues; never published.
    """

    type: ClassVar[str]
    at: datetime
    by: Actor
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined(Event):
    """不予受理 (第三至五、十(一)、十二条)."""

    type: ClassVar[str] = "declined"
    reason: str
    explanation: str | None = None
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned(Event):
    """交办、转办或改派 (第九(一)(四)、十(一)、十二、十三条); starts the handling clock."""

    type: ClassVar[str] = "assigned"
    unit: str
    basis: int
    complexity: Complexity
    assisting: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    letter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed(Event):
    """认领 (第九(二)条)."""

    type: ClassVar[str] = "claimed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Misrouted(Event):
    """申请改派 (第二条): must name the unit that it belongs to."""

    type: ClassVar[str] = "misrouted"
    belongs_to: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingStep:
    """A step of investigation, verification or talk before the answer (第二、七条); never published."""

    day: date
    kind: str
    online: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Event):
    """报送答复 (第九(三)(四)、十(二)、十二、二十条): the text that the head of the unit signs."""

    type: ClassVar[str] = "answered"
    mode: ReplyMode
    publisher: str
    reply: str | None = None
    public_note: str | None = None
    delivered_by: str | None = None
    marks: tuple[str, ...] = ()
    reason: str | None = None
    letter: str | None = None
    handling: tuple[HandlingStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Published(Event):
    """复审后公开 (第九(三)(四)、十二条). Holds no text: what was signed is what is published."""

    type: ClassVar[str] = "published"
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned(Event):
    """退回重办 (第二十一条), with its ground; the due date stands unless ``due`` sets one."""

    type: ClassVar[str] = "returned"
    ground: str
    explanation: str
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended(Event):
    """延期 (第十六条): applied for by the unit, consented to by the dispatcher."""

    type: ClassVar[str] = "extended"
    due: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated(Event):
    """列为重要 (第八、十一、十三条): five working days from assignment, copied to 督查室."""

    type: ClassVar[str] = "escalated"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructed(Event):
    """领导批示 (第十八条)."""

    type: ClassVar[str] = "instructed"
    leader: str
    instruction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervised(Event):
    """专项督办或跟踪督办 (第八、十八条)."""

    type: ClassVar[str] = "supervised"
    kind: str
    requirement: str | None = None
    letter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Criticised(Event):
    """书面检查或通报批评 (第二十二条): recorded with reason and consequence, never inferred."""

    type: ClassVar[str] = "criticised"
    kind: str
    unit: str
    reason: str
    consequence: str
    letter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected(Event):
    """更正 of a published reply (第二十、二十二条); the page says so.

    Of a private answer only the public note can be corrected here: its text is not in the record.
    """

    type: ClassVar[str] = "corrected"
    reply: str | None = None
    public_note: str | None = None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted(Event):
    """隐去 (第十九条): the only event that may change earlier text, and only by removing it."""

    type: ClassVar[str] = "redacted"
    pointers: tuple[str, ...]
    kind: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(Event):
    """留言人撤回."""

    type: ClassVar[str] = "withdrawn"
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated(Event):
    """满意度: what the citizen said of the reply, apart from whether it was on time."""

    type: ClassVar[str] = "rated"
    level: str


EVENT_TYPES: dict[str, type[Event]] = {
    cls.type: cls
    for cls in (
        Declined, Assigned, Claimed, Misrouted, Answered, Published, Returned, Extended, Escalated,
        Instructed, Supervised, Criticised, Corrected, Redacted, Withdrawn, Rated,
    )
}  # fmt: skip
