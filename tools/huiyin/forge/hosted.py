"""What GitHub and Gitea have in common: open pull requests, the gate's one comment, and its commit status."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from huiyin.forge.base import PullRef
from huiyin.forge.http import ForgeClient, take
from huiyin.model.problem import HuiyinError, Problem
from huiyin.model.pull import Commit, Identity, PullFacts

MARKER = "<!-- huiyin:gate -->"
"""First line of the gate's comment: unseen by readers. Only a comment of the gate's own account counts by it."""
CONTEXT = "huiyin/gate"
"""The name of the commit status."""
SUMMARY = 140
"""The longest description of a status, in characters (GitHub's limit)."""


class Hosted(ABC):
    """A forge with pull requests; its children know how each tells who pushed and who reviewed.

    Args:
        repository: ``owner/name``.
        now: the clock of the decision.
        account: numeric id of the gate's own account, for tokens that may not ask for it.
    """

    name: ClassVar[str]
    paging: ClassVar[tuple[str, int]]
    """The parameter that asks for larger pages, and the largest."""
    pages_comments: ClassVar[bool]
    """Whether comments come in pages; Gitea gives them all at once."""
    pages_assignees: ClassVar[bool]
    """Whether those who may be assigned come in pages."""
    issue_filter: ClassVar[Mapping[str, str]]
    """What keeps pull requests out of a list of issues, as far as the forge can."""
    creator: ClassVar[str]
    """The parameter that asks for the issues of one account, by login."""
    state_field: ClassVar[str]
    """The field of a listed commit status that holds its state."""
    fallback_login: ClassVar[str | None] = None
    fallback_account: ClassVar[int | None] = None
    """Whom a token belongs to that may not ask for its own account, and for whom no ``account`` is given."""

    def __init__(
        self,
        client: ForgeClient,
        repository: str,
        now: Callable[[], datetime],
        *,
        account: int | None = None,
        base_branch: str = "main",
    ) -> None:
        self.client = client
        self.repository = repository
        self.now = now
        self.base_branch = base_branch
        self._account = account

    def path(self, rest: str) -> str:
        """The path of something of this repository."""
        return f"repos/{self.repository}/{rest}"

    def pages(
        self, rest: str, *, repository: str | None = None, within: str | None = None, **parameters: Any
    ) -> Iterator[Any]:
        """Every entry of a list of this repository, or of another."""
        name, size = self.paging
        parameters[name] = size
        return self.client.pages(f"repos/{repository or self.repository}/{rest}", within=within, **parameters)

    def pulls(self) -> Iterator[PullRef]:
        """Every open pull request to the base branch, oldest first; drafts are not proposed yet and are left out."""
        listed = self.pages("pulls", state="open", base=self.base_branch)
        # Forgejo gives null for a pull request that it fails to load; the next sweep sees it again.
        entries = [e for e in listed if e and take(e, "base", "ref") == self.base_branch and not e.get("draft")]
        for entry in sorted(entries, key=lambda e: int(take(e, "number"))):
            yield PullRef(
                take(entry, "number"), take(entry, "head", "ref"), take(entry, "head", "sha"), self.base_branch
            )

    def read(self, pull: PullRef) -> Any:
        """The pull request itself.

        Raises:
            HuiyinError: HY665, it is closed or has another head by now.
        """
        found = self.client.get(self.path(f"pulls/{pull.number}"))
        if take(found, "state") != "open" or take(found, "base", "ref") != self.base_branch:
            raise HuiyinError(Problem("HY665", f"合并请求 #{pull.number} 已关闭，或不再指向 {self.base_branch}。"))
        if take(found, "head", "sha") != pull.head:
            raise HuiyinError(Problem("HY665", f"合并请求 #{pull.number} 又有新的推送。"))
        return found

    def commits(self, pull: PullRef, **parameters: Any) -> tuple[Commit, ...]:
        """Its commits. Authors and committers are linked by their e-mail address, which anyone may write.

        So a link can only take the right to approve away from somebody, and never gives it.
        """
        found = []
        for entry in self.pages(f"pulls/{pull.number}/commits", **parameters):
            people = (self.identify(entry.get(role)) for role in ("author", "committer"))
            parents = tuple(take(p, "sha") for p in take(entry, "parents"))
            found.append(Commit(take(entry, "sha"), parents, tuple(dict.fromkeys(p for p in people if p))))
        return tuple(found)

    def settle(self, pull: PullRef) -> None:  # noqa: B027 - most forges have nothing to do here
        """Mark a pull request as done whose head has reached the base branch. GitHub notices that by itself."""

    def words(self, pull: PullRef, found: Any) -> tuple[tuple[str, str], ...]:
        """What people wrote beside the commits: title, description and the branch's name."""
        written = (("标题", found.get("title")), ("说明", found.get("body")), ("分支名", pull.branch))
        return tuple((where, text) for where, text in written if isinstance(text, str) and text)

    @abstractmethod
    def facts(self, pull: PullRef) -> PullFacts:
        """See ``Provider.facts``."""

    def remote(self) -> str:
        """The address at which Git reaches the repository over SSH, as the forge names it."""
        return str(take(self.client.get(f"repos/{self.repository}"), "ssh_url"))

    def identify(self, user: Any) -> Identity | None:
        """Who a user of the forge is, by numeric id; None for nobody: null, an empty object, a deleted account."""
        number = user.get("id") if isinstance(user, dict) else None
        return Identity(self.name, str(number)) if isinstance(number, int) and number > 0 else None

    def comment(self, pull: PullRef, markdown: str) -> None:
        """Write the gate's comment, in place where there is one.

        Two gates at once may both create one, and a repeated request may create two: whoever creates looks again
        and all but the oldest are deleted, so that one is left whoever comes last.
        """
        body = f"{MARKER}\n{markdown}"
        mine = self._own_comments(pull)
        if not mine:
            self.client.write("POST", self.path(f"issues/{pull.number}/comments"), {"body": body})
            mine = self._own_comments(pull)
        if not mine:
            return
        (number, text), *others = sorted(mine.items())
        for other, _ in others:
            self.client.delete(self.path(f"issues/comments/{other}"))
        if text.replace("\r\n", "\n").strip() != body.strip():
            self.client.write("PATCH", self.path(f"issues/comments/{number}"), {"body": body})

    def said(self, pull: PullRef) -> str:
        """The gate's comment as it stands; "" where there is none."""
        return next((text for _, text in sorted(self._own_comments(pull).items())), "")

    def _own_comments(self, pull: PullRef) -> dict[int, str]:
        own, found = self.account(), {}
        path = f"issues/{pull.number}/comments"
        for entry in self.pages(path) if self.pages_comments else self.client.get(self.path(path)):
            text, user = entry.get("body") or "", entry.get("user") or {}
            if text.startswith(MARKER) and user.get("id") == own:
                found[int(take(entry, "id"))] = text
        return found

    def issues(self) -> Iterator[Any]:
        """Every issue of the repository, open or not, of our own account only where its login is known."""
        parameters = dict(self.issue_filter)
        if (login := self._login()) is not None:
            parameters[self.creator] = login
        return self.pages("issues", state="all", **parameters)

    def assignees(self) -> Iterator[Any]:
        """Everybody to whom an issue may be assigned."""
        return self.pages("assignees") if self.pages_assignees else iter(self.client.get(self.path("assignees")))

    def _login(self) -> str | None:
        """The name of our own account, or None where it cannot be asked for."""
        found, own = self.client.find("user"), self.account()
        if found is None:
            return self.fallback_login if own == self.fallback_account else None
        return str(take(found, "login")) if take(found, "id") == own else None

    def account(self) -> int:
        """The numeric id of the account that the token belongs to.

        Raises:
            HuiyinError: HY668, the token may not ask and nobody said.
        """
        if self._account is None:
            found = self.client.find("user")
            self._account = self.fallback_account if found is None else int(take(found, "id"))
        if self._account is None:
            raise HuiyinError(Problem("HY668", "令牌不能查询自己的账号，请用 HUIYIN_FORGE_ACCOUNT 写明其数字编号。"))
        return self._account

    def set_status(self, pull: PullRef, sha: str, ok: bool, summary: str) -> None:
        """Set the status of a commit, unless it is so already: a forge keeps a thousand for each, and then refuses."""
        state, text = "success" if ok else "failure", shorten(summary)
        for entry in self.pages(f"commits/{sha}/status", within="statuses"):
            if entry.get("context") == CONTEXT and entry.get("description") == text:
                if entry.get(self.state_field) == state:
                    return
                break
        body = {"state": state, "context": CONTEXT, "description": text}
        self.client.write("POST", self.path(f"statuses/{sha}"), body)


def shorten(text: str, limit: int = SUMMARY) -> str:
    """The text in so many characters."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
