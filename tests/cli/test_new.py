"""``huiyin new`` as an impatient clerk runs it: real processes on a real folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from huiyin.cli.main import run
from huiyin.repo import yaml
from huiyin.repo.canonical import is_canonical
from tests.cases import PROJECT, Story
from tests.cli.terminal import INTERRUPT, at_terminal
from tests.cli.test_record import snapshot
from tests.repository import NOW, Repository
from tests.vault.safe import MOMENT, Safe, make_safe

BODY = "早高峰等车时间长，建议增开班次。（演示用虚构留言）"
FACTS = ("--title", "建议增开公交班次（演示）", "--real-name", "--contactable")
NEW = ("new", "--channel", "people", "--reference", "77", *FACTS)
PATH = "cases/2026/11/23/people-77.yaml"


def test_a_message_is_registered(repository: Repository) -> None:
    """第九条（一）: id and path follow from channel, reference and day; it is to be reviewed by the end of that day."""
    run = repository.huiyin(
        *NEW, "--body", BODY, "--received-at", "2026-11-22 21:30", "--url", "https://example.invalid/77"
    )
    assert (0, "") == (run.code, run.err)
    path = repository.root / "cases/2026/11/22/people-77.yaml"
    document = yaml.parse_mapping(path.read_bytes(), path="")
    assert {
        "id": "people-77",
        "procedure": "gs-2015-115",
        "channel": "people",
        "source": {"reference": "77", "url": "https://example.invalid/77"},
        "received_at": "2026-11-22T21:30:00+08:00",
        "real_name": True,
        "contactable": True,
        "title": "建议增开公交班次（演示）",
        "body": BODY,
        "events": [],
    } == document
    assert is_canonical(path.read_bytes(), document)
    assert 0 == repository.huiyin("check").code
    assert "已登记：cases/2026/11/22/people-77.yaml" in run.out
    assert "审核（第九条（一））：“中国·甘肃”网站管理中心" in run.out
    assert ("2026-11-22" in run.out, "逾期" in run.out) == (True, True)
    assert "下一步：交办（assigned）" in run.out
    assert "网站管理中心复审人（演示）" in run.out


def test_json_is_the_contract(repository: Repository) -> None:
    """The fields of the JSON form; the time is now where none is written."""
    report = json.loads(repository.huiyin(*NEW, "--body", BODY, "--format", "json").out)
    assert {
        "id": "people-77",
        "path": PATH,
        "state": "received",
        "state_title": "待审核",
        "due": {"kind": "review", "unit": "wangzhan", "due": "2026-11-23", "provisional": False, "article": "9(1)"},
        "approvals": [
            {
                "unit": "wangzhan",
                "role": "reviewer",
                "article": "6",
                "stricter": True,
                "people": ["wangzhan.reviewer"],
            }
        ],
        "next": [
            {"event": name, "title": title, "opened_by": {"unit": "wangzhan", "role": "clerk"}, "articles": articles}
            for name, title, articles in [
                ("declined", "不予受理", ["3", "4", "5", "10(1)", "12"]),
                ("assigned", "交办", ["9(1)", "9(4)", "10(1)", "12", "13"]),
            ]
        ],
        "dry_run": False,
        "held": False,
        "findings": [],
        "sealed": False,
        "lookup": False,
        "duplicate_of": None,
        "problems": [],
    } == report


def test_text_is_made_fit_for_the_record(repository: Repository) -> None:
    """Byte order mark, CRLF, tabs, trailing spaces and zero-width characters go; what cannot be read is marked."""
    repository.write("正文.txt", "\ufeff\r\n第一段。\t\r\n  第\u200b二段\tX。  \r\n\ue000\r\n\r\n")
    run = repository.huiyin(*NEW, "--body", "@正文.txt")
    assert (0, True) == (run.code, "HY957" in run.err)
    document = yaml.parse_mapping((repository.root / PATH).read_bytes(), path="")
    assert "第一段。\n  第二段 X。\n〓\n" == document["body"]
    assert 0 == repository.huiyin("check").code


def test_the_same_message_again_is_marked(repository: Repository) -> None:
    """A body that is the same but for white space: the earliest is named, and a later one is told of."""
    repository.add(Story(reference="5", received="2026-11-17 09:00", facts={"body": BODY}))
    repository.add(Story(reference="6", received="2026-11-16 09:00", facts={"body": f"{BODY[:5]}\n　{BODY[5:]}\n"}))
    run = repository.huiyin(*NEW, "--body", BODY.replace(",", " ,"))
    assert "people-6" == yaml.parse_mapping((repository.root / PATH).read_bytes(), path="")["duplicate_of"]
    assert "正文与 people-6 相同" in run.out
    assert 0 == repository.huiyin("check").code
    early = repository.huiyin(*NEW, "--reference", "1", "--body", BODY, "--received-at", "2026-11-15T08:00")
    path = repository.root / "cases/2026/11/15/people-1.yaml"
    assert "duplicate_of" not in yaml.parse_mapping(path.read_bytes(), path="")
    assert ("HY955" in early.err, "people-5" in early.err) == (True, True)


def test_what_a_channel_lacks_is_said_at_once(repository: Repository) -> None:
    """第十条（一）: an anonymous portal message is registered, and will have to be declined."""
    arguments = ("new", "--channel", "portal", "--reference", "a-1", "--title", "标题（演示）", "--body", BODY)
    run = repository.huiyin(*arguments, "--no-real-name", "--contactable", "--no-clear-matter")
    assert (0, True, True) == (run.code, "第十条（一）" in run.out, "不予受理" in run.out)
    document = yaml.parse_mapping((repository.root / "cases/2026/11/23/portal-a-1.yaml").read_bytes(), path="")
    assert (False, True, False) == (document["real_name"], document["contactable"], document["clear_matter"])


def test_a_dry_run_writes_nothing(repository: Repository) -> None:
    """Not even a folder."""
    before = snapshot(repository.root)
    run = repository.huiyin(*NEW, "--body", BODY, "--dry-run")
    assert (0, before) == (run.code, snapshot(repository.root))
    assert not (repository.root / "cases").exists()
    assert "试运行" in run.out


def test_another_procedure_is_chosen_by_its_term(repository: Repository) -> None:
    """第二十三、二十四条: with two in the repository, the one in force on the day received is taken."""
    old = (repository.root / "rules/procedure/gs-2015-115.yaml").read_text(encoding="utf-8")
    newer = old.replace("id: gs-2015-115", "id: gs-2026-1").replace("from: 2015-08-05", "from: 2026-01-01")
    newer = newer.replace("until: 2020-08-05", "until: 2030-12-31")
    repository.write("rules/procedure/gs-2026-1.yaml", newer)
    assert 0 == repository.huiyin(*NEW, "--body", BODY).code
    assert "gs-2026-1" == yaml.parse_mapping((repository.root / PATH).read_bytes(), path="")["procedure"]
    before = snapshot(repository.root)
    undecided = (
        "new",
        "--channel",
        "people",
        "--reference",
        "8",
        *FACTS,
        "--body",
        BODY,
        "--received-at",
        "2023-01-05 09:00",
    )
    run = repository.huiyin(*undecided)
    assert (1, before) == (run.code, snapshot(repository.root))
    assert ("HY951" in run.err, "gs-2015-115、gs-2026-1" in run.err) == (True, True)
    assert 0 == repository.huiyin(*undecided, "--procedure", "gs-2015-115").code


@pytest.mark.parametrize(
    ("arguments", "code", "problem", "says"),
    [
        (("new",), 2, "HY940", "--channel（渠道）、--reference（平台编号）、--real-name（是否实名）"),
        (NEW, 2, "HY940", "--body（正文）"),
        ((*NEW, "--body", BODY, "--channel", "weibo"), 2, "HY920", "people、portal、service"),
        ((*NEW, "--body", BODY, "--reference", "5"), 1, "HY946", "cases/2026/11/16/people-5.yaml"),
        ((*NEW, "--body", BODY, "--reference", "7/7"), 2, "HY945", "7/7"),
        ((*NEW, "--body", BODY, "--reference", "../../x"), 2, "HY945", "../../x"),
        ((*NEW, "--body", BODY, "--reference", "-77"), 2, "HY945", "-77"),
        ((*NEW, "--body", BODY, "--reference", "七七"), 2, "HY945", "七七"),
        ((*NEW, "--body", BODY, "--received-at", "2026-11-23T10:00:01"), 1, "HY303", "晚于现在"),
        ((*NEW, "--body", BODY, "--received-at", "2026-11-22"), 2, "HY922", "只写了日期"),
        ((*NEW, "--body", BODY, "--received-at", "2026-02-30T10:00:00"), 2, "HY921", "2026-02-30"),
        ((*NEW, "--body", BODY, "--procedure", "gs-2099-1"), 1, "HY401", "gs-2015-115"),
        ((*NEW, "--body", BODY, "--url", "example"), 2, "HY942", "--url（网址）"),
        ((*NEW, "--body", BODY, "--title", "长" * 201), 2, "HY942", "--title（标题）"),
        ((*NEW, "--body", " \n\u3000"), 2, "HY942", "--body（正文）"),
        ((*NEW, "--body", "长" * 20_001), 2, "HY942", "--body（正文）"),
        ((*NEW, "--body", "@gbk.txt"), 1, "HY101", "可能是GBK编码"),
        ((*NEW, "--body", "@没有.txt"), 2, "HY904", "没有.txt"),
        ((*NEW, "--body", BODY, "多余"), 2, "HY920", "多了"),
        ((*NEW, "--body", BODY, "--root", "/"), 2, "HY910", "/"),
    ],
)
def test_a_mistake_gets_one_clear_message(
    repository: Repository, arguments: tuple[str, ...], code: int, problem: str, says: str
) -> None:
    """A code, what to do, the right exit code; no traceback, nothing written."""
    repository.add(Story(reference="5"))
    repository.write("gbk.txt", "第一行\n正文".encode("gbk"))
    before = snapshot(repository.root)
    run = repository.huiyin(*arguments)
    assert (code, before) == (run.code, snapshot(repository.root)), run.err
    assert [problem] == sorted({word for word in run.err.split() if word.startswith("HY")})
    assert says in run.err
    assert ("处理：" in run.err, "Traceback" in run.err, run.out) == (True, False, "")


def test_nothing_is_written_through_a_link(repository: Repository, tmp_path: Path) -> None:
    """A case behind a link would not be read again, and may be outside the repository."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (repository.root / "cases").mkdir()
    (repository.root / "cases/2026").symlink_to(outside)
    run = repository.huiyin(*NEW, "--body", BODY)
    assert (1, True, []) == (run.code, "HY114" in run.err, list(outside.iterdir()))


def test_two_clerks_register_one_message_once(repository: Repository) -> None:
    """At the same moment, the same reference: one file, one refusal."""
    environment = {**os.environ, "HUIYIN_AS_OF": NOW, "HUIYIN_ROOT": str(repository.root)}
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "huiyin.cli.main", *NEW, "--body", f"{BODY}{number}"],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        for number in range(4)
    ]  # fmt: skip
    errors = [p.communicate(timeout=120)[1] for p in running]
    assert [0, 1, 1, 1] == sorted(p.returncode for p in running)
    assert 3 == sum("HY946" in error for error in errors)


def test_a_clerk_is_asked_for_what_is_missing(repository: Repository) -> None:
    """At a terminal, by title, in the order of the form; yes and no in Chinese."""
    answers = [
        ("渠道：", "service\n"),
        ("平台编号：", "9001\n"),
        ("是否实名：", "也许\n"),
        ("请回答“是”或“否”。", "是\n"),
        ("有无联系方式：", "无\n"),
        ("标题：", "投诉窗口排队（演示）\n"),
        ("正文（可以多行", "第一行\n第二行\n.\n"),
    ]
    run = at_terminal(repository, ("new",), answers)
    assert 0 == run.code, run.err
    document = yaml.parse_mapping((repository.root / "cases/2026/11/23/service-9001.yaml").read_bytes(), path="")
    assert (True, False, "第一行\n第二行\n") == (document["real_name"], document["contactable"], document["body"])


def test_giving_up_writes_nothing(repository: Repository) -> None:
    """Ctrl-C at the last question."""
    before = snapshot(repository.root)
    run = at_terminal(repository, NEW, [("正文", INTERRUPT)])
    assert (130, before) == (run.code, snapshot(repository.root))
    assert ("已中断" in run.err, "Traceback" in run.err) == (True, False)


def test_help_says_what_each_field_is(repository: Repository) -> None:
    """From the schema of the log, with what is required and what holds where nothing is written."""
    text = repository.huiyin("new", "--help").out
    assert "--no-clear-matter" in text
    assert "默认为现在" in text
    assert "第十九条" in text
    outside = repository.huiyin("new", "--help", cwd=Path("/"))
    assert (2, True) == (outside.code, "HY910" in outside.err)
    named = repository.huiyin("new", "--help", f"--root={PROJECT}", cwd=Path("/"))
    assert (0, True) == (named.code, "--reference" in named.out)


def test_an_id_that_differs_only_in_case_is_refused(repository: Repository) -> None:
    """Some file systems have room for one of them only."""
    fields = ("--channel", "people", "--title", "路灯", "--body", BODY, "--no-real-name", "--no-contactable")
    assert 0 == repository.huiyin("new", "--reference", "AbC", *fields).code
    run = repository.huiyin("new", "--reference", "abc", *fields)
    assert (1, True, True) == (run.code, "HY946" in run.err, "大小写" in run.err)


@pytest.fixture
def safe(repository: Repository) -> Safe:
    """The case log with keys of the dispatcher."""
    return make_safe(repository, {"wangzhan.clerk": ""})


PERSONAL = "楼道漏水多日无人处理，请回电13900000001。（演示用虚构留言）"
UNSURE = "楼道漏水多日无人处理，证件号110101199001011230可以核对。（演示用虚构留言）"


def test_what_is_personal_goes_to_the_vault(safe: Safe, repository: Repository) -> None:
    """第十、十九条: the mark in the record, the original in the vault; the facts follow from name and number."""
    folder = repository.root.parent
    for name, text in {"姓名": "演示人甲", "电话": "13900000002"}.items():
        (folder / name).write_text(text, encoding="utf-8")
    run = repository.huiyin(
        *("new", "--channel", "portal", "--reference", "7", "--title", "楼道漏水（演示人甲）", "--body", "-"),
        *("--name", "@../姓名", "--phone", "@../电话", "--format", "json"), stdin=PERSONAL,
    )  # fmt: skip
    assert 0 == run.code, run.err
    report = json.loads(run.out)
    assert [("/title", "name"), ("/body", "mobile")] == [(f["pointer"], f["kind"]) for f in report["findings"]]
    assert (False, True) == (report["held"], report["sealed"])
    text = (repository.root / report["path"]).read_text(encoding="utf-8")
    assert ("title: 楼道漏水（〔已隐去：姓名〕）" in text, "请回电〔已隐去：手机号〕" in text) == (True, True)
    assert ("real_name: true" in text, "contactable: true" in text) == (True, True)
    kept = safe.vault.read("portal-7", [safe.identity("wangzhan.clerk")])
    assert ("演示人甲", {"phone": "13900000002"}) == (kept.name, kept.contact)
    assert {"/title": "楼道漏水（演示人甲）", "/body": PERSONAL} == kept.texts
    assert 0 == repository.huiyin("check").code


def test_what_stands_on_the_command_line_is_told_of(safe: Safe, repository: Repository) -> None:
    """第十九条: the shell remembers it; what came from a file is not named."""
    run = repository.huiyin(*NEW, "--body", PERSONAL, "--name", "演示人甲", "--email", "-", stdin="a@example.invalid\n")
    assert (0, True) == (run.code, "HY739 --name、--body 的内容写在了命令行上" in run.err), run.err
    assert "13900000001" not in run.err + run.out


def test_without_keys_nothing_is_written(repository: Repository) -> None:
    """A clear problem, before anything is written; --dry-run says so too."""
    before = snapshot(repository.root)
    for options in ((), ("--dry-run",)):
        run = repository.huiyin(*NEW, "--body", PERSONAL, *options)
        assert (1, "", before) == (run.code, run.out, snapshot(repository.root))
        assert ("HY712" in run.err, "huiyin vault keygen" in run.err) == (True, True)
    assert not repository.root.with_name("库-vault").exists()


def test_a_draft_is_not_registered_twice(safe: Safe, repository: Repository) -> None:
    """While one waits, nothing else is written under its id."""
    assert 1 == repository.huiyin(*NEW, "--body", UNSURE).code
    run = repository.huiyin(*NEW, "--body", BODY)
    assert (1, True, False) == (run.code, "HY946" in run.err, (repository.root / PATH).exists())
    assert ["people-77"] == safe.vault.held_ids()


def test_what_was_forgotten_is_not_kept_again(safe: Safe, repository: Repository) -> None:
    """第十九条: not in silence; neither vault nor case is written."""
    repository.huiyin(*NEW, "--body", PERSONAL)
    safe.vault.forget("people-77", "wangzhan.clerk", MOMENT)
    (repository.root / PATH).unlink()
    run = repository.huiyin(*NEW, "--body", PERSONAL)
    assert (1, True, False) == (run.code, "HY718" in run.err, (repository.root / PATH).exists())
    assert [] == safe.vault.ids()


@pytest.mark.parametrize(
    ("option", "value"),
    [("--reference", "13900000001"), ("--url", "https://example.invalid/?tel=13900000001")],
)
def test_what_cannot_be_redacted_is_refused(safe: Safe, repository: Repository, option: str, value: str) -> None:
    """第十九条: a number in the reference or the address of a message; it is not repeated."""
    before = snapshot(repository.root)
    run = repository.huiyin(*NEW, "--body", BODY, option, value)
    assert (1, True, before) == (run.code, "HY731" in run.err, snapshot(repository.root))
    assert value not in run.err + run.out
    assert not safe.folder.exists()


def test_a_case_that_cannot_be_written_leaves_its_vault(safe: Safe, repository: Repository) -> None:
    """The vault comes first; the same command again, with one's key, writes the case and changes nothing kept."""
    blocked = repository.write("cases/2026/11/23", "not a folder")
    assert 1 == repository.huiyin(*NEW, "--body", PERSONAL).code
    assert ["people-77"] == safe.vault.ids()
    blocked.unlink()
    run = repository.huiyin(*NEW, "--body", PERSONAL, **safe.env("wangzhan.clerk"))
    assert (0, True) == (run.code, (repository.root / PATH).is_file()), run.err
    assert {"/body": PERSONAL} == safe.vault.read("people-77", [safe.identity("wangzhan.clerk")]).texts


def test_with_keys_a_clerk_is_asked_who_wrote(safe: Safe, repository: Repository) -> None:
    """第十条（一）: the facts follow from the answers, which only the vault gets; an empty answer is a no."""
    answers = [
        ("渠道：", "portal\n"),
        ("平台编号：", "9001\n"),
        ("留言人的姓名", "演示人甲\n"),
        ("留言人的电话", "\n"),
        ("留言人的电子邮箱", "\n"),
        ("标题：", "投诉窗口排队（演示）\n"),
        ("正文（可以多行", "第一行\n.\n"),
    ]
    run = at_terminal(repository, ("new",), answers)
    assert 0 == run.code, run.err
    document = yaml.parse_mapping((repository.root / "cases/2026/11/23/portal-9001.yaml").read_bytes(), path="")
    assert (True, False) == (document["real_name"], document["contactable"])
    assert "演示人甲" == safe.vault.read("portal-9001", [safe.identity("wangzhan.clerk")]).name


def test_a_bug_shows_its_place_and_no_text(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """第十九条: with HUIYIN_DEBUG too; an exception may repeat what a message says."""

    def broken(*_: object, **__: object) -> int:
        try:
            int(PERSONAL)
        except ValueError as error:
            raise RuntimeError(PERSONAL) from error
        return 0

    monkeypatch.setattr("huiyin.cli.problems.command.callback", broken)
    monkeypatch.setenv("HUIYIN_DEBUG", "1")
    assert 3 == run(["problems"])
    shown = capsys.readouterr()
    assert ("int(PERSONAL)" in shown.err, "RuntimeError" in shown.err, "HY999" in shown.err) == (True, True, True)
    assert ("13900000001" in shown.err + shown.out, "漏水" in shown.err) == (False, False)
