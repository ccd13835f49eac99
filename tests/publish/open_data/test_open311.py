"""Open311 GeoReport v2, field by field as the specification lists them (wiki.open311.org/GeoReport_v2)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from lxml import etree  # type: ignore[import-untyped]

from huiyin.publish.open_data import open311
from huiyin.publish.open_data.open311 import MAX_DESCRIPTION, MAX_REQUESTS, Told, request, services
from tests.cases import at, procedure
from tests.publish.building import PLANTED
from tests.publish.open_data.samples import NOW, SETTINGS, all_published, all_reopened, published

REQUEST = {
    "service_request_id": str,
    "status": str,
    "status_notes": (str, type(None)),
    "service_name": str,
    "service_code": str,
    "description": (str, type(None)),
    "agency_responsible": (str, type(None)),
    "service_notice": (str, type(None)),
    "requested_datetime": str,
    "updated_datetime": str,
    "expected_datetime": (str, type(None)),
    "address": (str, type(None)),
    "address_id": (str, type(None)),
    "zipcode": (str, type(None)),
    "lat": (float, type(None)),
    "long": (float, type(None)),
    "media_url": (str, type(None)),
}
SERVICE = {
    **dict.fromkeys(("service_code", "service_name", "description", "type", "keywords", "group"), str),
    "metadata": bool,
}
AS_OF = datetime.fromisoformat(at(NOW))


def export(cases: Iterable[Told] | None = None) -> dict[str, bytes]:
    """Path → content of every file."""
    told: list[Told] = [*all_published(), *all_reopened()] if cases is None else list(cases)
    topics = procedure().topics
    found = services(topics.names, topics.important)
    months = {f"{c.received_at:%Y-%m}" for c in told}
    made = [
        *open311.export(max(c.updated for c in told), found, SETTINGS),
        *open311.export_recent(open311.recent(told, AS_OF)),
        *(o for m in months for o in open311.export_month(m, [c for c in told if f"{c.received_at:%Y-%m}" == m])),
        *(output for case in told for output in open311.export_one(case)),
    ]
    return {output.path.removeprefix("open311/"): output.data for output in made}


def check_request(found: dict[str, Any]) -> None:
    """Names, order, types and values of one request."""
    assert list(REQUEST) == list(found)
    for name, kind in REQUEST.items():
        assert isinstance(found[name], kind), name  # type: ignore[arg-type]
    assert found["status"] in {"open", "closed"}
    for name in ("requested_datetime", "updated_datetime", "expected_datetime"):
        assert found[name] is None or datetime.fromisoformat(found[name]).tzinfo, name
    assert found["description"] is None or len(found["description"]) <= 4000


def of_xml(data: bytes) -> list[dict[str, str]]:
    """The children of each item of a list."""
    etree.fromstring(data)  # a strict second opinion
    return [{child.tag: child.text or "" for child in item} for item in ET.fromstring(data)]  # noqa: S314  our own


def test_every_request_has_the_fields_of_the_specification() -> None:
    """In the list, by month and alone, as JSON and as XML, which say the same."""
    files = export()
    checked = 0
    for path, data in files.items():
        if path.startswith(("v2/requests", "v2/months")) and path.endswith(".json"):
            pair = json.loads(data), of_xml(files[path.replace(".json", ".xml")])
            assert [{k: "" if v is None else v for k, v in r.items()} for r in pair[0]] == pair[1]
            for found in pair[0]:
                check_request(found)
                checked += 1
    assert 2 * (len(all_published()) + len(all_reopened())) == checked


def test_services_are_the_topics() -> None:
    """第十一条: each topic of the rules, the important ones in a group of their own, and one for the rest."""
    files = export()
    found = json.loads(files["v2/services.json"])
    for service in found:
        assert SERVICE == {name: type(service[name]) for name in SERVICE}
        assert set(SERVICE) == set(service)
        assert service["type"] in {"realtime", "batch", "blackbox"}
    assert [*procedure().topics.names, "未列主题"] == [s["service_name"] for s in found]
    assert procedure().topics.important == {s["service_name"] for s in found if s["group"] == "重点事项"}
    assert len(found) == len({s["service_code"] for s in found}) == len(of_xml(files["v2/services.xml"]))
    assert {"true", "false"} >= {s["metadata"] for s in of_xml(files["v2/services.xml"])}


def test_discovery_leads_to_the_endpoint() -> None:
    """All fields of the service discovery, in both formats; the endpoint is an address of this site."""
    files = export()
    found = json.loads(files["discovery.json"])
    assert {"changeset", "contact", "key_service", "endpoints"} == set(found)
    (endpoint,) = found["endpoints"]
    assert {"specification", "url", "changeset", "type", "formats"} == set(endpoint)
    assert ("http://wiki.open311.org/GeoReport_v2", "production", ["text/xml", "application/json"]) == (
        endpoint["specification"], endpoint["type"], endpoint["formats"],
    )  # fmt: skip
    assert endpoint["url"] == "https://huiyin.example.gov.cn/wang/open311/v2"
    root = ET.fromstring(files["discovery.xml"])  # noqa: S314  our own
    assert [endpoint["url"]] == [e.text for e in root.findall("endpoints/endpoint/url")]
    assert endpoint["formats"] == [e.text for e in root.findall("endpoints/endpoint/formats/format")]


def test_what_is_published_is_closed() -> None:
    """第十三、二十条: message, reply, unit, due date; a closed request was last changed when it was closed."""
    found = request(published("plain"))
    assert ("closed", "交通运输", "兰州市") == (found["status"], found["service_name"], found["agency_responsible"])
    assert "建议增设公交站台\n\n第一段。\n第二行。\n\n第二段。" == found["description"]
    assert ("2026-11-20T09:00:00+08:00", "2026-11-25T23:59:59+08:00") == (
        found["updated_datetime"], found["expected_datetime"],
    )  # fmt: skip


def test_a_private_reply_tells_title_and_note() -> None:
    """第二十条第二款: neither message nor reply."""
    found = request(published("private"))
    assert ("工资被拖欠", "已电话答复本人，并告知了投诉渠道。") == (found["description"], found["status_notes"])


def test_what_was_returned_is_open_and_what_was_withdrawn_is_silent() -> None:
    """第二十一条: as their pages tell; nothing that was never public is told of."""
    returned, gone = sorted((request(c) for c in all_reopened()), key=lambda r: str(r["status"]), reverse=True)
    assert ("open", "小区路灯不亮") == (returned["status"], returned["description"])
    assert ("closed", None, None) == (gone["status"], gone["description"], gone["agency_responsible"])
    files = export()
    assert not [path for path, data in files.items() if PLANTED in data.decode()]
    alone = {path for path in files if path.startswith("v2/requests/")}
    assert 2 * (len(all_published()) + len(all_reopened())) == len(alone)


def test_a_long_message_is_cut_and_says_so() -> None:
    """4,000 characters by the specification."""
    found = request(published("plain", body="长" * 20000))["description"]
    assert MAX_DESCRIPTION == len(found)
    assert found.endswith("……（全文见本站网页）")


@pytest.mark.parametrize(("days", "expected"), [(0, 1000), (89, 1000), (91, 0)])
def test_the_list_is_bounded(days: int, expected: int) -> None:
    """90 days or 1,000 requests, whichever is smaller, newest first; older ones are in their month."""
    plain = published("plain", topics=())
    received = AS_OF - timedelta(days=days)
    files = export(replace(plain, id=f"people-{n}", received_at=received) for n in range(MAX_REQUESTS + 1))
    assert expected == len(json.loads(files["v2/requests.json"]))
    assert MAX_REQUESTS + 1 == len(json.loads(files[f"v2/months/{received:%Y-%m}.json"]))
    assert "unclassified" == json.loads(files["v2/requests/people-1.json"])[0]["service_code"]
