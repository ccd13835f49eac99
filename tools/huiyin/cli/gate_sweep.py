"""``huiyin gate sweep`` and ``huiyin gate comment``: the gate on a forge."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.keys import gate_key
from huiyin.cli.options import as_of_option, clock_from, format_option
from huiyin.cli.output import print_json, problem_data, problem_lines
from huiyin.cli.repository import git_root_option
from huiyin.findings import hide
from huiyin.rules.privacy import PrivacySettings

if TYPE_CHECKING:
    from huiyin.sweeping import Swept

remote_option = click.option(
    "--remote",
    metavar="地址",
    envvar="HUIYIN_REMOTE",
    help="Git远端地址，从这里取合并请求、向这里推送主线；默认为平台给出的SSH地址，用闸门的密钥访问。",
)
key_option = click.option(
    "--key", metavar="文件", envvar="HUIYIN_GATE_KEY", help="闸门的SSH私钥，也是部署密钥；环境变量中可以是私钥本身。"
)


@chinese_command("sweep")
@click.option("--pull", "numbers", type=click.IntRange(min=1), multiple=True, metavar="编号", help="只看这些合并请求。")
@click.option("--dry-run", is_flag=True, help="只判断，不留言、不设状态、不合并。")
@key_option
@remote_option
@git_root_option
@as_of_option
@format_option("text", "json", "markdown")
@click.pass_context
def command(
    ctx: click.Context,
    numbers: tuple[int, ...],
    dry_run: bool,
    key: str | None,
    remote: str | None,
    root: Path,
    now: datetime,
    output: str,
) -> int:
    """闸门：判断代码平台上全部待合并的请求，逐一留言说明，审签齐全的合入主线。

    平台由环境变量指明：HUIYIN_FORGE（github、gitea）、HUIYIN_FORGE_URL、HUIYIN_REPOSITORY（所有者/仓库名）、
    HUIYIN_TOKEN。重复运行、同时运行都不要紧。尚待审签或不合规的请求不算失败；有请求因故不能判断、不能合入的，退出码为1。
    """
    return run_sweep(ctx, numbers or None, not dry_run, key, remote, root, now, output, merges=not dry_run)


def run_sweep(
    ctx: click.Context,
    only: Collection[int] | None,
    writes: bool,
    key: str | None,
    remote: str | None,
    root: Path,
    now: datetime,
    output: str,
    *,
    merges: bool,
) -> int:
    """Connect, sweep and print; the exit code."""
    from huiyin.forge.settings import connect
    from huiyin.repo.workspace import open_workspace
    from huiyin.sweeping import sweep

    clock = clock_from(ctx, now)
    forge = connect(os.environ, clock)
    found = []
    # Without a key Git reaches the forge by whatever means the machine has.
    with (
        forge.client,
        gate_key(key, root) if key or merges else nullcontext(None) as path,
        open_workspace(root, _address(remote) if remote else forge.remote(), path) as workspace,
    ):
        for swept in sweep(forge, workspace, clock, key=path if merges else None, only=only, writes=writes):
            found.append(swept)
            if output != "json":
                click.echo("\n".join(_lines(swept, output)))
    if output == "json":
        print_json({"pulls": [swept_data(s) for s in found]})
    elif not found:
        click.echo("没有待合并的请求。")
    # What changed meanwhile is nobody's failure: the next sweep sees it as it is then.
    return int(any(p.code != "HY665" for s in found for p in s.problems))


def _address(remote: str) -> str:
    """A folder as seen from anywhere; any other address as it is."""
    return str(Path(remote).resolve()) if Path(remote).is_dir() else remote


def swept_data(swept: Swept) -> dict[str, Any]:
    """The stable JSON form (docs/cli.md); ``problems`` are those that kept the gate from judging or merging."""
    verdict = swept.verdict
    return {
        "number": swept.pull.number,
        "branch": hide(swept.pull.branch, PrivacySettings()),
        "head": swept.pull.head,
        "ready": verdict is not None and verdict.ready,
        "legal": verdict is not None and verdict.legal,
        "merged": swept.merged,
        "findings": [problem_data(p) for p in verdict.problems] if verdict else [],
        "problems": [problem_data(p) for p in swept.problems],
    }


def _lines(swept: Swept, output: str) -> Iterable[str]:
    from huiyin.forge.rendering import headline

    if output == "markdown":
        return [swept.comment]
    pull = f"#{swept.pull.number} {swept.pull.head[:10]}"
    if swept.merged is not None:
        return [f"{pull}  已在主线：{swept.merged}"]
    if swept.verdict is None:
        return [f"{pull}  没有判断：", *problem_lines(swept.problems)]
    return [f"{pull}  {headline(swept.verdict)}", *problem_lines(swept.problems)]
