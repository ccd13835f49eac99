"""Facts from Git and signatures alone: real branches, real approvals, a real record of pushes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from huiyin.forge import signed
from huiyin.forge.base import Provider
from huiyin.forge.signed import APPROVES, OBJECTS, SignedProvider, read_branch, read_reflog
from huiyin.model.problem import HuiyinError, UsageError
from huiyin.model.pull import Identity, ReviewState
from huiyin.rules.authority import key_of
from tests.cases import Story
from tests.office import NOW, Desk, Office

MOMENT = datetime.fromisoformat(NOW)
STORY = Story(received="2026-11-23 08:00")


def provider(office: Office) -> SignedProvider:
    """The server's."""
    return SignedProvider(office.bare, lambda: MOMENT)


def identity(office: Office, person: str) -> Identity:
    """Somebody's key."""
    path = office.keys[person]
    return Identity("ssh", key_of(path.with_name(f"{path.name}.pub").read_text(encoding="ascii")))


def speak(desk: Desk, message: str, *options: str) -> str:
    """An empty signed commit with a message of one's own."""
    desk.git("commit", "--quiet", "--allow-empty", "--message", message, *options)
    return desk.git("rev-parse", "HEAD")


def test_approvals_are_told_from_work(office: Office) -> None:
    """Signers, reviews and the judged head, from a branch with two commits and two people's words on top."""
    clerk, reviewer, other = (office.desk(p) for p in ("wangzhan.clerk", "wangzhan.reviewer", "wangzhan.clerk2"))
    first = clerk.propose("新件", STORY, push=False)
    head = clerk.amend("新件", Story(received="2026-11-23 08:30", reference="2"))
    assert 0 == reviewer.approve("新件").code
    assert 0 == other.approve("新件", "--object").code
    facts = provider(office).facts(provider(office).find("新件"))
    assert ("ssh", office.main(), head) == (facts.provider, facts.base, facts.head)
    assert identity(office, "wangzhan.clerk") == facts.author
    assert () == facts.pushers
    by = identity(office, "wangzhan.clerk")
    assert [(first, by, ()), (head, by, ())] == [(c.sha, c.signer, c.authors) for c in facts.commits]
    assert [
        (identity(office, "wangzhan.reviewer"), head, ReviewState.APPROVED, MOMENT),
        (identity(office, "wangzhan.clerk2"), head, ReviewState.CHANGES_REQUESTED, MOMENT),
    ] == [(r.by, r.commit, r.state, r.at) for r in facts.reviews]
    tip = office.server().git("rev-parse", "refs/heads/新件")
    assert tip == facts.reviews[-1].reference


def test_later_work_makes_approvals_old(office: Office) -> None:
    """The head is the newest commit that is no approval; an approval below it speaks of what it names."""
    clerk = office.desk("wangzhan.clerk")
    old = clerk.propose("b", STORY)
    office.desk("wangzhan.reviewer").approve("b")
    clerk.git("pull", "--quiet", "--ff-only", "origin", "b")
    new = clerk.amend("b", Story(received="2026-11-23 08:30", reference="2"))
    facts = provider(office).facts(provider(office).find("b"))
    assert (new, [old, new], [old]) == (facts.head, [c.sha for c in facts.commits], [r.commit for r in facts.reviews])


@pytest.mark.parametrize(
    "message",
    [
        "同意",
        f"同意\n\n{APPROVES}: HEAD",
        f"同意\n\n{APPROVES}: {'a' * 12}",
        f"同意\n\n{APPROVES}: {'A' * 40}",
        f"{APPROVES}: {'a' * 40}\n\n正文",
        f"同意\n\n{APPROVES}: {'a' * 40}\n{OBJECTS}: {'a' * 40}",
        f"同意\n\n{APPROVES}: {'a' * 40}\n{APPROVES}: {'a' * 40}",
        f"同意\n\nhuiyin-approves: {'a' * 40}",
    ],
)
def test_what_is_not_clearly_an_approval_is_work(office: Office, message: str) -> None:
    """It becomes the judged head, so that nothing slips by."""
    clerk = office.desk("wangzhan.clerk")
    clerk.propose("b", STORY, push=False)
    spoken = speak(clerk, message)
    branch = read_branch(clerk.root, office.main(), spoken)
    assert (spoken, ()) == (branch.head, branch.approvals)


def test_an_approval_may_carry_other_trailers(office: Office) -> None:
    """People's tools add a Signed-off-by."""
    clerk = office.desk("wangzhan.clerk")
    head = clerk.propose("b", STORY, push=False)
    spoken = speak(clerk, f"同意\n\nSigned-off-by: demo <demo@example.invalid>\n{APPROVES}: {head}")
    assert head == read_branch(clerk.root, office.main(), spoken).head


def test_an_approval_that_changes_something_is_work(office: Office) -> None:
    """第九条（三）: nobody signs a text and slips another in with the signature."""
    clerk = office.desk("wangzhan.clerk")
    head = clerk.propose("b", STORY, push=False)
    (clerk.root / "夹带.txt").write_text("x", encoding="ascii")
    clerk.git("add", "--all")
    slipped = speak(clerk, f"同意\n\n{APPROVES}: {head}")
    branch = read_branch(clerk.root, office.main(), slipped)
    assert (slipped, ()) == (branch.head, branch.approvals)


def test_a_merge_is_never_an_approval(office: Office) -> None:
    """Even one that changes nothing."""
    clerk = office.desk("wangzhan.clerk")
    head = clerk.propose("b", STORY, push=False)
    clerk.git("switch", "--quiet", "--detach", "origin/main")
    other = speak(clerk, "x")
    tree = clerk.git("rev-parse", f"{head}^{{tree}}")
    merged = clerk.git("commit-tree", "-S", "-p", head, "-p", other, "-m", f"x\n\n{APPROVES}: {head}", tree)
    branch = read_branch(clerk.root, office.main(), merged)
    assert (merged, ()) == (branch.head, branch.approvals)


def test_unknown_keys_are_nobody(office: Office, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A stranger's or an unsigned approval stays in the facts, so that people are told that it does not count."""
    clerk = office.desk("wangzhan.clerk")
    head = clerk.propose("b", STORY, push=False, sign=False)
    speak(clerk, f"同意\n\n{APPROVES}: {head}", "--no-gpg-sign")
    clerk.git("push", "--quiet", "origin", "b")
    facts = provider(office).facts(provider(office).find("b"))
    assert (None, [None]) == (facts.author, [c.signer for c in facts.commits])
    assert [Identity("ssh", "")] == [r.by for r in facts.reviews]


def test_the_server_notes_when_a_head_came_in(office: Office) -> None:
    """不得倒签: the time is that of the push, whatever the commit says, and approvals later do not renew it."""
    clerk, reviewer = office.desk("wangzhan.clerk"), office.desk("wangzhan.reviewer")
    pushed = MOMENT - timedelta(days=1)
    clerk.propose("b", STORY, push=False)
    clerk.now = pushed.isoformat()
    clerk.git("push", "--quiet", "origin", "b")
    assert 0 == reviewer.approve("b").code
    facts = provider(office).facts(provider(office).find("b"))
    assert pushed == facts.seen_at
    times = [at for _, at in read_reflog(office.bare, "refs/heads/b")]
    assert [MOMENT, pushed] == times
    clerk.now = (MOMENT - timedelta(hours=1)).isoformat()
    clerk.git("pull", "--quiet", "--ff-only", "origin", "b")
    clerk.amend("b", Story(received="2026-11-23 08:30", reference="2"))
    facts = provider(office).facts(provider(office).find("b"))
    assert MOMENT - timedelta(hours=1) == facts.seen_at, "a new head was not there when an older one was"


def test_a_clone_has_no_say_in_when_a_head_came_in(office: Office) -> None:
    """There the record of moves is its owner's own; and a branch that nobody pushed has none."""
    clerk = office.desk("wangzhan.clerk")
    clerk.now = (MOMENT - timedelta(days=1)).isoformat()
    clerk.propose("b", STORY, push=False)
    own = SignedProvider(clerk.root, lambda: MOMENT)
    assert MOMENT == own.facts(own.find("b")).seen_at
    assert [] == list(read_reflog(office.bare, "refs/heads/none"))


def test_lists_what_main_does_not_hold(office: Office) -> None:
    """Every open branch, in order; not main, nor what is merged."""
    clerk = office.desk("wangzhan.clerk")
    office.server().git("branch", "merged", "main")
    two = clerk.propose("二", STORY)
    one = clerk.propose("a/b", STORY)
    found: Provider = provider(office)
    assert [("a/b", one), ("二", two)] == [(p.branch, p.head) for p in found.pulls()]
    assert {(None, "main")} == {(p.number, p.base_branch) for p in found.pulls()}
    found.comment(next(iter(found.pulls())), "x")
    found.set_status(next(iter(found.pulls())), one, True, "x")


@pytest.mark.parametrize("name", ["none", "main", "HEAD", ""])
def test_a_branch_that_is_not_there(office: Office, name: str) -> None:
    """HY630; main itself is no proposal."""
    with pytest.raises(UsageError) as caught:
        provider(office).find(name)
    assert ["HY630"] == [p.code for p in caught.value.problems]


def test_no_main_no_facts(office: Office) -> None:
    """HY630, naming the branch that is missing."""
    with pytest.raises(UsageError) as caught:
        list(SignedProvider(office.bare, lambda: MOMENT, "trunk").pulls())
    assert ["没有名为“trunk”的主线分支。"] == [p.message for p in caught.value.problems]


def test_a_branch_is_not_endless(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """HY646: each signature costs two processes."""
    monkeypatch.setattr(signed, "MAX_COMMITS", 2)
    clerk = office.desk("wangzhan.clerk")
    clerk.propose("b", STORY, push=False)
    assert 2 == len(read_branch(clerk.root, office.main(), speak(clerk, "x")).work)
    with pytest.raises(HuiyinError) as caught:
        read_branch(clerk.root, office.main(), speak(clerk, "x"))
    assert ["HY646"] == [p.code for p in caught.value.problems]


def test_an_objection_is_not_left_behind_on_another_branch(office: Office) -> None:
    """It concerns the commit, so a branch made of what was there before it meets it; withdrawn there, it is gone."""
    head = office.write("wangzhan.clerk", "b", STORY)
    approved = office.sign("wangzhan.reviewer", "b")
    objection = office.sign("lanzhou.head", "b", objects=True)
    office.server().git("update-ref", "refs/heads/c", approved)
    facts = provider(office).facts(provider(office).find("c"))
    assert [("approved", approved), ("changes_requested", objection)] == [(r.state, r.reference) for r in facts.reviews]
    refused = office.merge("c")
    assert (1, True) == (refused.code, "要求修改" in refused.out)
    office.sign("lanzhou.head", "b", now="2026-11-23T10:00:01+08:00")
    facts = provider(office).facts(provider(office).find("c"))
    assert [(head, "approved")] == [(r.commit, r.state) for r in facts.reviews]
    assert 0 == office.merge("c", now="2026-11-23T10:00:02+08:00").code


def test_an_objection_elsewhere_is_withdrawn_here_and_to_this_head_alone(office: Office) -> None:
    """A later approval on this branch takes it back; one to other work is of no concern."""
    office.write("wangzhan.clerk", "b", STORY)
    office.server().git("update-ref", "refs/heads/c", str(office.tip("b")))
    office.sign("wangzhan.reviewer", "b", objects=True)
    assert 1 == len(provider(office).facts(provider(office).find("c")).reviews)
    office.sign("wangzhan.reviewer", "c", now="2026-11-23T10:00:01+08:00")
    assert ["approved"] == [r.state for r in provider(office).facts(provider(office).find("c")).reviews]
    office.write("wangzhan.clerk", "d", Story(received="2026-11-23 08:30", reference="2"), on="refs/heads/c")
    office.sign("wangzhan.reviewer", "d", objects=True, now="2026-11-23T10:00:02+08:00")
    assert ["approved"] == [r.state for r in provider(office).facts(provider(office).find("c")).reviews]
