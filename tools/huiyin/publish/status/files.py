"""Writing the files of all messages below ``status/``, and taking away those of none; what did not change is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from huiyin.model.problem import Problem
from huiyin.publish.status.sealing import path_of, seal
from huiyin.publish.status.view import PublicStatus
from huiyin.repo.files import write_all

FOLDER = "status"
"""Below the site's root; the page with the form is its ``index.html``."""


def distinct(statuses: Iterable[PublicStatus]) -> tuple[list[PublicStatus], list[Problem]]:
    """Those whose hash is theirs alone, and HY812 where a copied file gave several cases the same."""
    every = list(statuses)
    counts = Counter(status.lookup for status in every)
    repeated = sum(count for count in counts.values() if count > 1)
    problems = [Problem("HY812", f"有{repeated}件留言的查询散列与别的留言相同，没有生成查询文件。")] if repeated else []
    return [status for status in every if counts[status.lookup] == 1], problems


def write_statuses(site: Path, statuses: Sequence[PublicStatus]) -> int:
    """Bring the files below ``status/`` up to date.

    Args:
        site: the output folder of the site.
        statuses: with distinct hashes.

    Returns:
        How many files were written; unchanged ones are not.

    Raises:
        HuiyinError: HY906; nothing changed.
    """
    folder = site / FOLDER
    wanted: dict[Path, str | bytes] = {folder / path_of(status.lookup): seal(status) for status in statuses}
    there = set(folder.glob("??/*.txt"))
    changed = {path: text for path, text in wanted.items() if path not in there or path.read_text("ascii") != text}
    if changed:
        write_all(changed)
    for path in there - wanted.keys():
        path.unlink()
    return len(changed)
