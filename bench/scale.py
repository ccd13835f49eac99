"""``make bench-scale``: what Git costs at a hundred thousand and a million cases, whole and in part (docs/scale.md).

    make bench-scale [ARGS="--cases 100000,1000000"]

The repository is made by ``git fast-import``, a commit for each day, and packed by ``git gc``; clones come through
Git's own protocol (``file://``). A million cases need some 6 GB below build/scale, which is removed at the end.
Seconds are those of the clock; CPU seconds are those of the command and what it started.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from bench import corpus
from bench.measuring import HUIYIN, NOW, PROJECT
from huiyin.repo.canonical import canonical

MONTH = f"{corpus.LAST_DAY:%Y/%m}"
WHO = {f"GIT_{who}_{what}": "bench@example.invalid" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds of the clock and of CPU, and its peak memory in MB."""

    seconds: float
    cpu: float
    megabytes: float


def main() -> None:
    """Measure each size and print a table with a column for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", default="100000,1000000", help="sizes, with commas between them")
    sizes = [int(size) for size in parser.parse_args().cases.split(",")]
    columns = []
    for size in sizes:
        folder = PROJECT / "build" / "scale" / str(size)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            columns.append(measure_all(size, folder))
        finally:
            shutil.rmtree(folder)
    print("| work | " + " | ".join(f"{size:,} cases: s | CPU s | peak MB" for size in sizes) + " |")
    print("|---|" + "---:|---:|---:|" * len(sizes))
    for name in columns[0]:
        cells = (f"{c[name].seconds:.2f} | {c[name].cpu:.2f} | {c[name].megabytes:.0f}" for c in columns)
        print(f"| {name} | " + " | ".join(cells) + " |")


def measure_all(size: int, folder: Path) -> dict[str, Cost]:
    """Make a repository of so many cases below a folder, and use it in every way that docs/scale.md speaks of."""
    costs: dict[str, Cost] = {}

    def take(name: str, *command: str, cwd: Path = folder) -> None:
        costs[name] = run(command, cwd)
        print(f"{size:,}: {name}: {costs[name]}", file=sys.stderr, flush=True)

    bare, whole, part = folder / "bare.git", folder / "whole", folder / "part"
    git("init", "-q", "--bare", "-b", "main", str(bare), cwd=folder)
    begun = time.perf_counter()
    make(bare, size)
    print(f"{size:,}: made in {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    take("git gc", "git", "gc", "-q", cwd=bare)
    git("config", "uploadpack.allowFilter", "true", cwd=bare)
    print(f"{size:,}: packed {megabytes(bare):.0f} MB", file=sys.stderr)
    take("clone, no checkout", "git", "clone", "-q", "--no-checkout", f"file://{bare}", str(whole))
    print(f"{size:,}: cloned {megabytes(whole):.0f} MB", file=sys.stderr)
    shutil.rmtree(whole)
    git("clone", "-q", "--shared", "--no-checkout", str(bare), str(whole), cwd=folder)  # spares the disk a copy
    take("checkout of everything", "git", "checkout", "-q", "main", cwd=whole)
    use(whole, "whole", take)
    shutil.rmtree(whole)
    take("clone --filter=blob:none, no checkout",
         "git", "clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{bare}", str(part))  # fmt: skip
    git("sparse-checkout", "set", "--sparse-index", "rules", "schema", f"cases/{MONTH}", cwd=part)
    take("checkout of one month", "git", "checkout", "-q", "main", cwd=part)
    print(f"{size:,}: part {megabytes(part):.0f} MB", file=sys.stderr)
    use(part, "sparse", take)
    return costs


def use(clone: Path, kind: str, take: Any) -> None:
    """What a clerk's day has: look, change, commit; and what CI asks."""
    case = sorted((clone / "cases" / MONTH).glob("*/*.yaml"))[-1]
    take(f"status, {kind}", "git", "status", "--short", cwd=clone)
    case.write_text(case.read_text("utf-8") + " ", encoding="utf-8")
    take(f"add, {kind}", "git", "add", str(case), cwd=clone)
    take(f"commit, {kind}", "git", "commit", "-qm", "Bench", cwd=clone)
    take(f"ls-tree -r HEAD cases, {kind}", "git", "ls-tree", "-r", "-z", "HEAD", "cases", cwd=clone)
    take(f"diff-tree HEAD~1 HEAD, {kind}", "git", "diff-tree", "-r", "-z", "HEAD~1", "HEAD", cwd=clone)
    git("reset", "-q", "--hard", "HEAD~1", cwd=clone)
    if kind == "sparse":
        take("huiyin check, sparse", *HUIYIN, "check", cwd=clone)
        take("huiyin inbox, sparse", *HUIYIN, "inbox", "--unit", "lanzhou", cwd=clone)
        take("huiyin why, sparse", *HUIYIN, "why", case.stem, cwd=clone)


def run(command: Iterable[str], cwd: Path) -> Cost:
    """Run a command, which must succeed."""
    env = {**os.environ, **WHO, "HUIYIN_AS_OF": NOW, "PYTHONUTF8": "1"}
    words = list(command)
    begun = time.perf_counter()
    with subprocess.Popen(words, cwd=cwd, env=env, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)}: exit code {process.returncode}")
    return Cost(time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def git(*arguments: str, cwd: Path) -> None:
    """Run Git for what is not measured."""
    run(("git", *arguments), cwd)


def make(bare: Path, size: int) -> None:
    """Import the corpus: the rules and schemas first, then the messages of each day."""
    process = subprocess.Popen(["git", "fast-import", "--quiet"], cwd=bare, stdin=subprocess.PIPE)
    assert process.stdin is not None
    first = ((p.relative_to(PROJECT).as_posix(), p.read_bytes()) for p in _shared_files())
    process.stdin.writelines(_commit(0, first))
    days = groupby(corpus.documents(size, PROJECT), lambda document: str(document["received_at"])[:10])
    for number, (day, documents) in enumerate(days, 1):
        folder = f"cases/{day.replace('-', '/')}"
        files = ((f"{folder}/{d['id']}.yaml", canonical(d).encode()) for d in documents)
        process.stdin.writelines(_commit(number, files))
    process.stdin.close()
    if process.wait():
        raise SystemExit("git fast-import failed")


def _shared_files() -> Iterator[Path]:
    for folder in ("rules", "schema"):
        yield from sorted(path for path in (PROJECT / folder).rglob("*") if path.is_file())


def _commit(number: int, files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    yield f"commit refs/heads/main\ncommitter bench <bench@example.invalid> {1_700_000_000 + number} +0800\n".encode()
    yield b"data 6\nCorpus\n"
    for path, content in files:
        yield f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"


def megabytes(folder: Path) -> float:
    """What a folder takes on the disk."""
    return sum(entry.lstat().st_blocks for entry in folder.rglob("*")) * 512 / 1e6


if __name__ == "__main__":
    main()
