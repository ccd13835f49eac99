"""``huiyin audit``: is everything on main what the gate had to merge?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from huiyin.audit_memory import MAIN, Memory, memory_of
from huiyin.cli.branches import commit_of
from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import format_option
from huiyin.cli.output import github_line, print_json, problem_data, problem_lines
from huiyin.cli.repository import git_root_option
from huiyin.model.problem import Problem
from huiyin.repo.commits import find_commit

if TYPE_CHECKING:
    from huiyin.audit import Audit, Finding

ADVICE = """怎样处理：
  一、停止合并。问题提交及其以后的内容，在查清之前都不足为凭。
  二、用 git show --format=fuller {bad} 查看它改了什么、由谁写入；结合服务器日志和 git reflog 查明经过。
  三、绕过闸门写入的，从备份或别人的克隆中取得可信的主线，恢复到 {good}，其后的改动由闸门重新合并。
  四、闸门密钥可能外泄的，更换密钥，并在 rules/gate.yaml 中给旧公钥写明 to。"""


@chinese_command("audit")
@click.argument("rev", required=False, metavar="[版本]")
@click.option("--since", metavar="提交", help="以这一提交为可信的起点，只查证其后的历史；默认从首个提交查起。")
@click.option("--all", "every", is_flag=True, help="列出全部有问题的提交；默认到第一个为止。")
@click.option("--full", is_flag=True, help="不采用上次的查证记录，全部重新查证。")
@git_root_option
@format_option("text", "json", "github")
def command(rev: str | None, since: str | None, every: bool, full: bool, root: Path, output: str) -> int:
    """查证主线的历史：只凭Git中的记录，不靠代码平台。不写版本，则查证main（没有main的，查证HEAD）。

    从首个提交起，逐个证明主线上的每次合并：按当时的规则合法，审签齐全、属实，由闸门当时有效的密钥签名，内容与自动合并的结果
    一致；没有审签记录的提交一律不予承认。指出第一个有问题的提交及其原因。全部属实的，退出码为0；有问题的为1。

    查证到哪里会记在 Git目录（通常是 .git）下的 huiyin/audit.json，下次只查证该分支新增的合并；
    --full 则从头查证。上次查证属实的提交若已不在主线上，说明主线被改写，同样报错。
    """
    from huiyin.audit import audit

    head = commit_of(root, rev) if rev else find_commit(root, MAIN) or commit_of(root, "HEAD")
    start = commit_of(root, since) if since else None
    memory = None if full else _memory(root, rev, head)
    report = audit(root, head, since=start, memory=memory, every=every, progress=_show_progress)
    if output == "json":
        print_json(_data(report))
    elif output == "github":
        for problem in (*report.problems, *(p for f in report.findings for p in f.problems)):
            click.echo(github_line(problem))
    else:
        click.echo("\n".join(_lines(report)))
    return 0 if report.ok else 1


def _memory(root: Path, rev: str | None, head: str) -> Memory | None:
    """That of the branch that was named. Any other name of a commit may go back without anything being rewritten."""
    names = (f"refs/heads/{rev}", f"refs/remotes/{rev}", rev) if rev else (MAIN,)
    branches = (name for name in names if name.startswith(("refs/heads/", "refs/remotes/")))
    ref = next((name for name in branches if find_commit(root, name) == head), None)
    return memory_of(root, ref) if ref else None


def _show_progress(done: int, total: int) -> None:
    """On a terminal only, and beside the result."""
    if sys.stderr.isatty():
        click.echo(f"\r已查证{done}/{total}次合并……" + ("\n" if done == total else ""), err=True, nl=False)


def _lines(report: Audit) -> list[str]:
    lines = [f"查证 {report.start[:10]} 至 {report.head[:10]} 的主线历史，共{report.merges}次合并。"]
    if report.resumed:
        lines.append(f"前{report.resumed}次上次已查证属实，本次只查证新增的{report.merges - report.resumed}次。")
    lines += problem_lines(report.problems)
    for finding in report.findings:
        lines += ["", f"有问题：{_place(finding)}", *problem_lines(finding.problems)]
    if not report.findings:
        return [*lines, "全部属实。" if report.ok else "现有历史中的合并全部属实，但不完整。"]
    good = report.last_good
    lines += ["", f"此前最后一个属实的提交：{good}" if good else "没有一个提交可以证明属实。"]
    if unchecked := report.merges - report.resumed - report.proven:
        lines.append(f"其后{unchecked}次合并尚未查证（用 --all 查证全部）。")
    return [*lines, ADVICE.format(bad=report.findings[0].commit[:10], good=good[:10] if good else "建库时的备份")]


def _place(finding: Finding) -> str:
    which = f"第{finding.number}次合并" if finding.number else "首个提交"
    return f"{which} {finding.commit}（{finding.at:%Y-%m-%d %H:%M}）"


def _data(report: Audit) -> dict[str, object]:
    """The stable JSON form (docs/cli.md)."""
    return {
        "ok": report.ok,
        "start": report.start,
        "head": report.head,
        "merges": report.merges,
        "resumed": report.resumed,
        "proven": report.proven,
        "last_good": report.last_good,
        "findings": [
            {
                "commit": f.commit,
                "number": f.number,
                "at": f.at.isoformat(),
                "problems": _problems(f.problems),
            }
            for f in report.findings
        ],
        "problems": _problems(report.problems),
    }


def _problems(problems: tuple[Problem, ...]) -> list[dict[str, object]]:
    return [problem_data(p) for p in problems]
