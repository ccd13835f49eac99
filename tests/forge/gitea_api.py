"""Gitea and Forgejo as the fake plays them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from tests.forge.fake import Api, Handler, Refused, Reply, Request
from tests.forge.world import Comment, Issue, Pull, Push, Review, Status, User

EVENTS = {"APPROVED": "approved", "REQUEST_CHANGES": "changes_requested", "COMMENT": "comment"}
STATES = {"approved": "APPROVED", "changes_requested": "REQUEST_CHANGES", "comment": "COMMENT", "pending": "PENDING",
          "requested": "REQUEST_REVIEW"}  # fmt: skip
FEED_COMMITS = 5
"""So many commits of a push are told in the feed."""
ROOT_URL = "http://gitea.intranet.invalid"
"""What its settings say that its address is: not how we reach it."""


def when(moment: datetime) -> str:
    """As Gitea writes times: with the server's offset."""
    return moment.astimezone().isoformat(timespec="seconds")


class GiteaApi(Api):
    """Pages of 30 or up to 50 with a count.

    Links name an address of the server's own; comments come all at once; a review keeps its word when it is dismissed;
    the feed hides people who want it so, repeats itself for each watcher and cuts lists short; a merge that was made
    elsewhere is not noticed.
    """

    kind = "gitea"
    prefix = "/api/v1"
    page_name = "limit"
    largest = 50

    def routes(self) -> list[tuple[str, str, Handler]]:
        """See ``Api.routes``."""
        return [
            ("GET", "/user", self.me),
            ("GET", "", self.repository),
            ("GET", "/pulls", self.pulls),
            ("GET", r"/pulls/(?P<number>\d+)", self.pull),
            ("PATCH", r"/pulls/(?P<number>\d+)", self.edit_pull),
            ("GET", r"/pulls/(?P<number>\d+)/commits", self.commits),
            ("GET", r"/pulls/(?P<number>\d+)/reviews", self.reviews),
            ("POST", r"/pulls/(?P<number>\d+)/reviews", self.add_review),
            ("GET", "/activities/feeds", self.feed),
            ("GET", "/issues", self.issues),
            ("POST", "/issues", self.add_issue),
            ("PATCH", r"/issues/(?P<number>\d+)", self.edit_issue),
            ("GET", "/assignees", self.assignees),
            ("GET", r"/issues/(?P<number>\d+)/timeline", self.timeline),
            ("GET", r"/issues/(?P<number>\d+)/comments", self.comments),
            ("POST", r"/issues/(?P<number>\d+)/comments", self.add_comment),
            ("PATCH", r"/issues/comments/(?P<number>\d+)", self.edit_comment),
            ("DELETE", r"/issues/comments/(?P<number>\d+)", self.delete_comment),
            ("GET", r"/commits/(?P<rest>\w+)/status", self.combined),
            ("POST", r"/statuses/(?P<rest>\w+)", self.add_status),
        ]

    def user(self, user: User | None) -> dict[str, Any] | None:
        """A user; of a deleted account the ghost."""
        if user is None:
            return {"id": -1, "login": "Ghost"}
        return {"id": user.id, "login": user.login, "email": user.email, "is_admin": user.admin, "full_name": ""}

    def me(self, request: Request) -> Reply:
        """Who the token belongs to."""
        return Reply(self.user(request.user))

    def repository(self, request: Request) -> Reply:
        """The repository."""
        return Reply({"full_name": self.world.name, "ssh_url": f"ssh://git@gitea.invalid:2222/{self.world.name}.git"})

    def get(self, number: int) -> Pull:
        """A pull request."""
        if number not in self.world.pulls:
            raise Refused(404, "The target couldn't be found.")
        return self.world.pulls[number]

    def pull_values(self, pull: Pull) -> dict[str, Any]:
        """A pull request; the branch is told by its hidden name once it is deleted."""
        alive = self.world.resolve(f"refs/heads/{pull.branch}") is not None
        repository = {"full_name": self.world.name}
        branch = pull.branch if alive else f"refs/pull/{pull.number}/head"
        base = self.world.resolve(f"refs/heads/{pull.base}")
        return {
            "number": pull.number,
            "state": "closed" if pull.closed else "open",
            "draft": pull.draft,
            "title": "demo",
            "user": self.user(pull.author),
            "head": {"ref": branch, "label": pull.branch, "sha": self.world.head(pull), "repo": repository},
            "base": {"ref": pull.base, "label": pull.base, "sha": base, "repo": repository},
            "assignee": None,
            "merged_at": None,
            "created_at": when(pull.opened),
        }

    def pulls(self, request: Request) -> Reply:
        """Newest first; one that cannot be loaded is null."""
        found = [p for _, p in sorted(self.world.pulls.items(), reverse=True) if not p.closed]
        shown = [None, *(self.pull_values(p) for p in found)] if found else []
        return self.paged(request, shown)

    def pull(self, request: Request) -> Reply:
        """One of them."""
        return Reply(self.pull_values(self.get(request.number)))

    def edit_pull(self, request: Request) -> Reply:
        """Open or close it."""
        pull = self.get(request.number)
        pull.closed = request.body.get("state", "open") == "closed"
        return Reply(self.pull_values(pull), 201)

    def commits(self, request: Request) -> Reply:
        """Newest first."""
        shown = [
            {"sha": c.sha, "parents": [{"sha": p, "url": ""} for p in c.parents], "author": self.linked(c.author),
             "committer": self.linked(c.committer)}
            for c in reversed(self.world.commits(self.get(request.number)))
        ]  # fmt: skip
        return self.paged(request, shown)

    def linked(self, email: str) -> dict[str, Any] | None:
        """The account of an address, or null."""
        user = self.world.linked(email)
        return None if user is None else self.user(user)

    def review_values(self, pull: Pull, review: Review) -> dict[str, Any]:
        """A review; one of a team has no user."""
        user = None if review.state == "requested" else self.user(review.user)
        return {"id": review.id, "user": user, "state": STATES[review.state], "commit_id": review.commit,
                "dismissed": review.dismissed, "stale": review.commit != self.world.head(pull), "official": True,
                "submitted_at": when(review.at), "updated_at": when(review.at), "body": review.body}  # fmt: skip

    def reviews(self, request: Request) -> Reply:
        """Oldest first; drafts only to their author."""
        pull = self.get(request.number)
        shown = [r for r in pull.reviews if r.state != "pending" or r.user == request.user]
        return self.paged(request, [self.review_values(pull, r) for r in shown])

    def add_review(self, request: Request) -> Reply:
        """As the API lets people review: an event that it does not know is a draft, and a draft needs words."""
        pull, event, body = self.get(request.number), request.body.get("event", ""), request.body.get("body", "")
        if event in {"APPROVED", "REQUEST_CHANGES"} and request.user == pull.author:
            raise Refused(422, "approve your own pull is not allowed")
        if event != "APPROVED" and not body.strip():
            raise Refused(422, f"review event {event} requires a body")
        state, commit = EVENTS.get(event, "pending"), request.body.get("commit_id")
        return Reply(self.review_values(pull, self.world.review(pull, request.user, state, commit)))

    def feed(self, request: Request) -> Reply:
        """Newest first, twice each as one person watches; without those who hide what they do."""
        shown = []
        for push in reversed(self.world.pushes):
            hidden = push.user is not None and push.user.hides_activity
            if hidden and not request.user.admin and push.user != request.user:
                continue
            shown += [self.feed_values(push)] * 2
        return self.paged(request, shown)

    def feed_values(self, push: Push) -> dict[str, Any]:
        """A push in the feed: its head, how many commits, and the newest of them."""
        brought = self.world.brought(push)
        content = {
            "Commits": [{"Sha1": c, "Message": "demo"} for c in brought[:FEED_COMMITS]],
            "HeadCommit": {"Sha1": push.after, "Message": "demo"},
            "CompareURL": f"{self.world.name}/compare/{push.before}...{push.after}",
            "Len": len(brought),
        }
        return {"id": self.world.id(), "op_type": "commit_repo", "act_user": self.user(push.user),
                "act_user_id": push.user.id if push.user else -1, "ref_name": f"refs/heads/{push.branch}",
                "content": json.dumps(content), "created": when(push.at)}  # fmt: skip

    def timeline(self, request: Request) -> Reply:
        """Comments, reviews and pushes since it was opened."""
        pull = self.get(request.number)
        shown = [{"id": c.id, "type": "comment", "body": c.body, "user": self.user(c.user), "created_at": when(c.at)}
                 for c in pull.comments]  # fmt: skip
        for push in self.world.pushes:
            if push.pull != pull.number:
                continue
            forced = push.kind == "force_push"
            ids = [push.before, push.after] if forced else list(reversed(self.world.brought(push)))
            body = json.dumps({"is_force_push": forced, "commit_ids": ids})
            shown.append({"id": self.world.id(), "type": "pull_push", "body": body, "user": self.user(push.user),
                          "created_at": when(push.at)})  # fmt: skip
        return self.paged(request, shown)

    def issue_values(self, issue: Issue) -> dict[str, Any]:
        """An issue; null instead of an empty list of people."""
        people = [self.user(u) for u in issue.assignees]
        return {"id": 9000 + issue.number, "number": issue.number, "title": issue.title, "body": issue.body,
                "user": self.user(issue.user), "state": "closed" if issue.closed else "open", "labels": [],
                "assignees": people or None, "assignee": people[0] if people else None,
                "pull_request": None}  # fmt: skip

    def issues(self, request: Request) -> Reply:
        """Newest first; pull requests too unless issues are asked for."""
        found = list(self.world.issues.values())
        if request.query.get("type") != "issues":
            found += [Issue(p.number, p.author, "demo", p.body, closed=p.closed) for p in self.world.pulls.values()]
        state, creator = request.query.get("state", "open"), request.query.get("created_by")
        shown = [self.issue_values(i) for i in sorted(found, key=lambda i: -i.number)]
        shown = [i for i in shown if state in {"all", i["state"]}]
        return self.paged(request, [i for i in shown if creator is None or i["user"]["login"] == creator])

    def add_issue(self, request: Request) -> Reply:
        """A new one; whom it cannot be given to is an error."""
        body = request.body
        self.check_assignees(body.get("assignees", []))
        issue = self.world.file(request.user, body["title"], body.get("body", ""))
        self.world.give(issue, body.get("assignees", []))
        return Reply(self.issue_values(issue), 201)

    def edit_issue(self, request: Request) -> Reply:
        """Another title, text, state, other people; answered like a new one."""
        body = request.body
        self.check_assignees(body.get("assignees", []))
        issue = self.world.issues.get(request.number)
        if issue is None:
            raise Refused(404, "The target couldn't be found.")
        issue.title, issue.body = body.get("title", issue.title), body.get("body", issue.body)
        issue.closed = body.get("state", "closed" if issue.closed else "open") == "closed"
        if "assignees" in body:
            self.world.give(issue, body["assignees"])
        issue.edits += 1
        return Reply(self.issue_values(issue), 201)

    def check_assignees(self, logins: list[str]) -> None:
        """Only people who may write."""
        if not set(logins) <= {u.login for u in self.world.assignable}:
            raise Refused(422, "user cannot be assigned to the issue")

    def assignees(self, request: Request) -> Reply:
        """Whom issues can be given to, all at once."""
        return Reply([self.user(u) for u in self.world.assignable])

    def comment_values(self, comment: Comment) -> dict[str, Any]:
        """A comment."""
        return {"id": comment.id, "body": comment.body, "user": self.user(comment.user), "created_at": when(comment.at)}

    def comments(self, request: Request) -> Reply:
        """All of them."""
        found = self.get(request.number).comments
        return Reply([self.comment_values(c) for c in found], headers={"X-Total-Count": str(len(found))})

    def add_comment(self, request: Request) -> Reply:
        """A new one."""
        comment = Comment(self.world.id(), request.user, request.body["body"], self.world.tick())
        self.get(request.number).comments.append(comment)
        return Reply(self.comment_values(comment), 201)

    def find_comment(self, number: int) -> tuple[Pull, Comment]:
        """A comment by its id."""
        for pull in self.world.pulls.values():
            for comment in pull.comments:
                if comment.id == number:
                    return pull, comment
        raise Refused(404, "The target couldn't be found.")

    def edit_comment(self, request: Request) -> Reply:
        """Another text."""
        _, comment = self.find_comment(request.number)
        comment.body, comment.edits = request.body["body"], comment.edits + 1
        return Reply(self.comment_values(comment))

    def delete_comment(self, request: Request) -> Reply:
        """It is gone."""
        pull, comment = self.find_comment(request.number)
        pull.comments.remove(comment)
        return Reply(None, 204)

    def combined(self, request: Request) -> Reply:
        """The latest status of each context; null where there is none."""
        latest = {s.context: s for s in self.world.statuses if s.sha == request.rest}
        shown, *_ = self.page(request, [self.status_values(s) for s in latest.values()])
        count = {"X-Total-Count": str(len(latest))}
        return Reply({"sha": request.rest, "statuses": shown or None, "total_count": len(latest)}, headers=count)

    def status_values(self, status: Status) -> dict[str, Any]:
        """A status."""
        return {"id": status.id, "status": status.state, "description": status.text, "context": status.context,
                "creator": self.user(status.user), "created_at": when(status.at)}  # fmt: skip

    def add_status(self, request: Request) -> Reply:
        """A new one."""
        body, at = request.body, self.world.tick()
        status = Status(
            self.world.id(), request.user, request.rest, body["state"], body["context"], body["description"], at
        )
        self.world.statuses.append(status)
        return Reply(self.status_values(status), 201)

    def paged(self, request: Request, entries: list[Any]) -> Reply:
        """A page with the count, and a link that leads to the address of the settings."""
        shown, number, last = self.page(request, entries)
        headers = {"X-Total-Count": str(len(entries))}
        if number < last:
            query = urlencode({**request.query, "page": number + 1})
            headers["Link"] = f'<{ROOT_URL}/api/v1{request.path}?{query}>; rel="next"'
        return Reply(shown, headers=headers)
