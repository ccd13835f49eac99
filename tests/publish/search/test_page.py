"""The search page in a real browser: the demonstration's site, served as a plain static host does, without ranges."""

from __future__ import annotations

import functools
import random
import re
import shutil
import sys
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from huiyin.publish.search.build import build_whole
from huiyin.publish.search.document import Document
from huiyin.publish.search.folding import fold, fold_character
from tests.cases import PROJECT
from tests.publish.building import make_project, run_mkdocs
from tests.publish.search.indexed import Indexed, document

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox", "--disable-quic", "--disable-background-networking", "--no-first-run", "--disable-component-update",
    "--disable-sync", "--disable-default-apps",
)  # fmt: skip
AS_OF = "2026-11-23T10:00:00+08:00"
WORDS = ("供暖", "医保", "噪声", "拆迁", "社保", "学区", "公交")
pytestmark = pytest.mark.skipif(
    not Path(CHROMIUM).exists(), reason="chromium IS NOT INSTALLED: the search page is NOT TESTED"
)


@dataclass(frozen=True)
class Served:
    """A site on this machine.

    Args:
        address: ends with a slash.
        broken: while it holds a word, requests whose path has it fail.
    """

    site: Path
    address: str
    broken: set[str]

    @property
    def index(self) -> Indexed:
        """What the page reads."""
        return Indexed(self.site / "search" / "data")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demonstration, built by MkDocs and served."""
    root = make_project(tmp_path_factory.mktemp("demo"), [])
    shutil.copytree(PROJECT / "cases", root / "cases", dirs_exist_ok=True)
    done = run_mkdocs(root, "build", "--strict", as_of=AS_OF)
    assert 0 == done.returncode, done.stderr
    with serving(root / "build" / "site") as found:
        yield found


@pytest.fixture(scope="module")
def archive(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same pages with an index of four years, in six segments; all its texts are invented."""
    site = tmp_path_factory.mktemp("archive")
    for name in ("assets", "search"):
        shutil.copytree(served.site / name, site / name, ignore=shutil.ignore_patterns("data"))
    build_whole(many(), site / "search" / "data")
    with serving(site) as found:
        yield found


def many() -> list[Document]:
    """Three hundred documents of four years; every third is of the same unit, every second has a topic in common."""
    return [
        document(
            n,
            title=f"第{n}件：{'供暖' if n % 7 else '医保'}问题（演示）",
            day=date(2023, 1, 3) + timedelta(days=n * 4 + n % 3),
            parts=(("留言", "小区供暖温度不达标，请尽快处理。"), ("答复", f"已经检修，编号{n}。（演示用虚构答复）")),
            unit=("lanzhou", "兰州市") if n % 3 == 0 else ("baiyin", "白银市"),
            topics=("教育", "其他") if n % 2 else ("城乡建设",),
            channel=("people", "人民网") if n % 5 else ("portal", "政民互动"),
            year=str(2023 + n * 4 // 365),
        )
        for n in range(350)
    ]


@contextmanager
def serving(site: Path) -> Iterator[Served]:
    """A folder, as a plain static host serves it."""
    broken = set[str]()

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            """Fail where told to."""
            if any(word in self.path for word in broken):
                self.send_error(503)
            else:
                super().do_GET()

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Served(site, f"http://127.0.0.1:{server.server_port}/", broken)
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium as Debian ships it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A fresh window, which may ask this site alone and must not fail in any script."""
    context = browser.new_context(base_url=served.address, viewport={"width": 1100, "height": 900})
    context.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)
    page = context.new_page()
    errors: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
    yield page
    context.close()
    assert [] == errors
    assert {urlsplit(served.address).netloc} >= set(asked) - {""}


@pytest.fixture
def old(browser: Browser, archive: Served) -> Iterator[Page]:
    """A window at the archive of four years."""
    context = browser.new_context(base_url=archive.address)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


# Everything that the index finds for each word, as the page would ask it.
FIND = """
async ([words, order]) => {
  const { Index } = await import("/assets/search/index.js");
  const { wordsOf } = await import("/assets/search/fold.js");
  const index = await Index.open(new URL("/search/data/", location.href));
  const found = {};
  for (const word of words) {
    const hits = await index.find(wordsOf(word), {}, order);
    found[word] = [];
    while (!hits.done) found[word].push(...(await hits.more(50, 50)).map((document) => document.i));
  }
  return found;
}
"""


def search(page: Page, query: str, **filters: str) -> str:
    """Open a shared address and return what is told when all is found."""
    more = "".join(f"&{name}={quote(value)}" for name, value in filters.items())
    page.goto(f"search/?q={quote(query)}{more}")
    return told(page)


def told(page: Page) -> str:
    """What a screen reader is told once the search is done."""
    status = page.get_by_role("status").and_(page.locator("#hy-status"))
    expect(status).to_have_text(re.compile("^(找到|已找到|没有|请输入|可以搜索)"))
    return status.inner_text()


def hits(page: Page) -> list[str]:
    """Ids of the cases shown, by their addresses."""
    links = page.locator("#hy-hits > li > a").all()
    return [(link.get_attribute("href") or "").rstrip("/").rpartition("/")[2] for link in links]


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_found_wherever_it_stands(page: Page, served: Served, word: str) -> None:
    """Seven words, against plain substring search over all published texts; every hit is marked."""
    texts = [t for segment in served.index.manifest["segments"] for t in served.index.texts(segment)]
    expected = {
        t["i"] for t in texts if any(word in part for part in (t["t"], *(x for _, x in t["x"]), t["u"][1], *t["k"]))
    }
    assert expected, word
    assert search(page, word).startswith(f"找到{len(expected)}件")
    while page.locator("#hy-more").is_visible():
        shown = len(hits(page))
        page.locator("#hy-more").click()
        expect(page.locator("#hy-hits > li")).not_to_have_count(shown)
    assert (len(expected), expected) == (len(hits(page)), set(hits(page)))
    assert {word} == set(page.locator("#hy-hits mark").all_inner_texts())
    expect(page.locator("#hy-hits > li").filter(has=page.locator("mark"))).to_have_count(len(expected))


@pytest.mark.parametrize("length", [2, 3, 4, 5, 6])
def test_every_literal_word_is_found_in_the_browser(page: Page, served: Served, length: int) -> None:
    """Recall 100 %, and nothing else: words from anywhere in the published texts, against plain substring search."""
    texts = [t for segment in served.index.manifest["segments"] for t in served.index.texts(segment)]
    folded = {
        t["i"]: [fold(part) for part in (t["t"], *(x for _, x in t["x"]), t["u"][1], *t["k"], t["i"])] for t in texts
    }
    parts = [part for all_ in folded.values() for part in all_]
    words = sorted({part[i : i + length] for part in parts for i in range(len(part) + 1 - length)})
    sample = random.Random(length).sample(words, 150)  # noqa: S311 - the same words each time, no secret
    page.goto("search/")
    found = page.evaluate(FIND, [sample, "date"])
    expected = {word: {i for i, all_ in folded.items() if any(word in part for part in all_)} for word in sample}
    assert expected == {word: set(ids) for word, ids in found.items()}
    assert all(len(ids) == len(set(ids)) for ids in found.values())


def test_filters_and_order_by_date_across_segments(old: Page, archive: Served) -> None:
    """A word, three filters, newest first, page after page through all years; and one year alone."""
    assert 5 <= len(archive.index.manifest["segments"])
    hit = [d for d in many() if d.unit[0] == "lanzhou" and "其他" in d.topics and d.channel[0] == "people"]
    expected = [d.id for d in sorted(hit, key=lambda d: (d.day, d.id), reverse=True)]
    assert {"2023", "2024", "2025", "2026"} == {d.year for d in hit}
    filters = {"unit": "lanzhou", "topic": "其他", "channel": "people", "sort": "date"}
    search(old, "小区供暖温度不达标", **filters)
    while old.locator("#hy-more").is_visible():
        shown = len(hits(old))
        old.locator("#hy-more").click()
        expect(old.locator("#hy-hits > li")).not_to_have_count(shown)
    assert f"找到{len(expected)}件。" == told(old)
    assert expected == hits(old)
    search(old, "供暖", **filters, year="2024")
    assert [d.id for d in reversed(hit) if d.year == "2024"][:10] == hits(old)


def test_many_words_are_all_checked(old: Page, archive: Served) -> None:
    """More words than files may be asked for: what is shown holds each of them."""
    words = ("供暖", "温度", "达标", "处理", "检修", "编号", "演示", "医保", "兰州", "教育")
    wanted = {d.id for d in many() if all(any(w in text for text in d.searched()) for w in words)}
    assert wanted
    search(old, " ".join(words))
    while old.locator("#hy-more").is_visible():
        before = told(old)
        old.locator("#hy-more").click()
        expect(old.locator("#hy-status")).not_to_have_text(before)
    assert wanted == set(hits(old))


def test_an_index_published_while_results_are_read_is_opened_again(
    browser: Browser, archive: Served, tmp_path: Path
) -> None:
    """Between first results and next ones a segment is replaced, twice: the page starts anew and tells nothing old."""
    site = tmp_path / "site"
    shutil.copytree(archive.site, site)
    with serving(site) as served:
        page = browser.new_page(base_url=served.address)
        search(page, "编号34", sort="date")
        for word, query in (("更正", "编号34"), ("又更正", "编号9")):
            changed = [replace(d, title=f"{d.title}{word}") if d.year == "2023" else d for d in many()]
            build_whole(changed, site / "search" / "data")
            if query != page.locator("#hy-q").input_value():
                page.locator("#hy-q").fill(query)
                page.locator("#hy-q").press("Enter")
            # The last of the results is of 2023, of which no text was read yet.
            told(page)
            while page.locator("#hy-more").is_visible():
                page.locator("#hy-more").click()
                expect(page.locator("#hy-more")).to_be_enabled()
                told(page)
            expected = [d for d in changed if any(query in text for text in d.searched())]
            assert [d.id for d in reversed(expected)] == hits(page), told(page)
            assert page.locator("#hy-hits a").last.inner_text().endswith(f"（演示）{word}")
        page.close()


def test_a_word_that_is_nowhere_is_told(page: Page) -> None:
    """Words whose pairs all occur, but never together, are checked and refuted."""
    assert "没有找到" in search(page, "飞碟")
    assert "没有找到" in search(page, "公交医保供暖")
    assert [] == hits(page)


def test_a_long_word_is_checked_against_the_text(page: Page, served: Served) -> None:
    """More pairs than one query asks for: what is shown does hold the whole word."""
    (text,) = [
        t for s in served.index.manifest["segments"] for t in served.index.texts(s) if t["i"] == "people-90000038"
    ]
    sentence = max(re.split(r"[\s，。；：！？]", text["x"][0][1]), key=len)
    assert len(sentence) > 8
    assert "找到1件。" == search(page, sentence)
    assert ["people-90000038"] == hits(page)


def test_several_words_must_all_occur(page: Page) -> None:
    """Parted by white space, full width too; a word of one character is left out and named."""
    search(page, "小区")
    one = set(hits(page))
    search(page, "供暖")
    other = set(hits(page))
    assert search(page, "小区　供暖").startswith("找到")
    assert one & other == set(hits(page))
    assert one & other not in (one, other, set())
    assert "“水”只有一个字，没有用来查找。" in search(page, "供暖 水")
    assert "请输入两个字以上的词语。" == search(page, "水")


def test_other_spellings_find_the_same(page: Page) -> None:
    """Full width, case, and brackets as people type them."""
    assert "找到1件。" == search(page, "ＰＥＯＰＬＥ－９０００００３８")
    assert ["people-90000038"] == hits(page)


def test_filters_narrow_and_combine(page: Page, served: Served) -> None:
    """By unit, topic, channel and year, chosen by hand; the address follows, and the way back undoes it."""
    texts = [t for s in served.index.manifest["segments"] for t in served.index.texts(s)]
    search(page, "演示")
    for name, value, key in (("unit", "lanzhou", "u"), ("year", "2026", "y"), ("channel", "people", "c")):
        texts = [t for t in texts if value in (t[key], t[key][0])]
        page.locator(f"select[name={name}]").select_option(value)
        expect(page.locator("#hy-status")).to_have_text(re.compile(f"^找到{len(texts)}件"))
        assert f"{name}={value}" in page.url
    assert texts
    assert {t["i"] for t in texts} >= set(hits(page))
    topic = next(t["k"][0] for t in texts if t["k"])
    page.locator("select[name=topic]").select_option(topic)
    expect(page.locator("#hy-status")).to_have_text(re.compile(f"^找到{sum(topic in t['k'] for t in texts)}件"))
    page.go_back()
    expect(page.locator("#hy-status")).to_have_text(re.compile(f"^找到{len(texts)}件"))
    assert "" == page.locator("select[name=topic]").input_value()


def test_a_filter_alone_lists_its_cases(page: Page, served: Served) -> None:
    """Without a word, what a unit has answered, newest first."""
    texts = [t for s in served.index.manifest["segments"] for t in served.index.texts(s) if t["u"][0] == "lanzhou"]
    assert search(page, "", unit="lanzhou").startswith(f"找到{len(texts)}件")
    assert [t["i"] for t in reversed(texts)][:10] == hits(page)
    documents = sum(segment["documents"] for segment in served.index.manifest["segments"])
    assert f"可以搜索{documents}件已经公开答复的留言。" == search(page, "")
    assert "没有找到" in search(page, "", unit="nowhere")


def test_order_by_relevance_and_by_date(page: Page, served: Served) -> None:
    """Titles first, or the newest first; both are in the address."""
    texts = {t["i"]: t for s in served.index.manifest["segments"] for t in served.index.texts(s)}
    search(page, "供暖")
    titled = ["供暖" in texts[i]["t"] for i in hits(page)]
    assert sorted(titled, reverse=True) == titled
    assert {True, False} == set(titled)
    page.locator("select[name=sort]").select_option("date")
    expect(page).to_have_url(re.compile("sort=date"))
    told(page)
    days = [texts[i]["d"] for i in hits(page)]
    assert sorted(days, reverse=True) == days


def test_an_address_can_be_passed_on(page: Page, browser: Browser, served: Served) -> None:
    """Who opens it sees the same query, filters and results."""
    search(page, "供暖")
    page.locator("select[name=sort]").select_option("date")
    expect(page).to_have_url(re.compile("sort=date"))
    told(page)
    other = browser.new_page()
    other.goto(page.url)
    told(other)
    assert hits(page) == hits(other)
    assert ("供暖", "date") == (other.locator("#hy-q").input_value(), other.locator("select[name=sort]").input_value())
    assert "“供暖”的搜索结果" in other.title()
    other.close()


def test_keys_alone_do(page: Page) -> None:
    """“/” from any page, type, Enter, ↓ and ↑ through the results, Enter opens one."""
    page.goto("about/")
    page.keyboard.press("/")
    page.keyboard.type("供暖")
    page.keyboard.press("Enter")
    assert told(page).startswith("找到")
    page.keyboard.press("/")
    expect(page.locator("#hy-q")).to_be_focused()
    links = page.locator("#hy-hits > li > a")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#hy-q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    title = links.nth(0).inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(title)


def test_every_page_has_the_box(page: Page) -> None:
    """From the home page and from a case a query leads to the results."""
    for address in ("", "units/lanzhou/", "404.html"):
        page.goto(address)
        box = page.locator("input[type=search]:visible").first
        box.fill("医保")
        box.press("Enter")
        assert told(page).startswith("找到"), address


def test_a_phone_needs_no_sideways_scrolling(browser: Browser, served: Served) -> None:
    """360 pixels."""
    page = browser.new_page(viewport={"width": 360, "height": 740}, base_url=served.address)
    search(page, "供暖 小区")
    assert 360 >= page.evaluate("() => document.documentElement.scrollWidth")
    assert page.locator("#hy-hits a").first.is_visible()
    page.close()


def test_without_scripts_the_page_says_so(browser: Browser, served: Served) -> None:
    """And names the other ways to a case."""
    context = browser.new_context(java_script_enabled=False, base_url=served.address)
    page = context.new_page()
    page.goto("search/?q=供暖")
    note = page.locator("noscript p")
    expect(note).to_contain_text("没有启用JavaScript，不能搜索")
    assert ["../units/", "../months/", "../topics/"] == [a.get_attribute("href") for a in note.locator("a").all()]
    context.close()


def test_a_query_asks_for_few_bytes(page: Page) -> None:
    """Index and texts together, uncompressed."""
    for word in (*WORDS, "小区供暖温度不达标怎么办"):
        search(page, word)
        size = page.evaluate(
            "() => performance.getEntriesByType('resource').filter((e) => e.name.includes('/search/data/'))"
            ".reduce((sum, e) => sum + e.encodedBodySize, 0)"
        )
        assert 3_000 < size < 500_000, word


def test_a_failure_is_told_and_can_be_repeated(page: Page, served: Served) -> None:
    """A phone in a tunnel."""
    served.broken.add(".bigrams")
    try:
        assert "没有取到索引" in search(page, "供暖")
    finally:
        served.broken.clear()
    page.locator("#hy-retry").click()
    expect(page.locator("#hy-status")).to_have_text(re.compile("^找到"))
    assert page.locator("#hy-retry").is_hidden()


def test_an_index_published_meanwhile_is_opened_again(page: Page, served: Served) -> None:
    """A page that was open while the site was published: its segment is gone, and it notices."""
    search(page, "医保")
    segment = served.site / "search" / "data" / served.index.manifest["segments"][-1]["name"]
    manifest = served.site / "search" / "data" / "manifest.json"
    before = manifest.read_text(encoding="utf-8")
    renamed = segment.rename(segment.with_name("2026-11-0000000000000000"))
    manifest.write_text(before.replace(segment.name, renamed.name), encoding="utf-8")
    try:
        page.locator("#hy-q").fill("供暖")
        page.locator("#hy-q").press("Enter")
        expect(page.locator("#hy-status")).to_have_text(re.compile("^找到4件"))
    finally:
        renamed.rename(segment)
        manifest.write_text(before, encoding="utf-8")


def test_texts_are_shown_as_texts(page: Page, served: Served) -> None:
    """No text of the record becomes an element: what an index says is set as text, whoever wrote it."""
    path = next(p for p in (served.site / "search/data").glob("*/[0-9]*.json") if "供暖" in p.read_text("utf-8"))
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("供暖", "<i><img src=x>供暖</i>"), encoding="utf-8")
    try:
        search(page, "供暖")
        assert "<i><img src=x>供暖</i>" in page.locator("#hy-hits").inner_text()
        expect(page.locator("#hy-hits :is(i, img)")).to_have_count(0)
    finally:
        path.write_text(before, encoding="utf-8")


def test_the_browser_folds_as_the_index_does(page: Page) -> None:
    """Every character of the basic plane that this Python knows, and some beyond it."""
    page.goto("search/")
    known = [c for c in map(chr, range(0x10000)) if unicodedata.category(c) not in {"Cs", "Cn"}]
    known += [chr(c) for c in (0x20BB7, 0x1F600, 0x1D400, 0x1F130, 0x2F800)]
    folded = page.evaluate(
        "async ([address, all]) => { const { foldCharacter } = await import(address); return all.map(foldCharacter); }",
        ["/assets/search/fold.js", known],
    )
    assert [] == [(c, fold_character(c), f) for c, f in zip(known, folded, strict=True) if fold_character(c) != f]
    assert sys.maxunicode > len(known) > 50_000


def test_words_are_marked_where_they_stand(page: Page) -> None:
    """Offsets lead back into the text as it is, through characters that vanish or become several."""
    page.goto("search/")
    text = "面积㎡ 120，Ａ b𠮷（供\n暖）供暖供"
    found = page.evaluate(
        "async ([address, text, words]) => (await import(address)).findWords(text, words)"
        ".map(([begin, end]) => text.slice(begin, end))",
        ["/assets/search/fold.js", text, [fold(word) for word in ("m2", "ab𠮷", "供暖")]],
    )
    assert ["㎡", "Ａ b𠮷", "供\n暖", "供暖"] == found
