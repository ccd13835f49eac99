"""What happened to a case, as the public is told: dates, units, articles; never persons or words for colleagues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from huiyin.model import event as ev
from huiyin.rules.articles import cite
from huiyin.rules.procedure import Procedure, Route
from huiyin.rules.registry import Registry
from huiyin.rules.standing import Replay

PUBLISHED = "published"
"""The state in which a case has a page."""


@dataclass(frozen=True, slots=True)
class PublicEntry:
    """One step.

    Args:
        at: Asia/Shanghai.
        title: what happened, such as 认领.
        detail: made only of names of the registry, dates and words of the procedure; "" if there is nothing to add.
        article: the article behind the step, such as 第九条(二), or "".
    """

    at: datetime
    title: str
    detail: str
    article: str


def find_entries(found: Replay, registry: Registry) -> Iterator[PublicEntry]:
    """The steps in order. Event types that are not named here are never shown: 批示、督办、追责."""
    case, procedure = found.case, found.procedure
    admission = procedure.channels[case.channel].article
    yield PublicEntry(case.received_at, "收到留言", f"来自{case.channel.label}", cite(admission))
    assigned: ev.Assigned | None = None
    for event, route in with_routes(found, registry):
        words = _describe(event, found, registry, route, assigned)
        if isinstance(event, ev.Assigned):
            assigned = event
        if words is not None:
            yield PublicEntry(event.at, *words, _article(event, procedure, route))


def was_published(found: Replay, registry: Registry) -> bool:
    """Whether a reply was ever public, so that its address was given away; it need not be public now."""
    for event, route in with_routes(found, registry):
        transition = found.procedure.transition(event.type, route)
        if transition is not None and transition.to == PUBLISHED:
            return True
    return False


def with_routes(found: Replay, registry: Registry) -> Iterator[tuple[ev.Event, Route | None]]:
    """Each event with the route that the case was on once it had happened."""
    route: Route | None = None
    for event in found.accepted:
        if isinstance(event, ev.Assigned):
            unit = registry.units.get(event.unit)
            route = found.procedure.route_for(found.case.channel, unit.kind) if unit else route
        yield event, route


def _describe(
    event: ev.Event, found: Replay, registry: Registry, route: Route | None, before: ev.Assigned | None
) -> tuple[str, str] | None:
    """Title and detail of an event, or None where the public is not told."""
    re_review = route is not None and route.re_review
    match event:
        case ev.Assigned():
            title = "交办" if before is None else "改派" if before.unit != event.unit else "重新交办"
            dispatcher = registry.name_of(found.dispatcher)
            return title, f"{dispatcher}交{registry.name_of(event.unit)}办理"
        case ev.Claimed():
            return "认领", f"{registry.name_of(before.unit)}认领" if before else ""
        case ev.Misrouted():
            return "申请改派", "承办单位认为应由其他单位办理，办理时限继续计算"
        case ev.Answered() if re_review:
            # Records taken over from past years hold no evidence of a signature or a re-review.
            return "报送答复", "" if found.case.history else "经承办单位主要负责同志审核签字"
        case ev.Answered():
            return _published_as(event), ""
        case ev.Published():
            return _published_as(found.answer) if found.answer else "公开答复", (
                "" if found.case.history else "经交办单位复审"
            )
        case ev.Returned():
            return "退回重办", f"重办期限{_chinese(event.due)}" if event.due else ""
        case ev.Extended():
            return "延期", f"经交办单位同意，延至{_chinese(event.due)}"
        case ev.Escalated():
            return "列为重要", f"办理时限改为{found.procedure.working_days[ev.Complexity.IMPORTANT]}个工作日"
        case ev.Corrected():
            return "更正答复", ""
        case ev.Redacted():
            return "隐去部分文字", "不宜公开的内容已经隐去"
        case ev.Rated():
            return "留言人评价", event.level
        case _:
            return None


def _published_as(answer: ev.Answered) -> str:
    return {
        ev.ReplyMode.PUBLIC: "公开答复",
        ev.ReplyMode.PRIVATE: "答复本人并公开说明",
        ev.ReplyMode.EXPLANATION: "公开解释说明",
    }[answer.mode]


def _article(event: ev.Event, procedure: Procedure, route: Route | None) -> str:
    transition = procedure.transition(event.type, route)
    return cite(transition.article) if transition else ""


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
