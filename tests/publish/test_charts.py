"""The charts of the statistics page in a real browser: they say what the tables say, to everybody, and load late."""

from __future__ import annotations

import functools
import gzip
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.publish.building import Built

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ("--no-sandbox", "--disable-quic", "--disable-background-networking", "--no-first-run")
LIBRARY = "echarts.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
pytestmark = pytest.mark.skipif(
    not Path(CHROMIUM).exists(), reason="chromium IS NOT INSTALLED: the charts are NOT TESTED"
)


@pytest.fixture(scope="module")
def address(built: Built) -> Iterator[str]:
    """The built site, served on this machine."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=built.site))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all."""
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A reader of her own, in whose console nothing may be said."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    made = context.new_page()
    said: list[str] = []
    made.on("console", lambda message: said.append(message.text))
    made.on("pageerror", lambda error: said.append(str(error)))
    yield made
    context.close()
    assert [] == said


def draw_all(page: Page) -> int:
    """Scroll to every chart until it is drawn; how many there are."""
    boxes = page.locator(".hy-chart")
    for number in range(boxes.count()):
        boxes.nth(number).scroll_into_view_if_needed()
        expect(boxes.nth(number).locator("svg")).to_be_visible()
    return boxes.count()


def test_each_table_has_a_chart_that_says_the_same(page: Page, address: str) -> None:
    """A label for every row that has a figure, with the figure of the table."""
    page.goto(f"{address}statistics/")
    assert page.locator("table[data-hy-chart]").count() == draw_all(page) == 5
    for name, kind, cells in (("件数", "count", "data-closed"), ("按期办结率", "rate", "data-on-time")):
        box = page.locator("#by-channel .hy-chart")
        box.locator(f"input[value={kind}]").check()
        shown = [t.strip() for t in box.locator("svg text").all_text_contents()]
        values = [v for v in page.locator(f"#by-channel td[{cells}]").evaluate_all(
            "(all, name) => all.map((cell) => cell.getAttribute(name))", cells) if v]  # fmt: skip
        for value in values:
            assert (f"{round(float(value) * 1000) / 10:g}%" if kind == "rate" else value) in shown, name
        assert name in str(box.locator("[role=img]").get_attribute("aria-label"))


def test_nothing_is_loaded_before_a_chart_is_near(page: Page, address: str) -> None:
    """The library comes when the first chart is scrolled to, once, and on no other page; nobody else is asked."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": 1280, "height": 200})
    page.goto(f"{address}statistics/", wait_until="networkidle")
    assert not [url for url in asked if LIBRARY in url]
    draw_all(page)
    assert 1 == len([url for url in asked if LIBRARY in url])
    page.goto(address, wait_until="networkidle")
    page.goto(f"{address}data/", wait_until="networkidle")
    assert 1 == len([url for url in asked if LIBRARY in url])
    assert {urlsplit(address).netloc} == {urlsplit(url).netloc for url in asked}


def test_the_page_weighs_little(page: Page, address: str) -> None:
    """Issue 6: under 300 kB as a static host sends it, which is packed (gzip); here each file is packed to measure."""
    bodies: dict[str, bytes] = {}
    page.on("response", lambda response: bodies.update({response.url: response.body()}))
    page.goto(f"{address}statistics/", wait_until="networkidle")
    draw_all(page)
    assert [url for url in bodies if LIBRARY in url]
    assert sum(len(gzip.compress(body)) for body in bodies.values()) < 300_000


def test_without_scripts_the_tables_stand_alone(browser: Browser, address: str) -> None:
    """Progressive enhancement: the same figures, no empty frames."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}statistics/")
    assert (5, 0) == (page.locator("table[data-hy-chart]").count(), page.locator(".hy-chart").count())
    context.close()


def test_a_bar_leads_to_its_cases(page: Page, address: str) -> None:
    """Every figure leads to the list behind it: the bar for the mouse, the row of the table for the keyboard."""
    page.goto(f"{address}statistics/")
    draw_all(page)
    row = page.locator("#by-channel tbody tr").first.locator("th a")
    target = row.get_attribute("href")
    assert target
    box = page.locator("#by-channel .hy-chart")
    box.locator("input[value=count]").check()
    # The label of the first row stands beside its bars.
    label = box.locator("svg text", has_text=str(row.inner_text())).bounding_box()
    assert label
    page.mouse.click(label["x"] + label["width"] + 20, label["y"] + label["height"] / 2)
    page.wait_for_url(f"**/{target.removeprefix('../')}")


def test_the_choice_works_with_the_keyboard(page: Page, address: str) -> None:
    """Arrow keys move through the figures, as in any group of radio buttons."""
    page.goto(f"{address}statistics/")
    draw_all(page)
    box = page.locator("#by-month .hy-chart")
    box.locator("input").first.focus()
    page.keyboard.press("ArrowRight")
    expect(box.locator("input[value=days]")).to_be_checked()
    expect(box.locator("[role=img]")).to_have_attribute(
        "aria-label", "柱状图：按收到留言的月份统计的留言办理情况，办理用时。数据见下表。"
    )


def test_colours_and_type_follow_the_page(page: Page, address: str) -> None:
    """Light, dark and 关怀版: changed without loading again, and the words are as large as those around them."""
    page.goto(f"{address}statistics/")
    draw_all(page)
    box = page.locator("#by-channel .hy-chart")

    def look() -> tuple[str, float]:
        fills = box.locator("svg path").evaluate_all("(all) => all.map((p) => p.getAttribute('fill')).join()")
        size = box.locator("svg text").first.evaluate("(text) => parseFloat(getComputedStyle(text).fontSize)")
        return fills, size

    light, small = look()
    page.evaluate("document.documentElement.setAttribute('data-md-color-scheme', 'slate')")
    page.wait_for_timeout(300)
    dark, _ = look()
    page.evaluate("document.documentElement.toggleAttribute('data-hy-care', true)")
    page.wait_for_timeout(300)
    _, large = look()
    assert light != dark
    assert large > small * 1.2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["statistics/", "data/", "data/dictionary/"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_are_accessible(browser: Browser, address: str, path: str, scheme: Any, width: int) -> None:
    """WCAG 2.2 AA as far as axe can tell, and nothing wider than a phone."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True
    )
    page = context.new_page()
    page.goto(f"{address}{path}")
    draw_all(page)
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    assert 0 == found.violations_count, found.generate_report()
    assert width >= page.evaluate("document.documentElement.scrollWidth")
    context.close()
