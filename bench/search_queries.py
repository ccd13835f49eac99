"""Queries in Chromium, over an index on a plain static host without ranges: requests, bytes, time until it is shown."""

from __future__ import annotations

import functools
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, expect, sync_playwright

from bench.measuring import PROJECT

CHROMIUM = "/usr/bin/chromium"
SECONDS, KILOBYTES = 0.5, 500
FILTERS = {"unit": "unit07", "topic": "教育", "channel": "people", "year": "2024"}
QUERIES: tuple[dict[str, str], ...] = (
    {"q": "医保"},
    {"q": "供暖"},
    {"q": "我们"},
    {"q": "公积金"},
    {"q": "社会主义"},
    {"q": "甘肃 兰州"},
    {"q": "甘肃 兰州 医院 学校 公交 小区"},
    {"q": "中华人民共和国全国人大"},
    {"q": "社会主义", "sort": "date"},
    {"q": "医保", "unit": "unit07"},
    {"q": "社会主义", "unit": "unit07", "topic": "教育", "channel": "people"},
    {"q": "社会", **FILTERS, "sort": "date"},
    {"q": "", "unit": "unit07", "sort": "date"},
)
# When the page last said what it had found.
WATCH = """
document.addEventListener("DOMContentLoaded", () => {
  const status = document.getElementById("hy-status");
  new MutationObserver(() => { window.toldAt = performance.now(); }).observe(status, { childList: true });
});
"""
ASKED = """
() => [window.toldAt, performance.getEntriesByType("resource").filter((e) => e.name.includes("/search/data/"))
  .map((e) => [e.startTime, e.encodedBodySize])]
"""


def ask(index: Path, site: Path) -> Iterator[tuple[str, float, float, str, bool, float, str]]:
    """For each query, in a window that knows nothing: the fields of ``bench.search.Row``.

    Args:
        index: of the documents asked for.
        site: where a site of the search page alone is made.
    """
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(PROJECT / "site" / "assets", site / "assets")
    (site / "search").mkdir()
    (site / "search" / "data").symlink_to(index)
    page_text = (PROJECT / "site" / "search.md").read_text(encoding="utf-8")
    (site / "search" / "index.html").write_text(f"<!doctype html><meta charset=utf-8>{page_text}", encoding="utf-8")
    with _served(site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-quic"])
        _one(browser, address, {"q": "演示"})  # the first window of a browser is slow for reasons of its own
        for query in QUERIES:
            seconds, kilobytes, files, told = _one(browser, address, query)
            name = "query " + " ".join(value for value in query.values() if value)
            fits = seconds < SECONDS and kilobytes < KILOBYTES
            note = f"{kilobytes:.0f} kB in {files} files: {told}"
            yield name, seconds, 0.0, f"{SECONDS:g} s, {KILOBYTES} kB", fits, 0.0, note
        browser.close()


def _one(browser: Browser, address: str, query: dict[str, str]) -> tuple[float, float, int, str]:
    """Seconds, kB, files, and what the page says."""
    page = browser.new_context().new_page()
    page.add_init_script(WATCH)
    page.goto(f"{address}search/?{urlencode(query)}")
    status = page.locator("#hy-status")
    expect(status).to_have_text(re.compile("^(找到|已找到|没有)"), timeout=60_000)
    told_at, asked = page.evaluate(ASKED)
    told = status.inner_text()
    page.context.close()
    return (told_at - min(begun for begun, _ in asked)) / 1000, sum(size for _, size in asked) / 1000, len(asked), told


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The address of a folder on this machine, while it is asked."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
