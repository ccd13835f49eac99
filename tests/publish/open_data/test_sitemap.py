"""The sitemap, by the protocol of sitemaps.org."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as ET

from huiyin.publish.open_data import sitemap
from huiyin.publish.open_data.sitemap import Located
from tests.publish.open_data.samples import SETTINGS

S = f"{{{sitemap.NAMESPACE}}}"


def export(pages: list[Located]) -> dict[str, list[tuple[str, str | None]]]:
    """Path → (address, day of the last change) of each entry."""
    found = {}
    parts = sitemap.divide(pages)
    files = [output for name, part in parts.items() for output in sitemap.export_part(name, part, SETTINGS)]
    for output in (*files, sitemap.export_index(parts, SETTINGS)):
        root = ET.fromstring(output.data)  # noqa: S314  our own
        kind = "sitemap" if output.path == sitemap.INDEX else "url"
        assert {f"{S}{kind}"} >= {e.tag for e in root}
        assert root.tag == f"{S}{'sitemapindex' if kind == 'sitemap' else 'urlset'}"
        found[output.path] = [(str(e.findtext(f"{S}loc")), e.findtext(f"{S}lastmod")) for e in root]
    return found


def test_cases_stand_in_the_part_of_their_month() -> None:
    """Archives of lists, too, so a new reply changes small files; the index gives the latest day of each part."""
    found = export(
        [
            Located("", None),
            Located("topics/其他/", date(2026, 11, 1)),
            Located("units/lanzhou/2026-11/2/", date(2026, 11, 9)),
            Located("months/2026-11/", None),
            Located("cases/2026/10/people-2/", date(2026, 11, 3)),
            Located("cases/2026/10/people-1/", date(2026, 11, 2)),
            Located("cases/2026/11/people-3/", date(2026, 11, 9)),
        ]
    )
    root = SETTINGS.root
    assert {
        "sitemaps/2026-10.xml": [
            (f"{root}cases/2026/10/people-1/", "2026-11-02"),
            (f"{root}cases/2026/10/people-2/", "2026-11-03"),
        ],
        "sitemaps/2026-11.xml": [(f"{root}cases/2026/11/people-3/", "2026-11-09")],
        "sitemaps/lists-2026-11.xml": [(f"{root}units/lanzhou/2026-11/2/", "2026-11-09")],
        "sitemaps/pages.xml": [
            (root, None),
            (f"{root}months/2026-11/", None),
            (f"{root}topics/%E5%85%B6%E4%BB%96/", "2026-11-01"),
        ],
        "sitemap.xml": [
            (f"{root}sitemaps/2026-10.xml", "2026-11-03"),
            (f"{root}sitemaps/2026-11.xml", "2026-11-09"),
            (f"{root}sitemaps/lists-2026-11.xml", "2026-11-09"),
            (f"{root}sitemaps/pages.xml", "2026-11-01"),
        ],
    } == found


def test_no_part_is_longer_than_the_protocol_allows() -> None:
    """50,000 addresses, then the next file."""
    found = export([Located(f"cases/2026/10/people-{n}/", None) for n in range(50_001)])
    assert [50_000, 1, 2] == [len(found[f]) for f in ("sitemaps/2026-10.xml", "sitemaps/2026-10-2.xml", "sitemap.xml")]


def test_robots_name_the_index() -> None:
    """With its whole address."""
    assert f"Sitemap: {SETTINGS.root}sitemap.xml\n" in sitemap.robots(SETTINGS).data.decode()
