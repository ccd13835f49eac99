"""The page that explains a procedure, made from its data alone (第二十三、二十四条): nothing on it is written twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from huiyin.model.event import ReplyMode
from huiyin.model.unit import UnitKind
from huiyin.repo.schemas import load_schema
from huiyin.repo.source import Source
from huiyin.repo.store import PROCEDURES, load_document
from huiyin.rules.articles import cite, cite_all
from huiyin.rules.conduct.assignment import ADMISSION_LABELS
from huiyin.rules.deadlines import local_day
from huiyin.rules.procedure import Approval, Procedure, Route
from huiyin.rules.procedure_data import lay_over
from huiyin.rules.registry import Registry
from huiyin.rules.rulebook import Rulebook

_MODES = {mode.value: mode.label for mode in ReplyMode}


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """Who must approve, never the author; ``note`` says when, or that the rule is ours and stricter."""

    who: str
    note: str
    article: str


@dataclass(frozen=True, slots=True)
class StepView:
    """An event: who records it, who approves it, and the state that it leads to ("" if unchanged).

    ``optional`` steps lead back, as 退回 does, and are no part of the way forward.
    """

    title: str
    who: str
    approvals: tuple[ApprovalView, ...]
    leads_to: str
    article: str
    optional: bool


@dataclass(frozen=True, slots=True)
class RouteView:
    """One of the routes as ordered steps."""

    id: str
    title: str
    channel: str
    kinds: str
    articles: str
    admission: str
    facts: tuple[str, ...]
    steps: tuple[StepView, ...]


@dataclass(frozen=True, slots=True)
class SettingView:
    """How the procedure is read where it is silent or ambiguous."""

    title: str
    value: str
    why: str
    article: str


@dataclass(frozen=True, slots=True)
class ProcedureView:
    """A procedure for readers.

    Args:
        limits: (kind of message, working days, article).
        topics: all topics; important ones are those of 第十一条.
        states: (state, public status).
        lapsed: its term has ended and no document continues it (第二十四条).
    """

    id: str
    title: str
    document: str
    issuer: str
    since: date
    until: date | None
    continued_by: str | None
    lapsed: bool
    in_force_article: str
    limits: tuple[tuple[str, int, str], ...]
    topics: tuple[str, ...]
    important_topics: tuple[str, ...]
    topics_article: str
    routes: tuple[RouteView, ...]
    others: tuple[StepView, ...]
    states: tuple[tuple[str, str], ...]
    settings: tuple[SettingView, ...]


def load_procedures(source: Source, rulebook: Rulebook, now: datetime) -> list[ProcedureView]:
    """The views of all procedures of a tree: those that stand alone before local ones, newest first.

    Args:
        rulebook: of the same tree.
        now: decides whether a procedure has lapsed.

    Raises:
        HuiyinError: as ``load_rulebook``.
    """
    documents = {path: load_document(source, path, "procedure") for path in source.list(PROCEDURES)}
    schema = load_schema(source, "procedure").document["$defs"]["whole"]["properties"]["settings"]
    found = []
    for path, document in documents.items():
        # 第二十三条: local rules say only what differs; the page shows what holds.
        whole = lay_over(documents, path)
        procedure = rulebook.procedures[whole["id"]]
        view = view_procedure(procedure, rulebook.registry, whole["settings"], schema, now)
        found.append(("extends" not in document, view.since, view.id, view))
    return [view for *_, view in sorted(found, key=lambda entry: entry[:3], reverse=True)]


def view_procedure(
    procedure: Procedure,
    registry: Registry,
    settings: Mapping[str, Mapping[str, Any]],
    schema: Mapping[str, Any],
    now: datetime,
) -> ProcedureView:
    """The view of one procedure.

    Args:
        settings: ``settings`` of the document: value, article and reason of each.
        schema: the schema of ``settings``, whose titles and descriptions name the choices.
        now: decides whether the procedure has lapsed.
    """
    by_route = {name for route in procedure.routes.values() for name in route.transitions}
    return ProcedureView(
        id=procedure.id,
        title=procedure.title,
        document=procedure.document,
        issuer=procedure.issuer,
        since=procedure.in_force_from,
        until=procedure.in_force_until,
        continued_by=procedure.continued_by,
        lapsed=procedure.has_lapsed(local_day(now)),
        in_force_article=cite(procedure.in_force_article),
        limits=tuple(
            (complexity.label, days, cite(procedure.clock_articles["handling"]))
            for complexity, days in procedure.working_days.items()
        ),
        topics=procedure.topics.names,
        important_topics=tuple(t for t in procedure.topics.names if t in procedure.topics.important),
        topics_article=cite(procedure.topics.article),
        routes=tuple(_route(r, procedure, registry) for r in procedure.routes.values()),
        others=tuple(
            _step(name, None, procedure) for name in procedure.events if name not in by_route and name != "received"
        ),
        states=tuple((s.title, s.public) for s in procedure.states.values()),
        settings=tuple(_setting(name, entry, schema) for name, entry in settings.items()),
    )


def _route(route: Route, procedure: Procedure, registry: Registry) -> RouteView:
    channel = procedure.channels[route.channel]
    requires = "、".join(ADMISSION_LABELS[fact] for fact in channel.requires)
    facts = [f"由{registry.name_of(channel.dispatcher)}交办"]
    if route.letter:
        facts.append("以书面形式转办，写明文号")
    if route.claim_clock:
        until = f"{route.claim_clock.rest_day_until:%H:%M}"
        facts.append(f"工作日当日认领，节假日的于节后第一个工作日{until}前认领（{cite(route.claim_clock.article)}）")
    facts.append("答复经交办单位复审后公开" if route.re_review else "答复由承办单位按期公开，不经复审")
    return RouteView(
        id=route.name,
        title=route.title,
        channel=route.channel.label,
        kinds="、".join(kind.label for kind in UnitKind if kind in route.unit_kinds),
        articles=cite_all(route.articles),
        admission=f"须{requires}（{cite(channel.article)}）" if requires else "",
        facts=tuple(facts),
        steps=tuple(_step(name, route, procedure) for name in ("received", *route.transitions)),
    )


def _step(name: str, route: Route | None, procedure: Procedure) -> StepView:
    event = procedure.events[name]
    transition = procedure.transition(name, route)
    target = transition.to if transition else ""
    article = ""
    if route is not None:
        # 收件登记 stands before every route; its article is that of the channel.
        article = (
            procedure.channels[route.channel].article
            if transition is None or name == "received"
            else transition.article
        )
    return StepView(
        title=event.title,
        who=procedure.actors[event.opened_by].title,
        approvals=tuple(_approval(a, procedure) for a in procedure.approvals(name, route)),
        leads_to=procedure.states[target].title if target else "",
        article=cite(article) if article else cite_all(event.articles),
        optional=name == "returned",
    )


def _approval(approval: Approval, procedure: Procedure) -> ApprovalView:
    notes = [
        f"{_MODES[value]}时" if field == "mode" and value in _MODES else f"{field}为{value}时"
        for field, value in approval.when.items()
    ]
    if approval.stricter:
        notes.append("严于办法，为本库所加")
    return ApprovalView(procedure.actors[approval.by].title, "，".join(notes), cite(approval.article))


def _setting(name: str, entry: Mapping[str, Any], schema: Mapping[str, Any]) -> SettingView:
    described = schema["properties"][name]
    value = _choice(entry["value"], described["description"])
    return SettingView(described["title"], value, entry["why"], cite(entry["article"]))


def _choice(value: object, description: str) -> str:
    """The words for a value in a description such as ``next_day 次日起算;same_day 当日计入。``."""
    word = str(value).lower() if isinstance(value, bool) else str(value)
    for part in re.split("[;\uff1b]", description.rstrip("。")):
        if part.startswith(f"{word} "):
            return part.removeprefix(f"{word} ")
    return {"true": "是", "false": "否"}.get(word, word)
