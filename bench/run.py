"""``make bench``: the bar of speed and memory on a seeded corpus, each row beside its peer in the same run.

    make bench [ARGS="--cases 10000 --rounds 3 --only check,lists,gate --keep"]

Each job is a process of its own: wall-clock time, the median of the rounds, and the peak memory of all its processes.
A job that does not run is told in its row and hides no other. ``--keep`` writes the table into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import traceback
from collections.abc import Callable, Iterator
from functools import partial

from bench import corpus
from bench.checking import Bench, check_cold, check_warm, lists_warm, memory, start
from bench.gate import bench_audit, gate_rows
from bench.measuring import PROJECT, BenchError
from bench.profile import print_profile
from bench.publishing import site_changed, site_cold
from bench.searching import search_rows
from bench.table import HEADS, Row, keep, machine_facts, to_markdown

PAGE = PROJECT / "docs" / "benchmarks.md"
FEW = 1_000
"""Cases of the small repository that the gate is compared in."""


def main() -> None:
    """Parse, make the corpus, measure, print the table."""
    jobs = ("check", "warm", "lists", "gate", "site", "changed", "search", "start")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default=",".join(jobs), help=f"some of {','.join(jobs)}")
    parser.add_argument("--keep", action="store_true", help="write the table into docs/benchmarks.md")
    parser.add_argument("--profile", action="store_true", help="only print where the time of a cold check goes")
    parser.add_argument("--merges", type=int, help="only prove a history of so many merges; 10000 take minutes")
    options = parser.parse_args()
    folder = PROJECT / "build" / "bench"
    if options.merges:
        bench_audit(options.merges, folder)
        return
    wanted = options.only.split(",")
    if unknown := set(wanted) - set(jobs):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if options.cases < FEW:
        parser.error(f"at least {FEW} cases: smaller ones do not have what is measured")
    facts = machine_facts(options.cases, options.rounds, corpus.SEED)
    bench = Bench(folder / str(options.cases), options.cases, options.rounds)
    print(f"{options.cases:,} cases at {corpus.make(options.cases, bench.root)}", flush=True)
    if options.profile:
        print_profile(bench.root)
        return
    work: dict[str, Callable[[], Iterator[Row]]] = {
        "check": partial(check_cold, bench),
        "warm": partial(check_warm, bench),
        "lists": partial(lists_warm, bench),
        "gate": partial(gate_rows, bench, (FEW, options.cases), folder),
        "site": partial(site_cold, bench),
        "changed": partial(site_changed, bench),
        "search": partial(search_rows, bench, folder / "search"),
        "start": partial(start, bench),
    }
    rows = [row for job in jobs if job in wanted for row in _rows_of(job, work[job])]
    rows += memory(bench)
    text = to_markdown(rows, facts)
    print(f"\n{text}")
    if options.keep:
        keep(PAGE, text)


def _rows_of(job: str, work: Callable[[], Iterator[Row]]) -> Iterator[Row]:
    """The rows of a job as they come; its failure is a row too."""
    print(f"\n# {job}", flush=True)
    try:
        for row in work():
            print(*(f"{head}: {cell}" for head, cell in zip(HEADS, row.cells(), strict=True)), sep="; ", flush=True)
            yield row
    except BenchError as error:
        print(error)
        yield Row(job, f"did not run: {str(error).splitlines()[-1][:120]}", ok=False)
    except Exception as error:  # noqa: BLE001 - whatever a job does wrong, the others are still measured
        traceback.print_exc()
        yield Row(job, f"did not run: {type(error).__name__}", ok=False)


if __name__ == "__main__":
    main()
