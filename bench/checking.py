"""What a clerk waits for: check, deadlines, inbox, why, and the start of the program."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.corpus import change
from bench.corpus.instance import git
from bench.measuring import HUIYIN, Figure, measure
from bench.table import Row

INDEX = Path(".huiyin")
SAMPLE = 200
"""Files that check-jsonschema reads; a hundred thousand would take it hours."""
CHANGED = 50
MEMORY = 600
"""MB that no job may exceed."""


@dataclass
class Bench:
    """One corpus, and the figures of the jobs so far.

    Args:
        root: the instance.
        size: its number of cases.
    """

    root: Path
    size: int
    rounds: int
    figures: list[Figure] = field(default_factory=list)

    def run(self, name: str, *command: str, **options: object) -> Figure:
        """Measure a command of huiyin and remember its memory."""
        rounds = int(str(options.pop("rounds", self.rounds)))
        figure = measure(name, [*HUIYIN, *command], self.root, rounds, **options)  # type: ignore[arg-type]  # as measure's
        self.figures.append(figure)
        return figure


def check_cold(bench: Bench) -> Iterator[Row]:
    """Parse, validate and replay everything, without the index, beside Git's reading and check-jsonschema."""
    cold = bench.run("check cold", "check", before=lambda: forget(bench.root))
    oids = git(bench.root, "ls-tree", "-r", "--format=%(objectname)", "HEAD", "cases").encode() + b"\n"
    plain, buffered = (
        measure("git cat-file", ["git", "cat-file", "--batch", *more], bench.root, bench.rounds, oids)
        for more in ([], ["--buffer"])
    )
    peer, how = min((plain, ""), (buffered, " --buffer"), key=lambda each: each[0].seconds)
    ratio = cold.seconds / peer.seconds
    yield Row(
        "`check`, cold", f"{cold.seconds:.2f} s", f"git cat-file --batch{how} {peer.seconds:.2f} s",
        f"{ratio:.1f} ×", "≤ 3 ×", ratio <= 3,
    )  # fmt: skip
    paths = [p.relative_to(bench.root).as_posix() for p in sorted(bench.root.glob("cases/*/*/*/*.yaml"))]
    some = paths[:: max(1, len(paths) // SAMPLE)][:SAMPLE]
    checker = [str(Path(sys.executable).with_name("check-jsonschema")), "--schemafile", "schema/case.schema.json"]
    many, one = (measure("check-jsonschema", [*checker, *part], bench.root, bench.rounds) for part in (some, some[:1]))
    # Its start is not held against it, though ours is against us.
    each = (many.seconds - one.seconds) / max(1, len(some) - 1)
    ours = cold.seconds / bench.size
    yield Row(
        "`check`, cold, one case", f"{ours * 1e6:.0f} µs",
        f"check-jsonschema {each * 1e6:.0f} µs, from {len(some)} files without its start",
        f"{each / ours:.0f} × faster", "≥ 20 ×", each / ours >= 20,
    )  # fmt: skip


def check_warm(bench: Bench) -> Iterator[Row]:
    """With the index at hand, and 50 cases changed since."""
    bench.run("check", "check", rounds=1)
    before = git(bench.root, "rev-parse", "HEAD")
    try:
        # Each round changes another fifty, or the index would know them.
        warm = bench.run("check warm", "check", before=lambda: change(bench.root, CHANGED))
        yield Row(f"`check`, warm, {CHANGED} changed", f"{warm.seconds:.2f} s", bar="< 1.5 s", ok=warm.seconds < 1.5)
    finally:
        git(bench.root, "reset", "--hard", "--quiet", before)


def lists_warm(bench: Bench) -> Iterator[Row]:
    """What is late, what a unit has to do, and why a date is what it is."""
    bench.run("check", "check", rounds=1)
    one = max(bench.root.glob("cases/*/*/*/*.yaml")).stem
    for name, bar, command in (
        ("deadlines", 1.0, ["deadlines"]),
        ("inbox", 1.0, ["inbox", "--unit", "lanzhou"]),
        ("why", 0.3, ["why", one]),
    ):
        bench.run(name, *command, rounds=1)
        figure = bench.run(name, *command)
        yield Row(f"`{name}`, warm", f"{figure.seconds:.2f} s", bar=f"< {bar:g} s", ok=figure.seconds < bar)


def start(bench: Bench) -> Iterator[Row]:
    """The program's own start."""
    figure = measure("--help", [*HUIYIN, "--help"], bench.root, 10)
    bare = measure("python", [sys.executable, "-c", "pass"], bench.root, 10)
    yield Row(
        "`huiyin --help`", f"{figure.seconds:.2f} s", f"python -c pass {bare.seconds:.2f} s",
        f"{figure.seconds / bare.seconds:.1f} ×", "< 0.2 s", figure.seconds < 0.2,
    )  # fmt: skip


def memory(bench: Bench) -> Iterator[Row]:
    """The most that any job of this run had."""
    if not bench.figures:
        return
    peak = max(bench.figures, key=lambda figure: figure.megabytes)
    for name in dict.fromkeys(figure.name for figure in bench.figures):
        most = max(figure.megabytes for figure in bench.figures if figure.name == name)
        print(f"peak memory, {name}: {most:.0f} MB")
    yield Row(
        "peak memory of any job", f"{peak.megabytes:.0f} MB ({peak.name})",
        bar=f"< {MEMORY} MB", ok=peak.megabytes < MEMORY,
    )  # fmt: skip


def forget(root: Path) -> None:
    """Take the index away, and whatever lies beside it."""
    for path in (root / INDEX).glob("index.sqlite*"):
        path.unlink()
