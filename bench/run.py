"""``make bench``: how fast, and in how much memory, on a seeded corpus.

    make bench [ARGS="--cases 10000 --rounds 3 --no-site"]

Each job is a process of its own; time is wall-clock, memory its peak resident set; the median of the rounds is shown.
The last column compares with reading all blobs by one ``git cat-file --batch``, measured in the same run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench import corpus

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


def prepare(size: int, root: Path) -> None:
    """A committed case log with ``size`` cases at ``root``; made anew."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    for name in ("rules", "schema", "site", "mkdocs.yml"):
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, root / name)
        else:
            shutil.copy(source, root / name)
    written = corpus.write(size, root)
    print(f"corpus: {size} cases, {written / size / 1000:.1f} kB each")
    git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.invalid", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "Corpus"]):
        subprocess.run([*git, *arguments], cwd=root, check=True)


def main() -> None:
    """Parse, prepare, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-site", action="store_true", help="leave out the site build, the slowest job")
    options = parser.parse_args()
    root = PROJECT / "build" / "bench" / str(options.cases)
    prepare(options.cases, root)
    paths = subprocess.run(
        ["git", "ls-tree", "-r", "--format=%(objectname)", "HEAD", "cases"], cwd=root, capture_output=True, check=True
    )
    one = next(root.glob("cases/*/*/*/*.yaml")).stem
    jobs = [
        measure("git cat-file --batch", ["git", "cat-file", "--batch"], root, options.rounds, paths.stdout),
        measure("check, folder", [*HUIYIN, "check"], root, options.rounds),
        measure("check --rev HEAD", [*HUIYIN, "check", "--rev", "HEAD"], root, options.rounds),
        measure("deadlines", [*HUIYIN, "deadlines"], root, options.rounds),
        measure("inbox --unit", [*HUIYIN, "inbox", "--unit", "lanzhou"], root, options.rounds),
        measure("why", [*HUIYIN, "why", one], root, options.rounds),
    ]
    if not options.no_site:
        jobs.append(measure("mkdocs build", [sys.executable, "-m", "mkdocs", "build", "-q"], root, 1))
    print(f"\n{'job':<24}{'seconds':>10}{'cases/s':>12}{'peak MB':>10}{'x cat-file':>12}")
    for job in jobs:
        rate, ratio = options.cases / job.seconds, job.seconds / jobs[0].seconds
        print(f"{job.name:<24}{job.seconds:>10.2f}{rate:>12,.0f}{job.megabytes:>10.0f}{ratio:>12.1f}")


if __name__ == "__main__":
    main()
