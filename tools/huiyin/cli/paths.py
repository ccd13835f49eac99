"""From what a clerk types (a path, a folder, an id) to case paths below the root."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from huiyin.cli.options import Place
from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo.store import case_paths, find_case


def case_paths_from(arguments: Sequence[str], place: Place) -> list[str]:
    """The case files that the arguments name: files, folders (all below), or ids; each once, in order.

    Raises:
        HuiyinError: HY930 for an id, HY931 for a path, that names no case.
    """
    everything = case_paths(place.source)
    found: dict[str, None] = {}
    for argument in arguments:
        if "/" not in argument and not argument.endswith(".yaml") and not Path(argument).is_dir():
            found[find_case(place.source, argument)] = None
            continue
        path = _below_root(argument, place.root)
        matches = [p for p in everything if p == path or path in {"", "."} or p.startswith(f"{path}/")]
        if not matches:
            raise HuiyinError(Problem("HY931", f"“{argument}”下没有留言文件。"))
        found |= dict.fromkeys(matches)
    return list(found)


def _below_root(argument: str, root: Path) -> str:
    for base in (Path.cwd(), root):
        path = Path(os.path.normpath(base / argument))
        if path.is_relative_to(root) and (path.exists() or base == root):
            return str(PurePosixPath(path.relative_to(root)))
    return argument.rstrip("/")
