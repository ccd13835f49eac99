"""Measuring one command as a process of its own: wall-clock time and peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
NOW = "2026-11-23T10:00:00+08:00"
HUIYIN = [sys.executable, "-m", "huiyin.cli.main"]


@dataclass(frozen=True)
class Figure:
    """One job: seconds (median) and peak memory in MB."""

    name: str
    seconds: float
    megabytes: float


def measure(name: str, command: list[str], root: Path, rounds: int, stdin: bytes | None = None) -> Figure:
    """Run a command ``rounds`` times; it must succeed."""
    env = {**os.environ, "HUIYIN_AS_OF": NOW, "NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"}
    seconds, peaks = [], []
    for _ in range(rounds):
        begun = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=root,
            env=env,
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        assert process.stderr is not None
        if stdin is not None and process.stdin is not None:
            process.stdin.write(stdin)
            process.stdin.close()
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - begun)
        peaks.append(usage.ru_maxrss / 1024)
        if os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit(f"{name}: {errors.decode(errors='replace')[-2000:]}")
    return Figure(name, statistics.median(seconds), statistics.median(peaks))
