"""One issue a unit on a forge: opened when something waits, written again in place, closed by itself.

An issue is found again by a marker in its first line, and only among those of our own account: whoever else writes the
marker owns an issue like any other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from huiyin.forge.hosted import Hosted
from huiyin.forge.http import take
from huiyin.model.problem import HuiyinError, Problem

MARKER = "<!-- huiyin:unit {} -->"
"""First line of a unit's issue, unseen by readers; in the braces the unit's id."""
_MARKED = re.compile(r"<!-- huiyin:unit ([A-Za-z0-9._-]+) -->(?:\r?\n|$)")
GIVE_UP = 3
"""So many units in a row whose issue the forge refuses: then the fault is the forge's, and the rest are not tried."""


class Action(StrEnum):
    """What became of a unit's issue."""

    CREATED = "created"
    UPDATED = "updated"
    REOPENED = "reopened"
    CLOSED = "closed"
    UNCHANGED = "unchanged"

    @property
    def label(self) -> str:
        """The Chinese word shown to operators."""
        return {
            "created": "新建",
            "updated": "更新",
            "reopened": "重新打开",
            "closed": "关闭",
            "unchanged": "没有变化",
        }[self.value]


@dataclass(frozen=True, slots=True)
class UnitIssue:
    """What a unit's issue should be.

    Args:
        name: the unit's name for messages; ``title`` one line of text; ``body`` Markdown, both without harm.
        head: the forge's numeric id of its 主要负责同志, or None where the registry has none.
        former: those of earlier ones, who are no longer assigned.
    """

    unit: str
    name: str
    title: str
    body: str
    head: int | None
    former: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done for a unit. ``action`` is None where that failed; ``number`` is the issue's."""

    unit: str
    action: Action | None
    number: int | None
    problems: tuple[Problem, ...] = ()


def sync_issues(
    forge: Hosted,
    wanted: Mapping[str, UnitIssue],
    *,
    only: Collection[str] | None = None,
    closes: bool = True,
    writes: bool = True,
) -> Iterator[Outcome]:
    """Make the issues what they should be; where they are so already, nothing is written.

    Args:
        wanted: by unit; the issue of any other unit is closed.
        only: these units alone; the issues of others are left as they are.
        closes: False where the lists may lack a case, so that nothing is called done that is not.
        writes: False to tell only what would be done.

    Raises:
        HuiyinError: HY660 to HY664, HY668: the forge does not even say what there is. What fails for one unit is told
            in its outcome and stops no other.
    """
    found, assignable = _own_issues(forge), _assignable(forge)
    units = [u for u in [*wanted, *(u for u in found if u not in wanted)] if only is None or u in only]
    failures = 0
    for unit in units:
        target, issues = wanted.get(unit), found.get(unit, [])
        if target is None and not closes:
            continue
        if failures == GIVE_UP:
            yield Outcome(unit, None, None, (Problem("HY853", f"{unit}：代码平台接连出错，没有再试。"),))
            continue
        desk = _Desk(forge, assignable, writes=writes)
        try:
            yield desk.open(target, issues) if target else desk.close(unit, issues)
            failures = 0
        except HuiyinError as error:
            failures += 1
            name = target.name if target else unit
            told = tuple(replace(p, message=f"{name}：{p.message}") for p in error.problems)
            yield Outcome(unit, None, issues[0]["number"] if issues else None, told)


def _own_issues(forge: Hosted) -> dict[str, list[Any]]:
    """The marked issues of our own account, by unit, each unit's oldest first."""
    own, found = forge.account(), dict[str, list[Any]]()
    for entry in forge.issues():
        marked = _MARKED.match(entry.get("body") or "")
        user = entry.get("user") or {}
        if marked and user.get("id") == own and not entry.get("pull_request"):
            found.setdefault(marked[1], []).append({**entry, "number": int(take(entry, "number"))})
    for issues in found.values():
        issues.sort(key=lambda entry: int(entry["number"]))
    return found


def _assignable(forge: Hosted) -> dict[int, str]:
    """Numeric id → login of everybody to whom an issue may be given."""
    return {int(take(user, "id")): str(take(user, "login")) for user in forge.assignees()}


class _Desk:
    """Writes the issue of one unit."""

    def __init__(self, forge: Hosted, assignable: Mapping[int, str], *, writes: bool) -> None:
        self._forge = forge
        self._assignable = assignable
        self._writes = writes

    def open(self, target: UnitIssue, issues: list[Any]) -> Outcome:
        """Open, reopen or rewrite the oldest; of two that a repeated request has made, the younger is closed."""
        text = f"{MARKER.format(target.unit)}\n{target.body}"
        if not issues:
            body = {"title": target.title, "body": text, "assignees": list(self._people(target, {}).values())}
            made = self._write("POST", "issues", body)
            number = int(take(made, "number")) if made else None
            return Outcome(target.unit, Action.CREATED, number, tuple(self._missing(target, made)))
        first, *younger = issues
        self._close_all(younger)
        changes: dict[str, object] = {}
        if first.get("title") != target.title:
            changes["title"] = target.title
        if str(first.get("body")).replace("\r\n", "\n").strip() != text.strip():
            changes["body"] = text
        if first.get("state") != "open":
            changes["state"] = "open"
        now = {int(take(u, "id")): str(take(u, "login")) for u in first.get("assignees") or ()}
        people = self._people(target, now)
        if people.keys() != now.keys():
            changes["assignees"] = list(people.values())
        action = Action.REOPENED if "state" in changes else Action.UPDATED if changes else Action.UNCHANGED
        after = self._write("PATCH", f"issues/{first['number']}", changes) if changes else first
        return Outcome(target.unit, action, first["number"], tuple(self._missing(target, after)))

    def close(self, unit: str, issues: list[Any]) -> Outcome:
        """Nothing is left: close what is open."""
        done = self._close_all(issues)
        return Outcome(unit, Action.CLOSED if done else Action.UNCHANGED, issues[0]["number"])

    def _close_all(self, issues: list[Any]) -> int:
        still_open = [entry for entry in issues if entry.get("state") == "open"]
        for entry in still_open:
            self._write("PATCH", f"issues/{entry['number']}", {"state": "closed"})
        return len(still_open)

    def _people(self, target: UnitIssue, now: Mapping[int, str]) -> dict[int, str]:
        """The head, and whoever else was assigned by somebody, but nobody who was the head before."""
        kept = {number: login for number, login in now.items() if number not in target.former}
        if target.head is not None and target.head in self._assignable:
            kept[target.head] = self._assignable[target.head]
        return kept

    def _missing(self, target: UnitIssue, issue: Any) -> Iterator[Problem]:
        """A forge drops without a word whom it will not assign."""
        given = {u.get("id") for u in (issue or {}).get("assignees") or ()}
        expected = target.head in self._assignable and (not self._writes or target.head in given)
        if not expected:
            why = "没有登记主要负责同志的账号" if target.head is None else "主要负责同志的账号在该仓库中不能被指派"
            yield Problem("HY852", f"{target.name}：{why}，议题没有指派。", article="15")

    def _write(self, method: str, rest: str, body: Mapping[str, object]) -> Any:
        return self._forge.client.write(method, self._forge.path(rest), body) if self._writes else None
