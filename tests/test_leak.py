"""The runbook for an accident, rehearsed: the commands of docs/handbook/leak.md on a real repository (第十九条)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cases import PROJECT, Story
from tests.office import NOW, Office, environment, needs_ssh, open_office

RUNBOOK = PROJECT / "docs/handbook/leak.md"
CANARY = "牛家沟三社赵铁栓"
"""An invented person; nothing in the words tells a program that it is a name, so that the accident can happen."""
STEPS = ("prepare", "find", "purge", "erase", "verify", "anchor")
MARK = "〔已隐去：姓名〕"

pytestmark = needs_ssh


def blocks() -> dict[str, str]:
    """The commands of the runbook that a rehearsal runs, by name, in the order of the page."""
    found = re.findall(r"^<!-- rehearsed: (\w+) -->\n```sh\n(.*?)^```$", RUNBOOK.read_text("utf-8"), re.M | re.S)
    return dict(found)


def leak(office: Office) -> Story:
    """An accident: the gate merged a message with a name in it, and later work lies on top."""
    story = Story(reference="90000099", facts={"title": "路灯不亮", "body": f"{CANARY}反映：巷口路灯不亮。（虚构）"})
    story.received = "2026-11-23 08:30"
    merge(office, "wangzhan.clerk", "登记", story)
    merge(office, "wangzhan.clerk", "另一件", Story("2026-11-23 08:40", reference="90000098"))
    return story


def merge(office: Office, person: str, branch: str, story: Story) -> None:
    """Through the whole process: proposed, approved, merged by the gate."""
    office.desk(person).propose(branch, story)
    assert 0 == office.desk("wangzhan.reviewer").approve(branch).code
    done = office.merge(branch)
    assert 0 == done.code, done.out + done.err


def redact(office: Office, story: Story) -> None:
    """What the runbook asks for first: the event, as an ordinary change."""
    clerk = office.desk("wangzhan.clerk")
    clerk.git("fetch", "--quiet", "origin")
    clerk.git("switch", "--quiet", "--no-track", "--create", "隐去", "origin/main")
    (clerk.root.parent / "text").write_text(CANARY, encoding="utf-8")
    done = clerk.huiyin(
        *("record", "redacted", story.case().id, "--pointer", "/body", "--kind", "姓名"),
        *("--remove", f"@{clerk.root.parent / 'text'}", "--by", "wangzhan.clerk"),
    )
    assert 0 == done.code, done.out + done.err
    clerk.save("隐去")
    assert 0 == office.desk("wangzhan.reviewer").approve("隐去").code
    assert 0 == office.merge("隐去").code


def rehearse(office: Office, story: Story, *steps: str) -> subprocess.CompletedProcess[str]:
    """Run steps of the runbook one after the other in the bare repository."""
    texts = office.folder / "texts"
    texts.write_text(f"{CANARY}\n", encoding="utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    given = {"TEXTS": str(texts), "FILE": story.case().path, "MARK": MARK, "PATH": path}
    script = "set -eu\n" + "\n".join(blocks()[step] for step in steps)
    return subprocess.run(
        ["bash", "-c", script], cwd=office.bare, env={**environment(NOW), **given}, capture_output=True,
        encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip


def holders(office: Office) -> set[str]:
    """Objects and files of the server's repository that hold the canary: packed, loose, unreachable, beside Git."""
    git = ["git", "-C", str(office.bare)]
    found = set()
    listed = subprocess.run(
        [*git, "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for line in listed.splitlines():
        oid, kind = line.split()
        if CANARY.encode() in subprocess.run([*git, "cat-file", kind, oid], check=True, capture_output=True).stdout:
            found.add(oid)
    files = (path for path in office.bare.rglob("*") if path.is_file())
    return found | {str(path) for path in files if CANARY.encode() in path.read_bytes()}


@pytest.fixture(scope="module")
def purged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, Story, str, str]:
    """An office after the accident and the whole runbook: with its case, the old main, and what was printed."""
    office = open_office(tmp_path_factory.mktemp("leak") / "省", Story("2026-11-20 09:00", reference="90000001"))
    story = leak(office)
    office.write("wangzhan.clerk", "待审", Story("2026-11-23 08:50", reference="90000097"))
    redact(office, story)
    old = office.main()
    assert holders(office), "the accident has happened"
    done = rehearse(office, story, *STEPS)
    assert 0 == done.returncode, done.stdout + done.stderr
    return office, story, old, done.stdout


def test_the_runbook_has_every_step() -> None:
    """A step that is renamed or dropped must not make the rehearsal pass by running nothing."""
    assert STEPS == tuple(blocks())


def test_nothing_of_it_is_left(purged: tuple[Office, Story, str, str]) -> None:
    """第十九条: no object, log, index or file of the server's repository holds it, reachable or not."""
    office, _, old, output = purged
    assert set() == holders(office)
    assert office.main() != old
    assert CANARY not in output
    assert 0 != office.server().run("git", "cat-file", "-e", old).code


def test_the_case_says_that_it_was_redacted(purged: tuple[Office, Story, str, str]) -> None:
    """The record goes on: mark and event stand in the newest version, and in no version the words."""
    office, story, _, _ = purged
    text = office.fetch(story.case().path)
    assert MARK in text
    assert "type: redacted" in text
    history = office.server().git("log", "--all", "-p", "--", story.case().path)
    assert MARK in history


def test_history_before_and_after_is_proven(purged: tuple[Office, Story, str, str]) -> None:
    """Before the accident from the very beginning, after it from the new start; from end to end no more."""
    office, _, _, output = purged
    anchor = output.split()[-1]
    server = office.server()
    good = server.git("rev-list", "--max-parents=0", "main")
    assert 0 == server.huiyin("audit", good, "--full").code
    assert 0 == server.huiyin("audit", "--full", "--since", anchor).code
    assert 1 == server.huiyin("audit", "--full").code
    tag = server.git("tag", "--list", "anchor-*")
    assert anchor == server.git("rev-parse", f"{tag}^{{commit}}")
    assert "BEGIN SSH SIGNATURE" in server.git("cat-file", "tag", tag)


def test_an_old_clone_cannot_bring_it_back(purged: tuple[Office, Story, str, str]) -> None:
    """Whoever forgot to delete a clone is refused, by a message that repeats nothing."""
    office, _, _, _ = purged
    desk = office.desk("wangzhan.clerk")
    desk.git("switch", "--quiet", "--create", "旧克隆", "登记")
    done = desk.run("git", "push", "origin", "旧克隆")
    assert 0 != done.code
    assert "HY770" in done.err
    assert CANARY not in done.err
    assert set() == holders(office)


def test_work_goes_on(purged: tuple[Office, Story, str, str]) -> None:
    """A fresh clone proposes, the gate merges, and the audit from the new start proves it."""
    office, _, _, output = purged
    fresh = Office(office.folder / "新", office.keys)
    fresh.folder.mkdir()
    (fresh.folder / "服务器.git").symlink_to(office.bare)
    merge(fresh, "wangzhan.clerk", "以后", Story("2026-11-23 09:00", reference="90000096"))
    done = office.server().huiyin("audit", "--full", "--since", output.split()[-1])
    assert 0 == done.code, done.out
    checked = fresh.desk("wangzhan.clerk").huiyin("check")
    assert 0 == checked.code, checked.out


def test_a_damaged_list_of_purged_commits_lets_nothing_in(tmp_path: Path) -> None:
    """Where nobody knows what must not come back, nothing comes in."""
    office = open_office(tmp_path / "省", Story("2026-11-20 09:00", reference="90000001"))
    (office.bare / "huiyin" / "purged").write_text("# 清除名单\nabc\n", encoding="utf-8")
    desk = office.desk("wangzhan.clerk")
    desk.propose("新", Story("2026-11-23 08:30", reference="90000002"), push=False)
    done = desk.run("git", "push", "origin", "新")
    assert 0 != done.code
    assert "HY771" in done.err
