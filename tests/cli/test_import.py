"""``huiyin import`` as a clerk runs it: a process of its own, real files, real signals."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.intake.sheets import NAME, PEOPLE, PHONE, message, write_csv, write_xlsx
from tests.repository import NOW, Repository

OPTIONS = ("--channel", "people", "--mapping", "people")


def export(folder: Path, *rows: list[object]) -> Path:
    """An export of the platform."""
    return write_xlsx(folder / "导出.xlsx", [PEOPLE, *rows])


def case_files(repository: Repository) -> list[str]:
    """Names of all that is below cases/."""
    return sorted(p.name for p in (repository.root / "cases").rglob("*") if p.is_file())


def test_taking_all_rows_exits_0(repository: Repository, tmp_path: Path) -> None:
    """The summary is Chinese and counts; what was written passes ``check``."""
    run = repository.huiyin("import", str(export(tmp_path, message())), *OPTIONS)
    assert (0, "") == (run.code, run.err)
    assert "收入1件，已在库0件，退件0行" in run.out
    assert ["people-1001.yaml"] == case_files(repository)
    assert 0 == repository.huiyin("check").code


def test_rejected_rows_exit_1_and_are_listed_beside_the_file(repository: Repository, tmp_path: Path) -> None:
    """The good row is taken; the list opens in Excel and holds no personal data."""
    run = repository.huiyin("import", str(export(tmp_path, message(), message("8", 留言时间="前天"))), *OPTIONS)
    assert 1 == run.code
    assert ["people-1001.yaml"] == case_files(repository)
    listed = (tmp_path / "导出.rejects.csv").read_text(encoding="utf-8-sig")
    assert "3,8,HY511," in listed
    for private in (NAME, PHONE):
        assert private not in listed + run.out + run.err


def test_the_json_summary_is_a_contract(repository: Repository, tmp_path: Path) -> None:
    """Exactly these keys (docs/cli.md)."""
    body = "广场晚上十点以后仍有高音喇叭,影响休息,请予制止。"
    rows = message("1", 内容=body), message("2", 内容=f" {body}"), message("3", 标题="")
    run = repository.huiyin("import", str(export(tmp_path, *rows)), *OPTIONS, "--format", "json")
    assert {
        "taken": 2,
        "unchanged": 0,
        "rejected": 1,
        "duplicates": [["people-2", "people-1"]],
        "warnings": {"HY521": 1},
        "rejects_file": str(tmp_path / "导出.rejects.csv"),
        "dry_run": False,
    } == json.loads(run.out)


def test_a_dry_run_writes_nothing(repository: Repository, tmp_path: Path) -> None:
    """No case and no list, unless its path is given."""
    file = export(tmp_path, message(), message("8", 标题=""))
    run = repository.huiyin("import", str(file), *OPTIONS, "--dry-run", "--format", "json")
    assert (1, True, None) == (run.code, json.loads(run.out)["dry_run"], json.loads(run.out)["rejects_file"])
    assert [] == case_files(repository)
    assert not (tmp_path / "导出.rejects.csv").exists()
    repository.huiyin("import", str(file), *OPTIONS, "--dry-run", "--rejects", str(tmp_path / "单.csv"))
    assert (tmp_path / "单.csv").exists()
    assert [] == case_files(repository)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("没有.xlsx", *OPTIONS), "HY904"),
        (("导出.xlsx", "--channel", "people", "--mapping", "没有"), "HY506"),
        (("导出.xlsx", "--channel", "portal", "--mapping", "people"), "HY507"),
        (("导出.xlsx", *OPTIONS, "--set", "body=甲"), "HY508"),
        (("导出.xlsx", *OPTIONS, "--set", "real_name"), "HY508"),
        (("导出.xlsx", *OPTIONS, "--rejects", "导出.xlsx"), "HY509"),
        (("导出.xlsx", *OPTIONS, "--sheet", "没有"), "HY503"),
        (("导出.xlsx", "--channel", "weibo", "--mapping", "people"), "HY920"),
        (("导出.xlsx", "--mapping", "people"), "HY920"),
    ],
)
def test_usage_errors_exit_2(repository: Repository, tmp_path: Path, arguments: tuple[str, ...], code: str) -> None:
    """One Chinese line with a code, no traceback, nothing written."""
    export(tmp_path, message())
    run = repository.huiyin("import", "--root", str(repository.root), *arguments, cwd=tmp_path)
    assert (2, "") == (run.code, run.out)
    assert code in run.err
    assert "Traceback" not in run.err
    assert [] == case_files(repository)


def test_a_spreadsheet_in_the_repository_is_refused(repository: Repository) -> None:
    """第十九条: it may hold personal data, and its list of rejects would stay there."""
    run = repository.huiyin("import", str(export(repository.root, message())), *OPTIONS)
    assert (2, True) == (run.code, "HY509" in run.err)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("旧.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "HY501"), ("坏.xlsx", b"PK\x03\x04...", "HY502"),
     ("空.csv", b"", "HY503"),
     ("缺列.csv", "编号,标题\n1,甲\n".encode(), "HY505")],
)  # fmt: skip
def test_bad_files_exit_1_with_one_clear_problem(
    repository: Repository, tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    """What is wrong, and what to do."""
    (tmp_path / name).write_bytes(content)
    run = repository.huiyin("import", str(tmp_path / name), *OPTIONS)
    assert (1, "") == (run.code, run.out)
    assert 1 == run.err.count(" HY")
    assert code in run.err
    assert "处理：" in run.err


def test_ctrl_c_on_a_terminal_leaves_nothing(repository: Repository, tmp_path: Path) -> None:
    """The bar shows on a terminal; SIGINT while it does ends with 130, a Chinese line, and no file."""
    rows = [message(str(n), 内容=f"第{n}件留言的正文,各不相同。") for n in range(20_000)]
    file = write_csv(tmp_path / "导出.csv", [PEOPLE, *rows, message("x", 标题="")])
    ours, theirs = pty.openpty()
    environment = {**os.environ, "HUIYIN_AS_OF": NOW, "PYTHONUTF8": "1", "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(
        [sys.executable, "-m", "huiyin.cli.main", "import", str(file), *OPTIONS, "--root", str(repository.root)],
        stdout=subprocess.DEVNULL, stderr=theirs, env=environment,
    ) as process:  # fmt: skip
        os.close(theirs)
        seen = b""
        while "核对第".encode() not in seen:
            seen += os.read(ours, 1024)
        process.send_signal(signal.SIGINT)
        try:
            while data := os.read(ours, 1024):
                seen += data
        except OSError:  # so a pseudo-terminal says that the other side is gone
            pass
    os.close(ours)
    assert 130 == process.returncode
    assert "已中断" in seen.decode(errors="replace")
    assert [] == case_files(repository)
    assert not (tmp_path / "导出.rejects.csv").exists()


def test_no_bar_where_nobody_watches(repository: Repository, tmp_path: Path) -> None:
    """Logs stay clean."""
    assert "" == repository.huiyin("import", str(export(tmp_path, message())), *OPTIONS).err


def test_a_file_that_is_not_there_is_told_first(repository: Repository) -> None:
    """Where the list of a missing file would go is nobody's question."""
    run = repository.huiyin("import", "none.xlsx", *OPTIONS)
    assert (2, True, False) == (run.code, "HY904" in run.err, "HY509" in run.err)


def test_ids_that_differ_only_in_case_are_refused(repository: Repository, tmp_path: Path) -> None:
    """Some file systems have room for one of them only."""
    run = repository.huiyin("import", str(export(tmp_path, message("AbC"), message("abc"))), *OPTIONS)
    assert (1, True, ["people-AbC.yaml"]) == (run.code, "HY525" in run.out, case_files(repository))
    again = repository.huiyin("import", str(export(tmp_path, message("aBC"))), *OPTIONS)
    assert (1, True, ["people-AbC.yaml"]) == (again.code, "HY525" in again.out, case_files(repository))


def test_times_of_long_ago_are_taken(repository: Repository, tmp_path: Path) -> None:
    """China had summer time from 1986 to 1991, and before 1901 each town its own."""
    rows = [
        message(f"{n}", 留言时间=t) for n, t in enumerate(("1986-07-01 23:30", "1988-07-01 00:10", "1900-01-01 23:58"))
    ]
    run = repository.huiyin("import", str(export(tmp_path, *rows)), *OPTIONS)
    assert (0, 3) == (run.code, len(case_files(repository))), run.out + run.err
    assert (repository.root / "cases/1986/07/01/people-0.yaml").is_file()
    assert "HY2" not in repository.huiyin("check").out
