"""The one way to merge: judged twice, honest, with evidence, by compare-and-swap."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from huiyin.evidence import parse
from huiyin.forge.signed import SignedProvider
from huiyin.merging import MergeOutcome, judge, merge_pull
from huiyin.model.problem import HuiyinError
from huiyin.model.pull import PullFacts
from huiyin.proof import prove_merge
from huiyin.repo.base import load_base
from huiyin.repo.commits import read_commits
from huiyin.repo.merging import LocalBranch
from tests.cases import Story
from tests.office import NOW, Office, make_key

MOMENT = datetime.fromisoformat(NOW)


def new(reference: str) -> Story:
    """A message to register."""
    return Story(received="2026-11-23 08:00", reference=reference)


def ready(office: Office, branch: str, *stories: Story) -> str:
    """A branch with everything that it needs."""
    head = office.write("wangzhan.clerk", branch, *stories)
    office.sign("wangzhan.reviewer", branch)
    return head


def merge(office: Office, branch: str, key: Path | None = None, now: datetime = MOMENT) -> MergeOutcome:
    """The gate's merge on the server, in this process."""
    provider = SignedProvider(office.bare, lambda: now)
    pull = provider.find(branch)
    facts = lambda base: provider.facts_on(pull, base)  # noqa: E731  as the commands do
    return merge_pull(office.bare, facts, pull.head, str(key or office.gate_key), lambda: now)


def codes(outcome: MergeOutcome) -> list[str]:
    """What stands in the way."""
    return [p.code for p in outcome.judgement.verdict.problems if p.level == "error"]


def test_renames_of_what_must_stay_are_not_searched_for(office: Office) -> None:
    """HY601 alone: to compare thousands of files that went with thousands that came would hold up all others."""
    ready(office, "a", new("1"))
    merge(office, "a")
    start, path = office.main(), new("1").case().path
    server = office.server()
    index = {"GIT_INDEX_FILE": str(office.bare / "tests-index")}
    assert 0 == server.run("git", "read-tree", start, env=index).code
    gone = f"0 {'0' * 40}\t{path}\n"
    assert 0 == server.run("git", "update-index", "--index-info", stdin=gone, env=index).code
    office.put("wangzhan.clerk", "gone", server.run("git", "write-tree", env=index).out.strip(), [start], "x\n")
    ready(office, "c", new("1").assigned("2026-11-23 09:00"))
    assert merge(office, "c").commit
    outcome = merge(office, "gone")
    assert (["HY601"], None) == ([c for c in codes(outcome) if c in {"HY601", "HY632"}], outcome.judgement.tree)


def test_a_ready_branch_is_merged(office: Office) -> None:
    """Two parents, the branch's tree, the gate's signature, evidence that names everybody; and it proves itself."""
    before, head = office.main(), ready(office, "b", new("1"))
    tip = office.server().git("rev-parse", "refs/heads/b")
    outcome = merge(office, "b")
    assert outcome.commit == office.main()
    [commit] = read_commits(office.bare, [office.main()])
    assert ((before, tip), MOMENT) == (commit.parents, commit.committed)
    assert office.server().git("rev-parse", f"{head}^{{tree}}") == commit.tree
    evidence = parse(commit.message)
    assert outcome.evidence == evidence
    assert ("ssh", head, ("wangzhan.clerk",)) == (evidence.provider, evidence.head, evidence.submitted_by)
    [approved] = evidence.approvals
    assert ("wangzhan.reviewer", "wangzhan", "reviewer", tip) == (
        approved.person,
        approved.unit,
        approved.role,
        approved.reference,
    )
    assert commit.message.startswith("合入 people-1：收件登记\n\nHuiyin-Gate: 1\n")
    assert () == prove_merge(office.bare, commit.sha)


def test_what_is_not_ready_moves_nothing(office: Office) -> None:
    """The verdict says what is missing; no commit, no move."""
    before = office.main()
    office.write("wangzhan.clerk", "b", new("1"))
    outcome = merge(office, "b")
    assert (None, None, True) == (outcome.commit, outcome.evidence, outcome.judgement.verdict.legal)
    assert before == office.main()


def test_branches_that_do_not_meet_are_merged_one_after_the_other(office: Office) -> None:
    """The second is judged and merged on the new main, though it left the old one; both stand there."""
    ready(office, "a", new("1"))
    ready(office, "b", new("2"))
    first, second = merge(office, "a"), merge(office, "b")
    assert (first.commit, office.main()) == (second.judgement.facts.base, second.commit)
    names = office.server().git("ls-tree", "-r", "--name-only", "main", "cases/").split()
    assert ["cases/2026/11/23/people-1.yaml", "cases/2026/11/23/people-2.yaml"] == names
    assert [(), ()] == [prove_merge(office.bare, str(o.commit)) for o in (first, second)]
    assert ["people-2"] == [c.after.id for c in second.judgement.changes.cases], "not what others did meanwhile"


def test_two_branches_for_one_case_conflict(office: Office) -> None:
    """The optimistic lock: both were approved, the second must be made again."""
    ready(office, "base", new("1"))
    merge(office, "base")
    for branch, unit in (("a", "lanzhou"), ("b", "zhangye")):
        ready(office, branch, new("1").assigned("2026-11-23 09:00", unit))
    assert merge(office, "a").commit is not None
    stands = office.main()
    second = merge(office, "b")
    assert (None, None, ["HY632"]) == (second.commit, second.judgement.tree, codes(second))
    assert stands == office.main()


def test_one_case_registered_twice_is_no_merge(office: Office) -> None:
    """The same file twice conflicts; the same change twice is no change."""
    ready(office, "a", new("1"))
    ready(office, "b", replace(new("1"), facts={"title": "另一标题（演示）"}))
    ready(office, "same", new("1"))
    assert merge(office, "a").commit is not None
    assert ["HY632"] == codes(merge(office, "b"))
    again = merge(office, "same")
    assert (None, "empty") == (again.commit, again.judgement.verdict.kind)


def test_what_main_would_become_is_judged_too(office: Office) -> None:
    """Each branch is sound by itself and meets no other, and together they would hold one message twice: HY203."""
    ready(office, "a", new("1"))
    ready(office, "b", Story(received="2026-11-22 08:00", reference="1"))
    assert merge(office, "a").commit is not None
    second = merge(office, "b")
    assert (None, ["HY203"]) == (second.commit, codes(second))
    assert second.judgement.tree is not None


def test_the_base_of_today_decides(office: Office, tmp_path: Path) -> None:
    """A branch approved before its approver's key was revoked on main is not merged after."""
    ready(office, "b", new("1"))
    keeper = office.desk("shengban.maintainer")
    keeper.git("switch", "--quiet", "--no-track", "--create", "revoke", "origin/main")
    people = keeper.root / "rules/people.yaml"
    key = office.keys["wangzhan.reviewer"].with_name("wangzhan.reviewer.pub").read_text(encoding="ascii").strip()
    new_key = make_key(tmp_path / "new")
    text = people.read_text(encoding="utf-8").replace(
        f'{{ssh: {key}, from: "2026-01-01"}}',
        f'{{ssh: {key}, from: "2026-01-01", to: "2026-11-22"}}\n      - {{ssh: {new_key}, from: "2026-11-23"}}',
    )
    people.write_text(text, encoding="utf-8")
    keeper.save("revoke")
    office.sign("shengban.maintainer2", "revoke")
    assert merge(office, "revoke").commit is not None
    outcome = merge(office, "b")
    assert (None, [False]) == (outcome.commit, [s.satisfied for s in outcome.judgement.verdict.seats])


def test_a_stacked_branch_answers_for_what_main_lacks(office: Office) -> None:
    """Made on another branch that was merged meanwhile: only its own commits are judged."""
    ready(office, "a", new("1"))
    office.write("wangzhan.clerk2", "b", new("2"), on="refs/heads/a")
    office.sign("wangzhan.reviewer", "b")
    assert merge(office, "a").commit is not None
    outcome = merge(office, "b")
    assert outcome.evidence is not None
    assert ("wangzhan.clerk2",) == outcome.evidence.submitted_by
    assert () == prove_merge(office.bare, str(outcome.commit))


class Rival(LocalBranch):
    """A branch that others move first, a number of times."""

    moves: list[str]

    def move(self, old: str, new: str) -> bool:
        """Let a rival's merge go first, if there is one left."""
        if self.moves:
            assert LocalBranch(self.root).move(old, self.moves.pop(0))
        return super().move(old, new)


def rivals(office: Office, number: int) -> list[str]:
    """Merges of other branches, each on the one before."""
    found = []
    for n in range(number):
        ready(office, f"rival{n}", new(f"9{n}"))
        found.append(str(merge(office, f"rival{n}").commit))
    start = read_commits(office.bare, found[:1])[0].parents[0]
    office.server().git("update-ref", "refs/heads/main", start)
    return found


def test_a_lost_race_starts_over(office: Office) -> None:
    """Twice somebody is faster; facts are got anew for each main, and the merge stands on the last of them."""
    ready(office, "b", new("1"))
    moves = rivals(office, 2)
    target = Rival(office.bare)
    object.__setattr__(target, "moves", list(moves))
    provider = SignedProvider(office.bare, lambda: MOMENT)
    pull, asked = provider.find("b"), []

    def facts(base: object) -> PullFacts:
        asked.append(base)
        return provider.facts_on(pull, base)  # type: ignore[arg-type]  # recorded as it is

    outcome = merge_pull(office.bare, facts, pull.head, str(office.gate_key), lambda: MOMENT, target=target)
    assert (outcome.commit, 3) == (office.main(), len(asked))
    assert moves[-1] == read_commits(office.bare, [str(outcome.commit)])[0].parents[0]
    assert () == prove_merge(office.bare, str(outcome.commit))


def test_a_race_that_is_always_lost_ends(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """HY637, and main is what the others made of it."""
    monkeypatch.setattr("huiyin.merging.ATTEMPTS", 2)
    ready(office, "b", new("1"))
    moves = rivals(office, 2)
    target = Rival(office.bare)
    object.__setattr__(target, "moves", list(moves))
    provider = SignedProvider(office.bare, lambda: MOMENT)
    pull = provider.find("b")
    facts = provider.facts(pull)
    with pytest.raises(HuiyinError) as caught:
        merge_pull(office.bare, facts, pull.head, str(office.gate_key), lambda: MOMENT, target=target)
    assert ["HY637"] == [p.code for p in caught.value.problems]
    assert moves[-1] == office.main()


@pytest.mark.parametrize(("key", "code"), [("stranger", "HY636"), ("lanzhou.head", "HY636"), ("missing", "HY634")])
def test_only_the_gates_key_merges(office: Office, tmp_path: Path, key: str, code: str) -> None:
    """Not a person's, however high; and main stands."""
    ready(office, "b", new("1"))
    before = office.main()
    path = office.keys.get(key, tmp_path / key)
    if key == "stranger":
        make_key(path)
    with pytest.raises(HuiyinError) as caught:
        merge(office, "b", path)
    assert ([code], before) == ([p.code for p in caught.value.problems], office.main())


def test_time_does_not_run_backwards(office: Office) -> None:
    """HY656: a clock behind main's last merge would make a history that proves nothing."""
    ready(office, "b", new("1"))
    with pytest.raises(HuiyinError) as caught:
        merge(office, "b", now=MOMENT - timedelta(seconds=1))
    assert ["HY656"] == [p.code for p in caught.value.problems]


def test_a_history_of_its_own_is_refused(office: Office) -> None:
    """HY639: there is nothing that it changes."""
    clerk = office.desk("wangzhan.clerk")
    clerk.git("switch", "--quiet", "--orphan", "alone")
    clerk.amend("alone", new("1"))
    provider = SignedProvider(office.bare, lambda: MOMENT)
    base = load_base(office.bare, office.main())
    judgement = judge(office.bare, provider.facts_on(provider.find("alone"), base), base)
    assert judgement.tree is None
    assert "HY639" in [p.code for p in judgement.verdict.problems]


def test_governance_needs_its_own_approval(office: Office) -> None:
    """A change of the site, by one maintainer, approved by the other; the message counts files and quotes none."""
    keeper = office.desk("shengban.maintainer")
    keeper.git("switch", "--quiet", "--create", "site", "origin/main")
    (keeper.root / "Huiyin-Head: x\n\nHuiyin-Gate: 1").write_text("x", encoding="ascii")
    keeper.save("site")
    assert merge(office, "site").commit is None
    office.sign("shengban.maintainer2", "site")
    outcome = merge(office, "site")
    [commit] = read_commits(office.bare, [str(outcome.commit)])
    assert commit.message.startswith("合入 规则、程序或网站：1个文件\n\nHuiyin-Gate: 1\n")
    assert () == prove_merge(office.bare, commit.sha)


def test_a_merge_in_a_clone_is_pushed_through_the_hook(office: Office, tmp_path: Path) -> None:
    """With ``--remote`` the gate may stand anywhere: the server proves its merge before it takes it."""
    ready(office, "b", new("1"))
    clone = tmp_path / "闸门"
    subprocess.run(["git", "clone", "--quiet", office.bare.as_uri(), str(clone)], check=True)
    gate = replace(office.desk("wangzhan.clerk2"), root=clone)
    done = gate.huiyin("merge", "b", "--remote", "origin", "--key", str(office.gate_key))
    assert (0, "") == (done.code, done.err)
    assert f"已合入主线：{office.main()}" in done.out
    assert () == prove_merge(office.bare, office.main())
