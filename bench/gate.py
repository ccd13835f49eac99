"""The gate and the audit: a decision must not grow with the repository, and an audit only with the number of merges.

The repositories are real and bare, made by ``huiyin init --bare``; cases come in by ``git fast-import``, and every
branch, approval and merge is signed by a real key.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from bench import corpus
from bench.checking import Bench
from bench.measuring import HUIYIN, NOW, PROJECT, Figure, measure
from bench.table import Row
from huiyin.audit import audit
from huiyin.audit_memory import memory_of
from huiyin.evidence import Approved, Evidence, to_trailers
from huiyin.forge.signed import SignedProvider
from huiyin.merging import judge
from huiyin.model.pull import Identity
from huiyin.repo.base import load_base
from huiyin.repo.canonical import canonical
from huiyin.repo.git import run
from huiyin.repo.signing import GATE_MAIL, GATE_NAME, make_commit
from huiyin.rules.authority import key_of
from tests.office import Office, open_office

MOMENT = datetime.fromisoformat(NOW)
FEW, MANY = 1, 200
REPETITIONS = 5
CLERK, REVIEWER = "wangzhan.clerk", "wangzhan.reviewer"


@dataclass(frozen=True)
class Decision:
    """A pull request: seconds and MB of ``huiyin gate``, and seconds of deciding alone, the rules being at hand."""

    name: str
    seconds: float
    megabytes: float
    alone: float


def gate_rows(bench: Bench, sizes: tuple[int, int], folder: Path) -> Iterator[Row]:
    """Decisions in a small and a large repository: the bar is that one costs as much as the other.

    Args:
        sizes: cases in each.
        folder: holds both repositories, which are made anew.
    """
    small, large = (_decisions(size, bench.rounds, folder / f"gate-{size}") for size in sizes)
    heads = "".join(f"{f'{size:,}':>12}" for size in sizes)
    print(f"\n{'huiyin gate, seconds':<28}{heads}{'ratio':>8}{'deciding alone, ms':>26}{'ratio':>8}{'peak MB':>10}")
    for a, b in zip(small, large, strict=True):
        print(
            f"{a.name:<28}{a.seconds:>12.2f}{b.seconds:>12.2f}{b.seconds / a.seconds:>8.2f}"
            f"{a.alone * 1000:>13.0f}{b.alone * 1000:>13.0f}{b.alone / a.alone:>8.2f}{b.megabytes:>10.0f}"
        )
    for a, b in zip(small, large, strict=True):
        bench.figures.append(Figure(f"gate, {b.name}", b.seconds, b.megabytes))
        ratio = b.seconds / a.seconds
        yield Row(
            f"`gate`, {b.name}, in {sizes[1]:,} cases",
            f"{b.seconds:.2f} s", f"in {sizes[0]:,} cases {a.seconds:.2f} s",
            f"{ratio:.2f}", "< 1.3", ratio < 1.3,
        )  # fmt: skip


def bench_audit(merges: int, folder: Path) -> None:
    """Print how long it takes to prove a history from nothing, and again when one merge is new."""
    office = _open(folder / f"audit-{merges}")
    begun = time.perf_counter()
    chain = _make_history(office, merges)
    print(f"\nhistory: {merges:,} merges in {time.perf_counter() - begun:.0f} s")
    run(office.bare, "update-ref", "refs/heads/main", chain[-2])
    command = [*HUIYIN, "audit", "--root", str(office.bare)]
    cold = measure("audit, cold", command, folder, 1)
    same = measure("audit, nothing new", command, folder, 3)
    run(office.bare, "update-ref", "refs/heads/main", chain[-1])
    one = measure("audit, one merge new", command, folder, 1)
    report = audit(office.bare, chain[-1], memory=memory_of(office.bare))
    assert (True, merges) == (report.ok, report.resumed), "the history was not proven"
    print(f"{'job':<28}{'seconds':>12}{'merges/s':>12}{'peak MB':>10}")
    for job in (cold, same, one):
        print(f"{job.name:<28}{job.seconds:>12.2f}{merges / job.seconds:>12,.0f}{job.megabytes:>10.0f}")


def _open(folder: Path) -> Office:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return open_office(folder)


def _decisions(size: int, rounds: int, folder: Path) -> list[Decision]:
    office = _open(folder)
    begun = time.perf_counter()
    _import(office.bare, "refs/heads/main", office.main(), map(_file, corpus.documents(size, PROJECT)))
    print(f"repository: {size:,} cases in {time.perf_counter() - begun:.0f} s")
    published = [d for d in islice(corpus.documents(size, PROJECT), 2000) if _is_open_to_rating(d)]
    decisions = []
    for count in (FEW, MANY):
        branches = {f"{count} new": list(islice(_registered(), count)), f"{count} appended": _rated(published[:count])}
        for name, documents in branches.items():
            branch = name.replace(" ", "-")
            _propose(office, branch, documents)
            command = [*HUIYIN, "gate", "--head", branch, "--root", str(office.bare), "--format", "json"]
            figure = measure(name, command, folder, rounds)
            decisions.append(Decision(name, figure.seconds, figure.megabytes, _decide_alone(office, branch)))
    return decisions


def _decide_alone(office: Office, branch: str) -> float:
    provider = SignedProvider(office.bare, lambda: MOMENT)
    pull = provider.find(branch)
    base = load_base(office.bare, office.main())
    seconds = []
    for _ in range(REPETITIONS):
        begun = time.perf_counter()
        ready = judge(office.bare, provider.facts_on(pull, base), base).verdict.ready
        seconds.append(time.perf_counter() - begun)
        assert ready, branch
    return statistics.median(seconds)


def _registered(first: datetime = MOMENT) -> Iterator[dict[str, Any]]:
    """New messages, as many as are wanted."""
    number = 0
    while True:
        yield {
            "id": f"people-9{number:07}",
            "procedure": "gs-2015-115",
            "channel": "people",
            "source": {"reference": f"9{number:07}"},
            "received_at": (first - timedelta(hours=2)).isoformat(),
            "real_name": True,
            "contactable": True,
            "title": f"反映路灯不亮的问题（演示{number}）",
            "body": "路灯不亮已有三天，夜间行走不便。（演示用虚构留言）",
            "events": [],
        }
        number += 1


def _is_open_to_rating(document: dict[str, Any]) -> bool:
    events = document["events"]
    return document["channel"] == "people" and bool(events) and events[-1]["type"] == "published"


def _rated(documents: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same cases with one event more, which needs nobody's approval."""
    event = {
        "type": "rated",
        "at": (MOMENT - timedelta(minutes=5)).isoformat(),
        "by": {"unit": "wangzhan", "person": CLERK},
        "level": "满意",
    }
    return [{**d, "events": [*d["events"], event]} for d in documents]


def _propose(office: Office, branch: str, documents: Iterable[dict[str, Any]]) -> None:
    """A branch of one signed commit, with one signed approval on top of it."""
    main = office.main()
    trees = _import(office.bare, "refs/bench/import", main, map(_file, documents))
    office.put(CLERK, branch, trees[-1], [main], "演示\n")
    office.sign(REVIEWER, branch)


def _make_history(office: Office, merges: int) -> list[str]:
    """Registrations, one a merge, each on the main of its time, as the gate makes them; gives main's commits.

    Trees come from one ``fast-import``, and evidence is written down directly: making ten thousand merges honestly
    takes longer than proving them.
    """
    span = (corpus.LAST_DAY - corpus.FIRST_DAY).days + 1
    start = datetime.combine(corpus.FIRST_DAY, MOMENT.timetz())
    documents = islice(_registered(), merges)
    received = (start + timedelta(days=n * span // merges) for n in range(merges))
    files = (_file({**d, "received_at": day.isoformat()}) for d, day in zip(documents, received, strict=True))
    trees = _import(office.bare, "refs/bench/import", office.main(), files, each=True)
    fingerprint = str(Identity("ssh", key_of((office.folder / "keys" / f"{REVIEWER}.pub").read_text("ascii"))))
    chain = [office.main()]

    def make(tree: str, parents: list[str], message: str, key: Path, name: str) -> str:
        return make_commit(office.bare, tree, parents, message, key=str(key), at=MOMENT, name=name, mail=GATE_MAIL)

    for tree in trees:
        head = make(tree, chain[-1:], "演示\n", office.keys[CLERK], CLERK)
        tip = make(tree, [head], f"审签\n\nHuiyin-Approves: {head}\n", office.keys[REVIEWER], REVIEWER)
        approved = Approved(REVIEWER, "wangzhan", "reviewer", "ssh", fingerprint, MOMENT, tip)
        said = to_trailers(Evidence("ssh", head, MOMENT, (CLERK,), (), (approved,)))
        chain.append(make(tree, [chain[-1], tip], f"合入\n\n{said}\n", office.gate_key, GATE_NAME))
    return chain


def _file(document: dict[str, Any]) -> tuple[str, str]:
    return corpus.path_of(document), canonical(document)


def _import(bare: Path, ref: str, start: str, files: Iterable[tuple[str, str]], *, each: bool = False) -> list[str]:
    """Write files on top of a commit, all in one commit or each in its own; gives the trees of the new commits."""
    process = subprocess.Popen(
        ["git", "-C", str(bare), "fast-import", "--quiet", "--force"], stdin=subprocess.PIPE, stdout=sys.stderr
    )
    assert process.stdin is not None
    commit = f"commit {ref}\ncommitter bench <bench@example.invalid> {int(MOMENT.timestamp())} +0800\ndata 0\n"
    begin = f"{commit}from {start}\n"
    for path, text in files:
        content = text.encode()
        process.stdin.write(f"{begin}M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n")
        begin = commit if each else ""
    process.stdin.close()
    if process.wait():
        raise SystemExit("git fast-import failed")
    return run(bare, "log", "--reverse", "--first-parent", "--format=%T", f"{start}..{ref}").decode().split()
