"""``make bench``: how fast, and in how much memory, on a seeded corpus.

    make bench [ARGS="--cases 10000 --rounds 3 --no-site --gate-cases 1000,10000 --merges 200 --only gate"]

Each job is a process of its own; time is wall-clock, memory its peak resident set; the median of the rounds is shown.
The last column compares with reading all blobs by one ``git cat-file --batch``, measured in the same run.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from bench import corpus
from bench.gate import bench_audit, bench_gate
from bench.measuring import HUIYIN, PROJECT, measure


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
    """Parse, prepare, measure, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-site", action="store_true", help="leave out the site build, the slowest job")
    parser.add_argument("--gate-cases", type=_sizes, default=(1_000, 10_000), metavar="SMALL,LARGE")
    parser.add_argument("--merges", type=int, default=200, help="in the history that is audited; 10000 take minutes")
    parser.add_argument("--only", choices=("cases", "gate"), help="one half of it")
    options = parser.parse_args()
    if options.only != "gate":
        bench_cases(options)
    if options.only != "cases":
        folder = PROJECT / "build" / "bench"
        bench_gate(options.gate_cases, options.rounds, folder)
        bench_audit(options.merges, folder)


def _sizes(text: str) -> tuple[int, int]:
    small, large = map(int, text.split(","))
    return small, large


def bench_cases(options: argparse.Namespace) -> None:
    """Reading, checking and publishing a corpus."""
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
