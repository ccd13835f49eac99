"""Every kind of page in a real browser: accessible in every display, light to load, and silent towards other hosts."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import unquote, urlsplit

import html5lib  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Page

from tests.publish.browsing import (
    DESKTOP,
    DISPLAYS,
    PHONE,
    Reader,
    choose,
    chromium,
    find_violations,
    needs_chromium,
    serving,
)
from tests.publish.building import Built, stories

pytestmark = needs_chromium
WEIGHT = 300_000
"""Bytes of a first visit: uncompressed, but compressed for the statistics, whose charts are a library."""
LARGE = 18 * 1.25
"""Pixels of the text in 关怀版, at the least; nothing is below 18."""
STATEFUL = ("color-contrast", "target-size", "link-in-text-block", "scrollable-region-focusable")
"""The rules whose answer the display can change; the others are asked once a page and size."""
KINDS = (
    "", "404.html", "about/", "search/", "units/", "units/lanzhou/", "months/2026-11/", "topics/", "replies/",
    "channels/people/", "complexities/", "procedure/", "statistics/",
)  # fmt: skip
CASES = ("plain", "corrected", "late", "private", "moved", "provisional", "hostile", "returned", "gone")


def path_of(name: str) -> str:
    """Where the page of a story stands."""
    case = stories()[name].case()
    return f"cases/{case.received_at:%Y/%m}/{case.id}/"


PAGES = {**{path or "home": path for path in KINDS}, **{name: path_of(name) for name in CASES}}
EVERY = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())


@pytest.fixture(scope="module")
def reader(built: Built) -> Iterator[Reader]:
    """Somebody who reads the built site."""
    with serving(built.site) as address, chromium() as browser:
        yield Reader(browser, address)


@EVERY
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_page_meets_wcag(reader: Reader, path: str, size: tuple[int, int]) -> None:
    """WCAG 2.0 to 2.2, A and AA, and axe's own good practice: in light, dark, 关怀版 and both."""
    with reader.look(path, size) as page:
        found = find_violations(page)
        for display in DISPLAYS:
            choose(page, display)
            found += [f"{display}: {line}" for line in find_violations(page, *STATEFUL)]
        assert [] == found


@EVERY
def test_no_page_is_wider_than_a_small_phone(reader: Reader, path: str) -> None:
    """WCAG 1.4.10: at 320 pixels nothing but a table's own frame scrolls sideways, in 关怀版 neither."""
    with reader.look(path, (320, 640)) as page:
        for display in ("light", "care"):
            choose(page, display)
            assert 320 == page.evaluate("document.documentElement.scrollWidth"), display


@EVERY
def test_a_page_is_light_and_asks_nobody_else(reader: Reader, path: str) -> None:
    """A first visit with an empty cache, every byte uncompressed; no script fails and no policy is broken."""
    context = reader.browser.new_context(base_url=reader.address, viewport={"width": 1280, "height": 900})
    page, weight, hosts, wrong = context.new_page(), list[int](), set[str](), list[str]()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    responses = []
    page.on("response", lambda response: responses.append(response))
    page.goto(path or "./", wait_until="networkidle")
    squeezed = path == "statistics/"
    weight += [len(gzip.compress(r.body()) if squeezed else r.body()) for r in responses if r.ok]
    context.close()
    assert {urlsplit(reader.address).netloc} == hosts
    assert [] == wrong
    if not path.startswith("search/"):
        assert WEIGHT > sum(weight), sorted(weight)


@EVERY
def test_the_text_of_large_type_is_large(reader: Reader, path: str) -> None:
    """关怀版: text of at least 18 × 1.25 pixels, no smaller print below 18, and targets of at least 44."""
    with reader.look(path, PHONE) as page:
        choose(page, "care")
        sizes = page.evaluate(
            """() => {
              const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              const found = [];
              while (walker.nextNode()) {
                const parent = walker.currentNode.parentElement, text = walker.currentNode.data.trim().slice(0, 20);
                if (!text || parent.closest(".hy-sr, .hy-print-only, script, noscript")) continue;
                if (!parent.checkVisibility()) continue;
                found.push([parseFloat(getComputedStyle(parent).fontSize), text]);
              }
              return found;
            }"""
        )
        assert [] == [(size, text) for size, text in sizes if size < 18]
        assert LARGE <= page.evaluate("parseFloat(getComputedStyle(document.querySelector('article')).fontSize)")
        for button in page.locator("button:visible").all():
            box = button.bounding_box()
            assert box is not None
            assert 44 <= box["height"], button.inner_text()


def test_large_type_is_kept_across_pages_and_never_flashes(reader: Reader) -> None:
    """The choice is there before the body is: nothing is painted otherwise."""
    with reader.look("") as page:
        page.get_by_role("button", name="关怀版").click()
        assert "已切换到关怀版：大字、高对比度" == page.locator("#hy-told").inner_text()
        page.add_init_script(
            """new MutationObserver((_, observer) => {
              if (!document.body) return;
              window.early = document.documentElement.hasAttribute("data-hy-care");
              observer.disconnect();
            }).observe(document, { childList: true, subtree: true });"""
        )
        page.goto("units/")
        assert page.evaluate("window.early")
        page.get_by_role("button", name="标准版").click()
        page.goto(path_of("plain"))
        assert not page.evaluate("window.early")


def test_light_and_dark_follow_the_system_until_the_reader_chooses(reader: Reader) -> None:
    """The choice holds across pages, and works together with 关怀版."""

    def paper(page: Page) -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    with reader.look("", color_scheme="dark") as page:
        assert "rgb(16, 21, 28)" == paper(page)
        page.get_by_role("button", name="关怀版").click()
        assert "rgb(0, 0, 0)" == paper(page)
        page.get_by_role("button", name="标准版").click()
        page.get_by_role("button", name="浅色").click()
        page.goto("about/")
        assert "rgb(244, 245, 247)" == paper(page)
    with reader.look("") as page:
        assert "rgb(244, 245, 247)" == paper(page)


def test_the_first_key_leads_past_the_menu(reader: Reader) -> None:
    """WCAG 2.4.1: the first stop is seen, and leads to the text."""
    with reader.look("about/") as page:
        page.keyboard.press("Tab")
        box = page.locator(":focus").bounding_box()
        assert box is not None
        assert ("跳到正文", True) == (page.locator(":focus").inner_text(), box["y"] >= 0)
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("display", DISPLAYS)
def test_whoever_uses_the_keyboard_sees_where_they_are(reader: Reader, display: str) -> None:
    """WCAG 2.4.7: every stop of the home page and of a reply has an outline, and none is a trap."""
    for path in ("", path_of("plain")):
        with reader.look(path) as page:
            choose(page, display)
            stops = page.locator("a[href]:visible, button:visible, input:visible, [tabindex='0']:visible").count()
            for _ in range(stops):
                page.keyboard.press("Tab")
                style = page.evaluate(
                    "(s => [s.outlineStyle, parseFloat(s.outlineWidth)])(getComputedStyle(document.activeElement))"
                )
                assert ("solid", True) == (style[0], style[1] >= 2), page.evaluate("document.activeElement.outerHTML")
            assert page.evaluate("document.activeElement.closest('footer') !== null")


def test_the_menu_of_a_phone_opens_and_closes_with_the_keyboard(reader: Reader) -> None:
    """Enter opens it, its links come next, and Escape leads back."""
    with reader.look("", PHONE) as page:
        button, menu = page.get_by_role("button", name="菜单"), page.get_by_role("navigation", name="主导航")
        assert (False, "false") == (menu.is_visible(), button.get_attribute("aria-expanded"))
        button.focus()
        page.keyboard.press("Enter")
        assert (True, "true") == (menu.is_visible(), button.get_attribute("aria-expanded"))
        page.keyboard.press("Tab")
        assert "首页" == page.locator(":focus").inner_text()
        page.keyboard.press("Escape")
        assert (False, "菜单") == (menu.is_visible(), page.locator(":focus").inner_text())


def test_without_scripts_everything_can_be_read(reader: Reader) -> None:
    """The menu stands open, and no button is shown that would do nothing."""
    with reader.look(path_of("plain"), PHONE, java_script_enabled=False) as page:
        assert page.get_by_role("navigation", name="主导航").is_visible()
        assert page.get_by_text("第二段。").is_visible()
        assert ["搜索"] == [b.inner_text() for b in page.locator("button:visible").all()]


def test_who_dislikes_motion_sees_none(reader: Reader) -> None:
    """WCAG 2.3.3: nothing slides."""
    moving = """() => [...document.querySelectorAll("*")].filter((e) => {
      const s = getComputedStyle(e);
      return s.scrollBehavior === "smooth" || parseFloat(s.transitionDuration) > 0 || s.animationName !== "none";
    }).length"""
    with reader.look("", reduced_motion="reduce") as page:
        assert 0 == page.evaluate(moving)
    with reader.look("", reduced_motion="no-preference") as page:
        assert 0 < page.evaluate(moving)


def test_a_reply_on_paper_names_unit_dates_articles_and_address(reader: Reader) -> None:
    """第二十条: who prints a reply holds the whole of it, however they read it before."""
    with reader.look(path_of("corrected")) as page:
        for display in ("light", "care and dark"):
            choose(page, display)
            page.emulate_media(media="print")
            text = page.locator("body").inner_text()
            for expected in (
                "演示数据，均为虚构", "天水市", "补助标准是多少", "更正后的全文", "2026年10月15日", "2026年10月20日",
                "天水市人民政府办公室", "第十三条", "https://huiyin.example.gov.cn/cases/2026/10/people-C1/",
            ):  # fmt: skip
                assert expected in text, expected
            for hidden in (".hy-menu", ".hy-head__search", ".hy-tools", ".hy-trail", ".hy-foot"):
                assert not page.locator(hidden).first.is_visible(), hidden
            paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert "rgb(255, 255, 255)" == paper
            page.emulate_media(media="screen")


def test_every_page_is_valid_html(built: Built) -> None:
    """HTML's own parser finds no mistake."""
    for file in built.html_files():
        parser = html5lib.HTMLParser()
        parser.parse(file.read_text(encoding="utf-8"))
        assert [] == parser.errors, file


def test_headings_go_down_step_by_step_and_parts_have_names(built: Built) -> None:
    """WCAG 1.3.1: one h1, no level left out; every landmark that stands twice is named."""
    for file in built.html_files():
        tree = html5lib.parse(file.read_text(encoding="utf-8"), namespaceHTMLElements=False)
        levels = [int(e.tag[1]) for e in tree.iter() if isinstance(e.tag, str) and re.fullmatch("h[1-6]", e.tag)]
        assert 1 == levels[0], file
        assert [] == [(a, b) for a, b in pairwise(levels) if b > a + 1], file
        assert [1, 1] == [len(list(tree.iter(tag))) for tag in ("main", "header")], file
        names = [nav.get("aria-label") for nav in tree.iter("nav")]
        assert (len(names), False) == (len(set(names)), None in names), file


def test_every_page_says_where_it_stands(built: Built) -> None:
    """Links to the pages above it, from the home page down; the address given to others is its own."""
    for file in built.html_files():
        address = file.relative_to(built.site).as_posix().removesuffix("index.html")
        tree = html5lib.parse(file.read_text(encoding="utf-8"), namespaceHTMLElements=False)
        canonical = [link.get("href") for link in tree.iter("link") if link.get("rel") == "canonical"]
        trails = [nav for nav in tree.iter("nav") if nav.get("aria-label") == "所在位置"]
        if address == "404.html":
            assert ([], []) == (canonical, trails)
            continue
        assert [f"https://huiyin.example.gov.cn/{address}"] == [unquote(link) for link in canonical]
        assert (0 if address == "" else 1) == len(trails), address
        for trail in trails:
            links = [a.get("href") for a in trail.iter("a")]
            assert "../" * address.count("/") == links[0], address


def test_the_trail_of_a_reply_leads_through_its_unit(reader: Reader) -> None:
    """First the units, then the unit, then the reply itself."""
    with reader.look(path_of("plain")) as page:
        names = page.get_by_role("navigation", name="所在位置").get_by_role("listitem").all_inner_texts()
        assert ["首页", "按单位查看", "兰州市", "建议增设公交站台"] == [n.strip() for n in names]
        page.get_by_role("navigation", name="所在位置").get_by_role("link", name="兰州市").click()
        assert "兰州市的答复" == page.locator("h1").inner_text()


def test_a_rating_and_a_correction_are_seen_at_once(reader: Reader) -> None:
    """第二十条: below the title stand both dates and what the citizen thought of it."""
    with reader.look(path_of("corrected")) as page:
        assert "2026年10月15日公开，2026年10月20日更正" in page.locator("h1 + .hy-under").inner_text()
    with reader.look(path_of("plain")) as page:
        assert "评价：满意" in page.locator("h1 + .hy-under").inner_text()


def test_what_was_chosen_is_all_that_is_remembered(reader: Reader) -> None:
    """No cookie, and in the browser's storage nothing but the display."""
    with reader.look("") as page:
        page.get_by_role("button", name="关怀版").click()
        stored = page.evaluate("Object.fromEntries(Object.entries(localStorage))")
        assert ({"huiyin.display"}, {"care": True}) == (set(stored), json.loads(stored["huiyin.display"]))
        assert [] == page.context.cookies()
