"""Reading a revision of the repository without a checkout, and running Git safely."""

from __future__ import annotations

import io
import os
import subprocess
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple, cast

from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.repo.source import (
    MAX_READ,
    FolderSource,
    Paths,
    Problems,
    Source,
    badly_named,
    check_path,
    executable,
    has_clean_name,
    irregular,
    shown,
    unreadable,
)

__all__ = ["FolderSource", "GitSource", "Source", "environment", "open_source", "read_blobs", "resolve", "run"]

# So many requests fit into a pipe's buffer, so writing them before reading the answers can never block.
_BATCH = 128
# Settings of how Git is reached, not of which repository it works on.
_KEPT = {"GIT_EXEC_PATH", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_ASKPASS"}
# In a pre-receive hook what was pushed is kept apart, and only these tell where (git-receive-pack).
_QUARANTINE = {"GIT_QUARANTINE_PATH", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"}


def open_source(root: Path, rev: str | None = None) -> Source:
    """Give the files of a revision, or of the work tree where none is named.

    Raises:
        UsageError: HY901 to HY903, HY907.
    """
    return FolderSource(root) if rev is None else GitSource(root, rev)


def environment(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give an environment in which only the folder decides which repository Git works on, and its output is stable.

    Inside a hook Git sets GIT_DIR and others that would lead every further Git astray.
    """
    given = os.environ if base is None else base
    kept = _KEPT | (_QUARANTINE if given.get("GIT_QUARANTINE_PATH") == given.get("GIT_OBJECT_DIRECTORY") else set())
    scrubbed = {k: v for k, v in given.items() if k[:4] != "GIT_" or k in kept}
    return scrubbed | {
        "LC_ALL": "C",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",  # refs/replace would show another text than the one that was signed
    }


def attempt(
    root: Path, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run one Git command in the folder, whatever its exit code; ``env`` comes on top of ``environment``.

    Raises:
        UsageError: HY903, Git is not installed.
    """
    command = ["git", "-C", str(root), *arguments]
    try:
        return subprocess.run(
            command, input=stdin, capture_output=True, env={**environment(), **(env or {})}, check=False
        )
    except FileNotFoundError:
        raise UsageError(_NO_GIT) from None


def run(root: Path, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
    """Run one Git command as ``attempt`` does and give what it printed.

    Raises:
        UsageError: HY903, Git is not installed.
        HuiyinError: HY905, the command failed.
    """
    done = attempt(root, *arguments, stdin=stdin, env=env)
    if done.returncode:
        command = next(a for a in arguments if not a.startswith("-") and "=" not in a)
        raise HuiyinError(failed(command, done.stderr.decode(errors="replace")))
    return done.stdout


def resolve(root: Path, rev: str) -> str:
    """Give the full hash of the commit that a revision names (branch, tag, abbreviated hash, ``HEAD~1`` …).

    Raises:
        UsageError: HY901 no repository, HY902 no such commit, HY903 no Git, HY907 no such folder.
    """
    if not root.is_dir():
        raise UsageError(Problem("HY907", f"没有这个目录：{root}。"))
    try:
        import git  # takes a tenth of a second, and fails where Git is not installed
    except ImportError:
        raise UsageError(_NO_GIT) from None
    try:
        with git.Repo(root, search_parent_directories=True) as repository:
            commit = repository.commit(rev)
        if commit.hexsha != git.Commit.NULL_HEX_SHA:  # GitPython makes a commit of forty zeros
            return commit.hexsha
    except git.InvalidGitRepositoryError:
        raise UsageError(Problem("HY901", f"不是Git仓库：{root}。")) from None
    except git.GitCommandNotFound:
        raise UsageError(_NO_GIT) from None
    # All that GitPython raises for names that it cannot read; BadName and BadObject are ODBErrors.
    except (git.ODBError, git.GitError, ValueError, LookupError, NotImplementedError, AssertionError):
        pass
    raise UsageError(Problem("HY902", f"仓库中没有这个版本：{rev!r}。"))


class _Entry(NamedTuple):
    mode: str
    oid: str


class GitSource:
    """The files of one commit, read by one ``ls-tree`` and one long-running ``cat-file``.

    Args:
        root: the repository's root (work tree or bare), or a folder in it: then paths are relative to that folder.
        rev: any name of a commit.
        only: folders outside which nothing is listed or read; all by default.

    Raises:
        UsageError: as ``resolve``.
    """

    def __init__(self, root: Path, rev: str, only: Sequence[str] = ()) -> None:
        self.root = root
        self.commit = resolve(root, rev)
        self._only = only

    def read(self, path: str) -> bytes:
        """See ``Source.read``."""
        return next(self.read_many([path]))[1]

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """See ``Source.read_many``."""
        remaining = iter(paths)
        while batch := list(islice(remaining, _BATCH)):
            # A whole batch is taken in before any of it is given out, so callers may read other files in between.
            yield from zip(batch, self._fetch([self._blob(path) for path in batch]), strict=True)

    def list(self, prefix: str = "") -> Paths:
        """See ``Source.list``."""
        return [p for p, entry in self._below(prefix) if entry.mode.startswith("100") and has_clean_name(p)]

    def strange(self, prefix: str = "") -> Problems:
        """See ``Source.strange``."""
        problems = []
        for path, entry in self._below(prefix):
            if not has_clean_name(path):
                problems.append(badly_named(path))
            elif not entry.mode.startswith("100"):
                problems.append(irregular(path))
            elif entry.mode != "100644":
                problems.append(executable(path))
        return problems

    @cached_property
    def _entries(self) -> dict[str, _Entry]:
        entries = {}
        for record in run(self.root, "ls-tree", "-r", "-z", self.commit, *self._only).split(b"\0")[:-1]:
            meta, _, path = record.partition(b"\t")
            mode, _, oid = meta.decode().split(" ")
            entries[os.fsdecode(path)] = _Entry(mode, oid)
        return dict(sorted(entries.items()))

    def _below(self, prefix: str) -> Iterator[tuple[str, _Entry]]:
        start = str(check_path(prefix)) if prefix.strip("/") else ""
        for path, entry in self._entries.items():
            if not start or path == start or path.startswith(f"{start}/"):
                yield path, entry

    def _blob(self, path: str) -> str:
        entry = self._entries.get(str(check_path(path)))
        if entry is None:
            raise HuiyinError(unreadable(path))
        if not entry.mode.startswith("100"):
            raise HuiyinError(irregular(path))
        return entry.oid

    @cached_property
    def _reader(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            ["git", "-C", str(self.root), "cat-file", "--batch"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(),
        )  # fmt: skip
        weakref.finalize(self, _end, process)
        return process

    def _fetch(self, oids: Sequence[str]) -> Sequence[bytes]:
        requests, answers = cast(IO[bytes], self._reader.stdin), cast(IO[bytes], self._reader.stdout)
        try:
            requests.write("".join(f"{oid}\n" for oid in oids).encode())
            requests.flush()
            return [_take(answers) for _ in oids]
        except (OSError, ValueError):
            raise HuiyinError(failed("cat-file", "")) from None


def _take(answers: IO[bytes]) -> bytes:
    """Read one answer of ``cat-file --batch``: "<oid> blob <size>", the content and a line feed."""
    _, kind, size = answers.readline().split()  # "<oid> missing" and the end of the stream are ValueErrors
    if kind != b"blob":
        raise ValueError(kind)
    left = int(size) - MAX_READ
    content = answers.read(min(int(size), MAX_READ))
    while left > 0:
        left -= len(answers.read(min(left, MAX_READ)) or b"\0" * left)
    if answers.read(1) != b"\n":
        raise ValueError(size)
    return content


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()
    process.wait()


def failed(command: str, stderr: str) -> Problem:
    """HY905; Git speaks English, and whoever is asked for help needs its own words."""
    said = next((line.strip() for line in stderr.splitlines() if line.strip()), "")
    return Problem("HY905", f"git {command}没有正常结束{f'，Git的原话是〔{shown(said)}〕' if said else ''}。")


_NO_GIT = Problem("HY903", "找不到git命令。")


def read_blobs(root: Path, oids: Sequence[str]) -> dict[str, bytes]:
    """Read blobs by id through one ``cat-file``.

    Raises:
        HuiyinError: HY905, one of them is missing.
    """
    wanted = list(dict.fromkeys(oids))
    out = io.BytesIO(run(root, "cat-file", "--batch", stdin="".join(f"{oid}\n" for oid in wanted).encode()))
    try:
        return {oid: _take(out) for oid in wanted}
    except ValueError:
        raise HuiyinError(failed("cat-file", "")) from None
