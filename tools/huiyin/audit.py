"""Proving the whole history of main from Git alone: each commit is a merge that the gate had to make (design §1.4, §5).

A history begins with a commit that is trusted: its first one, which ``huiyin init --bare`` made and the gate signed, or
one that whoever audits names. From there on each commit is proven by the rules of the commit before it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from huiyin.audit_memory import Memory
from huiyin.merging import is_gate_key
from huiyin.model.problem import HuiyinError, Problem, Severity, UsageError
from huiyin.proof import prove_merge
from huiyin.repo.base import load_base
from huiyin.repo.commits import RawCommit, read_commits
from huiyin.repo.git import run
from huiyin.repo.signing import verify_signatures

BATCH = 64
"""So many merges are proven before what was proven is remembered."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A commit of main that does not prove itself.

    Args:
        number: its place after the start, counted from 1; 0 is the start itself.
        at: when its committer says that it was made, Asia/Shanghai.
    """

    commit: str
    number: int
    at: datetime
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """What became of an audit.

    Args:
        start: full hash of the commit after which everything is proven.
        head: full hash of the newest commit.
        merges: how many commits stand after the start.
        resumed: how many of them an earlier audit had proven, and this one took as given.
        proven: how many were looked at now, bad ones included.
        last_good: up to this commit, itself included, everything is sound; None where even the start is not.
        findings: the bad ones, oldest first; only the first where not all were asked for.
        problems: of the repository, not of one commit.
    """

    start: str
    head: str
    merges: int
    resumed: int
    proven: int
    last_good: str | None
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings and not any(p.level is Severity.ERROR for p in self.problems)


def audit(
    root: Path,
    head: str,
    *,
    since: str | None = None,
    memory: Memory | None = None,
    every: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Audit:
    """Prove the first-parent history of a commit.

    Args:
        root: the repository, bare or not.
        head: full hash.
        since: full hash of a commit of that history that is trusted as it is, with all before it; by default the
            first commit, which must be the gate's.
        memory: of the branch whose tip ``head`` is: shortens the way, and takes note of what is proven.
        every: go on behind the first bad commit.
        progress: told how many of how many merges are proven, now and then.

    Raises:
        UsageError: HY680, the start knows no gate; HY684, the repository is shallow; HY633.
        HuiyinError: HY682, ``since`` is not in the history; HY631, HY684, HY905, the history cannot be read.
    """
    commits = read_history(root, head)
    if since is not None and since not in {c.sha for c in commits}:
        raise HuiyinError(Problem("HY682", f"提交 {since[:10]} 不在所查证的主线历史（末端 {head[:10]}）中。"))
    first = 0 if since is None else next(n for n, c in enumerate(commits) if c.sha == since)
    findings = list(_check_start(root, commits[first], trusted=since is not None))
    resumed, problems = memory.recall([c.sha for c in commits], first) if memory else (0, [])
    commits = commits[first:]
    done, last = resumed, len(commits) - 1
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        while done < last and (every or not findings):
            batch = commits[done + 1 : done + 1 + BATCH]
            _read_ahead(root, batch)
            # Nearly all the time is spent in Git and ssh-keygen, so threads fill every core.
            for number, found in enumerate(pool.map(lambda c: _prove(root, c), batch), done + 1):
                if found and (every or not findings):
                    findings.append(Finding(commits[number].sha, number, commits[number].committed, found))
            done = done + len(batch) if every or not findings else findings[0].number
            good = findings[0].number - 1 if findings else done
            if memory and good > resumed:
                problems += memory.remember([c.sha for c in commits[: good + 1]])
            progress(done - resumed, last - resumed)
    good = findings[0].number - 1 if findings else done
    return Audit(
        start=commits[0].sha,
        head=head,
        merges=last,
        resumed=resumed,
        proven=done - resumed,
        last_good=commits[good].sha if good >= 0 else None,
        findings=tuple(findings),
        problems=tuple(dict.fromkeys(problems)),
    )


def read_history(root: Path, head: str) -> Sequence[RawCommit]:
    """Read the first-parent history of a commit, oldest first, as its commits themselves tell it.

    Raises:
        UsageError: HY684, it ends where a shallow clone was cut.
        HuiyinError: HY684, Git was told another history than the commits tell; HY631, HY905, objects are missing.
    """
    if run(root, "rev-parse", "--is-shallow-repository").strip() == b"true":
        raise UsageError(Problem("HY684", "这是浅克隆，没有全部历史，不能查证。"))
    chain = run(root, "rev-list", "--first-parent", "--reverse", "--end-of-options", head).decode().split()
    commits = read_commits(root, chain)
    # Grafts and damaged caches of Git can make it pass over commits; what is signed are the commits' own words.
    told = [(), *((before.sha,) for before, _ in pairwise(commits))]
    for commit, parent in zip(commits, told, strict=True):
        if commit.parents[:1] != parent:
            message = f"提交 {commit.sha[:10]} 的上级与Git所列的不符，库中可能有嫁接（info/grafts），或有损坏。"
            raise HuiyinError(Problem("HY684", message))
    # Beside main they could hide commits of a branch.
    grafts = run(root, "rev-parse", "--path-format=absolute", "--git-path", "info/grafts")
    if Path(grafts.decode(errors="surrogateescape").removesuffix("\n")).exists():
        raise HuiyinError(Problem("HY684", "库中有嫁接（info/grafts），Git所列的历史不可信。"))
    return commits


def _check_start(root: Path, commit: RawCommit, *, trusted: bool) -> Iterator[Finding]:
    """A start must know a gate; the first commit of all must be signed by it.

    Raises:
        UsageError: HY680, HY633.
    """
    short = commit.sha[:10]
    try:
        base = load_base(root, commit.sha)
    except HuiyinError as error:
        why = error.problems[0].message.rstrip("。")
        raise UsageError(Problem("HY680", f"起点 {short} 的规则不能读出（{why}），不能查证。")) from None
    if not base.gate_keys:
        message = f"起点 {short} 的 rules/gate.yaml 中没有闸门的公钥，其后的历史不是由闸门建立的，不能查证。"
        raise UsageError(Problem("HY680", message))
    if not trusted:
        signer = verify_signatures(root, [commit], base.gate_keys).get(commit.sha, "")
        if not is_gate_key(base, signer, commit.committed):
            problem = Problem("HY681", f"首个提交 {short} 没有闸门的有效签名。")
            yield Finding(commit.sha, 0, commit.committed, (problem,))


def _read_ahead(root: Path, batch: Sequence[RawCommit]) -> None:
    """Read the commits that most proofs need at once, not each by a process of its own; ``read_commits`` keeps them."""
    try:
        parents = read_commits(root, [parent for commit in batch for parent in commit.parents])
        read_commits(root, [parent for commit in parents for parent in commit.parents])
    except HuiyinError:
        return  # the proof that needs what is missing will say so


def _prove(root: Path, commit: RawCommit) -> tuple[Problem, ...]:
    """What is wrong with one commit; what cannot be proven is wrong, too.

    Raises:
        UsageError: HY633.
    """
    try:
        return prove_merge(root, commit.sha)
    except UsageError:
        raise
    except HuiyinError as error:
        return (Problem("HY685", f"提交 {commit.sha[:10]} 所需的对象或规则不能读出，无从证明。"), *error.problems)
