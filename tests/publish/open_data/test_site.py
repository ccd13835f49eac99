"""The open data as MkDocs writes them: every assertion is made on the files that would be served."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

from huiyin.publish.open_data.fields import FIELDS
from tests.cases import PROJECT, Story
from tests.publish.building import PUBLISHED, REOPENED, Built, make_project, parse, run_mkdocs, stories, write_case

ROOT = "https://huiyin.example.gov.cn/"
GOLDEN = Path(__file__).with_name("addresses.txt")


def index(built: Built) -> dict[str, list[dict[str, Any]]]:
    """The parsed ``data/index.json``."""
    found: dict[str, list[dict[str, Any]]] = json.loads((built.site / "data" / "index.json").read_bytes())
    return found


def test_the_index_names_every_file_with_its_bytes(built: Built) -> None:
    """A program fetches only what changed, and knows that it got it whole."""
    found = index(built)["files"]
    files = {p.relative_to(built.site).as_posix() for p in (built.site / "data").glob("*/*") if p.suffix != ".html"}
    assert {f["path"] for f in found} == {f for f in files if not f.startswith("data/statistics/")}
    for entry in found:
        data = (built.site / entry["path"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (entry["bytes"], entry["sha256"])
        assert ROOT + entry["path"] == entry["url"]
    assert {f.name for f in FIELDS} == {f["name"] for f in index(built)["fields"]}


def test_each_published_case_is_in_the_file_of_its_month(built: Built) -> None:
    """By the month received, which never changes, so no file grows with the whole archive."""
    found: dict[str, list[str]] = {}
    for path in sorted((built.site / "data" / "cases").glob("*.jsonl")):
        found[path.stem] = [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]
    cases = [stories()[name].case() for name in PUBLISHED]
    expected: dict[str, list[str]] = {}
    for case in sorted(cases, key=lambda c: (c.received_at, c.id)):
        expected.setdefault(f"{case.received_at:%Y-%m}", []).append(case.id)
    assert expected == found


def test_what_was_taken_back_is_listed(built: Built) -> None:
    """第二十一条: who keeps a copy learns that it is public no more; nothing else of it is told."""
    lines = (built.site / "data" / "removed" / "2026-11.jsonl").read_text(encoding="utf-8").splitlines()
    assert {stories()[n].case().id: "withdrawn" if n == "gone" else "reopened" for n in REOPENED} == {
        r["id"]: r["status"] for r in map(json.loads, lines)
    }
    assert all({"id", "path", "status", "removed"} == set(json.loads(line)) for line in lines)


def test_figures_in_csv_are_those_of_the_page(built: Built) -> None:
    """Each table of the page has its file, with the same numbers."""
    page = built.site / "statistics" / "index.html"
    text = page.read_text(encoding="utf-8")
    sections = re.findall(r'<section id="(by-[a-z]+)".*?</section>', text, re.DOTALL)
    assert ["by-month", "by-unit", "by-channel", "by-topic", "by-kind"] == sections
    for name, body in re.findall(r'<section id="(by-[a-z]+)"(.*?)</section>', text, re.DOTALL):
        (link,) = re.findall(r'href="([^"]+\.csv)"', body)
        target, _ = built.resolve(page, link)
        rows = list(csv.reader(io.StringIO(target.read_text(encoding="utf-8-sig"))))
        shown = re.findall(r'<th scope="row">(.*?)</th><td data-valid="(\d+)">', body)
        assert [(re.sub("<.*?>", "", n), v) for n, v in shown] == [(r[1], r[6]) for r in rows[1:]], name


def test_units_by_month_add_up(built: Built) -> None:
    """The table that no page shows has the same cases as the one by unit."""

    def total(name: str, column: str) -> int:
        text = (built.site / "data" / "statistics" / f"{name}.csv").read_text(encoding="utf-8-sig")
        return sum(int(row[column]) for row in csv.DictReader(io.StringIO(text)))

    for column in ("有效留言（件）", "已办结（件）", "按期办结（件）"):
        assert total("by-unit", column) == total("by-unit-and-month", column)


def test_every_page_leads_to_its_feeds(built: Built) -> None:
    """All replies everywhere; a unit's page, a topic's page and a case also to their own."""
    expected = {
        "": ["feeds/replies.atom"],
        "units/tianshui": ["feeds/replies.atom", "feeds/units/tianshui.atom"],
        "topics/其他": ["feeds/replies.atom", "feeds/topics/其他.atom"],
        "cases/2026/10/people-C1": ["feeds/replies.atom", "feeds/units/tianshui.atom"],
        "about": ["feeds/replies.atom"],
    }
    for address, paths in expected.items():
        page = built.site / address / "index.html"
        links = [a["href"] for a in built.page(address).find("link") if a.get("rel") == "alternate"]
        targets = [built.resolve(page, link)[0] for link in links]
        assert paths == [unquote(t.resolve().relative_to(built.site.resolve()).as_posix()) for t in targets], address
        assert all(t.is_file() for t in targets)


def test_only_published_cases_carry_structured_data(built: Built) -> None:
    """A returned reply, a list and the home page have none."""
    found = {
        page.parent.name: json.loads(text)["mainEntity"]["name"]
        for page in built.html_files()
        for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.read_text(encoding="utf-8"))
    }
    assert {c.id: c.title for c in (stories()[n].case() for n in PUBLISHED)} == found


def test_the_sitemap_names_every_page_once(built: Built) -> None:
    """But for those that search engines are told to leave out; each leads to a file of this site."""
    spaces = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    parts = ET.parse(built.site / "sitemap.xml").getroot().findall("s:sitemap/s:loc", spaces)  # noqa: S314  our own
    located: list[str] = []
    for part in parts:
        path = built.site / urlsplit(str(part.text)).path.lstrip("/")
        found = ET.parse(path).getroot().findall("s:url/s:loc", spaces)  # noqa: S314  our own
        located += [unquote(urlsplit(str(e.text)).path).lstrip("/") for e in found]
    hidden = {
        page
        for page in built.html_files()
        if page.name == "404.html"
        or [
            m
            for m in parse(page.read_text(encoding="utf-8")).find("meta")
            if (m.get("name"), m.get("content")) == ("robots", "noindex")
        ]
    }
    assert sorted(located) == sorted(
        p.parent.relative_to(built.site).as_posix().removeprefix(".") + ("/" if p.parent != built.site else "")
        for p in built.html_files()
        if p not in hidden
    )
    assert not (built.site / "sitemap.xml.gz").exists()


def test_the_dictionary_page_names_every_field(built: Built) -> None:
    """Generated from the schema and the allow-list."""
    assert [f"field-{f.name}" for f in FIELDS] == [
        d["id"] for d in built.page("data/dictionary").find("div") if d.get("id", "").startswith("field-")
    ]


def test_a_hand_written_robots_file_wins_and_others_may_not_stand_in_the_way(tmp_path: Path) -> None:
    """HY802 names the file that would be lost."""
    site = Built(make_project(tmp_path, [stories()["plain"]]))
    (site.root / "site" / "robots.txt").write_text("User-agent: *\nDisallow: /\n", encoding="utf-8")
    done = run_mkdocs(site.root, "build", "--strict")
    assert 0 == done.returncode, done.stderr
    assert "Disallow: /" in (site.site / "robots.txt").read_text(encoding="utf-8")
    (site.root / "site" / "data").mkdir()
    (site.root / "site" / "data" / "index.json").write_text("{}", encoding="utf-8")
    done = run_mkdocs(site.root, "build", "--strict")
    assert "HY802" in done.stderr
    assert "data/index.json" in done.stderr
    assert 0 != done.returncode


def test_a_site_without_settings_is_not_built(tmp_path: Path) -> None:
    """HY840, HY841 before anything is written."""
    site = Built(make_project(tmp_path, [stories()["plain"]]))
    text = (site.root / "mkdocs.yml").read_text(encoding="utf-8")
    for broken, code in (
        (text.replace("site_url: https", "# "), "HY840"),
        (text.replace("open_data:", "other:"), "HY841"),
    ):
        (site.root / "mkdocs.yml").write_text(broken, encoding="utf-8")
        done = run_mkdocs(site.root, "build")
        assert code in done.stderr
        assert not site.site.exists()


def test_what_is_redacted_is_gone_from_every_file(tmp_path: Path) -> None:
    """第十九条: the next build has the text nowhere, and a case withdrawn is told of as such."""
    story = Story(reference="R1", facts={"title": "咨询", "body": "甲乙丙丁"}).assigned("2026-11-16 10:00")
    story.claimed("2026-11-16 11:00").answered("2026-11-17 09:00").published("2026-11-18 09:00")
    site = Built(make_project(tmp_path, [story]))
    assert 0 == run_mkdocs(site.root, "build").returncode
    assert [p for p, text in site.contents().items() if "甲乙丙丁" in text and p.startswith("open311/")]
    story.add("redacted", "2026-11-19 09:00", "wangzhan.clerk", pointers=["/body"], kind="不宜公开", reason="应当隐去")
    story.facts["body"] = "甲〔已隐去〕"
    write_case(site.root, story)
    done = run_mkdocs(site.root, "build")
    assert 0 == done.returncode, done.stderr
    assert [] == [p for p, text in site.contents().items() if "甲乙丙丁" in text]
    assert "2026-11-19" == json.loads((site.site / "data" / "index.json").read_bytes())["files"][0]["updated"]


def test_addresses_never_change(tmp_path: Path) -> None:
    """What was given away once is there for ever: this list only grows, by whoever adds a page to the demonstration."""
    site = Built(make_project(tmp_path, []))
    shutil.copytree(PROJECT / "cases", tmp_path / "cases", dirs_exist_ok=True)
    done = run_mkdocs(site.root, "build", as_of="2026-11-23T10:00:00+08:00")
    assert 0 == done.returncode, done.stderr
    found = {
        p.relative_to(site.site).as_posix().removesuffix("index.html")
        for p in site.site.rglob("*")
        if p.is_file() and (p.name == "index.html" or p.parts[-2] in {"data", "v2"} or p.suffix in {".atom", ".jsonl"})
    }
    expected = set(GOLDEN.read_text(encoding="utf-8").splitlines())
    assert set() == expected - found
    cases = {address for address in found if address.startswith("cases/")}
    assert cases == {address for address in expected if address.startswith("cases/")}
