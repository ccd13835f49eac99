"""Facts from GitHub and Gitea: who proposed, pushed, wrote and reviewed, as those servers really tell it."""

from __future__ import annotations

import json

import httpx
import pytest

from huiyin.forge.base import PullRef
from huiyin.model.problem import HuiyinError
from huiyin.model.pull import Identity, ReviewState
from tests.forge.fake import Fault
from tests.forge.github_api import GitHubApi
from tests.forge.scene import Scene, assigned
from tests.forge.world import User

CLERK, CLERK2, HEAD = "lanzhou.clerk", "wangzhan.clerk", "lanzhou.head"
FILES = {"cases/a.yaml": b"a"}


def code_of(error: pytest.ExceptionInfo[HuiyinError]) -> str:
    """The only code."""
    (problem,) = error.value.problems
    return problem.code


def identity(stage: Scene, name: str) -> Identity:
    """Somebody as the forge names him."""
    return Identity(stage.kind, str(stage.person(name).id))


def ask(stage: Scene, method: str, path: str, who: str, body: object) -> int:
    """What the fake answers to somebody's own request."""
    stage.person(who)
    with httpx.Client(base_url=f"{stage.api.address}/", headers={"Authorization": f"token {who}"}) as client:
        return client.request(method, f"repos/{stage.world.name}/{path}", json=body).status_code


def test_open_proposals_oldest_first(stage: Scene) -> None:
    """Those to main that are neither closed nor drafts, from all pages."""
    clerk = stage.person(CLERK)
    tip = stage.world.push(clerk, "first", FILES)
    for number in range(120):
        stage.world.move(clerk, f"b{number}", tip)
        stage.world.open(clerk, f"b{number}")
    stage.world.pulls[2].closed = True
    stage.world.pulls[3].draft = True
    stage.world.pulls[4].base = "release"
    found = list(stage.connect().pulls())
    assert [1, *range(5, 121)] == [p.number for p in found]
    assert PullRef(1, "b0", tip, "main") == found[0]


def test_facts_of_a_proposal(stage: Scene) -> None:
    """Author, pusher, commits with parents and linked people, and when the head came in."""
    pull = stage.propose(assigned().claimed("2026-11-23 09:40"), CLERK)
    stage.clock = stage.clock.replace(microsecond=0)
    main = stage.world.resolve("refs/heads/main")
    head = stage.world.head(pull)
    facts = stage.connect().facts(stage.ref(pull))
    assert (stage.kind, main, head) == (facts.provider, facts.base, facts.head)
    assert identity(stage, CLERK) == facts.author
    assert (identity(stage, CLERK),) == facts.pushers
    assert [(head, (main,), (identity(stage, CLERK),))] == [(c.sha, c.parents, c.authors) for c in facts.commits]
    assert (stage.world.pushes[0].at, stage.clock) == (facts.seen_at, facts.now)


def test_everybody_with_a_hand_in_it_is_told(stage: Scene) -> None:
    """Who opened it, who pushed, and whose name stands in a commit that another pushed."""
    author, second, third = (stage.person(n) for n in (CLERK, CLERK2, "wangzhan.reviewer"))
    stage.world.push(author, "b", FILES)
    pull = stage.world.open(author, "b")
    stage.world.push(second, "b", {"cases/b.yaml": b"b"}, author=third)
    facts = stage.connect().facts(stage.ref(pull))
    assert {identity(stage, CLERK), identity(stage, CLERK2)} == set(facts.pushers)
    assert {identity(stage, CLERK), identity(stage, "wangzhan.reviewer")} == {
        a for c in facts.commits for a in c.authors
    }


def test_commits_and_reviews_come_from_all_pages(stage: Scene) -> None:
    """More than the largest page holds of each."""
    clerk, head = stage.person(CLERK), stage.person(HEAD)
    stage.world.push(clerk, "b", FILES)
    pull = stage.world.open(clerk, "b")
    for number in range(103):
        stage.world.push(clerk, "b", {"cases/a.yaml": b"%d" % number})
        stage.world.review(pull, head, "comment")
    stage.world.review(pull, head)
    facts = stage.connect().facts(stage.ref(pull))
    assert (104, 104) == (len(facts.commits), len(facts.reviews))
    assert ReviewState.APPROVED == max(facts.reviews, key=lambda r: r.at).state


def test_reviews_stay_on_their_commit_and_keep_their_order(stage: Scene) -> None:
    """Each with its person, commit, word and time; drafts and invitations are none."""
    clerk, head, reviewer = stage.person(CLERK), stage.person(HEAD), stage.person("wangzhan.reviewer")
    first = stage.world.push(clerk, "b", FILES)
    pull = stage.world.open(clerk, "b")
    stage.world.review(pull, head)
    stage.world.review(pull, reviewer, "changes_requested")
    second = stage.world.push(clerk, "b", {"cases/b.yaml": b"b"})
    stage.world.review(pull, head, "pending")
    stage.world.review(pull, reviewer, "comment")
    if stage.kind == "gitea":
        stage.world.review(pull, None, "requested")
    stage.world.review(pull, None)
    found = stage.connect().facts(stage.ref(pull)).reviews
    assert [
        (identity(stage, HEAD), first, ReviewState.APPROVED),
        (identity(stage, "wangzhan.reviewer"), first, ReviewState.CHANGES_REQUESTED),
        (identity(stage, "wangzhan.reviewer"), second, ReviewState.COMMENTED),
        (Identity(stage.kind, "ghost"), second, ReviewState.APPROVED),
    ] == [(r.by, r.commit, r.state) for r in found]
    assert sorted(r.at for r in found) == [r.at for r in found]
    assert len({r.reference for r in found}) == len(found)


@pytest.mark.parametrize("state", ["approved", "changes_requested"])
def test_a_dismissed_review_says_nothing_any_more(stage: Scene, state: str) -> None:
    """Whatever it said; on Gitea by a flag, on GitHub by its state."""
    pull = stage.propose(assigned().claimed("2026-11-23 09:40"), CLERK)
    stage.world.review(pull, stage.person(HEAD), state).dismissed = True
    (found,) = stage.connect().facts(stage.ref(pull)).reviews
    assert ReviewState.DISMISSED == found.state


def test_the_words_of_github(github: Scene) -> None:
    """``APPROVE`` asks for ``APPROVED``; ``APPROVED`` is no event; nobody approves his own."""
    pull = github.propose(assigned().claimed("2026-11-23 09:40"), CLERK)
    path = f"pulls/{pull.number}/reviews"
    assert 422 == ask(github, "POST", path, CLERK, {"event": "APPROVE"})
    assert 200 == ask(github, "POST", path, HEAD, {"event": "APPROVE"})
    (found,) = github.connect().facts(github.ref(pull)).reviews
    assert (identity(github, HEAD), ReviewState.APPROVED) == (found.by, found.state)
    assert 422 == ask(github, "POST", path, HEAD, {"event": "APPROVED"})
    if github.api.description:
        assert github.api.violations.pop().endswith("['APPROVE', 'REQUEST_CHANGES', 'COMMENT']")


def test_the_words_of_gitea(gitea: Scene) -> None:
    """There ``APPROVED`` is the event and ``APPROVE`` none; nobody approves his own there either."""
    pull = gitea.propose(assigned().claimed("2026-11-23 09:40"), CLERK)
    path = f"pulls/{pull.number}/reviews"
    assert 422 == ask(gitea, "POST", path, CLERK, {"event": "APPROVED"})
    assert 422 == ask(gitea, "POST", path, HEAD, {"event": "APPROVE"})
    assert 200 == ask(gitea, "POST", path, HEAD, {"event": "APPROVED"})
    (found,) = gitea.connect().facts(gitea.ref(pull)).reviews
    assert (identity(gitea, HEAD), ReviewState.APPROVED) == (found.by, found.state)


def test_a_moved_head_is_another_proposal(stage: Scene) -> None:
    """Facts are given of the very head that was listed."""
    pull = stage.propose(assigned().claimed("2026-11-23 09:40"), CLERK)
    listed = stage.ref(pull)
    stage.world.push(stage.person(CLERK), pull.branch, FILES)
    with pytest.raises(HuiyinError) as error:
        stage.connect().facts(listed)
    assert "HY665" == code_of(error)


@pytest.mark.parametrize("change", ["closed", "base"])
def test_a_closed_or_redirected_proposal_has_no_facts(stage: Scene, change: str) -> None:
    """It is not one to main any more."""
    pull = stage.propose(assigned().claimed("2026-11-23 09:40"), CLERK)
    listed = stage.ref(pull)
    if change == "closed":
        pull.closed = True
    else:
        stage.world.git("branch", "release", "main")
        pull.base = "release"
    with pytest.raises(HuiyinError) as error:
        stage.connect().facts(listed)
    assert "HY665" == code_of(error)


def test_a_head_that_came_back_counts_from_its_first_day(stage: Scene) -> None:
    """Pushed away and pushed again: the server had it before; the pushers of both are told."""
    clerk, second = stage.person(CLERK), stage.person(CLERK2)
    first = stage.world.push(clerk, "b", FILES)
    pull = stage.world.open(clerk, "b")
    stage.world.push(second, "b", {"cases/b.yaml": b"b"})
    stage.world.move(second, "b", first)
    facts = stage.connect().facts(stage.ref(pull))
    assert stage.world.pushes[0].at == facts.seen_at
    assert {identity(stage, CLERK), identity(stage, CLERK2)} == set(facts.pushers)


def test_a_push_without_an_account_is_refused(stage: Scene) -> None:
    """Nobody can say that its author did not approve it."""
    stage.world.push(None, "b", FILES)
    pull = stage.world.open(stage.person(CLERK), "b")
    with pytest.raises(HuiyinError) as error:
        stage.connect().facts(stage.ref(pull))
    assert "HY666" == code_of(error)


def test_a_push_that_the_log_does_not_have_yet_is_refused(stage: Scene) -> None:
    """The next sweep will see it."""
    pull = stage.propose(assigned().claimed("2026-11-23 09:40"), CLERK)
    stage.world.pushes.clear()
    with pytest.raises(HuiyinError) as error:
        stage.connect().facts(stage.ref(pull))
    assert "HY666" == code_of(error)


def test_a_deleted_author_is_nobody(stage: Scene) -> None:
    """GitHub names its ghost, who is in no list of people; Gitea a number that is none."""
    stage.world.push(stage.person(CLERK), "b", FILES)
    pull = stage.world.open(None, "b")
    expected = {"github": Identity("github", "10137"), "gitea": None}
    assert expected[stage.kind] == stage.connect().facts(stage.ref(pull)).author


def test_the_log_of_github_is_read_to_its_end(github: Scene) -> None:
    """More pushes than a page holds, by cursor; other branches do not count."""
    second = github.person(CLERK2)
    github.world.push(second, "b", FILES)
    pull = github.world.open(second, "b")
    clerk = github.person(CLERK)
    for number in range(101):
        github.world.push(clerk, "b", {"cases/a.yaml": b"%d" % number})
    github.world.push(github.person(HEAD), "other", FILES)
    facts = github.connect().facts(github.ref(pull))
    assert {identity(github, CLERK), identity(github, CLERK2)} == set(facts.pushers)


def test_a_deleted_fork_has_no_log(github: Scene) -> None:
    """Then nobody knows who pushed."""
    pull = github.propose(assigned().claimed("2026-11-23 09:40"), CLERK)
    assert isinstance(github.api, GitHubApi)
    values = github.api.pull_values(pull)
    values["head"]["repo"] = None
    github.api.faults.append(Fault(fits=r"/pulls/\d+$", status=200, text=json.dumps(values)))
    with pytest.raises(HuiyinError) as error:
        github.connect().facts(github.ref(pull))
    assert "HY666" == code_of(error)


def test_hidden_activity_on_gitea_is_refused_before_it_can_hide_an_approver(gitea: Scene) -> None:
    """Pushed before the pull request was opened, by somebody whom the feed hides: not even a guess."""
    head = gitea.person(HEAD, hides_activity=True)
    gitea.world.push(head, "b", FILES)
    pull = gitea.world.open(gitea.person(CLERK), "b")
    gitea.world.review(pull, head)
    with pytest.raises(HuiyinError) as error:
        gitea.connect().facts(gitea.ref(pull))
    assert "HY666" == code_of(error)


def test_hidden_activity_on_gitea_shows_in_the_timeline(gitea: Scene) -> None:
    """Pushes to an open pull request name everybody."""
    gitea.world.push(gitea.person(CLERK), "b", FILES)
    pull = gitea.world.open(gitea.person(CLERK), "b")
    gitea.world.push(gitea.person(HEAD, hides_activity=True), "b", {"cases/b.yaml": b"b"})
    facts = gitea.connect().facts(gitea.ref(pull))
    assert {identity(gitea, CLERK), identity(gitea, HEAD)} == set(facts.pushers)
    assert gitea.world.pushes[-1].at == facts.seen_at


def test_an_administrators_token_sees_hidden_activity_on_gitea(gitea: Scene) -> None:
    """Then the facts are whole."""
    gitea.world.users["gate-token"] = User(77, "huiyin-gate", admin=True)
    gitea.world.push(gitea.person(CLERK, hides_activity=True), "b", FILES)
    pull = gitea.world.open(gitea.person(CLERK), "b")
    assert (identity(gitea, CLERK),) == gitea.connect().facts(gitea.ref(pull)).pushers


def test_a_long_push_on_gitea_is_counted_not_listed(gitea: Scene) -> None:
    """The feed names five commits and says how many there were."""
    clerk = gitea.person(CLERK)
    tip = gitea.world.push(clerk, "b", FILES)
    for number in range(7):
        tip = gitea.world.commit({"cases/a.yaml": b"%d" % number}, tip, clerk)
    gitea.world.move(clerk, "b", tip)
    pull = gitea.world.open(clerk, "b")
    facts = gitea.connect().facts(gitea.ref(pull))
    assert (8, (identity(gitea, CLERK),)) == (len(facts.commits), facts.pushers)


def test_a_commit_below_a_forced_push_on_gitea_needs_its_own_push(gitea: Scene) -> None:
    """The timeline names only the new head of a forced push; what lies below it was brought by somebody hidden."""
    hidden, clerk = gitea.person(HEAD, hides_activity=True), gitea.person(CLERK)
    gitea.world.push(clerk, "b", FILES)
    pull = gitea.world.open(clerk, "b")
    main = gitea.world.resolve("refs/heads/main")
    assert main is not None
    below = gitea.world.commit({"cases/x.yaml": b"x"}, main, hidden)
    gitea.world.move(hidden, "b", gitea.world.commit({"cases/y.yaml": b"y"}, below, hidden))
    with pytest.raises(HuiyinError) as error:
        gitea.connect().facts(gitea.ref(pull))
    assert "HY666" == code_of(error)


def test_a_deleted_branch_on_gitea_still_has_its_pushes(gitea: Scene) -> None:
    """The pull request lives on under its hidden name."""
    clerk = gitea.person(CLERK)
    gitea.world.push(clerk, "b", FILES)
    pull = gitea.world.open(clerk, "b")
    gitea.world.move(clerk, "b", gitea.world.push(clerk, "b", {"cases/b.yaml": b"b"}))
    gitea.world.git("update-ref", "-d", "refs/heads/b")
    (listed,) = gitea.connect().pulls()
    assert (f"refs/pull/{pull.number}/head", gitea.world.head(pull)) == (listed.branch, listed.head)
    assert (identity(gitea, CLERK),) == gitea.connect().facts(listed).pushers


def test_nonsense_in_the_feed_proves_nothing(gitea: Scene) -> None:
    """Content that is no JSON, or of another shape, names no push."""
    pull = gitea.propose(assigned().claimed("2026-11-23 09:40"), CLERK)
    entries = [
        {"op_type": "commit_repo", "ref_name": f"refs/heads/{pull.branch}", "act_user": {"id": 5}, "content": content}
        for content in ("{", "[]", None, '{"HeadCommit": 5}')
    ]
    gitea.api.faults.append(Fault(fits="feeds", status=200, text=json.dumps(entries)))
    with pytest.raises(HuiyinError) as error:
        gitea.connect().facts(gitea.ref(pull))
    assert "HY666" == code_of(error)
