from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from huiyin.model.problem import UsageError
from huiyin.vault.place import check_place, default_folder
from huiyin.vault.store import Vault
from tests.repository import Repository


@pytest.fixture
def root(repository: Repository) -> Path:
    """A case log in Git."""
    repository.commit()
    return repository.root


def refused(folder: Path, root: Path) -> str:
    """The message of the refusal."""
    with pytest.raises(UsageError, match="HY710") as caught:
        Vault(folder, root)
    return caught.value.problems[0].message


def test_it_is_beside_the_repository(root: Path) -> None:
    """Design §1.5: by default, also where the case log is reached through a link."""
    assert root.parent / "库-vault" == default_folder(root) == check_place(default_folder(root), root)
    link = root.parent / "link"
    link.symlink_to(root)
    assert root.parent / "库-vault" == default_folder(link)


@pytest.mark.parametrize("place", ["", "cases", "vault", "a/b/c", ".git", ".git/vault", "../库/vault", "cases/.."])
def test_never_inside_the_work_tree(root: Path, place: str) -> None:
    """第十九条: nor in its .git, whether the folder is there yet or not."""
    assert "之内" in refused(root / place, root)


def test_never_inside_another_repository(root: Path, tmp_path: Path) -> None:
    """A clone, a home folder under Git, a bare repository, a linked work tree, a case log that is not in Git yet."""
    shutil.copytree(root, tmp_path / "clone")
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "bare.git")], check=True)
    subprocess.run(["git", "-C", str(root), "worktree", "add", "-q", str(tmp_path / "tree")], check=True)
    (tmp_path / "plain/rules/procedure").mkdir(parents=True)
    for name in ("clone", "bare.git", "bare.git/objects", "tree/x", "plain/vault"):
        assert "之内" in refused(tmp_path / name, root), name


def test_links_do_not_hide_a_work_tree(root: Path, tmp_path: Path) -> None:
    """A link to it, a link above it, and a loop."""
    (tmp_path / "link").symlink_to(root / "cases")
    (tmp_path / "above").symlink_to(root)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert "之内" in refused(tmp_path / "link", root)
    assert "之内" in refused(tmp_path / "above/vault", root)
    assert "loop" in refused(tmp_path / "loop", root)


def test_a_link_to_a_good_place_is_followed(root: Path, tmp_path: Path) -> None:
    """What counts is where the files are."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    assert (tmp_path / "disk").resolve() == Vault(tmp_path / "link", root).folder


def test_the_repository_is_never_inside_the_vault(root: Path) -> None:
    """Or erasing and backing up the one would touch the other."""
    assert "留言库" in refused(root.parent, root)
    assert "留言库" in refused(root.parent / "nowhere/..", root)


def test_a_case_log_in_a_larger_work_tree(repository: Repository, tmp_path: Path) -> None:
    """The work tree counts, not only the case log's folder."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert f"“{tmp_path}”之内" in refused(default_folder(repository.root), repository.root)


def test_a_git_folder_elsewhere(repository: Repository, tmp_path: Path) -> None:
    """``git init --separate-git-dir``: neither in it nor around it."""
    elsewhere = tmp_path / "store/git"
    elsewhere.parent.mkdir()
    command = ["git", "init", "-q", "--separate-git-dir", str(elsewhere), str(repository.root)]
    subprocess.run(command, check=True)
    assert "之内" in refused(elsewhere / "vault", repository.root)
    assert "留言库" in refused(elsewhere.parent, repository.root)


def test_a_work_tree_that_is_set_elsewhere(root: Path, tmp_path: Path) -> None:
    """``core.worktree`` makes another folder the work tree, without a .git in it."""
    (tmp_path / "tree/rules").mkdir(parents=True)
    subprocess.run(["git", "-C", str(root), "config", "core.worktree", str(tmp_path / "tree")], check=True)
    assert "之内" in refused(tmp_path / "tree/vault", root)


def test_a_file_is_no_vault(root: Path, tmp_path: Path) -> None:
    """Nor is a link to nothing."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="HY711"):
        Vault(tmp_path / "file", root)
