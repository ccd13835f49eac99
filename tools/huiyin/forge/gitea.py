"""Gitea and Forgejo as providers of facts (REST API v1)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, ClassVar

from huiyin.forge.base import PullRef
from huiyin.forge.hosted import Hosted
from huiyin.forge.http import moment, take
from huiyin.model.problem import HuiyinError, Problem
from huiyin.model.pull import Commit, Identity, PullFacts, Review, ReviewState

STATES = {
    "APPROVED": ReviewState.APPROVED,
    "REQUEST_CHANGES": ReviewState.CHANGES_REQUESTED,
    "COMMENT": ReviewState.COMMENTED,
}
"""PENDING is a draft, REQUEST_REVIEW an invitation: neither says anything of the change."""
FEED_ENTRIES = 2000
"""How far back the repository's feed is read for a push: forty pages."""


@dataclass(frozen=True, slots=True)
class Push:
    """One push that the forge remembers.

    Args:
        commits: those that it is known to have brought; ``head`` is one of them.
        count: how many it brought, ending in ``head``, as the list is cut short.
    """

    by: Identity
    at: datetime
    head: str
    commits: frozenset[str]
    count: int

    def covers(self, commit: str, parents: dict[str, str]) -> bool:
        """Whether the push brought the commit. ``parents`` are those of a branch without merges."""
        step: str | None = self.head
        for _ in range(self.count):
            if step == commit:
                return True
            step = parents.get(step or "")
        return commit in self.commits


class Gitea(Hosted):
    """Gitea 1.20 or later, and Forgejo.

    There is no log of pushes. Two things come near: the pull request's timeline names who pushed since it was opened;
    the repository's feed names who pushed at any time, unless that person hides their activity (then only a token of
    a site administrator sees it) or old entries were deleted. So each commit of the branch must be found in a push by a
    known account, else the facts are refused (HY666): nothing is guessed. What cannot be known even so: who pushed
    commits that were pushed away again, and who made commits that somebody else pushed (authors and committers are
    added as far as their addresses are linked). Who dismissed a review is not told either.
    """

    name = "gitea"
    paging = ("limit", 50)
    pages_comments = False
    pages_assignees = False
    issue_filter: ClassVar[Mapping[str, str]] = {"type": "issues"}
    creator = "created_by"
    state_field = "status"

    def facts(self, pull: PullRef) -> PullFacts:
        """See ``Provider.facts``.

        Raises:
            HuiyinError: HY665 it changed meanwhile, HY666 its pushers are not all known, HY660 to HY664.
        """
        found = self.read(pull)
        commits = self.commits(pull, verification="false", files="false")
        pushes = self._pushes(pull, commits, found)
        parents = _chain(commits)
        return PullFacts(
            provider=self.name,
            base=take(found, "base", "sha"),
            head=pull.head,
            author=self.identify(found.get("user")),
            pushers=tuple(dict.fromkeys(p.by for p in pushes)),
            commits=commits,
            reviews=self._reviews(pull),
            seen_at=min(p.at for p in pushes if p.covers(pull.head, parents)),
            now=self.now(),
            words=self.words(pull, found),
        )

    def settle(self, pull: PullRef) -> None:
        """See ``Hosted.settle``: unlike GitHub, the forge does not notice by itself that a pull request was merged."""
        path = self.path(f"pulls/{pull.number}")
        if take(self.client.get(path), "state") == "open":
            self.client.write("PATCH", path, {"state": "closed"})

    def _reviews(self, pull: PullRef) -> tuple[Review, ...]:
        found = []
        for entry in self.pages(f"pulls/{pull.number}/reviews"):
            state = STATES.get(take(entry, "state"))
            if state is None:
                continue
            if entry.get("dismissed"):
                state = ReviewState.DISMISSED
            # ``stale`` is not asked: the commit that was reviewed says more exactly what the review is worth.
            by = self.identify(entry.get("user")) or Identity(self.name, "ghost")
            commit, at = entry.get("commit_id") or "", moment(take(entry, "submitted_at"))
            found.append(Review(by, commit, state, at, str(take(entry, "id"))))
        return tuple(found)

    def _pushes(self, pull: PullRef, commits: tuple[Commit, ...], found: Any) -> tuple[Push, ...]:
        """The pushes that brought the branch's commits, from as few pages of the feed as will do.

        At least one is from before the pull request was opened: what was forced away and back again since would else
        seem to come only from whoever forced it.
        """
        parents, wanted = _chain(commits), {c.sha for c in commits} | {pull.head}
        head, opened = take(found, "head"), moment(take(found, "created_at"))
        pushes = list(self._timeline(pull))
        wanted -= {c for c in wanted if any(p.covers(c, parents) for p in pushes)}
        repository, first = (head.get("repo") or {}).get("full_name"), False
        # A branch that was deleted is still named by the label.
        for push in self._feed(repository, head.get("label") or pull.branch) if repository else ():
            pushes.append(push)
            wanted -= {c for c in wanted if push.covers(c, parents)}
            first = first or push.at <= opened
            if first and not wanted:
                return tuple(pushes)
        listed = "、".join(sorted(c[:10] for c in wanted)[:5])
        what = f"有提交（{listed}）查不到由谁推送" if wanted else "申请合并之前的推送查不到"
        raise HuiyinError(Problem("HY666", f"合并请求 #{pull.number} {what}。"))

    def _timeline(self, pull: PullRef) -> Iterator[Push]:
        """Who pushed since the pull request was opened. A forced push names only the old head and the new one."""
        for entry in self.pages(f"issues/{pull.number}/timeline"):
            if not entry or entry.get("type") != "pull_push":
                continue
            by, body = self.identify(entry.get("user")), _parsed(entry.get("body"))
            brought = [c for c in body.get("commit_ids") or () if isinstance(c, str)]
            if by is not None and brought:
                listed = frozenset(brought[-1:] if body.get("is_force_push") else brought)
                yield Push(by, moment(take(entry, "created_at")), brought[-1], listed, 1)

    def _feed(self, repository: str, branch: str) -> Iterator[Push]:
        """Who pushed to the branch, newest first, as far back as the feed is read; each watcher repeats an entry."""
        for entry in islice(self.pages("activities/feeds", repository=repository), FEED_ENTRIES):
            named = str(entry.get("ref_name", "")).removeprefix("refs/heads/")
            if entry.get("op_type") != "commit_repo" or named != branch:
                continue
            by, content = self.identify(entry.get("act_user")), _parsed(entry.get("content"))
            head = _parsed(content.get("HeadCommit")).get("Sha1")
            if by is not None and isinstance(head, str):
                listed = frozenset(str(_parsed(c).get("Sha1")) for c in content.get("Commits") or ())
                yield Push(by, moment(take(entry, "created")), head, listed | {head}, int(content.get("Len") or 1))


def _parsed(text: Any) -> dict[str, Any]:
    """An object, given as such or as JSON; empty for anything else, which then proves nothing."""
    try:
        found = json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _chain(commits: Iterable[Commit]) -> dict[str, str]:
    """Each commit's only parent. A merge commit ends the chain: the gate refuses it anyway."""
    return {c.sha: c.parents[0] for c in commits if len(c.parents) == 1}
