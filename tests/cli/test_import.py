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
from tests.repository import NOW, Repository, make_repository
from tests.vault.safe import MOMENT, Safe, make_safe

OPTIONS = ("--channel", "people", "--mapping", "people")
UNSURE = "楼道漏水多日无人处理，证件号110101199001011230可以核对。（演示用虚构留言）"
"""A number that would be that of a resident if its last digit were right."""
CERTAIN = "楼道漏水多日无人处理，请回电13900000001。（演示用虚构留言）"


@pytest.fixture
def safe(tmp_path: Path) -> Safe:
    """A case log whose people have age keys, with no vault yet."""
    return make_safe(make_repository(tmp_path / "库"), {"wangzhan.clerk": ""})


@pytest.fixture
def repository(safe: Safe) -> Repository:
    """The case log."""
    return safe.repository


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
        "held": [],
        "held_before": 0,
        "forgotten": 0,
        "sealed": 2,
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


def test_what_is_certain_is_taken_out_and_kept_in_the_vault(safe: Safe, repository: Repository, tmp_path: Path) -> None:
    """第十九条: the mark in the record; the original text, name and contact in the vault; the rest as before."""
    run = repository.huiyin("import", str(export(tmp_path, message(内容=CERTAIN))), *OPTIONS)
    assert (0, "") == (run.code, run.err)
    assert f"存入金库（{safe.folder}）1件" in run.out
    text = (repository.root / "cases/2026/11/20/people-1001.yaml").read_text(encoding="utf-8")
    assert "请回电〔已隐去：手机号〕。" in text
    assert "13900000001" not in text + run.out
    kept = safe.vault.read("people-1001", [safe.identity("wangzhan.clerk")])
    assert (NAME, {"phone": PHONE}, {"/body": CERTAIN}, None) == (kept.name, kept.contact, kept.texts, kept.held)
    assert 0 == repository.huiyin("check").code


def test_what_is_uncertain_is_held_back(safe: Safe, repository: Repository, tmp_path: Path) -> None:
    """第十九条: id, kind and place are said, the text is not; the row is not taken again while it waits."""
    file = export(tmp_path, message(内容=UNSURE), message("1002"))
    run = repository.huiyin("import", str(file), *OPTIONS)
    assert (1, ["people-1002.yaml"]) == (run.code, case_files(repository))
    assert "people-1001 有1处待人工判断：正文第15至32字（身份证号）" in run.out
    assert "待人工判断1件，没有写入留言库" in run.out
    assert "110101199001011230" not in run.out + run.err
    assert ["people-1001"] == safe.vault.held_ids()
    kept = safe.vault.read("people-1001", [safe.identity("wangzhan.clerk")])
    assert kept.held is not None
    assert (UNSURE, NAME) == (kept.held.document["body"], kept.name)
    again = repository.huiyin("import", str(file), *OPTIONS, "--format", "json")
    report = json.loads(again.out)
    assert (0, 1, 1, []) == (report["taken"], report["unchanged"], report["held_before"], report["held"])


def test_the_ids_of_the_forgotten_are_not_taken_again(safe: Safe, repository: Repository, tmp_path: Path) -> None:
    """第十九条: what was erased for good does not come back with the next export."""
    file = export(tmp_path, message(内容=UNSURE))
    assert 1 == repository.huiyin("import", str(file), *OPTIONS).code
    safe.vault.forget("people-1001", "wangzhan.clerk", MOMENT)
    run = repository.huiyin("import", str(file), *OPTIONS)
    assert (0, [], True) == (run.code, case_files(repository), "已抹除1件，没有再收" in run.out)
    assert [] == safe.vault.ids()


def test_without_keys_nothing_is_written_anywhere(tmp_path: Path) -> None:
    """A clear problem; neither a case, nor a list of rejects, nor a vault."""
    repository = make_repository(tmp_path / "库")
    file = export(tmp_path, message(), message("8", 标题=""))
    run = repository.huiyin("import", str(file), *OPTIONS)
    assert (1, True, True) == (run.code, "HY712" in run.err, "huiyin vault keygen" in run.err)
    assert [] == case_files(repository)
    assert ["导出.xlsx", "库"] == sorted(p.name for p in tmp_path.iterdir())
    dry = repository.huiyin("import", str(file), *OPTIONS, "--dry-run")
    assert (1, True, True) == (dry.code, "可收1件" in dry.out, "HY712" in dry.err)


def test_without_anything_personal_no_vault_is_needed(tmp_path: Path) -> None:
    """Neither keys nor a folder; a dash and 匿名 are no names."""
    repository = make_repository(tmp_path / "库")
    rows = message(姓名="匿名", 联系方式="—"), message("2", 姓名="（略）", 联系方式="无")
    run = repository.huiyin("import", str(export(tmp_path, *rows)), *OPTIONS)
    assert (0, 2, False) == (run.code, len(case_files(repository)), (tmp_path / "库-vault").exists())
    assert "contactable: false" in (repository.root / "cases/2026/11/20/people-2.yaml").read_text(encoding="utf-8")


def test_a_vault_in_the_repository_is_refused(repository: Repository, tmp_path: Path) -> None:
    """第十九条: nothing personal below the repository."""
    run = repository.huiyin("import", str(export(tmp_path, message())), *OPTIONS, "--vault", str(repository.root / "v"))
    assert (2, True, []) == (run.code, "HY710" in run.err, case_files(repository))


def test_a_crash_between_vault_and_case_is_healed(safe: Safe, repository: Repository, tmp_path: Path) -> None:
    """The same import again, with one's key: the vault stays as it is, the case comes."""
    file = export(tmp_path, message(内容=CERTAIN))
    repository.huiyin("import", str(file), *OPTIONS)
    (repository.root / "cases/2026/11/20/people-1001.yaml").unlink()
    unable = repository.huiyin("import", str(file), *OPTIONS)
    assert (1, True, []) == (unable.code, "HY715" in unable.err, case_files(repository))
    run = repository.huiyin("import", str(file), *OPTIONS, **safe.env("wangzhan.clerk"))
    assert (0, ["people-1001.yaml"]) == (run.code, case_files(repository))
    kept = safe.vault.read("people-1001", [safe.identity("wangzhan.clerk")])
    assert (NAME, {"/body": CERTAIN}) == (kept.name, kept.texts)


def test_a_sheet_without_header_is_not_read_out(repository: Repository, tmp_path: Path) -> None:
    """第十九条: the row that stands where the names of columns should be may be a message."""
    file = write_xlsx(tmp_path / "导出.xlsx", [message(内容=CERTAIN), message("2")])
    run = repository.huiyin("import", str(file), *OPTIONS)
    assert (1, True) == (run.code, "HY505" in run.err)
    for private in (NAME, PHONE, "13900000001", "漏水"):
        assert private not in run.err


def test_a_number_in_the_wrong_column_is_refused(repository: Repository, tmp_path: Path) -> None:
    """第十九条: a reference cannot be redacted; neither the list of rejects nor the screen repeats it."""
    run = repository.huiyin("import", str(export(tmp_path, message("13900000001"))), *OPTIONS)
    listed = (tmp_path / "导出.rejects.csv").read_text(encoding="utf-8-sig")
    assert (1, True, []) == (run.code, "2,,HY731,平台编号中有个人信息（手机号）" in listed, case_files(repository))
    assert "13900000001" not in listed + run.out + run.err


def test_a_case_that_was_redacted_at_the_door_is_no_other_text(repository: Repository, tmp_path: Path) -> None:
    """The next export still has the original; only what differs beyond the marks is told of (HY520)."""
    file = export(tmp_path, message(内容=CERTAIN))
    repository.huiyin("import", str(file), *OPTIONS)
    assert "HY520" not in repository.huiyin("import", str(file), *OPTIONS).out
    other = export(tmp_path, message(内容=CERTAIN.replace("漏水", "漏电")))
    assert "HY520" in repository.huiyin("import", str(other), *OPTIONS).out


def test_the_citizen_is_found_in_their_own_words(repository: Repository, tmp_path: Path) -> None:
    """The name and number of the columns are taken out wherever they stand, also in disguise."""
    body = f"{NAME}反映：楼道漏水，联系1 3 9-0000-0000。（演示用虚构留言）"
    assert 0 == repository.huiyin("import", str(export(tmp_path, message(内容=body))), *OPTIONS).code
    text = (repository.root / "cases/2026/11/20/people-1001.yaml").read_text(encoding="utf-8")
    assert "〔已隐去：姓名〕反映：楼道漏水，联系〔已隐去：手机号〕。" in text


def test_twins_are_found_behind_their_marks(repository: Repository, tmp_path: Path) -> None:
    """Two messages that differ in what was taken out alone are duplicates; of one that waits it is said too."""
    rows = message("1", 内容=CERTAIN), message("2", 内容=CERTAIN.replace("139", "138"))
    waiting = message("3", 内容=UNSURE), message("4", 内容=UNSURE.replace("110101", "110102"))
    run = repository.huiyin("import", str(export(tmp_path, *rows, *waiting)), *OPTIONS)
    assert "people-2 与 people-1 正文相同，已注明疑似重复" in run.out
    assert "people-4（待人工判断）与 people-3 正文相同" in run.out
