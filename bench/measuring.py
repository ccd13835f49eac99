"""Measuring one command as a process of its own: wall-clock time, and peak memory of it and all that it starts."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
NOW = "2026-11-23T10:00:00+08:00"
HUIYIN = [sys.executable, "-m", "huiyin.cli.main"]
INTERVAL = 0.1
"""Seconds between two looks at the memory of the process and its children."""


class BenchError(Exception):
    """A job did not run; says which, and the end of what it wrote."""


@dataclass(frozen=True)
class Figure:
    """One job: seconds (median of the rounds) and peak memory in MB.

    The memory is the sum of all its processes at one moment; what several of them share is counted once (Linux's
    proportional set size).
    """

    name: str
    seconds: float
    megabytes: float


def measure(
    name: str,
    command: list[str],
    root: Path,
    rounds: int,
    stdin: bytes | None = None,
    *,
    before: Callable[[], object] | None = None,
    env: Mapping[str, str] | None = None,
) -> Figure:
    """Run a command ``rounds`` times in ``root``.

    Args:
        before: done before each round, unmeasured.
        env: further variables of the environment.

    Raises:
        BenchError: it failed.
    """
    settings = {"HUIYIN_AS_OF": NOW, "NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1", **(env or {})}
    seconds, peaks = [], []
    for _ in range(rounds):
        if before is not None:
            before()
        with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as given:
            given.write(stdin or b"")
            given.seek(0)
            begun = time.perf_counter()
            process = subprocess.Popen(
                command, cwd=root, env={**os.environ, **settings}, stdin=given, stdout=subprocess.DEVNULL, stderr=told
            )
            peak, status = 0, None
            while status is None:
                try:
                    status = process.wait(INTERVAL if peak else 0.005)
                except subprocess.TimeoutExpired:
                    peak = max(peak, _memory(process.pid))
            seconds.append(time.perf_counter() - begun)
            peaks.append(peak / 1e6)
            if status:
                told.seek(0)
                raise BenchError(f"{name}: {told.read().decode(errors='replace')[-2000:].strip()}")
            if not _memory(os.getpid()):
                raise BenchError(f"{name}: this system does not tell how much memory a process has")
    return Figure(name, statistics.median(seconds), max(peaks))


@dataclass
class Peak:
    """The most memory that was seen."""

    megabytes: float = 0.0


@contextlib.contextmanager
def watching() -> Iterator[Peak]:
    """Look at the memory of this process and its children meanwhile.

    What the system itself remembers of a process (``ru_maxrss``) begins with what its parent had.
    """
    peak, over = Peak(), threading.Event()

    def look() -> None:
        while True:
            peak.megabytes = max(peak.megabytes, _memory(os.getpid()) / 1e6)
            if over.wait(INTERVAL):
                return

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def _memory(pid: int) -> int:
    """Bytes of a process and all below it; those that have just ended count nothing."""
    total, waiting = 0, [pid]
    while waiting:
        place = Path("/proc") / str(waiting.pop())
        with contextlib.suppress(OSError, IndexError):
            told = (place / "smaps_rollup").read_text("ascii")
            total += int(told.partition("\nPss:")[2].split(maxsplit=1)[0]) << 10
        with contextlib.suppress(OSError):
            for task in (place / "task").iterdir():
                waiting += map(int, (task / "children").read_text("ascii").split())
    return total
