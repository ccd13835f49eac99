"""What no single folder of the golden suite can show: that the gate holds for every mixture of people and reviews."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from huiyin.gate import Verdict, decide
from huiyin.model.pull import (
    CaseChange,
    ChangeKind,
    ChangeSet,
    Commit,
    Identity,
    PullFacts,
    Review,
    ReviewState,
)
from huiyin.model.unit import Holding, Person, PublicKey, Role
from huiyin.rules.authority import find_hands, people_of, person_of, requirements
from huiyin.rules.registry import Registry
from huiyin.rules.rulebook import Rulebook
from tests.cases import Story, rulebook
from tests.public_keys import public_key

NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
SINCE = date(2015, 8, 5)
HEAD, OLD = "a" * 40, "b" * 40
SEATS = (
    ("lanzhou", Role.CLERK), ("lanzhou", Role.HEAD), ("wangzhan", Role.CLERK), ("wangzhan", Role.REVIEWER),
    ("shengban", Role.MAINTAINER),
)  # fmt: skip
CROWD = {
    # Everybody may do everything here, so that only a hand in the change can keep anybody from approving it.
    name: Person(
        id=name,
        name=f"{name}（演示）",
        holdings=tuple(Holding(unit, role, SINCE) for unit, role in SEATS),
        keys=(PublicKey(f"ssh-ed25519 {name}1 x", SINCE), PublicKey(f"ssh-ed25519 {name}2", SINCE, date(2020, 1, 1))),
        forge_ids={"github": number},
    )
    for number, name in enumerate(("anna", "bela", "cora", "dora"), 1)
}
CROWDED = replace(rulebook(), registry=Registry(rulebook().registry.units, CROWD))
IDENTITIES = [
    *(Identity("github", str(p.forge_ids["github"])) for p in CROWD.values()),
    *(Identity("ssh", " ".join(k.ssh.split()[:2])) for p in CROWD.values() for k in p.keys),
    *(Identity("github", value) for value in ("99", "None", "")),
]

received = Story(received="2026-11-20 09:00")


def handling(reference: str = "90000001") -> Story:
    """A case that waits for its answer."""
    return (
        Story(received="2026-11-20 09:00", reference=reference).assigned("2026-11-20 10:00").claimed("2026-11-20 11:00")
    )


def appended(before: Story, after: Story) -> CaseChange:
    """The change from one to the other."""
    known, case = before.case(), after.case()
    events = tuple(enumerate(case.events))[len(known.events) :]
    return CaseChange(case.path, ChangeKind.APPENDED, known, case, events)


def created(story: Story) -> CaseChange:
    """A new file."""
    case = story.case()
    return CaseChange(case.path, ChangeKind.CREATED, None, case, tuple(enumerate(case.events)))


T = "2026-11-23 09:30"
CHANGES = {
    "received": created(Story(received="2026-11-20 09:00", reference="90000009")),
    "claimed": appended(
        Story(received="2026-11-20 09:00", reference="90000008").assigned("2026-11-20 10:00"),
        Story(received="2026-11-20 09:00", reference="90000008").assigned("2026-11-20 10:00").claimed(T),
    ),
    "answered": appended(handling(), handling().answered(T)),
    "extended": appended(handling("90000002"), handling("90000002").extended(T, "2026-12-10")),
    "published": appended(
        handling("90000003").answered("2026-11-20 12:00"),
        handling("90000003").answered("2026-11-20 12:00").published(T),
    ),
    "misrouted": appended(handling("90000004"), handling("90000004").misrouted(T)),
}


def pull(
    author: Identity | None,
    *,
    pushers: Iterable[Identity] = (),
    commits: Iterable[Commit] | None = None,
    reviews: Iterable[Review] = (),
    provider: str = "github",
) -> PullFacts:
    """Facts with one honest commit unless others are given."""
    made = (Commit(HEAD, (OLD,)),) if commits is None else tuple(commits)
    return PullFacts(provider, OLD, HEAD, author, tuple(pushers), made, tuple(reviews), NOW, NOW)


def github(person: str, rules: Rulebook = CROWDED) -> Identity:
    """Who somebody is on GitHub."""
    return Identity("github", str(rules.registry.people[person].forge_ids["github"]))


def approves(person: str, *, minutes: int = -10, commit: str = HEAD, rules: Rulebook = CROWDED) -> Review:
    """An approval."""
    return Review(github(person, rules), commit, ReviewState.APPROVED, NOW + timedelta(minutes=minutes))


def owners(identities: Iterable[Identity]) -> set[str]:
    """All people that any of the identities ever belonged to."""
    return {p.id for identity in identities for p in people_of(identity, CROWD.values())}


who = st.sampled_from(IDENTITIES)
some = st.lists(who, max_size=3)
a_review = st.builds(
    Review,
    by=who,
    commit=st.sampled_from([HEAD, HEAD, OLD]),
    state=st.sampled_from(ReviewState),
    at=st.integers(-5000, 60).map(lambda m: NOW + timedelta(minutes=m)),
    reference=st.sampled_from("xyz"),
)
a_commit = st.builds(
    Commit,
    sha=st.just(HEAD),
    parents=st.just((OLD,)),
    authors=st.lists(who, max_size=2).map(tuple),
    signer=st.none() | who,
)
facts_of_any_kind = st.builds(
    PullFacts,
    provider=st.sampled_from(["github", "ssh"]),
    base=st.just(OLD),
    head=st.just(HEAD),
    author=st.none() | who,
    pushers=some.map(tuple),
    commits=st.lists(a_commit, min_size=1, max_size=3).map(tuple),
    reviews=st.lists(a_review, max_size=6).map(tuple),
    seen_at=st.just(NOW),
    now=st.just(NOW),
)
change_sets = st.builds(
    ChangeSet,
    cases=st.lists(st.sampled_from(list(CHANGES.values())), max_size=3, unique_by=lambda c: c.path).map(tuple),
    governance=st.sampled_from([(), (), ("rules/people.yaml",)]),
    problems=st.just(()),
)


def named(facts: PullFacts) -> list[Identity]:
    """Every identity that any part of the change bears, approvals apart."""
    found = [*facts.pushers, *(a for c in facts.commits for a in c.authors)]
    return [*found, *(c.signer for c in facts.commits if c.signer), *([facts.author] if facts.author else [])]


@given(facts_of_any_kind, change_sets)
@example(pull(github("anna"), reviews=[approves("anna")]), ChangeSet((CHANGES["answered"],), (), ()))
def test_nobody_approves_what_they_had_a_hand_in(facts: PullFacts, changes: ChangeSet) -> None:
    """第九(三)条: whoever opened, pushed, wrote, committed or signed, with whichever account or key, never approves."""
    verdict = decide(facts, changes, CROWDED)
    hands = owners(named(facts))
    for seat in verdict.seats:
        for person, review in seat.approved_by:
            assert person.id not in hands
            assert (HEAD, ReviewState.APPROVED) == (review.commit, review.state)
            assert review.at <= NOW
            assert person.holds(seat.requirement.unit, seat.requirement.role, review.at.date())
        assert not hands & {p.id for p in seat.candidates}


@given(facts_of_any_kind, change_sets)
def test_what_is_ready_is_signed_by_others(facts: PullFacts, changes: ChangeSet) -> None:
    """Nothing is ready but what a known person proposes, and what others approve wherever the procedure asks for it."""
    verdict = decide(facts, changes, CROWDED)
    if verdict.ready:
        assert facts.author is not None
        assert person_of(facts.author, CROWD.values(), NOW.date()) is not None
        assert bool(changes.cases) != bool(changes.governance)
        assert all(s.approved_by for s in verdict.seats)
        assert not verdict.objections
        opened = owners(named(facts))
        assert {p.id for s in verdict.seats for p, _ in s.approved_by}.isdisjoint(opened)


@pytest.mark.parametrize("approver", CROWD)
@pytest.mark.parametrize("submitter", CROWD)
def test_honest_approvals_do_count(submitter: str, approver: str) -> None:
    """The properties above are not true for want of anything ready: another's approval is, one's own never."""
    before, after = handling(), handling().answered(T)
    after.events[-1]["by"]["person"] = submitter
    facts = pull(github(submitter), reviews=[approves(approver)])
    assert (submitter != approver) == decide(facts, ChangeSet((appended(before, after),), (), ()), CROWDED).ready


@given(st.lists(st.sampled_from(list(CHANGES.values())), unique_by=lambda c: c.path))
def test_requirements_are_the_union(changes: list[CaseChange]) -> None:
    """What a pull request needs is what its changes need, each seat once, whatever their order."""
    each = {
        (r.unit, r.role, reason) for change in changes for r in requirements([change], CROWDED) for reason in r.reasons
    }
    together = requirements(changes, CROWDED)
    assert each == {(r.unit, r.role, reason) for r in together for reason in r.reasons}
    assert len({(r.unit, r.role) for r in together}) == len(together)
    assert {(r.unit, r.role) for r in requirements(changes[::-1], CROWDED)} == {(r.unit, r.role) for r in together}


@given(facts_of_any_kind, change_sets, st.randoms())
def test_reviews_are_ordered_by_time_alone(facts: PullFacts, changes: ChangeSet, random: Random) -> None:
    """In which order a server lists them changes nothing."""
    shuffled = list(facts.reviews)
    random.shuffle(shuffled)
    assert summary(decide(facts, changes, CROWDED)) == summary(
        decide(replace(facts, reviews=tuple(shuffled)), changes, CROWDED)
    )


def summary(verdict: Verdict) -> object:
    """A verdict without the order in which people are listed."""
    seats = [(s.requirement, {(p.id, r) for p, r in s.approved_by}) for s in verdict.seats]
    return verdict.ready, seats, {p.id for p in verdict.objections}, set(verdict.problems)


@given(facts_of_any_kind, change_sets, a_review)
def test_a_review_that_does_not_count_makes_nothing_ready(facts: PullFacts, changes: ChangeSet, added: Review) -> None:
    """Only a candidate's approval of the head, or withdrawing one's own objection, can make a change ready."""
    before = decide(facts, changes, CROWDED)
    person = person_of(added.by, CROWD.values(), NOW.date())
    counts = person is not None and (
        (added.commit == HEAD and any(person in s.candidates for s in before.seats)) or person in before.objections
    )
    if not before.ready and not counts:
        assert not decide(replace(facts, reviews=(*facts.reviews, added)), changes, CROWDED).ready


def objecting(person: str, minutes: int, commit: str = HEAD) -> Review:
    """Changes requested."""
    return Review(github(person), commit, ReviewState.CHANGES_REQUESTED, NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("reviews", "stands"),
    [
        ([objecting("cora", -9)], True),
        ([objecting("cora", -9), approves("cora", minutes=-8)], False),
        ([objecting("cora", -9), approves("cora", minutes=-8, commit=OLD)], True),
        ([objecting("cora", -9, OLD), approves("cora", minutes=-8, commit=OLD)], False),
        ([objecting("cora", -9, OLD), approves("cora", minutes=-8)], False),
        ([objecting("cora", -9), replace(approves("cora", minutes=-8), state=ReviewState.DISMISSED)], False),
        ([objecting("cora", -9), replace(approves("cora", minutes=-8), state=ReviewState.COMMENTED)], True),
        ([objecting("cora", -9), approves("bela", minutes=-8)], True),
        ([approves("cora", minutes=-8), objecting("cora", -9)], False),
    ],
)
def test_an_objection_stands_until_its_author_withdraws_it(reviews: list[Review], stands: bool) -> None:
    """An objection to the very head is not lifted by an approval of another one; nobody lifts another's."""
    verdict = decide(pull(github("anna"), reviews=reviews), ChangeSet((), ("docs/x.md",), ()), CROWDED)
    assert (["cora"] if stands else []) == [p.id for p in verdict.objections]


def test_only_proven_hands_record() -> None:
    """第十九条: a name in a commit bars from approving and entitles nobody; an expired key does the same."""
    expired = Identity("ssh", "ssh-ed25519 dora2")
    commits = [Commit(HEAD, (OLD,), authors=(github("bela"),), signer=expired)]
    hands = find_hands(pull(github("anna"), pushers=[github("cora")], commits=commits), CROWD.values())
    assert ["anna", "cora"] == [p.id for p in hands.recorders]
    assert {"anna", "bela", "cora", "dora"} == {p.id for p in hands.submitters}
    assert (expired,) == hands.strangers


def test_an_identity_of_two_people_is_nobodys() -> None:
    """HY435: a shared account approves nothing, and bars both."""
    twins = [replace(CROWD["anna"], id="x"), replace(CROWD["anna"], id="y")]
    assert person_of(github("anna"), twins, NOW.date()) is None
    assert twins == list(people_of(github("anna"), twins))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Identity("gitea", "12"), "gitea:12"),
        (Identity("ssh", ""), "未知的公钥"),
        (Identity("ssh", "ssh-ed25519 中"), "未知的公钥"),
        (Identity("ssh", "ssh-ed25519 A"), "未知的公钥"),
    ],
)
def test_identities_are_shown_in_messages(value: Identity, expected: str) -> None:
    """An account by its number; what is no key is said to be none."""
    assert expected == str(value)


def test_keys_are_shown_as_ssh_keygen_shows_them(tmp_path: Path) -> None:
    """The fingerprint is the one that people can compare."""
    key = tmp_path / "key.pub"
    key.write_text(public_key("demo") + " demo\n")
    done = subprocess.run(["ssh-keygen", "-l", "-f", str(key)], capture_output=True, text=True, check=True)
    assert done.stdout.split()[1] == str(Identity("ssh", public_key("demo")))


def test_unknown_reviewers_are_told_apart() -> None:
    """HY620 names the account, once."""
    bot = Review(Identity("github", "41898282"), HEAD, ReviewState.APPROVED, NOW)
    verdict = decide(pull(github("anna"), reviews=[bot, bot]), ChangeSet((), ("docs/x.md",), ()), CROWDED)
    assert ["来自 github:41898282 的审签不予计算：不在 rules/people.yaml 中，或公钥当日无效。"] == [
        p.message for p in verdict.problems if p.code == "HY620"
    ]


@pytest.mark.parametrize("received_by", ["anna", None])
def test_every_message_of_the_gate_can_be_acted_on(received_by: str | None) -> None:
    """第七条: messages say what is wrong in Chinese and carry a cure."""
    facts = pull(
        github(received_by) if received_by else None, reviews=[approves("bela", commit=OLD), objecting("cora", -1)]
    )
    verdict = decide(facts, ChangeSet(tuple(CHANGES.values()), ("rules/x",), ()), CROWDED)
    assert verdict.problems
    for problem in verdict.problems:
        assert problem.message.endswith("。")
        assert problem.cure


def test_what_was_wrong_before_does_not_count() -> None:
    """Design §7: a pull request answers only for what it introduces."""
    before = handling()
    before.events[0]["by"]["person"] = "nobody"
    after = Story(received=before.received, events=[dict(e) for e in before.events]).answered(T)
    after.events[-1]["by"]["person"] = "anna"
    verdict = decide(pull(github("anna")), ChangeSet((appended(before, after),), (), ()), CROWDED)
    assert [] == [p.code for p in verdict.problems]


def test_an_unknown_procedure_is_a_problem_and_no_crash() -> None:
    """第二十三条: HY401, beside whatever else is wrong."""
    change = created(Story(received="2026-11-20 09:00", facts={"procedure": "mine"}))
    verdict = decide(pull(github("anna")), ChangeSet((change, CHANGES["received"]), (), ()), CROWDED)
    assert ["HY401"] == [p.code for p in verdict.problems]
    assert [("wangzhan", Role.REVIEWER)] == [(s.requirement.unit, s.requirement.role) for s in verdict.seats]


def test_a_seat_without_a_unit_can_never_be_filled() -> None:
    """An answer to a message that nobody was given needs a head that does not exist."""
    verdict = decide(
        pull(github("anna"), reviews=[approves("bela")]),
        ChangeSet((appended(received, Story(received="2026-11-20 09:00").answered(T)),), (), ()),
        CROWDED,
    )
    assert [("", Role.HEAD, False)] == [(s.requirement.unit, s.requirement.role, s.satisfied) for s in verdict.seats]
    assert {"HY301", "HY622"} <= {p.code for p in verdict.problems}
