"""Base tree × head tree → the changes of cases, without a checkout, reading only changed blobs (design §5)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from huiyin.model.problem import HuiyinError, Problem
from huiyin.model.pull import CaseChange, ChangeKind, ChangeSet
from huiyin.repo import yaml
from huiyin.repo.append_only import find_rewriting
from huiyin.repo.git import read_blobs, run
from huiyin.repo.rule_changes import find_new_rule_problems
from huiyin.repo.schemas import Schema
from huiyin.repo.source import has_clean_name, shown
from huiyin.repo.store import CASES, CaseFile, parse_case

NO_BLOB = re.compile("0+")
REGULAR = "100644"


class Raw(NamedTuple):
    """One line of ``git diff-tree -r``: the path with mode and blob on each side."""

    path: str
    old_mode: str
    new_mode: str
    old: str
    new: str


def find_changes(root: Path, base: str, head: str, schema: Schema) -> ChangeSet:
    """Compare two trees.

    Args:
        root: the repository's root, work tree or bare.
        base, head: hashes of commits or trees. A branch that is behind main is compared with what it left, or merged
            first: against main's tip, everything that main has gained since would look deleted.
        schema: that of cases, taken from the base.

    Raises:
        HuiyinError: HY905, Git failed.
    """
    problems: list[Problem] = []
    governance: list[str] = []
    sound: list[Raw] = []
    for entry in diff_trees(root, base, head):
        if not f"{entry.path}/".startswith(CASES):
            governance.append(shown(entry.path))
        elif found := list(_shape_problems(entry)):
            problems += found
        else:
            sound.append(entry)
    cases: list[CaseChange] = []
    for before, after in _read(root, sound, schema):
        change, found = _compare(before, after)
        problems += found
        if change is not None:
            cases.append(change)
    problems += _id_problems(root, base, cases)
    problems += find_new_rule_problems(root, base, head, governance)
    return ChangeSet(tuple(cases), tuple(governance), tuple(problems))


def diff_trees(root: Path, base: str, head: str) -> Iterator[Raw]:
    """Compare two trees file by file.

    No rename detection: a rename is a deletion and a new file, and a deletion is refused.

    Submodules are compared whatever .gitmodules or the configuration say, or they could pass unseen.
    """
    options = ("-r", "-z", "--no-renames", "--no-ext-diff", "--ignore-submodules=none", "--end-of-options")
    out = run(root, "diff-tree", *options, base, head).split(b"\0")
    for meta, path in zip(out[0::2], out[1::2], strict=False):
        old_mode, new_mode, old, new, _ = meta.decode().lstrip(":").split(" ")
        yield Raw(os.fsdecode(path), old_mode, new_mode, old, new)


def _shape_problems(entry: Raw) -> Iterator[Problem]:
    path = shown(entry.path)
    if NO_BLOB.fullmatch(entry.new):
        yield Problem("HY601", "删除或移动了留言文件；留言只增不减。", path, article="19")
    elif not has_clean_name(entry.path):
        yield Problem("HY116", "文件名不是UTF-8文字，或含有看不见的字符。", path)
    elif entry.new_mode != REGULAR:
        yield Problem("HY602", f"cases/ 下只许有普通文件（{REGULAR}），而这里是 {entry.new_mode}。", path)


def _read(root: Path, entries: Sequence[Raw], schema: Schema) -> Iterator[tuple[CaseFile | None, CaseFile]]:
    """Both sides of each file; the earlier is None for a new file. What is too large is never loaded."""
    # Links and submodules of the base are not read: a submodule's commit is in another repository.
    sides = [side for e in entries for side in ((e.old_mode, e.old), (e.new_mode, e.new))]
    wanted = [oid for mode, oid in sides if mode.startswith("100")]
    sizes = sizes_of(root, wanted)
    blobs = read_blobs(root, [oid for oid in wanted if sizes[oid] <= yaml.MAX_BYTES])

    def side(path: str, mode: str, oid: str) -> CaseFile:
        if not mode.startswith("100"):
            return CaseFile(path, b"", None)
        if oid not in blobs:
            return CaseFile(path, b"", None, (Problem("HY103", f"文件超过上限{yaml.MAX_BYTES:,}字节。", path),))
        return parse_case(path, blobs[oid], schema)

    for e in entries:
        before = None if NO_BLOB.fullmatch(e.old) else side(e.path, e.old_mode, e.old)
        yield before, side(e.path, e.new_mode, e.new)


def sizes_of(root: Path, oids: Sequence[str]) -> dict[str, int]:
    """Bytes of each object, without its content.

    Raises:
        HuiyinError: HY905, one of them is missing.
    """
    asked = "".join(f"{oid}\n" for oid in oids).encode()
    answers = run(root, "cat-file", "--batch-check=%(objectsize)", stdin=asked).decode().splitlines()
    if len(answers) != len(oids) or not all(a.isdecimal() for a in answers):
        raise HuiyinError(Problem("HY905", "仓库中缺少对象，不能读出改动的文件。"))
    return dict(zip(oids, map(int, answers), strict=True))


def _compare(before: CaseFile | None, after: CaseFile) -> tuple[CaseChange | None, list[Problem]]:
    """What happened to one case, or what is wrong with it."""
    if after.case is None or after.problems:
        return None, list(after.problems)
    events = tuple(enumerate(after.case.events))
    if before is None:
        return CaseChange(after.path, ChangeKind.CREATED, None, after.case, events), []
    if before.case is None:
        # Nothing proves what such a file said, so whoever signs it now signs the whole of it.
        found = Problem("HY603", "原文件已损坏，本次整份替换，须规则维护人及全部事件的审签人审签。", after.path)
        return CaseChange(after.path, ChangeKind.REPAIRED, None, after.case, events), [found]
    old, new = (yaml.parse_mapping(f.data, path=f.path) for f in (before, after))
    if rewriting := [after.place(p) for p in find_rewriting(old, new)]:
        return None, rewriting
    added = events[len(before.case.events) :]
    if added:
        return CaseChange(after.path, ChangeKind.APPENDED, before.case, after.case, added), []
    found = Problem("HY606", "没有追加事件，只改动了文件的格式或权限，须规则维护人审签。", after.path)
    return CaseChange(after.path, ChangeKind.REPAIRED, before.case, after.case, ()), [found]


def _id_problems(root: Path, base: str, cases: Sequence[CaseChange]) -> Iterator[Problem]:
    """An id is used once in the whole record, whatever its case, and what a case refers to is there.

    Names are listed only where something is new to be compared with them, and no file is read for it.
    """
    created = [c for c in cases if c.kind is ChangeKind.CREATED]
    references = [(c, pointer, other) for c in cases for pointer, other in _references(c)]
    if not created and not references:
        return
    wanted = {c.after.id.casefold() for c in created} | {other.casefold() for _, _, other in references}
    listing = os.fsdecode(run(root, "ls-tree", "-r", "-z", "--name-only", "--full-tree", base, CASES))
    places = _places(listing, wanted)
    for change in created:
        places.setdefault(change.after.id.casefold(), set()).add(change.path)
    for change in created:
        if others := places[change.after.id.casefold()] - {change.path}:
            listed = "、".join(sorted(map(shown, others)))
            yield Problem("HY203", f"编号 {change.after.id} 已用于 {listed}。", change.path, "/id")
    for change, pointer, other in references:
        if other.casefold() not in places or other == change.after.id:
            yield Problem("HY206", f"所指的留言“{other}”不存在或就是本件。", change.path, pointer)


def _places(listing: str, names: set[str]) -> dict[str, set[str]]:
    """Where files of these names are, among all paths of the record; each path ends with NUL, names are folded.

    A hundred thousand paths are looked through for each new case, and hardly ever is anything found.
    """
    files = {f"{name}{ending}": name for name in names for ending in ("", ".yaml")}
    found: dict[str, set[str]] = {}
    if files.keys().isdisjoint([path.rpartition("/")[2] for path in listing.casefold().split("\0")]):
        return found
    for path in listing.split("\0"):
        name = files.get(path.rpartition("/")[2].casefold())
        if name is not None:
            found.setdefault(name, set()).add(path)
    return found


def _references(change: CaseChange) -> Iterator[tuple[str, str]]:
    """Pointer and id of each case that the change refers to for the first time."""
    if change.before is None and change.after.duplicate_of is not None:
        yield "/duplicate_of", change.after.duplicate_of
    for index, event in change.events:
        other = getattr(event, "duplicate_of", None)
        if other is not None:
            yield f"/events/{index}/duplicate_of", other
