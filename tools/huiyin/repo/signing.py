"""SSH signatures of commits: who provably made one, and making one (design §5).

Names and e-mails in a commit are never looked at: a key says who signed, the rules say whose key it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.model.pull import Identity
from huiyin.model.unit import PublicKey
from huiyin.repo.commits import RawCommit
from huiyin.repo.git import attempt, run
from huiyin.rules.authority import key_of

GATE_NAME, GATE_MAIL = "huiyin-gate", "gate@huiyin.invalid"
_PRINCIPAL = "huiyin"
# Days of validity are days in Asia/Shanghai; this spelling of the zone needs no table of zones on the machine.
_ZONE = {"TZ": "CST-8"}
# The user's own settings must not decide what counts as a signature.
_VERIFYING = (
    *("-c", "gpg.ssh.program=ssh-keygen", "-c", "gpg.minTrustLevel=fully"),
    *("-c", "gpg.program=false", "-c", "gpg.openpgp.program=false", "-c", "gpg.x509.program=false"),
    *("-c", "gpg.ssh.revocationFile=", "-c", "log.showSignature=false", "-c", "log.mailmap=false"),
)
_GOOD = "G"


def verify_signatures(root: Path, commits: Iterable[RawCommit], keys: Iterable[PublicKey]) -> dict[str, str]:
    """Say which key signed each commit, by one ``git log`` for all of them.

    A key outside its dates of validity on the day of committing signs nothing.

    Args:
        keys: those that may sign; where two people hold one key, it is still one key.

    Returns:
        Full hash → type and base64 of the key, without the commits that none of the keys signed.

    Raises:
        UsageError: HY633, ssh-keygen is not installed.
        HuiyinError: HY905.
    """
    signed = [c.sha for c in commits if c.signed]
    known = {fingerprint(k.ssh): k for k in keys}
    if not signed or not known:
        return {}
    require_ssh_keygen()
    with tempfile.TemporaryDirectory(prefix="huiyin-") as folder:
        allowed = Path(folder) / "allowed_signers"
        allowed.write_text("".join(_allowed_line(k) for k in keys), encoding="ascii")
        out = run(
            root, *_VERIFYING, "-c", f"gpg.ssh.allowedSignersFile={allowed}",
            "log", "--no-walk=unsorted", "--stdin", "--no-show-signature", "--no-notes", "--no-color", "--no-patch",
            "--format=%H %G? %GF", stdin="".join(f"{sha}\n" for sha in signed).encode(), env=_ZONE,
        )  # fmt: skip
    found = {}
    for line in out.decode().splitlines():
        sha, standing, key = (*line.split(" "), "", "")[:3]
        if standing == _GOOD and key in known:
            found[sha] = key_of(known[key].ssh)
    return found


def fingerprint(ssh: str) -> str:
    """The fingerprint of a one-line public key as OpenSSH writes it, ``SHA256:…``."""
    return str(Identity("ssh", key_of(ssh)))


def fingerprint_of_file(key: Path) -> str:
    """The fingerprint of a private or public key in a file; no passphrase is asked for.

    Raises:
        UsageError: HY633.
        HuiyinError: HY634, the file is not there or holds no key.
    """
    require_ssh_keygen()
    out = _ssh_keygen("-l", "-E", "sha256", "-f", str(key))
    words = out.split()
    if len(words) < 2 or not words[1].startswith("SHA256:"):
        raise HuiyinError(Problem("HY634", f"{key} 中没有SSH密钥，或没有读取权限。"))
    return words[1]


def make_commit(
    root: Path, tree: str, parents: Sequence[str], message: str, *, key: str, at: datetime, name: str, mail: str
) -> str:
    """Make a signed commit object; no branch moves.

    Args:
        key: path of a private key, path of the public key of one that the agent holds, or ``key::`` and a public key.
        at: author and committer date, to the second.

    Returns:
        Its full hash.

    Raises:
        UsageError: HY633.
        HuiyinError: HY634, the key could not sign.
    """
    require_ssh_keygen()
    who = {"NAME": name, "EMAIL": mail, "DATE": f"{int(at.timestamp())} +0800"}
    settings = ("gpg.format=ssh", "gpg.ssh.program=ssh-keygen", f"user.signingkey={key}", "i18n.commitEncoding=UTF-8")
    above = [a for parent in parents for a in ("-p", parent)]
    done = attempt(
        root, *(a for s in settings for a in ("-c", s)), "commit-tree", "-S", *above, "-F", "-", tree,
        stdin=message.encode(), env={f"GIT_{role}_{k}": v for role in ("AUTHOR", "COMMITTER") for k, v in who.items()},
    )  # fmt: skip
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise HuiyinError(Problem("HY634", f"用密钥 {key} 签名没有成功{'：' + said[0] if said else ''}。"))
    return done.stdout.decode().strip()


def make_key(path: Path, comment: str) -> str:
    """Make an Ed25519 key without a passphrase; only its owner may read it.

    Returns:
        The public key: type and base64.

    Raises:
        UsageError: HY633.
        HuiyinError: HY634.
    """
    require_ssh_keygen()
    _ssh_keygen("-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path))
    try:
        return key_of(path.with_name(f"{path.name}.pub").read_text(encoding="ascii"))
    except OSError:
        raise HuiyinError(Problem("HY634", f"不能在 {path} 生成密钥。")) from None


def require_ssh_keygen() -> None:
    """Make sure that ssh-keygen is there: without it every signature would look like none.

    Raises:
        UsageError: HY633.
    """
    if shutil.which("ssh-keygen") is None:
        raise UsageError(Problem("HY633", "找不到ssh-keygen命令，不能签名，也不能验证签名。"))


def _allowed_line(key: PublicKey) -> str:
    """One line of an allowed-signers file (ssh-keygen(1)); ``valid-before`` is the last second of validity."""
    options = ['namespaces="git"']
    if key.start.year > 1970:
        options.append(f'valid-after="{key.start:%Y%m%d}"')
    if key.end is not None:
        options.append(f'valid-before="{key.end:%Y%m%d}235959"')
    return f"{_PRINCIPAL} {','.join(options)} {key_of(key.ssh)}\n"


def _ssh_keygen(*arguments: str) -> str:
    done = subprocess.run(
        ["ssh-keygen", *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False,
        env=os.environ | {"LC_ALL": "C"},
    )  # fmt: skip
    return done.stdout.decode(errors="replace")
