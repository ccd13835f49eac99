from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pyrage
import pytest

from huiyin.model.problem import HuiyinError, UsageError
from huiyin.vault.age import Identity, generate_secret
from huiyin.vault.identity import make_identity, read_identities
from tests.repository import Repository
from tests.vault.safe import MOMENT


def write(path: Path, text: str | bytes, mode: int = 0o600) -> Path:
    """A file with that mode."""
    path.touch(mode=0o600)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(mode)
    return path


def refused(path: Path, root: Path | None = None) -> str:
    """What the refusal says."""
    with pytest.raises(UsageError) as caught:
        read_identities(path, root)
    assert "AGE-SECRET-KEY" not in str(caught.value).replace("（AGE-SECRET-KEY-1…）", "")
    return str(caught.value)


def test_a_new_key_can_be_read(tmp_path: Path) -> None:
    """Only by its owner; the file is as ``age-keygen`` writes it."""
    recipient = make_identity(tmp_path / "key", MOMENT)
    [identity] = read_identities(tmp_path / "key", None)
    assert recipient == identity.recipient
    assert 0o600 == stat.S_IMODE((tmp_path / "key").stat().st_mode)
    lines = (tmp_path / "key").read_text("ascii").splitlines()
    assert ["# created: 2026-11-23T10:00:00+08:00", f"# public key: {recipient}"] == lines[:2]


def test_a_key_does_not_show_itself(tmp_path: Path) -> None:
    """In a log or a traceback it is its public half."""
    secret = generate_secret()
    assert secret not in repr(Identity(secret))
    assert Identity(secret).recipient in repr([Identity(secret)])


def test_several_keys_with_comments(tmp_path: Path) -> None:
    """An old key stays in the file while files are encrypted for it."""
    secrets = [generate_secret(), generate_secret()]
    path = write(tmp_path / "key", f"\ufeff# old\r\n{secrets[0]}\r\n\n   # new\n  {secrets[1]}  \n")
    assert [Identity(s).recipient for s in secrets] == [i.recipient for i in read_identities(path, None)]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A lost key cannot be made again; links are not followed either."""
    write(tmp_path / "key", "mine")
    (tmp_path / "link").symlink_to(tmp_path / "new")
    for name in ("key", "link"):
        with pytest.raises(UsageError, match="HY713"):
            make_identity(tmp_path / name, MOMENT)
    assert ("mine", False) == ((tmp_path / "key").read_text(), (tmp_path / "new").exists())


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """A clear problem."""
    with pytest.raises(HuiyinError, match="HY906"):
        make_identity(tmp_path / "none" / "key", MOMENT)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o601])
def test_others_may_not_read_it(tmp_path: Path, mode: int) -> None:
    """A key that others could read may be theirs already."""
    assert "HY714" in refused(write(tmp_path / "key", generate_secret(), mode))


def test_never_in_a_repository(repository: Repository, tmp_path: Path) -> None:
    """Neither made nor read there, nor through a link in or out."""
    repository.commit()
    with pytest.raises(UsageError, match="HY714"):
        make_identity(repository.root / "key", MOMENT)
    assert not (repository.root / "key").exists()
    inside = write(repository.root / "key", generate_secret())
    outside = write(tmp_path / "key", generate_secret())
    (tmp_path / "link").symlink_to(inside)
    (repository.root / "link").symlink_to(outside)
    for path in (inside, tmp_path / "link", repository.root / "link"):
        assert "HY714" in refused(path, repository.root)
    assert 1 == len(read_identities(outside, repository.root))


def test_a_link_outside_is_fine(tmp_path: Path) -> None:
    """A key on a stick."""
    write(tmp_path / "stick", generate_secret())
    (tmp_path / "key").symlink_to(tmp_path / "stick")
    assert 1 == len(read_identities(tmp_path / "key", None))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "没有密钥"),
        ("# only a comment\n", "没有密钥"),
        ("hello\n", "不是age私钥"),
        (generate_secret()[:-1] + "1", "不是age私钥"),
        (f"{generate_secret()}\nrest\n", "不是age私钥"),
        (Identity(generate_secret()).recipient, "只有公钥"),
        (b"\xff\xfe\x00", "不是age私钥"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\n", "SSH密钥"),
        (pyrage.passphrase.encrypt(generate_secret().encode(), "demo"), "口令"),
        (pyrage.passphrase.encrypt(generate_secret().encode(), "demo", armored=True), "口令"),
    ],
    ids=["empty", "comment", "text", "spoilt", "more", "public", "bytes", "ssh", "passphrase", "armoured"],
)
def test_what_is_no_key_file(tmp_path: Path, content: str | bytes, words: str) -> None:
    """Each says what it is, and shows nothing of it."""
    assert words in refused(write(tmp_path / "key", content))


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    """Missing, a folder, a pipe that nobody writes to, a name that no file can have."""
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name in ("none", ".", "pipe", "a\0b", "x" * 300):
        assert "HY713" in refused(tmp_path / name)


def test_what_age_itself_makes_of_it(tmp_path: Path) -> None:
    """Where the program ``age`` is installed, it takes our key and opens what was encrypted for it."""
    make_identity(tmp_path / "key", MOMENT)
    [identity] = read_identities(tmp_path / "key", None)
    sealed = pyrage.encrypt(b"demo", [pyrage.x25519.Recipient.from_str(identity.recipient)])
    try:
        done = subprocess.run(["age", "-d", "-i", str(tmp_path / "key")], input=sealed, capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("age IS NOT INSTALLED: key files are NOT TRIED with the program itself")
    assert b"demo" == done.stdout
