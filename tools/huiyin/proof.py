"""Proving one merge on main from Git alone: was it legal, approved, honest, made by the gate? (design §1.4, §5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from huiyin.evidence import Evidence, evidence_of, facts_from, parse
from huiyin.forge.signed import NAME as SIGNED
from huiyin.forge.signed import signed_facts
from huiyin.merging import is_gate_key, judge
from huiyin.model.problem import HuiyinError, Problem, Severity, UsageError
from huiyin.model.pull import PullFacts
from huiyin.repo.base import Base, load_base
from huiyin.repo.commits import RawCommit, list_commits, read_commits
from huiyin.repo.signing import verify_signatures


def prove_merge(root: Path, sha: str) -> tuple[Problem, ...]:
    """Tell what is wrong with a commit of main's first-parent chain, by the rules of its first parent.

    It must be a merge of two parents, signed by a key of the gate valid on its day, no earlier than its first parent,
    whose evidence is what the gate would write today for the same branch, and whose tree is the honest merge.

    Args:
        root: a repository that has the commit and all that it stands on.
        sha: full hash.

    Returns:
        HY652 to HY656, and why the gate would refuse the change; empty where nothing is wrong.

    Raises:
        UsageError: HY633, signatures cannot be checked here.
        HuiyinError: HY631, HY905; the rules of the first parent cannot be read.
    """
    [commit] = read_commits(root, [sha])
    if len(commit.parents) != 2:
        return (Problem("HY652", f"提交 {sha[:10]} 不是闸门的合并，不能直接进入主线。"),)
    base = load_base(root, commit.parents[0])
    signer = verify_signatures(root, [commit], base.gate_keys).get(sha, "")
    if not is_gate_key(base, signer, commit.committed):
        return (Problem("HY653", f"合并 {sha[:10]} 没有闸门的有效签名。"),)
    try:
        evidence = parse(commit.message)
        found = tuple(_check(root, commit, evidence, base))
    except UsageError:
        raise
    except HuiyinError as error:
        return error.problems
    return found


def _check(root: Path, commit: RawCommit, evidence: Evidence, base: Base) -> Iterator[Problem]:
    short = commit.sha[:10]
    [before] = read_commits(root, [base.commit])
    if commit.committed < before.committed or evidence.seen_at > commit.committed:
        yield Problem("HY656", f"合并 {short} 的时间早于上一次合并，或早于分支提交的时间。")
    facts = _facts(root, commit, evidence, base)
    if facts.head != evidence.head:
        yield Problem("HY654", f"合并 {short} 写明的版本不是分支上被审的版本。")
        return
    judgement = judge(root, facts, base, proving=True)
    if not judgement.verdict.ready:
        yield Problem("HY654", f"合并 {short} 按当时的规则不应合入：{_why(judgement.verdict.problems)}。")
    elif evidence_of(facts, judgement.verdict, base.rulebook.registry.people.values()) != evidence:
        yield Problem("HY654", f"合并 {short} 的审签记录与查证的结果不同。")
    if judgement.tree != commit.tree:
        yield Problem("HY655", f"合并 {short} 的内容不是主线与分支自动合并的结果。")


def _facts(root: Path, commit: RawCommit, evidence: Evidence, base: Base) -> PullFacts:
    tip = commit.parents[1]
    now: datetime = commit.committed
    if evidence.provider == SIGNED:
        return signed_facts(root, base, tip, seen_at=lambda _: evidence.seen_at, now=now)
    if tip != evidence.head:
        raise HuiyinError(Problem("HY654", f"合并 {commit.sha[:10]} 写明的版本不是合入的版本。"))
    commits = read_commits(root, list_commits(root, tip, without=base.commit))
    return facts_from(evidence, base.commit, ((c.sha, c.parents) for c in commits), base.rulebook.registry, now)


def _why(problems: tuple[Problem, ...]) -> str:
    errors = [f"{p.code} {p.message.rstrip('。')}" for p in problems if p.level is Severity.ERROR]
    return "；".join(errors[:3]) or "审签不全或有异议"
