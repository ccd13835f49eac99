"""The site as MkDocs builds it: every assertion is made on the bytes that would be served."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from huiyin.model.unit import Role
from huiyin.rules.articles import cite
from tests.cases import Story, rulebook
from tests.publish.building import (
    AS_OF,
    HOSTILE_BODY,
    HOSTILE_TITLE,
    PLANTED,
    PUBLISHED,
    REOPENED,
    Built,
    make_project,
    parse,
    run_mkdocs,
    stories,
)


def fold(text: str) -> str:
    """White space folded, as ``Document.text`` does."""
    return " ".join(text.split())


def test_nothing_that_is_not_public_is_in_any_file(built: Built) -> None:
    """第十九、二十条: planted secrets are in no page, index, feed or name of a file."""
    found = {path for path, text in built.contents().items() if PLANTED in text or PLANTED in path}
    assert set() == found


def test_no_person_is_named_in_any_file(built: Built) -> None:
    """第十九条: neither ids nor names of those who handle messages reach the site."""
    people = rulebook().registry.people.values()
    assert [p for p in people if any(h.role is Role.HEAD for h in p.holdings)], "the registry names people"
    for path, text in built.contents().items():
        for person in people:
            assert person.id not in text, path
            assert person.name not in text, path


def test_each_published_case_has_a_page_and_no_other_has(built: Built) -> None:
    """Only what was published, now or before it was returned, is there."""
    expected = {stories()[name].case().id for name in (*PUBLISHED, *REOPENED)}
    assert expected == {page.parent.name for page in (built.site / "cases").rglob("index.html")}


def test_a_page_shows_message_reply_and_handling(built: Built) -> None:
    """第九、十三、二十条: text, publisher, dates, limit, days used, verdict, topic, rating."""
    text = built.case("plain").text()
    for expected in (
        "建议增设公交站台", "第一段。 第二行。 第二段。", "兰州市人民政府办公室", "人民网“地方领导留言板”",
        "2026年11月16日 09:00", "7个工作日", "2026年11月25日", "实际用时3个工作日 按期", "交通运输", "满意",
    ):  # fmt: skip
        assert expected in text
    for article in ("9(1)", "9(2)", "9(3)"):
        assert cite(article) in text
    assert "2026-11-20T09:00:00+08:00" in [t["datetime"] for t in built.case("plain").find("time")]


def test_line_breaks_of_a_message_are_kept(built: Built) -> None:
    """What was typed on two lines shows on two lines."""
    page = next((built.site / "cases").rglob("people-P1/index.html")).read_text(encoding="utf-8")
    assert "<p>第一段。<br>\n第二行。</p>\n<p>第二段。</p>" in page


def test_a_corrected_reply_says_so(built: Built) -> None:
    """第二十条: the corrected text with both dates and the reason."""
    text = built.case("corrected").text()
    for expected in ("已经更正", "2026年10月15日", "2026年10月20日", "金额有误", "更正后的全文"):
        assert expected in text


def test_a_private_reply_shows_its_note_only(built: Built) -> None:
    """第二十条第二款: title, unit, timeline and the public note."""
    document = built.case("private")
    for expected in (
        "工资被拖欠",
        "陇南市",
        "已电话答复本人，并告知了投诉渠道。",
        "已经更正",
        "答复本人并公开说明",
        "公开说明",
        "个别答复",
    ):
        assert expected in document.text()
    assert "留言内容" not in document.text()
    assert "已电话答复本人。" not in document.text()


def test_a_returned_reply_leaves_its_address(built: Built) -> None:
    """第二十一条: who was given the address learns what became of it, and reads nothing of the reply."""
    text = built.case("returned").text()
    for expected in (
        "小区路灯不亮",
        "本件答复已公开后退回重办，正在重新办理",
        "兰州市",
        "公开答复",
        "退回重办",
        cite("21"),
    ):
        assert expected in text
    assert "留言人撤回了留言" in built.case("gone").text()


def test_a_returned_reply_is_in_no_list_and_in_no_search(built: Built) -> None:
    """第二十一条: only its own address leads to it, and the lists by which programs learn that it was taken back."""
    ids = [stories()[name].case().id for name in REOPENED]
    told = ("data/removed/", "open311/", *(f"cases/2026/11/{i}/index.html" for i in ids))
    for path, text in built.contents().items():
        if not path.startswith(told):
            assert not [i for i in ids if i in text], path


def test_a_late_reply_says_how_late(built: Built) -> None:
    """第十三、十六条: lateness against the extended due date."""
    text = built.case("late").text()
    for expected in ("逾期4个工作日", "2026年10月23日", "经同意延期", "退回重办", cite("16"), cite("21")):
        assert expected in text


def test_an_explanation_says_so(built: Built) -> None:
    """第二十条第二款: with the dispatcher's consent."""
    assert "难以办结" in built.case("moved").text()


def test_redacted_text_stands_as_it_is(built: Built) -> None:
    """第十九条: the mark is shown, and that something was removed."""
    assert "〔已隐去手机号〕" in built.case("moved").text()
    assert "隐去部分文字" in built.case("moved").text()


def test_provisional_dates_are_marked(built: Built) -> None:
    """Design §4: marked everywhere it shows, on the page and in lists."""
    assert "暂定" in built.case("provisional").text()
    assert "尚未公布" in built.case("provisional").text()
    assert "到期日暂定" in built.page("units/jinchang").text()
    assert "暂定" not in built.case("plain").text()


def test_hostile_text_is_shown_and_does_nothing(built: Built) -> None:
    """No Markdown, HTML or template of a citizen is interpreted: the page has the same elements as a plain one."""
    hostile, plain = built.case("hostile"), built.case("provisional")
    text = hostile.text()
    assert HOSTILE_TITLE in text
    assert fold(HOSTILE_BODY) in text
    for tag in ("script", "img", "b", "iframe", "form", "input", "h1", "style"):
        assert Counter(len(e) for e in plain.find(tag)) == Counter(len(e) for e in hostile.find(tag)), tag
    # A list or heading of the page itself has a class; similar replies stand in one that not every page has.
    for tag in ("ul", "h2"):
        assert not [e for e in hostile.find(tag) if "class" not in e], tag
    assert not [e for e in hostile.elements if any(name.startswith("on") for name in e.attributes)]
    assert not [e for e in hostile.find("a") if e.get("href", "").startswith("javascript:")]


def test_hostile_titles_are_inert_wherever_they_are_listed(built: Built) -> None:
    """Home, lists and window titles show the text and gain no element of it."""
    for document in (
        built.page(""),
        built.page("units/qingyang"),
        built.page("topics/其他"),
        built.page("months/2026-11"),
    ):
        assert HOSTILE_TITLE in document.text()
        assert not [a for a in document.find("img") if a.get("src") == "x"]
        assert not [a for a in document.find("script") if "evil" in a.get("src", "")]
    for page in built.html_files():
        assert 1 == page.read_text(encoding="utf-8").count("</title>"), page


def test_the_index_of_the_search_is_there_and_the_themes_is_not(built: Built) -> None:
    """Each published case once; texts are JSON, which the page sets as text and never as HTML."""
    found = [
        document
        for path in (built.site / "search" / "data").glob("*/[0-9]*.json")
        for document in json.loads(path.read_text(encoding="utf-8"))
    ]
    assert {stories()[name].case().id for name in PUBLISHED} == {document["i"] for document in found}
    assert HOSTILE_TITLE in {document["t"] for document in found}
    assert not (built.site / "search" / "search_index.json").exists()


def test_no_page_asks_another_host_for_anything(built: Built) -> None:
    """No font, script, style or image from elsewhere; the canonical address is no request."""
    for page in built.html_files():
        for element in parse(page.read_text(encoding="utf-8")).elements:
            if element.tag == "link" and element.attributes.get("rel") == "canonical":
                continue
            links = [element.attributes.get(n, "") for n in ("src", "srcset", "data", "poster", "action")]
            if element.tag == "link":
                links.append(element.attributes.get("href", ""))
            for link in links:
                assert not urlsplit(link).netloc, (page, link)
    for style in built.site.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert not re.search(r"(url\(\s*['\"]?|@import\s+['\"]?)(https?:)?//", text), style


def test_the_browser_is_told_to_ask_no_other_host(built: Built) -> None:
    """A policy stands before the first script and style of every page, and no page needs what it forbids."""
    for page in built.html_files():
        elements = parse(page.read_text(encoding="utf-8")).elements
        policies = [i for i, e in enumerate(elements) if e.attributes.get("http-equiv") == "Content-Security-Policy"]
        assert 1 == len(policies), page
        rules = {
            name: sources
            for name, *sources in (part.split() for part in elements[policies[0]].attributes["content"].split(";"))
        }
        assert (["'self'"], ["'self'"], ["'none'"]) == (rules["default-src"], rules["script-src"], rules["object-src"])
        assert {"'self'", "'none'", "data:"} >= {s for sources in rules.values() for s in sources}
        for position, element in enumerate(elements):
            if element.tag == "script":
                data = {"application/json", "application/ld+json"}
                assert "src" in element.attributes or element.attributes.get("type") in data, page
                assert position > policies[0], page
            assert element.tag != "style", page
            assert not [name for name in element.attributes if name.startswith("on") or name == "style"], page


def test_every_internal_link_leads_somewhere(built: Built) -> None:
    """Pages, files and anchors."""
    anchors: dict[Path, set[str]] = {}
    for page in built.html_files():
        anchors[page] = {e.attributes.get("id", "") for e in parse(page.read_text(encoding="utf-8")).elements}
    for page in built.html_files():
        for element in parse(page.read_text(encoding="utf-8")).elements:
            for name in ("href", "src", "action"):
                link = element.attributes.get(name)
                if link is None or urlsplit(link).scheme or element.attributes.get("rel") == "canonical":
                    continue
                target, fragment = built.resolve(page, link)
                assert target.is_file(), (page, link)
                if fragment and target in anchors:
                    assert fragment in anchors[target], (page, link)


def test_figures_equal_the_lists_behind_them(built: Built) -> None:
    """Every linked number of the statistics is the number of cases on the list it links to."""
    document = parse((built.site / "statistics" / "index.html").read_text(encoding="utf-8"))
    page = built.site / "statistics" / "index.html"
    checked = 0
    for element in document.find("a"):
        if match := re.fullmatch(r".*已办结的(\d+)件", element.get("aria-label", "")):
            target, _ = built.resolve(page, element["href"])
            assert f"共{match[1]}件" in parse(target.read_text(encoding="utf-8")).text()
            checked += 1
    assert checked > len(PUBLISHED)


def test_every_count_of_closed_cases_is_linked(built: Built) -> None:
    """By month, unit, channel, topic and kind: no row with a closed case stands without its list."""
    page = (built.site / "statistics" / "index.html").read_text(encoding="utf-8")
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page)
    closed = [re.findall(r'<td data-closed="\d+">(.*?)</td>', row)[0] for row in rows]
    assert {"0"} >= {cell for cell in closed if "<a " not in cell}
    for kind, name in (("channels", "people"), ("complexities", "simple")):
        assert f"../{kind}/{name}/" in page


def test_the_whole_is_listed_too(built: Built) -> None:
    """The figure of all closed cases leads to all of them."""
    assert f"共{len(PUBLISHED)}件" in built.page("replies").text()
    for address in ("", "statistics"):
        assert [a for a in built.page(address).find("a") if a.get("href", "").endswith("replies/")], address


def test_statistics_count_what_has_no_page(built: Built) -> None:
    """Declined, withdrawn and open cases are counted, and nothing more is told of them."""
    text = built.page("statistics").text()
    assert "收到14件，其中有效10件、不予受理1件、留言人撤回2件、待审核1件；应办结9件，按期办结7件" in text


def test_home_shows_figures_search_and_latest_replies(built: Built) -> None:
    """The entrance: the search box, two rows of figures, the latest first."""
    document = built.page("")
    assert ["q"] == [e["name"] for e in document.find("input") if e.get("type") == "search"]
    text = document.text()
    assert text.index("遥远年度的留言") < text.index("建议增设公交站台") < text.index("补助标准是多少")
    assert "2030年12月31日 18:00" in text


def test_the_demonstration_says_so_on_every_page(built: Built) -> None:
    """Synthetic data must never be taken for real."""
    for page in built.html_files():
        assert "演示数据，均为虚构" in parse(page.read_text(encoding="utf-8")).text("aside"), page


def test_pages_can_be_read_aloud(built: Built) -> None:
    """Language, one main heading, named tables and fields, no id twice."""
    for page in built.html_files():
        document = parse(page.read_text(encoding="utf-8"))
        assert "zh-CN" == document.find("html")[0]["lang"], page
        assert 1 == len(document.find("h1")), page
        assert len(document.find("table")) == len(document.find("caption")), page
        assert not [th for th in document.find("th") if th.get("scope") not in {"row", "col"}], page
        assert not [img for img in document.find("img") if not img.get("alt")], page
        ids = Counter(e.attributes["id"] for e in document.elements if "id" in e.attributes)
        assert not [name for name, count in ids.items() if count > 1], page
        assert [a for a in document.find("a") if "md-skip" in a.get("class", "")] or page.name == "404.html", page


def test_private_folders_of_the_source_are_not_served(built: Built) -> None:
    """Theme overrides, the record and the rules are no part of the output."""
    assert not [
        path for path in built.contents() if path.startswith(("overrides", "rules", "schema")) or path.endswith(".yaml")
    ]


def test_the_same_record_gives_the_same_bytes(built: Built, tmp_path: Path) -> None:
    """Another folder, another second, another hash seed: the same site."""
    again = Built(make_project(tmp_path, stories().values()))
    done = run_mkdocs(again.root, "build")
    assert 0 == done.returncode, done.stderr
    names = [sorted(p.relative_to(b.site).as_posix() for p in b.site.rglob("*") if p.is_file()) for b in (built, again)]
    assert names[0] == names[1]
    assert [] == [n for n in names[0] if (built.site / n).read_bytes() != (again.site / n).read_bytes()]


def test_pages_tell_when_they_changed(built: Built) -> None:
    """The sitemap gives the day of the last event of a case, not the day of the build."""
    parts = (built.site / "sitemaps").glob("*.xml")
    sitemap = "".join(part.read_text(encoding="utf-8") for part in sorted(parts))
    assert re.search(r"people-C1/</loc>\s*<lastmod>2026-10-20</lastmod>", sitemap)
    assert {AS_OF[:10]} >= {d for d in re.findall(r"<lastmod>(.*?)</lastmod>", sitemap) if d > "2030-12-01"}


def test_long_lists_have_an_archive(tmp_path: Path) -> None:
    """101 cases of one unit: the newest hundred, and all of them by the month of publication, from the oldest."""
    cases = []
    for number in range(101):
        story = Story(reference=f"B{number:03}", facts={"title": f"第{number}件"}).assigned("2026-11-16 10:00")
        cases.append(story.claimed("2026-11-16 11:00").answered("2026-11-17 09:00").published("2026-11-18 09:00"))
    site = Built(make_project(tmp_path, cases))
    done = run_mkdocs(site.root, "build", "--strict")
    assert 0 == done.returncode, done.stderr
    pages = [site.page(f"units/lanzhou{below}") for below in ("", "/2026-11", "/2026-11/2")]
    links = [[a["href"] for a in d.find("a") if "cases/" in a.get("href", "")] for d in pages]
    assert [100, 100, 1] == [len(set(found)) for found in links]
    assert ["people-B100", "people-B000", "people-B100"] == [found[0].split("/")[-2] for found in links]
    assert "共101件" in pages[0].text()
    assert not [d for d in pages[1:] if "101" in d.text()]
    assert [[], ["next"], ["prev"]] == [[a["rel"] for a in d.find("a") if "rel" in a] for d in pages]
    received = [site.page(f"months/2026-11{below}") for below in ("", "/2")]
    assert ["第1页，共2页" in received[0].text(), "第2页，共2页" in received[1].text()] == [True, True]
    test_every_internal_link_leads_somewhere(site)
