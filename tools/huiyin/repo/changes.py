"""Base tree × head tree → the changes of cases, without a checkout, reading only changed blobs (design §5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from huiyin.model.problem import Problem
from huiyin.model.pull import CaseChange, ChangeKind, ChangeSet
from huiyin.repo import yaml
from huiyin.repo.git import read_blobs, run
from huiyin.repo.schemas import Schema
from huiyin.repo.source import has_clean_name, shown
from huiyin.repo.store import CASES, CaseFile, parse_case

MARK = re.compile(r"〔已隐去[^〕]*〕")
NO_BLOB = re.compile("0+")
REGULAR = "100644"


class _Raw(NamedTuple):
    """One line of ``git diff-tree -r``: the path with mode and blob on each side."""

    path: str
    old_mode: str
    new_mode: str
    old: str
    new: str


def find_changes(root: Path, base: str, head: str, schema: Schema) -> ChangeSet:
    """Compare two commits.

    Args:
        schema: that of cases, taken from the base.

    Raises:
        HuiyinError: HY905, Git failed.
    """
    raw = list(_diff(root, base, head))
    governance = tuple(shown(r.path) for r in raw if not r.path.startswith(CASES))
    touched = [r for r in raw if r.path.startswith(CASES)]
    problems = [p for r in touched for p in _shape_problems(r)]
    sound = [r for r in touched if not any(True for _ in _shape_problems(r))]
    blobs = read_blobs(root, [oid for r in sound for oid in (r.old, r.new) if not NO_BLOB.fullmatch(oid)])
    cases: list[CaseChange] = []
    for entry in sound:
        after = parse_case(entry.path, blobs[entry.new], schema)
        if after.case is None or after.problems:
            problems += after.problems
            continue
        before = None if NO_BLOB.fullmatch(entry.old) else parse_case(entry.path, blobs[entry.old], schema)
        found = list(_content_problems(before, after)) if before else []
        problems += found
        if not found:
            cases.append(_change(before, after))
    return ChangeSet(tuple(cases), governance, tuple(problems))


def _diff(root: Path, base: str, head: str) -> Iterator[_Raw]:
    """No rename detection: a rename is a deletion and a new file, and a deletion is refused."""
    out = run(root, "diff-tree", "-r", "-z", "--no-renames", "--no-ext-diff", base, head).split(b"\0")
    for meta, path in zip(out[0::2], out[1::2], strict=False):
        old_mode, new_mode, old, new, _ = meta.decode().lstrip(":").split(" ")
        yield _Raw(path.decode(errors="surrogateescape"), old_mode, new_mode, old, new)


def _shape_problems(entry: _Raw) -> Iterator[Problem]:
    path = shown(entry.path)
    if NO_BLOB.fullmatch(entry.new):
        yield Problem("HY601", "删除或移动了留言文件;留言只增不减。", path, article="19")
    elif not has_clean_name(entry.path):
        yield Problem("HY116", "文件名不是UTF-8文字,或含有看不见的字符。", path)
    elif entry.new_mode != REGULAR:
        yield Problem("HY602", f"文件类型或权限应为普通文件({REGULAR}),而不是 {entry.new_mode}。", path)


def _change(before: CaseFile | None, after: CaseFile) -> CaseChange:
    assert after.case is not None
    known = before.case if before else None
    start = len(known.events) if known else 0
    events = tuple((i, e) for i, e in enumerate(after.case.events) if i >= start)
    kind = ChangeKind.CREATED if known is None else ChangeKind.APPENDED
    return CaseChange(after.path, kind, known, after.case, events)


def _content_problems(before: CaseFile, after: CaseFile) -> Iterator[Problem]:
    """Earlier events are a prefix of the later ones and nothing else changes, except text that is redacted."""
    if before.case is None:
        # A file that is broken on main is mended under the eyes of governance, not by a clerk's pull request.
        yield Problem("HY603", "原文件不能读出,须先由维护人员修复。", after.path)
        return
    old, new = (yaml.parse_mapping(f.data, path=f.path) for f in (before, after))
    new_events = new["events"][len(old["events"]) :]
    redacted = {p for e in new_events if e["type"] == "redacted" for p in e["pointers"]}
    pairs = list(_leaves_of(old, new, len(old["events"])))
    for pointer, was, is_ in pairs:
        if was == is_:
            continue
        if pointer in redacted and isinstance(was, str) and isinstance(is_, str):
            if not _only_removes(was, is_):
                yield after.place(Problem("HY605", "隐去只许删减文字,不得改写。", pointer=pointer, article="19"))
        else:
            yield after.place(Problem("HY604", "改动了已入库的内容;只许在末尾追加事件。", pointer=pointer))
    if not new_events and not any(was != is_ for _, was, is_ in pairs):
        yield Problem("HY606", "文件有改动,但没有追加事件。", after.path)


def _leaves_of(old: dict[str, Any], new: dict[str, Any], events: int) -> Iterator[tuple[str, Any, Any]]:
    """(pointer, before, after) of every value that existed before or was added outside new events."""

    def walk(a: Any, b: Any, pointer: str) -> Iterator[tuple[str, Any, Any]]:
        if isinstance(a, dict) and isinstance(b, dict):
            for key in [*a, *(k for k in b if k not in a)]:
                yield from walk(a.get(key), b.get(key), f"{pointer}/{key}")
        elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
            for i, (x, y) in enumerate(zip(a, b, strict=True)):
                yield from walk(x, y, f"{pointer}/{i}")
        else:
            yield pointer, a, b

    yield from walk(old, {**new, "events": new["events"][:events]}, "")


def _only_removes(was: str, is_: str) -> bool:
    """Whether ``is_`` is ``was`` with stretches of at least one character replaced by marks.

    The pieces between the marks are searched from the left, as for a wildcard, so the time stays linear.
    """
    first, *rest = MARK.split(is_)
    if not rest or not was.startswith(first):
        return False
    position = len(first)
    for piece in rest[:-1]:
        found = was.find(piece, position + 1)
        if found < 0:
            return False
        position = found + len(piece)
    return was.endswith(rest[-1]) and len(was) - len(rest[-1]) > position
