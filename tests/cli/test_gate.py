"""``huiyin gate`` on a real bare repository: real pushes against the real hook, and the verdict as it is printed."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from huiyin.cli.merge import _merge as merge_branch
from huiyin.forge.base import PullRef
from huiyin.forge.signed import SignedProvider
from huiyin.repo.merging import LocalBranch
from tests.cases import REPLY, Story, procedure
from tests.office import NOW, Desk, Office, environment, open_office
from tests.repository import Run

CASE = "cases/2026/11/23/people-90000001.yaml"


def story(reference: str = "90000001") -> Story:
    """A message of today."""
    return Story(received="2026-11-23 08:00", reference=reference)


def push(desk: Desk, *refs: str) -> Run:
    """Push, and see what the server says."""
    return desk.run("git", "push", "origin", *refs)


def record(desk: Desk, branch: str, event: str, *options: str) -> None:
    """A day's work of a clerk: a branch off main, the real ``huiyin record``, a signed commit, a push."""
    desk.git("fetch", "--quiet", "origin")
    desk.git("switch", "--quiet", "--no-track", "--create", branch, "origin/main")
    done = desk.huiyin("record", event, "people-90000001", "--by", desk.person, *options)
    assert (0, "") == (done.code, done.err)
    desk.save(branch)


def test_a_case_lives_its_whole_life(office: Office) -> None:
    """第九条（一）至（三）: registered, assigned, claimed, answered, published, each by those whose part it is."""
    clerk, reviewer = office.desk("wangzhan.clerk"), office.desk("wangzhan.reviewer")
    unit, head = office.desk("lanzhou.clerk"), office.desk("lanzhou.head")
    clerk.propose("收件", story())
    assert 0 == reviewer.approve("收件").code
    assert 0 == office.merge("收件").code
    record(clerk, "交办", "assigned", "--unit", "lanzhou", "--basis", "3", "--complexity", "simple")
    assert 1 == office.merge("交办").code, "nobody has approved it"
    assert 0 == reviewer.approve("交办").code
    assert 0 == office.merge("交办").code
    record(unit, "认领", "claimed")
    assert 0 == office.merge("认领").code, "claiming needs no approval"
    record(unit, "答复", "answered", "--mode", "public", "--reply", REPLY)
    signed = head.approve("答复")
    assert REPLY in signed.out, "the head reads what the head signs"
    assert 0 == office.merge("答复").code
    record(clerk, "公开", "published")
    assert 0 == reviewer.approve("公开").code
    assert 0 == office.merge("公开").code
    clerk.git("fetch", "--quiet", "origin")
    shown = clerk.huiyin("show", "people-90000001", "--rev", office.main(), "--format", "json")
    assert (0, "") == (shown.code, shown.err)
    data = json.loads(shown.out)
    assert ("published", []) == (data["state"], data["problems"])
    approvals = office.server().git(
        "log", "--first-parent", "--reverse", "--format=%(trailers:key=Huiyin-Approved-By)", "main"
    )
    assert [
        ("wangzhan.reviewer", "wangzhan/reviewer"),
        ("wangzhan.reviewer", "wangzhan/reviewer"),
        ("lanzhou.head", "lanzhou/head"),
        ("wangzhan.reviewer", "wangzhan/reviewer"),
    ] == [tuple(line.split(" ")[1:3]) for line in approvals.splitlines() if line]
    assert 5 == len(office.server().git("rev-list", "--first-parent", "--merges", "main").split())


@pytest.fixture
def waiting(office: Office) -> Office:
    """A branch with one message, pushed and not approved."""
    office.write("wangzhan.clerk", "b", story())
    return office


@pytest.mark.parametrize("force", ["", "+"])
@pytest.mark.parametrize("person", ["wangzhan.clerk", "shengban.maintainer"])
def test_nobody_pushes_to_main(waiting: Office, person: str, force: str) -> None:
    """HY652: a commit, signed or not, by whomever; the branch itself is welcome."""
    desk, before = waiting.desk(person), waiting.main()
    desk.propose("own", story("2"), push=False)
    done = push(desk, f"{force}own:main")
    assert (1, True, before) == (done.code, "HY652" in done.err, waiting.main())
    assert 0 == push(desk, "own").code


def test_a_push_is_refused_whole(waiting: Office) -> None:
    """With main goes everything else of the same push."""
    desk = waiting.desk("wangzhan.clerk")
    desk.propose("own", story("2"), push=False)
    assert 1 == push(desk, "own", "own:main").code
    assert None is waiting.tip("own")


def test_a_merge_by_hand_is_no_merge(waiting: Office) -> None:
    """HY653: all approvals there, but the gate did not make it."""
    waiting.sign("wangzhan.reviewer", "b")
    desk, before = waiting.desk("wangzhan.reviewer"), waiting.main()
    desk.git("merge", "--quiet", "--no-ff", "-m", "合入", "origin/b")
    signed = push(desk, "main")
    assert (1, True) == (signed.code, "HY653" in signed.err)
    desk.git("commit", "--quiet", "--amend", "--no-edit", "--no-gpg-sign")
    unsigned = push(desk, "main")
    assert (1, True, before) == (unsigned.code, "HY653" in unsigned.err, waiting.main())


def by_gate(office: Office, desk: Desk, message: str, *options: str) -> None:
    """A merge by hand of the fetched branch b, under the gate's own key."""
    key = f"user.signingkey={office.gate_key}"
    desk.git("-c", key, "merge", "--quiet", "--no-ff", "-S", "-m", message, *options, "origin/b")


def test_forged_evidence_is_found(waiting: Office) -> None:
    """HY654: even under the gate's key, a merge is worth what its branch proves."""
    before, desk = waiting.main(), waiting.desk("wangzhan.clerk")
    head = waiting.tip("b")
    by_gate(waiting, desk, "合入")
    without = push(desk, "main")
    assert (1, True) == (without.code, "HY654" in without.err)
    desk.git("reset", "--quiet", "--hard", before)
    evidence = (
        f"合入\n\nHuiyin-Gate: 1\nHuiyin-Provider: ssh\nHuiyin-Head: {head}\nHuiyin-Seen-At: {NOW}\n"
        "Huiyin-Submitted-By: wangzhan.clerk\n"
        f"Huiyin-Approved-By: wangzhan.reviewer wangzhan/reviewer ssh:SHA256:x {NOW} {head}\n"
    )
    by_gate(waiting, desk, evidence)
    forged = push(desk, "main")
    assert (1, True, before) == (forged.code, "HY654" in forged.err, waiting.main())


def test_an_honest_merge_may_be_pushed_but_not_bent(waiting: Office) -> None:
    """What the gate's own clone pushes is proven in the quarantine; with another tree it is HY655."""
    waiting.sign("wangzhan.reviewer", "b")
    before = waiting.main()
    assert 0 == waiting.merge("b").code
    merged = waiting.main()
    waiting.server().git("update-ref", "refs/heads/main", before)
    waiting.server().git("update-ref", "refs/heads/side", merged)
    desk = waiting.desk("wangzhan.clerk")
    waiting.server().git("update-ref", "-d", "refs/heads/side")
    waiting.server().git("update-ref", "-d", "refs/heads/b")
    waiting.server().git("reflog", "expire", "--expire=all", "--all")
    waiting.server().git("gc", "--quiet", "--prune=all")
    assert 0 != waiting.server().run("git", "cat-file", "-e", merged).code, "the server has to get it by the push"
    (desk.root / "夹带.txt").write_text("x", encoding="ascii")
    message = desk.git("log", "-1", "--format=%B", merged)
    desk.git("checkout", "--quiet", merged)
    desk.git("add", "--all")
    tree = desk.git("write-tree")
    parents = [a for p in desk.git("log", "-1", "--format=%P", merged).split() for a in ("-p", p)]
    bent = desk.git(
        "-c", f"user.signingkey={waiting.gate_key}", "commit-tree", "-S", *parents, "-m", message, tree
    )  # fmt: skip
    refused = push(desk, f"{bent}:main")
    assert (1, True, before) == (refused.code, "HY655" in refused.err, waiting.main())
    done = push(desk, f"{merged}:main")
    assert (0, merged) == (done.code, waiting.main())


def test_a_chain_of_merges_is_proven_one_by_one(office: Office) -> None:
    """Two at once are fine; the second by the rules that the first brought."""
    before = office.main()
    for branch in ("a", "b"):
        office.write("wangzhan.clerk", branch, story(branch))
        office.sign("wangzhan.reviewer", branch)
        assert 0 == office.merge(branch).code
    merged, desk = office.main(), office.desk("wangzhan.clerk")
    office.server().git("update-ref", "refs/heads/main", before)
    assert 0 == push(desk, f"{merged}:main").code
    assert merged == office.main()


def test_main_is_neither_rewound_nor_replaced(waiting: Office) -> None:
    """HY651: not by an older merge, not by another history, not by force."""
    waiting.sign("wangzhan.reviewer", "b")
    first = waiting.main()
    assert 0 == waiting.merge("b").code
    merged, desk = waiting.main(), waiting.desk("wangzhan.clerk")
    waiting.server().git("config", "receive.denyNonFastForwards", "false")
    rewound = push(desk, f"+{first}:main")
    assert (1, True) == (rewound.code, "HY651" in rewound.err)
    desk.git("switch", "--quiet", "--orphan", "alone")
    desk.amend("alone", story(), push=False)
    replaced = push(desk, "+alone:main")
    assert (1, True, merged) == (replaced.code, "HY651" in replaced.err, waiting.main())


def test_main_is_not_deleted(waiting: Office) -> None:
    """HY650, also where Git itself would allow it; and it is not made anew by a push (HY657)."""
    waiting.server().git("config", "receive.denyDeleteCurrent", "ignore")
    desk, main = waiting.desk("wangzhan.clerk"), waiting.main()
    deleted = push(desk, ":main")
    assert (1, True, main) == (deleted.code, "HY650" in deleted.err, waiting.main())
    waiting.server().git("update-ref", "-d", "refs/heads/main")
    made = push(desk, "main")
    assert (1, True) == (made.code, "HY657" in made.err)


def test_branches_are_free(waiting: Office) -> None:
    """Pushed, moved on and deleted by anybody, unsigned too; but not rewritten, and nothing outside of branches."""
    desk = waiting.desk("lanzhou.clerk")
    desk.git("config", "commit.gpgsign", "false")
    desk.propose("free", story("2"), sign=False)
    desk.amend("free", story("3"), sign=False)
    rewritten = push(desk, "+free~1:free")
    assert 1 == rewritten.code, "approvals and objections on a branch must not be dropped by rewriting it"
    for ref in ("refs/replace/" + waiting.main(), "refs/notes/x", "refs/pull/1/head"):
        done = push(desk, f"free:{ref}")
        assert (1, True) == (done.code, "HY657" in done.err)
    assert 0 == push(desk, "free:refs/tags/main").code
    assert 0 == push(desk, ":free").code
    assert None is waiting.tip("free")


def test_a_tag_called_main_leads_nobody_astray(waiting: Office) -> None:
    """Everything names branches in full."""
    desk = waiting.desk("wangzhan.clerk")
    desk.git("fetch", "--quiet")
    desk.git("tag", "main", "origin/b")
    assert 0 == push(desk, "refs/tags/main").code
    waiting.sign("wangzhan.reviewer", "b")
    assert 0 == waiting.merge("b").code
    done = waiting.server().huiyin("gate", "--head", "b")
    assert "HY611" in done.out


def test_a_merge_of_another_day_is_not_pushed_today(waiting: Office) -> None:
    """HY656: the gate's clock and the server's must agree."""
    waiting.sign("wangzhan.reviewer", "b")
    before = waiting.main()
    assert 0 == waiting.merge("b").code
    merged = waiting.main()
    desk = waiting.desk("wangzhan.clerk")
    waiting.server().git("update-ref", "refs/heads/main", before)
    for now in ("2026-11-23T11:00:01+08:00", "2026-11-23T09:54:59+08:00"):
        desk.now = now
        done = push(desk, f"{merged}:main")
        assert (1, True, before) == (done.code, "HY656" in done.err, waiting.main()), done.err
    desk.now = "2026-11-23T10:59:59+08:00"
    assert 0 == push(desk, f"{merged}:main").code


@pytest.mark.parametrize("how", ["older head", "own", "unsigned work", "someone else's name", "backdated"])
def test_what_approvals_cannot_heal(office: Office, how: str) -> None:
    """The gate merges none of these, and says why in the code of the problem."""
    clerk = office.desk("wangzhan.clerk")
    if how == "unsigned work":
        clerk.git("config", "commit.gpgsign", "false")
    work = story()
    if how in ("someone else's name", "backdated"):
        work = Story(received="2026-11-20 08:00").assigned("2026-11-23 09:00")
        work.events[-1]["by"]["person"] = "wangzhan.clerk2" if how == "someone else's name" else "wangzhan.clerk"
        if how == "backdated":
            work.events[-1]["at"] = "2026-11-20T09:00:00+08:00"
    person = office.desk("wangzhan.reviewer") if how == "own" else clerk
    person.propose("b", work, sign=how != "unsigned work")
    office.sign("wangzhan.reviewer", "b")
    if how == "older head":
        clerk.git("pull", "--quiet", "--ff-only", "origin", "b")
        clerk.amend("b", story("2"))
    before, done = office.main(), office.merge("b")
    code = {
        "older head": "HY623",
        "own": "HY621",
        "unsigned work": "HY613",
        "someone else's name": "HY616",
        "backdated": "HY615",
    }[how]
    assert (1, True, before) == (done.code, code in done.out, office.main())


def test_an_expired_key_signs_nothing(tmp_path: Path) -> None:
    """Its last day was yesterday: neither the work nor the approval of its holder counts."""
    office = open_office(tmp_path / "省", expired={"wangzhan.reviewer": "2026-11-22"})
    office.write("wangzhan.clerk", "b", story())
    refused = office.desk("wangzhan.reviewer").approve("b")
    assert (1, True) == (refused.code, "HY640" in refused.err)
    office.sign("wangzhan.reviewer", "b")
    done = office.merge("b")
    assert (1, True) == (done.code, "HY620" in done.out)
    backdated = office.sign("wangzhan.reviewer", "b", now="2026-11-22T10:00:00+08:00")
    done = office.merge("b")
    assert (1, True, backdated) == (done.code, "HY620" in done.out, office.tip("b"))


def test_two_branches_for_one_case(office: Office) -> None:
    """The second conflicts, says which file, and what to do."""
    office.write("wangzhan.clerk", "base", story())
    office.sign("wangzhan.reviewer", "base")
    assert 0 == office.merge("base").code
    for branch, unit in (("a", "lanzhou"), ("b", "zhangye")):
        office.write("wangzhan.clerk", branch, story().assigned("2026-11-23 09:00", unit))
        office.sign("wangzhan.reviewer", branch)
    assert 0 == office.merge("a").code
    stands, done = office.main(), office.merge("b")
    assert (1, stands) == (done.code, office.main())
    assert f"HY632 与主线冲突：{CASE}。" in done.out
    assert "rebase" in done.out


def test_merges_at_once(office: Office) -> None:
    """Eight real processes: main ends with all of them, one after the other, each proven, and none is lost."""
    branches = [f"b{n}" for n in range(8)]
    for branch in branches:
        office.write("wangzhan.clerk", branch, story(branch))
        office.sign("wangzhan.reviewer", branch)
    start = office.main()
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(office.merge, [b for b in branches for _ in range(2)]))
    assert {0} == {run.code for run in runs if "HY637" not in run.err}
    merged = office.server().git("rev-list", "--first-parent", f"{start}..main").split()
    lost = sum("HY637" in run.err for run in runs)
    assert len(branches) - lost <= len(merged) <= len(branches)
    names = office.server().git("ls-tree", "-r", "--name-only", "main", "cases/").split()
    assert len(merged) == len(names)
    assert "" == office.server().git("fsck", "--no-dangling", "--no-progress")


class Overtaken:
    """Main, on which another gate merges the branch as soon as this one has looked for the first time."""

    def __init__(self, office: Office) -> None:
        self.main = LocalBranch(office.bare)
        self.office = office
        self.looks = 0

    def tip(self) -> str:
        """Where main stood when it was asked."""
        stood = self.main.tip()
        self.looks += 1
        if self.looks == 1:
            assert 0 == self.office.merge("b").code
        return stood

    def move(self, old: str, new: str) -> bool:
        """As main itself."""
        return self.main.move(old, new)


def test_a_branch_that_another_gate_merged_meanwhile_is_no_failure(office: Office) -> None:
    """It is in main, which is all that was asked for."""
    head = office.write("wangzhan.clerk", "b", story())
    office.sign("wangzhan.reviewer", "b")
    tip = office.server().git("rev-parse", "refs/heads/b").strip()
    provider = SignedProvider(office.bare, lambda: datetime.fromisoformat(NOW), "main")
    assert head != tip
    result = merge_branch(provider, PullRef(None, "b", tip, "main"), str(office.gate_key), Overtaken(office))
    assert (None, True, ()) == (result["merged"], result["already_merged"], result["problems"])


def test_verdict_as_data(office: Office) -> None:
    """The JSON is a contract; the exit code tells whether it is ready."""
    head = office.write("wangzhan.clerk", "b", story())
    before = office.server().huiyin("gate", "--head", "b", "--format", "json")
    office.sign("wangzhan.reviewer", "b")
    after = office.server().huiyin("gate", "--base", "main", "--head", "b", "--format", "json")
    assert (1, 0) == (before.code, after.code)
    data = json.loads(before.out)
    assert {
        "ready": False,
        "legal": True,
        "provider": "ssh",
        "base": office.main(),
        "head": head,
        "kind": "cases",
        "seen_at": NOW,
        "now": NOW,
        "submitters": ["wangzhan.clerk"],
        "cases": [{"id": "people-90000001", "path": CASE, "change": "created", "events": []}],
        "governance": [],
        "objections": [],
        "problems": [],
    } == {name: value for name, value in data.items() if name != "seats"}
    assert [
        {
            "unit": "wangzhan",
            "role": "reviewer",
            "article": procedure().events["received"].approvals[0].article,
            "satisfied": False,
            "reasons": [{"of": "people-90000001", "event": "received"}],
            "approved_by": [],
            "candidates": ["wangzhan.reviewer"],
        }
    ] == data["seats"]
    [seat] = json.loads(after.out)["seats"]
    [approved] = seat["approved_by"]
    assert ("wangzhan.reviewer", head, NOW, office.tip("b")) == (
        approved["person"],
        approved["commit"],
        approved["at"],
        approved["reference"],
    )
    assert approved["identity"].startswith("SHA256:")


def test_verdict_for_people(office: Office) -> None:
    """What would happen, who must sign, with the article; and as Markdown."""
    office.write("wangzhan.clerk", "b", story().assigned("2026-11-23 09:00"))
    text = office.server().huiyin("gate", "--head", "b").out
    for words in (
        "留言 people-90000001  建议增开公交班次（演示）",
        "交办（assigned）  2026-11-23 09:00",
        "状态：待认领",
        "办理（第十三条），兰州市，7个工作日，限至2026-12-02",
        "待网站管理中心复审人（演示）（wangzhan.reviewer）审签",
        "尚不能合并",
    ):
        assert words in text
    markdown = office.server().huiyin("gate", "--head", "b", "--format", "markdown").out
    assert markdown.startswith("### 闸门：还差1项审签\n")


def test_facts_from_a_file(office: Office, tmp_path: Path) -> None:
    """A change judged as a forge would tell of it."""
    head = office.write("wangzhan.clerk", "b", story())
    path = tmp_path / "事实.yaml"
    review = f"{{by: 'github:9000000003', commit: {head}, state: approved, at: '{NOW}'}}"
    path.write_text(f"provider: github\nauthor: github:9000000001\nreviews:\n  - {review}\n", encoding="utf-8")
    server = office.server()
    done = server.huiyin("gate", "--head", head, "--facts", str(path), "--format", "json")
    data = json.loads(done.out)
    assert (0, "github", True) == (done.code, data["provider"], data["ready"])
    path.write_text("provider: github\nauthor: github:x\nmore: 1\n", encoding="utf-8")
    refused = server.huiyin("gate", "--head", head, "--facts", str(path))
    assert (1, "", 2) == (refused.code, refused.out, refused.err.count("HY658"))
    gone = server.huiyin("gate", "--head", head, "--facts", str(tmp_path / "none"))
    assert (1, True) == (gone.code, "HY904" in gone.err)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), "HY920"),
        (("--head", "none"), "HY902"),
        (("--base", "none", "--head", "b"), "HY902"),
        (("--pre-receive",), "HY920"),
        (("--root", "/", "--head", "b"), "HY901"),
        (("--root", "/none", "--head", "b"), "HY907"),
        (("unknown",), "HY920"),
    ],
)
def test_wrong_use_is_explained(waiting: Office, arguments: tuple[str, ...], code: str) -> None:
    """One Chinese message, exit code 2, no traceback."""
    done = waiting.server().huiyin("gate", *arguments)
    assert (2, "", True) == (done.code, done.out, done.err.startswith(f"错误 {code} "))


@pytest.mark.parametrize("line", ["x\n", "a b c\n", f"{'0' * 40} {'1' * 39} refs/heads/main\n"])
def test_the_hook_fails_closed(waiting: Office, line: str) -> None:
    """What it cannot read it refuses."""
    command = [sys.executable, "-m", "huiyin.cli.main", "gate", "--pre-receive"]
    done = subprocess.run(
        command, cwd=waiting.bare, env={**environment(), "GIT_DIR": "."}, input=line, capture_output=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    assert (1, True) == (done.returncode, "HY657" in done.stderr)


def test_a_branch_with_an_objection_stays(waiting: Office) -> None:
    """HY647: with the branch the objection would go, and its older tip could come again without it."""
    desk = waiting.desk("wangzhan.clerk")
    waiting.sign("wangzhan.reviewer", "b", objects=True)
    refused = push(desk, ":b")
    assert (1, True) == (refused.code, "HY647" in refused.err)
    waiting.sign("wangzhan.reviewer", "b", now="2026-11-23T10:00:01+08:00")
    assert (0, None) == (push(desk, ":b").code, waiting.tip("b"))


@pytest.mark.parametrize("name", ["heads/HEAD", "heads/Main", "heads/{}", "tags/{}", "tags/refs/heads/x", "tags/HEAD"])
def test_names_that_mislead_are_refused(waiting: Office, name: str) -> None:
    """HY657: a branch that Git or a person takes for a commit, for HEAD, or for main on a disk that knows no case."""
    desk = waiting.desk("wangzhan.clerk")
    done = push(desk, f"HEAD:refs/{name.format(waiting.main())}")
    assert (1, True) == (done.code, "HY657" in done.err)
