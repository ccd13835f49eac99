"""Both sources are tried with the same tree: a folder, and the commit of that folder."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from huiyin.model.problem import HuiyinError, UsageError
from huiyin.repo.git import FolderSource, GitSource, Source, environment, open_source
from huiyin.repo.source import MAX_READ

Commit = Callable[[Path], str]


def git(root: Path, *arguments: str, stdin: bytes = b"") -> str:
    """Run the real Git in a folder, as a made-up person."""
    names = {
        f"GIT_{role}_{what}": "demo@example.invalid" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    done = subprocess.run(
        ["git", "-C", str(root), *arguments], env=environment() | names, input=stdin, capture_output=True, check=True
    )
    return done.stdout.decode().strip()


def commit_all(root: Path) -> str:
    """Commit all that stands in the folder; gives the commit."""
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "演示", "--allow-empty")
    return git(root, "rev-parse", "HEAD")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A record with regular files and all sorts of things that must not be in one."""
    root = tmp_path / "record"
    for path, text in {
        "cases/2026/11/20/people-1.yaml": "id: people-1\n",
        "cases/2026/11/20/people-10.yaml": "id: people-10\n",
        "cases/2026/11/20.yaml": "id: a\n",
        "cases2/b.yaml": "b\n",
        "rules/units.yaml": "单位\n",
        "cases/run.yaml": "#!\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    (root / "cases/run.yaml").chmod(0o755)
    (root / "cases/link.yaml").symlink_to("/etc/hostname")
    (root / "cases/folder").symlink_to("../rules")
    (root / "cases/bidi\u202e.yaml").write_text("x")
    Path(os.fsdecode(os.fsencode(root) + b"/cases/\xff.yaml")).write_text("x")
    return root


@pytest.fixture(params=["folder", "git"])
def source(request: pytest.FixtureRequest, tree: Path) -> Iterator[Source]:
    """The tree through either source; the work tree is emptied where Git must do without it."""
    if request.param == "folder":
        yield FolderSource(tree)
    else:
        commit_all(tree)
        for path in tree.glob("cases/**/*.yaml"):
            path.unlink()
        yield GitSource(tree, "main")


def test_lists_regular_files_sorted(source: Source) -> None:
    """Links, odd names and other folders are passed over; an executable file is still a file."""
    expected = [
        "cases/2026/11/20.yaml",
        "cases/2026/11/20/people-1.yaml",
        "cases/2026/11/20/people-10.yaml",
        "cases/run.yaml",
    ]
    assert expected == source.list("cases")
    assert expected == source.list("cases/")
    assert ["cases/2026/11/20.yaml"] == source.list("cases/2026/11/20.yaml")
    assert [*expected, "cases2/b.yaml", "rules/units.yaml"] == source.list()
    assert [] == source.list("none/at/all")
    assert [] == source.list("cases/link.yaml")
    assert [] == source.list("cases/folder")
    assert [] == source.list("cases/folder/units.yaml")


def test_names_what_is_strange(source: Source) -> None:
    """Each link, mode and name that should not be there is one problem with a path that is safe to show."""
    assert [
        ("HY116", "cases/bidi\\u202e.yaml"),
        ("HY114", "cases/folder"),
        ("HY114", "cases/link.yaml"),
        ("HY115", "cases/run.yaml"),
        ("HY116", "cases/\\udcff.yaml"),
    ] == [(problem.code, problem.path) for problem in source.strange("cases")]
    assert [] == source.strange("rules")
    assert ["HY114"] == [problem.code for problem in source.strange("cases/link.yaml")]


def test_reads_one_and_many(source: Source) -> None:
    """Contents are bytes, in the order asked for."""
    assert "单位\n".encode() == source.read("rules/units.yaml")
    paths = ["rules/units.yaml", "cases/2026/11/20/people-1.yaml", "rules/units.yaml"]
    assert [(p, source.read(p)) for p in paths] == list(source.read_many(paths))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("cases/none.yaml", "HY904"),
        ("cases/2026/11/20.yaml/x", "HY904"),
        ("cases/link.yaml", "HY114"),
        ("../outside.yaml", "HY904"),
        ("cases/../../outside.yaml", "HY904"),
        ("/etc/hostname", "HY904"),
        ("", "HY904"),
        ("a\0b", "HY904"),
    ],
)
def test_refuses_to_read_what_is_no_file_of_the_record(source: Source, path: str, code: str) -> None:
    """Missing files, links and paths out of the root are one clear problem each."""
    (outside := Path(source.root).parent / "outside.yaml").write_text("secret")  # type: ignore[attr-defined]
    with pytest.raises(HuiyinError, match=code) as caught:
        source.read(path)
    assert outside.exists()
    assert "\0" not in caught.value.problems[0].path


def test_reads_nothing_through_a_linked_folder(source: Source) -> None:
    """A folder that is a link leads nowhere, though the file behind it exists."""
    with pytest.raises(HuiyinError):
        source.read("cases/folder/units.yaml")


def test_reads_no_more_than_the_cap(source: Source, tmp_path: Path) -> None:
    """A huge file is cut, and the files after it are still read right."""
    big = tmp_path / "big"
    big.mkdir()
    (big / "a").write_bytes(b"a" * (MAX_READ + 70_000))
    (big / "b").write_bytes(b"b")
    commit_all(big)
    reader: Source = FolderSource(big) if isinstance(source, FolderSource) else GitSource(big, "HEAD")
    assert [("a", MAX_READ), ("b", 1)] == [(path, len(data)) for path, data in reader.read_many(["a", "b"])]


def test_a_named_pipe_does_not_block(tmp_path: Path) -> None:
    """Opening a pipe waits for a writer unless one takes care."""
    os.mkfifo(tmp_path / "pipe")
    source = FolderSource(tmp_path)
    assert [] == source.list()
    assert ["HY114"] == [problem.code for problem in source.strange()]
    with pytest.raises(HuiyinError, match="HY114"):
        source.read("pipe")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """Reading a folder is a clear problem too."""
    (tmp_path / "cases").mkdir()
    with pytest.raises(HuiyinError, match="HY114"):
        FolderSource(tmp_path).read("cases")


def test_the_folder_of_git_is_no_part_of_the_record(tmp_path: Path) -> None:
    """Listing a whole work tree leaves Git's own files out."""
    (tmp_path / "a.yaml").write_text("a")
    commit_all(tmp_path)
    assert ["a.yaml"] == FolderSource(tmp_path).list()


def test_opens_a_folder_or_a_revision(tree: Path) -> None:
    """Without a revision the work tree is read, with one the commit."""
    first = commit_all(tree)
    (tree / "rules/units.yaml").write_text("new")
    assert b"new" == open_source(tree).read("rules/units.yaml")
    assert "单位\n".encode() == open_source(tree, first).read("rules/units.yaml")


def test_a_missing_folder_is_a_usage_error(tmp_path: Path) -> None:
    """A wrong --root exits 2."""
    for rev in (None, "HEAD"):
        with pytest.raises(UsageError, match="HY907"):
            open_source(tmp_path / "none", rev)


def test_one_file_that_cannot_be_read_stops_no_other(source: Source) -> None:
    """What is not there, or is no file, comes as its problem; the others come as they are."""
    paths = ["cases/2026/11/20/people-1.yaml", "cases/none.yaml", "cases/link.yaml", "rules/units.yaml"]
    found = dict(source.read_each(paths))
    assert paths == list(found)
    assert [b"id: people-1\n", "HY904", "HY114", "单位\n".encode()] == [
        getattr(data, "code", data) for data in found.values()
    ]


def test_an_object_that_git_lost_stops_no_other(tree: Path) -> None:
    """A damaged repository still gives what it has."""
    commit = commit_all(tree)
    lost = git(tree, "rev-parse", f"{commit}:rules/units.yaml")
    (tree / ".git/objects" / lost[:2] / lost[2:]).unlink()
    found = dict(GitSource(tree, commit).read_each(["cases2/b.yaml", "rules/units.yaml", "cases/run.yaml"]))
    assert [b"b\n", "HY905", b"#!\n"] == [getattr(data, "code", data) for data in found.values()]


def test_what_the_user_may_not_read_is_told(tree: Path) -> None:
    """Mode 000 for a user like any other; root reads everything."""
    secret = tree / "cases/run.yaml"
    secret.chmod(0)
    (tree / "rules").chmod(0)
    for folder in (tree, *list(tree.parents)[:-2]):
        folder.chmod(folder.stat().st_mode | 0o055)
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("root reads everything, and there is no setpriv to be somebody else")
    program = (
        "import sys; from pathlib import Path; from huiyin.repo.source import FolderSource as F;"
        "s = F(Path(sys.argv[1])); print([getattr(d, 'message', d) for _, d in"
        " s.read_each(['cases2/b.yaml', 'cases/run.yaml'])]); s.list('rules')"
    )
    be = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*be, sys.executable, "-c", program, str(tree)],
        env={"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if "huiyin" not in done.stderr:
        pytest.skip(f"another user cannot run this Python here: {done.stderr[-200:]}")
    assert "[b'b\\n', '没有读取权限。']" == done.stdout.strip()
    assert "HY904 没有读取权限。" in done.stderr
