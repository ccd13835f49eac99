"""GitHub as a provider of facts (REST API, version 2022-11-28)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from huiyin.forge.base import PullRef
from huiyin.forge.hosted import Hosted
from huiyin.forge.http import moment, take
from huiyin.model.problem import HuiyinError, Problem
from huiyin.model.pull import Identity, PullFacts, Review, ReviewState

ADDRESS = "https://api.github.com"
HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
STATES = {
    "APPROVED": ReviewState.APPROVED,
    "CHANGES_REQUESTED": ReviewState.CHANGES_REQUESTED,
    "DISMISSED": ReviewState.DISMISSED,
    "COMMENTED": ReviewState.COMMENTED,
}
"""A PENDING review is a draft that only its author sees: it is none yet."""


class GitHub(Hosted):
    """GitHub.

    The pushers are those of the repository's activity log, which names the account of every push to a branch. What it
    cannot tell: who made commits that somebody else pushed (the commits' authors and committers are added as far as
    their addresses are linked), and what a deleted review was. A dismissed review has lost what it said.
    """

    name = "github"
    paging = ("per_page", 100)
    pages_comments = True
    pages_assignees = True
    issue_filter: ClassVar[Mapping[str, str]] = {}  # pull requests are among them, and marked
    creator = "creator"
    state_field = "state"
    fallback_login = "github-actions[bot]"
    fallback_account = 41898282  # github-actions[bot], whose token may not ask GET /user

    def facts(self, pull: PullRef) -> PullFacts:
        """See ``Provider.facts``.

        Raises:
            HuiyinError: HY665 it changed meanwhile, HY666 its pushers are not all known, HY660 to HY664.
        """
        found = self.read(pull)
        commits = self.commits(pull)
        pushers, seen_at = self._pushes(pull, take(found, "head"))
        return PullFacts(
            provider=self.name,
            base=take(found, "base", "sha"),
            head=pull.head,
            author=self.identify(found.get("user")),
            pushers=pushers,
            commits=commits,
            reviews=self._reviews(pull),
            seen_at=seen_at,
            now=self.now(),
            words=self.words(pull, found),
        )

    def _reviews(self, pull: PullRef) -> tuple[Review, ...]:
        found = []
        for entry in self.pages(f"pulls/{pull.number}/reviews"):
            state = STATES.get(take(entry, "state"))
            if state is not None:
                # Of a deleted account nothing is known but that it belongs to nobody any more.
                by = self.identify(entry.get("user")) or Identity(self.name, "ghost")
                commit, at = entry.get("commit_id") or "", moment(take(entry, "submitted_at"))
                found.append(Review(by, commit, state, at, str(take(entry, "id"))))
        return tuple(found)

    def _pushes(self, pull: PullRef, head: Any) -> tuple[tuple[Identity, ...], datetime]:
        """Everybody who ever pushed to a branch of that name, and when this head first arrived."""
        repository = (head.get("repo") or {}).get("full_name")
        if repository is None:
            raise HuiyinError(Problem("HY666", f"合并请求 #{pull.number} 的来源仓库已删除。"))
        # Another life of the branch's name counts too: too many pushers can only make the gate stricter.
        log = self.pages("activity", repository=repository, ref=f"refs/heads/{pull.branch}")
        pushers: list[Identity] = []
        arrived: list[datetime] = []
        for entry in log:
            if take(entry, "activity_type") == "branch_deletion":
                continue
            actor = self.identify(entry.get("actor"))
            if actor is None:
                raise HuiyinError(Problem("HY666", f"合并请求 #{pull.number} 有一次推送没有账号。"))
            pushers.append(actor)
            if take(entry, "after") == pull.head:
                arrived.append(moment(take(entry, "timestamp")))
        if not arrived:
            raise HuiyinError(Problem("HY666", f"合并请求 #{pull.number} 最新版本的推送记录还查不到。"))
        return tuple(dict.fromkeys(pushers)), min(arrived)
