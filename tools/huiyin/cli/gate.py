"""``huiyin gate``: the verdict on a change, and the hook of a bare repository."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from huiyin.cli.branches import commit_of
from huiyin.cli.changes import change_lines
from huiyin.cli.lazy import LazyGroup
from huiyin.cli.options import as_of_option, format_option
from huiyin.cli.output import print_json
from huiyin.cli.repository import git_root, root_option_of
from huiyin.cli.verdict import verdict_data, verdict_lines
from huiyin.findings import veil
from huiyin.model.problem import HuiyinError, Problem, UsageError

if TYPE_CHECKING:
    from huiyin.merging import Judgement
    from huiyin.model.pull import PullFacts
    from huiyin.repo.base import Base

SUBCOMMANDS: dict[str, tuple[str, str]] = {
    "sweep": ("huiyin.cli.gate_sweep", "判断代码平台上全部待合并的请求，留言说明，审签齐全的合入主线"),
    "comment": ("huiyin.cli.gate_comment", "判断代码平台上的合并请求并留言，不合并"),
}
"""Name → (module with ``command``, one line of help), as in ``huiyin.cli.main``."""


@click.group("gate", cls=LazyGroup, modules=SUBCOMMANDS, invoke_without_command=True, subcommand_metavar="[命令]")
@click.option("--base", metavar="版本", default="main", show_default=True, help="要合入的主线；规则和名册以它为准。")
@click.option("--head", metavar="版本", help="要判断的分支或提交。")
@click.option(
    "--facts", metavar="文件", type=click.Path(path_type=Path), help="提交人、审签等事实；默认取自提交的签名。"
)
@click.option("--pre-receive", is_flag=True, help="作为裸仓库的pre-receive钩子运行：从标准输入读取推送的各项引用。")
@root_option_of(click.Path(path_type=Path))
@as_of_option
@format_option("text", "json", "markdown")
@click.pass_context
def command(
    ctx: click.Context,
    base: str,
    head: str | None,
    facts: Path | None,
    pre_receive: bool,
    root: Path,
    now: datetime,
    output: str,
) -> int:
    """闸门：判断一项改动能否合入主线，由谁审签、还差谁审签、有什么问题。

    只按主线（--base）的规则和名册判断，不运行分支中的任何内容。可以合并时退出码为0，否则为1；主线不动。
    """
    if ctx.invoked_subcommand is not None:
        _refuse_misplaced(ctx)
        return 0
    root = git_root(root)
    if pre_receive:
        return _receive(root, now)
    if head is None:
        raise UsageError(Problem("HY920", "缺少选项“--head”（要判断的分支或提交）。"))
    from huiyin.merging import judge
    from huiyin.repo.base import load_base

    trusted = load_base(root, commit_of(root, base))
    judgement = judge(root, _facts(root, trusted, base, head, facts, now), trusted)
    _print(root, judgement, trusted, now, output)
    return 0 if judgement.verdict.ready else 1


def _refuse_misplaced(ctx: click.Context) -> None:
    """An option before the subcommand would be lost without a word."""
    given = [
        parameter.opts[0]
        for parameter in ctx.command.params
        if parameter.name and ctx.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE
    ]
    if given:
        raise UsageError(Problem("HY920", f"选项{'、'.join(given)}请写在“{ctx.invoked_subcommand}”之后。"))


def _facts(root: Path, base: Base, base_name: str, head: str, file: Path | None, now: datetime) -> PullFacts:
    from huiyin.facts import read_facts
    from huiyin.forge.base import PullRef
    from huiyin.forge.signed import SignedProvider

    tip = commit_of(root, head)
    if file is not None:
        return read_facts(file, root, base.commit, tip, now)
    return SignedProvider(root, lambda: now, base_name).facts_on(PullRef(None, head, tip, base_name), base)


def _print(root: Path, judgement: Judgement, base: Base, now: datetime, output: str) -> None:
    verdict, changes = judgement.verdict, judgement.changes
    if output == "json":
        print_json(verdict_data(judgement))
    elif output == "markdown":
        from huiyin.calendar_change import find_calendar_change
        from huiyin.forge.rendering import render

        calendar = find_calendar_change(root, base, changes, judgement.tree or judgement.facts.head, now)
        text = render(
            verdict, changes, base.rulebook, base.schema.document, now, calendar=calendar, preview=base.preview
        )
        click.echo(text, nl=False)
    else:
        shown = veil(verdict.problems, base.rulebook.privacy)
        click.echo("\n".join([*map(shown, change_lines(changes, base, now)), ""]))
        click.echo("\n".join(verdict_lines(judgement, base.rulebook.registry)))


def _receive(root: Path, now: datetime) -> int:
    """Let a push pass or refuse it whole; Git shows to whoever pushes what is printed here."""
    from huiyin.receiving import check_push, read_updates

    if "GIT_DIR" not in os.environ:
        raise UsageError(Problem("HY920", "--pre-receive 只由Git作为钩子运行。"))
    problems = list(check_push(root, read_updates(sys.stdin), now))
    if problems:
        raise HuiyinError(*problems)
    return 0
