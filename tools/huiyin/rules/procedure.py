"""A procedure: the regulation as data (design §1.2; 第二十三、二十四条). Built from ``rules/procedure/*.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from huiyin.model.case import Channel
from huiyin.model.event import Complexity
from huiyin.model.unit import Role, UnitKind


@dataclass(frozen=True, slots=True)
class Settings:
    """How the procedure is read where the regulation is silent or ambiguous (design §6)."""

    counting_starts: str
    reminder_day: str
    rest_days: str
    claim_day: str
    lateness_stops_at: str
    return_restarts_clock: bool
    reassignment_restarts_clock: bool
    local_holidays: bool
    basis_5_is_important: bool
    lapsed: str


@dataclass(frozen=True, slots=True)
class ActorRule:
    """A place in the procedure that a person fills: a role in the dispatcher, the responsible unit, or an office."""

    name: str
    unit: str
    role: Role
    title: str
    article: str


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval that an event needs; ``when`` restricts it to events whose fields have these values."""

    by: str
    article: str
    when: Mapping[str, str]
    stricter: bool = False


@dataclass(frozen=True, slots=True)
class EventRule:
    """Who records an event, who approves it, and what it does to the state."""

    name: str
    title: str
    articles: tuple[str, ...]
    opened_by: str
    approvals: tuple[Approval, ...]
    from_states: frozenset[str]
    to: str | None


@dataclass(frozen=True, slots=True)
class Transition:
    """What an event does on one route; ``approvals`` replaces those of the event where given."""

    from_states: frozenset[str]
    to: str
    article: str
    approvals: tuple[Approval, ...] | None = None


@dataclass(frozen=True, slots=True)
class ClaimClock:
    """第九条(二): same day on a working day, else until ``rest_day_until`` on the first working day after."""

    rest_day_until: time
    article: str


@dataclass(frozen=True, slots=True)
class Route:
    """The way of a case, by channel and kind of unit (第九、十、十二条)."""

    name: str
    title: str
    articles: tuple[str, ...]
    channel: Channel
    unit_kinds: frozenset[UnitKind]
    letter: bool
    re_review: bool
    claim_clock: ClaimClock | None
    transitions: Mapping[str, Transition]


@dataclass(frozen=True, slots=True)
class StateRule:
    """A state with the words for clerks and for citizens, and the events that it waits for.

    ``closed`` states wait for nobody.
    """

    name: str
    title: str
    public: str
    closed: bool
    awaits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """Who dispatches a channel (第六条) and what a message must have to be admitted (第十(一)、十二条).

    ``article`` is that of the admission, ``review_article`` that of the review by the end of the day of receipt.
    """

    dispatcher: str
    requires: tuple[str, ...]
    article: str
    review_article: str


@dataclass(frozen=True, slots=True)
class Topics:
    """All topics, and the six that force importance on some channels (第十一条)."""

    names: tuple[str, ...]
    important: frozenset[str]
    channels: frozenset[Channel]
    article: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """One version of the rules, with its dates in force (第二十四条)."""

    id: str
    title: str
    document: str
    issuer: str
    in_force_from: date
    in_force_until: date | None
    in_force_article: str
    continued_by: str | None
    settings: Settings
    working_days: Mapping[Complexity, int]
    topics: Topics
    actors: Mapping[str, ActorRule]
    offices: Mapping[str, str]
    channels: Mapping[Channel, ChannelRule]
    states: Mapping[str, StateRule]
    clock_articles: Mapping[str, str]
    reminder_days_before: int
    events: Mapping[str, EventRule]
    routes: Mapping[str, Route]
    _moves: dict[tuple[str, str], Transition | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    _legal: dict[tuple[str, str, Channel], tuple[str, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def route_for(self, channel: Channel, kind: UnitKind) -> Route | None:
        """The route of a message of that channel handled by that kind of unit, or None if there is none."""
        for route in self.routes.values():
            if route.channel == channel and kind in route.unit_kinds:
                return route
        return None

    def transition(self, event: str, route: Route | None) -> Transition | None:
        """What ``event`` does on ``route``: the route's own rule, else the event's; None if it cannot happen there.

        A transition whose ``to`` is "" leaves the state as it is.
        """
        # Replay asks this for every event of every case, and there are a few dozen answers.
        key = (event, route.name if route else "")
        if key not in self._moves:
            self._moves[key] = self._find_transition(event, route)
        return self._moves[key]

    def legal_events(self, state: str, route: Route | None, channel: Channel) -> tuple[str, ...]:
        """Names of the events allowed in ``state``, in their order.

        Args:
            route: None before assignment, when every route of the channel is open.
        """
        key = (state, route.name if route else "", channel)
        if key not in self._legal:
            routes = [r for r in self.routes.values() if r.channel == channel] if route is None else [route]
            self._legal[key] = tuple(
                name
                for name in self.events
                if any((t := self.transition(name, r)) is not None and state in t.from_states for r in routes)
            )
        return self._legal[key]

    def _find_transition(self, event: str, route: Route | None) -> Transition | None:
        rule = self.events[event]
        if rule.to == "by_route":
            return route.transitions.get(event) if route else None
        article = rule.articles[0] if rule.articles else ""
        return Transition(rule.from_states, rule.to or "", article)

    def approvals(self, event: str, route: Route | None) -> tuple[Approval, ...]:
        """The approvals that ``event`` needs on ``route``, conditional ones included."""
        transition = self.transition(event, route)
        if transition and transition.approvals is not None:
            return transition.approvals
        return self.events[event].approvals

    def has_lapsed(self, day: date) -> bool:
        """Whether the term ended before ``day`` and no document continues it (第二十四条)."""
        return self.continued_by is None and self.in_force_until is not None and day > self.in_force_until
