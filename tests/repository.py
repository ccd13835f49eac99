"""A case log in a folder, as commands find it: the shipped rules and schemas, and synthetic cases."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from huiyin.repo import canonical
from tests.cases import PROJECT, Story

NOW = "2026-11-23T10:00:00+08:00"


@dataclass(frozen=True)
class Run:
    """What one command line did."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Repository:
    """A folder that is a case log."""

    root: Path

    def add(self, story: Story) -> Path:
        """Write a case in its place."""
        path = self.root / story.case().path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(canonical.canonical(story.data()), encoding="utf-8")
        return path

    def write(self, path: str, text: str | bytes) -> Path:
        """Write any file below the root."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)
        return target

    def huiyin(self, *arguments: str, stdin: str | None = None, cwd: Path | None = None, **env: str) -> Run:
        """Run the real command in a process of its own, at the fixed clock."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("HUIYIN_", "GIT_"))}
        done = subprocess.run(
            [sys.executable, "-m", "huiyin.cli.main", *arguments],
            cwd=cwd or self.root,
            env={**environment, "HUIYIN_AS_OF": NOW, "PYTHONUTF8": "1", **env},
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    def git(self, *arguments: str) -> str:
        """Run Git here, as nobody in particular, and return what it prints."""
        identity = {"GIT_AUTHOR_NAME": "demo", "GIT_AUTHOR_EMAIL": "demo@example.invalid"}
        identity |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in identity.items()}
        command = ["git", "-c", "commit.gpgsign=false", *arguments]
        done = subprocess.run(
            command, cwd=self.root, env={**os.environ, **identity}, capture_output=True, text=True, check=True
        )
        return done.stdout

    def commit(self) -> str:
        """Commit everything (in a new repository if there is none) and return the commit."""
        if not (self.root / ".git").exists():
            self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.git("commit", "-qm", "Demo")
        return self.git("rev-parse", "HEAD").strip()


def make_repository(root: Path) -> Repository:
    """A case log without cases at ``root``."""
    root.mkdir(parents=True, exist_ok=True)
    for folder in ("rules", "schema"):
        shutil.copytree(PROJECT / folder, root / folder)
    return Repository(root)
