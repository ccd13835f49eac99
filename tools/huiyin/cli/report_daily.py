"""``huiyin report daily``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from huiyin.cli.cases import Replays, find_dispatcher, find_unit
from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.deadlines import entry_data
from huiyin.cli.options import Place, as_of_option, format_option, rev_option, root_option
from huiyin.cli.output import print_json, print_table, problem_lines
from huiyin.model.problem import Problem, UsageError
from huiyin.reports.wording import NO_HEAD, entry_due, entry_late
from huiyin.rules.articles import cite

if TYPE_CHECKING:
    from huiyin.reports.daily import DailyReport, Tally
    from huiyin.rules.registry import Registry

scheduled_option = click.option(
    "--scheduled", is_flag=True, help="由定时任务运行：休息日没有未审核的留言时，说明情况并跳过（第九条（一））。"
)


@chinese_command("daily")
@click.option("--unit", "unit_name", help="只看某单位应办的（代号或名称）。")
@click.option("--dispatcher", "dispatcher_name", help="只看某交办单位分管的（wangzhan 或 zhengwu）（第十四条）。")
@click.option("--ledger", metavar="文件", help="另存台账（.xlsx），每个清单一张工作表；所在的目录没有的，自动建立。")
@scheduled_option
@rev_option
@root_option
@as_of_option
@format_option("text", "json", "markdown")
def command(
    unit_name: str | None,
    dispatcher_name: str | None,
    ledger: str | None,
    scheduled: bool,
    rev: str | None,
    root: Path,
    now: datetime,
    output: str,
) -> int:
    """日报：未审核、未认领、将到期、已逾期、逾期有批示、退回重办、申请改派、待复审和暂算期限的留言，按交办单位和应办单位汇总。

    只列编号和办理情况，不列标题和正文（第十九条）。同一提交、同一时间的日报和台账逐字节相同。
    逾期是办理情况，退出码仍为0；有留言不能读出、清单因此不全的，退出码为1。
    """
    if ledger is not None:
        _refuse_other_names(ledger)
    place = Place(root, rev)
    unit = find_unit(place, unit_name).id if unit_name is not None else None
    dispatcher = find_dispatcher(place, dispatcher_name).id if dispatcher_name is not None else None
    report, replays = read_report(place, now, unit=unit, dispatcher=dispatcher)
    registry = place.rulebook.registry
    if scheduled and not report.called_for:
        _skip(report, output)
        return replays.exit_code
    if ledger is not None:
        from huiyin.repo.files import write_atomically
        from huiyin.reports.ledger import render_ledger

        write_atomically(Path(ledger), render_ledger(report, registry))
    if output == "json":
        print_json(report_data(report))
    elif output == "markdown":
        from huiyin.reports.daily_markdown import render_daily

        click.echo(render_daily(report, registry), nl=False)
    else:
        _print_text(report, registry)
    return replays.exit_code


def _refuse_other_names(ledger: str) -> None:
    """Before anything is read, so that a slip costs no time."""
    if ledger.endswith(("/", os.sep)) or Path(ledger).is_dir():
        raise UsageError(Problem("HY851", f"“{ledger}”是目录，请写明台账的文件名。"))
    if Path(ledger).suffix.lower() != ".xlsx":
        raise UsageError(Problem("HY851", f"台账的文件名须以.xlsx结尾：“{ledger}”。"))


def read_report(
    place: Place, now: datetime, *, unit: str | None = None, dispatcher: str | None = None
) -> tuple[DailyReport, Replays]:
    """The report of a tree, and what could not be read of it."""
    from huiyin.repo.revision import read_revision
    from huiyin.reports.daily import daily_report

    replays = Replays(place, now)
    revision = read_revision(place.root, place.rev)
    return daily_report(replays, place.rulebook, now, revision, unit=unit, dispatcher=dispatcher), replays


def rest_notice(report: DailyReport) -> Problem:
    """Why nothing is done today."""
    return Problem(
        "HY850", f"{report.as_of:%Y-%m-%d}是休息日（{report.day.reason}），没有未审核的留言。", article="9(1)"
    )


def _skip(report: DailyReport, output: str) -> None:
    notice = rest_notice(report)
    if output == "json":
        print_json({**report_data(report), "skipped": True})
    else:
        click.echo("\n".join(problem_lines([notice])))


def report_data(report: DailyReport) -> dict[str, object]:
    """The stable JSON form (docs/cli.md)."""
    return {
        "as_of": report.as_of.isoformat(),
        "commit": report.revision.commit,
        "clean": report.revision.clean,
        "working_day": report.day.working,
        "day": report.day.reason,
        "skipped": False,
        "cases": report.cases,
        "lists": {of.value: [entry_data(e) for e in entries] for of, entries in report.lists.items()},
        "dispatchers": [_tally_data(t) for t in report.dispatchers],
        "units": [_tally_data(t) for t in report.units],
    }


def _tally_data(tally: Tally) -> dict[str, object]:
    return {
        "unit": tally.unit,
        "counts": {of.value: number for of, number in tally.counts.items()},
        "most_days_late": tally.most_days_late,
    }


def _print_text(report: DailyReport, registry: Registry) -> None:
    from huiyin.reports.daily_markdown import day_words

    click.echo(f"网民留言办理日报，截至 {report.as_of:%Y-%m-%d %H:%M}（北京时间），{day_words(report)}")
    click.echo(f"{report.revision.label}；涉及留言{report.cases}件")
    _print_tallies("按交办单位（第十四条）", report, report.dispatchers, registry)
    _print_tallies("按应办单位", report, report.units, registry)
    for of, entries in report.lists.items():
        if not entries:
            click.echo(f"\n{of.label}：无")
            continue
        click.echo()
        print_table(
            f"{of.label}：{len(entries)}件",
            ("编号", "应办单位", "主要负责同志", "期限", "紧急程度", "逾期", "条款"),
            (
                (
                    e.id,
                    registry.name_of(e.unit),
                    e.head or NO_HEAD,
                    entry_due(e),
                    report.urgency(of, e).label,
                    entry_late(e),
                    cite(e.article),
                )
                for e in entries
            ),
        )


def _print_tallies(title: str, report: DailyReport, tallies: Sequence[Tally], registry: Registry) -> None:
    if not tallies:
        return
    shown = [of for of, entries in report.lists.items() if entries]
    click.echo()
    print_table(
        title,
        ("单位", *(of.short for of in shown), "最长逾期（工作日）"),
        ((registry.name_of(t.unit), *(t.counts.get(of, "") for of in shown), t.most_days_late or "") for t in tallies),
    )
