"""A case as a row, and what happened to it as rows: the cases as ``huiyin stats`` counts them.

Only what is named here leaves: ids, units, dates and the words of the rules; no title, text, note or person (第十九条).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo.schemas import Schema
from huiyin.repo.store import parse_case
from huiyin.reports.stats import Occurrence, Tally, find_occurrences, tally_of
from huiyin.rules.deadlines import ClockKind, local_day
from huiyin.rules.replay import Replay, replay
from huiyin.rules.rulebook import Rulebook

Row = dict[str, Any]
File = tuple[str, bytes]
"""Path and content of a case file."""


@dataclass(frozen=True)
class Job:
    """What every chunk of files needs.

    Args:
        schema: of a case, as a document; a compiled one cannot be sent to another process.
        now: with an offset; the moment at which open cases are late or not.
    """

    rulebook: Rulebook
    schema: dict[str, Any]
    now: datetime

    @cached_property
    def compiled(self) -> Schema:
        """The schema, compiled once in each process."""
        return Schema(self.schema, "schema/case.schema.json")


@dataclass(frozen=True, slots=True)
class Rows:
    """What became of one file; ``case`` is None where it could not be read, or was received after the job's moment."""

    path: str
    case: Row | None = None
    acts: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()


def rows_of_files(job: Job, files: Sequence[File]) -> list[Rows]:
    """The work of one process: parse, replay and count."""
    return [_rows_of_file(job, path, data) for path, data in files]


def rows_of_deadly(_: Job, file: File) -> list[Rows]:
    """What is given for a file that no process survives: HY975, so that it is missing and named."""
    path = file[0]
    return [Rows(path, problems=(Problem("HY975", "读取这个文件时，进程异常中断；另起进程重试仍然如此。", path),))]


def _rows_of_file(job: Job, path: str, data: bytes) -> Rows:
    file = parse_case(path, data, job.compiled)
    if file.case is None:
        return Rows(path, problems=file.problems)
    try:
        found = replay(file.case, job.rulebook, job.now)
    except HuiyinError as error:
        return Rows(path, problems=tuple(file.place(p) for p in error.problems))
    if file.case.received_at > job.now:
        return Rows(path)
    tally = tally_of(found, job.rulebook)
    acts = find_occurrences(found, tally, job.rulebook)
    return Rows(path, case_row(found, tally), tuple(act_row(o) for o in acts))


def case_row(found: Replay, tally: Tally) -> Row:
    """A row of the table ``cases``; ``None`` where there is no such thing yet."""
    counted = tally.counted
    clock = found.clock(ClockKind.HANDLING)
    return {
        "id": tally.id,
        "received": tally.received,
        "channel": counted.channel.value,
        "dispatcher": tally.dispatcher,
        "unit": counted.unit,
        "topics": list(counted.topics),
        "complexity": counted.complexity and counted.complexity.value,
        "outcome": counted.outcome.value,
        "assigned": found.assigned and local_day(found.assigned.at),
        "due": clock and clock.due.day,
        "due_provisional": clock and clock.due.provisional,
        "late": counted.late,
        "working_days": counted.working_days,
        "satisfaction": counted.satisfaction,
    }


def act_row(occurrence: Occurrence) -> Row:
    """A row of the table ``acts``: unit and day are those of the act, all else is the case's as it stands now."""
    tally = occurrence.tally
    counted = tally.counted
    return {
        "id": tally.id,
        "act": occurrence.act.value,
        "day": occurrence.day,
        "at": occurrence.at,
        "unit": occurrence.unit,
        "dispatcher": tally.dispatcher,
        "channel": counted.channel.value,
        "topics": list(counted.topics),
        "complexity": counted.complexity and counted.complexity.value,
    }
