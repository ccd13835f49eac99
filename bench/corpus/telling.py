"""What every story is told with: chance, the clock of the offices, and events put down one after another."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Any

from huiyin.model.case import SHANGHAI, Channel
from huiyin.model.unit import Unit
from huiyin.rules.calendar import WorkingDays
from huiyin.rules.procedure import Procedure, Route
from huiyin.rules.rulebook import Rulebook

Event = dict[str, Any]


class Telling:
    """One case so far: its events, the moment of the last one and the unit that is responsible."""

    unit: Unit

    def __init__(self, rng: random.Random, rulebook: Rulebook, channel: Channel) -> None:
        self.rng = rng
        self.rulebook = rulebook
        self.procedure: Procedure = rulebook.procedures["gs-2015-115"]
        self.channel = channel
        self.dispatcher = self.procedure.channels[channel].dispatcher
        self.events: list[Event] = []
        self.now = datetime.min.replace(tzinfo=SHANGHAI)

    def chance(self, share: float) -> bool:
        """True in that share of the cases."""
        return self.rng.random() < share

    @property
    def days(self) -> WorkingDays:
        """The working days of the responsible unit, local holidays included."""
        return self.rulebook.days_for(self.unit.id, self.procedure)

    @property
    def route(self) -> Route:
        """Follows from the channel and the kind of unit."""
        route = self.procedure.route_for(self.channel, self.unit.kind)
        assert route is not None
        return route

    def add(self, type_: str, by: str, at: datetime, **fields: Any) -> None:
        """An event at a moment, or as soon after the one before as is possible."""
        self.now = max(at, self.now + timedelta(minutes=3))
        actor = {"unit": by, "person": f"{by}.clerk"}
        self.events.append({"type": type_, "at": self.now.isoformat(), "by": actor, **fields})

    def later(self, working_days: int) -> datetime:
        """Some time in the office hours of the n-th working day from now, or today in an hour or two."""
        if working_days == 0:
            return self.now + timedelta(seconds=1800 + int(self.rng.random() * 7200))
        return self.in_office(self.days.add(self.now.date(), working_days))

    def after(self, days: float) -> datetime:
        """About so many days from now, by day."""
        span = 1 + int(self.rng.random() * days)
        return self.in_office(self.now.date() + timedelta(days=span))

    def in_office(self, day: date) -> datetime:
        """Some time in the office hours of a day."""
        return datetime.combine(day, time(9), SHANGHAI) + timedelta(seconds=int(self.rng.random() * 30000))
