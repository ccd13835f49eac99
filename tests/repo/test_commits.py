"""Commits as Git stores them, from a real repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from huiyin.model.problem import HuiyinError
from huiyin.repo import commits
from huiyin.repo.git import run
from tests.repository import Repository

IDENTITY = ("-c", "user.name=演示 > 1 +0800", "-c", "user.email=demo@example.invalid")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty repository."""
    run(tmp_path, "init", "--quiet", "--initial-branch=main")
    return tmp_path


def commit(root: Path, message: str, *parents: str, at: str = "1795140000 +0000") -> str:
    """A commit of the empty tree."""
    above = [a for p in parents for a in ("-p", p)]
    tree = run(root, "mktree").decode().strip()
    env = {"GIT_COMMITTER_DATE": at, "GIT_AUTHOR_DATE": at}
    return (
        run(root, *IDENTITY, "commit-tree", *above, "-F", "-", tree, stdin=message.encode(), env=env).decode().strip()
    )


def test_reads_what_git_wrote(root: Path) -> None:
    """Parents, tree, time in Asia/Shanghai, message; in the order asked for, each as often as asked for."""
    first = commit(root, "一\n")
    second = commit(root, "二\n\n正文\n", first, first)
    found = commits.read_commits(root, [second, first, second])
    assert [second, first, second] == [c.sha for c in found]
    assert ((first,), ()) == (found[0].parents, found[1].parents)  # Git drops a parent that is named twice
    assert "二\n\n正文\n" == found[0].message
    assert "2026-11-20T10:00:00+08:00" == found[0].committed.isoformat()
    assert run(root, "rev-parse", f"{first}^{{tree}}").decode().strip() == found[1].tree
    assert not found[0].signed
    assert [] == commits.read_commits(root, [])


@pytest.mark.parametrize("name", ["missing", "a tree", "no time", "a time beyond all years"])
def test_what_is_no_sound_commit_is_refused(root: Path, name: str) -> None:
    """HY631, whatever somebody has put into the repository."""
    tree = run(root, "mktree").decode().strip()
    sha = {"missing": "1" * 40, "a tree": tree}.get(name)
    if sha is None:
        at = "" if name == "no time" else "9999999999999 +0000"
        raw = f"tree {tree}\nauthor x <x> 1 +0000\ncommitter x <x> {at}\n\nx\n"
        out = run(root, "hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=raw.encode())
        sha = out.decode().strip()
    with pytest.raises(HuiyinError) as caught:
        commits.read_commits(root, [commit(root, "x"), sha])
    assert ["HY631"] == [p.code for p in caught.value.problems]


def test_lists_ranges_parents_first(root: Path) -> None:
    """All of a branch, and the first-parent chain of main alone."""
    start = commit(root, "0")
    side = commit(root, "1", start)
    main = commit(root, "2", start)
    merged = commit(root, "3", main, side)
    assert {side, main, merged} == set(commits.list_commits(root, merged, without=start))
    assert merged == commits.list_commits(root, merged, without=start)[-1]
    assert [main, merged] == commits.list_first_parents(root, merged, without=start)
    assert [] == commits.list_commits(root, start, without=merged)


def test_finds_where_two_commits_parted(root: Path) -> None:
    """None where they never met, or where the question has no single answer."""
    start = commit(root, "0")
    left, right = commit(root, "1", start), commit(root, "2", start)
    assert start == commits.merge_base(root, left, right)
    assert None is commits.merge_base(root, left, commit(root, "alone"))
    crossed = commit(root, "3", left, right), commit(root, "4", right, left)
    assert None is commits.merge_base(root, *crossed)
    with pytest.raises(HuiyinError) as caught:
        commits.merge_base(root, left, "1" * 40)
    assert ["HY905"] == [p.code for p in caught.value.problems]


def test_only_full_names_find_a_commit(repository: Repository) -> None:
    """A tag called main, or a branch called like a hash, leads nobody astray."""
    first = repository.commit()
    repository.git("commit", "--allow-empty", "-qm", "two")
    repository.git("tag", "main", first)
    second = repository.git("rev-parse", "refs/heads/main").strip()
    assert second == commits.find_commit(repository.root, "refs/heads/main")
    assert second == commits.find_commit(repository.root, second)
    for name in ("main", "HEAD", second[:10], "refs/heads/none", "1" * 40, "--all", "", "refs/heads/main..x"):
        assert None is commits.find_commit(repository.root, name)


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("题\n\nA: 1\nB-c: 2\n", [("A", "1"), ("B-c", "2")]),
        ("题\n\n正文\n\nA: 1\n\n\n", [("A", "1")]),
        ("A: 1\n", [("A", "1")]),
        ("题\n\n正文\nA: 1\n", []),
        ("题\n\nA: 1\n\n正文\n", []),
        ("题\n \t\nA: 1\n", [("A", "1")]),
        ("题\n\nA:1\n", []),
        ("题\n\n A: 1\n", []),
        ("题\n\nA: 1\r\n", [("A", "1\r")]),
        ("", []),
    ],
)
def test_trailers_are_a_last_paragraph_of_nothing_else(message: str, found: list[tuple[str, str]]) -> None:
    """Text that only mentions one is none."""
    assert found == commits.trailers_of(message)


def test_a_branch_is_not_looked_for_elsewhere(root: Path) -> None:
    """Git would take a tag called ``refs/heads/b`` for the branch b where there is none."""
    sha = commit(root, "x")
    run(root, "update-ref", "refs/tags/refs/heads/b", sha)
    assert sha == run(root, "rev-parse", "refs/heads/b").decode().strip()
    assert None is commits.find_commit(root, "refs/heads/b")
    run(root, "update-ref", "refs/heads/b", sha)
    assert sha == commits.find_commit(root, "refs/heads/b")
