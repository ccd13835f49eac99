"""``huiyin code``, and the codes that ``new``, ``import`` and ``redact`` make: with real keys and a real vault."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from huiyin.repo import yaml
from huiyin.rules.lookup import grouped, hash_code, read_code
from tests.cases import Story
from tests.cli.test_import import OPTIONS, UNSURE, export
from tests.intake.sheets import message
from tests.repository import NOW, Repository, Run
from tests.vault.safe import PHONE, Safe, make_safe

BODY = "早高峰等车时间长，建议增开班次。（演示用虚构留言）"
NEW = ("new", "--channel", "people", "--reference", "77", "--title", "建议（演示）", "--contactable", "--real-name")
PATH = "cases/2026/11/23/people-77.yaml"
CLERK = "wangzhan.clerk"


@pytest.fixture
def safe(repository: Repository) -> Safe:
    """A case log whose clerks have keys."""
    return make_safe(repository)


def kept(safe: Safe, case_id: str) -> str:
    """The code in the vault."""
    code = safe.vault.read(case_id, [safe.identity(CLERK)]).code
    assert code is not None
    return code


def document(safe: Safe, path: str = PATH) -> dict[str, object]:
    """A case as it stands in the record."""
    return dict(yaml.parse_mapping((safe.repository.root / path).read_bytes(), path=path))


def huiyin(safe: Safe, *arguments: str) -> Run:
    """Run as the clerk."""
    return safe.repository.huiyin(*arguments, **safe.env(CLERK))


def on_screen(safe: Safe, *arguments: str) -> str:
    """What a command that exits 0 shows where its output is a terminal."""
    ours, theirs = pty.openpty()
    kept_of_environment = {k: v for k, v in os.environ.items() if not k.startswith(("HUIYIN_", "GIT_"))}
    environment = {**kept_of_environment, "HUIYIN_AS_OF": NOW, "PYTHONUTF8": "1", **safe.env(CLERK)}
    command = [sys.executable, "-m", "huiyin.cli.main", *arguments]
    with subprocess.Popen(
        command, cwd=safe.repository.root, env=environment, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # how a terminal says that its other end was closed
            while block := os.read(ours, 65536):
                shown += block
        os.close(ours)
        assert 0 == process.wait(60), shown.decode()
    return shown.decode()


def texts(folder: Path) -> bytes:
    """Every byte below a folder, names included."""
    return b"".join(str(p).encode() + (p.read_bytes() if p.is_file() else b"") for p in folder.rglob("*"))


def test_a_message_gets_a_code_that_only_the_vault_holds(safe: Safe) -> None:
    """第十九条: the record has the slow hash; the code is in no file, no output and no object of Git."""
    made = huiyin(safe, *NEW, "--body", BODY)
    assert (0, True) == (made.code, "huiyin code people-77" in made.out)
    code = kept(safe, "people-77")
    settings = safe.rulebook.lookup
    assert settings is not None
    assert hash_code("people-77", code, settings) == document(safe)["lookup"]
    checked = safe.repository.huiyin("check")
    assert 0 == checked.code
    safe.repository.commit()
    shown = safe.repository.git("log", "--all", "-p") + "".join(r.out + r.err for r in (made, checked))
    everything = texts(safe.repository.root) + texts(safe.folder) + shown.encode()
    assert [] == [form for form in (code, grouped(code), code.lower()) if form.encode() in everything]


def test_the_clerk_reads_the_code_at_the_terminal(safe: Safe) -> None:
    """Once when it is made, and again with ``code`` and ``vault show``."""
    screen = on_screen(safe, *NEW, "--body", BODY)
    code = grouped(kept(safe, "people-77"))
    assert f"查询码：{code}" in screen
    for command in (("code", "people-77"), ("vault", "show", "people-77")):
        assert code in on_screen(safe, *command)


def test_no_code_goes_to_a_file_by_accident(safe: Safe) -> None:
    """Not to a pipe without --pipe, not into a repository, not over a file."""
    huiyin(safe, *NEW, "--body", BODY)
    code = grouped(kept(safe, "people-77"))
    refused = huiyin(safe, "code", "people-77")
    assert (2, False) == (refused.code, code in refused.out + refused.err)
    piped = huiyin(safe, "code", "people-77", "--pipe", "--format", "json")
    assert [{"id": "people-77", "reference": "77", "code": code}] == json.loads(piped.out)
    inside = huiyin(safe, "code", "people-77", "--out", "清单.csv")
    assert (2, True) == (inside.code, "HY813" in inside.err)
    out = safe.repository.root.parent / "清单.csv"
    assert 0 == huiyin(safe, "code", "cases/2026/11/23", "--out", str(out)).code
    assert f"留言编号,平台编号,查询码\r\npeople-77,77,{code}\r\n" == out.read_bytes().decode("utf-8-sig")
    assert 0o600 == stat.S_IMODE(out.stat().st_mode)
    again = huiyin(safe, "code", "people-77", "--out", str(out))
    assert (2, True) == (again.code, "HY813" in again.err)


def test_a_case_without_a_code_is_told(safe: Safe) -> None:
    """Registered before there were any; the others are still shown."""
    safe.repository.add(Story(received="2026-11-23 08:00", reference="5"))
    huiyin(safe, *NEW, "--body", BODY)
    run = huiyin(safe, "code", "cases/2026/11/23", "--pipe")
    assert (1, True, True) == (run.code, "people-77  " in run.out, "HY810" in run.err and "people-5" in run.err)


def test_another_salt_is_noticed(safe: Safe) -> None:
    """Codes given away before it would find nothing."""
    huiyin(safe, *NEW, "--body", BODY)
    safe.repository.write("rules/lookup.yaml", "salt: another-site\n")
    run = huiyin(safe, "code", "people-77", "--pipe")
    assert (1, "", True) == (run.code, run.out, "HY811" in run.err)
    (safe.repository.root / "rules/lookup.yaml").unlink()
    assert "HY810" in huiyin(safe, "code", "people-77", "--pipe").err


def test_the_code_of_a_held_draft_stays_with_it(safe: Safe) -> None:
    """Made when the message came in; its hash is written when a person has decided."""
    held = huiyin(safe, *NEW, "--body", UNSURE, "--name", "演示人甲")
    assert (1, False) == (held.code, (safe.repository.root / PATH).exists())
    code = kept(safe, "people-77")
    [draft] = json.loads(huiyin(safe, "redact", "people-77", "--format", "json").out)
    lines = (f"  - {{ordinal: {f['ordinal']}, action: hide}}\n" for f in draft["findings"])
    file = safe.repository.root.parent / "决定.yaml"
    file.write_text(f"draft: {draft['draft']}\ndecisions:\n{''.join(lines)}", encoding="utf-8")
    done = huiyin(safe, "redact", "people-77", "--decisions", str(file))
    assert 0 == done.code, done.err
    settings = safe.rulebook.lookup
    assert settings is not None
    assert (code, hash_code("people-77", code, settings)) == (kept(safe, "people-77"), document(safe)["lookup"])


def test_every_imported_message_gets_its_own(safe: Safe, tmp_path: Path) -> None:
    """Also what holds nothing personal; importing again changes none, and a dry run makes none."""
    rows = (message("1001"), message("1002"), message("1003", 内容=UNSURE))
    file = str(export(tmp_path, *rows))
    before = texts(safe.repository.root)
    huiyin(safe, "import", file, *OPTIONS, "--dry-run")
    assert (before, False) == (texts(safe.repository.root), safe.folder.exists())
    run = huiyin(safe, "import", file, *OPTIONS)
    assert (1, True) == (run.code, "huiyin code" in run.out)
    codes = {case_id: kept(safe, case_id) for case_id in safe.vault.ids()}
    assert (["people-1001", "people-1002", "people-1003"], 3) == (sorted(codes), len(set(codes.values())))
    settings = safe.rulebook.lookup
    assert settings is not None
    for case_id in ("people-1001", "people-1002"):
        path = f"cases/2026/11/20/{case_id}.yaml"
        assert hash_code(case_id, codes[case_id], settings) == document(safe, path)["lookup"]
    huiyin(safe, "import", file, *OPTIONS)
    assert codes == {case_id: kept(safe, case_id) for case_id in codes}
    assert 0 == safe.repository.huiyin("check").code


def test_without_keys_there_are_no_codes(repository: Repository) -> None:
    """Nobody could read them out; registering goes on as before."""
    run = repository.huiyin(*NEW, "--body", BODY)
    assert (0, False) == (run.code, "查询码" in run.out)
    assert "lookup" not in (repository.root / PATH).read_text(encoding="utf-8")
    assert not repository.root.with_name(f"{repository.root.name}-vault").exists()


def test_a_crash_between_vault_and_case_keeps_the_code(safe: Safe) -> None:
    """The code that is in the vault already is the one that is hashed."""
    huiyin(safe, *NEW, "--body", f"请回电{PHONE}。（演示）")
    code = kept(safe, "people-77")
    (safe.repository.root / PATH).unlink()
    again = huiyin(safe, *NEW, "--body", f"请回电{PHONE}。（演示）")
    assert (0, code) == (again.code, kept(safe, "people-77")), again.err
    assert 0 == huiyin(safe, "code", "people-77", "--pipe").code


def test_codes_are_random(safe: Safe) -> None:
    """Two messages never share one."""
    for reference in ("1", "2", "3"):
        huiyin(safe, *NEW, "--reference", reference, "--body", BODY + reference)
    codes = {kept(safe, f"people-{n}") for n in (1, 2, 3)}
    assert (3, codes) == (len(codes), {read_code(c) for c in codes})
