"""What a push may do to a repository: branches are free, main grows only by proven merges (design §5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from huiyin.findings import hide
from huiyin.forge.signed import has_objection
from huiyin.introduced import find_pushed
from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.proof import prove_merge
from huiyin.purged import find_purged
from huiyin.repo.base import load_base
from huiyin.repo.commits import SHA, find_commit, list_first_parents, read_commits
from huiyin.repo.source import shown
from huiyin.rules.privacy import PrivacySettings

MAIN = "refs/heads/main"
OPEN = ("refs/heads/", "refs/tags/")
_MISLEADING = re.compile(r"refs/(heads|tags)/(HEAD|[0-9a-f]{40}([0-9a-f]{24})?|refs/.*)|refs/heads/(?!main$)(?i:main)")
"""Names that Git or a person would take for something else; where a disk knows no case, Main is main."""
AHEAD, BEHIND = timedelta(minutes=5), timedelta(hours=1)
"""How far the clock of the gate may be from the server's; a merge is pushed at once."""


@dataclass(frozen=True, slots=True)
class Update:
    """One line of what Git gives a pre-receive hook; a hash of zeros stands for nothing there."""

    old: str
    new: str
    ref: str

    @property
    def creates(self) -> bool:
        """Whether the ref is new."""
        return not self.old.strip("0")

    @property
    def deletes(self) -> bool:
        """Whether the ref goes away."""
        return not self.new.strip("0")


def read_updates(lines: Iterable[str]) -> list[Update]:
    """Read the standard input of a pre-receive hook.

    Raises:
        HuiyinError: HY657, a line is not ``<old> <new> <ref>``.
    """
    updates = []
    for line in lines:
        parts = line.rstrip("\n").split(" ", 2)
        if len(parts) != 3 or not all(SHA.fullmatch(p) for p in parts[:2]):
            raise HuiyinError(Problem("HY657", "标准输入不是pre-receive钩子的写法（旧版本 新版本 引用名）。"))
        updates.append(Update(*parts))
    return updates


def check_push(root: Path, updates: Iterable[Update], now: datetime) -> Iterator[Problem]:
    """Say why a push must be refused as a whole; nothing where it may pass.

    Args:
        root: the repository that receives, in whose quarantine the new objects are.
        now: the server's clock.

    Raises:
        UsageError: HY633, signatures cannot be checked here.
        HuiyinError: the rules of main, or a pushed commit, cannot be read.
    """
    for update in updates:
        if update.ref == MAIN:
            yield from _check_main(root, update, now)
        elif not update.ref.startswith(OPEN):
            yield Problem("HY657", f"不能推送到 {hide(shown(update.ref), PrivacySettings())}。")
        elif update.creates and _MISLEADING.fullmatch(update.ref):
            yield Problem("HY657", "分支和标签不得取名为 HEAD、main 的其他大小写、提交编号，或以 refs/ 开头。")
        elif update.deletes:
            yield from _check_deletion(root, update)
        else:
            yield from _check_branch(root, update)


def _check_deletion(root: Path, update: Update) -> Iterator[Problem]:
    """An objection goes with its branch, and what it was about could come again without it."""
    main = find_commit(root, MAIN)
    if main is None or find_commit(root, update.old) is None:
        return
    try:
        objected = update.ref.startswith(OPEN[0]) and has_objection(root, load_base(root, main), update.old)
    except UsageError:
        raise
    except HuiyinError:
        return  # rules that are broken let nothing be merged
    if objected:
        yield Problem("HY647", f"分支“{shown(update.ref.removeprefix(OPEN[0]))}”不能删除。")


def _check_branch(root: Path, update: Update) -> Iterator[Problem]:
    """第十九条: what is refused here never becomes part of the server's repository: Git throws it away."""
    if find_commit(root, update.new) is None:
        yield Problem("HY657", "只能推送提交。")
        return
    main = find_commit(root, MAIN)
    try:
        base = load_base(root, main) if main else None
    except HuiyinError:
        base = None  # rules that are broken must not keep away the branch that repairs them
    settings = base.rulebook.privacy if base else PrivacySettings()
    yield from find_purged(root, update.new)
    yield from find_pushed(root, update.ref, update.new, settings, base.schema if base else None, main)


def _check_main(root: Path, update: Update, now: datetime) -> Iterator[Problem]:
    if update.deletes:
        yield Problem("HY650", "不能删除主线main。")
        return
    if update.creates:
        yield Problem("HY657", "库中还没有主线；主线由 huiyin init --bare 建立，不能由推送建立。")
        return
    if purged := list(find_purged(root, update.new)):
        yield from purged
        return
    chain = list_first_parents(root, update.new, without=update.old)
    commits = read_commits(root, chain)
    if not commits or commits[0].parents[:1] != (update.old,):
        yield Problem("HY651", f"推送的版本 {update.new[:10]} 不是从主线现在的末端 {update.old[:10]} 逐次合并而来。")
        return
    for commit in commits:
        problems = prove_merge(root, commit.sha)
        yield from problems
        if problems:
            return
        if not now - BEHIND <= commit.committed <= now + AHEAD:
            yield Problem("HY656", f"合并 {commit.sha[:10]} 的时间与服务器时间（{now:%Y-%m-%d %H:%M}）不符。")
            return
