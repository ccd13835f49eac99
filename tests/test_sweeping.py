"""The sweep on real repositories behind a fake forge: what is ready is merged once, and everything else is told."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from huiyin.evidence import parse
from huiyin.forge.hosted import MARKER
from huiyin.model.problem import HuiyinError
from huiyin.repo.workspace import open_workspace
from huiyin.sweeping import Swept, sweep
from tests.forge.fake import Fault
from tests.forge.scene import KINDS, Scene, assigned, files_of, scene
from tests.forge.world import Pull

CLERK, HEAD, OFFICE = "lanzhou.clerk", "lanzhou.head", "wangzhan.clerk"
CASES = ("90000001", "90000002", "90000003")


@pytest.fixture(params=KINDS)
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """Three cases that wait to be claimed, on each forge."""
    with scene(request.param, tmp_path, *map(assigned, CASES)) as found:
        yield found


def run(
    stage: Scene, *, writes: bool = True, key: Path | None = None, clock: Callable[[], datetime] | None = None
) -> list[Swept]:
    """One sweep."""
    remote, signing = str(stage.world.bare), str(key or stage.key)
    with open_workspace(stage.world.bare, remote, signing) as workspace:
        forge = stage.connect()
        return list(sweep(forge, workspace, clock or (lambda: stage.clock), key=signing, writes=writes))


def main_of(stage: Scene) -> str:
    """Where main stands."""
    found = stage.world.resolve("refs/heads/main")
    assert found is not None
    return found


def claim(stage: Scene, reference: str, by: str = CLERK) -> Pull:
    """A proposal that needs nobody's signature."""
    return stage.propose(assigned(reference).claimed("2026-11-23 09:40"), by)


def answer(stage: Scene, reference: str = CASES[0]) -> Pull:
    """A proposal that the head must sign: the claim is on main already."""
    story = assigned(reference).claimed("2026-11-23 09:10")
    stage.world.git("update-ref", "refs/heads/main", stage.world.commit(files_of(story), "refs/heads/main", None))
    return stage.propose(story.answered("2026-11-23 09:45"), CLERK)


def merges(stage: Scene, since: str) -> list[list[str]]:
    """The first-parent history of main since a commit, oldest first: each commit with its parents."""
    out = stage.world.git("rev-list", "--first-parent", "--reverse", "--parents", f"{since}..main")
    return [line.split() for line in out.splitlines()]


def codes(swept: Swept) -> list[str]:
    """What kept it from being judged or merged."""
    return [p.code for p in swept.problems]


def comment_of(pull: Pull) -> str:
    """The gate's only comment."""
    (comment,) = pull.comments
    return comment.body


def test_a_ready_proposal_is_merged(stage: Scene) -> None:
    """By a merge commit of exactly its head, with evidence; the forge is told and the proposal is done."""
    pull, before = claim(stage, CASES[0]), main_of(stage)
    head = stage.world.head(pull)
    (swept,) = run(stage)
    assert [[swept.merged, before, head]] == merges(stage, before)
    message = stage.world.git("log", "-1", "--format=%B", "main")
    evidence = parse(message)
    assert (stage.kind, head) == (evidence.provider, evidence.head)
    assert f"{MARKER}\n### 闸门：已合并" in comment_of(pull)
    assert [("success", "闸门：可以合并"), ("success", "闸门：已合并")] == [
        (s.state, s.text) for s in stage.world.statuses
    ]
    assert [] == list(stage.connect().pulls())


def test_a_waiting_proposal_says_who_must_sign(stage: Scene) -> None:
    """Its text is shown as it is; main stands still."""
    pull = answer(stage)
    before = main_of(stage)
    (swept,) = run(stage)
    assert (None, [], before) == (swept.merged, codes(swept), main_of(stage))
    said = comment_of(pull)
    assert "### 闸门：还差1项审签" in said
    assert "- [ ] 兰州市主要负责同志（第九条（三））：待审签，可由兰州市主要负责人" in said
    assert "```text\n经核实，您反映的问题已安排处理" in said
    assert ["failure"] == [s.state for s in stage.world.statuses]


def test_the_heads_approval_of_this_head_merges_it(stage: Scene) -> None:
    """And stands in the history with the review that it rests on."""
    pull = answer(stage)
    run(stage)
    review = stage.world.review(pull, stage.person(HEAD))
    (swept,) = run(stage)
    assert swept.merged == main_of(stage)
    (approval,) = parse(stage.world.git("log", "-1", "--format=%B", "main")).approvals
    assert (HEAD, str(review.id)) == (approval.person, approval.reference)
    assert 1 == len(pull.comments)


@pytest.mark.parametrize("spoiler", ["push", "own", "dismissed", "objection", "stranger", "old"])
def test_an_approval_that_does_not_count_merges_nothing(stage: Scene, spoiler: str) -> None:
    """Pushed after it, given by a pusher, dismissed, objected to, given by another role, or to an older commit."""
    pull = answer(stage)
    before, head = main_of(stage), stage.world.head(pull)
    match spoiler:
        case "push":
            stage.world.review(pull, stage.person(HEAD))
            stage.world.move(stage.person(CLERK), pull.branch, stage.world.commit({}, head, stage.person(CLERK)))
        case "own":
            stage.world.move(stage.person(HEAD), pull.branch, stage.world.commit({}, head, stage.person(CLERK)))
            stage.world.review(pull, stage.person(HEAD))
        case "dismissed":
            stage.world.review(pull, stage.person(HEAD)).dismissed = True
        case "objection":
            stage.world.review(pull, stage.person(HEAD))
            stage.world.review(pull, stage.person("wangzhan.reviewer"), "changes_requested")
        case "stranger":
            stage.world.review(pull, stage.person("wangzhan.reviewer"))
        case "old":
            stage.world.review(pull, stage.person(HEAD), commit=before)
    (swept,) = run(stage)
    assert swept.verdict is not None
    assert (None, before, False) == (swept.merged, main_of(stage), swept.verdict.ready)


def test_a_dry_run_writes_nothing(stage: Scene) -> None:
    """It says what would be said, and main stands still."""
    pull, before = claim(stage, CASES[0]), main_of(stage)
    (swept,) = run(stage, writes=False)
    assert swept.verdict is not None
    assert (True, None, before, []) == (swept.verdict.ready, swept.merged, main_of(stage), pull.comments)
    assert "### 闸门：可以合并" in swept.comment
    assert [] == [a for a in stage.api.asked if not a.startswith("GET")]


def test_a_second_sweep_changes_nothing(stage: Scene) -> None:
    """No comment, no status and no merge more."""
    claim(stage, CASES[0])
    answer(stage, CASES[1])
    run(stage)
    before = main_of(stage)
    stage.api.asked.clear()
    run(stage)
    assert (before, []) == (main_of(stage), [a for a in stage.api.asked if not a.startswith("GET")])


def test_sweeps_at_once_merge_each_proposal_once(stage: Scene) -> None:
    """Three gates, three ready proposals and one that waits."""
    pulls = [claim(stage, reference) for reference in CASES[:2]]
    waiting, before = answer(stage, CASES[2]), main_of(stage)
    heads = {stage.world.head(p) for p in pulls}
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _: run(stage), range(3)))
    assert [[] for _ in results] == [[c for s in r for c in codes(s) if c != "HY665"] for r in results]
    history = merges(stage, before)
    assert (2, heads) == (len(history), {parents[2] for parents in history})
    assert [1, 1, 1] == [len(p.comments) for p in (*pulls, waiting)]
    assert all("闸门：已合并" in comment_of(p) for p in pulls)


def test_main_that_moves_meanwhile_is_judged_again(stage: Scene) -> None:
    """A push between judging and merging: nothing is forced, the merge starts over on the new main."""
    pull, before = claim(stage, CASES[0]), main_of(stage)
    moved: list[str] = []

    def clock() -> datetime:
        if len(moved) < 2:
            other = assigned(CASES[1]).claimed(f"2026-11-23 09:4{len(moved)}")
            tip = stage.world.commit(files_of(other) if not moved else {}, "refs/heads/main", None)
            stage.world.git("update-ref", "refs/heads/main", tip)
            moved.append(tip)
        return stage.clock

    (swept,) = run(stage, clock=clock)
    assert [*moved, swept.merged] == [commits[0] for commits in merges(stage, before)]
    assert stage.world.head(pull) == merges(stage, before)[-1][2]


def test_a_rule_that_changes_meanwhile_counts(stage: Scene) -> None:
    """The clerk is taken off the list while the gate works: it judges by the new main, and merges nothing."""
    claim(stage, CASES[0])
    people = stage.world.git("show", "main:rules/people.yaml")
    number = stage.person(CLERK).id
    moved: list[str] = []

    def clock() -> datetime:
        if not moved:
            changed = people.replace(f"{stage.kind}: {number}", f"{stage.kind}: 9000099999").encode() + b"\n"
            assert changed != people.encode() + b"\n"
            tip = stage.world.commit({"rules/people.yaml": changed}, "refs/heads/main", None)
            stage.world.git("update-ref", "refs/heads/main", tip)
            moved.append(tip)
        return stage.clock

    (swept,) = run(stage, clock=clock)
    assert swept.verdict is not None
    assert (None, moved[0], False) == (swept.merged, main_of(stage), swept.verdict.legal)


def test_two_proposals_for_one_case(stage: Scene) -> None:
    """The older is merged; the younger conflicts, and is told so."""
    claim(stage, CASES[0])
    younger = stage.propose(assigned(CASES[0]).claimed("2026-11-23 09:41"), CLERK, "again")
    first, second = run(stage)
    assert (main_of(stage), None) == (first.merged, second.merged)
    assert "HY632" in comment_of(younger)
    assert "### 闸门：不能合并" in comment_of(younger)


def test_the_trouble_of_one_stops_no_other(stage: Scene) -> None:
    """Unknown pushers: its author is told, and the next is merged."""
    stage.world.push(None, "b", files_of(assigned(CASES[0]).claimed("2026-11-23 09:40")))
    first = stage.world.open(stage.person(CLERK), "b")
    claim(stage, CASES[1])
    troubled, fine = run(stage)
    assert (["HY666"], main_of(stage)) == (codes(troubled), fine.merged)
    assert "### 闸门：暂时不能判断" in comment_of(first)
    (status,) = [s for s in stage.world.statuses if s.sha == stage.world.head(first)]
    assert ("failure", "闸门：暂时不能判断（HY666）") == (status.state, status.text)


def test_a_forge_that_fails_half_way_leaves_nothing_half_done(stage: Scene) -> None:
    """The comment of one cannot be written: it is not merged, the next is, and a later sweep goes on."""
    claim(stage, CASES[0])
    claim(stage, CASES[1])
    fault = Fault(fits="POST .*issues/1/comments", times=99)
    stage.api.faults.append(fault)
    first, second = run(stage)
    assert (["HY662"], None, main_of(stage)) == (codes(first), first.merged, second.merged)
    fault.times = 0
    (again,) = run(stage)
    assert again.merged == main_of(stage)


def test_a_forge_that_cannot_be_read_stops_the_sweep(stage: Scene) -> None:
    """Nothing was done."""
    before = main_of(stage)
    claim(stage, CASES[0])
    stage.api.faults.append(Fault(fits="GET .*/pulls$", times=99, status=500))
    with pytest.raises(HuiyinError) as error:
        run(stage)
    assert (["HY662"], before) == ([p.code for p in error.value.problems], main_of(stage))


def test_a_burst_of_failures_everywhere_is_survived(stage: Scene) -> None:
    """Every other answer is an error, before or after the deed."""
    pull = claim(stage, CASES[0])
    for late in (False, True):
        stage.api.faults += [
            Fault(fits=f"{verb} ", times=1, status=502, late=late) for verb in ("GET", "POST", "PATCH")
        ]
    stage.api.faults.append(Fault(drop=True, late=True, fits="POST .*statuses"))
    (swept,) = run(stage)
    assert (main_of(stage), 1) == (swept.merged, len(pull.comments))


def test_commits_that_the_forge_does_not_list_are_refused(stage: Scene) -> None:
    """As GitHub lists no more than 250: whoever made the rest is unknown."""
    pull, before = claim(stage, CASES[0]), main_of(stage)
    head = stage.world.head(pull)
    stage.world.push(stage.person(CLERK), pull.branch, {"cases/x.yaml": b"x"})
    listed = stage.api.serve("GET", f"/repos/{stage.world.name}/pulls/1/commits", {}, None, "gate-token").data
    short = [c for c in listed if c["sha"] == stage.world.head(pull)]
    stage.api.faults.append(Fault(fits="pulls/1/commits", status=200, text=__import__("json").dumps(short)))
    (swept,) = run(stage)
    assert (before, head != stage.world.head(pull)) == (main_of(stage), True)
    assert codes(swept) in (["HY667"], ["HY666"])
    assert 1 == len(pull.comments)


def test_a_head_that_git_does_not_have_is_told(stage: Scene) -> None:
    """And does not keep the others from being fetched."""
    claim(stage, CASES[0])
    claim(stage, CASES[1])
    stage.world.git("update-ref", "-d", "refs/pull/1/head")
    first, second = run(stage)
    assert (["HY671"], main_of(stage)) == (codes(first), second.merged)


def test_a_head_that_git_knows_better_waits(stage: Scene) -> None:
    """Pushed a moment ago: the interface still tells the old head. Nothing is said of it, nothing merged."""
    pull, before = claim(stage, CASES[0]), main_of(stage)
    stage.world.git("update-ref", "refs/pull/1/head", stage.world.commit({}, stage.world.head(pull), None))
    (swept,) = run(stage)
    assert (["HY665"], before, []) == (codes(swept), main_of(stage), pull.comments)


def test_a_tree_made_to_deceive_is_not_taken_in(stage: Scene) -> None:
    """Two entries of one name: what is shown may not be what is checked out. Git's own check refuses it."""
    blobs = [stage.world.run("hash-object", "-w", "--stdin", stdin=t).stdout.decode().strip() for t in (b"a", b"b")]
    raw = b"".join(b"100644 a.yaml\0" + bytes.fromhex(b) for b in blobs)
    made = stage.world.run("hash-object", "-t", "tree", "-w", "--stdin", "--literally", stdin=raw, check=True)
    who = ("-c", "user.name=demo", "-c", "user.email=lanzhou-clerk@example.invalid")
    main = main_of(stage)
    bad = stage.world.git(*who, "commit-tree", made.stdout.decode().strip(), "-p", main, "-m", "demo")
    stage.world.move(stage.person(CLERK), "b", bad)
    stage.world.open(stage.person(CLERK), "b")
    claim(stage, CASES[1])
    with open_workspace(_empty(stage), str(stage.world.bare), str(stage.key)) as workspace:
        first, second = sweep(stage.connect(), workspace, lambda: stage.clock, key=str(stage.key))
    assert (["HY671"], main_of(stage)) == (codes(first), second.merged)


def _empty(stage: Scene) -> Path:
    """A repository that has nothing to lend."""
    folder = stage.key.with_name("empty")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    return folder


def test_another_key_moves_nothing(stage: Scene, tmp_path: Path) -> None:
    """Only the gate's key of rules/gate.yaml signs merges."""
    claim(stage, CASES[0])
    before = main_of(stage)
    other = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(other)], check=True)
    (swept,) = run(stage, key=other)
    assert (["HY636"], before) == (codes(swept), main_of(stage))


def test_a_remote_that_is_not_there_is_said_so(stage: Scene, tmp_path: Path) -> None:
    """Before anything is judged."""
    with (
        open_workspace(stage.world.bare, str(tmp_path / "nowhere"), None) as workspace,
        pytest.raises(HuiyinError) as error,
    ):
        list(sweep(stage.connect(), workspace, lambda: stage.clock, key=None))
    assert ["HY671"] == [p.code for p in error.value.problems]


def test_a_push_that_is_refused_is_said_so(stage: Scene) -> None:
    """A hook, a protected branch, a key without the right: main stands, the proposal stays."""
    claim(stage, CASES[0])
    before = main_of(stage)
    hook = stage.world.bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 受保护的分支 >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    (swept,) = run(stage)
    assert (["HY670"], before) == (codes(swept), main_of(stage))
    assert 1 == len(list(stage.connect().pulls()))


def test_governance_needs_its_own_people(stage: Scene) -> None:
    """A change of the rules is merged when a maintainer other than its author approves."""
    author = stage.person("shengban.maintainer")
    stage.world.push(author, "rules", {"README.md": "演示\n".encode()})
    pull = stage.world.open(author, "rules")
    (waiting,) = run(stage)
    assert waiting.merged is None
    assert "`README.md`" in comment_of(pull)
    stage.world.review(pull, stage.person("shengban.maintainer2"))
    (swept,) = run(stage)
    assert swept.merged == main_of(stage)


def test_only_the_numbers_asked_for(stage: Scene) -> None:
    """The others are left alone."""
    pulls = [claim(stage, reference) for reference in CASES]
    with open_workspace(stage.world.bare, str(stage.world.bare), str(stage.key)) as workspace:
        found = list(sweep(stage.connect(), workspace, lambda: stage.clock, key=str(stage.key), only=[2]))
    assert ([2], [0, 1, 0]) == ([s.pull.number for s in found], [len(p.comments) for p in pulls])


def test_the_checkout_is_left_alone(stage: Scene, tmp_path: Path) -> None:
    """A shallow clone, as workflows have it: its refs and files are as before, and the merge is right."""
    clone = tmp_path / "clone"
    for number in range(2):
        tip = stage.world.commit({"README.md": b"%d" % number}, "refs/heads/main", None)
        stage.world.git("update-ref", "refs/heads/main", tip)
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{stage.world.bare}", str(clone)], check=True)
    pull = claim(stage, CASES[0])

    def refs() -> str:
        done = subprocess.run(["git", "-C", str(clone), "for-each-ref"], check=True, capture_output=True, text=True)
        return done.stdout

    before = refs()
    with open_workspace(clone, str(stage.world.bare), str(stage.key)) as workspace:
        (swept,) = sweep(stage.connect(), workspace, lambda: stage.clock, key=str(stage.key))
    assert (before, main_of(stage)) == (refs(), swept.merged)
    assert stage.world.head(pull) == stage.world.resolve("main^2")


def test_a_proposal_that_main_has_already_is_settled(stage: Scene) -> None:
    """As after a gate that broke off: it is closed, and told which merge brought it."""
    old = claim(stage, CASES[0])
    other = claim(stage, CASES[1])
    made = {}
    for pull in (other, old):
        with open_workspace(stage.world.bare, str(stage.world.bare), str(stage.key)) as workspace:
            forge = stage.connect()
            forge.settle = lambda _: None  # type: ignore[method-assign,assignment]
            (swept,) = sweep(forge, workspace, lambda: stage.clock, key=str(stage.key), only=[pull.number])
        made[pull.number] = swept.merged
    old.comments.clear()
    listed = {s.pull.number: s.merged for s in run(stage)}
    assert ({} if stage.kind == "github" else made) == listed
    assert [] == list(stage.connect().pulls())
    if stage.kind == "gitea":
        assert f"合并为：`{made[old.number]}`" in comment_of(old)


def test_a_gate_that_was_too_slow_leaves_the_same_words(stage: Scene) -> None:
    """Another gate merges between our judgement and our merge: the comment still says merged, and by which commit."""
    pull = claim(stage, CASES[0])
    other: list[Swept] = []

    def clock() -> datetime:
        if not other:
            other.append(Swept(stage.ref(pull)))
            other[:] = run(stage)
        return stage.clock

    (swept,) = run(stage, clock=clock)
    assert other[0].merged is not None
    assert (other[0].merged, [], 1) == (swept.merged, codes(swept), len(merges(stage, "main~1")))
    assert f"### 闸门：已合并\n\n所审版本：`{stage.world.head(pull)}`；合并为：`{swept.merged}`" in comment_of(pull)
    assert "**改动：留言1件**" in comment_of(pull)


def test_a_bug_in_one_stops_no_other(stage: Scene) -> None:
    """HY999 is told to those who run the gate, and the next proposal is merged."""
    broken, sound = claim(stage, CASES[0]), claim(stage, CASES[1])
    asked: list[None] = []

    def clock() -> datetime:
        asked.append(None)
        if len(asked) == 1:
            raise ZeroDivisionError
        return stage.clock

    first, second = run(stage, clock=clock)
    assert (["HY999"], None) == (codes(first), first.merged)
    assert second.merged == main_of(stage)
    assert ([], True) == (broken.comments, "已合并" in comment_of(sound))
