"""``huiyin redact`` as a clerk uses it: at a real terminal, from a file, interrupted, repeated."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from huiyin.repo import yaml
from huiyin.vault.content import Sealed
from tests.cli.terminal import INTERRUPT, at_terminal
from tests.cli.test_record import snapshot
from tests.repository import Repository, Run
from tests.vault.safe import Safe, make_safe

CASE = "people-77"
PATH = "cases/2026/11/23/people-77.yaml"
WRONG_ID = "110101199001011230"
OTHER_ID = "110101199001011231"
BODY = f"楼道漏水多日。证件号{WRONG_ID}，另一个是{OTHER_ID}，请回电13900000001，邻居小明可以作证。（演示用虚构留言）"
NEW = (
    "new", "--channel", "people", "--reference", "77", "--title", "楼道漏水（演示）", "--body", "@../正文.txt",
    "--name", "@../姓名.txt", "--no-contactable",
)  # fmt: skip
CLERK = "wangzhan.clerk"


@pytest.fixture
def safe(repository: Repository) -> Safe:
    """A case log with keys, and one draft that waits: two findings to decide, one certain."""
    safe = make_safe(repository, dict.fromkeys((CLERK, "lanzhou.clerk"), ""))
    (repository.root.parent / "正文.txt").write_text(BODY, encoding="utf-8")
    (repository.root.parent / "姓名.txt").write_text("演示人甲", encoding="utf-8")
    run = repository.huiyin(*NEW)
    assert (1, "") == (run.code, run.out), run.err
    assert "people-77 有2处待人工判断：正文第11至28字（身份证号）、正文第34至51字（身份证号）" in run.err
    return safe


def kept(safe: Safe) -> Sealed:
    """What the vault has of the case."""
    return safe.vault.read(CASE, [safe.identity(CLERK)])


def body(repository: Repository) -> str:
    """The body as it was written."""
    return str(yaml.parse_mapping((repository.root / PATH).read_bytes(), path="")["body"])


def described(safe: Safe) -> dict[str, Any]:
    """The draft as data."""
    (draft,) = json.loads(safe.repository.huiyin("redact", CASE, "--format", "json", **safe.env(CLERK)).out)
    assert isinstance(draft, dict)
    return draft


def decide(safe: Safe, text: str, *options: str) -> Run:
    """Hand in a file of decisions."""
    file = safe.repository.root.parent / "决定.yaml"
    file.write_text(text.replace("DRAFT", described(safe)["draft"]), encoding="utf-8")
    return safe.repository.huiyin("redact", CASE, "--decisions", str(file), *options, **safe.env(CLERK))


DECISIONS = """\
draft: DRAFT
decisions:
  - {ordinal: 1, action: hide}
  - {pointer: /body, start: 33, end: 51, action: keep}
"""


def test_a_draft_is_nowhere_but_in_the_vault(safe: Safe) -> None:
    """第十九条: ``new`` writes no case; the list of drafts needs no key and shows no text."""
    assert not (safe.repository.root / "cases").exists()
    listed = safe.repository.huiyin("redact", "--list")
    assert (0, True, True) == (listed.code, CASE in listed.out, "待判断的草稿：1件" in listed.out)
    assert [{"id": CASE, "since": "2026-11-23T10:00:00+08:00", "working_days": 0}] == json.loads(
        safe.repository.huiyin("redact", "--list", "--format", "json").out
    )


def test_findings_are_asked_for_one_by_one(safe: Safe) -> None:
    """At the terminal in their context; standard output gets no text. Going back and other ranges work."""
    run = at_terminal(
        safe.repository,
        ("redact",),
        [
            ("第1处，共2处：正文第11至28字，可能是身份证号", "2\n"),
            ("第2处，共2处", "0\n"),
            ("第1处，共2处", "什么\n"),
            ("请答 1、2、3", "3\n"),
            ("照录要隐去的文字", "没有的字\n"),
            ("没有这段文字", "3\n"),
            ("照录要隐去的文字", f"证件号{WRONG_ID}\n"),
            ("第2处，共2处", "2\n"),
            ("还有其他要隐去的吗", "小明\n"),
            ("这是什么", "姓名\n"),
            ("共1处", "\n"),
            ("这样登记吗", "是\n"),
        ],
        env=safe.env(CLERK),
    )
    assert 0 == run.code, run.err
    assert "【" + WRONG_ID + "】" in run.err
    marked = f"楼道漏水多日。〔已隐去：身份证号〕，另一个是{OTHER_ID}，请回电〔已隐去：手机号〕，"
    assert f"{marked}邻居〔已隐去：姓名〕可以作证。（演示用虚构留言）" == body(safe.repository)
    assert (None, {"/body": BODY}, "演示人甲") == (kept(safe).held, kept(safe).texts, kept(safe).name)
    assert "已登记：cases/2026/11/23/people-77.yaml" in run.out
    for private in (WRONG_ID, OTHER_ID, "13900000001", "小明", "演示人甲", "漏水多日"):
        assert private not in run.out
    assert 0 == safe.repository.huiyin("check").code


def test_giving_up_loses_nothing(safe: Safe) -> None:
    """Ctrl-C at the second question: the draft waits on, byte for byte, and no file appears."""
    before = snapshot(safe.repository.root), snapshot(safe.folder)
    answers = [("第1处，共2处", "1\n"), ("第2处，共2处", INTERRUPT)]
    run = at_terminal(safe.repository, ("redact", CASE), answers, env=safe.env(CLERK))
    assert (130, before) == (run.code, (snapshot(safe.repository.root), snapshot(safe.folder)))
    assert "已中断" in run.err


def test_a_no_at_the_end_begins_again(safe: Safe) -> None:
    """What would be written is shown; who does not like it decides anew."""
    first = [("第1处，共2处", "2\n"), ("第2处，共2处", "2\n"), ("还有其他", "\n"), ("这样登记吗", "否\n")]
    second = [("第1处，共2处", "1\n"), ("第2处，共2处", "1\n"), ("还有其他", "\n"), ("这样登记吗", "是\n")]
    run = at_terminal(safe.repository, ("redact", CASE), [*first, *second], env=safe.env(CLERK))
    assert (0, 2) == (run.code, body(safe.repository).count("〔已隐去：身份证号〕"))


def test_decisions_come_from_a_file(safe: Safe) -> None:
    """Without a terminal; the JSON tells kinds and places, never the text, and the digest cannot be guessed from it."""
    draft = described(safe)
    assert [(1, "/body", "resident_id", 10, 28), (2, "/body", "resident_id", 33, 51)] == [
        (f["ordinal"], f["pointer"], f["kind"], f["start"], f["end"]) for f in draft["findings"]
    ]
    assert [("mobile", "certain")] == [(f["kind"], f["confidence"]) for f in draft["certain"]]
    run = decide(safe, DECISIONS, "--format", "json")
    report = json.loads(run.out)
    assert (0, PATH, False, True) == (run.code, report["path"], report["held"], report["sealed"]), run.err
    assert f"证件号〔已隐去：身份证号〕，另一个是{OTHER_ID}，请回电〔已隐去：手机号〕" in body(safe.repository)
    assert {"/body": BODY} == kept(safe).texts
    again = safe.repository.huiyin("redact", CASE, "--decisions", "../决定.yaml", **safe.env(CLERK))
    assert (1, True, True) == (again.code, "HY733" in again.err, "record redacted" in again.err)


def test_ranges_and_additions_of_a_file(safe: Safe) -> None:
    """``range`` replaces a finding's span, ``also`` adds what the program did not find."""
    also = BODY.index("小明")
    text = f"""\
draft: DRAFT
decisions:
  - {{ordinal: 1, action: range, hide_start: 7, hide_end: 28}}
  - {{ordinal: 2, action: hide}}
also:
  - {{pointer: /body, start: {also}, end: {also + 2}, kind: name}}
"""
    run = decide(safe, text)
    assert 0 == run.code, run.err
    assert body(safe.repository).startswith("楼道漏水多日。〔已隐去：身份证号〕，另一个是〔已隐去：身份证号〕")
    assert "邻居〔已隐去：姓名〕可以作证" in body(safe.repository)


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        (DECISIONS.replace("DRAFT", "0" * 32), "HY734", "people-77"),
        (DECISIONS.replace("  - {ordinal: 1, action: hide}\n", ""), "HY735", "还没有决定：第1处"),
        (DECISIONS.replace("ordinal: 1", "ordinal: 3"), "HY735", "没有这一处"),
        (DECISIONS.replace("start: 33", "start: 32"), "HY735", "没有这一处"),
        (DECISIONS + "  - {ordinal: 2, action: hide}\n", "HY735", "已经决定过"),
        (DECISIONS.replace("keep", "delete"), "HY735", "hide、keep、range"),
        (DECISIONS.replace("action: hide", "action: range, hide_start: 9, hide_end: 900"), "HY735", "起止位置"),
        (DECISIONS.replace("action: hide", "action: range, hide_start: 9, hide_end: true"), "HY735", "起止位置"),
        (DECISIONS + "also:\n  - {pointer: /body, start: 1, end: 2, kind: secret}\n", "HY735", "mobile"),
        (DECISIONS + "also:\n  - {pointer: /none, start: 1, end: 2, kind: name}\n", "HY735", "没有这个字段"),
        (
            DECISIONS + "also:\n  - {pointer: /source/reference, start: 0, end: 1, kind: name}\n",
            "HY735",
            "没有这个字段",
        ),
        (DECISIONS + "also: 1\n", "HY735", "列表"),
        (DECISIONS + "more: 1\n", "HY735", "draft、decisions、also"),
        (DECISIONS + "decisions: 1\n", "HY106", ""),
    ],
)
def test_wrong_decisions_are_refused_as_a_whole(safe: Safe, text: str, code: str, says: str) -> None:
    """What is wrong with the file, and nothing written; every finding must be decided, and once."""
    before = snapshot(safe.repository.root), snapshot(safe.folder)
    run = decide(safe, text)
    assert (True, before) == (run.code in (1, 2), (snapshot(safe.repository.root), snapshot(safe.folder)))
    assert (True, True) == (code in run.err, says in run.err), run.err
    assert WRONG_ID not in run.err


def test_decisions_for_another_draft_are_stale(safe: Safe) -> None:
    """The same places of another text are other decisions."""
    file = safe.repository.root.parent / "决定.yaml"
    file.write_text(DECISIONS.replace("DRAFT", described(safe)["draft"]), encoding="utf-8")
    safe.vault.forget(CASE, CLERK, kept(safe).held.since)  # type: ignore[union-attr]
    safe.vault.allow_again(CASE, CLERK, safe.vault.forgotten()[0].at)
    (safe.repository.root.parent / "正文.txt").write_text(BODY.replace("楼道", "屋顶"), encoding="utf-8")
    assert 1 == safe.repository.huiyin(*NEW).code
    run = safe.repository.huiyin("redact", CASE, "--decisions", str(file), **safe.env(CLERK))
    assert (2, True, False) == (run.code, "HY734" in run.err, (safe.repository.root / PATH).exists())


def test_a_crash_behind_the_case_is_healed(safe: Safe) -> None:
    """The case was written and the draft not yet cleared away: once more, and the originals are in their place."""
    (waiting,) = safe.folder.glob("*.age")
    before = {p.name: p.read_bytes() for p in (waiting, waiting.with_suffix(".readers"))}
    assert 0 == decide(safe, DECISIONS).code
    written = (safe.repository.root / PATH).read_bytes()
    for name, data in before.items():
        (safe.folder / name).write_bytes(data)
    file = safe.repository.root.parent / "决定.yaml"
    run = safe.repository.huiyin("redact", CASE, "--decisions", str(file), **safe.env(CLERK))
    assert (0, True) == (run.code, "上次已经登记" in run.out), run.err
    assert (written, {"/body": BODY}, None) == (
        (safe.repository.root / PATH).read_bytes(), kept(safe).texts, kept(safe).held,
    )  # fmt: skip


def test_a_case_that_is_another_one_keeps_the_draft(safe: Safe) -> None:
    """Somebody registered something else under the id: nothing is cleared away."""
    text = DECISIONS.replace("DRAFT", described(safe)["draft"])
    (safe.repository.root.parent / "决定.yaml").write_text(text, encoding="utf-8")
    (waiting,) = safe.folder.glob("*.age")
    before = {p.name: p.read_bytes() for p in (waiting, waiting.with_suffix(".readers"))}
    assert 0 == decide(safe, DECISIONS).code
    path = safe.repository.root / PATH
    path.write_text(path.read_text(encoding="utf-8").replace("漏水多日", "漏电多日"), encoding="utf-8")
    for name, data in before.items():
        (safe.folder / name).write_bytes(data)
    run = safe.repository.huiyin("redact", CASE, "--decisions", "../决定.yaml", **safe.env(CLERK))
    assert (1, True) == (run.code, "HY733" in run.err)
    assert kept(safe).held is not None


@pytest.mark.parametrize(
    ("arguments", "person", "code"),
    [
        (("redact", CASE), CLERK, "HY740"),
        (("redact", CASE, "--format", "json"), "", "HY713"),
        (("redact", CASE, "--format", "json"), "lanzhou.clerk", "HY715"),
        (("redact", "people-78", "--format", "json"), CLERK, "HY732"),
        (("redact", "../x", "--format", "json"), CLERK, "HY732"),
        (("redact", CASE, "--format", "json", "--show-text"), CLERK, "HY736"),
        (("redact", "--decisions", "x.yaml"), CLERK, "HY735"),
        (("redact", CASE, "--decisions", "没有.yaml"), CLERK, "HY904"),
    ],
)
def test_a_mistake_gets_one_clear_message(safe: Safe, arguments: tuple[str, ...], person: str, code: str) -> None:
    """A code and what to do; nothing is written, no text shown."""
    before = snapshot(safe.repository.root), snapshot(safe.folder)
    run = safe.repository.huiyin(*arguments, **(safe.env(person) if person else {}))
    assert (True, before) == (run.code in (1, 2), (snapshot(safe.repository.root), snapshot(safe.folder)))
    assert ([code], True) == (sorted({w for w in run.err.split() if w.startswith("HY")}), "处理：" in run.err)
    assert WRONG_ID not in run.out + run.err


def test_texts_are_shown_to_a_terminal_alone(safe: Safe) -> None:
    """``--show-text`` prints where a person looks, and refuses a pipe (above)."""
    import pty
    import subprocess
    import sys

    ours, theirs = pty.openpty()
    environment = {**os.environ, **safe.env(CLERK), "HUIYIN_AS_OF": "2026-11-23T10:00:00+08:00", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "huiyin.cli.main", "redact", CASE, "--format", "json", "--show-text"],
        cwd=safe.repository.root, env=environment, stdout=theirs, stderr=subprocess.PIPE, check=False, timeout=60,
    )  # fmt: skip
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert (0, True) == (done.returncode, WRONG_ID in shown), done.stderr


def test_drafts_are_taken_in_turn(safe: Safe) -> None:
    """Without an id the oldest comes first; each is written before the next is asked for."""
    later = safe.repository.huiyin(*NEW, "--reference", "78", HUIYIN_AS_OF="2026-11-23T11:00:00+08:00")
    assert 1 == later.code, later.err
    one = [("第1处，共2处", "1\n"), ("第2处，共2处", "1\n"), ("还有其他", "\n"), ("这样登记吗", "是\n")]
    run = at_terminal(
        safe.repository, ("redact",), [("people-77（第1件，共2件）", ""), *one, ("people-78（第2件", ""), *one[:1],
        ("第2处，共2处", INTERRUPT)], env=safe.env(CLERK),
    )  # fmt: skip
    assert (130, ["people-78"]) == (run.code, safe.vault.held_ids())
    assert (safe.repository.root / PATH).is_file()


def test_a_draft_of_a_ledger_keeps_its_events(repository: Repository, tmp_path: Path) -> None:
    """A reply in which something may be personal waits with its whole history (第十九条)."""
    from tests.intake.sheets import LEDGER, entry, write_xlsx

    safe = make_safe(repository, dict.fromkeys((CLERK, "lanzhou.clerk"), ""))
    reply = f"经核实，证件号{WRONG_ID}的登记有误，已经更正，请放心。（演示用虚构答复）"
    file = write_xlsx(tmp_path / "台账.xlsx", [LEDGER, entry("77", 答复内容=reply)])
    run = repository.huiyin("import", str(file), "--channel", "people", "--mapping", "history")
    assert (1, True) == (run.code, "答复第8至25字（身份证号）" in run.out), run.out + run.err
    text = f"draft: {described(safe)['draft']}\ndecisions:\n  - {{ordinal: 1, action: hide}}\n"
    (tmp_path / "决定.yaml").write_text(text, encoding="utf-8")
    done = repository.huiyin("redact", CASE, "--decisions", str(tmp_path / "决定.yaml"), **safe.env(CLERK))
    assert 0 == done.code, done.err
    document = yaml.parse_mapping((repository.root / "cases/2019/03/05/people-77.yaml").read_bytes(), path="")
    assert ["assigned", "claimed", "answered", "published"] == [e["type"] for e in document["events"]]
    assert "证件号〔已隐去：身份证号〕的登记有误" in document["events"][2]["reply"]
    assert {"/events/2/reply": reply} == safe.vault.read(CASE, [safe.identity("lanzhou.clerk")]).texts
    assert 0 == repository.huiyin("check").code
