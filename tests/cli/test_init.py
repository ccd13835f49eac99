"""``huiyin init --bare``: a complete deployment in one command."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from huiyin.proof import prove_merge
from huiyin.vault.age import Identity, generate_secret
from tests.cases import Story
from tests.office import Desk, Office, needs_ssh
from tests.repository import Repository
from tests.scan.planting import MOBILE
from tests.vault.safe import add_key, make_safe

pytestmark = needs_ssh


def init(repository: Repository, path: Path, *options: str) -> Desk:
    """Found a repository and give its desk."""
    founder = Desk("founder", repository.root, path)
    done = founder.huiyin("init", "--bare", str(path), *options)
    assert (0, "") == (done.code, done.err)
    assert str(path) in done.out
    return Desk("gate", path, path / "huiyin/gate_ed25519")


def test_what_it_sets_up(repository: Repository, tmp_path: Path) -> None:
    """Key, hook, settings, one commit with the whole record and the public key; sound to Git and to check."""
    repository.add(Story())
    script = repository.write("site/x.sh", "x\n")
    script.chmod(0o755)
    server = init(repository, tmp_path / "库.git")
    key = server.root / "huiyin/gate_ed25519"
    assert (0o600, 0o700) == (stat.S_IMODE(key.stat().st_mode), stat.S_IMODE(key.parent.stat().st_mode))
    public = key.with_name("gate_ed25519.pub").read_text(encoding="ascii").strip()
    text = server.git("show", "main:rules/gate.yaml")
    assert public in text
    assert 'from: "2026-11-23"' in text
    hook = server.root / "hooks/pre-receive"
    assert os.access(hook, os.X_OK)
    assert "gate --pre-receive" in hook.read_text(encoding="utf-8")
    assert not (server.root / "hooks/post-receive").exists()
    settings = ("receive.denyNonFastForwards", "receive.fsckObjects", "core.logAllRefUpdates", "core.bare")
    assert ["true", "true", "always", "true"] == [server.git("config", name) for name in settings]
    assert "1" == server.git("rev-list", "--count", "--all")
    assert {"100644"} == {line.split()[0] for line in server.git("ls-tree", "-r", "main").splitlines()}
    assert "" == server.git("fsck", "--no-dangling", "--strict", "--no-progress")
    assert 0 == repository.huiyin("check", "--root", str(repository.root)).code
    named = {p.name for p in server.root.iterdir()}
    assert {"HEAD", "config", "hooks", "huiyin", "objects", "refs"} <= named <= {
        *("HEAD", "config", "hooks", "huiyin", "objects", "refs", "logs", "info", "branches", "packed-refs"),
    }  # fmt: skip
    assert [] == [p for p in tmp_path.iterdir() if p.name.endswith(".new")]


@pytest.mark.parametrize("committed", [False, True])
@pytest.mark.parametrize("place", ["case", "rules/a.yaml", "list.csv"])
def test_the_first_commit_holds_no_personal_data(
    repository: Repository, tmp_path: Path, place: str, committed: bool
) -> None:
    """第十九条: no gate judges it and nobody could take it back, so nothing is made, in words without the number."""
    repository.add(Story(facts={"body": f"请回电{MOBILE}。（虚构）"} if place == "case" else {}))
    if place != "case":
        repository.write(place, f"# 电话{MOBILE}（虚构）\n")
    if committed:
        repository.commit()
    taken = committed or place != "list.csv"
    done = repository.huiyin("init", "--bare", str(tmp_path / "库.git"))
    assert taken == (done.code == 1)
    assert taken == ("HY750" in done.err)
    assert MOBILE not in done.out + done.err
    assert taken != (tmp_path / "库.git").exists()
    assert [] == [p for p in tmp_path.iterdir() if p.name.endswith(".new")]


def test_it_says_who_needs_a_key_for_the_vault(repository: Repository, tmp_path: Path) -> None:
    """第十九条: until a dispatcher has one, no message with personal data can be registered; then nothing is said."""
    make_safe(repository, {"zhengwu.clerk": ""})
    done = repository.huiyin("init", "--bare", str(tmp_path / "一.git"))
    assert "“中国·甘肃”网站管理中心还没有人登记age公钥" in done.out
    add_key(repository, "wangzhan.reviewer", Identity(generate_secret()).recipient)
    assert "age公钥" not in repository.huiyin("init", "--bare", str(tmp_path / "二.git")).out


def test_of_a_git_repository_the_committed_is_taken(repository: Repository, tmp_path: Path) -> None:
    """All that HEAD holds, program and tests included; nothing that lies about, and no history."""
    repository.write("tools/x.py", "x = 1\n")
    repository.commit()
    repository.write("tools/x.py", "x = 2\n")
    repository.write("秘密.txt", "x\n")
    repository.commit()
    repository.write("未提交.txt", "x\n")
    server = init(repository, tmp_path / "new.git")
    files = server.git("-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", "main").splitlines()
    assert ({"tools/x.py", "秘密.txt", "rules/people.yaml"}, False) == (
        {"tools/x.py", "秘密.txt", "rules/people.yaml"} & set(files),
        "未提交.txt" in files,
    )
    assert "x = 2" == server.git("show", "main:tools/x.py")
    assert "1" == server.git("rev-list", "--count", "--all")
    assert "" == server.git("fsck", "--no-dangling", "--no-progress")


def test_another_folder_may_be_named(repository: Repository, tmp_path: Path) -> None:
    """With ``--from``, wherever one stands; an empty folder may be filled."""
    (tmp_path / "空").mkdir()
    elsewhere = Desk("founder", tmp_path, tmp_path)
    done = elsewhere.huiyin("init", "--bare", "空", "--from", str(repository.root))
    assert (0, "") == (done.code, done.err)
    assert (tmp_path / "空/HEAD").is_file()


@pytest.mark.parametrize(
    ("path", "source", "code"),
    [("full", "库", "HY659"), ("file", "库", "HY659"), ("new", "none", "HY910"), ("file/x", "库", "HY906")],
)
def test_nothing_is_overwritten(repository: Repository, tmp_path: Path, path: str, source: str, code: str) -> None:
    """And nothing is left half made."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full/x").touch()
    (tmp_path / "file").touch()
    before = sorted(tmp_path.rglob("*"))
    founder = Desk("founder", tmp_path, tmp_path)
    done = founder.huiyin("init", "--bare", path, "--from", source)
    assert (True, "", True) == (done.code in (1, 2), done.out, f"错误 {code} " in done.err), done.err
    assert before == sorted(tmp_path.rglob("*"))


def test_it_may_merge_by_itself(office: Office, tmp_path: Path) -> None:
    """With ``--merge-on-push`` a clerk's and a reviewer's pushes are all that it takes, and both read how it stands."""
    own = Office(tmp_path / "自动", office.keys)
    own.folder.mkdir()
    init(Repository(office.folder / "起点"), own.bare, "--merge-on-push")
    before = own.main()
    clerk, reviewer = own.desk("wangzhan.clerk"), own.desk("wangzhan.reviewer")
    clerk.propose("b", Story(received="2026-11-23 08:00"), push=False)
    told = clerk.run("git", "push", "origin", "b")
    assert (0, True, before) == (told.code, "待网站管理中心复审人" in told.err, own.main())
    assert 0 == reviewer.approve("b", push=False).code
    told = reviewer.run("git", "push", "origin", "b")
    assert (0, True) == (told.code, "已合入主线" in told.err)
    assert before != own.main()
    assert () == prove_merge(own.bare, own.main())
