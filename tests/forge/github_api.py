"""GitHub as the fake plays it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from tests.forge.fake import Api, Handler, Refused, Reply, Request
from tests.forge.world import Comment, Issue, Pull, Push, Review, Status, User

EVENTS = {"APPROVE": "approved", "REQUEST_CHANGES": "changes_requested", "COMMENT": "comment", "": "pending"}
STATES = {
    "approved": "APPROVED",
    "changes_requested": "CHANGES_REQUESTED",
    "comment": "COMMENTED",
    "pending": "PENDING",
}
MOST_COMMITS = 250
GHOST = User(10137, "ghost")
"""Who opened a pull request whose author's account was deleted; elsewhere such a user is null."""


def when(moment: datetime) -> str:
    """As GitHub writes times."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


class GitHubApi(Api):
    """Pages of 30 or up to 100, with links to a path of another form.

    A review stays on its commit and loses its word when it is dismissed; nobody approves his own; an app's token may
    not ask who it is; a merge that was made elsewhere is noticed.
    """

    kind = "github"
    prefix = ""
    page_name = "per_page"
    largest = 100

    def routes(self) -> list[tuple[str, str, Handler]]:
        """See ``Api.routes``."""
        return [
            ("GET", "/user", self.me),
            ("GET", "", self.repository),
            ("GET", "/pulls", self.pulls),
            ("GET", r"/pulls/(?P<number>\d+)", self.pull),
            ("GET", r"/pulls/(?P<number>\d+)/commits", self.commits),
            ("GET", r"/pulls/(?P<number>\d+)/reviews", self.reviews),
            ("POST", r"/pulls/(?P<number>\d+)/reviews", self.add_review),
            ("GET", "/activity", self.activity),
            ("GET", "/issues", self.issues),
            ("POST", "/issues", self.add_issue),
            ("PATCH", r"/issues/(?P<number>\d+)", self.edit_issue),
            ("GET", "/assignees", self.assignees),
            ("GET", r"/issues/(?P<number>\d+)/comments", self.comments),
            ("POST", r"/issues/(?P<number>\d+)/comments", self.add_comment),
            ("PATCH", r"/issues/comments/(?P<number>\d+)", self.edit_comment),
            ("DELETE", r"/issues/comments/(?P<number>\d+)", self.delete_comment),
            ("GET", r"/commits/(?P<rest>\w+)/status", self.combined),
            ("POST", r"/statuses/(?P<rest>\w+)", self.add_status),
        ]

    def user(self, user: User | None) -> dict[str, Any] | None:
        """A simple user."""
        if user is None:
            return None
        links = [f"{n}_url" for n in ("avatar", "html", "followers", "following", "gists", "starred", "subscriptions",
                                      "organizations", "repos", "events", "received_events")] + ["url"]  # fmt: skip
        link = f"https://forge.invalid/users/{user.login}"
        known = {"login": user.login, "id": user.id, "node_id": f"U{user.id}", "gravatar_id": "", "type": "User"}
        return {**dict.fromkeys(links, link), **known, "site_admin": user.admin}

    def me(self, request: Request) -> Reply:
        """Who the token belongs to."""
        if request.user.is_app:
            raise Refused(403, "Resource not accessible by integration")
        return Reply(self.shape(request, 200, {**(self.user(request.user) or {}), "user_view_type": "private"}))

    def repository(self, request: Request) -> Reply:
        """The repository."""
        known = {"full_name": self.world.name, "ssh_url": f"git@forge.invalid:{self.world.name}.git"}
        return Reply(self.shape(request, 200, known))

    def get(self, number: int) -> Pull:
        """A pull request; GitHub notices by itself that its head has reached the base."""
        if number not in self.world.pulls:
            raise Refused(404, "Not Found")
        pull = self.world.pulls[number]
        pull.closed = pull.closed or self.world.reached_main(pull)
        return pull

    def pull_values(self, pull: Pull) -> dict[str, Any]:
        """What matters of a pull request."""
        repository = {"full_name": self.world.name}
        base = {"ref": pull.base, "sha": self.world.resolve(f"refs/heads/{pull.base}"), "repo": repository}
        return {
            "number": pull.number,
            "state": "closed" if pull.closed else "open",
            "draft": pull.draft,
            "title": "demo",
            "user": self.user(pull.author or GHOST),
            "head": {"ref": pull.branch, "sha": self.world.head(pull), "repo": repository},
            "base": base,
        }

    def pulls(self, request: Request) -> Reply:
        """Newest first."""
        found = [self.get(n) for n in sorted(self.world.pulls, reverse=True)]
        shown = [p for p in found if not p.closed and p.base == request.query.get("base", p.base)]
        return self.paged(request, [self.shape(request, 200, self.pull_values(p)) for p in shown])

    def pull(self, request: Request) -> Reply:
        """One of them."""
        return Reply(self.shape(request, 200, self.pull_values(self.get(request.number))))

    def commits(self, request: Request) -> Reply:
        """Oldest first, and never more than 250."""
        found = self.world.commits(self.get(request.number))[:MOST_COMMITS]
        shown = [
            {"sha": c.sha, "parents": [{"sha": p, "url": "https://forge.invalid/"} for p in c.parents],
             "author": self.user(self.world.linked(c.author)), "committer": self.user(self.world.linked(c.committer))}
            for c in found
        ]  # fmt: skip
        return self.paged(request, [self.shape(request, 200, c) for c in shown])

    def review_values(self, review: Review) -> dict[str, Any]:
        """A review; a draft was not submitted yet."""
        state = "DISMISSED" if review.dismissed else STATES[review.state]
        submitted = {} if review.state == "pending" else {"submitted_at": when(review.at)}
        known = {"id": review.id, "user": self.user(review.user), "state": state, "commit_id": review.commit or None}
        return {**known, **submitted}

    def reviews(self, request: Request) -> Reply:
        """Oldest first; drafts only to their author."""
        found = self.get(request.number).reviews
        shown = [r for r in found if r.state != "pending" or r.user == request.user]
        return self.paged(request, [self.shape(request, 200, self.review_values(r)) for r in shown])

    def add_review(self, request: Request) -> Reply:
        """As the API lets people review."""
        pull, event = self.get(request.number), request.body.get("event", "")
        if event not in EVENTS:
            raise Refused(422, "Variable $event was provided invalid value")
        if event in {"APPROVE", "REQUEST_CHANGES"} and request.user == pull.author:
            raise Refused(422, "Review Can not approve your own pull request")
        review = self.world.review(pull, request.user, EVENTS[event], request.body.get("commit_id"))
        return Reply(self.shape(request, 200, self.review_values(review)))

    def activity(self, request: Request) -> Reply:
        """The log of pushes, newest first, in pages by cursor."""
        wanted = request.query.get("ref", "").removeprefix("refs/heads/")
        found = [p for p in reversed(self.world.pushes) if p.branch == wanted]
        size = min(int(request.query.get("per_page", 30)), self.largest)
        start = int(request.query.get("after", "0").removeprefix("cursor-"))
        headers = {}
        if start + size < len(found):
            query = urlencode({**request.query, "after": f"cursor-{start + size}"})
            headers["Link"] = f'<{self.address}/repositories/1/activity?{query}>; rel="next"'
        shown = [self.shape(request, 200, self.push_values(p)) for p in found[start : start + size]]
        return Reply(shown, headers=headers)

    def push_values(self, push: Push) -> dict[str, Any]:
        """An entry of the log."""
        return {"id": self.world.id(), "before": push.before, "after": push.after, "ref": f"refs/heads/{push.branch}",
                "timestamp": when(push.at), "activity_type": push.kind, "actor": self.user(push.user)}  # fmt: skip

    def issue_values(self, issue: Issue) -> dict[str, Any]:
        """An issue."""
        people = [self.user(u) for u in issue.assignees]
        return {"number": issue.number, "title": issue.title, "body": issue.body, "user": self.user(issue.user),
                "state": "closed" if issue.closed else "open", "labels": [], "assignees": people,
                "assignee": people[0] if people else None}  # fmt: skip

    def issues(self, request: Request) -> Reply:
        """Newest first, pull requests among them; those of one account by its login."""
        link = dict.fromkeys(("url", "html_url", "diff_url", "patch_url"), "https://forge.invalid/")
        shown = [self.issue_values(i) for i in self.world.issues.values()]
        for pull in self.world.pulls.values():
            as_issue = Issue(pull.number, pull.author or GHOST, "demo", pull.body, closed=pull.closed)
            shown.append({**self.issue_values(as_issue), "pull_request": link})
        state, creator = request.query.get("state", "open"), request.query.get("creator")
        shown = [i for i in shown if state in {"all", i["state"]}]
        shown = [i for i in shown if creator is None or (i["user"] or {}).get("login") == creator]
        shown.sort(key=lambda i: -i["number"])
        return self.paged(request, [self.shape(request, 200, i) for i in shown])

    def add_issue(self, request: Request) -> Reply:
        """A new one; whom it cannot be given to is an error, unless the token may give it to nobody."""
        body = request.body
        self.check_assignees(body.get("assignees", []))
        issue = self.world.file(request.user, body["title"], body.get("body", ""))
        self.world.give(issue, body.get("assignees", []))
        return Reply(self.shape(request, 201, self.issue_values(issue)), 201)

    def edit_issue(self, request: Request) -> Reply:
        """Another title, text, state, other people."""
        body = request.body
        self.check_assignees(body.get("assignees", []))
        issue = self.world.issues.get(request.number)
        if issue is None:
            raise Refused(404, "Not Found")
        issue.title, issue.body = body.get("title", issue.title), body.get("body", issue.body)
        issue.closed = body.get("state", "closed" if issue.closed else "open") == "closed"
        if "assignees" in body:
            self.world.give(issue, body["assignees"])
        issue.edits += 1
        return Reply(self.shape(request, 200, self.issue_values(issue)))

    def check_assignees(self, logins: list[str]) -> None:
        """Only people of the repository."""
        if not set(logins) <= {u.login for u in self.world.assignable}:
            raise Refused(422, "Validation Failed")

    def assignees(self, request: Request) -> Reply:
        """Whom issues can be given to."""
        return self.paged(request, [self.shape(request, 200, self.user(u) or {}) for u in self.world.assignable])

    def comment_values(self, comment: Comment) -> dict[str, Any]:
        """A comment."""
        return {"id": comment.id, "body": comment.body, "user": self.user(comment.user), "created_at": when(comment.at)}

    def comments(self, request: Request) -> Reply:
        """Oldest first."""
        found = self.get(request.number).comments
        return self.paged(request, [self.shape(request, 200, self.comment_values(c)) for c in found])

    def add_comment(self, request: Request) -> Reply:
        """A new one."""
        comment = Comment(self.world.id(), request.user, request.body["body"], self.world.tick())
        self.get(request.number).comments.append(comment)
        return Reply(self.shape(request, 201, self.comment_values(comment)), 201)

    def find_comment(self, number: int) -> tuple[Pull, Comment]:
        """A comment by its id."""
        for pull in self.world.pulls.values():
            for comment in pull.comments:
                if comment.id == number:
                    return pull, comment
        raise Refused(404, "Not Found")

    def edit_comment(self, request: Request) -> Reply:
        """Everybody with write access may edit everybody's comment."""
        _, comment = self.find_comment(request.number)
        comment.body, comment.edits = request.body["body"], comment.edits + 1
        return Reply(self.shape(request, 200, self.comment_values(comment)))

    def delete_comment(self, request: Request) -> Reply:
        """It is gone."""
        pull, comment = self.find_comment(request.number)
        pull.comments.remove(comment)
        return Reply(None, 204)

    def combined(self, request: Request) -> Reply:
        """The latest status of each context."""
        latest = {s.context: s for s in self.world.statuses if s.sha == request.rest}
        reply = self.paged(request, [self.status_values(s) for s in latest.values()])
        values = {"sha": request.rest, "statuses": reply.data, "total_count": len(latest)}
        return Reply(self.shape(request, 200, values), headers=reply.headers)

    def status_values(self, status: Status) -> dict[str, Any]:
        """A status."""
        link = "https://forge.invalid/"
        return {"id": status.id, "node_id": "S", "state": status.state, "description": status.text, "url": link,
                "context": status.context, "target_url": None, "avatar_url": None,
                "created_at": when(status.at), "updated_at": when(status.at)}  # fmt: skip

    def add_status(self, request: Request) -> Reply:
        """A new one; a thousand of a context on a commit are enough."""
        text, context = request.body.get("description", ""), request.body.get("context", "default")
        same = [s for s in self.world.statuses if (s.sha, s.context) == (request.rest, context)]
        if len(text) > 140 or len(same) >= 1000:
            raise Refused(422, "Validation Failed")
        at = self.world.tick()
        status = Status(self.world.id(), request.user, request.rest, request.body["state"], context, text, at)
        self.world.statuses.append(status)
        values = {**self.status_values(status), "creator": self.user(request.user)}
        return Reply(self.shape(request, 201, values), 201)

    def paged(self, request: Request, entries: list[Any]) -> Reply:
        """A page with the link to the next, whose path has the repository's number."""
        shown, number, last = self.page(request, entries)
        query = urlencode({**request.query, "page": number + 1})
        path = request.path.replace(f"/repos/{self.world.name}", "/repositories/1")
        link = {"Link": f'<{self.address}{path}?{query}>; rel="next", <{self.address}{path}?page={last}>; rel="last"'}
        return Reply(shown, headers=link if number < last else {})
