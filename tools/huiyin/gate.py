"""The gate: may this change reach main? (design §5). Pure: facts, changes and the base's rules in, a verdict out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from huiyin.findings import find_in_text, hide_in
from huiyin.model.event import Answered, Published
from huiyin.model.problem import Problem, Severity
from huiyin.model.pull import CaseChange, ChangeKind, ChangeSet, PullFacts
from huiyin.model.unit import Person, Role
from huiyin.rules import conduct
from huiyin.rules.authority import Hands, Requirement, find_hands, person_of, requirements
from huiyin.rules.deadlines import local_day
from huiyin.rules.replay import replay
from huiyin.rules.reviews import Seated, count_reviews, seat
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.steps import unit_of

__all__ = ["CASES", "EMPTY", "GOVERNANCE", "ONE_AT_A_TIME", "Seated", "Verdict", "decide"]

ONE_AT_A_TIME = frozenset({"answered", "corrected"})
"""What a head signs is read alone: a pull request with one of these holds one case."""
CASES, GOVERNANCE, EMPTY = "cases", "governance", "empty"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of one head.

    Args:
        kind: ``cases``, ``governance`` or ``empty``.
        objections: people whose "changes requested" stands.
        submitters: everybody who had a hand in the change, so that their approval does not count.
    """

    head: str
    kind: str
    seats: tuple[Seated, ...]
    objections: tuple[Person, ...]
    problems: tuple[Problem, ...]
    submitters: tuple[Person, ...] = ()

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
    hands = find_hands(facts, people)
    kind = _kind(changes)
    judged = [c for c in changes.cases if c.after.procedure in rulebook.procedures]
    needed = _needed(judged, changes.governance, rulebook)
    barred = {p.id: "记录了所复审的答复" for p in _answerers(judged, rulebook)}
    barred |= {p.id: "参与了提交" for p in hands.submitters}
    reviews = count_reviews(facts, people, barred)
    seats, seat_problems = seat(needed, reviews.approvals, barred, facts, rulebook)
    signed = {reason for r in needed for reason in r.reasons}
    problems = (
        *changes.problems,
        *_check_words(facts, rulebook),
        *_check_kind(changes, kind),
        *_check_branch(facts, hands, people),
        *(p for c in changes.cases for p in _check_case(c, facts, rulebook)),
        *(p for c in judged for p in _check_events(c, facts, hands, signed)),
        *(p for c in judged for p in _check_registration(c, facts, hands, rulebook)),
        *_check_one_at_a_time(changes),
        *reviews.problems,
        *seat_problems,
    )
    shown = hide_in(problems, rulebook.privacy)
    return Verdict(facts.head, kind, seats, reviews.objections, shown, hands.submitters)


def _kind(changes: ChangeSet) -> str:
    if changes.cases or any(f"{p.path}/".startswith("cases/") for p in changes.problems):
        return CASES
    return GOVERNANCE if changes.governance else EMPTY


def _needed(judged: Sequence[CaseChange], governance: Sequence[str], rulebook: Rulebook) -> tuple[Requirement, ...]:
    needed = requirements(judged, rulebook)
    if not governance:
        return needed
    offices = {p.offices["office"] for p in rulebook.procedures.values()}
    reasons = tuple((path, GOVERNANCE) for path in governance)
    return (*needed, *(Requirement(unit, Role.MAINTAINER, "6", reasons) for unit in sorted(offices)))


def _answerers(judged: Sequence[CaseChange], rulebook: Rulebook) -> Iterator[Person]:
    """第九(三)、十二条: an answer is reviewed again before it is published, so not by whoever wrote it down."""
    for change in judged:
        for index, event in change.events:
            if isinstance(event, Published):
                answers = [e for e in change.after.events[:index] if isinstance(e, Answered)]
                person = rulebook.registry.people.get(answers[-1].by.person or "") if answers else None
                if person is not None:
                    yield person


def _check_kind(changes: ChangeSet, kind: str) -> Iterator[Problem]:
    if kind == CASES and changes.governance:
        listed = "、".join(changes.governance[:5]) + ("等" if len(changes.governance) > 5 else "")
        yield Problem("HY610", f"同时改动了留言和其他文件（{listed}），请分开提交。")
    if kind == EMPTY:
        yield Problem("HY611", "没有任何改动。")


def _check_words(facts: PullFacts, rulebook: Rulebook) -> Iterator[Problem]:
    """第十九条: what is written beside the commits is as public as they are, and is sent out by mail besides."""
    for where, text in facts.words:
        for found in find_in_text(text, rulebook.privacy, official=False):
            yield found.problem("", where=where, code="HY753")


def _check_branch(facts: PullFacts, hands: Hands, people: Sequence[Person]) -> Iterator[Problem]:
    today = local_day(facts.now)
    if facts.author is None:
        yield Problem("HY612", "不知道由谁提交。")
    for identity in hands.strangers:
        if identity == facts.author or identity in facts.pushers:
            yield Problem("HY612", f"提交人或推送人 {identity} 不在 rules/people.yaml 中，或其公钥当日无效。")
    if facts.head != facts.base and facts.head not in {c.sha for c in facts.commits}:
        yield Problem("HY619", f"所给的提交清单不全，其中没有所审的版本 {facts.head[:10]}。")
    for commit in facts.commits:
        if len(commit.parents) != 1:
            message = f"提交 {commit.sha[:10]} 有{len(commit.parents)}个上级，只许有1个；请在主线之上逐个提交。"
            yield Problem("HY614", message)
        if facts.provider == "ssh" and (commit.signer is None or person_of(commit.signer, people, today) is None):
            yield Problem("HY613", f"提交 {commit.sha[:10]} 没有有效签名，或签名人不在 rules/people.yaml 中。")


def _check_case(change: CaseChange, facts: PullFacts, rulebook: Rulebook) -> Iterator[Problem]:
    """Legal under the procedure; what was wrong before does not count against this change (design §7)."""
    if change.after.procedure not in rulebook.procedures:
        message = f"适用办法“{change.after.procedure}”不存在，可用：{'、'.join(sorted(rulebook.procedures))}。"
        yield Problem("HY401", message, change.path, "/procedure", article="23")
        return
    found = [*replay(change.after, rulebook, facts.now).problems]
    known = set()
    if change.before is None:
        found += conduct.check_case(change.after, facts.now)
    else:
        known = {(p.code, p.pointer) for p in replay(change.before, rulebook, facts.now).problems}
    yield from (p.at(path=change.path) for p in found if (p.code, p.pointer) not in known)


def _check_events(
    change: CaseChange, facts: PullFacts, hands: Hands, signed: set[tuple[str, str]]
) -> Iterator[Problem]:
    """Not backdated, and in the name of who submits it.

    Args:
        signed: (case id, event type) of the events that somebody must approve.
    """
    if change.kind is ChangeKind.REPAIRED:
        return
    past = change.after.history and change.kind is ChangeKind.CREATED
    seen, today = local_day(facts.seen_at), local_day(facts.now)
    names = {p.id for p in hands.recorders}
    for index, event in change.events:
        at, person = f"/events/{index}/at", f"/events/{index}/by/person"
        if past:
            if event.by.person is not None:
                message = "历史数据的事件只写单位，不写记录人，不得以任何人的名义补记。"
                yield Problem("HY616", message, change.path, person)
            continue
        if local_day(event.at) not in {seen, today}:
            message = f"事件日期为{local_day(event.at)}，而提交之日为{seen}、合并之日为{today}，不得倒签。"
            yield Problem("HY615", message, change.path, at)
        if event.by.person not in names:
            message = f"记录人“{event.by.person or ''}”没有参与提交，不得以他人名义记录。"
            yield Problem("HY616", message, change.path, person)
        elif (change.after.id, event.type) not in signed and len(names) > 1:
            message = "这一事件无须审签，只能由记录人独自提交、推送，不得有他人参与。"
            yield Problem("HY616", message, change.path, person)


def _check_registration(change: CaseChange, facts: PullFacts, hands: Hands, rulebook: Rulebook) -> Iterator[Problem]:
    """第六、九(一)、十(一)、十二条: messages are registered by the clerks of the dispatcher of their channel."""
    if change.kind is not ChangeKind.CREATED:
        return
    procedure = rulebook.procedures[change.after.procedure]
    actor = procedure.actors[procedure.events["received"].opened_by]
    unit = unit_of(actor, None, change.after, procedure) or ""
    today = local_day(facts.now)
    if not any(p.holds(unit, actor.role, today) for p in hands.recorders):
        message = f"收件登记应由{rulebook.registry.name_of(unit)}的{actor.role.label}提交。"
        yield Problem("HY618", message, change.path, article=actor.article)


def _check_one_at_a_time(changes: ChangeSet) -> Iterator[Problem]:
    """第九(三)、二十条: what a head signs is read alone."""
    fresh = [c for c in changes.cases if not (c.after.history and c.kind is ChangeKind.CREATED)]
    if len(changes.cases) > 1 and {e.type for c in fresh for _, e in c.events} & ONE_AT_A_TIME:
        yield Problem("HY617", f"报送答复、更正须一件一提交，本次共{len(changes.cases)}件。", article="9(3)")
