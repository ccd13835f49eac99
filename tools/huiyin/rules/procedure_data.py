"""From the parsed YAML of a procedure to its value, local rules laid over the province's (第二十三条)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from huiyin.model.case import Channel
from huiyin.model.event import Complexity
from huiyin.model.problem import HuiyinError, Problem
from huiyin.model.unit import Role, UnitKind
from huiyin.rules.procedure import (
    ActorRule,
    Approval,
    ChannelRule,
    ClaimClock,
    EventRule,
    Procedure,
    Route,
    Settings,
    StateRule,
    Topics,
    Transition,
)


def lay_over(documents: Mapping[str, Mapping[str, Any]], path: str) -> dict[str, Any]:
    """The whole document of ``path``: a file that ``extends`` another says only what differs from it.

    Mappings are merged key by key; everything else replaces what it extends.

    Args:
        documents: parsed procedure files by path.

    Raises:
        HuiyinError: HY407, the file extends one that does not exist, or itself.
    """
    seen = [path]
    document = dict(documents[path])
    by_id = {d.get("id"): p for p, d in documents.items()}
    own_term = document.get("in_force")
    while (base := document.pop("extends", None)) is not None:
        base_path = by_id.get(base)
        if base_path is None or base_path in seen:
            why = "不存在" if base_path is None else "与本文件互相引用"
            raise HuiyinError(Problem("HY407", f"所依据的办法“{base}”{why}。", path, "/extends", article="23"))
        seen.append(base_path)
        document = _merge(documents[base_path], document)
    if own_term is not None:
        # A term is one statement: local rules that begin anew do not end with those they rest on.
        document["in_force"] = {"article": "24", **own_term}
    return document


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            merged[key] = _merge(below, value)
        else:
            merged[key] = value
    return merged


def procedure_from_data(data: Mapping[str, Any]) -> Procedure:
    """Build a procedure from the parsed and schema-valid YAML."""
    in_force = data["in_force"]
    return Procedure(
        id=data["id"],
        title=data["title"],
        document=data["document"],
        issuer=data["issuer"],
        in_force_from=date.fromisoformat(in_force["from"]),
        in_force_until=date.fromisoformat(in_force["until"]) if "until" in in_force else None,
        in_force_article=in_force["article"],
        continued_by=in_force.get("continued_by"),
        settings=Settings(**{name: entry["value"] for name, entry in data["settings"].items()}),
        working_days={Complexity(name): entry["days"] for name, entry in data["complexities"].items()},
        topics=Topics(
            tuple(data["topics"]["all"]),
            frozenset(data["topics"]["important"]),
            frozenset(Channel(c) for c in data["topics"]["channels"]),
            data["topics"]["article"],
        ),
        actors={
            name: ActorRule(name, a["unit"], Role(a["role"]), a["title"], a["article"])
            for name, a in data["actors"].items()
        },
        offices=data["offices"],
        channels={
            Channel(name): ChannelRule(
                c["dispatcher"],
                tuple(c["admission"]["requires"]),
                c["admission"]["article"],
                c["review"]["article"],
            )
            for name, c in data["channels"].items()
        },
        states={
            name: StateRule(name, s["title"], s["public"], s.get("closed", False), tuple(s.get("awaits", ())))
            for name, s in data["states"].items()
        },
        clock_articles={name: c["article"] for name, c in data["clocks"].items()},
        reminder_days_before=data["clocks"]["reminder"]["days_before"],
        events={name: _event_rule(name, e) for name, e in data["events"].items()},
        routes={name: _route(name, r) for name, r in data["routes"].items()},
    )


def _approvals(entries: list[Mapping[str, Any]]) -> tuple[Approval, ...]:
    return tuple(Approval(e["by"], e["article"], e.get("when", {}), e.get("stricter", False)) for e in entries)


def _event_rule(name: str, data: Mapping[str, Any]) -> EventRule:
    return EventRule(
        name=name,
        title=data["title"],
        articles=tuple(data["articles"]),
        opened_by=data["opened_by"],
        approvals=_approvals(data["approvals"]),
        from_states=frozenset(data.get("from", ())),
        to=data.get("to"),
    )


def _route(name: str, data: Mapping[str, Any]) -> Route:
    claim = data.get("claim_clock")
    return Route(
        name=name,
        title=data["title"],
        articles=tuple(data["articles"]),
        channel=Channel(data["channel"]),
        unit_kinds=frozenset(UnitKind(k) for k in data["unit_kinds"]),
        letter=data["letter"],
        re_review=data["re_review"],
        claim_clock=ClaimClock(time.fromisoformat(claim["rest_day_until"]), claim["article"]) if claim else None,
        transitions={
            event: Transition(
                frozenset(t["from"]),
                t["to"],
                t["article"],
                _approvals(t["approvals"]) if "approvals" in t else None,
            )
            for event, t in data["transitions"].items()
        },
    )
