"""``python -m bench.search``: the search at 1,000, 10,000 and 100,000 documents, in this index and in SQLite's FTS5.

    .venv/bin/python -m bench.search [--sizes 1000,10000,100000] [--no-browser]

Time of the clock and of the processor, peak memory of the processes, and whether the bar is met; then, in
``bench.search_queries``, what Chromium needs for a query. Every job gets its documents from a table by id: that counts.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice, pairwise
from pathlib import Path
from typing import NamedTuple

from bench.measuring import PROJECT, watching
from bench.search_corpus import documents
from bench.search_stock import Stock, correct, rewrite
from huiyin.publish.search.build import build
from huiyin.publish.search.document import Document
from huiyin.publish.search.folding import fold

Change = Callable[[Document], Document]
FOLDER = PROJECT / "build" / "bench" / "search"
CHANGED = 50
PROCESSES = 2
PEERS = 10_000
"""Documents for the peer at most: beyond that it takes minutes."""
MEGABYTES = 600
"""What any job may take, whatever it does (issue 7)."""


class Row(NamedTuple):
    """One job.

    Args:
        seconds: of the clock.
        megabytes: peak memory of its processes.
        bar: what it may cost, in words; empty for a peer.
        processor: seconds of the processor, in all processes.
        note: what was made or found.
    """

    name: str
    seconds: float
    megabytes: float
    bar: str
    ok: bool
    processor: float
    note: str


def bench_search(size: int, folder: Path = FOLDER, *, browser: bool = True) -> list[Row]:
    """Measure everything at one size, each job in processes of its own.

    Args:
        size: documents; the bar is meant for 100,000.
        folder: for the index, the documents and the peer.
        browser: also ask queries in Chromium.
    """
    folder.mkdir(parents=True, exist_ok=True)
    jobs = (fill, cold, cold_many, unchanged, newest, anywhere, replaced, fts5)
    rows = [row for job in jobs if (row := _alone(job, size, folder))]
    if browser:
        # Here, for the site that is asked needs Playwright, and only then.
        from bench.search_queries import ask

        rows += [Row(*figures) for figures in ask(_index(folder, size), folder / "site")]
    return rows


def main() -> None:
    """Measure every size and print the table; the largest in the browser, too."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--no-browser", action="store_true")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    print(f"{'job':<40}{'seconds':>9}{'cpu s':>8}{'peak MB':>9}  {'bar':<20}{'':<6}made")
    for size in sizes:
        for row in bench_search(size, browser=not options.no_browser and size == max(sizes)):
            verdict = ("PASS" if row.ok else "FAIL") if row.bar else ""
            figures = f"{row.seconds:>9.2f}{row.processor:>8.2f}{row.megabytes:>9.0f}"
            print(f"{row.name:<40}{figures}  {row.bar:<20}{verdict:<6}{row.note}", flush=True)


def fill(size: int, folder: Path) -> None:
    """Make the documents; this is no part of the search."""
    _stock(folder, size).fill(documents(size), size)


def cold(size: int, folder: Path) -> Row:
    """From nothing, in one process."""
    shutil.rmtree(_index(folder, size), ignore_errors=True)
    return _built("cold, one process", size, folder, 40)


def cold_many(size: int, folder: Path) -> Row:
    """From nothing, in several."""
    shutil.rmtree(_index(folder, size), ignore_errors=True)
    return _built(f"cold, {PROCESSES} processes", size, folder, 40, jobs=PROCESSES)


def unchanged(size: int, folder: Path) -> Row:
    """To see that nothing changed."""
    return _built("nothing changed", size, folder, 2)


def newest(size: int, folder: Path) -> Row:
    """The newest fifty corrected."""
    return _changed("50 newest corrected", size, folder, range(size - CHANGED, size), correct, 2)


def anywhere(size: int, folder: Path) -> Row:
    """Fifty corrected anywhere in the archive: a sentence each, and the reason."""
    return _changed("50 anywhere corrected", size, folder, _drawn(size), correct, 2)


def replaced(size: int, folder: Path) -> Row:
    """Fifty anywhere of which the whole reply is another; rarer than any archive will see."""
    return _changed("50 anywhere, whole replies", size, folder, _drawn(size), rewrite, None)


def fts5(size: int, folder: Path) -> Row:
    """The peer: the same pairs in FTS5 without contents and positions, its smallest form, optimised."""
    peers = min(size, PEERS)
    path = folder / f"fts5-{peers}.db"
    path.unlink(missing_ok=True)
    given = islice(_stock(folder, size).all(), peers)

    def make() -> None:
        base = sqlite3.connect(path)
        base.execute("CREATE VIRTUAL TABLE t USING fts5(x, content='', detail=none, tokenize='unicode61')")
        base.executemany("INSERT INTO t(x) VALUES (?)", ((_words(document),) for document in given))
        base.execute("INSERT INTO t(t) VALUES ('optimize')")
        base.commit()
        base.close()

    return _timed(f"SQLite FTS5, {peers}, cold", make, None, lambda: f"{path.stat().st_size / 1e6:.0f} MB")


def _words(document: Document) -> str:
    """Each pair as a word that the tokenizer leaves whole."""
    pairs = (pair for text in document.searched() for pair in pairwise(fold(text)))
    return " ".join(f"{ord(a):x}z{ord(b):x}" for a, b in pairs)


def _alone(job: Callable[[int, Path], Row | None], size: int, folder: Path) -> Row | None:
    """In a new process, for its peak memory; without a fork it inherits none."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(job, size, folder).result()


def _changed(
    name: str,
    size: int,
    folder: Path,
    numbers: Sequence[int],
    change: Callable[[Document], Document],
    bar: float | None,
) -> Row:
    stock = _stock(folder, size)
    row = _built(name, size, folder, bar, stock.with_changes(numbers, change))
    build(stock.entries(), stock.load, _index(folder, size))
    return row


def _built(name: str, size: int, folder: Path, bar: float | None, stock: Stock | None = None, jobs: int = 1) -> Row:
    given, index = stock or _stock(folder, size), _index(folder, size)
    done = []

    def make() -> None:
        if jobs == 1:
            done.append(build(given.entries(), given.load, index))
            return
        # Children of this very process, so that their time and memory can be told.
        with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as executor:
            done.append(build(given.entries(), given.load, index, executor=executor, workers=jobs))

    def note() -> str:
        files = [path for path in index.rglob("*") if path.is_file()]
        written = f"{len(done[0].written)} segments made, {len(done[0].patched)} of them by patching"
        return f"{written}; {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.0f} MB"

    return _timed(f"index, {size}, {name}", make, bar, note)


def _timed(name: str, job: Callable[[], object], bar: float | None, note: Callable[[], str]) -> Row:
    with watching() as memory:
        begun, used = time.perf_counter(), _processor()
        job()
        seconds, processor = time.perf_counter() - begun, _processor() - used
    peak = memory.megabytes
    told = f"{bar:g} s, {MEGABYTES} MB" if bar else ""
    return Row(name, seconds, peak, told, not bar or (seconds < bar and peak < MEGABYTES), processor, note())


def _processor() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds))


def _drawn(size: int) -> list[int]:
    return sorted(random.Random(size).sample(range(size), CHANGED))  # noqa: S311 - repeatable data, no secret


def _stock(folder: Path, size: int) -> Stock:
    return Stock(folder / f"documents-{size}.db")


def _index(folder: Path, size: int) -> Path:
    return folder / str(size)


if __name__ == "__main__":
    main()
