"""``huiyin record`` as an impatient clerk runs it: real processes on a real folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from huiyin.cli.main import cli
from huiyin.model.event import EVENT_TYPES
from huiyin.repo import yaml
from tests.cases import PROJECT, REPLY, Story
from tests.cli.terminal import INTERRUPT, at_terminal
from tests.repository import NOW, Repository, make_repository

CASE = "cases/2026/11/16/people-90000001.yaml"
ASSIGN = ("--unit", "lanzhou", "--basis", "3", "--complexity", "simple", "--by", "wangzhan.clerk")


def snapshot(root: Path) -> dict[str, bytes]:
    """Every file of the case log but the lock."""
    files = (p for p in root.rglob("*") if p.is_file() and ".huiyin" not in p.parts)
    return {str(p.relative_to(root)): p.read_bytes() for p in files}


def events_of(path: Path) -> list[dict[str, object]]:
    """The events of a case file."""
    events: list[dict[str, object]] = yaml.parse_mapping(path.read_bytes(), path="")["events"]
    return events


@pytest.fixture
def busy(repository: Repository) -> Repository:
    """Four cases: to be reviewed, claimed, answered, published, as of Monday 2026-11-23 10:00."""
    repository.add(Story())
    repository.add(Story(reference="2").assigned("2026-11-16 10:00"))
    repository.add(Story(reference="3").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00"))
    done = Story(reference="4").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").answered("2026-11-18 10:00")
    repository.add(done)
    return repository


# What works


def test_a_case_goes_its_whole_way(repository: Repository) -> None:
    """第九条（一）至（三）: assigned, claimed, answered, returned, answered again, published, by commands alone."""
    path = repository.add(Story())
    steps = [
        ("assigned", *ASSIGN),
        ("claimed", "--by", "lanzhou.clerk"),
        ("answered", "--by", "lanzhou.clerk", "--mode", "public", "--reply", REPLY),
        *(("returned", "--by", "wangzhan.clerk", "--ground", "答非所问", "--explanation", "没有答复所问。"),),
        ("answered", "--by", "lanzhou.clerk", "--mode", "public", "--reply", REPLY),
        ("published", "--by", "wangzhan.clerk"),
        ("rated", "--by", "wangzhan.clerk", "--level", "满意"),
    ]
    for event, *options in steps:
        before = path.read_bytes()
        done = repository.huiyin("record", event, "people-90000001", *options)
        assert (0, "") == (done.code, done.err)
        assert path.read_bytes().startswith(before.removesuffix(b" []\n"))
    assert [step[0] for step in steps] == [e["type"] for e in events_of(path)]
    assert "兰州市人民政府办公室" == events_of(path)[2]["publisher"]
    assert 0 == repository.huiyin("check").code


def test_it_says_what_comes_next_and_who_must_approve(busy: Repository) -> None:
    """The new state, the next date with its article, the approval of this change, and who goes on."""
    done = busy.huiyin("record", "assigned", "people-90000001", *ASSIGN)
    text = done.out
    assert "people-90000001  待认领  " + CASE in text
    assert "认领（第九条（二））：兰州市" in text
    assert "2026-11-23" in text
    assert "须经“中国·甘肃”网站管理中心复审人（网站管理中心复审人（演示））〔从严设置〕（第六条）审签" in text
    assert "下一步：认领（claimed）：由兰州市经办人记录" in text


def test_json_is_the_contract(busy: Repository) -> None:
    """The fields of the JSON form, and their values for one case."""
    options = ("--by", "lanzhou.clerk", "--mode", "explanation", "--reply", REPLY, "--reason", "情况特殊。")
    report = json.loads(busy.huiyin("record", "answered", "people-3", *options, "--format", "json").out)
    assert ["event", "ok", "dry_run", "recorded", "problems"] == list(report)
    assert ("answered", True, False, []) == (report["event"], report["ok"], report["dry_run"], report["problems"])
    [case] = report["recorded"]
    assert {
        "id": "people-3",
        "path": "cases/2026/11/16/people-3.yaml",
        "state": "submitted",
        "state_title": "待复审",
        "due": None,
        "approvals": [
            {"unit": "lanzhou", "role": "head", "article": "9(3)", "stricter": False, "people": ["lanzhou.head"]},
            {
                "unit": "wangzhan",
                "role": "reviewer",
                "article": "20",
                "stricter": False,
                "people": ["wangzhan.reviewer"],
            },
        ],
        "next": [
            {
                "event": name,
                "title": title,
                "opened_by": {"unit": "wangzhan", "role": "clerk"},
                "articles": articles,
            }
            for name, title, articles in [
                ("published", "公开答复", ["9(3)", "9(4)", "12"]),
                ("returned", "退回重办", ["21"]),
            ]
        ],
    } == case


def test_texts_come_from_files_and_standard_input(busy: Repository) -> None:
    """``@file`` and ``-``, with the line ends and the byte order mark of another system."""
    busy.write("答复.txt", "\ufeff第一段。\r\n\r\n  第二段\t。  \r\n")
    options = ("--by", "lanzhou.clerk", "--mode", "public", "--reply", "@答复.txt", "--note", "-")
    done = busy.huiyin("record", "answered", "people-3", *options, stdin="内部\u200b备注\n")
    assert 0 == done.code, done.err
    event = events_of(busy.root / "cases/2026/11/16/people-3.yaml")[-1]
    assert ("第一段。\n\n  第二段 。\n", "内部备注") == (event["reply"], event["note"])


def test_lists_and_mappings_are_options_too(busy: Repository) -> None:
    """``--handling`` takes a mapping in YAML, lists are written item by item, units by any of their names."""
    lists = ("--topic", "教育文体", "--topics", "其他", "--assisting", "兰州新区")
    assert 0 == busy.huiyin("record", "assigned", "people-90000001", *ASSIGN, *lists).code
    [assigned] = events_of(busy.root / CASE)
    assert (["教育文体", "其他"], ["lanzhou-xinqu"]) == (assigned["topics"], assigned["assisting"])
    step = "{day: 2026-11-20, kind: site_visit, online: false, note: 现场查看（演示）}"
    options = ("--by", "lanzhou.clerk", "--mode", "public", "--reply", REPLY, "--handling", step, "--handling", step)
    assert 0 == busy.huiyin("record", "answered", "people-3", *options).code
    expected = {"day": "2026-11-20", "kind": "site_visit", "online": False, "note": "现场查看（演示）"}
    assert [expected] * 2 == events_of(busy.root / "cases/2026/11/16/people-3.yaml")[-1]["handling"]


def test_the_daily_batch_is_written_as_a_whole(repository: Repository) -> None:
    """Many ids, from the command line and from a list; one refusal and nothing is written."""
    paths = [repository.add(Story(reference=str(n)).assigned("2026-11-16 10:00")) for n in range(5)]
    ids = "# 今日\n\npeople-2\n  people-3\ncases/2026/11/16/people-4.yaml\n"
    batch = ("record", "claimed", "people-0", "people-1", "--ids-from", "-", "--by", "lanzhou.clerk")
    repository.add(Story(reference="2").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00"))
    before = snapshot(repository.root)
    refused = repository.huiyin(*batch, stdin=ids + "people-9\n")
    assert (1, "", before) == (refused.code, refused.out, snapshot(repository.root))
    assert ("HY301" in refused.err, "HY930" in refused.err, "people-2.yaml" in refused.err) == (True, True, True)
    assert "6件中有2件不能记录，因此一件都没有写入。" in refused.err
    repository.add(Story(reference="2").assigned("2026-11-16 10:00"))
    done = repository.huiyin(*batch, stdin=ids)
    assert (0, "") == (done.code, done.err)
    assert ["claimed"] * 5 == [events_of(p)[-1]["type"] for p in paths]


def test_problems_of_before_do_not_block(busy: Repository) -> None:
    """Design §7: a clerk answers only for what the new event brings; what cannot be read blocks."""
    path = busy.add(Story().assigned("2026-11-16 10:00", topics=["没有的主题"]).answered("2026-11-16 09:30"))
    assert 1 == busy.huiyin("check", "people-90000001").code
    assert "" == busy.huiyin("record", "claimed", "people-90000001", "--by", "lanzhou.clerk").err
    assert 3 == len(events_of(path))
    path.write_bytes(path.read_bytes().replace(b"channel: people", b"channel: people\nchannel: people"))
    before = snapshot(busy.root)
    event = ("--by", "shengban.clerk", "--leader", "省政府主要领导（演示）", "--instruction", "请抓紧。")
    refused = busy.huiyin("record", "instructed", "people-90000001", *event)
    assert (1, before) == (refused.code, snapshot(busy.root))
    assert "HY106" in refused.err


def test_a_dry_run_writes_nothing(busy: Repository) -> None:
    """It says what would be, and makes no file, not even the lock."""
    before = snapshot(busy.root)
    done = busy.huiyin("record", "claimed", "people-2", "--by", "lanzhou.clerk", "--dry-run")
    assert (0, before) == (done.code, snapshot(busy.root))
    assert "试运行" in done.out
    assert "办理中" in done.out
    assert not (busy.root / ".huiyin").exists()


def test_the_person_may_stand_in_the_environment(busy: Repository) -> None:
    """HUIYIN_PERSON; --by with a unit wins over it."""
    assert 0 == busy.huiyin("record", "claimed", "people-2", HUIYIN_PERSON="lanzhou.clerk").code
    wrong = busy.huiyin(
        "record", "published", "people-4", "--by", "wangzhan.clerk@兰州市", HUIYIN_PERSON="wangzhan.clerk"
    )
    assert (1, True) == (wrong.code, "HY304" in wrong.err)
    assert 0 == busy.huiyin("record", "published", "people-4", "--by", "wangzhan.clerk@wangzhan").code


def test_warnings_are_shown_and_do_not_refuse(busy: Repository) -> None:
    """第二十一条: a reply of two characters is written, and the reviewer is warned."""
    done = busy.huiyin("record", "answered", "people-3", "--by", "lanzhou.clerk", "--mode", "public", "--reply", "收到")
    assert (0, True) == (done.code, "HY323" in done.err)


# What is refused: one clear message, the right exit code, every file as it was

CLERK = ("--by", "lanzhou.clerk")
ANSWER = ("record", "answered", "people-3", *CLERK, "--mode")
REPLIED = (*ANSWER, "public", "--reply", REPLY)
PRIVATE = (*ANSWER, "private", "--public-note", "已电话答复。", "--delivered-by", "phone")
DECLINE = ("record", "declined", "people-90000001", "--by", "wangzhan.clerk", "--reason")
EXTEND = ("record", "extended", "people-3", *CLERK, "--reason", "需要勘察。", "--due")
ASSIGN_IT = ("record", "assigned", "people-90000001")


@pytest.mark.parametrize(
    ("arguments", "code", "problem", "says"),
    [
        (("record", "claimd", "people-2", *CLERK), 2, "HY920", "没有“claimd”这种事件"),
        (("record", "claimed", "people-90000001", *CLERK), 1, "HY301", "不能发生在“待审核”状态"),
        (("record", "published", "people-3", "--by", "wangzhan.clerk"), 1, "HY301", "报送答复（answered）"),
        (("record", "answered", "people-90000001", *CLERK, "--mode", "public", "--reply", "甲"), 1, "HY301", "待审核"),
        (("record", "claimed", "people-2", "--by", "tianshui.clerk"), 1, "HY304", "应由兰州市"),
        (("record", "claimed", "people-2", "--by", "lanzhou.head"), 1, "HY307", "经办人"),
        (("record", "claimed", "people-2", "--by", "nobody"), 2, "HY933", "nobody"),
        (("record", "claimed", "people-2", "--by", "lanzhou.clerk@无此单位"), 2, "HY932", "--by"),
        (("record", "claimed", "people-2"), 2, "HY940", "--by"),
        (("record", "claimed", *CLERK), 2, "HY954", "没有写"),
        (("record", "claimed", "people-2", "people-2", *CLERK), 2, "HY941", "people-2.yaml"),
        (("record", "claimed", "people-2", "cases/2026/11/16/people-2.yaml", *CLERK), 2, "HY941", "people-2.yaml"),
        (("record", "claimed", "people-77", *CLERK), 1, "HY930", "people-77"),
        (("record", "claimed", "cases/2025", *CLERK), 1, "HY931", "cases/2025"),
        (("record", "claimed", "people-2", *CLERK, "--at", "2026-11-23T10:00:01"), 1, "HY303", "晚于现在"),
        (("record", "claimed", "people-2", *CLERK, "--at", "2026-11-16T09:59:59"), 1, "HY302", "早于"),
        (("record", "claimed", "people-2", *CLERK, "--at", "2026-11-16"), 2, "HY922", "只写了日期"),
        (("record", "claimed", "people-2", *CLERK, "--at", "昨天上午十点左右"), 2, "HY921", "昨天"),
        (("record", "claimed", "people-2", *CLERK, "--at", "0001-01-01T00:00:00+14:00"), 2, "HY921", "2000年至2100年"),
        (("record", "claimed", "people-2", *CLERK, "--unknown"), 2, "HY920", "--unknown"),
        (("record", "claimed", "people-2", *CLERK, "--ids-from", "没有.txt"), 2, "HY904", "没有.txt"),
        ((*ASSIGN_IT, "--by", "wangzhan.clerk"), 2, "HY940", "--unit（承办单位）、--basis"),
        ((*ASSIGN_IT, *ASSIGN[2:], "--unit", "火星市"), 2, "HY932", "火星市"),
        ((*ASSIGN_IT, *ASSIGN[2:], "--unit", "wangzhan"), 1, "HY313", "不是承办单位"),
        ((*ASSIGN_IT, *ASSIGN, "--basis", "6"), 2, "HY920", "3、4、5"),
        ((*ASSIGN_IT, *ASSIGN, "--basis", "4"), 2, "HY940", "--concern（被反映单位）"),
        ((*ASSIGN_IT, *ASSIGN, "--topic", "不存在"), 1, "HY316", "环境保护"),
        ((*ASSIGN_IT, *ASSIGN, "--note", "\u200b \n"), 2, "HY942", "--note（备注）"),
        ((*ASSIGN_IT, *ASSIGN, "--letter", "长" * 61), 2, "HY942", "--letter（文号）"),
        ((*DECLINE, "duplicate", "--duplicate-of", "people-8"), 1, "HY206", "people-8"),
        ((*DECLINE, "anonymous"), 1, "HY311", "受理条件"),
        ((*ANSWER, "public"), 2, "HY940", "--reply（答复正文）"),
        ((*ANSWER, "private"), 2, "HY940", "--public-note（公开说明）、--delivered-by（送达方式）"),
        ((*PRIVATE, "--reply", "甲"), 2, "HY942", "--reply"),
        ((*REPLIED, "--publisher", "某某办"), 1, "HY321", "兰州市人民政府办公室"),
        ((*REPLIED, "--mark", "privacy"), 1, "HY322", "private"),
        ((*ANSWER, "public", "--reply", "@没有.txt"), 2, "HY904", "没有.txt"),
        ((*ANSWER, "public", "--reply", "@cases"), 2, "HY904", "目录"),
        ((*ANSWER, "public", "--reply", "@gbk.txt"), 1, "HY101", "可能是GBK编码"),
        ((*ANSWER, "public", "--reply", "@huge.txt"), 1, "HY103", "huge.txt"),
        ((*ANSWER, "public", "--reply", "-", "--note", "-"), 2, "HY944", "--reply 读取"),
        ((*REPLIED, "--handling", "{day: 2026-11-20"), 2, "HY942", "--handling"),
        ((*REPLIED, "--handling", "{day: 2026-11-20, kind: x}"), 2, "HY942", "--handling（办理过程）"),
        ((*EXTEND, "2026-13-01"), 2, "HY942", "--due（新期限）"),
        ((*EXTEND, "2026-11-24"), 1, "HY324", "不晚于"),
        (("record", "claimed", "people-2", *CLERK, "--root", "cases"), 2, "HY910", "cases"),
        (("record", "claimed", "长" * 300, *CLERK), 1, "HY930", "长长"),
    ],
)  # fmt: skip
def test_a_mistake_gets_one_clear_message(
    busy: Repository, arguments: tuple[str, ...], code: int, problem: str, says: str
) -> None:
    """A code, what to do, the right exit code; no traceback, nothing written."""
    busy.write("gbk.txt", "第一行\n答复正文".encode("gbk"))
    busy.write("huge.txt", "长" * 100_000)
    before = snapshot(busy.root)
    run = busy.huiyin(*arguments, stdin="标准输入" if "-" in arguments else None)
    assert (code, before) == (run.code, snapshot(busy.root)), run.err
    assert [problem] == sorted({word for word in run.err.split() if word.startswith("HY")})
    assert says in run.err
    assert ("处理：" in run.err, "Traceback" in run.err, run.out) == (True, False, "")


def test_a_refusal_as_json(busy: Repository) -> None:
    """``ok`` is false, nothing is recorded, each problem has its code."""
    before = snapshot(busy.root)
    run = busy.huiyin("record", "claimed", "people-2", "people-3", *CLERK, "--format", "json")
    report = json.loads(run.out)
    assert (1, "", before) == (run.code, run.err, snapshot(busy.root))
    assert (False, [], ["HY301"]) == (report["ok"], report["recorded"], [p["code"] for p in report["problems"]])


def test_bytes_that_are_no_text_are_refused(busy: Repository) -> None:
    """A terminal that sends GBK."""
    before = snapshot(busy.root)
    environment = {**os.environ, "HUIYIN_AS_OF": NOW, "PYTHONUTF8": "1"}
    for arguments in (["people-3", "--note", b"\xb1\xb8\xd7\xa2"], [b"\xb1\xb8"]):
        run = subprocess.run(
            [sys.executable, "-m", "huiyin.cli.main", "record", "claimed", *arguments, *CLERK],
            cwd=busy.root, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False,
        )  # fmt: skip
        assert (2, True, before) == (run.returncode, b"HY942" in run.stderr, snapshot(busy.root))


@pytest.fixture
def locked_up() -> Iterator[Repository]:
    """A case log that everybody may read and nobody but root may change."""
    with tempfile.TemporaryDirectory() as folder:
        repository = make_repository(Path(folder) / "log")
        repository.add(Story().assigned("2026-11-16 10:00"))
        for path in [Path(folder), *Path(folder).rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield repository
        for path in [Path(folder), *Path(folder).rglob("*")]:
            path.chmod(0o755)


def test_a_read_only_folder_is_told(locked_up: Repository) -> None:
    """HY906, and the old file stands."""
    before = snapshot(locked_up.root)
    # Root may write anywhere, so a clerk who is root becomes nobody, once the dry run has loaded all that is needed.
    program = """
import os, sys
from huiyin.cli.main import run
assert 0 == run([*sys.argv[1:], "--dry-run"])
if os.geteuid() == 0:
    os.setuid(65534)
sys.exit(run(sys.argv[1:]))
"""
    run = subprocess.run(
        [sys.executable, "-c", program, "record", "claimed", "people-90000001", *CLERK],
        cwd=locked_up.root, env={**os.environ, "HUIYIN_AS_OF": NOW, "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (1, True, before) == (run.returncode, "HY906" in run.stderr, snapshot(locked_up.root)), run.stderr
    assert "没有写入权限" in run.stderr


def test_a_file_that_cannot_be_replaced_leaves_all_as_they_were(busy: Repository) -> None:
    """A batch of which one folder cannot be written: none is, and no temporary file stays."""
    busy.write(".huiyin", "")
    before = snapshot(busy.root)
    run = busy.huiyin("record", "claimed", "people-2", *CLERK)
    assert (1, True, before) == (run.code, "HY906" in run.err, snapshot(busy.root))


# Redaction

SECRET = "00000000001"  # noqa: S105  # planted, no real number
REDACT = ("record", "redacted", "people-90000001", "--pointer", "/body", "--kind", "手机号", "--by", "wangzhan.clerk")


def plant(repository: Repository) -> Path:
    """A case with a number that should not be there."""
    return repository.add(Story(facts={"body": f"请打 {SECRET} 联系我。（演示）"}))


@pytest.mark.parametrize("how", ["stdin", "file"])
def test_redaction_takes_the_text_from_where_no_history_is(repository: Repository, how: str) -> None:
    """第十九条: from standard input or a file; the number is in no file and no output afterwards."""
    path = plant(repository)
    before = yaml.parse_mapping(path.read_bytes(), path="")
    if how == "file":
        (repository.root.parent / "hidden.txt").write_text(f"{SECRET}\n", encoding="utf-8")
        run = repository.huiyin(*REDACT, "--remove", "@../hidden.txt")
    else:
        run = repository.huiyin(*REDACT, "--remove", "-", stdin=f"{SECRET}\n")
    assert 0 == run.code, run.err
    after = yaml.parse_mapping(path.read_bytes(), path="")
    [event] = after.pop("events")
    assert {**before, "body": "请打 〔已隐去：手机号〕 联系我。（演示）"} == {**after, "events": []}
    assert (["/body"], "手机号") == (event["pointers"], event["kind"])
    assert SECRET not in run.out + run.err
    assert "Git历史" in run.out
    assert 0 == repository.huiyin("check").code


def test_redaction_asks_without_showing(repository: Repository) -> None:
    """At a terminal the text is asked for and not echoed."""
    path = plant(repository)
    run = at_terminal(repository, REDACT, [("不显示", f"{SECRET}\n")])
    assert (0, False) == (run.code, SECRET in run.err + run.out)
    assert SECRET not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "stdin", "code", "problem"),
    [
        (("--remove", SECRET), None, 2, "HY947"),
        ((f"--remove={SECRET}",), None, 2, "HY947"),
        ((), None, 2, "HY940"),
        (("--remove", "-"), "\n", 2, "HY940"),
        (("--remove", "-"), f"{SECRET}9", 1, "HY948"),
        (("--remove", "-", "--pointer", "/title"), SECRET, 1, "HY948"),
        (("--remove", "-", "--pointer", "/source/reference"), SECRET, 2, "HY942"),
        (("--remove", "-", "--note", f"是{SECRET}"), SECRET, 1, "HY949"),
    ],
)
def test_a_redaction_that_cannot_be_says_why_and_not_what(
    repository: Repository, options: tuple[str, ...], stdin: str | None, code: int, problem: str
) -> None:
    """第十九条: no message repeats the text, and the file stands as it was."""
    plant(repository)
    before = snapshot(repository.root)
    run = repository.huiyin(*REDACT, *options, stdin=stdin)
    assert (code, before) == (run.code, snapshot(repository.root)), run.err
    assert (True, False) == (problem in run.err, SECRET in run.err + run.out)


# At a terminal


def test_missing_fields_are_asked_for(busy: Repository) -> None:
    """By their Chinese titles, again where the answer is wrong, and what an answer makes necessary too."""
    answers = [
        ("记录人代号", "wangzhan.clerk\n"),
        ("承办单位：", "火星市\n"),
        ("没有代号或名称为“火星市”的单位。", ""),
        ("承办单位：", "兰州市\n"),
        ("受理依据：", "四\n"),
        ("只能取：3、4、5。", "4\n"),
        ("类别：", "\n"),
        ("“类别”不能为空。", "complex\n"),
        ("被反映单位（几个之间用“、”分开）：", "张掖市、嘉峪关市\n"),
    ]
    run = at_terminal(busy, ("record", "assigned", "people-90000001"), answers)
    assert 0 == run.code, run.err
    [event] = events_of(busy.root / CASE)
    assert ("lanzhou", 4, "complex") == (event["unit"], event["basis"], event["complexity"])
    assert ["zhangye", "jiayuguan"] == event["concerns"]


def test_a_text_of_several_lines_is_typed(busy: Repository) -> None:
    """Up to a line of only a point; a text that begins with @ is then no file."""
    answers = [("答复正文", "@市民：\n第二行。\n.\n")]
    run = at_terminal(busy, ("record", "answered", "people-3", "--by", "lanzhou.clerk", "--mode", "public"), answers)
    assert 0 == run.code, run.err
    assert "@市民：\n第二行。\n" == events_of(busy.root / "cases/2026/11/16/people-3.yaml")[-1]["reply"]


@pytest.mark.parametrize("key", [INTERRUPT, "\x04"], ids=["Ctrl-C", "Ctrl-D"])
@pytest.mark.parametrize("prompt", ["承办单位：", "答复正文"])
def test_giving_up_leaves_everything_as_it_was(busy: Repository, key: str, prompt: str) -> None:
    """Ctrl-C, and the end of input, in a line and in a text: exit code 130, one sentence, every byte as before."""
    before = snapshot(busy.root)
    line = ("record", "assigned", "people-90000001", "--by", "wangzhan.clerk")
    run = at_terminal(busy, line if prompt == "承办单位：" else (*ANSWER, "public"), [(prompt, key)])
    assert (130, "", before) == (run.code, run.out, snapshot(busy.root)), run.err
    assert ("已中断" in run.err, "Traceback" in run.err) == (True, False)


# Help


def test_every_event_has_its_help(monkeypatch: pytest.MonkeyPatch) -> None:
    """Title, who records, who approves, articles; every option is explained in Chinese and none is named twice."""
    group = cli.get_command(click.Context(cli), "record")
    assert isinstance(group, click.Group)
    ctx = click.Context(group, info_name="record")
    monkeypatch.chdir(PROJECT)
    for name in EVENT_TYPES:
        command = group.get_command(ctx, name)
        assert command is not None
        assert "记录人：" in (command.help or "")
        assert "审签：" in (command.help or "")
        options = [p for p in command.params if isinstance(p, click.Option)]
        names = [o for option in options for o in option.opts]
        assert len(set(names)) == len(names)
        assert len({p.name for p in command.params}) == len(command.params)
        assert all(o.help for o in options)


def test_help_follows_the_case_log(repository: Repository) -> None:
    """Another title in the schema of the log is another help: nothing is written into the program."""
    schema = repository.root / "schema/case.schema.json"
    schema.write_text(schema.read_text(encoding="utf-8").replace("批示领导", "批示人员职务"), encoding="utf-8")
    text = repository.huiyin("record", "instructed", "--help", "--root", str(repository.root), cwd=Path("/")).out
    assert ("批示人员职务" in text, "第十八条" in text, "省政府办公厅经办人" in text) == (True, True, True)
    assert "领导批示" in repository.huiyin("record", "--help").out
    outside = repository.huiyin("record", "--help", cwd=Path("/"))
    assert (0, True) == (outside.code, "claimed" in outside.out)


@pytest.mark.parametrize(
    ("arguments", "code", "not_told"),
    [
        (("claimed", "--at", "2026-11-23"), "HY922", "写成 2026-11-23 或"),
        (("claimed", "--at", "9999-12-31T00:00:00"), "HY921", "HY999"),
        (("answered", "--mode", "public", "--reply", "已修。", "--handling", "abc"), "HY942", "删去该文件"),
        (("answered", "--mode", "public", "--reply", "已修。", "--handling", "{a: [}"), "HY942", "1: "),
    ],
)
def test_the_cure_is_that_of_the_option(
    repository: Repository, arguments: tuple[str, ...], code: str, not_told: str
) -> None:
    """What is said of files, or of other options, would lead astray."""
    repository.add(Story().assigned("2026-11-23 08:00").claimed("2026-11-23 08:30"))
    run = repository.huiyin("record", arguments[0], "people-90000001", "--by", "lanzhou.clerk", *arguments[1:])
    assert (2, True, False) == (run.code, code in run.err, not_told in run.err), run.err
