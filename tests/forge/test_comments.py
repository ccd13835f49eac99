"""The gate's one comment, and its status: set, not added, however often and by how many gates at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from huiyin.forge.hosted import CONTEXT, MARKER
from huiyin.model.problem import HuiyinError
from tests.forge.fake import Fault
from tests.forge.scene import GATE_USER, Scene, assigned
from tests.forge.world import Comment, Pull, User

CLERK = "lanzhou.clerk"


@pytest.fixture
def pull(stage: Scene) -> Pull:
    """One proposal."""
    return stage.propose(assigned().claimed("2026-11-23 09:40"), CLERK)


def bodies(pull: Pull) -> list[str]:
    """What is written below a proposal."""
    return [c.body for c in pull.comments]


def test_one_comment_is_written_again_in_place(stage: Scene, pull: Pull) -> None:
    """Created once, changed when the text does, left alone when it does not."""
    forge = stage.connect()
    forge.comment(stage.ref(pull), "一")
    forge.comment(stage.ref(pull), "一")
    assert ([f"{MARKER}\n一"], 0) == (bodies(pull), pull.comments[0].edits)
    stage.connect().comment(stage.ref(pull), "二")
    assert ([f"{MARKER}\n二"], 1) == (bodies(pull), pull.comments[0].edits)


def test_a_comment_with_the_marker_by_another_is_not_the_gates(stage: Scene, pull: Pull) -> None:
    """Its author could change it afterwards."""
    forged = Comment(stage.world.id(), stage.person(CLERK), f"{MARKER}\n可以合并", stage.world.tick())
    pull.comments.append(forged)
    stage.connect().comment(stage.ref(pull), "不能合并")
    assert [f"{MARKER}\n可以合并", f"{MARKER}\n不能合并"] == bodies(pull)


def test_a_comment_that_somebody_changed_is_put_right(stage: Scene, pull: Pull) -> None:
    """Maintainers may edit everybody's comments."""
    forge = stage.connect()
    forge.comment(stage.ref(pull), "不能合并")
    pull.comments[0].body = f"{MARKER}\n可以合并"
    forge.comment(stage.ref(pull), "不能合并")
    assert [f"{MARKER}\n不能合并"] == bodies(pull)


def test_line_ends_of_another_kind_are_no_change(stage: Scene, pull: Pull) -> None:
    """A browser sends them when somebody saves without a change."""
    forge = stage.connect()
    forge.comment(stage.ref(pull), "一\n二\n")
    pull.comments[0].body = pull.comments[0].body.replace("\n", "\r\n")
    forge.comment(stage.ref(pull), "一\n二\n")
    assert 0 == pull.comments[0].edits


def test_the_comment_is_found_behind_many_others(stage: Scene, pull: Pull) -> None:
    """Also when it is not on the first page."""
    for number in range(130):
        pull.comments.append(Comment(stage.world.id(), stage.person(CLERK), f"第{number}条", stage.world.tick()))
    for _ in range(2):
        stage.connect().comment(stage.ref(pull), "一")
    assert 1 == sum(b.startswith(MARKER) for b in bodies(pull))


def test_a_lost_answer_makes_no_second_comment(stage: Scene, pull: Pull) -> None:
    """The comment was made, the answer never came, the request was sent again."""
    stage.api.faults.append(Fault(fits="POST .*comments", late=True, status=502))
    stage.connect().comment(stage.ref(pull), "一")
    assert [f"{MARKER}\n一"] == bodies(pull)


def test_two_gates_at_once_leave_one_comment(stage: Scene, pull: Pull) -> None:
    """Whoever comes last sees both and deletes the younger."""
    gates = [stage.connect() for _ in range(4)]
    with ThreadPoolExecutor(len(gates)) as pool:
        list(pool.map(lambda gate: gate.comment(stage.ref(pull), "一"), gates))
    assert [f"{MARKER}\n一"] == bodies(pull)


def test_a_gate_that_meets_a_comment_made_meanwhile_deletes_its_own(stage: Scene, pull: Pull) -> None:
    """The same, step by step: both looked, both created."""
    forge = stage.connect()
    other = Comment(stage.world.id(), GATE_USER, f"{MARKER}\n旧", stage.world.tick())
    listed = forge._own_comments
    calls = []

    def look(ref: object) -> dict[int, str]:
        calls.append(ref)
        if len(calls) == 1:
            pull.comments.append(other)
            return {}
        return listed(ref)  # type: ignore[arg-type]

    forge._own_comments = look  # type: ignore[method-assign,assignment]
    forge.comment(stage.ref(pull), "新")
    assert ([f"{MARKER}\n新"], [other]) == (bodies(pull), pull.comments)


def test_an_apps_token_is_that_of_actions(github: Scene) -> None:
    """It may not ask who it is; GitHub's own account for workflows has a known number."""
    github.world.users["gate-token"] = User(41898282, "github-actions[bot]", is_app=True)
    pull = github.propose(assigned().claimed("2026-11-23 09:40"), CLERK)
    for _ in range(2):
        github.connect().comment(github.ref(pull), "一")
    assert [f"{MARKER}\n一"] == bodies(pull)


def test_another_apps_account_can_be_said(github: Scene) -> None:
    """By its number, and then it is not asked for."""
    github.world.users["gate-token"] = User(123456, "app[bot]", is_app=True)
    pull = github.propose(assigned().claimed("2026-11-23 09:40"), CLERK)
    for _ in range(2):
        github.connect(HUIYIN_FORGE_ACCOUNT="123456").comment(github.ref(pull), "一")
    assert [f"{MARKER}\n一"] == bodies(pull)


def test_without_an_account_nothing_is_written(gitea: Scene) -> None:
    """A token of Gitea without leave to read the user."""
    pull = gitea.propose(assigned().claimed("2026-11-23 09:40"), CLERK)
    gitea.api.faults.append(Fault(fits="GET /user$", times=9, status=403))
    with pytest.raises(HuiyinError) as error:
        gitea.connect().comment(gitea.ref(pull), "一")
    assert (["HY668"], []) == ([p.code for p in error.value.problems], bodies(pull))


def test_a_status_is_set_once(stage: Scene, pull: Pull) -> None:
    """Again only when it says something else."""
    forge, head = stage.connect(), stage.world.head(pull)
    for ok, text in ((False, "还差1项审签"), (False, "还差1项审签"), (True, "可以合并"), (True, "可以合并")):
        forge.set_status(stage.ref(pull), head, ok, text)
    found = [(s.sha, s.state, s.context, s.text) for s in stage.world.statuses]
    assert [(head, "failure", CONTEXT, "还差1项审签"), (head, "success", CONTEXT, "可以合并")] == found


def test_a_status_of_another_is_not_the_gates(stage: Scene, pull: Pull) -> None:
    """Other contexts do not count."""
    forge, head = stage.connect(), stage.world.head(pull)
    for number in range(120):
        stage.note_status(head, f"other/{number}")
    forge.set_status(stage.ref(pull), head, True, "可以合并")
    forge.set_status(stage.ref(pull), head, True, "可以合并")
    assert 1 == sum(s.context == CONTEXT for s in stage.world.statuses)


def test_a_long_summary_is_cut(stage: Scene, pull: Pull) -> None:
    """To what GitHub takes."""
    stage.connect().set_status(stage.ref(pull), stage.world.head(pull), False, "长" * 200)
    assert "长" * 139 + "…" == stage.world.statuses[0].text


def test_a_merged_proposal_is_closed_where_the_forge_does_not_notice(gitea: Scene) -> None:
    """On Gitea by us, and only once."""
    pull = gitea.propose(assigned().claimed("2026-11-23 09:40"), CLERK)
    forge = gitea.connect()
    forge.settle(gitea.ref(pull))
    forge.settle(gitea.ref(pull))
    assert pull.closed
    assert 1 == sum(a.startswith("PATCH") for a in gitea.api.asked)


def test_github_closes_by_itself(github: Scene) -> None:
    """We ask nothing of it."""
    pull = github.propose(assigned().claimed("2026-11-23 09:40"), CLERK)
    github.connect().settle(github.ref(pull))
    assert [] == github.api.asked


def test_where_git_finds_the_repository(stage: Scene) -> None:
    """The address over SSH, as the forge names it."""
    expected = {
        "github": "git@forge.invalid:gansu/liuyan.git",
        "gitea": "ssh://git@gitea.invalid:2222/gansu/liuyan.git",
    }
    assert expected[stage.kind] == stage.connect().remote()
