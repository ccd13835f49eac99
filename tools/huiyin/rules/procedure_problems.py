"""What a schema cannot say about a procedure: names that must exist, routes that must not overlap (HY405)."""

from __future__ import annotations

from collections.abc import Iterator

from huiyin.model.problem import Problem
from huiyin.rules.procedure import Procedure
from huiyin.rules.registry import Registry

BEFORE_ASSIGNMENT = frozenset({"received", "declined"})
NEED_A_UNIT = frozenset({"misrouted", "extended", "escalated", "supervised", "criticised", "corrected", "rated"})
"""Events that speak of a unit that handles, so they cannot happen before there is one."""


def find_procedure_problems(procedure: Procedure, registry: Registry, path: str) -> Iterator[Problem]:
    """Every name that the procedure uses and nothing defines.

    Args:
        path: the file that holds it, for the problems.
    """

    def problem(pointer: str, message: str) -> Problem:
        return Problem("HY405", message, path, pointer)

    until = procedure.in_force_until
    if until is not None and until < procedure.in_force_from:
        yield problem("/in_force/until", f"届满之日{until}早于施行之日{procedure.in_force_from}。")
    if NEED_A_UNIT & {n for n, e in procedure.events.items() if e.from_states & BEFORE_ASSIGNMENT}:
        yield problem("/events", "延期、列为重要、申请改派等须在交办之后，不得列有交办前的状态。")
    for key, office in procedure.offices.items():
        if office not in registry.units:
            yield problem(f"/offices/{key}", f"单位“{office}”不在单位名册中。")
    for channel, rule in procedure.channels.items():
        if rule.dispatcher not in registry.units:
            yield problem(f"/channels/{channel}/dispatcher", f"交办单位“{rule.dispatcher}”不在单位名册中。")
    if unknown := procedure.topics.important - set(procedure.topics.names):
        yield problem("/topics/important", f"重要主题不在全部主题中：{'、'.join(sorted(unknown))}。")
    for name, event in procedure.events.items():
        for actor in (event.opened_by, *(a.by for a in event.approvals)):
            if actor not in procedure.actors:
                yield problem(f"/events/{name}", f"角色“{actor}”没有定义。")
        if event.to == "by_route" and not any(name in r.transitions for r in procedure.routes.values()):
            yield problem(f"/events/{name}/to", "没有任何办理路径写明这一事件。")
        if event.to != "by_route" and not event.from_states and name != "received":
            yield problem(f"/events/{name}", "没有写明可在哪些状态发生（from）。")
    taken: dict[tuple[str, str], str] = {}
    for name, route in procedure.routes.items():
        for event_name, transition in route.transitions.items():
            if procedure.events[event_name].to != "by_route":
                yield problem(f"/routes/{name}/transitions/{event_name}", "该事件的通则没有写 to: by_route。")
            for approval in transition.approvals or ():
                if approval.by not in procedure.actors:
                    yield problem(f"/routes/{name}/transitions/{event_name}", f"角色“{approval.by}”没有定义。")
        for kind in sorted(route.unit_kinds):
            other = taken.setdefault((route.channel, kind), name)
            if other != name:
                yield problem(f"/routes/{name}/unit_kinds", f"与路径“{other}”重叠：同一渠道、同类单位只能有一条路径。")
