"""``huiyin export parquet``: whole, equal whoever makes it, renewed only where something changed, without a word."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from huiyin.export.folder import MARK
from huiyin.export.parquet import ACTS, CASES
from tests.cases import Story
from tests.cluster import running_cluster
from tests.export.tables import Analyst
from tests.repository import Repository, Run

WORDS = "不可外传的文字（演示）"


@pytest.fixture
def record(repository: Repository) -> Repository:
    """Three messages of two months, with words in every place that has some."""
    done = Story("2026-10-12 09:00", reference="1", facts={"title": WORDS, "body": WORDS})
    done = done.assigned("2026-10-12 10:00", topics=["环境保护"], note=WORDS).claimed("2026-10-12 11:00")
    repository.add(done.answered("2026-10-14 10:00", reply=WORDS).published("2026-10-15 10:00"))
    repository.add(Story("2026-11-19 09:00", reference="2").assigned("2026-11-19 10:00", "linxia"))
    repository.add(Story("2026-11-20 09:00", reference="3"))
    return repository


def export(repository: Repository, *arguments: str, out: str = "../out", code: int = 0) -> Run:
    """Run the command, which ends as it should."""
    done = repository.huiyin("export", "parquet", "--out", out, *(arguments or ("--jobs", "1")))
    assert code == done.code, done.err
    return done


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of an export."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def out_of(repository: Repository) -> Path:
    """Where the exports go."""
    return repository.root.parent / "out"


def test_a_partition_for_each_month(record: Repository) -> None:
    """Both tables by year and month of receipt, the rows by day and id, and a mark that says of what."""
    assert "已导出3件留言" in export(record).out
    parts = [f"{t}/year=2026/month={m}/part-0.parquet" for t in ("acts", "cases") for m in (10, 11)]
    assert sorted([*parts, MARK, "statistics.sql"]) == sorted(contents(out_of(record)))
    mark = json.loads((out_of(record) / MARK).read_text())
    assert (1, True, 3) == (mark["huiyin_export"], mark["complete"], mark["cases"])
    analyst = Analyst(out_of(record))
    rows = analyst.ask("SELECT id, year, month, CAST(due AS TEXT) AS due, outcome, late, working_days FROM cases")
    assert [
        ("people-1", 2026, 10, "2026-10-19", "closed", False, 2),
        ("people-2", 2026, 11, "2026-11-30", "open", False, None),
        ("people-3", 2026, 11, None, "pending", False, None),
    ] == [tuple(row.values()) for row in rows]
    assert [("people-1", "published", "lanzhou")] == [
        tuple(row.values()) for row in analyst.ask("SELECT id, act, unit FROM acts")
    ]


def test_nothing_but_the_named_columns_leaves(record: Repository) -> None:
    """第十九条: no title, text, note, reply or person, in no column."""
    export(record)
    for path in out_of(record).glob("*/*/*/*.parquet"):
        table = pq.ParquetFile(path).read()
        assert list({"cases": CASES, "acts": ACTS}[path.parts[-4]]) == table.column_names
        said = json.dumps(table.to_pylist(), default=str, ensure_ascii=False)
        assert [] == [word for word in (WORDS, "演示", "clerk", "wangzhan.", "公交") if word in said]


@pytest.mark.parametrize("jobs", ["2", "3"])
def test_any_number_of_processes_makes_the_same_bytes(record: Repository, jobs: str) -> None:
    """Equal to one process, file by file."""
    export(record)
    export(record, "--jobs", jobs, out="../other")
    assert contents(out_of(record)) == contents(record.root.parent / "other")


def test_a_cluster_makes_the_same_bytes(record: Repository, tmp_path: Path) -> None:
    """A real Dask cluster of two workers, named by an option."""
    export(record)
    (tmp_path / "cluster").mkdir()
    with running_cluster(tmp_path / "cluster") as running:
        export(record, "--scheduler", running.address, out="../other")
    assert contents(out_of(record)) == contents(record.root.parent / "other")


def test_a_cluster_that_is_not_there_is_a_problem(record: Repository) -> None:
    """HY972 with exit code 1, in Chinese, without a traceback, and nothing is written."""
    done = record.huiyin("export", "parquet", "--out", "../out", HUIYIN_SCHEDULER="tcp://127.0.0.1:1")
    assert (1, "") == (done.code, done.out)
    assert done.err.startswith("错误 HY972 集群（tcp://127.0.0.1:1）连接不上")
    assert 2 == len(done.err.splitlines())
    assert not out_of(record).exists()


def test_only_what_changed_is_written_again(record: Repository) -> None:
    """A month whose rows are the same keeps its file; a month that is gone goes."""
    export(record)
    before = {path: path.stat().st_mtime_ns for path in out_of(record).rglob("*.parquet")}
    record.add(Story("2026-11-20 09:00", reference="3").declined("2026-11-20 10:00"))
    assert "写入1个文件，3个没有变化，删去0个" in export(record).out
    changed = [path for path, time in before.items() if path.stat().st_mtime_ns != time]
    assert ["cases/year=2026/month=11/part-0.parquet"] == [p.relative_to(out_of(record)).as_posix() for p in changed]
    next(record.root.glob("cases/2026/10/*/people-1.yaml")).unlink()
    assert "写入0个文件，2个没有变化，删去2个" in export(record).out
    assert [] == list(out_of(record).glob("*/*/month=10"))


def test_what_stands_elsewhere_and_what_comes_later(record: Repository) -> None:
    """As in ``huiyin stats``: a misplaced file counts, a message of tomorrow does not yet."""
    late = record.add(Story("2026-11-24 09:00", reference="4"))
    assert "已导出3件留言" in export(record).out
    late.unlink()
    found = next(record.root.glob("cases/2026/11/*/people-2.yaml"))
    found.rename(record.root / "cases" / found.name)
    before = contents(out_of(record))
    export(record)
    assert before == contents(out_of(record))


def test_a_file_that_cannot_be_read_is_named_and_missing(record: Repository) -> None:
    """The others are exported; exit code 1, for the figures are not whole."""
    record.write("cases/2026/11/20/people-9.yaml", "id: [")
    done = export(record, code=1)
    assert "cases/2026/11/20/people-9.yaml" in done.err
    assert "已导出3件留言" in done.out


def foreign_file(out: Path) -> None:
    """A folder in which somebody keeps something."""
    out.mkdir()
    (out / "note.txt").write_text("demo")


def foreign_mark(out: Path) -> None:
    """A file of another program that has our mark's name."""
    out.mkdir()
    (out / MARK).write_text("{}")


def no_folder(out: Path) -> None:
    """A file."""
    out.write_text("demo")


@pytest.mark.parametrize("make", [foreign_file, foreign_mark, no_folder])
def test_the_folder_of_a_stranger_is_refused(record: Repository, make: Callable[[Path], None]) -> None:
    """HY980, and nothing in it is touched."""
    make(out_of(record))
    before = contents(out_of(record))
    assert "HY980" in export(record, code=2).err
    assert before == contents(out_of(record))


def test_an_export_that_broke_off_says_so(record: Repository) -> None:
    """HY906: each file is whole, and the mark says that the export is not; the next run mends it."""
    export(record)
    part = out_of(record) / "cases/year=2026/month=11/part-0.parquet"
    part.unlink()
    part.mkdir()
    assert "HY906" in export(record, code=1).err
    assert json.loads((out_of(record) / MARK).read_text())["complete"] is False
    part.rmdir()
    export(record)
    assert json.loads((out_of(record) / MARK).read_text())["complete"] is True
