"""``huiyin vault`` as people use it: real commands, real keys, a real repository."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyrage
import pytest

from huiyin.model.problem import HuiyinError
from huiyin.vault.age import Identity
from tests.cases import Story
from tests.cli.terminal import at_terminal
from tests.repository import NOW, Repository, Run
from tests.vault.safe import NAME, PHONE, REPLY, STAFF, TEXT, Safe, add_key, held, make_safe, sealed

CASE = "people-90000001"
WORDS = (NAME, PHONE, TEXT, REPLY, "演示人乙")


@pytest.fixture
def safe(repository: Repository) -> Safe:
    """A case log whose people have age keys, with one case that waits for review."""
    safe = make_safe(repository)
    repository.add(Story())
    repository.commit()
    return safe


def run(safe: Safe, person: str, *arguments: str, stdin: str | None = None) -> Run:
    """A command of ``huiyin vault`` at a person's desk."""
    return safe.repository.huiyin("vault", *arguments, stdin=stdin, **safe.env(person))


def assign(safe: Safe, *units: str) -> None:
    """The case in the record, assigned to these units in turn."""
    story = Story()
    for number, unit in enumerate(units):
        if number:
            story.misrouted(f"2026-11-{16 + number} 09:00", unit)
        story.assigned(f"2026-11-{16 + number} 10:00", unit)
    safe.repository.add(story)


def put(safe: Safe) -> None:
    """Name, telephone and original text of the case."""
    given = ("--name", NAME, "--contact", f"phone={PHONE}", "--text", "/body=-")
    done = run(safe, "wangzhan.clerk", "put", CASE, *given, stdin=TEXT)
    assert (0, "") == (done.code, done.err)
    assert [] == [word for word in WORDS if word in done.out]


def can_read(safe: Safe, person: str) -> bool:
    """Whether a person's key opens the case, through the program's parts and by age alone, which must agree."""
    raw = (safe.folder / f"{CASE}.age").read_bytes()
    secret = safe.files[person].read_text("ascii").split()[-1]
    try:
        plain = pyrage.decrypt(raw, [pyrage.x25519.Identity.from_str(secret)])
    except pyrage.DecryptError:
        with pytest.raises(HuiyinError, match="HY715"):
            safe.vault.read(CASE, [Identity(secret)])
        return False
    assert NAME == safe.vault.read(CASE, [Identity(secret)]).name
    assert NAME in plain.decode()
    return True


def test_keygen_makes_a_key_that_can_be_registered(repository: Repository, tmp_path: Path) -> None:
    """What it prints goes into people.yaml as it stands; the key then opens what is put."""
    done = repository.huiyin("vault", "keygen", str(tmp_path / "key"))
    assert 0 == done.code
    assert "AGE-SECRET-KEY" not in done.out + done.err
    people = repository.root / "rules/people.yaml"
    text = people.read_text("utf-8")
    people.write_text(text.replace("  wangzhan.clerk2:\n", f"{done.out}  wangzhan.clerk2:\n", 1), "utf-8")
    repository.add(Story())
    assert 0 == repository.huiyin("check").code
    assert 0 == repository.huiyin("vault", "put", CASE, "--name", NAME).code
    shown = repository.huiyin("vault", "show", CASE, "--pipe", "--identity", str(tmp_path / "key"))
    assert (0, f"{CASE}\n  姓名：{NAME}\n") == (shown.code, shown.out)


def test_keygen_refuses(repository: Repository, tmp_path: Path) -> None:
    """A file that is there, and a place in a repository."""
    (tmp_path / "key").write_text("mine")
    for path, code in ((tmp_path / "key", "HY713"), (repository.root / "key", "HY714")):
        done = repository.huiyin("vault", "keygen", str(path))
        assert (2, True) == (done.code, code in done.err)
    assert ("mine", False) == ((tmp_path / "key").read_text(), (repository.root / "key").exists())


def test_only_dispatcher_and_unit_assigned_can_read(safe: Safe) -> None:
    """第十九条: before assignment the dispatcher alone; then the unit; after a reassignment not the former unit."""
    put(safe)
    readable = {person for person in STAFF if can_read(safe, person)}
    assert {"wangzhan.clerk", "wangzhan.reviewer"} == readable
    assign(safe, "lanzhou")
    done = run(safe, "wangzhan.clerk", "rekey", CASE)
    assert (0, f"{CASE}：加入lanzhou.clerk、lanzhou.head。\n已重新加密1件，相符而不动0件，不成0件。\n") == (
        done.code,
        done.out,
    )
    assert set(STAFF) - {"linxia.clerk", "zhengwu.clerk"} == {person for person in STAFF if can_read(safe, person)}
    assign(safe, "lanzhou", "linxia")
    done = run(safe, "wangzhan.reviewer", "rekey", "--all")
    assert f"{CASE}：加入linxia.clerk，去掉lanzhou.clerk、lanzhou.head。" in done.out
    readable = {person for person in STAFF if can_read(safe, person)}
    assert {"wangzhan.clerk", "wangzhan.reviewer", "linxia.clerk"} == readable
    former = run(safe, "lanzhou.head", "show", CASE, "--pipe")
    assert (1, "", True) == (former.code, former.out, "HY715" in former.err)
    assert [] == [word for word in WORDS if word in former.err]
    assert NAME in run(safe, "linxia.clerk", "show", CASE, "--pipe").out


def test_what_is_not_merged_lets_nobody_in(safe: Safe) -> None:
    """第十九条: with ``--rev`` the main line decides, whatever stands in the work tree."""
    put(safe)
    assign(safe, "lanzhou")
    assert "已重新加密0件，相符而不动1件" in run(safe, "wangzhan.clerk", "rekey", "--all", "--rev", "main").out
    assert not can_read(safe, "lanzhou.clerk")


def test_after_a_person_leaves(safe: Safe) -> None:
    """第十九条: and after a key is changed; the new key opens, the old does not."""
    put(safe)
    path = safe.repository.root / "rules/people.yaml"
    text = path.read_text("utf-8").replace(
        '{unit: wangzhan, role: reviewer, from: "2015-08-05"}',
        '{unit: wangzhan, role: reviewer, from: "2015-08-05", to: "2026-11-22"}',
    )
    path.write_text(text, "utf-8")
    listed = run(safe, "wangzhan.clerk", "list")
    assert (0, True) == (listed.code, "HY722" in listed.out)
    assert "去掉wangzhan.reviewer" in run(safe, "wangzhan.clerk", "rekey", "--all").out
    assert (True, False) == (can_read(safe, "wangzhan.clerk"), can_read(safe, "wangzhan.reviewer"))


def test_a_new_key_beside_the_old(safe: Safe) -> None:
    """Rotation: both in one file; after rekeying the new one alone opens."""
    put(safe)
    [old] = safe.files["wangzhan.clerk"].read_text("ascii").split("\n")[1:2]
    path = safe.repository.root / "rules/people.yaml"
    recipient = Identity(old).recipient
    text = path.read_text("utf-8").replace(
        f'{recipient}, from: "2026-01-01"', f'{recipient}, from: "2026-01-01", to: "2026-11-22"'
    )
    path.write_text(text, "utf-8")
    new = str(pyrage.x25519.Identity.generate())
    add_key(safe.repository, "wangzhan.clerk", Identity(new).recipient)
    safe.repository.commit()
    only_old = run(safe, "wangzhan.clerk", "rekey", "--all")
    assert (1, True) == (only_old.code, "HY715" in only_old.err), "nobody could check the new file"
    safe.files["wangzhan.clerk"].write_text(f"{old}\n{new}\n", "ascii")
    done = run(safe, "wangzhan.clerk", "rekey", "--all")
    assert (0, f"{CASE}：人员不变，重新加密。") == (done.code, done.out.splitlines()[0])
    safe.files["wangzhan.clerk"].write_text(f"{new}\n", "ascii")
    assert can_read(safe, "wangzhan.clerk")


def test_an_assignment_reminds_of_the_vault(safe: Safe) -> None:
    """第十九条: until it is rekeyed, the former unit reads on and the new one cannot."""
    words = f"record assigned {CASE} --unit lanzhou --basis 3 --complexity simple --topic 公共事业 --by wangzhan.clerk"
    assert "vault rekey" not in safe.repository.huiyin(*words.split(), "--dry-run").out
    put(safe)
    assert f"  huiyin vault rekey {CASE} --rev main" in safe.repository.huiyin(*words.split()).out.splitlines()


def test_one_that_fails_stops_no_other(safe: Safe) -> None:
    """And says so, with exit code 1; the spoilt file is left as it is."""
    put(safe)
    safe.repository.add(Story(reference="90000002"))
    assert 0 == run(safe, "wangzhan.clerk", "put", "people-90000002", "--name", NAME).code
    spoilt = safe.folder / f"{CASE}.age"
    spoilt.write_bytes(spoilt.read_bytes()[:-40])
    before = spoilt.read_bytes()
    done = run(safe, "wangzhan.clerk", "rekey", "--all", "--force")
    assert (1, True) == (done.code, "HY716" in done.err)
    assert "已重新加密1件，相符而不动0件，不成1件。" in done.out
    assert before == spoilt.read_bytes()
    data = json.loads(run(safe, "wangzhan.clerk", "rekey", "--all", "--format", "json").out)
    assert [False, []] == [data["ok"], data["cases"][1]["problems"]]
    assert ["HY716"] == [problem["code"] for problem in data["cases"][0]["problems"]]


def test_a_case_that_cannot_be_read_is_not_rekeyed(safe: Safe) -> None:
    """Nobody can tell whose it is now; it must not count as not assigned."""
    assign(safe, "lanzhou")
    put(safe)
    path = next((safe.repository.root / "cases").rglob(f"{CASE}.yaml"))
    path.write_text(path.read_text("utf-8") + "x: [", "utf-8")
    done = run(safe, "wangzhan.clerk", "rekey", "--all", "--force")
    assert (1, True) == (done.code, "不成1件" in done.out)
    assert can_read(safe, "lanzhou.clerk")


def test_a_dry_run_changes_nothing(safe: Safe) -> None:
    """It tells what would be done."""
    put(safe)
    assign(safe, "lanzhou")
    before = (safe.folder / f"{CASE}.age").read_bytes()
    done = run(safe, "wangzhan.clerk", "rekey", CASE, "--dry-run")
    assert (0, True) == (done.code, "应重新加密1件" in done.out)
    assert before == (safe.folder / f"{CASE}.age").read_bytes()


def test_rekey_wants_ids_or_all(safe: Safe) -> None:
    """Neither and both are refused; so is a case that is not there."""
    put(safe)
    assert 2 == run(safe, "wangzhan.clerk", "rekey").code
    assert 2 == run(safe, "wangzhan.clerk", "rekey", CASE, "--all").code
    assert (1, True) == ((done := run(safe, "wangzhan.clerk", "rekey", "people-9")).code, "HY719" in done.err)


def test_put_adds_and_never_overwrites(safe: Safe) -> None:
    """Another name is refused until ``--replace``; what it does not speak of stays."""
    put(safe)
    done = run(safe, "wangzhan.clerk", "put", CASE, "--name", "演示人乙")
    assert (1, True) == (done.code, "HY717" in done.err)
    assert [] == [word for word in WORDS if word in done.out + done.err]
    assert 0 == run(safe, "wangzhan.clerk", "put", CASE, "--name", "演示人乙", "--replace").code
    shown = run(safe, "wangzhan.clerk", "show", CASE, "--pipe").out
    assert f"{CASE}\n  姓名：演示人乙\n  电话：{PHONE}\n  原文（/body）：\n    {TEXT}\n" == shown


def test_put_into_what_is_there_needs_a_key(safe: Safe) -> None:
    """A stranger's does not do either."""
    put(safe)
    nobody = safe.repository.huiyin("vault", "put", CASE, "--contact", "qq=10001")
    stranger = run(safe, "linxia.clerk", "put", CASE, "--contact", "qq=10001")
    for done in (nobody, stranger):
        assert (1, True) == (done.code, "HY715" in done.err)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ((), "HY940"),
        (("--contact", "phone"), "HY920"),
        (("--contact", "fax=1"), "HY920"),
        (("--contact", "qq=1", "--contact", "qq=2"), "HY920"),
        (("--text", "body=x"), "HY920"),
        (("--name", "@nowhere"), "HY904"),
        (("--reply-file", "-"), "HY940"),
        (("--name", "-", "--text", "/body=-"), "HY944"),
    ],
)
def test_put_refuses_what_it_cannot_use(safe: Safe, given: tuple[str, ...], code: str) -> None:
    """And makes no vault."""
    done = run(safe, "wangzhan.clerk", "put", CASE, *given, stdin="" if "--reply-file" in given else "x")
    assert (2, True) == (done.code, code in done.err), done.err
    assert not safe.folder.exists()


def test_put_of_a_case_that_nobody_knows(safe: Safe) -> None:
    """A slip of the pen would hide personal data where nobody looks."""
    done = run(safe, "wangzhan.clerk", "put", "people-9", "--name", NAME)
    assert (1, True, False) == (done.code, "HY930" in done.err, safe.folder.exists())


def test_put_asks_at_the_terminal(safe: Safe) -> None:
    """Name and contact one by one; what is left empty is left out."""
    answers = [("姓名", f"{NAME}\n"), ("电话", f"{PHONE}\n"), ("电子邮箱", "\n"), ("地址", "\n")]
    done = at_terminal(safe.repository, ("vault", "put", CASE), answers)
    assert (0, True) == (done.code, "已存入：people-90000001（姓名、电话）" in done.out)
    assert sealed(texts={}) == safe.vault.read(CASE, [safe.identity("wangzhan.clerk")])


def test_a_private_reply_lives_in_the_vault(safe: Safe) -> None:
    """第二十条: put by the unit's clerk, kept with how it was delivered; the list says where none is kept."""
    story = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    fields = {"reply": None, "marks": ["privacy"], "delivered_by": "phone", "public_note": "已电话答复。"}
    story.answered("2026-11-17 09:00", mode="private", **fields)
    safe.repository.add(story)
    put(safe)
    assert "HY729" in run(safe, "wangzhan.clerk", "list").out
    reply = safe.repository.root.parent / "reply.txt"
    reply.write_text(REPLY, "utf-8")
    done = run(safe, "lanzhou.clerk", "put", CASE, "--reply-file", str(reply))
    assert (0, "已存入：people-90000001（个别答复）。") == (done.code, done.out.split("可读")[0])
    shown = run(safe, "lanzhou.head", "show", CASE, "--pipe").out
    assert f"  个别答复（2026-11-23 10:00，兰州市经办人（演示），电话送达）：\n    {REPLY}\n" in shown
    listed = run(safe, "wangzhan.clerk", "list").out
    assert (False, True) == ("HY729" in listed, "1份" in listed)


def test_show_keeps_to_the_terminal(safe: Safe) -> None:
    """Nothing goes to a file, a pipe or a log by accident; on a terminal all of it is shown."""
    put(safe)
    refused = run(safe, "wangzhan.clerk", "show", CASE)
    assert (2, "", True) == (refused.code, refused.out, "--pipe" in refused.err)
    assert f"姓名：{NAME}" in on_screen(safe, ("show", CASE), safe.env("wangzhan.clerk"))


def test_show_disarms_control_characters(safe: Safe) -> None:
    """A message that would steer the terminal is written out; as JSON it stays the same message."""
    text = "\x1b]0;title\x07\x9b2J演示\u202e\U000e0041"
    safe.vault.put(sealed("people-2", texts={"/body": text}), safe.vault_readers())
    as_json = run(safe, "wangzhan.clerk", "show", "people-2", "--pipe", "--format", "json").out
    assert [] == [c for c in as_json if not c.isprintable() and c != "\n"]
    assert text == json.loads(as_json)["texts"]["/body"]
    safe.vault.put(sealed(texts={"/body": "\x1b]0;title\x07\x1b[2J演示\r\n二"}), safe.vault_readers())
    shown = run(safe, "wangzhan.clerk", "show", CASE, "--pipe").out
    assert (False, True) == ("\x1b" in shown, "\\x1b[2J演示\n    二" in shown)


def on_screen(safe: Safe, arguments: tuple[str, ...], env: Mapping[str, str]) -> str:
    """What a command shows when its output is a terminal."""
    ours, theirs = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HUIYIN_", "GIT_"))}
    with subprocess.Popen(
        [sys.executable, "-m", "huiyin.cli.main", "vault", *arguments], cwd=safe.repository.root,
        env={**environment, "HUIYIN_AS_OF": NOW, "PYTHONUTF8": "1", "TERM": "dumb", **env},
        stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
    ) as process:  # fmt: skip
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:  # the other side is gone
            process.wait(60)
    os.close(ours)
    return shown.decode()


def test_forget_asks_and_erases(safe: Safe) -> None:
    """第十九条: without a terminal only with ``--yes``; the case in the record stays as it is."""
    put(safe)
    before = safe.repository.git("status", "--porcelain")
    assert (2, True) == ((asked := run(safe, "wangzhan.clerk", "forget", CASE)).code, "--yes" in asked.err)
    no = at_terminal(safe.repository, ("vault", "forget", CASE, "--by", "wangzhan.clerk"), [("不能恢复", "n\n")])
    assert (1, [CASE]) == (no.code, safe.vault.ids())
    yes = at_terminal(safe.repository, ("vault", "forget", CASE, "--by", "wangzhan.clerk"), [("不能恢复", "y\n")])
    assert (0, "已抹除：people-90000001。\n") == (yes.code, yes.out)
    assert ["forgotten.log"] == safe.vault.names()
    assert "此前已经抹除" in run(safe, "wangzhan.clerk", "forget", CASE, "--yes").out
    assert before == safe.repository.git("status", "--porcelain")


def test_forget_wants_to_know_who(safe: Safe) -> None:
    """A person in office, or nothing is erased."""
    put(safe)
    for by in ((), ("--by", "nobody")):
        done = safe.repository.huiyin("vault", "forget", CASE, "--yes", *by)
        assert (2, True) == (done.code, "HY933" in done.err)
    assert [CASE] == safe.vault.ids()


def test_the_forgotten_comes_back_only_on_purpose(safe: Safe) -> None:
    """第十九条: ``--again`` is noted with time and person."""
    put(safe)
    run(safe, "wangzhan.clerk", "forget", CASE, "--yes")
    refused = run(safe, "wangzhan.clerk", "put", CASE, "--name", NAME)
    assert (1, True) == (refused.code, "HY718" in refused.err)
    assert 0 == run(safe, "wangzhan.reviewer", "put", CASE, "--name", NAME, "--again").code
    assert [(False, "wangzhan.clerk"), (True, "wangzhan.reviewer")] == [(e.again, e.by) for e in safe.vault.forgotten()]


def doctor(safe: Safe, *options: str) -> tuple[int, list[tuple[str, str]]]:
    """Exit code, and code and path of each problem."""
    done = run(safe, "wangzhan.clerk", "doctor", "--format", "json", *options)
    assert [] == [word for word in WORDS if word in done.out + done.err]
    return done.code, sorted((p["code"], p["path"]) for p in json.loads(done.out)["problems"])


def test_a_sound_vault(safe: Safe) -> None:
    """No problems, with a key and without; list and doctor need none."""
    put(safe)
    assert (0, []) == doctor(safe)
    without = safe.repository.huiyin("vault", "doctor")
    assert (0, "金库中1件：发现问题0个。\n") == (without.code, without.out)


def test_no_vault_yet(safe: Safe) -> None:
    """The list is empty and nothing is made; the case has a contact that is not kept."""
    done = run(safe, "wangzhan.clerk", "list")
    assert (0, True) == (done.code, f"金库尚未建立（{safe.folder}" in done.out.replace("\n", ""))
    assert (0, [("HY723", "")]) == doctor(safe)
    assert not safe.folder.exists()


def test_the_doctor_finds(safe: Safe) -> None:
    """Wrong modes, the remains of a crash, a foreign file, a link, a list without a file, a case that nobody knows."""
    put(safe)
    readers = safe.vault_readers()
    safe.vault.put(sealed("people-7"), readers)
    folder = safe.folder
    folder.chmod(0o755)
    (folder / f"{CASE}.age").chmod(0o640)
    (folder / ".0123456789abcdef.tmp").touch()
    (folder / "notes.txt").touch()
    (folder / "people-8.age").symlink_to(f"{CASE}.age")
    (folder / "people-9.readers").touch(mode=0o600)
    expected = [
        ("HY724", "people-7.age"),
        ("HY725", "notes.txt"),
        ("HY725", "people-8.age"),
        ("HY726", str(folder)),
        ("HY726", f"{CASE}.age"),
        ("HY727", ".0123456789abcdef.tmp"),
        ("HY727", "people-9.readers"),
    ]
    assert (1, expected) == doctor(safe)
    assert (1, expected[:3]) == doctor(safe, "--fix")
    assert sealed("people-7") == safe.vault.read("people-7", [safe.identity("wangzhan.clerk")])


def test_the_doctor_finds_what_is_not_as_it_should_be(safe: Safe) -> None:
    """Cut files, wrong readers, a missing list, a missing original, an old backup of what was forgotten."""
    for number in range(2, 7):
        safe.repository.add(Story(reference=f"9000000{number}"))
    marked = Story(reference="90000009", facts={"body": "请回电〔已隐去：手机号〕。", "contactable": False})
    safe.repository.add(marked)
    readers = safe.vault_readers()
    for number in range(1, 7):
        safe.vault.put(sealed(f"people-9000000{number}"), readers)
    cut = safe.folder / "people-90000002.age"
    cut.write_bytes(cut.read_bytes()[:-30])
    (safe.folder / "people-90000003.readers").unlink()
    safe.vault.rekey("people-90000004", readers[:1], [safe.identity("wangzhan.clerk")])
    backup = (safe.folder / "people-90000005.age").read_bytes()
    run(safe, "wangzhan.clerk", "forget", "people-90000005", "--yes")
    (safe.folder / "people-90000005.age").touch(mode=0o600)
    (safe.folder / "people-90000005.age").write_bytes(backup)
    code, found = doctor(safe)
    path = marked.case().path
    expected = [
        ("HY716", "people-90000002.age"),
        ("HY722", "people-90000003.age"),
        ("HY722", "people-90000004.age"),
        ("HY722", "people-90000005.age"),
        ("HY723", path),
        ("HY728", "people-90000005.age"),
    ]
    assert (1, expected) == (code, found)


def test_the_doctor_opens_what_its_key_should_open(safe: Safe) -> None:
    """A file whose outside is right and whose inside is spoilt is found with a key only."""
    put(safe)
    path = safe.folder / f"{CASE}.age"
    listed = safe.folder / f"{CASE}.readers"
    before = json.loads(listed.read_bytes())["envelope"]
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    listed.write_text(listed.read_text("utf-8").replace(before, hashlib.sha256(path.read_bytes()).hexdigest()), "utf-8")
    assert "问题0个" in safe.repository.huiyin("vault", "doctor").out
    assert (1, [("HY716", f"{CASE}.age")]) == doctor(safe)


def test_a_draft_that_waits_is_listed_with_its_age(safe: Safe) -> None:
    """第九条（一）: messages are reviewed daily, so a draft must not lie; it is no orphan."""
    readers = safe.vault_readers()
    safe.vault.put(sealed("people-7", held=held()), readers)
    arguments = ("list", "--held", "--format", "json", "--as-of", "2026-11-26")
    data = json.loads(run(safe, "wangzhan.clerk", *arguments).out)["cases"]
    assert [("people-7", 3, "2026-11-23T10:00:00+08:00", [])] == [
        (c["id"], c["held_working_days"], c["held_since"], c["problems"]) for c in data
    ]
    assert "待定" in run(safe, "wangzhan.clerk", "list").out


def test_nobody_with_a_key_at_the_dispatcher(repository: Repository) -> None:
    """Nothing is written, and the cure says who must do what."""
    safe = make_safe(repository, {"lanzhou.clerk": "", "wangzhan.clerk": "2026-11-22"})
    repository.add(Story().assigned("2026-11-16 10:00"))
    done = run(safe, "lanzhou.clerk", "put", CASE, "--name", NAME)
    assert (1, True, True) == (done.code, "HY712" in done.err, "keygen" in done.err)
    assert not safe.folder.exists()


def test_a_dispatcher_without_keys_is_named_in_time(repository: Repository) -> None:
    """第六条、第十九条: before the first message with personal data cannot be registered."""
    make_safe(repository, {"wangzhan.clerk": ""})
    done = repository.huiyin("vault", "doctor")
    assert (0, True) == (done.code, "HY712 甘肃省人民政府政务服务中心还没有人登记有效的age公钥" in done.out)
    assert "网站管理中心" not in done.out


@pytest.mark.parametrize("command", ["list", "doctor", "show", "put", "rekey", "forget"])
def test_no_command_works_inside_the_work_tree(safe: Safe, command: str) -> None:
    """第十九条: by option or environment, and before anything is read or written."""
    arguments = {"show": (CASE, "--pipe"), "put": (CASE, "--name", NAME), "rekey": (CASE,), "forget": (CASE, "--yes")}
    inside = safe.repository.root / "cases/vault"
    by_option = run(safe, "wangzhan.clerk", command, *arguments.get(command, ()), "--vault", str(inside))
    assert (2, True, False) == (by_option.code, "HY710" in by_option.err, inside.exists())
    env: dict[str, Any] = {**safe.env("wangzhan.clerk"), "HUIYIN_VAULT": str(inside)}
    by_env = safe.repository.huiyin("vault", command, *arguments.get(command, ()), **env)
    assert (2, by_option.err) == (by_env.code, by_env.err)


def test_the_record_holds_nothing(safe: Safe) -> None:
    """第十九条: after all of it no file below the repository has changed but what was committed."""
    put(safe)
    run(safe, "wangzhan.clerk", "rekey", "--all", "--force")
    run(safe, "wangzhan.clerk", "show", CASE, "--pipe")
    run(safe, "wangzhan.clerk", "forget", CASE, "--yes")
    assert "" == safe.repository.git("status", "--porcelain")
    files = [p for p in safe.repository.root.rglob("*") if p.is_file()]
    assert [] == [p for p in files if NAME.encode() in p.read_bytes() or PHONE.encode() in p.read_bytes()]
