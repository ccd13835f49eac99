from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from huiyin.model.problem import Problem
from huiyin.repo.blobs import blob_of, survey
from huiyin.repo.git import open_source
from huiyin.repo.source import FolderSource
from tests.repository import Repository

CASES = "cases/"
ONE, TWO = "cases/2026/11/16/people-1.yaml", "cases/2026/11/17/people-2.yaml"


@pytest.fixture
def record(tmp_path: Path) -> Repository:
    """A repository with two committed files and one outside ``cases/``."""
    made = Repository(tmp_path / "库")
    made.write(ONE, "one\n")
    made.write(TWO, "two\n")
    made.write("rules/units.yaml", "units\n")
    made.commit()
    return made


def naive(root: Path) -> tuple[dict[str, str], list[Problem]]:
    """The same by reading everything."""
    source = FolderSource(root)
    return {path: blob_of(source.read(path)) for path in source.list(CASES)}, source.strange(CASES)


def seen(root: Path) -> tuple[dict[str, str], list[Problem]]:
    """What the survey says."""
    found = survey(FolderSource(root), CASES)
    return found.blobs, list(found.strange)


def _change(record: Repository) -> None:
    record.write(ONE, "changed\n")


def _change_keeping_size(record: Repository) -> None:
    path = record.write(ONE, "eno\n")
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 5_000_000))


def _remove(record: Repository) -> None:
    (record.root / ONE).unlink()


def _add(record: Repository) -> None:
    record.write("cases/2026/11/18/people-新.yaml", "new\n")


def _ignore(record: Repository) -> None:
    record.write(".gitignore", "cases/2026/11/18/\n")
    record.write("cases/2026/11/18/people-3.yaml", "ignored\n")


def _link(record: Repository) -> None:
    (record.root / "cases/2026/11/16/people-9.yaml").symlink_to("people-1.yaml")
    record.commit()


def _link_folder(record: Repository) -> None:
    (record.root / "cases/2026/12").symlink_to("11")


def _replace_by_link(record: Repository) -> None:
    (record.root / ONE).unlink()
    (record.root / ONE).symlink_to(record.root / TWO)


def _make_executable(record: Repository) -> None:
    (record.root / ONE).chmod(0o755)


def _make_executable_unseen(record: Repository) -> None:
    record.git("config", "core.fileMode", "false")
    (record.root / ONE).chmod(0o755)


def _hide_name(record: Repository) -> None:
    record.write("cases/2026/11/16/people\u200b-4.yaml", "hidden\n")
    record.commit()


def _assume_unchanged(record: Repository) -> None:
    record.git("update-index", "--assume-unchanged", ONE)
    record.write(ONE, "changed in secret\n")


def _skip(record: Repository) -> None:
    record.git("sparse-checkout", "set", "--no-cone", "/rules/", "/cases/2026/11/17/")


def _hide_from_git(record: Repository) -> None:
    record.git("update-index", "--skip-worktree", ONE)
    record.write(ONE, "changed in secret\n")


def _replace_folder_by_link(record: Repository) -> None:
    (record.root / "cases").rename(record.root / "elsewhere")
    (record.root / "cases").symlink_to("elsewhere")


def _replace_folder_by_file(record: Repository) -> None:
    (record.root / "cases").rename(record.root / "elsewhere")
    (record.root / "cases").write_text("x", encoding="ascii")


def _let_a_monitor_lie(record: Repository) -> None:
    hook = record.write(".git/hooks/lie", "#!/bin/sh\nprintf 'token\\0'\n")
    hook.chmod(0o755)
    record.git("config", "core.fsmonitor", str(hook))
    record.git("update-index", "--fsmonitor")
    record.git("status")
    record.write(ONE, "changed in secret\n")


def _convert_lines(record: Repository) -> None:
    record.git("config", "core.autocrlf", "true")
    (record.root / ONE).unlink()
    record.git("checkout", "--", ONE)
    assert (record.root / ONE).read_bytes() == b"one\r\n"


def _convert_by_attribute(record: Repository) -> None:
    record.write(".gitattributes", "*.yaml text eol=crlf\n")
    (record.root / ONE).unlink()
    record.git("checkout", "--", ONE)
    assert (record.root / ONE).read_bytes() == b"one\r\n"


def _embed(record: Repository) -> None:
    other = Repository(record.root / "cases" / "inner")
    other.write("people-5.yaml", "inner\n")
    other.commit()


def _leave_git(record: Repository) -> None:
    (record.root / ".git").rename(record.root.parent / "git")


def _conflict(record: Repository) -> None:
    record.git("checkout", "-qb", "other")
    record.write(ONE, "theirs\n")
    record.commit()
    record.git("checkout", "-q", "main")
    record.write(ONE, "ours\n")
    record.commit()
    with pytest.raises(Exception, match="merge"):
        record.git("merge", "other")


@pytest.mark.parametrize(
    "change",
    [
        _change, _change_keeping_size, _remove, _add, _ignore, _link, _link_folder, _replace_by_link, _make_executable,
        _make_executable_unseen, _hide_name, _assume_unchanged, _skip, _hide_from_git, _replace_folder_by_link,
        _replace_folder_by_file, _let_a_monitor_lie, _convert_lines, _convert_by_attribute, _embed,
        _leave_git, _conflict,
    ],
    ids=lambda change: change.__name__.strip("_"),
)  # fmt: skip
def test_asking_git_tells_what_reading_everything_tells(
    record: Repository, change: Callable[[Repository], None]
) -> None:
    """Whatever was done to a work tree, no file is taken for another than it is."""
    change(record)
    assert naive(record.root) == seen(record.root)


def test_files_that_git_vouches_for_are_not_opened(record: Repository) -> None:
    """Only the changed file is read from the folder; the others come from the repository, and are the same."""
    _change(record)
    found = survey(FolderSource(record.root), CASES)
    assert frozenset({ONE}) == found.own
    assert {ONE: b"changed\n", TWO: b"two\n"} == dict(found.read(FolderSource(record.root), [TWO, ONE]))


@pytest.mark.parametrize("change", [_change, _remove, _add], ids=lambda change: change.__name__.strip("_"))
def test_a_record_in_a_folder_of_a_repository_is_seen_to_change(
    tmp_path: Path, change: Callable[[Repository], None]
) -> None:
    """Paths are those of the record, wherever the repository begins."""
    record = Repository(tmp_path / "库" / "sub")
    record.write(ONE, "one\n")
    record.write(TWO, "two\n")
    Repository(tmp_path / "库").commit()
    change(record)
    assert naive(record.root) == seen(record.root)


def test_what_git_has_lost_is_read_from_the_disk(record: Repository) -> None:
    """One lost object stops nothing that lies whole in the folder."""
    oid = record.git("rev-parse", f"HEAD:{ONE}").strip()
    (record.root / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    found = survey(FolderSource(record.root), CASES)
    assert {ONE: b"one\n", TWO: b"two\n"} == dict(found.read(FolderSource(record.root), [ONE, TWO]))


def test_a_revision_has_the_blobs_of_its_tree(record: Repository) -> None:
    """The facts of a work tree and of the commit that it was checked out from are the same."""
    assert seen(record.root)[0] == survey(open_source(record.root, "HEAD"), CASES).blobs


def test_hashes_are_those_of_git(record: Repository) -> None:
    """SHA-1 and SHA-256 as Git makes them."""
    assert record.git("hash-object", ONE).strip() == blob_of(b"one\n")
    other = Repository(record.root.parent / "other")
    other.root.mkdir()
    other.git("init", "-q", "--object-format=sha256")
    path = other.write(ONE, "one\n")
    assert other.git("hash-object", str(path)).strip() == blob_of(b"one\n", sha1=False)
    other.commit()
    other.write(TWO, "two\n")
    assert {ONE: blob_of(b"one\n", sha1=False), TWO: blob_of(b"two\n", sha1=False)} == seen(other.root)[0]


def test_a_file_that_cannot_be_read_has_no_hash(record: Repository) -> None:
    """It is told of, and nothing is known of it."""
    if os.geteuid() == 0:
        pytest.skip("SKIPPED LOUDLY: root may read everything")
    (record.root / ONE).chmod(0)
    assert "" == seen(record.root)[0][ONE]
