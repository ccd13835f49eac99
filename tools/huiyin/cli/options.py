"""Options that many commands share: ``--root``, ``--as-of``, ``--format``; and the tree they work on."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from huiyin.model.case import SHANGHAI
from huiyin.model.moment import parse_as_of
from huiyin.model.problem import Problem, UsageError
from huiyin.repo.source import unreadable

if TYPE_CHECKING:
    from huiyin.repo.source import Source
    from huiyin.rules.rulebook import Rulebook

_F = TypeVar("_F", bound=Callable[..., Any])


class _AsOf(click.ParamType[datetime]):
    name = "时间"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Parse what was typed."""
        return value if isinstance(value, datetime) else parse_as_of(str(value))


def _now() -> datetime:
    return datetime.now(SHANGHAI).replace(microsecond=0)


def clock_from(ctx: click.Context, now: datetime) -> Callable[[], datetime]:
    """The clock of a command that may take a while: the real one, unless ``--as-of`` or the environment fixes it."""
    source = ctx.get_parameter_source("now")
    return _now if source in (None, click.core.ParameterSource.DEFAULT) else lambda: now


def find_root(start: Path) -> Path:
    """The nearest folder at or above ``start`` that holds a case log: it has ``rules/procedure/``.

    Raises:
        UsageError: HY910, there is none; HY904, it may not be read.
    """
    for folder in (start, *start.parents):
        if _is_case_log(folder):
            return folder
    raise UsageError(Problem("HY910", f"“{start}”及其上级目录都不是留言库（没有 rules/procedure/）。"))


def _is_case_log(folder: Path) -> bool:
    try:
        return stat.S_ISDIR((folder / "rules" / "procedure").stat().st_mode)
    except PermissionError as error:
        raise UsageError(unreadable(str(folder / "rules" / "procedure"), error)) from None
    except (OSError, ValueError):  # not there, or a name that no file can have
        return False


class Root(click.ParamType[Path]):
    """The folder of a case log."""

    name = "目录"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Check that it is a case log."""
        folder = Path(value)
        if not _is_case_log(folder):
            raise UsageError(Problem("HY910", f"“{folder}”不是留言库（没有 rules/procedure/）。"))
        return Path(os.path.realpath(folder))


_ROOT_HELP = "留言库所在目录；默认为当前目录或其上级。"
root_option = click.option(
    "--root", type=Root(), default=lambda: find_root(Path.cwd()), envvar="HUIYIN_ROOT", help=_ROOT_HELP
)
root_if_given_option = click.option("--root", type=Root(), default=None, envvar="HUIYIN_ROOT", help=_ROOT_HELP)
"""For a group whose subcommand may be told the root itself."""
as_of_option = click.option(
    "--as-of",
    "now",
    type=_AsOf(),
    default=_now,
    envvar="HUIYIN_AS_OF",
    help="以何时为“现在”（北京时间），如 2026-11-23 或 2026-11-23T10:00:00；只写日期的，指当日终了。默认为当前时间。",
)
rev_option = click.option("--rev", help="检查Git中的某个版本（提交、分支、标签），不需检出。")

jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    envvar="HUIYIN_JOBS",
    help="用几个进程；默认与可用的处理器一样多。结果与进程数无关。",
)
scheduler_option = click.option(
    "--scheduler",
    metavar="地址",
    envvar="HUIYIN_SCHEDULER",
    help="改由Dask集群来做，如 tcp://10.0.0.5:8786；此时 --jobs 不起作用。集群须可信，并装有相同版本的回音。",
)


def format_option(*formats: str) -> Callable[[_F], _F]:
    """``--format`` with the formats that the command has; the first is the default."""
    return click.option(
        "--format", "output", type=click.Choice(formats), default=formats[0], show_default=True, help="输出格式。"
    )


@dataclass(frozen=True)
class Place:
    """The tree that a command works on, read when first needed."""

    root: Path
    rev: str | None = None

    @cached_property
    def source(self) -> Source:
        """The folder, or the Git tree of ``rev``."""
        from huiyin.repo.git import open_source

        return open_source(self.root, self.rev)

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules of that tree."""
        if "stamped" in self.__dict__:
            return self.stamped[0]
        from huiyin.repo.store import load_rulebook

        return load_rulebook(self.source)

    @cached_property
    def stamped(self) -> tuple[Rulebook, bytes]:
        """The rules of that tree and their stamp, for who asks the index; asked for first, the rules are read once."""
        from huiyin.repo.stamp import load_stamped

        return load_stamped(self.source)

    @cached_property
    def lack(self) -> Problem | None:
        """HY981 where only a part of the record is checked out; a commit is always whole."""
        from huiyin.repo.sparse import find_lack

        return find_lack(self.root) if self.rev is None else None
