"""Whose approval counts, and for what (design §5; 第九、十二、十六、二十条)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from huiyin.model.problem import Problem
from huiyin.model.pull import PullFacts, Review, ReviewState
from huiyin.model.unit import Person
from huiyin.rules.authority import Requirement, person_of
from huiyin.rules.deadlines import local_day
from huiyin.rules.rulebook import Rulebook

_WEIGHT = (ReviewState.APPROVED, ReviewState.DISMISSED, ReviewState.CHANGES_REQUESTED)
"""Of two reviews in one second the one further right stands."""

Approvals = tuple[tuple[Person, Review], ...]


@dataclass(frozen=True, slots=True)
class Seated:
    """A requirement with who has satisfied it and who still could.

    Args:
        approved_by: people whose approval of exactly this head counts, each with the review it rests on.
        candidates: people who could approve through this provider and have had no hand in the change.
    """

    requirement: Requirement
    approved_by: Approvals
    candidates: tuple[Person, ...]

    @property
    def satisfied(self) -> bool:
        """Whether one approval at least counts."""
        return bool(self.approved_by)


@dataclass(frozen=True, slots=True)
class Reviews:
    """What the reviews of a change come to: approvals of exactly this head, and objections to any head."""

    approvals: Approvals
    objections: tuple[Person, ...]
    problems: tuple[Problem, ...]


def count_reviews(facts: PullFacts, people: Sequence[Person], barred: Mapping[str, str]) -> Reviews:
    """Take the latest word of each person; comments are none.

    Args:
        barred: why a person must not approve this change, by the person's id.
    """
    today = local_day(facts.now)
    problems: list[Problem] = []
    latest: dict[str, tuple[Person, Review]] = {}
    for review in sorted(facts.reviews, key=lambda r: _order(r, facts.head)):
        if review.state is ReviewState.COMMENTED:
            continue
        # Whoever revokes a key takes from it the power to approve and to lift an objection, not what it objected to.
        days = (
            (local_day(review.at),) if review.state is ReviewState.CHANGES_REQUESTED else (local_day(review.at), today)
        )
        person = person_of(review.by, people, *days)
        if person is None:
            message = f"来自 {review.by} 的审签不予计算：不在 rules/people.yaml 中，或公钥当日无效。"
            problems.append(Problem("HY620", message))
        elif review.state is ReviewState.APPROVED and review.at > facts.now:
            problems.append(Problem("HY625", f"{person.name}的审签时间晚于现在，不予计算。"))
        elif not _is_kept(latest.get(person.id), review, facts.head):
            latest[person.id] = (person, review)
    approvals: list[tuple[Person, Review]] = []
    objections: list[Person] = []
    for person, review in latest.values():
        if review.state is ReviewState.CHANGES_REQUESTED:
            if any(h.holds_on(today) for h in person.holdings):
                objections.append(person)
            else:
                problems.append(Problem("HY627", f"{person.name}已不任职，其异议不予计算。"))
        elif review.state is ReviewState.APPROVED:
            if person.id in barred:
                problems.append(Problem("HY621", f"{person.name}{barred[person.id]}，本人的审签不予计算。"))
            elif review.commit != facts.head:
                problems.append(Problem("HY623", f"{person.name}审签的是较早的版本，须重新审签。"))
            else:
                approvals.append((person, review))
    return Reviews(tuple(approvals), tuple(objections), tuple(dict.fromkeys(problems)))


def _is_kept(earlier: tuple[Person, Review] | None, later: Review, head: str) -> bool:
    """Whether an objection to this very head stands in spite of a later approval, which is of another commit."""
    if earlier is None or earlier[1].state is not ReviewState.CHANGES_REQUESTED or earlier[1].commit != head:
        return False
    return later.state is ReviewState.APPROVED and later.commit != head


def _order(review: Review, head: str) -> tuple[object, ...]:
    """By time alone; within one second to the harm of the change."""
    weight = _WEIGHT.index(review.state) if review.state in _WEIGHT else -1
    return review.at, weight, review.commit == head, review.by.provider, review.by.value, review.reference


def seat(
    needed: Sequence[Requirement], approvals: Approvals, barred: Mapping[str, str], facts: PullFacts, rulebook: Rulebook
) -> tuple[tuple[Seated, ...], tuple[Problem, ...]]:
    """Give each approval the seats that its author holds, on the day of the approval and still today.

    Args:
        barred: as for ``count_reviews``.

    Returns:
        One ``Seated`` a requirement, in order, and notices and warnings.
    """
    today = local_day(facts.now)
    registry = rulebook.registry
    holders = [registry.people_holding(r.unit, r.role, today) for r in needed]
    seated = [
        [(p, review) for p, review in approvals if p in held and p.holds(r.unit, r.role, local_day(review.at))]
        for r, held in zip(needed, holders, strict=True)
    ]
    problems = [] if not needed else [
        Problem("HY624", f"{p.name}的审签不计：审签之日或今日不担任所需的职责。")
        for p, review in approvals if not any((p, review) in s for s in seated)
    ]  # fmt: skip
    problems += _part(needed, seated)
    seats = []
    for requirement, held, approved in zip(needed, holders, seated, strict=True):
        candidates = tuple(p for p in held if p.id not in barred and _can_sign(p, facts))
        seats.append(Seated(requirement, tuple(approved), candidates))
        if not candidates:
            where = registry.name_of(requirement.unit) or "承办单位"
            message = f"{where}没有可以审签的{requirement.role.label}（提交人和没有登记账号、公钥的人除外）。"
            problems.append(Problem("HY622", message, article=requirement.article))
    return tuple(seats), tuple(problems)


def _part(needed: Sequence[Requirement], seated: list[list[tuple[Person, Review]]]) -> Iterator[Problem]:
    """第十六条: where an event needs two signatures, as an extension does, nobody gives both of them."""
    reasons = [set(r.reasons) for r in needed]
    for i, j in combinations(range(len(needed)), 2):
        if reasons[i].isdisjoint(reasons[j]):
            continue
        for entry in [e for e in seated[i] if e in seated[j]]:
            seated[i if len(seated[i]) > 1 else j].remove(entry)
            yield Problem("HY626", f"{entry[0].name}在同一事项上只能代表一方审签，另一方须由他人审签。", article="16")


def _can_sign(person: Person, facts: PullFacts) -> bool:
    if facts.provider != "ssh":
        return facts.provider in person.forge_ids
    today = local_day(facts.now)
    return any(k.start <= today and (k.end is None or today <= k.end) for k in person.keys)
