"""The Git repository that the gate's commands work on, bare or not, and its main branch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from huiyin.model.problem import Problem, UsageError

FC = TypeVar("FC", bound=Callable[..., Any])


class GitRoot(click.ParamType[Path]):
    """A folder in a Git repository: its work tree's root, or the bare repository itself."""

    name = "目录"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Find the root."""
        return git_root(Path(value))


def git_root(folder: Path) -> Path:
    """The root of the repository that a folder is in.

    Raises:
        UsageError: HY901, it is in none; HY907, there is no such folder.
    """
    from huiyin.repo.git import attempt

    if not folder.is_dir():
        raise UsageError(Problem("HY907", f"没有这个目录：{folder}。"))
    for question in ("--show-toplevel", "--absolute-git-dir"):  # a bare repository has no work tree to answer with
        done = attempt(folder, "rev-parse", question)
        if done.returncode == 0:
            return Path(done.stdout.decode(errors="surrogateescape").removesuffix("\n"))
    raise UsageError(Problem("HY901", f"不是Git仓库：{folder}。"))


def root_option_of(kind: click.ParamType[Path]) -> Callable[[FC], FC]:
    """``--root`` with a type of its own: the root itself, or a folder whose root is found later."""
    return click.option(
        "--root",
        type=kind,
        metavar="目录",
        default=Path.cwd,
        envvar="HUIYIN_ROOT",
        help="Git仓库所在目录（可以是裸仓库）；默认为当前目录所在的仓库。",
    )


git_root_option = root_option_of(GitRoot())
main_option = click.option(
    "--branch", "main", default="main", show_default=True, metavar="主线", help="要合入的主线分支。"
)
