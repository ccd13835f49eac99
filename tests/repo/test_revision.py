from __future__ import annotations

from pathlib import Path

import pytest

from huiyin.model.problem import UsageError
from huiyin.repo.revision import Revision, read_revision
from tests.cases import Story
from tests.repository import Repository


def test_a_committed_tree_is_its_commit(repository: Repository) -> None:
    """Nothing changed in the record: the commit says it all, and other files do not matter."""
    repository.add(Story())
    commit = repository.commit()
    repository.write("notes.txt", "x")
    assert Revision(commit, clean=True) == read_revision(repository.root)
    assert f"提交 {commit[:12]}" == read_revision(repository.root).label


@pytest.mark.parametrize("path", ["cases/2026/11/16/people-90000001.yaml", "rules/new.yaml", "cases/other.yaml"])
def test_a_change_that_is_not_committed_is_told(repository: Repository, path: str) -> None:
    """An edit of a case, new rules and a new case: the commit alone does not give the report again."""
    repository.add(Story())
    commit = repository.commit()
    repository.write(path, "x: 1\n")
    found = read_revision(repository.root)
    assert (Revision(commit, clean=False), True) == (found, found.label.endswith("（另有未提交的改动）"))


def test_another_revision_is_clean_whatever_the_work_tree_holds(repository: Repository) -> None:
    """``--rev`` reads the commit, not the folder."""
    repository.add(Story())
    commit = repository.commit()
    repository.write("cases/other.yaml", "x: 1\n")
    assert Revision(commit, clean=True) == read_revision(repository.root, "main")
    with pytest.raises(UsageError) as error:
        read_revision(repository.root, "no-such-branch")
    assert ["HY902"] == [p.code for p in error.value.problems]


def test_a_folder_outside_git_and_an_empty_repository_have_no_commit(repository: Repository, tmp_path: Path) -> None:
    """A report can be made there too; it says what it lacks."""
    assert Revision(None, clean=False) == read_revision(repository.root)
    repository.git("init", "-q")
    assert ("尚未提交到Git", None) == (read_revision(repository.root).label, read_revision(repository.root).commit)
