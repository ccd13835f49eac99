import os
import stat
from pathlib import Path

import pytest

from huiyin.model.problem import HuiyinError
from huiyin.repo.files import write_all, write_atomically


def contents(folder: Path) -> dict[str, str]:
    """All files below the folder, hidden ones too."""
    return {str(p.relative_to(folder)): p.read_text("utf-8") for p in folder.rglob("*") if p.is_file()}


def test_writes_new_files_and_the_folders_above(tmp_path: Path) -> None:
    """A file of a new day needs its folders; its bytes are UTF-8 with the line feeds given."""
    write_atomically(tmp_path / "cases/2026/11/20/a.yaml", "留言\n二\n")
    assert "留言\n二\n".encode() == (tmp_path / "cases/2026/11/20/a.yaml").read_bytes()
    assert {"cases/2026/11/20/a.yaml"} == set(contents(tmp_path))


def test_writes_bytes_as_they_are(tmp_path: Path) -> None:
    """A workbook or a picture is no text."""
    write_atomically(tmp_path / "a.xlsx", b"PK\xff\r\n")
    assert b"PK\xff\r\n" == (tmp_path / "a.xlsx").read_bytes()


def test_a_new_file_is_not_executable_and_readable_by_others(tmp_path: Path) -> None:
    """The design demands mode 100644, and colleagues must be able to read what the program wrote."""
    write_atomically(tmp_path / "a", "x")
    (tmp_path / "plain").write_text("x")
    assert (tmp_path / "plain").stat().st_mode == (tmp_path / "a").stat().st_mode


def test_a_private_file_is_private_from_its_birth(tmp_path: Path) -> None:
    """Also where it replaces one that was not, and whatever the umask lets through."""
    (tmp_path / "a").write_text("old")
    before = os.umask(0)
    try:
        write_all({tmp_path / "a": b"new", tmp_path / "b": "text"}, mode=0o600)
    finally:
        os.umask(before)
    assert [0o600, 0o600] == [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in "ab"]


def test_replaces_a_file_by_a_new_one(tmp_path: Path) -> None:
    """Whoever has the old file open goes on reading the old content, whole."""
    path = tmp_path / "a"
    path.write_text("old")
    with path.open() as reader:
        write_atomically(path, "new")
        assert "old" == reader.read()
    assert {"a": "new"} == contents(tmp_path)


@pytest.mark.parametrize("count", [3, 200])
def test_writes_many_files(tmp_path: Path, count: int) -> None:
    """Few files and many take different ways to the disk, with the same result."""
    write_all({tmp_path / f"{n % 7}" / f"{n}": f"text {n}" for n in range(count)})
    assert {f"{n % 7}/{n}": f"text {n}" for n in range(count)} == contents(tmp_path)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("folder", "该路径是目录"),
        ("a/below", "上级路径不是目录"),
        ("x" * 300, "文件名过长"),
        ("folder/" + "字" * 100, "文件名过长"),
    ],
)
def test_a_place_that_cannot_be_written_leaves_all_as_it_was(tmp_path: Path, bad: str, reason: str) -> None:
    """One impossible path among others is one clear problem; no file changes and none is left over."""
    (tmp_path / "a").write_text("old")
    (tmp_path / "folder").mkdir()
    with pytest.raises(HuiyinError, match="HY906") as caught:
        write_all({tmp_path / "a": "new", tmp_path / "b": "new", tmp_path / bad: "new"})
    assert f"不能写入（{reason}）。" == caught.value.problems[0].message
    assert {"a": "old"} == contents(tmp_path)


def test_putting_back_touches_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was not renamed is never emptied to be written again, and a private one stays private."""
    for name in "ab":
        (tmp_path / name).write_text("old")
    before = (tmp_path / "b").stat()
    rename = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if target.name == "b":
            raise OSError(28, "No space left")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(HuiyinError):
        write_all({tmp_path / "a": "new", tmp_path / "b": "new"}, mode=0o600)
    after = (tmp_path / "b").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert 0o600 == (tmp_path / "a").stat().st_mode & 0o777
    assert {"a": "old", "b": "old"} == contents(tmp_path)


def test_what_cannot_be_encoded_leaves_nothing_behind(tmp_path: Path) -> None:
    """A program error while writing cleans up too."""
    with pytest.raises(UnicodeEncodeError):
        write_all({tmp_path / "a": "new", tmp_path / "b": "\ud800"})
    assert {} == contents(tmp_path)


@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt()])
def test_a_failing_rename_puts_the_others_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """Even if the disk or the clerk stops us between two renames, nothing is half done."""
    (tmp_path / "a").write_text("old")
    rename = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if target.name == "c":
            raise error
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(HuiyinError if isinstance(error, OSError) else KeyboardInterrupt):
        write_all({tmp_path / "a": "new", tmp_path / "b": "new", tmp_path / "c": "new"})
    assert {"a": "old"} == contents(tmp_path)
