"""Secret keys in files, as ``age-keygen`` writes them: one ``AGE-SECRET-KEY-1…`` a line, comments behind ``#``."""

from __future__ import annotations

import os
import stat
from datetime import datetime
from pathlib import Path

from huiyin.model.moment import timestamp
from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.model.recipient import is_recipient
from huiyin.repo.files import failure
from huiyin.repo.reasons import reason
from huiyin.repo.source import shown
from huiyin.vault.age import MAGIC, Identity, generate_secret
from huiyin.vault.folder import open_regular
from huiyin.vault.place import repository_around

_LARGEST = 64 * 1024


def read_identities(path: Path, root: Path | None) -> tuple[Identity, ...]:
    """The secret keys of a file.

    Args:
        path: of a file that only its owner may read, outside every Git repository.
        root: the case log's root, or None where there is none.

    Raises:
        UsageError: HY713, there is no such file, or no age key in it; HY714, others may read it, or it lies in a Git
            repository.
    """
    name = shown(str(path))
    try:
        file = open_regular(path)
    except (OSError, ValueError) as error:
        raise UsageError(_unusable(name, reason(getattr(error, "errno", None), "读取"))) from None
    with file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if mode & 0o077:
            raise UsageError(Problem("HY714", f"其他人可以读取密钥文件（权限{mode:o}）。", name))
        _refuse_in_repository(path, root)
        data = file.read(_LARGEST)
    return _parse(data, name)


def _parse(data: bytes, name: str) -> tuple[Identity, ...]:
    if data.startswith(MAGIC) or b"BEGIN AGE ENCRYPTED FILE" in data:
        raise UsageError(_unusable(name, "是用口令加密的，请先用 age -d 解出来，另存为只有本人可读的文件"))
    if b"PRIVATE KEY-----" in data:
        raise UsageError(_unusable(name, "是SSH密钥，不是age密钥"))
    try:
        lines = [line.strip() for line in data.decode("utf-8-sig").splitlines()]
        secrets = [line for line in lines if line and not line.startswith("#")]
        if not secrets:
            raise UsageError(_unusable(name, "其中没有密钥"))
        if all(map(is_recipient, secrets)):
            raise UsageError(_unusable(name, "其中只有公钥，没有私钥"))
        return tuple(map(Identity, secrets))
    except ValueError:
        raise UsageError(_unusable(name, "有一行不是age私钥（AGE-SECRET-KEY-1…）")) from None


def make_identity(path: Path, now: datetime) -> str:
    """Write a new secret key into a new file that only its owner may read; give the public key.

    Raises:
        UsageError: HY713, there is something at the path already; HY714, the path lies in a Git repository.
        HuiyinError: HY906.
    """
    _refuse_in_repository(path, None)
    secret = generate_secret()
    recipient = Identity(secret).recipient
    text = f"# created: {timestamp(now)}\n# public key: {recipient}\n{secret}\n"
    try:
        _write_new(path, text)
    except FileExistsError:
        raise UsageError(_unusable(shown(str(path)), "已经有这个文件，不会覆盖；请换一个文件名")) from None
    return recipient


def write_private(path: Path, text: str, root: Path) -> None:
    """Write what is not for everybody, such as a list of query codes, into a new file that only its owner may read.

    Raises:
        UsageError: HY813, there is something at the path already, or it lies in a Git repository.
        HuiyinError: HY906.
    """
    if _repository_around_file(path, root) is not None:
        raise UsageError(Problem("HY813", "清单在Git仓库之内。", shown(str(path))))
    try:
        _write_new(path, text)
    except FileExistsError:
        raise UsageError(Problem("HY813", "已经有这个文件，不会覆盖。", shown(str(path)))) from None


def _write_new(path: Path, text: str) -> None:
    """A new file of mode 0600, whole or not at all; an existing one raises ``FileExistsError``."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        raise
    except (OSError, ValueError) as error:
        raise HuiyinError(failure(path, getattr(error, "errno", None))) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink()
        raise HuiyinError(failure(path, error.errno)) from None


def _refuse_in_repository(path: Path, root: Path | None) -> None:
    """A secret key in a work tree is one ``git add`` away from everybody, and links are no way around it."""
    if _repository_around_file(path, root) is not None:
        raise UsageError(Problem("HY714", "密钥文件在Git仓库之内。", shown(str(path))))


def _repository_around_file(path: Path, root: Path | None) -> Path | None:
    folders = (path.absolute().parent.resolve(), path.resolve().parent)
    return next((found for folder in folders if (found := repository_around(folder, root)) is not None), None)


def _unusable(name: str, why: str) -> Problem:
    return Problem("HY713", f"密钥文件不能用：{why}。", name)
