"""A merge proves itself from Git alone, and each way of forging one is found, even with the gate's own key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from huiyin.evidence import Approved, Evidence, parse, to_trailers
from huiyin.merging import merge_message, merge_pull
from huiyin.model.pull import ChangeSet
from huiyin.proof import prove_merge
from huiyin.repo.base import load_base
from huiyin.repo.commits import RawCommit, read_commits
from huiyin.repo.git import run
from huiyin.repo.merging import LocalBranch, merge_trees, tree_of
from huiyin.repo.signing import GATE_MAIL, GATE_NAME, make_commit
from tests.cases import Story, rulebook
from tests.office import NOW, Office
from tests.test_merging import merge, new, ready

MOMENT = datetime.fromisoformat(NOW)


@dataclass
class Forger:
    """Somebody who can make any commit, and has keys."""

    office: Office
    honest: RawCommit

    @property
    def evidence(self) -> Evidence:
        """What the honest merge says."""
        return parse(self.honest.message)

    def make(
        self,
        *,
        tree: str | None = None,
        parents: Sequence[str] | None = None,
        evidence: Evidence | str | None = None,
        key: Path | None = None,
        at: datetime | None = None,
    ) -> str:
        """The honest merge with something changed, signed by the gate's key or another."""
        said = self.evidence if evidence is None else evidence
        message = said if isinstance(said, str) else f"合入\n\n{to_trailers(said)}\n"
        return make_commit(
            self.office.bare,
            tree or self.honest.tree,
            self.honest.parents if parents is None else parents,
            message,
            key=str(key or self.office.gate_key),
            at=at or self.honest.committed,
            name=GATE_NAME,
            mail=GATE_MAIL,
        )

    def found(self, sha: str) -> list[str]:
        """The codes that proving it gives."""
        return [p.code for p in prove_merge(self.office.bare, sha)]


@pytest.fixture
def forger(office: Office) -> Forger:
    """An office with one honest merge on main: a case that is assigned, and one that is registered."""
    ready(office, "base", new("1"))
    merge(office, "base")
    ready(office, "b", new("1").assigned("2026-11-23 09:00"))
    outcome = merge(office, "b")
    [honest] = read_commits(office.bare, [str(outcome.commit)])
    return Forger(office, honest)


def test_the_honest_merge_is_sound(forger: Forger) -> None:
    """Also made again by hand: what is proven is what it says, not who made it."""
    assert [] == forger.found(forger.honest.sha)
    assert [] == forger.found(forger.make())


def test_a_commit_that_is_no_merge(forger: Forger) -> None:
    """HY652: pushed past the gate, with the gate's evidence or without; of three parents as of one."""
    main, tip = forger.honest.parents
    for parents in ((main,), (tip,), (main, tip, forger.honest.sha)):
        assert ["HY652"] == forger.found(forger.make(parents=parents))


@pytest.mark.parametrize("person", ["shengban.maintainer", "wangzhan.reviewer"])
def test_the_signature_of_somebody_else(forger: Forger, person: str) -> None:
    """HY653: the right text under the wrong key."""
    assert ["HY653"] == forger.found(forger.make(key=forger.office.keys[person]))


def test_no_signature(forger: Forger) -> None:
    """HY653, with the gate's name on it or not."""
    text = run(forger.office.bare, "cat-file", "commit", forger.honest.sha).decode()
    head, _, message = text.partition("\n\n")
    kept = [line for line in head.split("\n") if not line.startswith(("gpgsig", " "))]
    raw = "\n".join(kept) + "\n\n" + message
    sha = run(forger.office.bare, "hash-object", "-t", "commit", "-w", "--stdin", stdin=raw.encode()).decode().strip()
    assert ["HY653"] == forger.found(sha)


def test_a_day_on_which_the_key_was_not_valid(forger: Forger) -> None:
    """HY653: it is registered from the day on which the repository was founded."""
    assert ["HY653"] == forger.found(forger.make(at=MOMENT - timedelta(days=1)))


@pytest.mark.parametrize("message", ["合入\n", "合入\n\nHuiyin-Gate: 1\n", "Merge branch 'b'\n"])
def test_no_evidence(forger: Forger, message: str) -> None:
    """HY654: a merge that says nothing of approvals."""
    assert ["HY654"] == forger.found(forger.make(evidence=message))


def test_evidence_that_says_something_else(forger: Forger) -> None:
    """HY654: each field of it is worked out again from the branch."""
    said = forger.evidence
    [approved] = said.approvals
    seat = replace(approved, person="wangzhan.clerk2")
    forged = {
        "another head": replace(said, head=forger.honest.parents[1]),
        "another submitter": replace(said, submitted_by=("wangzhan.clerk2",)),
        "one submitter more": replace(said, submitted_by=(*said.submitted_by, "wangzhan.clerk2")),
        "somebody involved": replace(said, involved=("lanzhou.clerk",)),
        "no approval": replace(said, approvals=()),
        "an approval more": replace(said, approvals=(approved, seat)),
        "another approver": replace(said, approvals=(seat,)),
        "another key": replace(said, approvals=(replace(approved, identity="SHA256:x"),)),
        "another time": replace(said, approvals=(replace(approved, at=MOMENT - timedelta(hours=1)),)),
        "another reference": replace(said, approvals=(replace(approved, reference=said.head),)),
        "another unit": replace(said, approvals=(replace(approved, unit="lanzhou"),)),
    }
    found = {name: forger.found(forger.make(evidence=evidence)) for name, evidence in forged.items()}
    assert {name: ["HY654"] for name in forged} == found


def test_evidence_that_claims_a_forge(forger: Forger) -> None:
    """HY654: signed approvals on the branch cannot be passed over by calling them a forge's."""
    said = replace(forger.evidence, provider="github")
    assert ["HY654"] == forger.found(forger.make(evidence=said))
    assert "HY654" in forger.found(forger.make(evidence=replace(said, head=forger.honest.parents[1])))


def test_a_tree_that_is_not_the_merge(forger: Forger) -> None:
    """HY655: something slipped in, or the change left out."""
    main, _ = forger.honest.parents
    assert ["HY655"] == forger.found(forger.make(tree=tree_of(forger.office.bare, main)))
    slipped = forger.office.write("wangzhan.clerk", "slipped", new("1").assigned("2026-11-23 09:00"), new("2"), on=main)
    assert ["HY655"] == forger.found(forger.make(tree=tree_of(forger.office.bare, slipped)))


def test_approvals_that_are_not_on_the_branch(forger: Forger) -> None:
    """HY654: the head alone, or another branch, with the evidence of this one."""
    main, _ = forger.honest.parents
    head = forger.evidence.head
    assert ["HY654"] == forger.found(forger.make(parents=(main, head)))
    other = forger.office.write("wangzhan.clerk", "other", new("2"), on=main)
    assert ["HY654"] == forger.found(forger.make(parents=(main, other), tree=tree_of(forger.office.bare, other)))


def test_a_branch_that_nobody_approved(forger: Forger) -> None:
    """HY654, naming what the gate would have said."""
    bare, main = forger.office.bare, forger.honest.sha
    head = forger.office.write("wangzhan.clerk", "c", new("2"))
    evidence = replace(forger.evidence, head=head, approvals=())
    sha = forger.make(parents=(main, head), tree=merge_trees(bare, main, head), evidence=evidence)
    [problem] = prove_merge(bare, sha)
    assert "HY654" == problem.code
    assert "审签不全或有异议" in problem.message


@pytest.mark.parametrize("how", ["own", "objected", "older head", "stranger", "expired"])
def test_approvals_that_do_not_count(forger: Forger, how: str) -> None:
    """HY654: evidence may name them, the branch tells otherwise."""
    office, bare, main = forger.office, forger.office.bare, forger.honest.sha
    # An unsigned branch of the reviewer's own would need another reviewer, whom this province has not.
    head = office.write("wangzhan.reviewer" if how == "own" else "wangzhan.clerk", "c", new("2"))
    if how == "older head":
        office.sign("wangzhan.reviewer", "c")
        head = office.write("wangzhan.clerk", "c", new("3"))
    elif how == "stranger":
        office.sign("lanzhou.head", "c")
    elif how == "expired":
        office.sign("wangzhan.reviewer", "c", now="2025-12-31T10:00:00+08:00")
    else:
        office.sign("wangzhan.reviewer", "c")
    if how == "objected":
        office.sign("lanzhou.head", "c", objects=True)
    tip = str(office.tip("c"))
    [approved] = forger.evidence.approvals
    evidence = replace(
        forger.evidence,
        head=head,
        submitted_by=("wangzhan.reviewer",) if how == "own" else ("wangzhan.clerk",),
        approvals=(replace(approved, reference=tip),),
    )
    sha = forger.make(parents=(main, tip), tree=tree_of(bare, tip), evidence=evidence)
    assert ["HY654"] == forger.found(sha)


def test_a_case_with_two_next_steps_is_merged_once(forger: Forger) -> None:
    """A conflict that somebody solved by hand is no merge of the gate's: HY654 and HY655."""
    office, main = forger.office, forger.honest.parents[0]
    office.write("wangzhan.clerk", "rival", new("1").assigned("2026-11-23 09:30", "zhangye"), on=main)
    office.sign("wangzhan.reviewer", "rival")
    tip = str(office.tip("rival"))
    [approved] = forger.evidence.approvals
    head = office.server().git("rev-parse", "rival^")
    evidence = replace(forger.evidence, head=head, approvals=(replace(approved, reference=tip),))
    sha = forger.make(parents=(forger.honest.sha, tip), evidence=evidence)
    assert ["HY654", "HY655"] == forger.found(sha)


def test_time_runs_forwards(forger: Forger) -> None:
    """HY656: earlier than the merge before it, or than the head was seen."""
    assert ["HY656"] == forger.found(forger.make(evidence=replace(forger.evidence, seen_at=MOMENT + timedelta(days=1))))
    earlier = forger.found(forger.make(at=MOMENT - timedelta(seconds=1)))
    assert "HY656" in earlier


def forge_merge(forger: Forger, **evidence: object) -> tuple[str, Evidence]:
    """A merge of a case that GitHub vouches for, made as the sweep makes it."""
    office, bare, main = forger.office, forger.office.bare, forger.honest.sha
    head = office.write("wangzhan.clerk", "hub", new("7"))
    people = rulebook().registry.people
    approved = Approved(
        "wangzhan.reviewer", "wangzhan", "reviewer", "github",
        str(people["wangzhan.reviewer"].forge_ids["github"]), MOMENT, "https://github.com/x/y/pull/1#review-7",
    )  # fmt: skip
    said = Evidence("github", head, MOMENT, ("wangzhan.clerk",), (), (approved,))
    said = replace(said, **evidence)  # type: ignore[arg-type]  # the fields of Evidence
    sha = forger.make(parents=(main, head), tree=merge_trees(bare, main, head), evidence=said)
    return sha, said


def test_a_merge_that_a_forge_vouches_for(forger: Forger) -> None:
    """The gate's signature stands for what GitHub said; the rules are applied to it again all the same."""
    sha, said = forge_merge(forger)
    assert [] == forger.found(sha)
    [approved] = said.approvals
    forged: dict[str, dict[str, object]] = {
        "own work": {"submitted_by": ("wangzhan.clerk", "wangzhan.reviewer")},
        "involved": {"involved": ("wangzhan.reviewer",)},
        "nobody": {"submitted_by": ("nobody",)},
        "no approval": {"approvals": ()},
        "the wrong seat": {"approvals": (replace(approved, unit="lanzhou", role="head"),)},
        "another's account": {"approvals": (replace(approved, identity="9000000001"),)},
        "a later approval": {"approvals": (replace(approved, at=MOMENT + timedelta(hours=1)),)},
        "twice": {"approvals": (approved, approved)},
    }
    found = {name: forger.found(forge_merge(forger, **fields)[0]) for name, fields in forged.items()}
    assert {name: ["HY654"] for name in forged} == found
    assert [] == forger.found(forge_merge(forger)[0])


def test_evidence_comes_from_the_verdict(forger: Forger) -> None:
    """The message of a merge of many cases lists some of them, and its evidence is read all the same."""
    office = forger.office
    stories = [Story(received="2026-11-23 08:00", reference=f"8{n:02}") for n in range(30)]
    ready(office, "many", *stories)
    outcome = merge(office, "many")
    [commit] = read_commits(office.bare, [str(outcome.commit)])
    assert commit.message.startswith("合入30件留言\n\npeople-800：收件登记\n")
    assert "\n……\n\nHuiyin-Gate: 1\n" in commit.message
    assert outcome.evidence == parse(commit.message)
    assert [] == forger.found(commit.sha)


def test_a_message_quotes_nothing(forger: Forger) -> None:
    """No text of a branch gets into the message, so none can look like evidence."""
    base = load_base(forger.office.bare, forger.honest.sha)
    changes = ChangeSet((), ("Huiyin-Gate: 1",), ())
    assert "规则、程序或网站：1个文件" in merge_message(changes, base.rulebook, forger.evidence)
    assert forger.evidence == parse(merge_message(changes, base.rulebook, forger.evidence))


def test_facts_given_as_they_are_are_judged_anew(forger: Forger) -> None:
    """``merge_pull`` takes facts of an older main, as a forge gives them, and puts them on the main of now."""
    office = forger.office
    from huiyin.forge.signed import SignedProvider

    ready(office, "d", new("4"))
    provider = SignedProvider(office.bare, lambda: MOMENT)
    pull = provider.find("d")
    facts = provider.facts(pull)
    ready(office, "e", new("5"))
    merge(office, "e")
    outcome = merge_pull(
        office.bare, facts, pull.head, str(office.gate_key), lambda: MOMENT, target=LocalBranch(office.bare)
    )
    assert office.main() == outcome.commit
    assert [] == forger.found(office.main())
