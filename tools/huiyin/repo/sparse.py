"""Whether a work tree holds the whole record, or Git was told to check out a part of it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from huiyin.model.problem import Problem, UsageError
from huiyin.repo.git import attempt


def find_lack(root: Path) -> Problem | None:
    """HY981 where a sparse checkout leaves out cases; None where it does not, and outside Git."""
    try:
        chosen = attempt(root, "sparse-checkout", "list")
        if chosen.returncode:
            return None
        prefix = attempt(root, "rev-parse", "--show-prefix").stdout.decode(errors="replace").strip()
    except UsageError:  # Git is not installed; then nothing was left out by it
        return None
    cases = PurePosixPath(prefix) / "cases"
    whole = {str(folder) for folder in (cases, *cases.parents)}
    if whole & set(chosen.stdout.decode(errors="replace").splitlines()):
        return None
    return Problem("HY981", "工作目录是稀疏检出的，只有部分留言。")
