"""What the site needs of one case, computed from its file and the rules alone, so that it can be kept by its blob id.

Nothing here depends on the clock: of an open case it is kept from when on it is late. Facts are made only of a case
without errors, and hold only what ``view.py``, ``reopened.py`` and ``status/view.py`` let through.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from huiyin.findings import Key
from huiyin.model.case import Case
from huiyin.publish.accepted import accepted
from huiyin.publish.reopened import ReopenedCase, reopened_case
from huiyin.publish.statistics import Counted, Outcome
from huiyin.publish.status.view import PublicStatus, status_of
from huiyin.publish.view import PublicCase, counted, counted_unpublished, public_case
from huiyin.rules.deadlines import ClockKind
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.standing import Replay


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One case.

    Args:
        counted: not late while it is open; see ``late_after``.
        late_after: the moment after which an open case is late; None for any other.
        latest: its last event; at a moment before that the case is another one.
        refers: ids of the cases that it names, which must exist.
        accepted: what looks personal in its public texts and was not refused.
    """

    id: str
    received_at: datetime
    case: PublicCase | None
    reopened: ReopenedCase | None
    status: PublicStatus | None
    counted: Counted
    late_after: datetime | None
    latest: datetime
    refers: tuple[str, ...]
    accepted: tuple[Key, ...]

    def counted_at(self, now: datetime) -> Counted:
        """What the figures of a moment need of it."""
        return self.counted if self.late_after is None else replace(self.counted, late=now > self.late_after)


def facts_of(found: Replay, rulebook: Rulebook) -> Facts:
    """The facts of a case without errors, at any moment after its last event."""
    case = public_case(found, rulebook)
    reopened = None if case else reopened_case(found, rulebook.registry)
    count = counted(case) if case else counted_unpublished(found, rulebook)
    late_after = _late_after(found, count)
    return Facts(
        id=found.case.id,
        received_at=found.case.received_at,
        case=case,
        reopened=reopened,
        status=status_of(found, rulebook, case),
        counted=count if late_after is None else replace(count, late=False),
        late_after=late_after,
        latest=max([found.case.received_at, *(event.at for event in found.case.events)]),
        refers=tuple(_named(found.case)),
        accepted=tuple(sorted(accepted(filter(None, [case]), filter(None, [reopened]), (), rulebook.privacy))),
    )


def pack(facts: Facts) -> bytes:
    """The facts as they are kept."""
    return _ENCODER.encode(facts)


def unpack(data: bytes) -> Facts:
    """Facts that were kept.

    Raises:
        ValueError: these are none.
    """
    return _DECODER.decode(data)


def _late_after(found: Replay, count: Counted) -> datetime | None:
    clock = found.clock(ClockKind.HANDLING)
    if count.outcome is not Outcome.OPEN or clock is None:
        return None
    # What was late before a later date was set stays late.
    missed = any(earlier.until > earlier.due.at for earlier in clock.missed)
    if clock.stopped is not None:
        missed = missed or clock.stopped > clock.due.at
        return found.case.received_at if missed else datetime.max.replace(tzinfo=clock.stopped.tzinfo)
    return found.case.received_at if missed else clock.due.at


def _named(case: Case) -> Iterator[str]:
    for other in (case.duplicate_of, *(getattr(event, "duplicate_of", None) for event in case.events)):
        if other is not None:
            yield other


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Facts)
