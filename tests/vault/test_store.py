from __future__ import annotations

import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest

from huiyin.model.problem import HuiyinError
from huiyin.vault.age import Identity, generate_secret
from huiyin.vault.content import Sealed
from huiyin.vault.readers import Reader
from huiyin.vault.store import Vault
from tests.vault.safe import MOMENT, NAME, PHONE, REPLY, TEXT, Safe, held, private_reply, sealed

CASE = "people-90000001"


def reader(identity: Identity, person: str = "wangzhan.clerk") -> Reader:
    """Somebody who may read."""
    return Reader(person, identity.recipient)


@pytest.fixture
def ours() -> Identity:
    """A key for which the file is encrypted."""
    return Identity(generate_secret())


@pytest.fixture
def theirs() -> Identity:
    """A key for which it is not."""
    return Identity(generate_secret())


@pytest.fixture
def vault(safe: Safe) -> Vault:
    """A vault that is not there yet."""
    return safe.vault


def codes(error: HuiyinError) -> list[str]:
    """The codes of an error."""
    return [problem.code for problem in error.problems]


def test_what_was_put_can_be_read(vault: Vault, ours: Identity) -> None:
    """By whom it was encrypted for, and is known without a key by id only."""
    content = sealed(replies=(private_reply(),), held=held())
    vault.put(content, [reader(ours)])
    assert content == vault.read(CASE, [ours])
    assert ([CASE], [CASE]) == (vault.ids(), vault.held_ids())
    assert (reader(ours),) == vault.readers_of(CASE)


def test_nobody_else_can_read_it(vault: Vault, ours: Identity, theirs: Identity, tmp_path: Path) -> None:
    """第十九条: not through the program, nor with age alone on the raw file."""
    vault.put(sealed(), [reader(ours)])
    with pytest.raises(HuiyinError, match="HY715"):
        vault.read(CASE, [theirs])
    raw = (vault.folder / f"{CASE}.age").read_bytes()
    secret = generate_secret()
    for stranger in (secret, generate_secret()):
        with pytest.raises(pyrage.DecryptError):
            pyrage.decrypt(raw, [pyrage.x25519.Identity.from_str(stranger)])
    assert NAME.encode() not in raw


def test_nothing_shows_outside_the_envelope(vault: Vault, ours: Identity) -> None:
    """第十九条: no file of the vault holds a word of what was put, in its content or its name."""
    vault.put(sealed(replies=(private_reply(),), held=held()), [reader(ours)])
    everything = b"".join(p.name.encode() + p.read_bytes() for p in vault.folder.rglob("*") if p.is_file())
    assert [] == [word for word in (NAME, PHONE, TEXT, REPLY, TEXT[:6]) if word.encode() in everything]


def test_only_the_owner_may_look(vault: Vault, ours: Identity) -> None:
    """Folder 0700, files 0600, whatever the umask."""
    before = os.umask(0)
    try:
        vault.put(sealed(), [reader(ours)])
        vault.forget(CASE, "wangzhan.clerk", MOMENT)
        vault.put(sealed("people-2"), [reader(ours)])
    finally:
        os.umask(before)
    assert 0o700 == stat.S_IMODE(vault.folder.stat().st_mode)
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in vault.folder.iterdir() if p.is_file()}
    assert {"forgotten.log": 0o600, "people-2.age": 0o600, "people-2.readers": 0o600} == modes


def test_adding_needs_a_key_only_where_something_is_kept(vault: Vault, ours: Identity) -> None:
    """Whoever registers a message need not be able to read; whoever adds must."""
    vault.put(sealed(), [reader(ours)])
    more = Sealed(CASE, replies=(private_reply(),))
    with pytest.raises(HuiyinError, match="HY715"):
        vault.put(more, [reader(ours)])
    vault.put(more, [reader(ours)], [ours])
    assert sealed(replies=(private_reply(),)) == vault.read(CASE, [ours])


def test_all_are_put_or_none(vault: Vault, ours: Identity) -> None:
    """One case of a batch that clashes keeps the whole batch out."""
    vault.put(sealed(), [reader(ours)])
    batch = [(sealed("people-2"), [reader(ours)]), (sealed(name="演示人乙"), [reader(ours)])]
    with pytest.raises(HuiyinError, match="HY717"):
        vault.put_all(batch, [ours])
    assert [CASE] == vault.ids()
    assert NAME == vault.read(CASE, [ours]).name


def test_the_same_case_twice_in_a_batch(vault: Vault, ours: Identity) -> None:
    """Two parts of one case in one batch are put together."""
    vault.put_all([(Sealed(CASE, name=NAME), [reader(ours)]), (Sealed(CASE, texts={"/body": TEXT}), [reader(ours)])])
    assert Sealed(CASE, name=NAME, texts={"/body": TEXT}) == vault.read(CASE, [ours])


def test_a_decided_draft_is_taken_out(vault: Vault, ours: Identity) -> None:
    """A change may take out; nothing left means that nothing is kept."""
    vault.put(sealed(held=held()), [reader(ours)])
    vault.update(CASE, lambda kept: replace(kept, held=None), [reader(ours)], [ours])
    assert (sealed(), []) == (vault.read(CASE, [ours]), vault.held_ids())
    vault.update(CASE, lambda kept: Sealed(CASE), [reader(ours)], [ours])
    assert [] == vault.names()


def test_a_failed_change_leaves_what_was(vault: Vault, ours: Identity) -> None:
    """The lock is free again, too."""

    def refuse(kept: Sealed) -> Sealed:
        return kept.merged(Sealed(CASE, name="演示人乙"))

    vault.put(sealed(), [reader(ours)])
    before = (vault.folder / f"{CASE}.age").read_bytes()
    with pytest.raises(HuiyinError, match="HY717"):
        vault.update(CASE, refuse, [reader(ours)], [ours])
    assert before == (vault.folder / f"{CASE}.age").read_bytes()
    vault.put(sealed("people-2"), [reader(ours)])


def test_rekeying_lets_in_and_out(vault: Vault, ours: Identity, theirs: Identity) -> None:
    """第十九条: the new reader can, the former cannot, and the list says so."""
    third = Identity(generate_secret())
    vault.put(sealed(), [reader(ours), reader(theirs, "lanzhou.clerk")])
    vault.rekey(CASE, [reader(ours), reader(third, "linxia.clerk")], [ours])
    assert sealed() == vault.read(CASE, [third])
    with pytest.raises(HuiyinError, match="HY715"):
        vault.read(CASE, [theirs])
    assert (reader(third, "linxia.clerk"), reader(ours)) == vault.readers_of(CASE)


def test_rekeying_by_whom_it_shuts_out_is_refused(vault: Vault, ours: Identity, theirs: Identity) -> None:
    """Nobody could tell whether the new file opens; the old one stands."""
    vault.put(sealed(), [reader(theirs)])
    before = (vault.folder / f"{CASE}.age").read_bytes()
    with pytest.raises(HuiyinError, match="HY715"):
        vault.rekey(CASE, [reader(ours)], [theirs])
    assert before == (vault.folder / f"{CASE}.age").read_bytes()


def test_forgetting_is_for_good(vault: Vault, ours: Identity) -> None:
    """第十九条: both files and the remains of crashes go, other cases stay, and only id, time and person are noted."""
    vault.put_all([(sealed(), [reader(ours)]), (sealed("people-2"), [reader(ours)])])
    kept = (vault.folder / "people-2.age").read_bytes()
    (vault.folder / ".0123456789abcdef.tmp").write_bytes((vault.folder / f"{CASE}.age").read_bytes())
    assert vault.forget(CASE, "wangzhan.clerk", MOMENT)
    assert ["forgotten.log", "people-2.age", "people-2.readers"] == vault.names()
    assert kept == (vault.folder / "people-2.age").read_bytes()
    [line] = (vault.folder / "forgotten.log").read_text("utf-8").splitlines()
    expected = {"action": "forgotten", "case": CASE, "at": "2026-11-23T10:00:00+08:00", "by": "wangzhan.clerk"}
    assert expected == json.loads(line)
    assert not vault.forget(CASE, "wangzhan.clerk", MOMENT), "a second time there is nothing to erase, or to note"
    assert 1 == len(vault.forgotten())


def test_the_forgotten_is_not_kept_again_in_silence(vault: Vault, ours: Identity) -> None:
    """Not even by a repeated import, unless somebody allows it, which is noted."""
    vault.put(sealed(), [reader(ours)])
    vault.forget(CASE, "wangzhan.clerk", MOMENT)
    with pytest.raises(HuiyinError, match="HY718"):
        vault.put_all([(sealed("people-2"), [reader(ours)]), (sealed(), [reader(ours)])])
    assert [] == vault.ids()
    vault.allow_again(CASE, "wangzhan.reviewer", MOMENT)
    vault.put(sealed(), [reader(ours)])
    assert [(CASE, False, "wangzhan.clerk"), (CASE, True, "wangzhan.reviewer")] == [
        (entry.case_id, entry.again, entry.by) for entry in vault.forgotten()
    ]
    assert vault.forget(CASE, "wangzhan.clerk", MOMENT), "and it can be forgotten once more"
    assert {CASE} == vault.forgotten_ids()


def test_a_backup_does_not_bring_back_the_forgotten(vault: Vault, ours: Identity) -> None:
    """第十九条: what was erased and came back with a backup is neither shown nor encrypted for anybody new."""
    vault.put(sealed(), [reader(ours)])
    backup = {name: (vault.folder / name).read_bytes() for name in vault.names()}
    vault.forget(CASE, "wangzhan.clerk", MOMENT)
    for name, data in backup.items():
        (vault.folder / name).write_bytes(data)
    for act in (vault.read, lambda case_id, keys: vault.rekey(case_id, [reader(ours)], keys)):
        with pytest.raises(HuiyinError, match="HY718"):
            act(CASE, [ours])
    assert vault.forget(CASE, "wangzhan.clerk", MOMENT)
    assert ["forgotten.log"] == vault.names()


def test_a_line_that_a_crash_cut_is_passed_over(vault: Vault, ours: Identity) -> None:
    """What it announced was not begun; the next line stands on its own."""
    vault.put_all([(sealed(), [reader(ours)]), (sealed("people-2"), [reader(ours)])])
    log = vault.folder / "forgotten.log"
    log.write_bytes(b'{"action": "forgotten", "case": "people-')
    assert set() == vault.forgotten_ids()
    vault.forget(CASE, "wangzhan.clerk", MOMENT)
    assert {CASE} == vault.forgotten_ids()
    assert 2 == log.read_bytes().count(b"\n")


def test_a_log_that_was_tampered_with_is_refused(vault: Vault, ours: Identity) -> None:
    """Then nobody can tell what may be kept."""
    vault.put(sealed("people-2"), [reader(ours)])
    (vault.folder / "forgotten.log").write_bytes(b'{"action": "forgotten", "case": "../x"}\n')
    with pytest.raises(HuiyinError, match="HY725"):
        vault.put(sealed(), [reader(ours)])


@pytest.mark.parametrize("case_id", ["people-2", "../outside", "people-1/../../outside", "", "people-2\0"])
def test_what_is_not_there(vault: Vault, ours: Identity, case_id: str) -> None:
    """Before the vault is made and after; what is no id is no path either."""
    for _ in range(2):
        with pytest.raises(HuiyinError, match="HY719"):
            vault.read(case_id, [ours])
        with pytest.raises(HuiyinError, match="HY719"):
            vault.forget(case_id, "wangzhan.clerk", MOMENT)
        vault.put(sealed("people-3"), [reader(ours)], [ours])


def damage(path: Path, how: str, ours: Identity) -> None:
    """Spoil an age file."""
    data = path.read_bytes()
    path.unlink()
    match how:
        case "empty":
            path.write_bytes(b"")
        case "foreign":
            path.write_bytes(b"PK\x03\x04" + data)
        case "cut in the header":
            path.write_bytes(data[:60])
        case "cut in the payload":
            path.write_bytes(data[:-100])
        case "one bit":
            path.write_bytes(data[:-5] + bytes([data[-5] ^ 1]) + data[-4:])
        case "another case":
            path.write_bytes(pyrage.encrypt(sealed("people-2").to_bytes(), [ours._key.to_public()]))
        case "no vault content":
            path.write_bytes(pyrage.encrypt(b"hello", [ours._key.to_public()]))
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "link":
            path.with_name("other").write_bytes(data)
            path.symlink_to("other")


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("empty", "HY716"),
        ("foreign", "HY716"),
        ("cut in the header", "HY716"),
        ("cut in the payload", "HY716"),
        ("one bit", "HY716"),
        ("another case", "HY716"),
        ("no vault content", "HY716"),
        ("folder", "HY725"),
        ("pipe", "HY725"),
        ("link", "HY725"),
    ],
)
def test_a_spoilt_file_is_a_problem_and_is_not_overwritten(vault: Vault, ours: Identity, how: str, code: str) -> None:
    """Reading, adding and rekeying say so; other cases can be read."""
    vault.put_all([(sealed(), [reader(ours)]), (sealed("people-3"), [reader(ours)])])
    damage(vault.folder / f"{CASE}.age", how, ours)
    before = sorted((p.name, p.lstat().st_mtime_ns) for p in vault.folder.iterdir() if p.is_file())
    for attempt in (
        lambda: vault.read(CASE, [ours]),
        lambda: vault.put(sealed(), [reader(ours)], [ours]),
        lambda: vault.rekey(CASE, [reader(ours)], [ours]),
    ):
        with pytest.raises(HuiyinError) as caught:
            attempt()
        assert [code] == codes(caught.value)
    assert before == sorted((p.name, p.lstat().st_mtime_ns) for p in vault.folder.iterdir() if p.is_file())
    assert sealed("people-3") == vault.read("people-3", [ours])


def test_a_list_of_readers_holds_for_its_own_file_only(vault: Vault, ours: Identity, theirs: Identity) -> None:
    """Missing, damaged, or of another file: then nobody knows, rather than something wrong."""
    vault.put(sealed(), [reader(theirs)])
    listed = vault.folder / f"{CASE}.readers"
    stale = listed.read_bytes()
    listed.write_bytes(b"{")
    assert vault.readers_of(CASE) is None
    listed.unlink()
    assert vault.readers_of(CASE) is None
    vault.rekey(CASE, [reader(theirs), reader(ours)], [theirs])
    listed.write_bytes(stale)
    assert vault.readers_of(CASE) is None
    vault.rekey(CASE, [reader(ours)], [ours])
    assert (reader(ours),) == vault.readers_of(CASE)
    digest = hashlib.sha256((vault.folder / f"{CASE}.age").read_bytes()).hexdigest()
    assert digest == json.loads(listed.read_bytes())["envelope"]


def test_a_vault_that_cannot_be_written(vault: Vault, ours: Identity) -> None:
    """A file in the way of the folder's lock; nothing is half made."""
    vault.folder.mkdir()
    (vault.folder / ".huiyin").write_text("in the way")
    with pytest.raises(HuiyinError, match="HY906"):
        vault.put(sealed(), [reader(ours)])
    assert [] == vault.ids()


WRITER = """
import sys
from pathlib import Path
from huiyin.vault.age import Identity
from huiyin.vault.content import PrivateReply, Sealed
from huiyin.vault.readers import Reader
from huiyin.vault.store import Vault
from datetime import datetime

folder, root, secret, name, count = sys.argv[1:]
identity = Identity(secret)
vault = Vault(Path(folder), Path(root))
at = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
for number in range(int(count)):
    reply = PrivateReply(f"{name}{number}", at, "lanzhou.clerk")
    vault.put(Sealed("people-90000001", replies=(reply,)), [Reader("a", identity.recipient)], [identity])
"""
"""Adds replies to one case, one after the other."""


def writer(vault: Vault, root: Path, secret: str, name: str, count: int, before: str = "") -> subprocess.Popen[bytes]:
    """A process of its own that writes."""
    return subprocess.Popen(
        [sys.executable, "-c", before + WRITER, str(vault.folder), str(root), secret, name, str(count)],
        stderr=subprocess.PIPE,
    )


def test_two_writers_lose_nothing(safe: Safe, vault: Vault) -> None:
    """Each adds to the same file again and again at the same time, and all of it is there."""
    secret, count = generate_secret(), 15
    processes = [writer(vault, safe.repository.root, secret, name, count) for name in "ab"]
    for process in processes:
        _, errors = process.communicate(timeout=100)
        assert (0, b"") == (process.returncode, errors)
    texts = {reply.text for reply in vault.read(CASE, [Identity(secret)]).replies}
    assert {f"{name}{number}" for name in "ab" for number in range(count)} == texts
    assert [f"{CASE}.age", f"{CASE}.readers"] == vault.names()


KILLER = """
import os, signal, sys

def deadly(module, name, at, calls=[0]):
    real = getattr(module, name)
    def call(*arguments, **options):
        calls[0] += 1
        if calls[0] == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **options)
    setattr(module, name, call)

deadly(__import__({module!r}), {name!r}, {at})
"""
"""Kills its own process at the n-th call of a function of the system, as a power cut would."""
POINTS = [("os", "open", 3), ("os", "open", 4), ("os", "fsync", 1), ("os", "fsync", 2), ("os", "fsync", 3)]
RENAMES = [("os", "replace", 1), ("os", "replace", 2)]
if sys.version_info < (3, 14):  # where Path.replace calls os.replace
    POINTS += RENAMES


@pytest.mark.parametrize(("module", "name", "at"), POINTS, ids=lambda value: str(value))
@pytest.mark.parametrize("kept", [False, True], ids=["first", "added"])
def test_a_crash_leaves_the_old_or_the_new(
    safe: Safe, vault: Vault, module: str, name: str, at: int, kept: bool
) -> None:
    """Killed at each step of writing: what was kept can be read, whole, and the next writer goes on."""
    secret = generate_secret()
    ours = Identity(secret)
    if kept:
        vault.put(sealed(), [reader(ours, "a")])
    process = writer(vault, safe.repository.root, secret, "a", 1, KILLER.format(module=module, name=name, at=at))
    process.communicate(timeout=100)
    assert -signal.SIGKILL == process.returncode, "the point was reached"
    content = vault.read(CASE, [ours]) if vault.ids() else Sealed(CASE)
    assert (NAME, TEXT) == (content.name, content.texts["/body"]) if kept else content.name is None
    assert [reply.text for reply in content.replies] in ([], ["a0"])
    vault.put(Sealed(CASE, contact={"qq": "10001"}), [reader(ours, "a")], [ours])
    assert "10001" == vault.read(CASE, [ours]).contact["qq"]
    assert vault.readers_of(CASE) is not None


FORGETTER = """
import sys
from datetime import datetime
from pathlib import Path
from huiyin.vault.store import Vault

at = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
Vault(Path(sys.argv[1]), Path(sys.argv[2])).forget("people-90000001", "wangzhan.clerk", at)
"""


@pytest.mark.parametrize(
    ("name", "at", "noted"), [("write", 1, False), ("fsync", 1, True), ("unlink", 1, True), ("unlink", 2, True)]
)
def test_a_crash_while_erasing_is_seen_and_healed(
    safe: Safe, vault: Vault, ours: Identity, name: str, at: int, noted: bool
) -> None:
    """Never erased without a note; noted and not erased is put right by doing it again, with one note."""
    vault.put(sealed(), [reader(ours)])
    killer = KILLER.format(module="os", name=name, at=at)
    if name == "write":  # a file object writes without os.write: die when the log has been opened
        killer = KILLER.format(module="os", name="pread", at=1)
        (vault.folder / "forgotten.log").write_bytes(b"\n")
    done = subprocess.run(
        [sys.executable, "-c", killer + FORGETTER, str(vault.folder), str(safe.repository.root)],
        capture_output=True, timeout=100, check=False,
    )  # fmt: skip
    assert -signal.SIGKILL == done.returncode, done.stderr
    assert noted == (CASE in vault.forgotten_ids())
    assert noted or sealed() == vault.read(CASE, [ours])
    vault.forget(CASE, "wangzhan.clerk", MOMENT)
    assert (["forgotten.log"], 1) == (vault.names(), len(vault.forgotten()))
