"""What the public may see of a case whose published reply was returned (第二十一条): the address stays, the reply goes.

An allow-list of its own, as ``view.py`` is. The citizen was given the address, so it must not end in an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from huiyin.publish.addresses import case_address
from huiyin.publish.timeline import PUBLISHED, PublicEntry, find_entries, was_published
from huiyin.rules.deadlines import local_day
from huiyin.rules.registry import Registry
from huiyin.rules.standing import Replay


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenedCase:
    """A case that was published once and is not now.

    Args:
        withdrawn: the citizen has withdrawn the message since; then ``title``, ``unit``, ``unit_name`` and ``timeline``
            are empty, for nothing of it is public any more.
        updated: the day of the last thing that its page tells.
    """

    id: str
    received_at: datetime
    procedure: str
    procedure_title: str
    withdrawn: bool
    title: str
    unit: str
    unit_name: str
    timeline: tuple[PublicEntry, ...]
    updated: date

    @property
    def address(self) -> str:
        """Where its page stands below the site's root: where the published case stood."""
        return case_address(self.id, self.received_at)


def reopened_case(found: Replay, registry: Registry) -> ReopenedCase | None:
    """What may be seen of a case that was published once, or None where it is published now or never was."""
    if found.state == PUBLISHED or found.assigned is None or not was_published(found, registry):
        return None
    withdrawn = found.state == "withdrawn"
    timeline = () if withdrawn else tuple(find_entries(found, registry))
    return ReopenedCase(
        id=found.case.id,
        received_at=found.case.received_at,
        procedure=found.procedure.id,
        procedure_title=found.procedure.title,
        withdrawn=withdrawn,
        title="" if withdrawn else found.case.title,
        unit="" if withdrawn else found.assigned.unit,
        unit_name="" if withdrawn else registry.name_of(found.assigned.unit),
        timeline=timeline,
        updated=local_day(timeline[-1].at) if timeline else local_day(found.accepted[-1].at),
    )
