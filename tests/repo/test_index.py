from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from huiyin.repo.index import NAME, Index, open_index

A, B = "a" * 40, "b" * 40
STAMP = b"rules of today"


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """An index with one fact."""
    made = open_index(tmp_path)
    made.put("kind", STAMP, [(A, b"fact")])
    return made


def base(tmp_path: Path) -> Path:
    """The file of the index."""
    return tmp_path / ".huiyin" / NAME


def test_what_was_kept_is_given_to_the_next_process(index: Index, tmp_path: Path) -> None:
    """A fact comes back under its blob, and nothing for a blob that is not known."""
    index.close()
    assert {A: b"fact"} == open_index(tmp_path).get("kind", STAMP, [A, B])


def test_a_fact_belongs_to_its_kind_and_stamp(index: Index) -> None:
    """Other rules, and other sorts of facts, know nothing of it."""
    assert {} == index.get("kind", b"rules of tomorrow", [A])
    assert {} == index.get("other", STAMP, [A])


def test_git_does_not_see_the_index(index: Index, tmp_path: Path) -> None:
    """Its folder ignores itself."""
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    told = subprocess.run(["git", "status", "--porcelain", "-uall"], cwd=tmp_path, capture_output=True, check=True)
    assert b"" == told.stdout


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE facts SET body = replace(body, 'fact', 'lies')",
        "UPDATE facts SET oid = x'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'",
        "UPDATE stamps SET stamp = 'rules of tomorrow'",
        "UPDATE stamps SET kind = 'other'",
    ],
)
def test_a_fact_that_was_touched_is_not_believed(index: Index, tmp_path: Path, change: str) -> None:
    """The seal binds text, blob, kind and stamp."""
    index.close()
    with sqlite3.connect(base(tmp_path)) as raw:
        assert 1 == raw.execute(change).rowcount
    raw.close()
    again = open_index(tmp_path)
    for kind in ("kind", "other"):
        for stamp in (STAMP, b"rules of tomorrow"):
            assert {} == again.get(kind, stamp, [A, B])


@pytest.mark.parametrize("spoilt", ["empty", "text", "cut", "noise", "foreign", "older", "tables"])
def test_a_file_that_is_no_index_is_made_anew(index: Index, tmp_path: Path, spoilt: str) -> None:
    """Damaged, foreign or of another version: nothing is read from it, and it works again."""
    index.put("kind", STAMP, [(f"{n:040x}", b"x" * 200) for n in range(500)])
    index.close()
    path = base(tmp_path)
    data = path.read_bytes()
    match spoilt:
        case "empty":
            path.write_bytes(b"")
        case "text":
            path.write_bytes("不是索引".encode() * 1000)
        case "cut":
            path.write_bytes(data[: len(data) // 2 + 77])
        case "noise":
            path.write_bytes(data[:100] + bytes(range(256)) * ((len(data) - 100) // 256))
        case "foreign":
            path.unlink()
            _execute(path, "CREATE TABLE facts (wrong)")
        case "older":
            _execute(path, "PRAGMA user_version = 0")
        case "tables":
            _execute(path, "DROP TABLE stamps")
    again = open_index(tmp_path)
    assert {} == {oid: body for oid, body in again.get("kind", STAMP, [A]).items() if body != b"fact"}
    again.put("kind", STAMP, [(B, b"new")])
    again.close()
    assert b"new" == open_index(tmp_path).get("kind", STAMP, [B])[B]


def _execute(path: Path, sql: str) -> None:
    raw = sqlite3.connect(path)
    raw.execute(sql)
    raw.commit()
    raw.close()


def test_two_processes_keep_facts_at_once(tmp_path: Path) -> None:
    """Neither loses what the other keeps, nor fails."""
    program = (
        "import sys; from pathlib import Path; from huiyin.repo.index import open_index\n"
        "first = int(sys.argv[2])\n"
        "for n in range(first, first + 40):\n"
        "    open_index(Path(sys.argv[1])).put('kind', b's', [(f'{n:040x}', str(n).encode())])\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), str(first)], stderr=subprocess.PIPE)
        for first in (0, 40)
    ]
    assert [b"", b""] == [process.communicate(timeout=60)[1] for process in running]
    wanted = {f"{n:040x}": str(n).encode() for n in range(80)}
    assert wanted == open_index(tmp_path).get("kind", b"s", wanted)


def test_a_folder_that_cannot_be_written_has_an_index_in_memory(tmp_path: Path) -> None:
    """A file in the folder's place: facts are kept while the program runs, and nothing fails."""
    (tmp_path / ".huiyin").write_text("", encoding="ascii")
    index = open_index(tmp_path)
    index.put("kind", STAMP, [(A, b"fact")])
    assert {A: b"fact"} == index.get("kind", STAMP, [A])


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A folder that leads elsewhere is not written to."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / ".huiyin").symlink_to(tmp_path / "elsewhere")
    open_index(tmp_path / "here").put("kind", STAMP, [(A, b"fact")])
    assert [] == list((tmp_path / "elsewhere").iterdir())


def test_old_stamps_are_forgotten(index: Index) -> None:
    """The rules of the last few branches are kept, not of all times."""
    for number in range(4):
        index.put("kind", bytes([number]), [(A, b"%d" % number)])
    assert {} == index.get("kind", STAMP, [A])
    assert {A: b"3"} == index.get("kind", bytes([3]), [A])


def test_facts_of_blobs_that_are_gone_are_forgotten_once_they_are_many(index: Index) -> None:
    """The file does not grow with every version that there ever was."""
    many = [f"{n:040x}" for n in range(1100)]
    index.put("kind", STAMP, [(oid, b"") for oid in many])
    index.prune("kind", STAMP, [A])
    assert {A: b"fact"} == index.get("kind", STAMP, [A, *many])


def test_another_process_that_writes_for_long_is_no_reason_to_begin_anew(index: Index, tmp_path: Path) -> None:
    """A locked index is gone without, and left to whoever holds it."""
    index.close()
    holder = sqlite3.connect(base(tmp_path), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    waiting = open_index(tmp_path, patience=50)
    assert {} == waiting.get("kind", STAMP, [A])
    waiting.put("kind", STAMP, [(B, b"mine")])
    holder.execute("ROLLBACK")
    holder.close()
    assert {A: b"fact"} == open_index(tmp_path).get("kind", STAMP, [A, B])


def test_processes_that_begin_at_once_share_one_index(tmp_path: Path) -> None:
    """None takes the file from another that has just made it."""
    program = (
        "import sys; from pathlib import Path; from huiyin.repo.index import open_index\n"
        "sys.stdin.readline()\n"
        "open_index(Path(sys.argv[1])).put('kind', b's', [(sys.argv[2] * 40, b'x')])\n"
    )
    for number in range(6):
        root = tmp_path / str(number)
        root.mkdir()
        running = [
            subprocess.Popen([sys.executable, "-c", program, str(root), digit], stdin=subprocess.PIPE)
            for digit in "abcd"
        ]
        for process in running:
            assert process.stdin is not None
            process.stdin.write(b"\n")
            process.stdin.flush()
        assert [0] * 4 == [process.wait(timeout=60) for process in running]
        for process in running:
            assert process.stdin is not None
            process.stdin.close()
        wanted = {digit * 40: b"x" for digit in "abcd"}
        assert wanted == open_index(root).get("kind", b"s", wanted)
