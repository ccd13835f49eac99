"""Feeds, by the rules of RFC 4287."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from lxml import etree  # type: ignore[import-untyped]

from huiyin.publish.open_data.atom import LATEST, NAMESPACE, Feed, write
from huiyin.publish.view import PublicCorrection
from tests.publish.building import HOSTILE_BODY, HOSTILE_TITLE, PLANTED
from tests.publish.open_data.samples import SETTINGS, all_published, published

A = f"{{{NAMESPACE}}}"


def feed(cases: list[object] | None = None, **changes: str) -> ET.Element:
    """The parsed feed of all published stories."""
    found = Feed("topics/其他/", "其他", "演示：主题：其他", all_published() if cases is None else cases)  # type: ignore[arg-type]
    return check(write(replace(found, **changes), SETTINGS))  # type: ignore[arg-type]


def check(data: bytes) -> ET.Element:
    """What RFC 4287 demands of a feed and of each entry: numbers are its sections."""
    etree.fromstring(data)  # well-formed for a strict parser
    root = ET.fromstring(data)  # noqa: S314  our own
    assert f"{A}feed" == root.tag
    for element in (root, *root.findall(f"{A}entry")):
        for name in ("id", "title", "updated"):  # 4.1.1, 4.1.2: exactly one
            assert 1 == len(element.findall(f"{A}{name}")), name
        for name in ("updated", "published"):  # 3.3: RFC 3339 with an offset
            for moment in element.findall(f"{A}{name}"):
                assert datetime.fromisoformat(str(moment.text)).tzinfo
        uri = urlsplit(str(element.findtext(f"{A}id")))  # 4.2.6: an absolute IRI
        assert "tag" == uri.scheme
        assert uri.path.isascii()
        links = element.findall(f"{A}link")
        alternates = [(x.get("type"), x.get("hreflang")) for x in links if x.get("rel", "alternate") == "alternate"]
        assert len(alternates) == len(set(alternates)) == 1  # 4.1.1: no two of one type and language
        assert all(urlsplit(str(x.get("href"))).netloc and str(x.get("href")).isascii() for x in links)  # 4.2.7.1
        for person in element.findall(f"{A}author"):
            assert person.findtext(f"{A}name")  # 3.2.1
        for text in (*element.findall(f"{A}title"), *element.findall(f"{A}content")):
            assert text.get("type", "text") == "text"  # 3.1.1.1: no markup, no children
            assert not list(text)
        for category in element.findall(f"{A}category"):
            assert category.get("term")  # 4.2.2
    assert root.findall(f"{A}author") or all(e.findall(f"{A}author") for e in root.findall(f"{A}entry"))  # 4.1.1
    ids = [e.findtext(f"{A}id") for e in root.findall(f"{A}entry")]
    assert len(ids) == len(set(ids))  # 4.1.1
    return root


def test_a_feed_follows_the_standard() -> None:
    """With its own address, the page of its list, licence and language."""
    root = feed()
    links = {x.get("rel"): x.get("href") for x in root.findall(f"{A}link")}
    assert "https://huiyin.example.gov.cn/wang/feeds/topics/%E5%85%B6%E4%BB%96.atom" == links["self"]
    assert "https://huiyin.example.gov.cn/wang/topics/%E5%85%B6%E4%BB%96/" == links["alternate"]
    assert SETTINGS.licence.url == links["license"]
    assert "zh-CN" == root.get("{http://www.w3.org/XML/1998/namespace}lang")
    assert len(all_published()) == len(root.findall(f"{A}entry"))


def test_entries_say_what_the_pages_say() -> None:
    """第二十条: the publisher as author, the reply in force, or the public note."""
    entries = {e.findtext(f"{A}title"): e for e in feed().findall(f"{A}entry")}
    assert "更正后的全文，标准为每户1.5万元。" == entries["补助标准是多少"].findtext(f"{A}content")
    assert "已电话答复本人，并告知了投诉渠道。" == entries["工资被拖欠"].findtext(f"{A}content")
    assert published("plain").publisher == entries["建议增设公交站台"].findtext(f"{A}author/{A}name")
    assert HOSTILE_BODY == entries[HOSTILE_TITLE].findtext(f"{A}content")
    assert PLANTED not in write(Feed("replies/", "全部", "演示", all_published()), SETTINGS).decode()


def test_an_id_never_changes() -> None:
    """Not by correction, not by a new publication, not by the feed it stands in, and not when the site moves."""
    plain = published("plain")
    changed = replace(plain, unit="baiyin", title="改", published_at=plain.published_at + timedelta(days=9))
    moved = replace(SETTINGS, root="https://other.example/")
    ids = {
        check(write(Feed(address, "x", "y", [case]), settings)).findtext(f"{A}entry/{A}id")
        for address, case, settings in (
            ("replies/", plain, SETTINGS),
            ("units/baiyin/", changed, SETTINGS),
            ("replies/", plain, moved),
        )
    }
    assert {"tag:huiyin.example.gov.cn,2026:cases/people-P1"} == ids


def test_a_correction_comes_first_again_and_a_rating_does_not() -> None:
    """第二十条: whoever follows the feed learns of a correction; updated tells of every change."""
    first, second = published("plain", id="people-1"), published("plain", id="people-2")
    later = second.published_at + timedelta(days=1)
    order = [e.findtext(f"{A}id") for e in feed([first, second]).findall(f"{A}entry")]
    assert ["2", "1"] == [str(i)[-1] for i in order]
    corrected = replace(first, corrections=(PublicCorrection(later, "有误"),))
    order = [e.findtext(f"{A}id") for e in feed([corrected, second]).findall(f"{A}entry")]
    assert ["1", "2"] == [str(i)[-1] for i in order]
    assert "2026-11-22T09:00:00+08:00" == feed([second]).findtext(f"{A}entry/{A}updated"), "the second rating"


def test_a_feed_is_bounded_and_an_empty_one_is_still_a_feed() -> None:
    """The latest 50; a unit without a reply can be followed too, and its feed does not change with each build."""
    plain = published("plain")
    cases = [replace(plain, id=f"people-{n:03}") for n in range(LATEST + 5)]
    found = feed(list(cases)).findall(f"{A}entry")
    assert (LATEST, "people-054") == (len(found), str(found[0].findtext(f"{A}id"))[-10:])
    assert "1970-01-01T00:00:00+08:00" == feed([]).findtext(f"{A}updated")
