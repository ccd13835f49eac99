"""Git trees of any shape, made by ``git fast-import`` without a work tree: also what no work tree could hold."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from huiyin.repo.git import environment
from tests.cases import PROJECT

SHIPPED_FOLDERS = ("rules", "schema")


@dataclass(frozen=True)
class File:
    """One entry of a tree; the content of a link is where it leads, that of a submodule its commit."""

    data: bytes
    mode: str = "100644"


Files = Mapping[str, File]


def shipped() -> dict[str, File]:
    """The rules and schemas of the project."""
    return dict(_shipped())


@cache
def _shipped() -> dict[str, File]:
    found = (p for folder in SHIPPED_FOLDERS for p in sorted((PROJECT / folder).rglob("*")) if p.is_file())
    return {p.relative_to(PROJECT).as_posix(): File(p.read_bytes()) for p in found}


def read_folder(folder: Path) -> dict[str, File]:
    """All files below a folder, none if there is no such folder."""
    return {p.relative_to(folder).as_posix(): File(p.read_bytes()) for p in sorted(folder.rglob("*")) if p.is_file()}


class Trees:
    """A bare repository to which commits of whole trees are added.

    Args:
        root: where it is made.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._count = 0
        subprocess.run(["git", "init", "-q", "--bare", str(root)], check=True, env=environment())

    def git(self, *arguments: str, check: bool = True) -> str:
        """Run Git here and return what it prints."""
        command = ["git", "-C", str(self.root), *arguments]
        return subprocess.run(command, check=check, env=environment(), capture_output=True, text=True).stdout.strip()

    def commit(self, files: Files, *parents: str, message: str = "Demo") -> str:
        """Make a commit of exactly these files and return its hash."""
        self._count += 1
        branch = f"refs/heads/demo-{self._count}"
        lines: list[bytes] = [
            f"commit {branch}\nmark :1\n".encode(),
            f"committer demo <demo@example.invalid> {1_700_000_000 + self._count} +0800\n".encode(),
            _data(message.encode()),
            *(f"{'from' if n == 0 else 'merge'} {parent}\n".encode() for n, parent in enumerate(parents)),
            b"deleteall\n",
        ]
        for path, file in files.items():
            if file.mode == "160000":
                lines.append(b"M 160000 " + file.data + b" " + _quoted(path) + b"\n")
            else:
                lines += (f"M {file.mode} inline ".encode(), _quoted(path), b"\n", _data(file.data))
        command = ["git", "-C", str(self.root), "fast-import", "--quiet", "--force"]
        subprocess.run(command, input=b"".join(lines), check=True, env=environment(), capture_output=True)
        return self.git("rev-parse", branch)

    def merge(self, ours: str, theirs: str) -> tuple[str, Sequence[str]]:
        """Merge as the gate does, without a commit: the tree, and the paths in conflict."""
        out = self.git("merge-tree", "--write-tree", "--name-only", "--no-messages", ours, theirs, check=False)
        tree, *conflicts = out.splitlines()
        return tree, conflicts


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def _quoted(path: str) -> bytes:
    raw = path.encode(errors="surrogateescape")
    return b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'
