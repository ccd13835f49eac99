"""From the record to an export, a month at a time: memory holds one month's rows, whatever the size of the archive."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from datetime import datetime
from itertools import chain, groupby
from typing import Any

from huiyin.export.folder import ExportFolder, Month
from huiyin.export.parquet import encode
from huiyin.export.rows import File, Job, Row, Rows, rows_of_deadly, rows_of_files
from huiyin.model.problem import Problem
from huiyin.repo.schemas import load_schema
from huiyin.repo.source import Source
from huiyin.repo.store import case_paths, load_rulebook, read_cases
from huiyin.rules.deadlines import local_day
from huiyin.spreading import spread

FILES = 200
"""Files in a chunk: half a second's work at most."""
_MONTH = re.compile(r"cases/([0-9]{4})/(0[1-9]|1[0-2])/")


def export(
    source: Source,
    now: datetime,
    folder: ExportFolder,
    facts: Mapping[str, Any],
    executor: Executor | None,
    tell: Callable[[Sequence[Problem]], None],
) -> int:
    """Bring an export up to date, and give how many cases it holds.

    Args:
        now: with an offset; cases received after it are left out.
        facts: for the folder's mark.
        executor: of ``open_executor``.
        tell: is called with what keeps a file from being a case; all others are exported.

    Raises:
        HuiyinError: what is wrong with the rules; HY906; HY97x. Months that were written stand, each whole.
    """
    job = Job(load_rulebook(source), load_schema(source, "case").document, now)
    months = _paths_by_month(source)
    order = {path: month for month in sorted(months) for path in months[month]}

    def files() -> Iterator[File]:
        for path, data in source.read_each(order):
            if isinstance(data, Problem):
                tell([data])
            else:
                yield path, data

    folder.begin(facts)
    total = 0
    parts = spread(executor, rows_of_files, job, files(), size=FILES, fallback=rows_of_deadly)
    for month, found in groupby(chain.from_iterable(parts), lambda rows: order[rows.path]):
        total += _export_month(folder, month, found, tell)
    folder.finish({**facts, "cases": total})
    return total


def _export_month(
    folder: ExportFolder, month: Month, found: Iterable[Rows], tell: Callable[[Sequence[Problem]], None]
) -> int:
    cases: list[Row] = []
    acts: list[Row] = []
    for rows in found:
        if rows.case is None:
            if rows.problems:
                tell(rows.problems)
            continue
        cases.append(rows.case)
        acts += rows.acts
    if cases:
        cases.sort(key=lambda row: (row["received"], row["id"]))
        acts.sort(key=lambda row: (row["at"], row["id"]))
        folder.put(month, {"cases": encode("cases", cases), "acts": encode("acts", acts)})
    return len(cases)


def _paths_by_month(source: Source) -> dict[Month, list[str]]:
    """Every file below ``cases/`` by the month that its path names, or, where it names none, that of its receipt."""
    months: dict[Month, list[str]] = {}
    astray = []
    for path in case_paths(source):
        if match := _MONTH.match(path):
            months.setdefault((int(match[1]), int(match[2])), []).append(path)
        else:
            astray.append(path)
    for file in read_cases(source, astray):
        day = local_day(file.case.received_at) if file.case else None
        months.setdefault((day.year, day.month) if day else (0, 0), []).append(file.path)
    return months
