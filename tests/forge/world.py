"""What stands behind the fake forge: people, a real bare repository, pull requests, reviews, a log of pushes."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import RLock

from huiyin.repo.git import environment

NOBODY = "0" * 40


@dataclass(frozen=True)
class User:
    """An account."""

    id: int
    login: str
    admin: bool = False
    hides_activity: bool = False
    is_app: bool = False

    @property
    def email(self) -> str:
        """The address that links commits to the account."""
        return f"{self.login}@example.invalid"


@dataclass
class Review:
    """A review; ``state`` is approved, changes_requested, comment, pending or requested."""

    id: int
    user: User | None
    state: str
    commit: str
    at: datetime
    body: str = ""
    dismissed: bool = False


@dataclass
class Comment:
    """A comment on a pull request."""

    id: int
    user: User
    body: str
    at: datetime
    edits: int = 0


@dataclass(frozen=True)
class Push:
    """One move of a branch; ``pull`` is the open pull request that it moved."""

    user: User | None
    branch: str
    before: str
    after: str
    at: datetime
    kind: str
    pull: int | None = None


@dataclass(frozen=True)
class Status:
    """One status of a commit."""

    id: int
    user: User
    sha: str
    state: str
    context: str
    text: str
    at: datetime


@dataclass
class Pull:
    """A pull request."""

    number: int
    author: User | None
    branch: str
    opened: datetime
    base: str = "main"
    body: str = ""
    draft: bool = False
    closed: bool = False
    reviews: list[Review] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)


@dataclass
class Issue:
    """An issue; ``edits`` counts how often the API changed it."""

    number: int
    user: User | None
    title: str
    body: str
    assignees: list[User] = field(default_factory=list)
    closed: bool = False
    edits: int = 0


@dataclass(frozen=True)
class Commit:
    """A commit as Git has it."""

    sha: str
    parents: tuple[str, ...]
    author: str
    committer: str


class World:
    """Everything a forge knows of one repository.

    Args:
        bare: a bare repository with a branch ``main``.
        start: the server's clock; each act takes it a second further.
    """

    def __init__(self, bare: Path, start: datetime) -> None:
        self.bare = bare
        self.name = "gansu/liuyan"
        self.now = start.astimezone(UTC)
        self.lock = RLock()
        self.users: dict[str, User] = {}
        self.pulls: dict[int, Pull] = {}
        self.issues: dict[int, Issue] = {}
        self.assignable: list[User] = []
        self.drops_assignees = False
        self.pushes: list[Push] = []
        self.statuses: list[Status] = []
        self._ids = count(1001)

    def join(self, token: str, user: User) -> User:
        """Let somebody have an account and a token."""
        self.users[token] = user
        return user

    def tick(self) -> datetime:
        """The time of another act."""
        self.now += timedelta(seconds=1)
        return self.now

    def id(self) -> int:
        """A number that was never given."""
        return next(self._ids)

    def push(self, user: User | None, branch: str, files: Mapping[str, bytes], *, onto: str | None = None,
             author: User | None = None) -> str:  # fmt: skip
        """Commit files onto the branch (onto main for a new one) and push it; give the commit."""
        with self.lock:
            before = self.resolve(f"refs/heads/{branch}")
            parent = onto or before or self.resolve("refs/heads/main")
            assert parent is not None
            after = self.commit(files, parent, author or user)
            return self.move(user, branch, after)

    def move(self, user: User | None, branch: str, after: str) -> str:
        """Push a commit that is here already."""
        with self.lock:
            before = self.resolve(f"refs/heads/{branch}")
            self.git("update-ref", f"refs/heads/{branch}", after)
            forced = before is not None and self.run("merge-base", "--is-ancestor", before, after).returncode != 0
            kind = "branch_creation" if before is None else "force_push" if forced else "push"
            pull = next((p for p in self.pulls.values() if p.branch == branch and not p.closed), None)
            number = pull.number if pull else None
            self.pushes.append(Push(user, branch, before or NOBODY, after, self.tick(), kind, number))
            if pull:
                self.git("update-ref", f"refs/pull/{pull.number}/head", after)
            return after

    def open(self, author: User | None, branch: str, **more: bool) -> Pull:
        """Open a pull request."""
        with self.lock:
            pull = Pull(self.next_number(), author, branch, self.tick(), **more)  # type: ignore[arg-type]
            self.pulls[pull.number] = pull
            self.git("update-ref", f"refs/pull/{pull.number}/head", self.head(pull))
            return pull

    def next_number(self) -> int:
        """Issues and pull requests are counted together."""
        return len(self.pulls) + len(self.issues) + 1

    def file(self, user: User | None, title: str, body: str, *, closed: bool = False) -> Issue:
        """Open an issue as a person does in the browser."""
        with self.lock:
            issue = Issue(self.next_number(), user, title, body, closed=closed)
            self.issues[issue.number] = issue
            return issue

    def give(self, issue: Issue, logins: list[str]) -> bool:
        """Assign an issue to these people; False if one of them cannot be."""
        known = {u.login: u for u in self.assignable}
        if not set(logins) <= known.keys():
            return False
        if not self.drops_assignees:
            issue.assignees = [known[login] for login in logins]
        return True

    def review(self, pull: Pull, user: User | None, state: str = "approved", commit: str | None = None) -> Review:
        """Review as a person does in the browser."""
        with self.lock:
            review = Review(self.id(), user, state, commit or self.head(pull), self.tick())
            pull.reviews.append(review)
            return review

    def head(self, pull: Pull) -> str:
        """Where the pull request stands; its branch may be gone."""
        found = self.resolve(f"refs/heads/{pull.branch}") or self.resolve(f"refs/pull/{pull.number}/head")
        assert found is not None
        return found

    def commits(self, pull: Pull) -> list[Commit]:
        """The commits of a pull request, oldest first."""
        spec = (f"{pull.base}..{self.head(pull)}", "--format=%H|%P|%ae|%ce")
        lines = self.git("log", "--topo-order", "--reverse", *spec).splitlines()
        parts = [line.split("|") for line in lines]
        return [Commit(sha, tuple(parents.split()), author, committer) for sha, parents, author, committer in parts]

    def brought(self, push: Push, limit: int = 10) -> list[str]:
        """The commits that a push brought, newest first, as Gitea counts them."""
        if push.before == NOBODY:
            return self.git("rev-list", f"--max-count={limit}", push.after).split()
        return self.git("rev-list", push.after, f"^{push.before}").split()

    def linked(self, email: str) -> User | None:
        """Whose address that is, says whoever wrote the commit."""
        return next((u for u in self.users.values() if u.email == email), None)

    def reached_main(self, pull: Pull) -> bool:
        """Whether main has the head of a pull request."""
        return self.run("merge-base", "--is-ancestor", self.head(pull), pull.base).returncode == 0

    def commit(self, files: Mapping[str, bytes], parent: str, author: User | None) -> str:
        """Make a commit object."""
        email = author.email if author else "ghost@example.invalid"
        who = f"demo <{email}> {int(self.tick().timestamp())} +0800"
        stream = [f"commit refs/demo/new\nauthor {who}\ncommitter {who}\ndata 4\ndemo\nfrom {parent}\n".encode()]
        for path, data in files.items():
            stream += [f"M 100644 inline {path}\ndata {len(data)}\n".encode(), data, b"\n"]
        self.run("fast-import", "--quiet", "--force", stdin=b"".join(stream), check=True)
        return self.git("rev-parse", "refs/demo/new")

    def resolve(self, ref: str) -> str | None:
        """The commit of a ref, or None."""
        return self.run("rev-parse", "--verify", "--quiet", ref).stdout.decode().strip() or None

    def git(self, *arguments: str) -> str:
        """Run Git in the bare repository."""
        return self.run(*arguments, check=True).stdout.decode().strip()

    def run(self, *arguments: str, stdin: bytes = b"", check: bool = False) -> subprocess.CompletedProcess[bytes]:
        """The same, whatever the exit code."""
        command = ["git", "-C", str(self.bare), *arguments]
        return subprocess.run(command, input=stdin, capture_output=True, env=environment(), check=check)
