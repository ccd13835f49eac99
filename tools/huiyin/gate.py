"""The gate: may this change reach main? (design §5). Pure: facts, changes and the base's rules in, a verdict out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from huiyin.model.problem import Problem, Severity
from huiyin.model.pull import CaseChange, ChangeKind, ChangeSet, Identity, PullFacts, Review, ReviewState
from huiyin.model.unit import Person, Role
from huiyin.rules.authority import Requirement, person_of, requirements
from huiyin.rules.deadlines import local_day
from huiyin.rules.replay import replay
from huiyin.rules.rulebook import Rulebook

ONE_AT_A_TIME = frozenset({"answered", "corrected"})
"""What a head signs is read alone: a pull request with one of these holds one case."""
GOVERNANCE = "governance"


@dataclass(frozen=True, slots=True)
class Seated:
    """A requirement with who has satisfied it and who still could.

    Args:
        approved_by: people whose approval of exactly this head counts, each with the review it rests on.
        candidates: people who could approve and have had no hand in the change.
    """

    requirement: Requirement
    approved_by: tuple[tuple[Person, Review], ...]
    candidates: tuple[Person, ...]

    @property
    def satisfied(self) -> bool:
        """Whether one approval at least counts."""
        return bool(self.approved_by)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of one head.

    Args:
        kind: ``cases``, ``governance`` or ``empty``.
        objections: people whose "changes requested" stands.
    """

    head: str
    kind: str
    seats: tuple[Seated, ...]
    objections: tuple[Person, ...]
    problems: tuple[Problem, ...]

    @property
    def legal(self) -> bool:
        """Whether approvals alone could make it ready."""
        return not any(p.level is Severity.ERROR for p in self.problems)

    @property
    def ready(self) -> bool:
        """Whether exactly this head may be merged now."""
        return self.legal and not self.objections and all(s.satisfied for s in self.seats)


def decide(facts: PullFacts, changes: ChangeSet, rulebook: Rulebook) -> Verdict:
    """Judge a change by the rules of its base.

    Args:
        facts: of the very head that ``changes`` were found in.
        rulebook: that of the base, never of the head.
    """
    people = tuple(rulebook.registry.people.values())
    day = local_day(facts.now)

    def known(identities: Iterable[Identity]) -> tuple[Person, ...]:
        found = (person_of(identity, people, day) for identity in identities)
        return tuple(dict.fromkeys(p for p in found if p is not None))

    submitters = known(_submitters(facts))
    kind = "cases" if changes.cases else GOVERNANCE if changes.governance else "empty"
    needed = _needed(kind, changes, rulebook)
    approvals, objections, review_problems = _count_reviews(facts, people, submitters)
    seats = tuple(_seat(r, approvals, submitters, facts, rulebook) for r in needed)
    problems = (
        *changes.problems,
        *_check_kind(changes, kind),
        *_check_branch(facts, people),
        *(p for change in changes.cases for p in _check_change(change, facts, submitters, rulebook)),
        *_check_one_at_a_time(changes),
        *review_problems,
        *_check_nobody_left(seats, rulebook),
    )
    return Verdict(facts.head, kind, seats, objections, problems)


def _submitters(facts: PullFacts) -> Iterator[Identity]:
    """Everybody who had a hand in the change: none of them may approve it."""
    if facts.author is not None:
        yield facts.author
    yield from facts.pushers
    for commit in facts.commits:
        yield from commit.authors
        if commit.signer is not None:
            yield commit.signer


def _needed(kind: str, changes: ChangeSet, rulebook: Rulebook) -> tuple[Requirement, ...]:
    needed = requirements(changes.cases, rulebook)
    if not changes.governance:
        return needed
    offices = {p.offices["office"] for p in rulebook.procedures.values()}
    reasons = tuple((path, kind) for path in changes.governance)
    return (*needed, *(Requirement(unit, Role.MAINTAINER, "6", reasons) for unit in sorted(offices)))


def _check_kind(changes: ChangeSet, kind: str) -> Iterator[Problem]:
    if changes.cases and changes.governance:
        listed = "、".join(changes.governance[:5])
        yield Problem("HY610", f"同时改动了留言和其他文件({listed}),请分开提交。")
    if kind == "empty" and not changes.problems:
        yield Problem("HY611", "没有任何改动。")


def _check_branch(facts: PullFacts, people: tuple[Person, ...]) -> Iterator[Problem]:
    day = local_day(facts.now)
    if facts.author is None or person_of(facts.author, people, day) is None:
        yield Problem("HY612", "提交人不在 rules/people.yaml 中,或其公钥、账号当日无效。")
    for commit in facts.commits:
        short = commit.sha[:10]
        if len(commit.parents) != 1:
            yield Problem("HY614", f"分支中有合并提交 {short};请改为在主线之上逐个提交。")
        if facts.provider == "ssh" and (commit.signer is None or person_of(commit.signer, people, day) is None):
            yield Problem("HY613", f"提交 {short} 没有有效签名,或签名人不在 rules/people.yaml 中。")


def _check_change(
    change: CaseChange, facts: PullFacts, submitters: tuple[Person, ...], rulebook: Rulebook
) -> Iterator[Problem]:
    """Legal under the procedure, recorded by who submits it, and not backdated."""
    new = {f"/events/{i}" for i, _ in change.events}
    for problem in replay(change.after, rulebook, facts.now).problems:
        at = "/".join(problem.pointer.split("/")[:3])
        if change.kind is ChangeKind.CREATED or at in new:
            yield problem.at(path=change.path)
    if change.after.history and change.kind is ChangeKind.CREATED:
        return
    days = {local_day(facts.seen_at), local_day(facts.now)}
    names = {p.id for p in submitters}
    for index, event in change.events:
        if local_day(event.at) not in days:
            message = f"事件日期{local_day(event.at)}与提交、合并之日({local_day(facts.now)})不符,不得倒签。"
            yield Problem("HY615", message, change.path, f"/events/{index}/at")
        if event.by.person not in names:
            message = f"记录人“{event.by.person}”没有参与提交,不得以他人名义记录。"
            yield Problem("HY616", message, change.path, f"/events/{index}/by/person")


def _check_one_at_a_time(changes: ChangeSet) -> Iterator[Problem]:
    alone = {e.type for c in changes.cases if not c.after.history for _, e in c.events} & ONE_AT_A_TIME
    if alone and len(changes.cases) > 1:
        yield Problem("HY617", f"报送答复、更正须一件一提交,本次共{len(changes.cases)}件。", article="9(3)")


def _count_reviews(
    facts: PullFacts, people: tuple[Person, ...], submitters: tuple[Person, ...]
) -> tuple[tuple[tuple[Person, Review], ...], tuple[Person, ...], tuple[Problem, ...]]:
    """The latest word of each person: approvals of exactly this head, and objections to any head."""
    day = local_day(facts.now)
    latest: dict[str, tuple[Person, Review]] = {}
    problems: list[Problem] = []
    for review in sorted(facts.reviews, key=lambda r: r.at):
        if review.state is ReviewState.COMMENTED:
            continue
        person = person_of(review.by, people, day)
        if person is None:
            problems.append(Problem("HY620", "有一项审签来自名册以外的账号或失效的公钥,不予计算。"))
        else:
            latest[person.id] = (person, review)
    approvals = []
    for person, review in latest.values():
        if review.state is not ReviewState.APPROVED:
            continue
        if person in submitters:
            problems.append(Problem("HY621", f"{person.name}参与了提交,本人的审签不予计算。"))
        elif review.commit != facts.head:
            problems.append(Problem("HY623", f"{person.name}审签的是较早的版本,须重新审签。"))
        else:
            approvals.append((person, review))
    objections = tuple(p for p, r in latest.values() if r.state is ReviewState.CHANGES_REQUESTED)
    return tuple(approvals), objections, tuple(problems)


def _seat(
    requirement: Requirement,
    approvals: tuple[tuple[Person, Review], ...],
    submitters: tuple[Person, ...],
    facts: PullFacts,
    rulebook: Rulebook,
) -> Seated:
    day = local_day(facts.now)
    holders = rulebook.registry.people_holding(requirement.unit, requirement.role, day)
    approved = tuple((p, r) for p, r in approvals if p in holders)
    return Seated(requirement, approved, tuple(p for p in holders if p not in submitters))


def _check_nobody_left(seats: tuple[Seated, ...], rulebook: Rulebook) -> Iterator[Problem]:
    for seat in seats:
        if not seat.candidates:
            where = rulebook.registry.name_of(seat.requirement.unit)
            yield Problem("HY622", f"{where}没有可以审签的{seat.requirement.role.label}(提交人除外)。")
