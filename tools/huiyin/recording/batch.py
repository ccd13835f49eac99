"""The daily batch: one event for many cases, all judged first, then all written or none (design §1.1, §7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from huiyin.model.problem import HuiyinError, Problem, Severity
from huiyin.recording.draft import Draft, event_for
from huiyin.recording.redaction import redact
from huiyin.repo import yaml
from huiyin.repo.canonical import append_event
from huiyin.repo.files import write_all
from huiyin.repo.lock import locked
from huiyin.repo.schemas import Schema, load_schema
from huiyin.repo.source import FolderSource
from huiyin.repo.store import case_paths, parse_case
from huiyin.rules.replay import Replay, replay
from huiyin.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What recording did to one case, or would do.

    Args:
        path: of the case file, below the root.
        problems: those that the event brings; any error refuses it.
        event: the event as written; empty where the file could not be read.
        before, after: the case without and with the event; None where there is none.
        text: the new content of the file.
    """

    path: str
    problems: tuple[Problem, ...] = ()
    event: dict[str, Any] | None = None
    before: Replay | None = None
    after: Replay | None = None
    text: str = ""

    @property
    def refused(self) -> bool:
        """Whether the event must not be recorded in this case."""
        return any(p.level is Severity.ERROR for p in self.problems)


def record(
    root: Path, paths: Sequence[str], draft: Draft, rulebook: Rulebook, now: datetime, *, dry_run: bool = False
) -> tuple[Result, ...]:
    """Record one event in each of the cases: in all of them, or in none if any refuses it.

    Problems that a file had before do not refuse the event; a file that cannot be read does.

    Args:
        paths: case files below the root, each once.
        now: with an offset; a later event is refused.
        dry_run: judge and write nothing.

    Raises:
        HuiyinError: HY906, HY950: nothing could be written, and nothing was.
    """
    with nullcontext() if dry_run else locked(root):
        source = FolderSource(root)
        schema = load_schema(source, "case")
        known = {PurePosixPath(p).stem for p in case_paths(source)} if "duplicate_of" in draft.fields else set()
        results = []
        for path in paths:
            try:
                result = judge(path, source.read(path), draft, schema, rulebook, now)
            except HuiyinError as error:
                result = Result(path=path, problems=tuple(p.at(path=path) for p in error.problems))
            results.append(_check_reference(result, draft, known))
        if not dry_run and not any(r.refused for r in results):
            write_all({root / r.path: r.text for r in results})
    return tuple(results)


def judge(path: str, data: bytes, draft: Draft, schema: Schema, rulebook: Rulebook, now: datetime) -> Result:
    """What the event would do to one case file, as pure as reading allows.

    Raises:
        HuiyinError: the file cannot be read, or the event cannot be appended to it.
    """
    old = parse_case(path, data, schema)
    if old.case is None:
        raise HuiyinError(*old.problems)
    before = replay(old.case, rulebook, now)
    event = event_for(draft, before, rulebook.registry)
    document = yaml.parse_mapping(data, path=path)
    problems: list[Problem] = []
    if draft.hide:
        text, problems = redact(data, document, event, draft.hide)
    else:
        text = append(data, event)
        _assert_only_appended(text, document, event)
    new = parse_case(path, text.encode(), schema)
    after = replay(new.case, rulebook, now) if new.case else None
    introduced = find_introduced(
        [*old.problems, *before.problems], [*new.problems, *(after.problems if after is not None else ())]
    )
    # The line of an event that is not in the file yet would lead nowhere.
    problems += [replace(p, path=path, line=None) for p in introduced]
    return Result(path=path, problems=tuple(problems), event=event, before=before, after=after, text=text)


def append(data: bytes, event: dict[str, Any]) -> str:
    """The text of a case file with one event more; every byte before it stands as it was."""
    text = append_event(data.decode(), event)
    kept = data.removesuffix(b" []\n") if data.endswith(b"\nevents: []\n") else data
    if not text.encode().startswith(kept):
        raise AssertionError("appending changed what was there")
    return text


def find_introduced(before: Iterable[Problem], after: Iterable[Problem]) -> list[Problem]:
    """The problems of ``after`` that ``before`` had not; lines do not count, for they move."""
    known = Counter((p.code, p.pointer, p.message) for p in before)
    introduced = []
    for problem in after:
        key = (problem.code, problem.pointer, problem.message)
        if known[key]:
            known[key] -= 1
        else:
            introduced.append(problem)
    return introduced


def _assert_only_appended(text: str, document: dict[str, Any], event: dict[str, Any]) -> None:
    try:
        written = yaml.parse_mapping(text.encode(), path="")
    except HuiyinError:
        return  # too large or too deep: reported when the new file is parsed as a case
    if written != {**document, "events": [*document["events"], event]}:
        raise AssertionError("what was written is not what was meant")


def _check_reference(result: Result, draft: Draft, known: set[str]) -> Result:
    """第九条(一): what a message is said to repeat must be in the record, and be another one."""
    other = draft.fields.get("duplicate_of")
    if other is None or (other in known and other != PurePosixPath(result.path).stem):
        return result
    problem = Problem("HY206", f"所指的留言“{other}”不存在或就是本件。", result.path)
    return replace(result, problems=(*result.problems, problem))
