"""Chromium as Debian ships it, looking at a built site that a plain static host serves."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox", "--disable-quic", "--disable-background-networking", "--no-first-run", "--disable-sync",
    "--disable-component-update", "--disable-default-apps",
)  # fmt: skip
PATIENCE = 60_000
"""Milliseconds."""
DISPLAYS: Mapping[str, Mapping[str, Any]] = {
    "light": {"scheme": "default"},
    "dark": {"scheme": "slate"},
    "care": {"scheme": "default", "care": True},
    "care and dark": {"scheme": "slate", "care": True},
}
PHONE, DESKTOP = (360, 740), (1280, 900)
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
needs_chromium = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"{CHROMIUM} IS NOT INSTALLED: the pages are NOT TESTED in a browser"
)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a folder, with a slash at its end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass(frozen=True)
class Reader:
    """Somebody who opens pages of one site.

    Args:
        address: of the site, with a slash at its end.
    """

    browser: Browser
    address: str

    @contextmanager
    def look(self, path: str, size: tuple[int, int] = DESKTOP, **options: Any) -> Iterator[Page]:
        """A fresh window with the page at a path; nothing is remembered from before."""
        context = self.browser.new_context(
            base_url=self.address, viewport={"width": size[0], "height": size[1]}, locale="zh-CN", **options
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(path or "./")
        yield page
        context.close()


def choose(page: Page, display: str) -> None:
    """Show the page as a reader would see it who chose that display before."""
    choice = json.dumps(DISPLAYS[display])
    page.evaluate(
        "text => { localStorage.setItem('huiyin.display', text); dispatchEvent(new Event('storage')); }", choice
    )


def find_violations(page: Page, *rules: str) -> list[str]:
    """What axe-core finds wrong, one line a place: by the rules named, else by all of WCAG up to 2.2 AA."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": WCAG}
    found = page.evaluate("o => axe.run(document, o)", {"runOnly": only, "resultTypes": ["violations"]})
    return [
        f"{v['id']} {node['target']} {node.get('failureSummary', '')}"
        for v in found["violations"]
        for node in v["nodes"]
    ]
