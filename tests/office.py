"""A province without a forge: a real bare repository with its hook, people with real SSH keys, each with a clone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from huiyin.forge.signed import APPROVES, OBJECTS, read_branch
from huiyin.repo import canonical
from huiyin.repo.commits import find_commit
from huiyin.repo.merging import tree_of
from huiyin.repo.signing import make_commit
from tests.cases import Story
from tests.repository import Repository, Run, make_repository

DAY = "2026-11-23"
NOW = f"{DAY}T10:00:00+08:00"
MOMENT = datetime.fromisoformat(NOW)
PEOPLE = (
    *("wangzhan.clerk", "wangzhan.clerk2", "wangzhan.reviewer"),
    *("lanzhou.clerk", "lanzhou.head", "shengban.maintainer", "shengban.maintainer2"),
)
NO_SSH_KEYGEN = shutil.which("ssh-keygen") is None
needs_ssh = pytest.mark.skipif(NO_SSH_KEYGEN, reason="ssh-keygen IS NOT INSTALLED: signatures are NOT TESTED")
"""For every module that signs anything."""


def environment(now: str = NOW) -> dict[str, str]:
    """What a process of anybody's sees: nothing of the developer's Git, and a fixed clock."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HUIYIN_", "GIT_", "SSH_"))}
    clock = {"GIT_AUTHOR_DATE": now, "GIT_COMMITTER_DATE": now, "HUIYIN_AS_OF": now}
    return {**kept, **clock, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PYTHONUTF8": "1"}


def make_key(path: Path) -> str:
    """A new key pair; gives the public half."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "demo", "-f", str(path)], check=True)
    return path.with_name(f"{path.name}.pub").read_text(encoding="ascii").strip()


@dataclass
class Desk:
    """One person's clone."""

    person: str
    root: Path
    key: Path
    now: str = NOW

    def run(self, *command: str, stdin: str | None = None, env: Mapping[str, str] | None = None) -> Run:
        """Run a command in the clone, whatever its exit code."""
        done = subprocess.run(
            command, cwd=self.root, env={**environment(self.now), **(env or {})}, input=stdin, capture_output=True,
            stdin=subprocess.DEVNULL if stdin is None else None, encoding="utf-8", timeout=120, check=False,
        )  # fmt: skip
        return Run(done.returncode, done.stdout, done.stderr)

    def git(self, *arguments: str) -> str:
        """Run Git and insist that it works."""
        done = self.run("git", *arguments)
        assert 0 == done.code, done.err
        return done.out.strip()

    def huiyin(self, *arguments: str) -> Run:
        """Run the real command."""
        return self.run(sys.executable, "-m", "huiyin.cli.main", *arguments)

    def propose(self, branch: str, *stories: Story, push: bool = True, sign: bool = True) -> str:
        """Write cases on a new branch off the server's main, commit and push it; gives the commit."""
        self.git("fetch", "--quiet", "origin")
        self.git("switch", "--quiet", "--no-track", "--create", branch, "origin/main")
        return self.amend(branch, *stories, push=push, sign=sign)

    def amend(self, branch: str, *stories: Story, push: bool = True, sign: bool = True) -> str:
        """One commit more on the branch that is checked out."""
        for story in stories:
            path = self.root / story.case().path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(canonical.canonical(story.data()), encoding="utf-8")
        return self.save(branch, push=push, sign=sign)

    def save(self, branch: str, push: bool = True, sign: bool = True) -> str:
        """Commit everything that is in the work tree."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "演示", "--gpg-sign" if sign else "--no-gpg-sign")
        if push:
            self.git("push", "--quiet", "origin", branch)
        return self.git("rev-parse", "HEAD")

    def approve(self, branch: str, *options: str, push: bool = True) -> Run:
        """Fetch, approve and push."""
        self.git("fetch", "--quiet", "origin")
        done = self.huiyin("approve", branch, "--yes", *options)
        if done.code == 0 and push:
            self.git("push", "--quiet", "origin", branch)
        return done


@dataclass
class Office:
    """The bare repository and everybody's desks."""

    folder: Path
    keys: dict[str, Path] = field(default_factory=dict)

    @property
    def bare(self) -> Path:
        """The server's repository."""
        return self.folder / "服务器.git"

    @property
    def gate_key(self) -> Path:
        """The gate's private key."""
        return self.bare / "huiyin" / "gate_ed25519"

    def desk(self, person: str, now: str = NOW) -> Desk:
        """The person's clone, made when first asked for."""
        root = self.folder / person
        desk = Desk(person, root, self.keys[person], now)
        if not root.exists():
            subprocess.run(
                ["git", "clone", "--quiet", self.bare.as_uri(), str(root)], env=environment(), check=True, timeout=60
            )
            for name, value in {
                "user.name": person, "user.email": "demo@example.invalid", "gpg.format": "ssh",
                "user.signingkey": str(desk.key), "commit.gpgsign": "true",
            }.items():  # fmt: skip
                desk.git("config", name, value)
        return desk

    def write(self, person: str, branch: str, *stories: Story, on: str = "refs/heads/main", now: str = NOW) -> str:
        """A signed commit on a branch of the server, as pushes leave it there, without a clone; gives the commit."""
        server = self.server(now)
        start = server.git("rev-parse", self.tip(branch) or on)
        index = {"GIT_INDEX_FILE": str(self.bare / "tests-index")}
        assert 0 == server.run("git", "read-tree", start, env=index).code
        for story in stories:
            text = canonical.canonical(story.data())
            blob = server.run("git", "hash-object", "-w", "--stdin", stdin=text).out.strip()
            entry = f"100644,{blob},{story.case().path}"
            assert 0 == server.run("git", "update-index", "--add", "--cacheinfo", entry, env=index).code
        tree = server.run("git", "write-tree", env=index).out.strip()
        return self.put(person, branch, tree, [start], "演示\n", now)

    def sign(self, person: str, branch: str, *, objects: bool = False, of: str | None = None, now: str = NOW) -> str:
        """An approval on a branch of the server, or an objection, as ``huiyin approve`` makes it; gives the commit.

        Args:
            of: the hash that it speaks of; the newest work by default.
        """
        tip = str(self.tip(branch))
        head = of or read_branch(self.bare, self.main(), tip).head
        message = f"审签\n\n{OBJECTS if objects else APPROVES}: {head}\n"
        return self.put(person, branch, tree_of(self.bare, tip), [tip], message, now)

    def put(self, person: str, branch: str, tree: str, parents: list[str], message: str, now: str = NOW) -> str:
        """Any signed commit as the tip of a branch of the server."""
        key, at = str(self.keys[person]), datetime.fromisoformat(now)
        made = make_commit(self.bare, tree, parents, message, key=key, at=at, name=person, mail="demo@example.invalid")
        self.server(now).git("update-ref", f"refs/heads/{branch}", made)
        return made

    def tip(self, branch: str) -> str | None:
        """Where a branch of the server stands."""
        return find_commit(self.bare, f"refs/heads/{branch}")

    def server(self, now: str = NOW) -> Desk:
        """Whoever works on the server itself."""
        return Desk("gate", self.bare, self.gate_key, now)

    def merge(self, branch: str, *options: str, now: str = NOW) -> Run:
        """The gate's merge, on the server."""
        return self.server(now).huiyin("merge", branch, *options)

    def main(self) -> str:
        """Where main stands."""
        return self.server().git("rev-parse", "refs/heads/main")

    def fetch(self, path: str) -> str:
        """A file as it is on main."""
        return self.server().run("git", "show", f"main:{path}").out


def register_keys(repository: Repository, keys: Mapping[str, str], **dates: str) -> None:
    """Put public keys into rules/people.yaml, valid from 2026-01-01."""
    path = repository.root / "rules/people.yaml"
    text = path.read_text(encoding="utf-8")
    for person, key in keys.items():
        to = f', to: "{dates[person]}"' if person in dates else ""
        entry = f"  {person}:\n"
        assert entry in text, person
        text = text.replace(entry, f'{entry}    keys:\n      - {{ssh: {key}, from: "2026-01-01"{to}}}\n')
    path.write_text(text, encoding="utf-8")


def open_office(
    folder: Path,
    *stories: Story,
    expired: Mapping[str, str] | None = None,
    prepare: Callable[[Repository], object] | None = None,
) -> Office:
    """A record of these cases on main, in a bare repository made by the real command.

    Args:
        expired: last day of validity of a person's key.
        prepare: does to the folder what shall be in the first commit besides.
    """
    repository = make_repository(folder / "起点")
    office = Office(folder)
    (folder / "keys").mkdir()
    publics = {}
    for person in PEOPLE:
        office.keys[person] = folder / "keys" / person
        publics[person] = make_key(office.keys[person])
    register_keys(repository, publics, **(expired or {}))
    for story in stories:
        repository.add(story)
    if prepare is not None:
        prepare(repository)
    founder = Desk("founder", repository.root, office.gate_key)
    done = founder.huiyin("init", "--bare", str(office.bare))
    assert (0, "") == (done.code, done.err), done.err
    return office
