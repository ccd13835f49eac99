"""``huiyin merge``: the gate's merge of branches, without a forge."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from huiyin.cli.branches import contains, find_branch
from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.keys import gate_key
from huiyin.cli.options import as_of_option, clock_from, format_option
from huiyin.cli.output import print_json, problem_data, problem_lines
from huiyin.cli.repository import git_root_option, main_option
from huiyin.cli.verdict import verdict_data, verdict_lines
from huiyin.model.problem import HuiyinError, Problem, UsageError, bug
from huiyin.repo.source import shown

if TYPE_CHECKING:
    from huiyin.forge.base import PullRef
    from huiyin.forge.signed import SignedProvider
    from huiyin.merging import MergeOutcome
    from huiyin.repo.merging import Target


@chinese_command("merge")
@click.argument("branches", nargs=-1, metavar="[分支]...")
@click.option("--all", "everything", is_flag=True, help="看过全部分支，审签齐全的都合入。")
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
    branches: tuple[str, ...],
    everything: bool,
    key: str | None,
    remote: str | None,
    main: str,
    root: Path,
    now: datetime,
    output: str,
) -> int:
    """闸门：审签齐全的分支，合入主线；不齐全的，说明还差什么，主线不动（第九条（三）、第十二条）。

    合并由闸门的密钥签名，合并说明写明由谁提交、谁审签。主线同时被别的合并推进时，自动在新主线上重新判断。
    写明的分支有没有合入的，退出码为1；--all 时，尚待审签的不算。
    """
    from huiyin.forge.base import PullRef
    from huiyin.forge.signed import SignedProvider
    from huiyin.repo.merging import LocalBranch, RemoteBranch

    if not branches and not everything:
        raise UsageError(Problem("HY920", "没有写要合入的分支（或 --all）。"))
    provider = SignedProvider(root, clock_from(ctx, now), main)
    target = RemoteBranch(root, remote, main) if remote else LocalBranch(root, main)
    target.tip()
    pulls = [PullRef(None, name, find_branch(root, name).tip, main) for name in dict.fromkeys(branches)]
    if everything:
        pulls += [p for p in provider.pulls() if p.branch not in branches]
    results = []
    with gate_key(key, root) as path:
        for pull in pulls:
            result = _merge(provider, pull, path, target)
            if output == "text":
                _print(result, root, many=len(pulls) > 1, named=pull.branch in branches)
            results.append(result)
    if output == "json":
        print_json({"branches": [_data(r) for r in results]})
    named = {shown(name) for name in branches}
    wanted = [r for r in results if r["branch"] in named or r["problems"]]
    return int(any(r["merged"] is None and not r["already_merged"] for r in wanted))


def _merge(provider: SignedProvider, pull: PullRef, key: str, target: Target) -> dict[str, Any]:
    """What became of one branch; the trouble of one stops no other."""
    from huiyin.merging import merge_pull

    root = provider.root
    result: dict[str, Any] = {"branch": shown(pull.branch), "merged": None, "already_merged": False, "problems": ()}
    if contains(root, target.tip(), pull.head):
        return {**result, "already_merged": True}
    try:
        outcome = merge_pull(
            root, lambda base: provider.facts_on(pull, base), pull.head, key, provider.clock, target=target
        )
    except UsageError:
        raise
    except HuiyinError as error:
        return {**result, "problems": error.problems}
    except Exception as error:  # noqa: BLE001 - what nobody thought of in one must not close the gate to all
        return {**result, "problems": (bug(error),)}
    # Another gate may have been faster; then nothing of the branch is left to merge.
    if outcome.commit is None and contains(root, target.tip(), pull.head):
        return {**result, "already_merged": True}
    return {**result, "merged": outcome.commit, "outcome": outcome}


def _data(result: dict[str, Any]) -> dict[str, Any]:
    """The stable JSON form: what became of the branch, and the verdict (as of ``huiyin gate``) where there is one."""
    outcome: MergeOutcome | None = result.get("outcome")
    return {
        "branch": result["branch"],
        "merged": result["merged"],
        "already_merged": result["already_merged"],
        "problems": [problem_data(p) for p in result["problems"]],
        "verdict": verdict_data(outcome.judgement) if outcome else None,
    }


def _print(result: dict[str, Any], root: Path, *, many: bool, named: bool) -> None:
    from huiyin.repo.base import load_base

    outcome: MergeOutcome | None = result.get("outcome")
    if many:
        click.echo(f"== 分支 {result['branch']}")
    if result["already_merged"]:
        click.echo(f"分支“{result['branch']}”已在主线中，无须合入。")
        return
    if outcome is not None:
        registry = load_base(root, outcome.judgement.facts.base).rulebook.registry
        click.echo("\n".join(verdict_lines(outcome.judgement, registry)))
    if result["merged"] is not None:
        click.echo(f"已合入主线：{result['merged']}")
        return
    waiting = [Problem("HY638", f"分支“{result['branch']}”没有合入，主线没有变动。")] if named else []
    if problems := result["problems"] or waiting:
        click.echo("\n".join(problem_lines(problems)), err=True)
