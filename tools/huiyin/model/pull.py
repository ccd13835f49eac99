"""What a gate is told of a change that wants to reach main: facts, never opinions (design §5)."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from huiyin.model.case import Case
from huiyin.model.event import Event
from huiyin.model.problem import Problem


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody as a server or a signature knows them; who that is, the base's people.yaml says.

    Args:
        provider: ``github``, ``gitea`` or ``ssh``.
        value: the numeric id on the forge, or the public key (type and base64, no comment).
    """

    provider: str
    value: str

    def __str__(self) -> str:
        """For messages: ``github:9000000001``, or the fingerprint of a key as ssh-keygen shows it."""
        if self.provider != "ssh":
            return f"{self.provider}:{self.value}"
        try:
            key = base64.b64decode(self.value.partition(" ")[2], validate=True)
        except ValueError:
            key = b""
        if not key:
            return "未知的公钥"
        return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


class ReviewState(StrEnum):
    """What a review says; a dismissed one says nothing any more."""

    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    DISMISSED = "dismissed"
    COMMENTED = "commented"


@dataclass(frozen=True, slots=True)
class Review:
    """One review of one commit. ``at`` orders reviews of one person; ``reference`` finds it again on the forge."""

    by: Identity
    commit: str
    state: ReviewState
    at: datetime
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit between base and head: who is said to have made it, and who provably signed it.

    Args:
        authors: identities of author and committer as far as the provider knows them. Anybody can write any name
            there, so they keep people from approving and entitle nobody.
        signer: the key whose signature was verified, or None.
    """

    sha: str
    parents: tuple[str, ...]
    authors: tuple[Identity, ...] = ()
    signer: Identity | None = None


@dataclass(frozen=True, slots=True)
class PullFacts:
    """Everything about a pull request that is not in its trees.

    Args:
        base: SHA of main as judged; ``head``: exactly what would be merged.
        author: who opened it; ``pushers``: everybody who pushed to its branch. Both are proven by the provider.
        commits: all of them from base to head, head included; approvals that are commits are left out.
        seen_at: when the server first saw this head; ``now``: the clock of the decision.
        words: (what it is, text) of what was written beside the commits: title, description, name of the branch. Left
            out where history is proven: they are not in it.
    """

    provider: str
    base: str
    head: str
    author: Identity | None
    pushers: tuple[Identity, ...]
    commits: tuple[Commit, ...]
    reviews: tuple[Review, ...]
    seen_at: datetime
    now: datetime
    words: tuple[tuple[str, str], ...] = ()


class ChangeKind(StrEnum):
    """What happens to one case file."""

    CREATED = "created"
    APPENDED = "appended"
    REPAIRED = "repaired"


@dataclass(frozen=True, slots=True)
class CaseChange:
    """One case before and after.

    Args:
        kind: ``REPAIRED`` replaces a file of main that cannot be read, or only restores format or mode.
        before: None for a new file, and where the earlier one cannot be read.
        events: (index, event) of those that the change adds; all of them where the earlier file cannot be read.
    """

    path: str
    kind: ChangeKind
    before: Case | None
    after: Case
    events: tuple[tuple[int, Event], ...]


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Everything between two trees.

    Args:
        cases: legal-looking changes of cases; their legality under the procedure is the gate's question.
        governance: changed paths outside ``cases/``.
        problems: what no approval can heal (HY6xx, HY1xx, HY2xx, and HY4xx of rules that would be broken), and notices.
    """

    cases: tuple[CaseChange, ...]
    governance: tuple[str, ...]
    problems: tuple[Problem, ...]
