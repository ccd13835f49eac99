"""The bar as a table: one row a promise, beside its peer of the same run; printed, and kept in docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from huiyin.model.case import SHANGHAI

HEADS = ("job", "huiyin", "peer", "ratio", "bar", "ok")
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


@dataclass(frozen=True)
class Row:
    """One promise and what was measured.

    Args:
        huiyin, peer, ratio: figures with their units, or ``–``.
        ok: whether the bar is held; None where there is no bar, or the job did not run.
    """

    job: str
    huiyin: str
    peer: str = "–"
    ratio: str = "–"
    bar: str = "–"
    ok: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """As they are shown, in the order of ``HEADS``."""
        said = {True: "yes", False: "**no**", None: "–"}[self.ok]
        return (self.job, self.huiyin, self.peer, self.ratio, self.bar, said)


def to_markdown(rows: Sequence[Row], facts: Sequence[str]) -> str:
    """The facts of the machine, then the table."""
    lines = [HEADS, tuple("---" for _ in HEADS), *(row.cells() for row in rows)]
    table = "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)
    return "\n".join([*(f"- {fact}" for fact in facts), "", table])


def machine_facts(size: int, rounds: int, seed: int) -> list[str]:
    """What a figure means nothing without."""
    git = subprocess.run(["git", "--version"], capture_output=True, check=True, encoding="utf-8").stdout.strip()
    today, load = datetime.now(SHANGHAI).date().isoformat(), os.getloadavg()[0]
    processors = f"{len(os.sched_getaffinity(0))} processors ({_processor()})"
    versions = ", ".join(f"{name} {version(name)}" for name in ("mkdocs", "mkdocs-material", "check-jsonschema"))
    return [
        f"{today}; {processors}, load {load:.1f} before; {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}, {git}, {versions}",
        f"{size:,} cases of seed {seed}; medians of {rounds} rounds; memory is the peak of all processes of a job",
    ]


def keep(page: Path, text: str) -> None:
    """Put the table between the marks of a page.

    Raises:
        ValueError: the page has no marks.
    """
    old = page.read_text(encoding="utf-8")
    head, begin, rest = old.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page.name} has no {BEGIN} … {END}")
    page.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}", encoding="utf-8")


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
