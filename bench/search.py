"""``python -m bench.search``: the search at 1,000, 10,000 and 100,000 documents, in this index and in SQLite's FTS5.

    .venv/bin/python -m bench.search [--sizes 1000,10000,100000] [--no-browser]

Time of the clock and of the processor, peak memory of the process, what a query asks of a plain static host, and how
long Chromium takes to have it. The documents come from ``bench.search_corpus``.
"""

from __future__ import annotations

import argparse
import functools
import multiprocessing
import re
import resource
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

from bench.measuring import PROJECT
from bench.search_corpus import documents
from huiyin.publish.search.build import build
from huiyin.publish.search.document import Document
from huiyin.publish.search.pairs import join

FOLDER = PROJECT / "build" / "bench" / "search"
QUERIES = ("医保", "供暖", "公积金", "我们", "社会主义", "甘肃 兰州", "中华人民共和国国务院", "演示")
CHROMIUM = "/usr/bin/chromium"


def main() -> None:
    """Measure every size in a process of its own, then ask the largest in the browser."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--no-browser", action="store_true")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    print(f"{'job':<34}{'seconds':>9}{'cpu s':>8}{'peak MB':>9}{'files':>8}{'MB':>7}")
    for size in sizes:
        for job in (measure_index, measure_fts5):
            # A new process each, for its peak memory; without a fork it inherits none.
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
                for line in pool.submit(job, size).result():
                    print(line, flush=True)
    if not options.no_browser:
        ask(max(sizes))


def measure_index(size: int) -> list[str]:
    """Build anew, build again with nothing changed, and with 50 documents of the newest month changed."""
    folder = FOLDER / str(size)
    shutil.rmtree(folder, ignore_errors=True)
    given = list(documents(size))
    lines = [_line(f"index, {size}, cold", *_timed(lambda: build(given, folder)), folder)]
    lines.append(_line(f"index, {size}, nothing changed", *_timed(lambda: build(given, folder)), folder))
    changed = [*given[:-50], *(replace(d, title=f"{d.title}（更正）") for d in given[-50:])]
    lines.append(_line(f"index, {size}, 50 changed", *_timed(lambda: build(changed, folder)), folder))
    old = [replace(given[0], title="旧件更正"), *changed[1:]]
    lines.append(_line(f"index, {size}, one of 2023 changed", *_timed(lambda: build(old, folder)), folder))
    return lines


def measure_fts5(size: int) -> list[str]:
    """The same pairs in FTS5 without contents and positions, its smallest form, optimised."""
    folder = FOLDER / f"fts5-{size}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    given = list(documents(size))

    def fill() -> None:
        base = sqlite3.connect(folder / "index.db")
        base.execute("CREATE VIRTUAL TABLE t USING fts5(x, content='', detail=none, tokenize='unicode61')")
        base.executemany("INSERT INTO t(rowid, x) VALUES (?, ?)", ((n, _words(d)) for n, d in enumerate(given, 1)))
        base.execute("INSERT INTO t(t) VALUES ('optimize')")
        base.commit()
        base.close()

    return [_line(f"FTS5, {size}, cold", *_timed(fill), folder)]


def _words(document: Document) -> str:
    """Each pair as a word that the tokenizer leaves whole."""
    text = join(document.searched())
    return " ".join(f"{ord(a):x}z{ord(b):x}" for a, b in pairwise(text) if "\0" not in (a, b))


def _timed(job: Callable[[], object]) -> tuple[float, float]:
    begun, used = time.perf_counter(), time.process_time()
    job()
    return time.perf_counter() - begun, time.process_time() - used


def _line(name: str, seconds: float, processor: float, folder: Path) -> str:
    files = [path for path in folder.rglob("*") if path.is_file()]
    # Linux counts in kilobytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = sum(path.stat().st_size for path in files) / 1e6
    return f"{name:<34}{seconds:>9.2f}{processor:>8.2f}{peak:>9.0f}{len(files):>8}{size:>7.0f}"


def ask(size: int) -> None:
    """Ask in Chromium, from a host without ranges: requests, bytes, and time of the first and of a second query."""
    from playwright.sync_api import expect, sync_playwright

    site = FOLDER / "site"
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(PROJECT / "site" / "assets", site / "assets")
    (site / "search").mkdir()
    (site / "search" / "data").symlink_to(FOLDER / str(size))
    page_text = (PROJECT / "site" / "search.md").read_text(encoding="utf-8")
    (site / "search" / "index.html").write_text(f"<!doctype html><meta charset=utf-8>{page_text}", encoding="utf-8")
    print(f"\n{'query in Chromium':<26}{'files':>7}{'kB':>7}{'ms':>7}  told")
    with _served(site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-quic"])
        for query in QUERIES:
            page = browser.new_context().new_page()
            page.goto(f"{address}search/?q={quote(query)}")
            status = page.locator("#hy-status")
            expect(status).to_have_text(re.compile("^(找到|已找到|没有)"), timeout=60_000)
            asked = page.evaluate(
                "() => performance.getEntriesByType('resource').filter((e) => e.name.includes('/search/data/'))"
                ".map((e) => [e.startTime, e.responseEnd, e.encodedBodySize])"
            )
            begun, ended = min(a[0] for a in asked), max(a[1] for a in asked)
            size_ = sum(a[2] for a in asked) / 1000
            print(f"{query:<26}{len(asked):>7}{size_:>7.0f}{ended - begun:>7.0f}  {status.inner_text()}")
            page.context.close()
        browser.close()


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


if __name__ == "__main__":
    main()
