"""Which key signs: for the gate a file or an environment variable, for people what their Git is set to."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huiyin.model.problem import Problem, UsageError
from huiyin.repo.git import attempt
from huiyin.repo.signing import fingerprint, fingerprint_of_file

GATE_KEY = "huiyin/gate_ed25519"
"""Where ``huiyin init --bare`` puts the gate's private key, below the bare repository."""
_LONGEST = 255
"""Characters of a file's name that is shown; a private key is longer, in whatever spelling."""
_LITERAL = ("key::", "ssh-", "ecdsa-", "sk-")


@contextmanager
def gate_key(given: str | None, root: Path) -> Iterator[str]:
    """Give the path of the gate's private key while it is needed.

    Args:
        given: a path, or the private key itself, as a secret of a workflow holds it; None for the key that
            ``huiyin init --bare`` made here.

    Raises:
        UsageError: HY635, there is no such key.
    """
    if given is not None and given.lstrip().startswith("-----BEGIN "):
        with tempfile.TemporaryDirectory(prefix="huiyin-") as folder:
            path = Path(folder) / "gate"
            path.touch(mode=0o600)
            path.write_text(given.strip().replace("\r\n", "\n") + "\n", encoding="ascii")
            yield str(path)
        return
    path = root / GATE_KEY if given is None else Path(given)
    if not os.path.isfile(path):  # noqa: PTH113 - the method of Path raises where a name is too long
        raise UsageError(Problem("HY635", _missing(given)))
    yield str(path.resolve())


def _missing(given: str | None) -> str:
    """What to say of a key that is not there; one that was pasted badly must not reach a log."""
    if not given:
        return "没有指明闸门的密钥（--key 或环境变量 HUIYIN_GATE_KEY）。"
    if len(given) > _LONGEST or not given.isprintable() or "PRIVATE KEY" in given:
        return "--key 或 HUIYIN_GATE_KEY 所写的既不是文件名，也不是完整的私钥（内容不显示）。"
    return f"没有密钥文件 {given}。"


def personal_key(given: str | None, root: Path) -> tuple[str, str]:
    """Find the key of whoever sits here.

    Args:
        given: path of a private or public key; None for Git's ``user.signingkey``.

    Returns:
        What Git takes as the signing key, and its fingerprint.

    Raises:
        UsageError: HY633, HY635 none is set.
        HuiyinError: HY634, it cannot be read.
    """
    if given is None:
        done = attempt(root, "config", "--type=path", "--get", "user.signingkey")
        given = done.stdout.decode(errors="surrogateescape").removesuffix("\n")
    if not given:
        raise UsageError(Problem("HY635", "没有指明用哪把密钥审签（--key，或 git config user.signingkey）。"))
    if given.startswith(_LITERAL) and not Path(given).exists():
        return given, fingerprint(given.removeprefix("key::"))
    path = Path(given)
    if not path.is_absolute() and not os.path.lexists(path):
        path = root / path
    return str(path.resolve()), fingerprint_of_file(path)
