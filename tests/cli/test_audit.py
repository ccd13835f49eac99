"""``huiyin audit`` as a person and a nightly job run it: the real command on real repositories."""

from __future__ import annotations

import json
from pathlib import Path

from huiyin.repo.git import run
from tests.histories import LENGTH, History, time_of
from tests.office import Desk, needs_ssh
from tests.repository import make_repository
from tests.test_merging import merge, new, ready

pytestmark = needs_ssh


def clone(history: History, *options: str) -> Desk:
    """Somebody's clone with a work tree."""
    root = history.office.folder / "克隆"
    run(history.office.folder, "clone", "--quiet", *options, history.bare.as_uri(), str(root))
    return Desk("auditor", root, history.office.gate_key)


def forge(history: History) -> str:
    """A bad third merge with a sound fourth one on top, as main of the server."""
    bad = history.remake(3, key=history.office.keys["lanzhou.head"])
    history.move_main(history.rebuild(bad, [4]))
    return bad


def test_a_sound_history(history: History) -> None:
    """Exit 0 and few words; the second run says that it proves only what is new, and a third with --full does not."""
    server = history.office.server()
    start, head = history.main[0][:10], history.main[-1][:10]
    first = server.huiyin("audit")
    told = f"查证 {start} 至 {head} 的主线历史，共{LENGTH}次合并。\n"
    assert (0, f"{told}全部属实。\n", "") == (first.code, first.out, first.err)
    ready(history.office, "b6", new("6"))
    merge(history.office, "b6", now=time_of(6))
    second = server.huiyin("audit")
    assert 0 == second.code
    assert f"共{LENGTH + 1}次合并。\n前{LENGTH}次上次已查证属实，本次只查证新增的1次。\n全部属实。\n" in second.out
    assert "上次" not in server.huiyin("audit", "--full").out


def test_the_first_bad_commit_is_named(history: History) -> None:
    """Exit 1: which commit, when, why, the last good one, what is not proven yet, and what to do."""
    bad = forge(history)
    done = history.office.server().huiyin("audit")
    assert 1 == done.code
    assert f"\n有问题：第3次合并 {bad}（2026-11-23 10:03）\n错误 HY653 " in done.out
    assert f"\n此前最后一个属实的提交：{history.main[2]}\n其后1次合并尚未查证（用 --all 查证全部）。\n" in done.out
    assert f"git show --format=fuller {bad[:10]} " in done.out
    assert f"恢复到 {history.main[2][:10]}" in done.out
    every = history.office.server().huiyin("audit", "--all")
    assert (1, False) == (every.code, "尚未查证" in every.out)


def test_json(history: History) -> None:
    """The stable form, of good and bad."""
    server = history.office.server()
    head = history.main[-1]
    sound = {
        "ok": True, "start": history.main[0], "head": head, "merges": 5, "resumed": 0, "proven": 5,
        "last_good": head, "findings": [], "problems": [],
    }  # fmt: skip
    assert sound == json.loads(server.huiyin("audit", "--format", "json").out)
    bad = forge(history)
    done = server.huiyin("audit", "--full", "--format", "json")
    told = json.loads(done.out)
    [finding] = told["findings"]
    assert (1, False, history.main[2], 3) == (done.code, told["ok"], told["last_good"], told["proven"])
    assert (bad, 3, "2026-11-23T10:03:00+08:00") == (finding["commit"], finding["number"], finding["at"])
    assert ["HY653"] == [p["code"] for p in finding["problems"]]


def test_annotations(history: History) -> None:
    """For Actions: an error a problem, and nothing where all is well."""
    server = history.office.server()
    assert (0, "") == (lambda r: (r.code, r.out))(server.huiyin("audit", "--format", "github"))
    bad = forge(history)
    done = server.huiyin("audit", "--full", "--format", "github")
    assert 1 == done.code
    assert done.out.startswith("::error title=HY653::")
    assert bad[:10] in done.out


def test_a_clone_keeps_its_memory_out_of_git(history: History) -> None:
    """In a work tree the memory stands where Git does not see it."""
    desk = clone(history)
    assert 0 == desk.huiyin("audit").code
    assert (desk.root / ".git" / "huiyin" / "audit.json").is_file()
    assert "" == desk.git("status", "--porcelain", "--ignored")
    assert f"前{LENGTH}次" in desk.huiyin("audit").out


def test_no_branch_brings_or_takes_a_memory(history: History) -> None:
    """What somebody commits and an auditor checks out is no witness, and leaving it again loses none."""
    desk = clone(history)
    assert 0 == desk.huiyin("audit").code
    told = (desk.root / ".git" / "huiyin" / "audit.json").read_text(encoding="ascii")
    forge(history)
    desk.git("fetch", "--quiet", "origin")
    desk.git("switch", "--quiet", "--create", "forged", "origin/main")
    bad = desk.git("rev-parse", "origin/main")
    for folder in (".huiyin", "huiyin"):
        path = desk.root / folder / "audit.json"
        path.parent.mkdir()
        path.write_text(told.replace(history.main[-1], bad), encoding="ascii")
    desk.git("add", "--force", ".huiyin", "huiyin")
    desk.git("-c", "user.name=x", "-c", "user.email=x", "commit", "--quiet", "--no-gpg-sign", "--message", "x")
    assert 1 == desk.huiyin("audit", bad).code
    desk.git("switch", "--quiet", "main")
    assert f"前{LENGTH}次" in desk.huiyin("audit").out


def test_a_branch_called_like_a_commit_leads_nobody_astray(history: History) -> None:
    """A start or HEAD is what it says, though somebody has called a branch so to have nothing looked at."""
    server = history.office.server()
    server.git("update-ref", f"refs/heads/{history.main[0]}", "refs/heads/main")
    server.git("update-ref", "refs/heads/HEAD", history.main[0])
    for arguments in (("--since", history.main[0]), ("HEAD",)):
        done = server.huiyin("audit", "--full", *arguments)
        assert (0, True) == (done.code, f"共{LENGTH}次合并" in done.out)


def test_a_clone_elsewhere_watches_the_server(history: History) -> None:
    """What the clone saw on the server yesterday is missed today; an older commit by its hash is no rewriting."""
    desk = clone(history)
    assert 0 == desk.huiyin("audit", "origin/main").code
    assert "HY683" not in desk.huiyin("audit", history.main[3]).out
    history.move_main(history.main[3])
    desk.git("fetch", "--quiet", "origin")
    done = desk.huiyin("audit", "origin/main")
    assert 1 == done.code
    assert f"错误 HY683 上次查证属实的提交 {history.main[5][:10]} 已不在主线的历史中。" in done.out
    assert "现有历史中的合并全部属实，但不完整。" in done.out


def test_from_a_commit_that_is_trusted(history: History) -> None:
    """--since takes any name of a commit; one that is not on main is a problem, one that is not there a wrong usage."""
    bad = forge(history)
    server = history.office.server()
    assert 0 == server.huiyin("audit", "--since", bad[:12]).code
    missed = server.huiyin("audit", "--since", history.main[3])
    assert (1, True) == (missed.code, "HY682" in missed.err)
    unknown = server.huiyin("audit", "--since", "nowhere")
    assert (2, True) == (unknown.code, "HY902" in unknown.err)


def test_a_shallow_clone_is_told_what_to_do(history: History) -> None:
    """Exit 2, and the command that helps."""
    done = clone(history, "--depth=2").huiyin("audit")
    assert (2, "") == (done.code, done.out)
    assert "错误 HY684 这是浅克隆，没有全部历史，不能查证。\n    处理：浅克隆先运行 git fetch --unshallow" in done.err


def test_a_project_without_a_gate(tmp_path: Path) -> None:
    """Exit 2 and one message, not an error a commit."""
    repository = make_repository(tmp_path / "库")
    for n in range(3):
        repository.write(f"{n}.txt", "演示")
        repository.commit()
    done = repository.huiyin("audit")
    assert (2, "") == (done.code, done.out)
    assert 1 == done.err.count("错误 ")
    assert "其后的历史不是由闸门建立的，不能查证。" in done.err


def test_outside_of_git(tmp_path: Path) -> None:
    """Exit 2: no repository, and an empty one."""
    folder = make_repository(tmp_path / "库")
    assert (2, True) == (lambda r: (r.code, "HY901" in r.err))(folder.huiyin("audit"))
    run(tmp_path, "init", "--quiet", str(folder.root))
    assert (2, True) == (lambda r: (r.code, "HY902" in r.err))(folder.huiyin("audit"))
