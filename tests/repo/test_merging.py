"""Merging with Git's objects alone, in real repositories, bare and with files."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from huiyin.model.problem import HuiyinError, UsageError
from huiyin.repo.git import run
from huiyin.repo.merging import LocalBranch, RemoteBranch, merge_trees, tree_of
from tests.repository import Repository

LINES = "".join(f"{n}\n" for n in range(20))


@pytest.fixture
def parted(tmp_path: Path) -> Repository:
    """Two branches that each append a line to one file and add one of their own."""
    repository = Repository(tmp_path / "库")
    repository.write("案.yaml", LINES)
    repository.commit()
    for branch in ("left", "right"):
        repository.git("checkout", "-q", "-b", branch, "main")
        repository.write("案.yaml", f"{LINES}{branch}\n")
        repository.write(f"{branch}.txt", branch)
        repository.commit()
    repository.git("checkout", "-q", "main")
    return repository


def tip(repository: Repository, branch: str) -> str:
    """Where a branch stands."""
    return repository.git("rev-parse", f"refs/heads/{branch}").strip()


def test_merges_what_does_not_meet(parted: Repository) -> None:
    """The tree holds both sides; no branch, index or file has moved."""
    parted.git("checkout", "-q", "-b", "other", "main")
    parted.write("other.txt", "other")
    other = parted.commit()
    before = parted.git("status", "--porcelain"), parted.git("for-each-ref")
    tree = merge_trees(parted.root, tip(parted, "left"), other)
    assert "left.txt\nother.txt\n" == parted.git("ls-tree", "--name-only", tree, "left.txt", "other.txt")
    assert before == (parted.git("status", "--porcelain"), parted.git("for-each-ref"))


def test_two_appends_conflict(parted: Repository) -> None:
    """The optimistic lock of a case: HY632 names the file."""
    with pytest.raises(HuiyinError) as caught:
        merge_trees(parted.root, tip(parted, "left"), tip(parted, "right"))
    [problem] = caught.value.problems
    assert ("HY632", "案.yaml") == (problem.code, problem.path)
    assert "与主线冲突：案.yaml。" == problem.message


@pytest.mark.parametrize("where", ["tree", "work tree", "user", "bare"])
def test_no_setting_makes_two_appends_agree(
    parted: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """merge=union would: so neither attributes of the tree or the user, nor drivers, have a say."""
    root, rule = parted.root, "* merge=union\n"
    left = tip(parted, "left")
    if where in ("tree", "bare"):
        parted.git("checkout", "-q", "left")
        parted.write(".gitattributes", rule)
        left = parted.commit()
    if where == "work tree":
        parted.write(".gitattributes", rule)
    if where == "user":
        (tmp_path / "git").mkdir()
        (tmp_path / "git" / "attributes").write_text(rule, encoding="ascii")
        (tmp_path / ".gitconfig").write_text("[merge]\ndefault = union\n", encoding="ascii")
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    if where == "bare":
        parted.git("symbolic-ref", "HEAD", "refs/heads/left")
        subprocess.run(["git", "clone", "-q", "--bare", str(root), str(tmp_path / "bare.git")], check=True)
        root = tmp_path / "bare.git"
    with pytest.raises(HuiyinError) as caught:
        merge_trees(root, left, tip(parted, "right"))
    assert ["HY632"] == [p.code for p in caught.value.problems]


def test_a_renamed_folder_takes_no_new_file_along(parted: Repository) -> None:
    """What main has gained stays where main has put it."""
    parted.write("夹/旧.txt", LINES)
    parted.git("branch", "-f", "start", parted.commit())
    parted.git("checkout", "-q", "-b", "moved", "start")
    parted.git("mv", "夹", "新夹")
    moved = parted.commit()
    parted.git("checkout", "-q", "main")
    parted.write("夹/新.txt", "新")
    tree = merge_trees(parted.root, parted.commit(), moved)
    names = parted.git("-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", tree).splitlines()
    assert ["夹/新.txt", "新夹/旧.txt", "案.yaml"] == [name for name in names if name[0] in "夹新案"]


def test_strangers_do_not_merge(parted: Repository) -> None:
    """HY639: a history of its own; HY905: no commit at all."""
    alone = run(parted.root, "-c", "user.name=x", "-c", "user.email=x", "commit-tree", "-m", "x", "HEAD^{tree}")
    for other, code in ((alone.decode().strip(), "HY639"), ("1" * 40, "HY905")):
        with pytest.raises(HuiyinError) as caught:
            merge_trees(parted.root, tip(parted, "left"), other)
        assert [code] == [p.code for p in caught.value.problems]


def test_an_old_git_is_named(parted: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HY633: before 2.38 ``git merge-tree`` knew another command line."""
    (tmp_path / "bin").mkdir()
    old = tmp_path / "bin" / "git"
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
    usage = "echo 'usage: git merge-tree <base-tree> <branch1> <branch2>' >&2; exit 129"
    old.write_text(f'#!/bin/sh\ncase "$*" in *merge-tree*) {usage};; *) exec {real} "$@";; esac\n', "ascii")
    old.chmod(0o755)
    left, right = tip(parted, "left"), tip(parted, "right")
    monkeypatch.setenv("PATH", f"{old.parent}:{os.environ['PATH']}")
    with pytest.raises(UsageError) as caught:
        merge_trees(parted.root, left, right)
    assert ["HY633"] == [p.code for p in caught.value.problems]


def bare_of(repository: Repository, path: Path) -> Path:
    """A bare copy."""
    subprocess.run(["git", "clone", "-q", "--bare", str(repository.root), str(path)], check=True)
    return path


def test_a_branch_moves_only_from_where_it_was_seen(parted: Repository, tmp_path: Path) -> None:
    """Compare-and-swap: the second of two moves from one commit is told that it lost."""
    main, left, right = (tip(parted, b) for b in ("main", "left", "right"))
    branch = LocalBranch(bare_of(parted, tmp_path / "bare.git"))
    assert main == branch.tip()
    assert branch.move(main, left)
    assert left == branch.tip()
    assert not branch.move(main, right)
    assert left == branch.tip()
    assert branch.move(main, left), "it stands where it should: nothing was lost"


def test_a_lock_that_somebody_holds_is_a_lost_race(parted: Repository, tmp_path: Path) -> None:
    """It is tried again, and nothing has moved."""
    bare = bare_of(parted, tmp_path / "bare.git")
    branch, main = LocalBranch(bare), tip(parted, "main")
    (bare / "refs" / "heads").mkdir(parents=True, exist_ok=True)
    lock = bare / "refs" / "heads" / "main.lock"
    lock.touch()
    assert not branch.move(main, tip(parted, "left"))
    lock.unlink()
    assert main == branch.tip()


def test_files_follow_a_branch_that_is_checked_out(parted: Repository) -> None:
    """And files that somebody has changed are not run over: HY905, and the branch stands."""
    main, left = tip(parted, "main"), tip(parted, "left")
    branch = LocalBranch(parted.root)
    parted.write("案.yaml", "未提交的改动\n")
    with pytest.raises(HuiyinError) as caught:
        branch.move(main, left)
    assert ["HY905"] == [p.code for p in caught.value.problems]
    assert (main, "未提交的改动\n") == (branch.tip(), (parted.root / "案.yaml").read_text("utf-8"))
    parted.git("checkout", "-q", "案.yaml")
    assert branch.move(main, left)
    assert (left, "") == (branch.tip(), parted.git("status", "--porcelain"))
    assert not branch.move(main, tip(parted, "right"))


def test_a_branch_that_is_not_there(parted: Repository) -> None:
    """HY630, by name."""
    with pytest.raises(UsageError) as caught:
        LocalBranch(parted.root, "none").tip()
    assert ["HY630"] == [p.code for p in caught.value.problems]


def test_a_push_never_forces(parted: Repository, tmp_path: Path) -> None:
    """A remote branch moves by fast-forward from where it was seen; a hook's refusal is a problem, not a lost race."""
    bare = bare_of(parted, tmp_path / "bare.git")
    parted.git("remote", "add", "server", str(bare))
    branch = RemoteBranch(parted.root, "server")
    main, left, right = (tip(parted, b) for b in ("main", "left", "right"))
    assert main == branch.tip()
    assert branch.move(main, left)
    assert left == branch.tip()
    assert not branch.move(main, right)
    assert left == branch.tip()
    (bare / "hooks").mkdir(exist_ok=True)
    (bare / "hooks" / "pre-receive").write_text("#!/bin/sh\necho 不行 >&2\nexit 1\n", encoding="utf-8")
    (bare / "hooks" / "pre-receive").chmod(0o755)
    parted.git("checkout", "-q", "left")
    parted.write("more.txt", "more")
    more = parted.commit()
    with pytest.raises(HuiyinError) as caught:
        branch.move(left, more)
    [problem] = caught.value.problems
    assert "HY905" == problem.code
    assert "不行" in problem.message
    assert left == branch.tip()


def test_the_tree_of_a_commit(parted: Repository) -> None:
    """As Git has it."""
    assert parted.git("rev-parse", "main^{tree}").strip() == tree_of(parted.root, tip(parted, "main"))
