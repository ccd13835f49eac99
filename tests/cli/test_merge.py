"""``huiyin merge`` on the server and in clones."""

from __future__ import annotations

import base64
import json
import os
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from huiyin.cli.merge import _merge
from huiyin.forge.signed import SignedProvider
from huiyin.repo.merging import LocalBranch
from tests.cases import Story
from tests.office import MOMENT, Office


@pytest.fixture
def two(office: Office) -> Office:
    """A branch that is ready and one that is not."""
    office.write("wangzhan.clerk", "甲", Story(received="2026-11-23 08:00", reference="1"))
    office.sign("wangzhan.reviewer", "甲")
    office.write("wangzhan.clerk", "乙", Story(received="2026-11-23 08:00", reference="2"))
    return office


def test_all_that_is_ready(two: Office) -> None:
    """``--all`` merges what has its signatures and waits for the rest; a second run finds nothing to do."""
    before = two.main()
    done = two.server().huiyin("merge", "--all")
    assert (0, True, True) == (done.code, "== 分支 甲" in done.out, "== 分支 乙" in done.out)
    main = two.main()
    assert before != main
    again = two.server().huiyin("merge", "--all")
    assert (0, main, False) == (again.code, two.main(), "分支 甲" in again.out or "已合入" in again.out)


def test_named_branches_must_be_merged(two: Office) -> None:
    """Exit code 1 where one of them is not; merging again is no error."""
    assert 1 == two.merge("甲", "乙").code
    again = two.merge("甲")
    assert (0, "分支“甲”已在主线中，无须合入。\n") == (again.code, again.out)


def test_as_data(two: Office) -> None:
    """What became of each branch, with its verdict."""
    data = json.loads(two.merge("甲", "乙", "--format", "json").out)["branches"]
    assert [("甲", two.main(), False, True), ("乙", None, False, False)] == [
        (b["branch"], b["merged"], b["already_merged"], b["verdict"]["ready"]) for b in data
    ]
    [again] = json.loads(two.merge("甲", "--format", "json").out)["branches"]
    assert {"branch": "甲", "merged": None, "already_merged": True, "problems": [], "verdict": None} == again


def test_the_trouble_of_one_stops_no_other(two: Office) -> None:
    """A branch that cannot be read is named, and the next is merged."""
    tree, main = two.server().git("rev-parse", "main^{tree}"), two.main()
    raw = f"tree {tree}\nparent {main}\nauthor x <x> 1 +0000\ncommitter x <x> 99999999999999 +0000\n\nx\n"
    bad = two.server().run("git", "hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=raw).out.strip()
    (two.bare / "refs/heads/0").write_text(f"{bad}\n", encoding="ascii")
    done = two.server().huiyin("merge", "--all")
    assert (1, True) == (done.code, "HY631" in done.err)
    assert main != two.main()


@pytest.mark.parametrize("name", [b"\xff\xfe", "\u202e倒".encode()])
def test_a_branch_whose_name_is_no_text(two: Office, name: bytes) -> None:
    """Anybody may push one: it is shown escaped, and stops nothing."""
    tip = str(two.tip("甲"))
    path = os.path.join(os.fsencode(two.bare), b"refs/heads", name)  # noqa: PTH118  Path takes no bytes
    Path(os.fsdecode(path)).write_text(f"{tip}\n", encoding="ascii")
    for options in (("--format", "json"), ()):
        done = two.server().huiyin("merge", "--all", *options)
        assert (0, "") == (done.code, done.err)
        assert "\u202e" not in done.out
    assert tip in two.server().git("log", "-1", "--format=%P", "main")


@pytest.mark.parametrize("spoil", ["# 闸门\n{}", '"{}"', "x{:.150}"])
def test_a_key_that_was_pasted_badly_is_not_shown(two: Office, spoil: str) -> None:
    """HY635 in words without it: what a workflow prints, others read."""
    text = two.gate_key.read_text(encoding="ascii")
    variables = {"HUIYIN_GATE_KEY": spoil.format(text)}
    done = two.server().run(sys.executable, "-m", "huiyin.cli.main", "merge", "甲", env=variables)
    assert (2, True) == (done.code, "HY635" in done.err)
    assert not any(line in done.out + done.err for line in text.splitlines())


def test_a_key_in_base64_is_not_shown(two: Office) -> None:
    """Nor is one that is spelled otherwise, which no file's name is as long as."""
    text = base64.b64encode(two.gate_key.read_bytes()).decode()
    done = two.server().huiyin("merge", "甲", "--key", text)
    assert (2, True, False) == (done.code, "HY635" in done.err, text[:64] in done.err)


def test_a_bug_in_one_branch_stops_no_other(two: Office) -> None:
    """HY999 names the error and its place; the next branch is merged."""
    asked: list[None] = []

    def clock() -> datetime:
        asked.append(None)
        if len(asked) == 1:
            raise ZeroDivisionError
        return MOMENT

    provider = SignedProvider(two.bare, clock)
    target = LocalBranch(two.bare)
    results = [_merge(provider, provider.find(b), str(two.gate_key), target) for b in ("乙", "甲")]
    [problem] = results[0]["problems"]
    assert ("HY999", True) == (problem.code, "ZeroDivisionError，test_merge.py:" in problem.message)
    assert two.main() == results[1]["merged"]


def test_the_key_may_come_from_the_environment(two: Office) -> None:
    """As a path, or as the key itself, as workflows keep secrets; nothing of it stays on the disk."""
    text = two.gate_key.read_text(encoding="ascii")
    two.gate_key.rename(two.folder / "elsewhere")
    gate = replace(two.server(), key=two.folder / "elsewhere")
    missing = gate.huiyin("merge", "甲")
    assert (2, True) == (missing.code, "HY635" in missing.err)
    command = ("-m", "huiyin.cli.main", "merge", "甲")
    (two.folder / "temporary").mkdir()
    variables = {"HUIYIN_GATE_KEY": text.replace("\n", "\r\n"), "TMPDIR": str(two.folder / "temporary")}
    done = gate.run(sys.executable, *command, env=variables)
    assert (0, "") == (done.code, done.err)
    assert [] == list((two.folder / "temporary").iterdir())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), "HY920"),
        (("none",), "HY630"),
        (("甲", "--branch", "none"), "HY630"),
        (("甲", "--key", "/none"), "HY635"),
        (("甲", "--remote", "none"), "HY905"),
        (("甲", "--key", "KEY"), "HY636"),
    ],
)
def test_wrong_use_is_explained(two: Office, arguments: tuple[str, ...], code: str) -> None:
    """And main stands."""
    before = two.main()
    arguments = tuple(str(two.keys["lanzhou.head"]) if a == "KEY" else a for a in arguments)
    done = two.server().huiyin("merge", *arguments)
    assert (True, True, before) == (done.code in (1, 2), f"错误 {code} " in done.err, two.main()), done.err


def test_in_a_clone_whose_main_is_checked_out(two: Office) -> None:
    """The files follow."""
    desk = two.desk("wangzhan.clerk2")
    done = desk.huiyin("merge", "甲", "--key", str(two.gate_key))
    assert (0, "") == (done.code, done.err)
    assert "" == desk.git("status", "--porcelain")
    assert (desk.root / "cases/2026/11/23/people-1.yaml").is_file()
