"""Make the screenshots of docs/images again, of every kind of page: ``make screenshots``, after ``make demo SERVE=0``.

Needs Debian's chromium and a Chinese font (apt-get install chromium fonts-noto-cjk). The pages are those of the
demonstration, so nothing on them is real.
"""

from __future__ import annotations

import functools
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
SITE = HERE.parent.parent / "build" / "demo" / "build" / "site"
CASE = "cases/2026/04/people-90000010/"
DESKTOP, PHONE = (1280, 900), (390, 844)
COLOURS = 128
SHOTS = {
    "home": ("", DESKTOP, {}),
    "home-dark": ("", DESKTOP, {"scheme": "slate"}),
    "home-care-phone": ("", PHONE, {"care": True}),
    "case": (CASE, DESKTOP, {}),
    "case-phone": (CASE, PHONE, {}),
    "case-care-dark-phone": (CASE, PHONE, {"care": True, "scheme": "slate"}),
    "list": ("units/lanzhou/", DESKTOP, {}),
    "index": ("units/", DESKTOP, {}),
    "search": ("search/?q=供暖", DESKTOP, {}),
    "procedure": ("procedure/", DESKTOP, {}),
    "statistics": ("statistics/", DESKTOP, {}),
    "about": ("about/", DESKTOP, {}),
    "data": ("data/", DESKTOP, {}),
    "status": ("status/", PHONE, {}),
    "not-found": ("404.html", DESKTOP, {}),
}
"""Name of the picture → path, size of the window in pixels, what the reader chose."""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a folder."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def shoot(browser: Browser, address: str, name: str) -> Path:
    """Make one picture, in few colours, so that the repository stays small."""
    path, (width, height), choice = SHOTS[name]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", reduced_motion="reduce")
    page = context.new_page()
    page.add_init_script(f"localStorage.setItem('huiyin.display', {json.dumps(json.dumps(choice))})")
    page.goto(address + path, wait_until="networkidle")
    target = HERE / f"page-{name}.png"
    page.screenshot(path=target)
    context.close()
    with Image.open(target) as image:
        image.convert("RGB").quantize(COLOURS).save(target, optimize=True)
    return target


def join(left: Path, right: Path, target: Path) -> None:
    """The picture of the README: a page on a desk beside one on a phone."""
    with Image.open(left) as one, Image.open(right) as two:
        whole = Image.new("RGB", (one.width + two.width + 72, max(one.height, two.height) + 48), "#dfe5ee")
        whole.paste(one.convert("RGB"), (24, 24))
        whole.paste(two.convert("RGB"), (one.width + 48, 24))
        whole.quantize(COLOURS).save(target, optimize=True)


def main() -> int:
    """Make them all, of the demonstration or of the site in the folder given; pages that it has not are left out."""
    site = Path(sys.argv[1]) if len(sys.argv) > 1 else SITE
    if not site.is_dir():
        sys.stderr.write(f"{site} 不存在：请先运行 make demo SERVE=0\n")
        return 1
    with serving(site) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-quic"])
        for name, (path, _, _) in SHOTS.items():
            place = site / path.partition("?")[0]
            if place.is_file() or (place / "index.html").is_file():
                sys.stdout.write(f"{shoot(browser, address, name)}\n")
        browser.close()
    join(HERE / "page-home.png", HERE / "page-case-phone.png", HERE / "site.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
