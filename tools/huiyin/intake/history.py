"""Ledgers of past years: the events of a case that was handled before this record existed.

They name units and no persons, for the ledger knows none; what it leaves out is noted on the event, never made up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from huiyin.intake.cells import RefusedCell
from huiyin.model.case import Channel
from huiyin.model.moment import timestamp
from huiyin.rules.procedure import Procedure
from huiyin.rules.registry import Registry

NOT_RECORDED = {
    "claimed_at": "台账未载认领时间，按交办时间登记。",
    "published_at": "台账未载公开时间，按答复时间登记。",
    "assigned_at": "台账未载交办时间，按收到时间登记。",
}
"""Notes on events whose time the ledger does not have."""

_ASSIGNED_KEYS = ("unit", "assisting", "basis", "complexity", "topics", "concerns", "letter")
_SIGNED = re.compile(r"(?<![0-9])([12][0-9]{3}) *[年./-] *([0-9]{1,2}) *[月./-] *([0-9]{1,2}) *日?[。.!\s]*\Z")


def history_events(
    values: Mapping[str, Any],
    channel: Channel,
    procedure: Procedure,
    registry: Registry,
    *,
    assigned_at_receipt: bool = False,
) -> list[dict[str, Any]]:
    """The events of a past case, in order: assigned, claimed, answered, published, as its route has them.

    Args:
        values: of a draft without errors.
        assigned_at_receipt: the ledger has no time of assignment, and ``assigned_at`` repeats the receipt.

    Raises:
        RefusedCell: HY517, a reply without its time or the other way round; HY513, no route for the unit.
    """
    if ("reply" in values) != ("answered_at" in values):
        absent = "答复时间" if "reply" in values else "答复内容"
        raise RefusedCell("HY517", f"缺少{absent}，而与之对应的一项已经填写。")
    unit = registry.units[values["unit"]]
    route = procedure.route_for(channel, unit.kind)
    if route is None:
        raise RefusedCell("HY513", f"办法没有规定{channel.label}的留言由{unit.name}承办的路径。")
    log = _Log(values["received_at"], procedure.channels[channel].dispatcher, unit.id)
    log.add("assigned", "assigned_at" if not assigned_at_receipt else None, values, note="assigned_at")
    log.events[-1] |= {key: values[key] for key in _ASSIGNED_KEYS if key in values}
    answered = "reply" in values
    if "claimed" in route.transitions and ("claimed_at" in values or answered):
        log.add("claimed", "claimed_at", values)
    if answered:
        log.add("answered", "answered_at", values)
        log.events[-1] |= {"mode": "public", "publisher": unit.publisher, "reply": values["reply"]}
        if "published" in route.transitions:
            log.add("published", "published_at", values)
    return log.events


class _Log:
    """The events so far; lives only inside ``history_events``."""

    def __init__(self, received_at: datetime, dispatcher: str, unit: str) -> None:
        self.events: list[dict[str, Any]] = []
        self._last = received_at
        self._by = {"assigned": dispatcher, "claimed": unit, "answered": unit, "published": dispatcher}

    def add(self, type_: str, time_field: str | None, values: Mapping[str, Any], note: str | None = None) -> None:
        moment: datetime = values.get(time_field or "", self._last)
        # A ledger that holds only days says midnight, which would be before the message of that morning.
        if moment < self._last and moment.date() == self._last.date() and moment.timetz().isoformat()[:8] == "00:00:00":
            moment = self._last
        event: dict[str, Any] = {"type": type_, "at": timestamp(moment), "by": {"unit": self._by[type_]}}
        if time_field is None or time_field not in values:
            event["note"] = NOT_RECORDED[time_field or note or ""]
        self.events.append(event)
        self._last = moment


def signed_date(reply: str) -> date | str | None:
    """The date with which a reply ends.

    Returns:
        None where it ends otherwise; "" where it is a date that no calendar has.
    """
    found = _SIGNED.search(unicodedata.normalize("NFKC", reply[-40:]))
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return ""


def find_other_date(values: Mapping[str, Any]) -> Iterator[str]:
    """Say so where a reply is signed with another day than that of its answer."""
    if "reply" in values and "answered_at" in values:
        signed = signed_date(values["reply"])
        answered: date = values["answered_at"].date()
        if signed == "":
            yield "答复落款的日期历法上没有。"
        elif signed is not None and signed != answered:
            yield f"答复落款为{signed}，答复时间为{answered}。"
