"""The folder itself: odd files, wide permissions, the remains of a crash; and putting the last two right."""

from __future__ import annotations

import stat
from collections.abc import Iterator

from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo.files import failure
from huiyin.repo.source import shown
from huiyin.vault.content import is_case_id
from huiyin.vault.folder import FILE_MODE, FOLDER_MODE, is_temporary, remains, remove
from huiyin.vault.forgetting import LOG
from huiyin.vault.store import AGE, READERS, Vault


def find_folder_problems(vault: Vault) -> Iterator[Problem]:
    """HY725 what does not belong there, HY726 permissions, HY727 the remains of a crash."""
    if not vault.folder.is_dir():
        return
    mode = stat.S_IMODE(vault.folder.stat().st_mode)
    if mode & 0o077:
        yield Problem("HY726", f"金库目录的权限是{mode:o}，应为{FOLDER_MODE:o}。", str(vault.folder))
    names = set(vault.names())
    left = []
    if any(map(is_temporary, names)):
        with vault.writing():  # then nobody is writing them
            left = remains(vault.folder)
    for name in sorted(names):
        if not is_temporary(name) or name in left:
            yield from _judge(vault, name, names)


def mend(vault: Vault) -> int:
    """Narrow permissions and remove the remains of crashes; gives how many files and folders were changed.

    Raises:
        HuiyinError: HY906, HY950.
    """
    if not vault.folder.is_dir():
        return 0
    with vault.writing():
        names = set(vault.names())
        lists = [n for n in names if n.endswith(READERS) and f"{n.removesuffix(READERS)}{AGE}" not in names]
        changed = len(lists) + len(remains(vault.folder))
        remove(vault.folder, lists)
        try:
            for path in [vault.folder, *(vault.folder / n for n in vault.names() if _is_ours(n))]:
                status = path.lstat()
                wanted = FOLDER_MODE if stat.S_ISDIR(status.st_mode) else FILE_MODE
                if not stat.S_ISLNK(status.st_mode) and status.st_mode & 0o077:
                    path.chmod(wanted)
                    changed += 1
        except OSError as error:
            raise HuiyinError(failure(vault.folder, error.errno)) from None
    return changed


def _judge(vault: Vault, name: str, names: set[str]) -> Iterator[Problem]:
    try:
        status = (vault.folder / name).lstat()
    except FileNotFoundError:  # erased since
        return
    if is_temporary(name):
        yield Problem("HY727", "上次写入中断留下的文件。", name)
    elif not _is_ours(name):
        yield Problem("HY725", "不是金库的文件。", shown(name))
    elif not stat.S_ISREG(status.st_mode):
        yield Problem("HY725", "不是普通文件（是符号链接、目录等）。", shown(name))
    elif name.endswith(READERS) and f"{name.removesuffix(READERS)}{AGE}" not in names:
        yield Problem("HY727", "只有可读人员清单，没有加密文件。", name)
    elif status.st_mode & 0o077:
        mode = stat.S_IMODE(status.st_mode)
        yield Problem("HY726", f"权限是{mode:o}，应为{FILE_MODE:o}。", name)


def _is_ours(name: str) -> bool:
    return name == LOG or any(name.endswith(end) and is_case_id(name.removesuffix(end)) for end in (AGE, READERS))
