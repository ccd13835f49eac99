"""The port between the gate and the places where people propose and approve changes (design §5).

A provider reports facts and shows what the gate says; it decides nothing and merges nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from huiyin.model.pull import PullFacts


@dataclass(frozen=True, slots=True)
class PullRef:
    """One open proposal to change a branch.

    Args:
        number: its number on the forge; None where there is no forge.
        branch: the short name of the branch that it comes from, untrusted text.
        head: full hash of the branch's tip. Without a forge approvals may lie on top of the commit that they approve,
            so the tip may be later than ``PullFacts.head``; on a forge they are the same.
        base_branch: the short name of the branch that it wants to reach.
    """

    number: int | None
    branch: str
    head: str
    base_branch: str = "main"


class Provider(Protocol):
    """One source of facts: a forge, or a repository whose approvals are signed commits."""

    @property
    def name(self) -> str:
        """``github``, ``gitea`` or ``ssh``: also the ``provider`` of every identity that it reports."""
        ...

    def pulls(self) -> Iterable[PullRef]:
        """Give every open proposal.

        Raises:
            HuiyinError: the source cannot be read.
        """
        ...

    def facts(self, pull: PullRef) -> PullFacts:
        """Give everything about one proposal that is not in its trees.

        Raises:
            HuiyinError: the source cannot be read, or the proposal is no longer there.
        """
        ...

    def comment(self, pull: PullRef, markdown: str) -> None:
        """Show people what the gate says: one comment, written again in place when the gate speaks again.

        Raises:
            HuiyinError: the comment could not be written.
        """
        ...

    def set_status(self, pull: PullRef, sha: str, ok: bool, summary: str) -> None:
        """Mark a commit as ready to merge or not, with one line of explanation.

        Raises:
            HuiyinError: the status could not be written.
        """
        ...
