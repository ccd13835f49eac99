"""Who provably signed a commit: real keys of ssh-keygen, real commits."""

from __future__ import annotations

import subprocess
from datetime import date, datetime
from pathlib import Path

import pytest

from huiyin.model.problem import HuiyinError
from huiyin.model.unit import PublicKey
from huiyin.repo import signing
from huiyin.repo.commits import read_commits
from huiyin.repo.git import run
from huiyin.rules.authority import key_of
from tests.office import make_key, needs_ssh

pytestmark = needs_ssh
LONG_AGO = date(2020, 1, 1)
NOON = "2026-11-20T12:00:00+08:00"


class Bench:
    """An empty repository and two keys."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "repository"
        subprocess.run(["git", "init", "--quiet", str(self.root)], check=True)
        self.tree = run(self.root, "mktree").decode().strip()
        self.ours, self.theirs = (key_of(make_key(folder / name)) for name in ("ours", "theirs"))

    def commit(self, key: str = "ours", at: str = NOON, name: str = "demo", parents: tuple[str, ...] = ()) -> str:
        """A signed commit."""
        path = str(self.folder / key)
        moment = datetime.fromisoformat(at)
        return signing.make_commit(
            self.root, self.tree, parents, "演示\n", key=path, at=moment, name=name, mail="demo@example.invalid"
        )

    def signers(self, *shas: str, keys: tuple[PublicKey, ...] | None = None) -> dict[str, str]:
        """Who signed them."""
        known = keys if keys is not None else (PublicKey(self.ours, LONG_AGO),)
        return signing.verify_signatures(self.root, read_commits(self.root, shas), known)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A place to sign at."""
    return Bench(tmp_path)


def test_the_key_that_signed_is_given(bench: Bench) -> None:
    """Many commits at once; unsigned ones and those of strangers are left out."""
    unsigned = run(bench.root, "-c", "user.name=x", "-c", "user.email=x", "commit-tree", "-m", "x", bench.tree)
    ours, theirs, plain = bench.commit("ours"), bench.commit("theirs"), unsigned.decode().strip()
    assert {ours: bench.ours} == bench.signers(ours, theirs, plain)
    both = (PublicKey(f"{bench.ours} 注释", LONG_AGO), PublicKey(bench.theirs, LONG_AGO))
    assert {ours: bench.ours, theirs: bench.theirs} == bench.signers(plain, theirs, ours, keys=both)


def test_names_prove_nothing(bench: Bench) -> None:
    """A commit that says it is another's is still that of the key."""
    spoofed = bench.commit("theirs", name="ours")
    assert {} == bench.signers(spoofed)


def test_nothing_to_verify_is_no_work(bench: Bench) -> None:
    """No commits, or no keys: nobody signed, and Git is not asked about HEAD instead."""
    assert {} == bench.signers()
    assert {} == bench.signers(bench.commit(), keys=())


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles", "UTC"])
@pytest.mark.parametrize(
    ("at", "valid"),
    [
        ("2026-11-19T23:59:59+08:00", False),
        ("2026-11-20T00:00:00+08:00", True),
        ("2026-11-20T23:59:59+08:00", True),
        ("2026-11-21T00:00:00+08:00", False),
    ],
)
def test_a_key_is_valid_on_its_days_in_shanghai(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, at: str, valid: bool, zone: str
) -> None:
    """Both days of validity count whole, in Asia/Shanghai, wherever the machine stands."""
    monkeypatch.setenv("TZ", zone)
    commit = bench.commit(at=at)
    key = PublicKey(bench.ours, date(2026, 11, 20), date(2026, 11, 20))
    assert valid == (commit in bench.signers(commit, keys=(key,)))


def test_a_key_may_have_two_periods(bench: Bench) -> None:
    """It signs in both of them and not between."""
    keys = (
        PublicKey(bench.ours, date(2026, 1, 1), date(2026, 1, 31)),
        PublicKey(bench.ours, date(2026, 3, 1), date(9999, 12, 31)),
    )
    first, between, second = (bench.commit(at=f"2026-0{month}-15T12:00:00+08:00") for month in (1, 2, 3))
    assert {first, second} == set(bench.signers(first, between, second, keys=keys))


def test_an_unreadable_key_harms_no_other(bench: Bench) -> None:
    """What the schema lets through need not be a key."""
    commit = bench.commit()
    for strange in ("ssh-ed25519 AAAA", "ssh-rsa aGVsbG8="):
        assert {commit} == set(
            bench.signers(commit, keys=(PublicKey(strange, LONG_AGO), PublicKey(bench.ours, LONG_AGO)))
        )


def test_the_users_settings_do_not_decide(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a list of signers, nor a program, nor a format of signatures in somebody's ~/.gitconfig."""
    (tmp_path / "signers").write_text(f"x {bench.theirs}\n", encoding="ascii")
    (tmp_path / "yes").write_text("#!/bin/sh\necho 'Good \"git\" signature for x with ED25519 key SHA256:x'\n", "ascii")
    (tmp_path / "yes").chmod(0o755)
    (tmp_path / ".gitconfig").write_text(
        f"[gpg]\nformat = openpgp\nprogram = {tmp_path}/yes\n"
        f'[gpg "ssh"]\nallowedSignersFile = {tmp_path}/signers\nprogram = {tmp_path}/yes\n'
        f"revocationFile = {tmp_path}/signers\n"
        "[log]\nshowSignature = true\n[format]\npretty = raw\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    ours, theirs = bench.commit(), bench.commit("theirs")
    assert {ours: bench.ours} == bench.signers(ours, theirs)


@pytest.mark.parametrize("armour", ["PGP SIGNATURE", "SIGNED MESSAGE", "SSH SIGNATURE"])
def test_signatures_of_other_kinds_count_for_nothing(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, armour: str
) -> None:
    """Whatever program a machine has for them, and whatever that says."""
    shell = f"#!/bin/sh\necho '[GNUPG:] GOODSIG 1 x' '{signing.fingerprint(bench.ours)}' >&2\nexit 0\n"
    for program in ("gpg", "gpgsm"):
        (tmp_path / program).write_text(shell, "ascii")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    raw = (
        f"tree {bench.tree}\nauthor x <x> 1795140000 +0800\ncommitter x <x> 1795140000 +0800\n"
        f"gpgsig -----BEGIN {armour}-----\n \n U1NIU0lH\n -----END {armour}-----\n\nx\n"
    )
    sha = run(bench.root, "hash-object", "-t", "commit", "-w", "--stdin", stdin=raw.encode()).decode().strip()
    assert read_commits(bench.root, [sha])[0].signed
    assert {} == bench.signers(sha)


def test_a_signature_is_of_one_commit(bench: Bench) -> None:
    """Moved to another commit it is worth nothing."""
    signed = run(bench.root, "cat-file", "commit", bench.commit())
    other = run(bench.root, "hash-object", "-t", "commit", "-w", "--stdin", stdin=signed.replace("演示".encode(), b"x"))
    assert {} == bench.signers(other.decode().strip())


def test_fingerprints_are_those_of_openssh(bench: Bench) -> None:
    """Of a line in people.yaml and of a file, private or public, also when a passphrase guards it."""
    shown = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(bench.folder / "ours.pub")], capture_output=True, text=True, check=True
    ).stdout.split()[1]
    assert shown == signing.fingerprint(bench.ours)
    assert shown == signing.fingerprint_of_file(bench.folder / "ours")
    assert shown == signing.fingerprint_of_file(bench.folder / "ours.pub")
    guarded = bench.folder / "guarded"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", str(guarded)], check=True)
    known = signing.fingerprint_of_file(bench.folder / "guarded.pub")
    (bench.folder / "guarded.pub").unlink()
    assert known == signing.fingerprint_of_file(guarded)


@pytest.mark.parametrize("trouble", ["missing", "open to all", "no key"])
def test_a_key_that_cannot_sign_is_one_clear_problem(bench: Bench, trouble: str) -> None:
    """And no commit is made."""
    path = bench.folder / "ours"
    if trouble == "missing":
        path.unlink()
    elif trouble == "open to all":
        path.chmod(0o644)
    else:
        path.write_text("x", encoding="ascii")
    with pytest.raises(HuiyinError) as caught:
        bench.commit()
    assert ["HY634"] == [p.code for p in caught.value.problems]


def test_a_made_key_is_private(bench: Bench) -> None:
    """Only its owner may read it, and it signs."""
    path = bench.folder / "made"
    public = signing.make_key(path, "演示".encode().hex())
    assert 0o600 == path.stat().st_mode & 0o777
    commit = bench.commit("made")
    assert {commit: public} == bench.signers(commit, keys=(PublicKey(public, LONG_AGO),))
    with pytest.raises(HuiyinError):
        signing.make_key(bench.folder / "none" / "made", "x")


def test_without_ssh_keygen_nothing_passes_for_unsigned(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HY633, not silence: every approval would look like none."""
    commit = bench.commit()
    (tmp_path / "bin").mkdir()
    git = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
    (tmp_path / "bin" / "git").symlink_to(git)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    for attempt in (lambda: bench.signers(commit), bench.commit, lambda: signing.make_key(tmp_path / "new", "x")):
        with pytest.raises(HuiyinError) as caught:
            attempt()
        assert ["HY633"] == [p.code for p in caught.value.problems]
