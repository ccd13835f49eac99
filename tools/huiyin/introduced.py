"""What a change would bring into the history for ever: every version on its way, not only the last (第十九条).

A file that is taken back before the end of a branch still lies in the history of main once the branch is merged. So all
commits between main and the branch's tip are looked through: files, their names, and messages. What the base has in
the same file already is not the change's fault.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from huiyin.committed import find_in_file, find_in_source, is_looked_at
from huiyin.findings import Found, find_in_case, find_in_text, hide_in
from huiyin.model.personal import Confidence
from huiyin.model.problem import Problem
from huiyin.repo import yaml
from huiyin.repo.changes import NO_BLOB, diff_trees, sizes_of
from huiyin.repo.commits import RawCommit, read_commits
from huiyin.repo.git import attempt, in_parts, read_blobs, run
from huiyin.repo.schemas import Schema
from huiyin.repo.source import shown
from huiyin.repo.store import CASES, parse_case
from huiyin.rules.privacy import PrivacySettings

HISTORY = "HY753"
MAX_FILE = 32 * 1024 * 1024
"""Bytes of a file; what is larger is told to the reviewer, not read."""
_PATH_MAX, _MOST_ARGUMENTS = 4096, 100_000
"""Bytes of one path, and of all that one command is given: Git takes any, a system refuses a command that is longer."""
_TAGS = 8
"""Tags of tags that are followed."""
Counts: TypeAlias = Counter[tuple[object, Confidence]]


@dataclass(frozen=True, slots=True)
class _Version:
    """One file as one commit leaves it."""

    path: str
    oid: str
    commit: str


@dataclass
class _Reader:
    """Reads versions of files; what was read is kept, since versions repeat."""

    root: Path
    settings: PrivacySettings
    schema: Schema | None
    _known: dict[tuple[str, str], tuple[list[Found], Problem | None]] = field(default_factory=dict)

    def take(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Read files by path and blob through one Git."""
        missing = [pair for pair in dict.fromkeys(wanted) if pair not in self._known]
        if not missing:
            return
        sizes = sizes_of(self.root, [oid for _, oid in missing])
        # A few kilobytes that were pushed may unpack to gigabytes, so they are never in memory together.
        for part in in_parts(missing, lambda pair: sizes[pair[1]], MAX_FILE):
            fit = {oid for _, oid in part if sizes[oid] <= MAX_FILE}
            blobs = read_blobs(self.root, sorted(fit))
            for path, oid in part:
                self._known[path, oid] = self._find(path, blobs.get(oid))

    def found(self, path: str, oid: str) -> tuple[list[Found], Problem | None]:
        """What a file that was taken holds, and why it could not be read to its end."""
        return self._known[path, oid]

    def _find(self, path: str, data: bytes | None) -> tuple[list[Found], Problem | None]:
        if data is None:
            return [], Problem("HY752", f"文件超过{MAX_FILE:,}字节。", shown(path), article="19")
        if not _is_case(path):
            return find_in_file(path, data, self.settings)
        file = parse_case(path, data, self.schema) if self.schema else None
        found: list[Found] = []
        if file is not None and file.case is not None:
            in_case = find_in_case(file.case, self.settings)
            found = [Found(f.pointer, f.place, f.finding, f.key, yaml.line_of(data, f.pointer)) for f in in_case]
            if not file.problems:
                return found, None
        # Not in its one form, so it may hold more than the case that it tells, or none at all.
        known = {f.key for f in found}
        text = data.decode(errors="replace")
        more = find_in_source(text, self.settings, official=file is not None and file.case is not None)
        return [*found, *(f for f in more if f.key not in known)], None


def find_introduced(
    root: Path, base: str, tips: Sequence[str], settings: PrivacySettings, schema: Schema
) -> tuple[Problem, ...]:
    """Personal data that merging would add to the history.

    Args:
        base: hash of the commit that the change starts from.
        tips: hashes of what would be merged: the head, and approvals that lie on top of it.
        settings, schema: those of the base; the change's own allow-list counts for nothing.

    Returns:
        HY750, HY751, HY752 of what stands in the newest version; HY753, HY751 of earlier versions, names and messages.

    Raises:
        HuiyinError: HY905, HY631, the history cannot be read.
    """
    shas = run(root, "rev-list", "--topo-order", "--end-of-options", *tips, f"^{base}").decode().split()
    commits = read_commits(root, shas)
    versions = [v for commit in commits for v in versions_of(root, commit)]
    found = [*_in_messages(commits, settings), *_in_files(root, base, tips[0], versions, settings, schema)]
    return hide_in(dict.fromkeys(found), settings)


def find_pushed(
    root: Path, ref: str, tip: str, settings: PrivacySettings, schema: Schema | None, main: str | None
) -> Iterator[Problem]:
    """What a push would bring to the server for the first time, on whatever branch.

    Only what is certain is told: what is doubtful is for the reviewer.

    Args:
        ref: full name of the branch or tag.
        tip: hash of a commit, or of a tag of one.
        schema: of cases; None reads them as plain text.
        main: hash of main, whose files are known already; None for none.

    Yields:
        HY750 and HY753; HY657 where a tag cannot be read to its end.
    """
    shas = run(root, "rev-list", "--not", "--all", "--not", tip).decode().split()
    commits = read_commits(root, shas)
    versions = [v for commit in commits for v in versions_of(root, commit)]
    name = (f.problem("", where="分支名", code=HISTORY) for f in find_in_text(ref, settings, official=False))
    found = [
        *name,
        *_in_tag(root, tip, settings),
        *_in_messages(commits, settings),
        *_in_files(root, main, tip, versions, settings, schema),
    ]
    yield from (p for p in hide_in(dict.fromkeys(found), settings) if p.code in {"HY750", "HY657", HISTORY})


def _in_tag(root: Path, tip: str, settings: PrivacySettings) -> Iterator[Problem]:
    """The names and messages of a tag and of the tags that it is a tag of; who made it is as public as a committer."""
    for _ in range(_TAGS):
        done = attempt(root, "cat-file", "tag", tip)
        if done.returncode:
            return
        head, _, message = done.stdout.decode(errors="replace").partition("\n\n")
        fields = dict(line.partition(" ")[::2] for line in head.split("\n"))
        for found in find_in_text(f"{fields.get('tag', '')}\n{message}", settings, official=False):
            yield found.problem("", where="标签的说明", code=HISTORY)
        tip = fields.get("object", "")
    yield Problem("HY657", f"标签套了超过{_TAGS}层。")


def versions_of(root: Path, commit: RawCommit) -> Iterator[_Version]:
    """Each file that a commit adds or changes; of a merge, only what no parent has."""
    parents = commit.parents or (run(root, "hash-object", "-t", "tree", "--stdin").decode().strip(),)
    seen: list[dict[str, str]] = []
    for parent in parents:
        changed = {}
        for entry in diff_trees(root, parent, commit.sha):
            # A link is a text: where it leads. A submodule is a commit elsewhere, and refused by other rules.
            if not NO_BLOB.fullmatch(entry.new) and entry.new_mode != "160000":
                changed[entry.path] = entry.new
        seen.append(changed)
    for path, oid in seen[0].items():
        if all(path in other for other in seen[1:]):
            yield _Version(path, oid, commit.sha)


def _in_messages(commits: Iterable[RawCommit], settings: PrivacySettings) -> Iterator[Problem]:
    for commit in commits:
        for found in find_in_text(commit.message, settings, official=False):
            yield found.problem("", where=f"提交 {commit.sha[:10]} 的说明", code=HISTORY)


def _in_files(
    root: Path,
    base: str | None,
    head: str,
    versions: Sequence[_Version],
    settings: PrivacySettings,
    schema: Schema | None,
) -> Iterator[Problem]:
    paths = {v.path for v in versions}
    before, after = _blobs_at(root, base, paths) if base else {}, _blobs_at(root, head, paths)
    for path in sorted(paths - before.keys()):
        yield from _in_name(path, settings)
    read = [v for v in versions if is_looked_at(v.path)]
    reader = _Reader(root, settings, schema)
    reader.take(
        [(v.path, v.oid) for v in read]
        + [(path, oid) for known in (before, after) for path, oid in known.items() if is_looked_at(path)]
    )
    told: dict[str, Counts] = {}
    unread: set[tuple[str, Problem]] = set()
    for version in sorted(read, key=lambda v: v.oid != after.get(v.path)):  # the newest first
        newest = version.oid == after.get(version.path)
        found, problem = reader.found(version.path, version.oid)
        if problem is not None and (newest or (version.path, problem) not in unread):
            unread.add((version.path, problem))
            yield problem if newest else replace(problem, message=f"提交 {version.commit[:10]} 中：{problem.message}")
        allowed = told.get(version.path)
        if allowed is None:
            old = before.get(version.path)
            allowed = told[version.path] = _count(reader.found(version.path, old)[0] if old else ())
        left = allowed.copy()
        for item in found:
            kind = (item.key, item.finding.confidence)
            left[kind] -= 1
            if left[kind] < 0:
                allowed[kind] += 1  # told once, for the newest version that has it
                where = "" if newest else f"提交 {version.commit[:10]} 中"
                yield item.problem(shown(version.path), where=where, code=None if newest else HISTORY)


def _in_name(path: str, settings: PrivacySettings) -> Iterator[Problem]:
    for part in path.split("/"):
        for found in find_in_text(part, settings, official=False):
            yield found.problem(shown(path), where="文件名", code=HISTORY)


def _count(found: Collection[Found]) -> Counts:
    return Counter((f.key, f.finding.confidence) for f in found)


def _blobs_at(root: Path, commit: str, paths: Iterable[str]) -> dict[str, str]:
    """Path → blob of those files that a commit has; none whose path is too long for any file system."""
    found: dict[str, str] = {}
    lengths = {path: len(os.fsencode(path)) + 1 for path in sorted(paths)}
    short = (path for path, length in lengths.items() if length <= _PATH_MAX)
    for wanted in in_parts(short, lengths.__getitem__, _MOST_ARGUMENTS):
        command = ("--literal-pathspecs", "ls-tree", "-z", "--full-tree", "--end-of-options", commit)
        for record in run(root, *command, "--", *wanted).split(b"\0")[:-1]:
            meta, _, path = record.partition(b"\t")
            mode, _, oid = meta.decode().split(" ")
            if mode not in {"160000", "040000"}:
                found[os.fsdecode(path)] = oid
    return found


def _is_case(path: str) -> bool:
    """Whether it may be read as a case; a workbook that somebody put among the cases is read as one."""
    return path.startswith(CASES) and path.endswith(".yaml")
