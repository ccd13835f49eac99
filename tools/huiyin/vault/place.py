"""第十九条: where the vault is: beside the repository, never inside a work tree or a ``.git`` (design §1.5)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.repo.git import attempt

SUFFIX = "-vault"
_OF_A_REPOSITORY = ("HEAD", "objects", "refs")


def default_folder(root: Path) -> Path:
    """``../<name of the repository>-vault``.

    Args:
        root: the case log's root.
    """
    real = root.resolve()
    return real.parent / f"{real.name}{SUFFIX}"


def check_place(folder: Path, root: Path) -> Path:
    """The vault's folder with all links resolved, if it may be one.

    Args:
        folder: need not exist yet.
        root: the case log's root.

    Raises:
        UsageError: HY710, it lies in a Git repository, whichever, or a repository lies in it.
    """
    try:
        real = folder.resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, or a name that no file can have
        raise UsageError(Problem("HY710", f"“{folder}”不能作金库：路径无法解析。")) from None
    inside = repository_around(real, root)
    if inside is not None:
        raise UsageError(Problem("HY710", f"金库“{real}”在Git仓库“{inside}”之内。", article="19"))
    for place in _places_of(root):
        if real in place.parents:
            raise UsageError(Problem("HY710", f"留言库“{place}”在金库“{real}”之内。", article="19"))
    return real


def repository_around(folder: Path, root: Path | None) -> Path | None:
    """The Git repository, or the case log, that a folder lies in or is.

    Args:
        folder: with all links resolved.
        root: the case log's root, whose work tree may be set to another place, or None.
    """
    around = (folder, *folder.parents)
    known = set(_places_of(root)) if root is not None else set()
    return next((parent for parent in around if parent in known or _is_repository(parent)), None)


def _is_repository(folder: Path) -> bool:
    """Whether a folder is the top of a work tree, a repository's own folder, bare or not, or a case log."""
    try:
        return (
            (folder / ".git").exists()
            or all((folder / name).exists() for name in _OF_A_REPOSITORY)
            or (folder / "rules" / "procedure").is_dir()
        )
    except OSError:  # not allowed to look: then Git is not either
        return False


def _places_of(root: Path) -> Iterator[Path]:
    """The case log, its work tree, and where Git keeps what belongs to it, which may be elsewhere."""
    yield root.resolve()
    try:
        for question in ("--show-toplevel", "--absolute-git-dir", "--git-common-dir"):
            done = attempt(root, "rev-parse", "--path-format=absolute", question)
            if done.returncode == 0:
                yield Path(done.stdout.decode(errors="surrogateescape").removesuffix("\n")).resolve()
    except HuiyinError:  # no Git: the folder alone counts
        return
