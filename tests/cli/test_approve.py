"""``huiyin approve`` as people use it: in clones, with keys of their own, at a terminal and without one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from huiyin.forge.signed import APPROVES, OBJECTS
from tests.cases import REPLY, Story
from tests.cli.terminal import at_terminal
from tests.office import Office, environment, make_key
from tests.repository import Repository

MINE = "wangzhan.reviewer"


@pytest.fixture
def waiting(office: Office) -> Office:
    """A branch with one message, pushed by a clerk."""
    office.write("wangzhan.clerk", "b", Story(received="2026-11-23 08:00"))
    return office


def test_an_approval_is_an_empty_signed_commit(waiting: Office) -> None:
    """On the tip, with the parent's tree, naming the head in full; the branch is made here if it was only fetched."""
    head, desk = str(waiting.tip("b")), waiting.desk(MINE)
    done = desk.approve("b", push=False)
    assert (0, "") == (done.code, done.err)
    assert f"已审签同意：网站管理中心复审人（演示），版本 {head[:10]}" in done.out
    assert "git push origin b" in done.out
    made = desk.git("rev-parse", "refs/heads/b")
    assert head == desk.git("rev-parse", "b^")
    assert "" == desk.git("diff", "--stat", "b^", "b")
    assert f"{APPROVES}: {head}" == desk.git("log", "-1", "--format=%(trailers)", "b")
    assert "-----BEGIN SSH SIGNATURE-----" in desk.git("cat-file", "commit", made)
    assert waiting.tip("b") == head, "nothing is pushed by itself"
    assert ("", "main") == (desk.git("status", "--porcelain"), desk.git("branch", "--show-current"))


def test_an_objection_stops_the_merge_until_it_is_taken_back(waiting: Office) -> None:
    """Whoever objected approves, and it is gone."""
    waiting.sign(MINE, "b")
    desk = waiting.desk("lanzhou.head")
    done = desk.approve("b", "--object")
    assert (0, True) == (done.code, "已提出修改要求" in done.out)
    assert OBJECTS in desk.git("log", "-1", "--format=%(trailers)", "b")
    refused = waiting.merge("b")
    assert (1, True) == (refused.code, "lanzhou.head）要求修改，撤回前不能合并" in refused.out)
    desk.now = later = "2026-11-23T10:00:05+08:00"
    assert 0 == desk.approve("b").code, "also where this approval is not needed"
    assert 0 == waiting.merge("b", now=later).code


def test_the_text_is_read_before_it_is_signed(office: Office) -> None:
    """第九条（三）、第二十条: case, event, unit, reply in full, the date that it meets, and who else must sign."""
    story = Story(received="2026-11-23 08:00")
    office.write("wangzhan.clerk", "0", story)
    office.sign(MINE, "0")
    office.merge("0")
    for n, (person, event) in enumerate([("wangzhan.clerk", "assigned"), ("lanzhou.clerk", "claimed")], start=1):
        if event == "assigned":
            story.assigned("2026-11-23 09:00")
        else:
            story.claimed("2026-11-23 09:10")
        office.write(person, str(n), story)
        if event == "assigned":
            office.sign(MINE, str(n))
        assert 0 == office.merge(str(n)).code
    office.write("lanzhou.clerk", "答复", story.answered("2026-11-23 09:30"))
    shown = office.desk("lanzhou.head").approve("答复").out
    for words in (
        "留言 people-90000001  建议增开公交班次（演示）",
        "报送答复（answered）  2026-11-23 09:30  兰州市",
        REPLY,
        "兰州市人民政府办公室",
        "状态：办理中 → 待复审",
        "按期完成：办理（第十三条）",
        "兰州市主要负责同志（第九条（三））：待",
    ):
        assert words in shown


@pytest.mark.parametrize(
    ("person", "branch", "options", "code"),
    [
        (MINE, "none", (), "HY630"),
        (MINE, "empty", (), "HY642"),
        (MINE, "empty", ("--object",), "HY642"),
        (MINE, "broken", (), "HY638"),
        ("wangzhan.clerk", "b", (), "HY641"),
        ("lanzhou.head", "b", (), "HY642"),
        (MINE, "b", ("--key", "none"), "HY634"),
        (MINE, "b", ("--key", "stranger"), "HY640"),
        (MINE, "b", ("--branch", "none"), "HY630"),
    ],
)
def test_what_is_refused(
    waiting: Office, tmp_path: Path, person: str, branch: str, options: tuple[str, ...], code: str
) -> None:
    """One clear message; the branch stays as it is."""
    waiting.server().git("branch", "empty", "main")
    waiting.write("wangzhan.clerk", "broken", Story(received="2026-11-23 08:00").claimed("2026-11-23 09:00"))
    make_key(tmp_path / "stranger")
    options = tuple(str(tmp_path / o) if o in ("none", "stranger") and "--key" in options else o for o in options)
    desk = waiting.desk(person)
    before = desk.git("for-each-ref")
    done = desk.huiyin("approve", branch, "--yes", *options)
    assert (True, True) == (done.code in (1, 2), f"错误 {code} " in done.err), done.err
    assert before == desk.git("for-each-ref")


def test_signing_twice_is_said_and_harmless(waiting: Office) -> None:
    """HY643, exit code 0, no second commit; an objection after it is another word."""
    desk = waiting.desk(MINE)
    assert 0 == desk.approve("b").code
    tip = waiting.tip("b")
    again = desk.approve("b")
    assert (0, True, tip) == (again.code, "提示 HY643" in again.err, waiting.tip("b"))
    assert "HY643" not in desk.approve("b", "--object").err


def test_without_a_terminal_nothing_is_taken_for_consent(waiting: Office) -> None:
    """HY644: a script must say --yes."""
    done = waiting.desk(MINE).huiyin("approve", "b")
    assert (2, True) == (done.code, "HY644" in done.err)
    assert "建议增开公交班次" in done.out


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 1), ("\n", 1), ("\x03", 130)])
def test_at_a_terminal_it_asks(waiting: Office, answer: str, code: int) -> None:
    """In whose name, and what; only a yes signs."""
    desk = waiting.desk(MINE)
    before = desk.git("for-each-ref")
    prompt = "以网站管理中心复审人（演示）（wangzhan.reviewer）的名义同意这一版本？"
    done = at_terminal(Repository(desk.root), ["approve", "b"], [(prompt, answer)])
    assert code == done.code, done.err
    assert (code == 0) == (before != desk.git("for-each-ref"))


def test_no_key_is_set(waiting: Office) -> None:
    """HY635 says where to set one."""
    desk = waiting.desk(MINE)
    desk.git("config", "--unset", "user.signingkey")
    done = desk.huiyin("approve", "b", "--yes")
    assert (2, True) == (done.code, "HY635" in done.err)
    assert 0 == desk.approve("b", "--key", str(desk.key)).code


def test_the_agents_key_will_do(waiting: Office) -> None:
    """``user.signingkey`` may be a public key, as a file or as ``key::…``, of which the agent holds the other half."""
    desk = waiting.desk(MINE)
    public = desk.key.with_name(f"{desk.key.name}.pub")
    agent = subprocess.run(["ssh-agent", "-s"], capture_output=True, text=True, check=True, env=environment()).stdout
    variables = dict(part.split(";")[0].split("=", 1) for part in agent.splitlines() if "=" in part)
    try:
        subprocess.run(["ssh-add", "-q", str(desk.key)], check=True, env={**environment(), **variables})
        moved = desk.key.with_name("moved")
        desk.key.rename(moved)
        command = (sys.executable, "-m", "huiyin.cli.main", "approve", "b", "--yes")
        desk.git("config", "user.signingkey", f"key::{public.read_text(encoding='ascii').strip()}")
        done = desk.run(*command, env=variables)
        assert (0, "") == (done.code, done.err)
        done = desk.run(*command, "--object", "--key", str(public), env=variables)
        assert (0, "") == (done.code, done.err)
    finally:
        subprocess.run(["ssh-agent", "-k"], capture_output=True, check=False, env={**environment(), **variables})


def test_a_clone_that_lags_behind_signs_the_newest(waiting: Office) -> None:
    """What the server has is what is judged; a branch that is checked out must be pulled first (HY645)."""
    desk = waiting.desk(MINE)
    old = desk.git("rev-parse", "origin/b")
    desk.git("branch", "b", old)
    new = waiting.write("wangzhan.clerk", "b", Story(received="2026-11-23 08:00", reference="2"))
    desk.git("switch", "--quiet", "b")
    desk.git("fetch", "--quiet")
    refused = desk.huiyin("approve", "b", "--yes")
    assert (1, True, old) == (refused.code, "HY645" in refused.err, desk.git("rev-parse", "b"))
    desk.git("switch", "--quiet", "main")
    assert 0 == desk.approve("b").code
    assert new == waiting.server().git("rev-parse", "b^")


def test_branches_that_have_parted_are_not_guessed(waiting: Office) -> None:
    """HY645: nobody signs one of two things."""
    desk = waiting.desk(MINE)
    desk.git("switch", "--quiet", "--no-track", "--create", "b", "origin/main")
    desk.amend("b", Story(received="2026-11-23 08:00", reference="2"), push=False)
    done = desk.huiyin("approve", "b", "--yes")
    assert (1, True) == (done.code, "分叉" in done.err)


def test_on_the_server_itself(waiting: Office) -> None:
    """A bare repository has no files to show and nothing to push."""
    done = waiting.server().huiyin("approve", "b", "--yes", "--key", str(waiting.keys[MINE]))
    assert (0, False) == (done.code, "git push" in done.out)
    assert 0 == waiting.merge("b").code
