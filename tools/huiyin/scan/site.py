"""The scan of everything that was built: no file is passed over, and what cannot be read is an error (第十九条).

What may stand on the site although it looks personal is decided in the record, not here. ``accepted`` holds what
``huiyin check`` found in the published texts and did not refuse: numbers of offices in replies, and doubtful words that
a reviewer was shown by the gate before they reached main. Exactly these, each by kind and content, are counted and not
reported; whatever else looks like a person's is, wherever it came from: a template, an asset, an index, a file's name.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from huiyin.findings import Key, hide_in
from huiyin.model.personal import Confidence
from huiyin.model.problem import Problem, Severity, UsageError
from huiyin.repo.source import has_clean_name, shown
from huiyin.rules.privacy import PrivacySettings
from huiyin.scan.looking import Hit, Looked, look, look_at_name
from huiyin.scan.vendored import digest

MAX_FILE = 512 * 1024 * 1024
"""Bytes of one file; what is larger is refused."""
CODES = {Confidence.CERTAIN: "HY760", Confidence.UNCERTAIN: "HY761"}


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan found.

    Args:
        files: read to their end or not, vendored ones included.
        size: bytes of all of them.
        vendored: of the files, how many are known by their hash.
        accepted: how many findings the record accounts for, each place counted.
        problems: HY760 to HY766, in the order of paths; the same words in many places are one problem.
    """

    files: int
    size: int
    vendored: int
    accepted: int
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether the site may be published."""
        return not any(p.level is Severity.ERROR for p in self.problems)


def scan(
    folder: Path,
    settings: PrivacySettings,
    *,
    accepted: Collection[Key] = frozenset(),
    vendored: Collection[str] = frozenset(),
) -> Scanned:
    """Look through a folder.

    Args:
        settings: the allow-list of the instance.
        accepted: what the record rightly holds.
        vendored: hashes of files that need not be read.

    Raises:
        UsageError: HY907, there is no such folder, or nothing in it: a failed build must not pass for a clean site.
    """
    if not folder.is_dir() or folder.is_symlink():
        raise UsageError(Problem("HY907", f"没有这个目录，或它是符号链接：{folder}。"))
    problems: list[Problem] = []
    hits: list[Hit] = []
    files = size = skipped = 0
    for path, problem in walk(folder):
        files += 1
        hits += look_at_name(path, settings)
        data = problem or read_file(folder / path, path)
        if isinstance(data, Problem):
            problems.append(data)
            continue
        size += len(data)
        if vendored and digest(data) in vendored:
            skipped += 1
            continue
        looked: Looked = look(path, data, settings)
        hits += looked.hits
        problems += [looked.problem] if looked.problem else []
    if not files:
        raise UsageError(Problem("HY907", f"这个目录中没有文件，没有可以检查的内容：{folder}。"))
    fresh = [hit for hit in hits if hit.key not in accepted]
    problems += report(fresh)
    problems.sort(key=lambda p: (p.level is not Severity.ERROR, p.path, p.line or 0, p.code))
    return Scanned(files, size, skipped, len(hits) - len(fresh), hide_in(problems, settings))


def walk(folder: Path) -> Iterator[tuple[str, Problem | None]]:
    """Each file below a folder, in order, and why it cannot be read: links and the like are never followed.

    A folder that cannot be listed is told as a file would be.
    """
    pending = [""]
    while pending:
        here = pending.pop()
        try:
            with os.scandir(folder / here) as entries:
                found = sorted(entries, key=lambda entry: os.fsencode(entry.name))
        except OSError:
            yield here or ".", Problem("HY763", "目录不能读取。", shown(here), article="19")
            continue
        below = []
        for entry in found:
            path = f"{here}/{entry.name}" if here else entry.name
            if not has_clean_name(path):
                yield (
                    shown(path),
                    Problem("HY766", "文件名不是UTF-8文字，或含有看不见的字符。", shown(path), article="19"),
                )
            elif entry.is_dir(follow_symlinks=False):
                below.append(path)
            elif entry.is_file(follow_symlinks=False):
                yield path, None
            else:
                yield path, Problem("HY766", "不是普通文件（是符号链接、管道等）。", path, article="19")
        pending += reversed(below)


def report(hits: Collection[Hit]) -> Iterator[Problem]:
    """One problem for each thing that was found, at its first place; the text of a page stands in its index, too."""
    counts = Counter((hit.key, hit.confidence) for hit in hits)
    told = set()
    for hit in hits:
        known = (hit.key, hit.confidence)
        if known in told:
            continue
        told.add(known)
        words = "有" if hit.confidence is Confidence.CERTAIN else "疑似有"
        more = f"，同样内容共{counts[known]}处" if counts[known] > 1 else ""
        message = f"{hit.place}{words}个人信息：{hit.kind.label}（{hit.confidence.label}）{more}。"
        yield Problem(CODES[hit.confidence], message, hit.path, line=hit.line, article="19")


def read_file(file: Path, path: str) -> bytes | Problem:
    """A file's bytes, or why they cannot be read; ``path`` is how messages name it."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as opened:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                return Problem("HY766", "不是普通文件（是符号链接、管道等）。", path, article="19")
            if status.st_size > MAX_FILE:
                return Problem("HY765", f"文件超过{MAX_FILE:,}字节。", path, article="19")
            return opened.read()
    except OSError:
        return Problem("HY763", "文件不能读取。", path, article="19")
