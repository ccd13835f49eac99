"""From what a clerk types (a path, a folder, an id) to case paths below the root."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from huiyin.cli.options import Place
from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo.source import shown
from huiyin.repo.store import case_paths


def case_paths_from(arguments: Sequence[str], place: Place) -> list[str]:
    """The case files that the arguments name: files, folders (all below), or ids; each once, in order.

    Raises:
        HuiyinError: HY930 for each id, HY931 for each path, that names no case.
    """
    found, problems = find_case_paths(arguments, place)
    if problems:
        raise HuiyinError(*problems)
    return list(dict.fromkeys(path for paths in found.values() for path in paths))


def find_case_paths(arguments: Sequence[str], place: Place) -> tuple[dict[str, list[str]], list[Problem]]:
    """The case files that each argument names, and HY930 or HY931 for each argument that names none."""
    everything = case_paths(place.source)
    by_id = {PurePosixPath(path).stem: path for path in reversed(everything) if path.endswith(".yaml")}
    found: dict[str, list[str]] = {}
    problems = []
    for argument in dict.fromkeys(arguments):
        if "/" not in argument and not argument.endswith(".yaml") and not _is_folder(argument):
            if argument in by_id:
                found[argument] = [by_id[argument]]
            else:
                problems.append(Problem("HY930", f"没有编号为“{shown(argument)}”的留言。"))
            continue
        path = _below_root(argument, place.root)
        matches = [p for p in everything if p == path or path in {"", "."} or p.startswith(f"{path}/")]
        if matches:
            found[argument] = matches
        else:
            problems.append(Problem("HY931", f"“{shown(argument)}”下没有留言文件。"))
    return found, problems


def _is_folder(argument: str) -> bool:
    try:
        return Path(argument).is_dir()
    except OSError:  # a name too long for the system is no folder
        return False


def _below_root(argument: str, root: Path) -> str:
    for base in (Path.cwd(), root):
        path = Path(os.path.normpath(base / argument))
        if path.is_relative_to(root) and (os.path.lexists(path) or base == root):
            return str(PurePosixPath(path.relative_to(root)))
    return argument.rstrip("/")
