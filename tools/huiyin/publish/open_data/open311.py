"""Open311 GeoReport v2 as files: what a server would answer to ``GET``, for clients that know the standard.

What may be told is what has a page: published cases are ``closed``; one that was published and returned is ``open``,
and tells no more than its page does; nothing else is told (第十九、二十条).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from xml.sax.saxutils import escape

from huiyin.model.case import SHANGHAI
from huiyin.publish.addresses import TOPICS, topic_address
from huiyin.publish.open_data.output import Output, Received, json_bytes
from huiyin.publish.open_data.settings import Settings
from huiyin.publish.open_data.xml import DECLARATION, Element, document
from huiyin.publish.reopened import ReopenedCase
from huiyin.publish.view import PublicCase

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
ROOT = "open311/"
ENDPOINT = f"{ROOT}v2/"
MAX_DESCRIPTION = 4000
"""Characters, by the specification."""
MAX_DAYS, MAX_REQUESTS = 90, 1000
"""What ``requests`` answers without a query: 90 days or 1,000 requests, whichever is smaller."""
UNSORTED = ("unclassified", "未列主题")
_MORE = "……（全文见本站网页）"

Told = PublicCase | ReopenedCase
R = TypeVar("R", bound=Received)


@dataclass(frozen=True, slots=True)
class Service:
    """A type of request: a topic of the rules (第十一条)."""

    code: str
    name: str
    description: str
    group: str


def services(topics: Iterable[str], important: Iterable[str]) -> tuple[Service, ...]:
    """The topics in the order of the rules, then that of messages without one.

    Args:
        important: the topics that force importance.
    """
    forced = frozenset(important)
    found = [
        Service(service_code(t), t, f"主题为“{t}”的网民留言。", "重点事项" if t in forced else "一般事项")
        for t in topics
    ]
    return (*found, Service(*UNSORTED, "没有列出主题的网民留言，包括答复退回后正在重新办理的。", "一般事项"))


def service_code(topic: str) -> str:
    """The code of a topic: the last part of its address, which never changes."""
    return topic_address(topic).removeprefix(TOPICS).removesuffix("/")


def request(case: Told) -> dict[str, Any]:
    """A request with the fields of the specification, in its order; what is not known or not public is None."""
    told = _published(case) if isinstance(case, PublicCase) else _reopened(case)
    return {
        "service_request_id": case.id,
        **told,
        "address": None,
        "address_id": None,
        "zipcode": None,
        "lat": None,
        "long": None,
        "media_url": None,
    }


def export(latest: date, found: Sequence[Service], settings: Settings) -> Iterator[Output]:
    """What does not name a request: the discovery, and the services; each answer as JSON and as XML.

    Args:
        latest: the day of the last change of any request.
    """
    yield from _both(f"{ROOT}discovery", *_discovery(latest, settings))
    plain = [_service(s) for s in found]
    yield from _both(f"{ENDPOINT}services", plain, Element("services", [_element("service", s) for s in plain]))


def recent(told: Iterable[R], as_of: datetime) -> list[R]:
    """Those that ``requests`` answers, latest receipt first."""
    first = as_of - timedelta(days=MAX_DAYS)
    latest = sorted((c for c in told if c.received_at >= first), key=lambda c: (c.received_at, c.id), reverse=True)
    return latest[:MAX_REQUESTS]


def export_recent(told: Iterable[Told]) -> Iterator[Output]:
    """The answer of ``requests`` without a query, given what it answers."""
    return _requests(f"{ENDPOINT}requests", told)


def export_month(month: str, told: Iterable[Told]) -> Iterator[Output]:
    """The requests of a month, in their order."""
    return _requests(f"{ENDPOINT}months/{month}", told)


def export_one(case: Told) -> Iterator[Output]:
    """One request by itself."""
    return _requests(f"{ENDPOINT}requests/{case.id}", [case])


def _published(case: PublicCase) -> dict[str, Any]:
    topic = case.topics[0] if case.topics else None
    end = datetime.combine(case.due, time(23, 59, 59), SHANGHAI)
    return {
        "status": "closed",
        "status_notes": case.reply or case.public_note,
        "service_name": topic or UNSORTED[1],
        "service_code": service_code(topic) if topic else UNSORTED[0],
        "description": _cut(case.title if case.body is None else f"{case.title}\n\n{case.body}"),
        "agency_responsible": case.unit_name,
        "service_notice": None,
        "requested_datetime": _moment(case.received_at),
        "updated_datetime": _moment(case.published_at),
        "expected_datetime": _moment(end),
    }


def _reopened(case: ReopenedCase) -> dict[str, Any]:
    day = datetime.combine(case.updated, time(), SHANGHAI)
    updated = case.timeline[-1].at if case.timeline else day
    return {
        "status": "closed" if case.withdrawn else "open",
        "status_notes": "留言人撤回了留言，内容不再公开。" if case.withdrawn else "答复公开后退回，正在重新办理。",
        "service_name": UNSORTED[1],
        "service_code": UNSORTED[0],
        "description": case.title or None,
        "agency_responsible": case.unit_name or None,
        "service_notice": None,
        "requested_datetime": _moment(case.received_at),
        "updated_datetime": _moment(updated),
        "expected_datetime": None,
    }


def _discovery(latest: date, settings: Settings) -> tuple[dict[str, Any], Element]:
    changeset = f"{latest.isoformat()} 00:00"
    formats = ["text/xml", "application/json"]
    head = {"changeset": changeset, "contact": settings.contact, "key_service": "只读数据，不需要密钥。"}
    point = {
        "specification": SPECIFICATION,
        "url": settings.url(ENDPOINT.removesuffix("/")),
        "changeset": changeset,
        "type": "production",
    }
    listed = Element("formats", [Element("format", f) for f in formats])
    endpoint = Element("endpoint", [*(Element(k, v) for k, v in point.items()), listed])
    children = [*(Element(k, v) for k, v in head.items()), Element("endpoints", [endpoint])]
    return {**head, "endpoints": [{**point, "formats": formats}]}, Element("discovery", children)


def _service(service: Service) -> dict[str, Any]:
    # Messages are left on the platforms of the regulation, not here, so no id is ever returned: blackbox.
    return {
        "service_code": service.code,
        "service_name": service.name,
        "description": service.description,
        "metadata": False,
        "type": "blackbox",
        "keywords": service.name,
        "group": service.group,
    }


def _requests(path: str, cases: Iterable[Told]) -> Iterator[Output]:
    plain = [request(case) for case in cases]
    yield Output(f"{path}.json", json_bytes(plain), fresh=())
    yield Output(f"{path}.xml", _request_document(plain), fresh=())


def _request_document(requests: Iterable[dict[str, Any]]) -> bytes:
    """As ``document`` would write it; there are two of these for each case, so it is written straight."""
    found = [DECLARATION, "<service_requests>\n"]
    for fields in requests:
        found.append("  <request>\n")
        found += [
            f"    <{name}/>\n" if value is None or value == "" else f"    <{name}>{escape(value)}</{name}>\n"
            for name, value in fields.items()
        ]
        found.append("  </request>\n")
    found.append("</service_requests>\n")
    return "".join(found).encode()


def _both(path: str, plain: Any, root: Element) -> Iterator[Output]:
    yield Output(f"{path}.json", json_bytes(plain))
    yield Output(f"{path}.xml", document(root))


def _element(name: str, fields: dict[str, Any]) -> Element:
    return Element(name, [Element(key, _text(value)) for key, value in fields.items()])


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _cut(text: str) -> str:
    return text if len(text) <= MAX_DESCRIPTION else text[: MAX_DESCRIPTION - len(_MORE)] + _MORE


def _moment(value: datetime) -> str:
    return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
