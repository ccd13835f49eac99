"""The one way to merge, with or without a forge: judge, merge honestly, judge the result, write the evidence, sign.

Nothing of the branch is ever run or trusted, and no branch but main moves (design §5).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from huiyin.evidence import Evidence, evidence_of, to_trailers
from huiyin.forge.signed import NAME as SIGNED
from huiyin.gate import Verdict, decide
from huiyin.introduced import find_introduced
from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.model.pull import ChangeSet, PullFacts
from huiyin.repo.base import Base, load_base
from huiyin.repo.changes import find_changes
from huiyin.repo.commits import SHA, merge_base, read_commits
from huiyin.repo.merging import LocalBranch, Target, merge_trees
from huiyin.repo.signing import GATE_MAIL, GATE_NAME, make_commit, verify_signatures
from huiyin.rules.authority import key_of
from huiyin.rules.deadlines import local_day
from huiyin.rules.rulebook import Rulebook

ATTEMPTS = 8
"""How often a merge starts over because main has moved."""
_PAUSE = 0.1
_LISTED = 20

Facts: TypeAlias = PullFacts | Callable[[Base], PullFacts]
"""Facts of a pull request, or how to get them anew for another commit of main."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the gate says of a pull request as it would be merged now.

    Args:
        changes: what would happen to main; where no merge is possible, what the branch itself does.
        verdict: of the branch's own change and of the merged result together.
        tree: the merged tree, or None where no merge is possible.
    """

    facts: PullFacts
    changes: ChangeSet
    verdict: Verdict
    tree: str | None


@dataclass(frozen=True, slots=True)
class MergeOutcome:
    """What became of a merge.

    Args:
        commit: the merge commit that main now stands at, or None where the change is not ready.
        evidence: what its message says, or None.
    """

    judgement: Judgement
    commit: str | None = None
    evidence: Evidence | None = None


def judge(root: Path, facts: PullFacts, base: Base, *, proving: bool = False) -> Judgement:
    """Decide twice by the base's rules: what was approved, and what main would become.

    Args:
        root: a repository, bare or not, that has all commits concerned.
        base: of the very commit that ``facts.base`` names.
        proving: what is judged was merged long ago. Then nobody asks whether it holds personal data: the search for it
            learns with each version of the program, and must not take back what was proven.

    Raises:
        HuiyinError: HY905, Git failed.
    """
    start = merge_base(root, base.commit, facts.head)
    if start is None:
        problem = Problem("HY639", "分支与主线没有共同的起点，或有多个起点。")
        return _refused(facts, ChangeSet((), (), (problem,)), base)
    own = find_changes(root, start, facts.head, base.schema)
    if not proving:
        personal = find_introduced(root, start, _tips(facts), base.rulebook.privacy, base.schema)
        own = replace(own, problems=(*own.problems, *personal))
    if any(p.code == "HY601" for p in own.problems):
        # Such a change is refused anyway, and to look for renames among thousands of files would hold up all others.
        return _refused(facts, own, base)
    if start == base.commit:
        [head] = read_commits(root, [facts.head])
        return Judgement(facts, own, decide(facts, own, base.rulebook), head.tree)
    try:
        tree = merge_trees(root, base.commit, facts.head)
    except UsageError:
        raise
    except HuiyinError as error:
        return _refused(facts, replace(own, problems=(*own.problems, *error.problems)), base)
    merged = find_changes(root, base.commit, tree, base.schema)
    both = _both(decide(facts, own, base.rulebook), decide(facts, merged, base.rulebook))
    return Judgement(facts, merged, both, tree)


def merge_pull(
    root: Path, facts: Facts, tip: str, key: str, clock: Callable[[], datetime], *, target: Target | None = None
) -> MergeOutcome:
    """Merge a pull request into main if it is ready; start over where somebody else was faster.

    Args:
        facts: of the pull request; when main has moved they are got anew, or judged against the new main.
        tip: full hash of what becomes the second parent: the head, or the last approval on top of it.
        key: the gate's private key, as for ``make_commit``.
        target: the branch to move; main of ``root`` by default.

    Raises:
        UsageError: HY633.
        HuiyinError: HY634 the key cannot sign, HY636 it is not the gate's, HY637 main moved too often, HY656 the clock
            is behind main's, HY905; main stands as others left it.
    """
    branch = target or LocalBranch(root)
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(_PAUSE * attempt)
        main = branch.tip()
        base = load_base(root, main)
        now = clock()
        current = facts(base) if callable(facts) else replace(facts, base=main, now=now)
        _check_order(root, main, current.now)
        judgement = judge(root, current, base)
        if judgement.tree is None or not judgement.verdict.ready:
            return MergeOutcome(judgement)
        evidence = evidence_of(current, judgement.verdict, base.rulebook.registry.people.values())
        message = merge_message(judgement.changes, base.rulebook, evidence)
        made = _make_merge(root, judgement.tree, (main, tip), message, key, base, current.now)
        if branch.move(main, made):
            return MergeOutcome(judgement, made, evidence)
    raise HuiyinError(Problem("HY637", f"试了{ATTEMPTS}次，每次主线都已被别的合并推进。"))


def merge_message(changes: ChangeSet, rulebook: Rulebook, evidence: Evidence) -> str:
    """The message of a merge commit: which cases, which events, and the evidence. Nothing of it is untrusted text."""
    lines = []
    for change in changes.cases:
        procedure = rulebook.procedures[change.after.procedure]
        names = [procedure.events[e.type].title for _, e in change.events]
        if change.before is None:
            names.insert(0, procedure.events["received"].title)
        lines.append(f"{change.after.id}：{'、'.join(names)}")
    if changes.governance:
        lines.append(f"规则、程序或网站：{len(changes.governance)}个文件")
    subject = f"合入 {lines[0]}" if len(lines) == 1 else f"合入{len(lines)}件留言"
    rest = [] if len(lines) == 1 else [*lines[:_LISTED], *(["……"] if len(lines) > _LISTED else []), ""]
    return "\n".join([subject, "", *rest, to_trailers(evidence), ""])


def is_gate_key(base: Base, key: str, moment: datetime) -> bool:
    """Whether a public key is one of the gate's on that day, by the rules of the base."""
    day = local_day(moment)
    return any(key_of(k.ssh) == key and k.start <= day and (k.end is None or day <= k.end) for k in base.gate_keys)


def _check_order(root: Path, main: str, now: datetime) -> None:
    [last] = read_commits(root, [main])
    if now < last.committed:
        raise HuiyinError(Problem("HY656", f"现在（{now:%Y-%m-%d %H:%M:%S}）早于主线上一次合并的时间，请核对时钟。"))


def _make_merge(
    root: Path, tree: str, parents: tuple[str, str], message: str, key: str, base: Base, now: datetime
) -> str:
    made = make_commit(root, tree, parents, message, key=key, at=now, name=GATE_NAME, mail=GATE_MAIL)
    signers = verify_signatures(root, read_commits(root, [made]), base.gate_keys)
    if not is_gate_key(base, signers.get(made, ""), now):
        raise HuiyinError(Problem("HY636", "这把密钥不在主线 rules/gate.yaml 中，或当日无效。"))
    return made


def _tips(facts: PullFacts) -> list[str]:
    """The head, and the approvals that are commits: they are merged, too, and carry messages."""
    approvals = (r.reference for r in facts.reviews if facts.provider == SIGNED)
    return list(dict.fromkeys((facts.head, *(sha for sha in approvals if SHA.fullmatch(sha)))))


def _refused(facts: PullFacts, changes: ChangeSet, base: Base) -> Judgement:
    return Judgement(facts, changes, decide(facts, changes, base.rulebook), None)


def _both(own: Verdict, merged: Verdict) -> Verdict:
    """A verdict that is ready where both are: a merge may need more signatures than the branch, never fewer."""
    seats = {(s.requirement.unit, s.requirement.role): s for s in merged.seats}
    for seat in own.seats:
        if not seat.satisfied:
            seats[seat.requirement.unit, seat.requirement.role] = seat
        else:
            seats.setdefault((seat.requirement.unit, seat.requirement.role), seat)
    problems = tuple(dict.fromkeys((*merged.problems, *own.problems)))
    return replace(merged, seats=tuple(seats.values()), problems=problems)
