"""History that was purged after a leak, and must not come back from an old clone (第十九条; docs/handbook/leak.md).

The server keeps the hashes of the commits that were taken out, one a line, in ``huiyin/purged`` of its bare repository.
The list stays there: whoever had it, and knew all else, could try numbers until a hash fits.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo.commits import SHA
from huiyin.repo.git import run

NAME = "huiyin/purged"


def read_purged(root: Path) -> frozenset[str]:
    """Hashes of the purged commits; none where nothing was ever purged.

    Raises:
        HuiyinError: HY771, the list is damaged, so that nobody knows what must not come back; HY905.
    """
    place = run(root, "rev-parse", "--absolute-git-dir").decode(errors="surrogateescape").removesuffix("\n")
    path = Path(place) / NAME
    try:
        lines = path.read_text(encoding="ascii").split("\n")
    except FileNotFoundError:
        return frozenset()
    except (OSError, UnicodeDecodeError):
        raise HuiyinError(Problem("HY771", "清除名单不能读取。", article="19")) from None
    hashes = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#") and not SHA.fullmatch(line.strip()):
            raise HuiyinError(Problem("HY771", f"清除名单第{number}行不是完整的提交编号。", article="19"))
    return frozenset(hashes)


def find_purged(root: Path, tip: str) -> Iterator[Problem]:
    """HY770 where a push stands on purged history.

    Args:
        tip: hash of what is pushed.

    Raises:
        HuiyinError: HY771, HY905.
    """
    purged = read_purged(root)
    if not purged:
        return
    brought = run(root, "rev-list", "--not", "--all", "--not", tip).decode().split()
    if found := [sha for sha in brought if sha in purged]:
        yield Problem("HY770", f"推送中有{len(found)}个已清除的提交（如 {found[0][:10]}）。", article="19")
