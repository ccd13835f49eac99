"""``huiyin merge``: the gate's merge of one branch, without a forge."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from huiyin.cli.branches import contains, find_branch
from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.keys import gate_key
from huiyin.cli.options import as_of_option, clock_from, format_option
from huiyin.cli.output import print_json, problem_lines
from huiyin.cli.repository import git_root_option, main_option
from huiyin.cli.verdict import verdict_data, verdict_lines
from huiyin.model.problem import Problem


@chinese_command("merge")
@click.argument("branch", metavar="分支")
@click.option(
    "--key", metavar="文件", envvar="HUIYIN_GATE_KEY",
    help="闸门的SSH私钥，或环境变量 HUIYIN_GATE_KEY（可以是私钥本身）；默认用 huiyin init --bare 在本库生成的私钥。",
)  # fmt: skip
@click.option("--remote", metavar="名称", help="合入这个远程仓库的主线并推送；默认合入本库的主线。")
@main_option
@git_root_option
@as_of_option
@format_option("text", "json")
@click.pass_context
def command(
    ctx: click.Context,
    branch: str,
    key: str | None,
    remote: str | None,
    main: str,
    root: Path,
    now: datetime,
    output: str,
) -> int:
    """闸门：审签齐全的分支，合入主线；不齐全的，说明还差什么，主线不动（第九条（三）、第十二条）。

    合并由闸门的密钥签名，合并说明写明由谁提交、谁审签。主线同时被别的合并推进时，自动在新主线上重新判断。
    """
    from huiyin.forge.base import PullRef
    from huiyin.forge.signed import SignedProvider
    from huiyin.merging import merge_pull
    from huiyin.repo.base import load_base
    from huiyin.repo.merging import LocalBranch, RemoteBranch

    clock = clock_from(ctx, now)
    target = RemoteBranch(root, remote, main) if remote else LocalBranch(root, main)
    before = target.tip()
    pull = PullRef(None, branch, find_branch(root, branch).tip, main)
    if contains(root, before, pull.head):
        click.echo(f"分支“{branch}”已在主线中，无须合入。")
        return 0
    provider = SignedProvider(root, clock, main)
    with gate_key(key, root) as path:
        outcome = merge_pull(root, lambda base: provider.facts_on(pull, base), pull.head, path, clock, target=target)
    judgement, commit = outcome.judgement, outcome.commit
    if output == "json":
        print_json({**verdict_data(judgement), "merged": commit})
        return int(commit is None)
    registry = load_base(root, judgement.facts.base).rulebook.registry
    click.echo("\n".join(verdict_lines(judgement, registry)))
    if commit is None:
        click.echo("\n".join(problem_lines([Problem("HY638", f"分支“{branch}”没有合入，主线没有变动。")])), err=True)
        return 1
    click.echo(f"已合入主线：{commit}")
    return 0
