"""What the sender of a message may see of it with the query code: an allow-list (design §1.6), and never a text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from huiyin.publish.view import PublicCase
from huiyin.rules.deadlines import ClockKind
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.standing import Replay

NOTES = {"declined": "不予受理", "withdrawn": "留言已撤回"}
"""States whose public word, 已办理, would mislead the sender → what is said besides."""


@dataclass(frozen=True, slots=True)
class PublicStatus:
    """Where a message stands.

    Args:
        lookup: the slow hash of its number and its code.
        state: 待回复, 办理中 or 已办理, as the procedure has it.
        note: one of ``NOTES``, or "".
        unit: name of the unit that handles it, or "" before it is assigned and once it is declined or withdrawn.
        due: until when, while it is being handled; else None.
        provisional: the due date rests on a year whose calendar is not published yet.
        page: address of its page below the site's root where a reply is public, else "".
    """

    lookup: str
    state: str
    note: str
    unit: str
    due: date | None
    provisional: bool
    page: str


def status_of(found: Replay, rulebook: Rulebook, published: PublicCase | None) -> PublicStatus | None:
    """Where a case stands, or None where its sender was given no code.

    Args:
        found: the case at a moment, without errors.
        published: what the public sees of it, if anything.
    """
    if found.case.lookup is None:
        return None
    clock = None if found.closed else found.clock(ClockKind.HANDLING)
    note = NOTES.get(found.state, "")
    return PublicStatus(
        lookup=found.case.lookup,
        state=found.public_status,
        note=note,
        unit=rulebook.registry.name_of(found.unit) if found.unit is not None and not note else "",
        due=clock.due.day if clock is not None else None,
        provisional=clock is not None and clock.due.provisional,
        page=published.address if published is not None else "",
    )
