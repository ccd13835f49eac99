"""``huiyin stats`` and ``huiyin report monthly`` as people run them."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
import termios
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from tests.cases import Story
from tests.repository import NOW, Repository


@pytest.fixture
def busy(repository: Repository) -> Repository:
    """Some messages of October and November: on time, late and open, returned, extended, moved, declined, private."""
    done = (
        Story("2026-10-12 09:00", reference="1")
        .assigned("2026-10-12 10:00", topics=["环境保护"])
        .claimed("2026-10-12 11:00")
    )
    done.answered("2026-10-14 10:00").published("2026-10-15 10:00")
    repository.add(done.add("rated", "2026-10-16 10:00", "wangzhan.clerk", level="满意"))
    late = Story("2026-10-13 09:00", reference="2").assigned("2026-10-13 10:00").claimed("2026-10-13 11:00")
    late.answered("2026-11-02 10:00").returned("2026-11-03 10:00").answered("2026-11-04 10:00")
    repository.add(late.published("2026-11-05 10:00"))
    repository.add(Story("2026-10-14 09:00", reference="3").declined("2026-10-14 10:00"))
    secret = Story("2026-10-15 09:00", channel="service", reference="4").assigned("2026-10-15 10:00", "jiaotong")
    secret.answered("2026-10-16 10:00", mode="private", reply=None, delivered_by="phone", public_note="已电话答复。")
    repository.add(secret.published("2026-10-19 10:00"))
    repository.add(Story("2026-11-20 09:00", reference="5").assigned("2026-11-20 10:00", "linxia"))
    repository.commit()
    return repository


def data(repository: Repository, *arguments: str) -> dict[str, Any]:
    """What the command prints as JSON."""
    run = repository.huiyin("stats", *arguments, "--format", "json")
    assert (0, "") == (run.code, run.err)
    found: dict[str, Any] = json.loads(run.out)
    return found


def test_the_figures_of_a_month(busy: Repository) -> None:
    """第十三、十七条: October's messages as they stand now, and what happened in October."""
    found = data(busy, "--month", "2026-10")
    assert ("2026-10-01", "2026-10-31", True) == (found["from"], found["to"], found["clean"])
    assert busy.git("rev-parse", "HEAD").strip() == found["commit"]
    total = found["total"]
    assert (4, 1, 3, 3, 3, 2) == tuple(
        total[key] for key in ("received", "declined", "valid", "closed", "due", "on_time")
    )
    assert (1.0, 2 / 3, 2.0, 16) == tuple(
        total[key] for key in ("reply_rate", "on_time_rate", "median_days", "p90_days")
    )
    assert (2, 0, 0) == tuple(total[key] for key in ("published", "returned", "extended"))
    assert (1, 1) == tuple(data(busy, "--month", "2026-11")["total"][key] for key in ("published", "returned"))


def test_rows_of_each_dimension(busy: Repository) -> None:
    """第二十条: the private case is counted as any other, by its id alone."""
    received = {
        by: {row["key"]: row["figures"]["received"] for row in data(busy, "--by", by)["rows"]}
        for by in ("unit", "dispatcher", "channel", "topic", "complexity", "month")
    }
    assert {"lanzhou": 2, "linxia": 1, "jiaotong": 1, "": 1} == received["unit"]
    assert {"wangzhan": 4, "zhengwu": 1} == received["dispatcher"]
    assert {"people": 4, "service": 1} == received["channel"]
    assert {"环境保护": 1, "": 4} == received["topic"]
    assert {"important": 1, "simple": 3, "": 1} == received["complexity"]
    assert {"2026-11": 1, "2026-10": 4} == received["month"]


def test_the_cases_behind_a_figure(busy: Repository) -> None:
    """By key or by title; ids and facts, no title and no text (第十九条)."""
    late = data(busy, "--list", "逾期")
    assert ("late", 1, ["people-2"]) == (late["figure"], late["count"], [c["id"] for c in late["cases"]])
    assert late == data(busy, "--list", "late")
    returned = data(busy, "--from", "2026-11-03", "--to", "2026-11-03", "--list", "returned")["cases"]
    assert [("people-2", "2026-11-03T10:00:00+08:00", "lanzhou")] == [
        (c["id"], c["at"], c["unit_then"]) for c in returned
    ]
    everything = "".join(
        busy.huiyin("stats", "--list", "收到", "--format", form).out for form in ("text", "json", "csv")
    )
    assert "service-4" in everything
    assert not [word for word in ("演示", "公交", "已电话答复") if word in everything]


def test_csv_is_for_spreadsheets(busy: Repository) -> None:
    """A byte order mark; rates in percent, a dash for nothing of nothing; the total last."""
    run = busy.huiyin("stats", "--by", "unit", "--format", "csv")
    assert run.out.startswith("\ufeff")
    table = list(csv.DictReader(io.StringIO(run.out.removeprefix("\ufeff"))))
    assert ["兰州市", "临夏回族自治州", "甘肃省交通运输厅", "（未交办）", "合计"] == [r["承办单位"] for r in table]
    assert ["50.0", "—", "100.0", "—", "66.7"] == [r["按期办结率（%）"] for r in table]


@pytest.mark.parametrize(("columns", "tables"), [(80, 2), (180, 1)])
def test_tables_are_straight_at_a_terminal(busy: Repository, columns: int, tables: int) -> None:
    """Chinese characters are two columns wide: the lines of a table end at one column, and fit the screen."""
    out = at_screen(busy, columns, "stats", "--by", "unit")
    lines = [line for line in out.splitlines() if line[:1] in tuple("┏┃┡│└")]
    widths = [sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in lines]
    starts = [index for index, line in enumerate(lines) if line.startswith("┏")]
    assert tables == len(starts)
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        assert {widths[start]} == set(widths[start:end])
        assert widths[start] <= columns


def at_screen(repository: Repository, columns: int, *arguments: str) -> str:
    """What a command shows on a terminal of that width, without colours."""
    # The test runner may say in the environment how wide its own terminal is.
    environment = {k: v for k, v in os.environ.items() if k not in {"COLUMNS", "LINES"}}
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (50, columns))
    with subprocess.Popen(
        [sys.executable, "-m", "huiyin.cli.main", *arguments],
        cwd=repository.root, env={**environment, "HUIYIN_AS_OF": NOW, "PYTHONUTF8": "1", "TERM": "xterm"},
        stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
    ) as process:  # fmt: skip
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:  # the other end is closed
            pass
        os.close(ours)
        assert 0 == process.wait()
    return re.sub(r"\x1b\[[0-9;]*m", "", shown.decode())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--by", "colour"), "HY920"),
        (("--list", "好评"), "HY920"),
        (("--list", "closed", "--by", "unit"), "HY920"),
        (("--month", "2026-13"), "HY890"),
        (("--month", "2026-10", "--from", "2026-10-01"), "HY920"),
        (("--from", "2026-10-02", "--to", "2026-10-01"), "HY920"),
        (("--from", "昨天"), "HY920"),
        (("--rev", "nowhere"), "HY902"),
    ],
)
def test_wrong_use_is_explained(busy: Repository, arguments: tuple[str, ...], code: str) -> None:
    """In Chinese, with a cure, exit code 2, nothing on standard output."""
    run = busy.huiyin("stats", *arguments)
    assert (2, "") == (run.code, run.out)
    assert code in run.err
    assert "处理：" in run.err


def test_a_case_that_cannot_be_read_is_told(busy: Repository) -> None:
    """The figures are not whole, so the exit code says so."""
    busy.write("cases/2026/10/20/people-9.yaml", "id: [\n")
    run = busy.huiyin("stats", "--format", "json")
    assert (1, 5, False) == (run.code, json.loads(run.out)["total"]["received"], json.loads(run.out)["clean"])
    assert "people-9.yaml" in run.err


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_same_commit_and_moment_give_the_same_bytes(busy: Repository, tmp_path: Path) -> None:
    """第十七条: from the work tree or from the commit, in whatever order a process hashes."""
    common = ("report", "monthly", "--month", "2026-10", "--no-charts", "--out")
    first = busy.huiyin(*common, str(tmp_path / "甲"), PYTHONHASHSEED="1")
    second = busy.huiyin(*common, str(tmp_path / "乙"), "--rev", "HEAD", PYTHONHASHSEED="2")
    assert (0, 0) == (first.code, second.code)
    assert "收到4件，有效留言3件，已办结3件" in first.out
    assert contents(tmp_path / "甲") == contents(tmp_path / "乙")
    assert {"2026年10月办理情况汇总.md", "表/按承办单位.csv", "清单/已办结.csv", "表/逾期未办结.csv"} <= set(
        contents(tmp_path / "甲")
    )


def test_the_summary_says_what_stats_says(busy: Repository, tmp_path: Path) -> None:
    """第十七条: one definition, three outputs."""
    busy.huiyin("report", "monthly", "--month", "2026-10", "--no-charts", "--out", str(tmp_path / "汇总"))
    table = csv.DictReader(io.StringIO((tmp_path / "汇总/表/合计.csv").read_text("utf-8-sig")))
    current = next(row for row in table if row["期间"] == "本月")
    stats = busy.huiyin("stats", "--month", "2026-10", "--format", "csv").out.removeprefix("\ufeff")
    [same] = csv.DictReader(io.StringIO(stats))
    shared = [name for name in same if name not in {"代号", "范围"}]
    assert {name: same[name] for name in shared} == {name: current[name] for name in shared}


def test_nothing_is_overwritten_unasked(busy: Repository, tmp_path: Path) -> None:
    """HY893 for a folder with something in it, until --force."""
    out = tmp_path / "汇总"
    arguments = ("report", "monthly", "--month", "2026-10", "--no-charts", "--out", str(out))
    out.mkdir()
    (out / "别的.txt").write_text("别的", encoding="utf-8")
    refused = busy.huiyin(*arguments)
    assert (2, ["别的.txt"]) == (refused.code, [p.name for p in out.iterdir()])
    assert "HY893" in refused.err
    assert 0 == busy.huiyin(*arguments, "--force").code
    assert "别的" == (out / "别的.txt").read_text(encoding="utf-8")
    (tmp_path / "文件").touch()
    assert "HY893" in busy.huiyin(*arguments[:-1], str(tmp_path / "文件")).err


def test_without_a_font_nothing_is_written(busy: Repository, tmp_path: Path) -> None:
    """HY892: a summary whose charts cannot be drawn is not half there."""
    (tmp_path / "字体.ttf").write_bytes(b"none")
    out = tmp_path / "汇总"
    run = busy.huiyin(
        "report", "monthly", "--month", "2026-10", "--font", str(tmp_path / "字体.ttf"), "--out", str(out)
    )
    assert (1, False) == (run.code, out.exists())
    assert "HY892" in run.err


def test_a_month_that_goes_on_says_so(busy: Repository, tmp_path: Path) -> None:
    """And one that has not begun is refused."""
    out = tmp_path / "汇总"
    arguments = ("report", "monthly", "--no-charts", "--out", str(out), "--month")
    assert "HY891" in busy.huiyin(*arguments, "2026-12").err
    assert "本月尚未结束" in busy.huiyin(*arguments, "2026-11").out
