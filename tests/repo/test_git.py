import gc
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from huiyin.model.problem import HuiyinError, UsageError
from huiyin.repo.git import GitSource, environment, resolve, run
from tests.repo.test_source import commit_all, git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two commits, a tag and 300 files."""
    root = tmp_path / "record"
    (root / "cases").mkdir(parents=True)
    commit_all(root)
    for n in range(300):
        (root / f"cases/{n:03}.yaml").write_text(f"id: {n}\n")
    commit_all(root)
    git(root, "tag", "-a", "v1", "-m", "v1")
    return root


@pytest.mark.parametrize("rev", ["HEAD", "main", "v1", "@", "HEAD~0", "HEAD^{commit}", "refs/heads/main"])
def test_resolves_what_git_resolves(repository: Path, rev: str) -> None:
    """Branches, tags and expressions give the commit's full hash."""
    assert git(repository, "rev-parse", "HEAD") == resolve(repository, rev)
    assert git(repository, "rev-parse", "HEAD") == resolve(repository, git(repository, "rev-parse", "--short", "HEAD"))


@pytest.mark.parametrize(
    "rev",
    [
        *("none", "", "-x", "--help", "a b", "留言", "a\nb", "a\0b", "0" * 40, "f" * 40),
        *("HEAD~9", "HEAD^7", "HEAD:cases/000.yaml", "HEAD^{tree}", "HEAD..main", ":/none"),
        *("@{-1}", "main@{yesterday}", "@{", "^"),
    ],
)
def test_an_unknown_revision_is_a_usage_error(repository: Path, rev: str) -> None:
    """Whatever is written instead of a revision, there is one clear message and exit code 2."""
    with pytest.raises(UsageError, match="HY902") as caught:
        GitSource(repository, rev)
    assert 2 == caught.value.exit_code
    assert "\n" not in caught.value.problems[0].message


def test_an_empty_repository_has_no_revision(tmp_path: Path) -> None:
    """Before the first commit HEAD names nothing."""
    git(tmp_path, "init", "-q")
    with pytest.raises(UsageError, match="HY902"):
        GitSource(tmp_path, "HEAD")


def test_a_folder_outside_git_is_a_usage_error(tmp_path: Path) -> None:
    """--rev needs a repository."""
    with pytest.raises(UsageError, match="HY901"):
        GitSource(tmp_path, "HEAD")


def test_reads_a_bare_repository(repository: Path, tmp_path: Path) -> None:
    """A server has no work tree."""
    git(tmp_path, "clone", "-q", "--bare", str(repository), "bare.git")
    assert b"id: 7\n" == GitSource(tmp_path / "bare.git", "main").read("cases/007.yaml")


def test_paths_start_at_the_root_that_was_given(repository: Path) -> None:
    """An instance may be a folder of a larger repository."""
    source = GitSource(repository / "cases", "main")
    assert "000.yaml" == source.list()[0]
    assert b"id: 7\n" == source.read("007.yaml")


def test_reads_a_submodule_as_something_strange(repository: Path) -> None:
    """A submodule is no file, and is not read."""
    commit = git(repository, "rev-parse", "HEAD")
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{commit},cases/module")
    git(repository, "commit", "-q", "-m", "子模块")
    source = GitSource(repository, "HEAD")
    assert [("HY114", "cases/module")] == [(problem.code, problem.path) for problem in source.strange()]
    assert "cases/module" not in source.list()
    with pytest.raises(HuiyinError, match="HY114"):
        source.read("cases/module")


def test_other_reads_may_come_between(repository: Path) -> None:
    """read_many() asks ahead; what is read in between must not be mixed up with it."""
    source = GitSource(repository, "HEAD")
    paths = source.list("cases")
    assert 300 == len(paths)
    for path, data in source.read_many(paths):
        assert f"id: {int(path[6:9])}\n".encode() == data
        assert b"id: 299\n" == source.read("cases/299.yaml")


def test_needs_one_listing_and_one_reading_process(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """300 files cost no 300 processes: a wrapper on PATH writes down each start of Git."""
    real = shutil.which("git")
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\necho "$3" >> "{tmp_path}/calls"\nexec "{real}" "$@"\n')
    wrapper.chmod(0o755)
    source = GitSource(repository, "HEAD")
    monkeypatch.setenv("PATH", f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}")
    assert 300 == len(list(source.read_many(source.list())))
    assert b"id: 0\n" == source.read("cases/000.yaml")
    assert [] == source.strange()
    assert ["ls-tree", "cat-file"] == (tmp_path / "calls").read_text().split()


def test_the_reading_process_ends_with_its_source(repository: Path) -> None:
    """No cat-file is left behind, and no warning of an open pipe, which would fail this test."""
    source = GitSource(repository, "HEAD")
    source.read("cases/000.yaml")
    process = source._reader
    assert process.poll() is None
    del source
    gc.collect()
    assert 0 == process.poll()


def test_the_surroundings_do_not_lead_git_astray(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside a hook Git's variables name another repository."""
    other = tmp_path / "other"
    other.mkdir()
    commit_all(other)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "none"))
    assert b"id: 7\n" == GitSource(repository, "main").read("cases/007.yaml")


def test_replaced_objects_do_not_show(repository: Path) -> None:
    """refs/replace could show another text than the one that was approved."""
    real, fake = (git(repository, "rev-parse", f"HEAD:cases/00{n}.yaml") for n in (1, 2))
    git(repository, "update-ref", f"refs/replace/{real}", fake)
    assert b"id: 1\n" == GitSource(repository, "HEAD").read("cases/001.yaml")


def test_a_failing_git_says_what_it_said(repository: Path) -> None:
    """Git's first line tells the operator where to look."""
    with pytest.raises(HuiyinError, match="HY905") as caught:
        run(repository, "show", "none")
    assert "git show没有正常结束，Git的原话是〔fatal: ambiguous argument 'none'" in caught.value.problems[0].message
    assert 1 == caught.value.exit_code


def test_a_damaged_repository_is_one_clear_problem(repository: Path) -> None:
    """A lost object is told, not raised as a bug, and does not hang."""
    source = GitSource(repository, "HEAD")
    oid = git(repository, "rev-parse", "HEAD:cases/005.yaml")
    lost = repository / ".git/objects" / oid[:2] / oid[2:]
    lost.chmod(0o644)
    lost.unlink()
    with pytest.raises(HuiyinError, match="HY905"):
        source.read("cases/005.yaml")


@pytest.mark.parametrize("call", ["GitSource(Path(root), 'HEAD')", "run(Path(root), 'status')"])
def test_a_machine_without_git_gets_a_clear_message(repository: Path, call: str) -> None:
    """A real process with an empty PATH: one problem, no traceback of GitPython."""
    code = (
        "import sys; from pathlib import Path\n"
        "from huiyin.repo.git import *\nfrom huiyin.model.problem import UsageError\n"
        f"root = sys.argv[1]\ntry: {call}\nexcept UsageError as error: print(error.problems[0].code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(repository)], env=environment() | {"PATH": "/nonexistent"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ("HY903\n", "", 0) == (done.stdout, done.stderr, done.returncode)


def test_the_environment_keeps_only_what_is_harmless() -> None:
    """Of Git's variables only the ways to reach it stay; all others stay as they are."""
    base = {"GIT_DIR": "x", "GIT_CONFIG_COUNT": "1", "GIT_SSH_COMMAND": "ssh -v", "HOME": "/h", "PATH": "/p"}
    cleaned = environment(base)
    assert {"GIT_SSH_COMMAND": "ssh -v", "HOME": "/h", "PATH": "/p"}.items() <= cleaned.items()
    assert not {"GIT_DIR", "GIT_CONFIG_COUNT"} & set(cleaned)
