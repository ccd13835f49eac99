"""An event before it meets its case: what was typed, by whom, and when."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from huiyin.model.event import EVENT_TYPES
from huiyin.model.moment import timestamp
from huiyin.model.problem import HuiyinError, Problem
from huiyin.rules.deadlines import local_day
from huiyin.rules.registry import Registry
from huiyin.rules.replay import Replay
from huiyin.rules.steps import unit_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One event to be recorded in one or more cases.

    Args:
        type: key of ``EVENT_TYPES``.
        at: with an offset, whole seconds.
        person: id of who records it.
        unit: id of the unit they record it for, or None to let the procedure tell.
        fields: the other fields, as JSON values.
        hide: for ``redacted``, the text to be taken out; never shown.
    """

    type: str
    at: datetime
    person: str
    unit: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    hide: str = field(default="", repr=False)


def event_for(draft: Draft, replay: Replay, registry: Registry) -> dict[str, Any]:
    """The event as it goes into the case that ``replay`` is of.

    The unit follows from the role that the event needs, the name of publication from the responsible unit (第二十条).

    Raises:
        HuiyinError: HY943, the person sits in several units and none of them is the right one.
    """
    unit = draft.unit or _acting_unit(draft, replay, registry)
    event = {
        "type": draft.type,
        "at": timestamp(draft.at),
        "by": {"unit": unit, "person": draft.person},
        **copy.deepcopy(dict(draft.fields)),
    }
    if "publisher" in (f.name for f in fields(EVENT_TYPES[draft.type])) and "publisher" not in event:
        publishing = registry.units.get(replay.unit or unit)
        # Before an assignment nobody publishes; the event is refused for its order, and must be well-formed for that.
        event["publisher"] = (publishing.publisher or publishing.name) if publishing else unit
    return event


def _acting_unit(draft: Draft, replay: Replay, registry: Registry) -> str:
    rule = replay.procedure.events[draft.type]
    actor = replay.procedure.actors[rule.opened_by]
    expected = unit_of(actor, replay.unit, replay.case, replay.procedure)
    day = local_day(draft.at)
    person = registry.people[draft.person]
    held = dict.fromkeys(h.unit for h in person.holdings if h.role == actor.role and h.holds_on(day))
    if expected in held:
        return expected
    if len(held) > 1:
        forms = "、".join(f"{draft.person}@{unit}" for unit in held)
        raise HuiyinError(
            Problem(
                "HY943",
                f"{person.name}在几个单位任{actor.role.label}，都不是应记录“{rule.title}”的"
                f"{registry.name_of(expected) if expected else '承办单位'}；请核对编号，或写明：--by {forms}。",
                article=actor.article,
            )
        )
    # Whoever does not hold the role is named as such (HY307), or their unit is (HY304), by replay.
    return next(iter(held), None) or expected or person.holdings[0].unit
