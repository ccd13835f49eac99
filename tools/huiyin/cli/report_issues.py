"""``huiyin report issues``."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from huiyin.cli.cases import find_unit
from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import Place, as_of_option, clock_from, format_option, rev_option, root_option
from huiyin.cli.output import print_json, problem_data, problem_lines
from huiyin.cli.report_daily import read_report, rest_notice, scheduled_option

if TYPE_CHECKING:
    from huiyin.forge.issues import Outcome
    from huiyin.reports.daily import DailyReport


@chinese_command("issues")
@click.option(
    "--unit", "unit_names", multiple=True, metavar="单位", help="只管这些单位的议题（代号或名称），可以写几个。"
)
@click.option("--dry-run", is_flag=True, help="只说明将要怎样改，不改动平台上的任何内容。")
@scheduled_option
@rev_option
@root_option
@as_of_option
@format_option("text", "json")
@click.pass_context
def command(
    ctx: click.Context,
    unit_names: tuple[str, ...],
    dry_run: bool,
    scheduled: bool,
    rev: str | None,
    root: Path,
    now: datetime,
    output: str,
) -> int:
    """在代码平台上为每个单位维护一个催办议题：有事时新建或更新，办结后关闭，指派给主要负责同志。

    只认本账号建立的议题；内容没有变化时不作任何改动，重复运行不要紧。只列编号（第十九条）。平台由环境变量指明：
    HUIYIN_FORGE（github、gitea）、HUIYIN_FORGE_URL、HUIYIN_REPOSITORY（所有者/仓库名）、HUIYIN_TOKEN。
    某个单位的议题出错，不影响其余单位；有出错的，退出码为1。
    """
    from huiyin.forge.issues import sync_issues
    from huiyin.forge.settings import connect
    from huiyin.reports.unit_issues import unit_issues

    place = Place(root, rev)
    only: set[str] | None = {find_unit(place, name).id for name in unit_names} if unit_names else None
    report, replays = read_report(place, now)
    if scheduled and not report.day.working:
        only = _on_a_day_off(report, only)
        if not only:
            _print_skipped(report, output)
            return replays.exit_code
    forge = connect(os.environ, clock_from(ctx, now))
    outcomes = []
    with forge.client:
        wanted = unit_issues(report, place.rulebook.registry, forge.name)
        for outcome in sync_issues(forge, wanted, only=only, closes=not replays.problems, writes=not dry_run):
            outcomes.append(outcome)
            if output != "json":
                _print_outcome(outcome, place.rulebook.registry.name_of(outcome.unit), dry_run=dry_run)
    if output == "json":
        print_json({"issues": [outcome_data(o) for o in outcomes]})
    else:
        click.echo(f"催办议题没有变化的单位：{sum(o.action == 'unchanged' for o in outcomes)}个")
    return int(bool(replays.exit_code) or any(o.action is None for o in outcomes))


def _on_a_day_off(report: DailyReport, only: set[str] | None) -> set[str]:
    """第九条（一）: on a day off only whoever has messages to review is told."""
    from huiyin.reports.daily import DailyList

    reviewers = {e.unit for e in report.lists[DailyList.UNREVIEWED]}
    return reviewers if only is None else reviewers & only


def _print_skipped(report: DailyReport, output: str) -> None:
    if output == "json":
        print_json({"issues": []})
    else:
        click.echo("\n".join(problem_lines([rest_notice(report)])))


def outcome_data(outcome: Outcome) -> dict[str, Any]:
    """The stable JSON form (docs/cli.md)."""
    return {
        "unit": outcome.unit,
        "action": outcome.action.value if outcome.action else None,
        "number": outcome.number,
        "problems": [problem_data(p) for p in outcome.problems],
    }


def _print_outcome(outcome: Outcome, name: str, *, dry_run: bool) -> None:
    """A line for what changed or failed, and what is wrong with it on standard error."""
    if outcome.action != "unchanged":
        action = outcome.action.label if outcome.action else "出错"
        number = f" #{outcome.number}" if outcome.number else ""
        click.echo(f"{name}：{'将' if dry_run and outcome.action else ''}{action}{number}")
    if outcome.problems:
        click.echo("\n".join(problem_lines(outcome.problems)), err=True)
