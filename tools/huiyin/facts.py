"""Facts of a pull request from a file, for those who have them from elsewhere and for trying the gate out.

YAML or JSON. An identity is ``github:<number>``, ``gitea:<number>`` or ``ssh:<type> <base64>``::

    provider: github
    author: github:9000000001
    pushers: ["github:9000000001"]
    commits: [{sha: …, parents: […], authors: […], signer: null}]      left out: as Git has them
    reviews: [{by: github:9000000003, commit: …, state: approved, at: 2026-11-23T09:00:00+08:00, reference: "7"}]
    seen_at: 2026-11-23T09:00:00+08:00                                 left out: now
    title: …
    body: …
    branch: …
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from huiyin.model.problem import HuiyinError, Problem
from huiyin.model.pull import Commit, Identity, PullFacts, Review, ReviewState
from huiyin.repo import yaml
from huiyin.repo.commits import SHA, list_commits, read_commits
from huiyin.repo.reasons import reason
from huiyin.repo.schemas import Schema

_TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$", "format": "date-time"}
_WHO = {"type": "string", "pattern": r"^((github|gitea):[0-9]{1,18}|ssh:[a-z0-9@.-]+ [A-Za-z0-9+/=]+)$"}
_HASH = {"type": "string", "pattern": f"^{SHA.pattern}$"}
_WORDS = {"title": "标题", "body": "说明", "branch": "分支名"}
_WHO_OR_NOBODY = {**_WHO, "type": ["string", "null"]}


def _entry(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def _list(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "合并请求的事实",
    **_entry(
        ["provider", "author"],
        provider={"enum": ["github", "gitea", "ssh"], "title": "来源"},
        author={**_WHO_OR_NOBODY, "title": "提交人"},
        pushers={**_list(_WHO), "title": "推送人"},
        commits={
            **_list(
                _entry(
                    ["sha", "parents"],
                    sha=_HASH,
                    parents=_list(_HASH),
                    authors=_list(_WHO),
                    signer=_WHO_OR_NOBODY,
                )
            ),
            "title": "提交",
        },
        reviews={
            **_list(
                _entry(
                    ["by", "commit", "state", "at"],
                    by=_WHO,
                    commit=_HASH,
                    state={"enum": [s.value for s in ReviewState]},
                    at=_TIME,
                    reference={"type": "string"},
                )
            ),
            "title": "审签",
        },
        seen_at={**_TIME, "title": "服务器收到的时间"},
        **{name: {"type": "string", "title": title} for name, title in _WORDS.items()},
    ),
}


def read_facts(path: Path, root: Path, base: str, head: str, now: datetime) -> PullFacts:
    """Read a file of facts about the change from one commit to another.

    Args:
        root: the repository, for commits that the file does not list.
        base, head: full hashes.
        now: the clock of the decision.

    Raises:
        HuiyinError: HY904 the file cannot be read; HY1xx it is no YAML; HY658 it does not hold facts; HY905.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise HuiyinError(Problem("HY904", f"文件不能读取（{reason(error.errno, '读取')}）。", str(path))) from None
    document = yaml.parse_mapping(data, path=str(path))
    problems = Schema(SCHEMA, str(path)).find_problems(document, str(path))
    if problems:
        raise HuiyinError(*(replace(p, code="HY658").at(line=yaml.line_of(data, p.pointer)) for p in problems))
    commits = [(entry["sha"], entry["parents"], entry) for entry in document.get("commits", ())]
    if "commits" not in document:
        found = read_commits(root, list_commits(root, head, without=base))
        commits = [(c.sha, c.parents, {}) for c in found]
    return PullFacts(
        provider=document["provider"],
        base=base,
        head=head,
        author=_identity(document["author"]),
        pushers=tuple(_known(who) for who in document.get("pushers", ())),
        commits=tuple(
            Commit(sha, tuple(parents), tuple(map(_known, entry.get("authors", ()))), _identity(entry.get("signer")))
            for sha, parents, entry in commits
        ),
        reviews=tuple(
            Review(
                _known(entry["by"]),
                entry["commit"],
                ReviewState(entry["state"]),
                _moment(entry["at"]),
                entry.get("reference", ""),
            )
            for entry in document.get("reviews", ())
        ),
        seen_at=_moment(document["seen_at"]) if "seen_at" in document else now,
        now=now,
        words=tuple((title, document[name]) for name, title in _WORDS.items() if document.get(name)),
    )


def _known(text: str) -> Identity:
    provider, _, value = text.partition(":")
    return Identity(provider, value)


def _identity(text: str | None) -> Identity | None:
    return None if text is None else _known(text)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise HuiyinError(Problem("HY658", f"时间“{text}”不存在。")) from None
