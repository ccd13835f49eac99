"""``huiyin deadlines``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from huiyin.cli.cases import Replays, find_dispatcher, find_unit
from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import Place, as_of_option, format_option, rev_option, root_option
from huiyin.cli.output import github_line, print_json, print_table
from huiyin.model.problem import Problem
from huiyin.reports.wording import NO_HEAD, entry_due, entry_late
from huiyin.rules.articles import cite

if TYPE_CHECKING:
    from huiyin.reports.deadlines import DeadlineReport, Entry
    from huiyin.rules.registry import Registry


@chinese_command("deadlines")
@click.option("--unit", "unit_name", help="只看某单位应办的（代号或名称）。")
@click.option("--dispatcher", "dispatcher_name", help="只看某交办单位分管的（wangzhan 或 zhengwu）（第十四条）。")
@rev_option
@root_option
@as_of_option
@format_option("text", "json", "github")
def command(
    unit_name: str | None, dispatcher_name: str | None, rev: str | None, root: Path, now: datetime, output: str
) -> int:
    """列出未审核、未认领、将到期、已逾期、逾期且有批示的留言，以及暂算的期限。

    只列编号，不列标题和正文。逾期是办理情况，不是数据错误，退出码仍为0；有留言不能读出、清单因此不全的，退出码为1。
    """
    from huiyin.reports.deadlines import deadline_report

    place = Place(root, rev)
    place.stamped  # noqa: B018 - read before anything else asks for the rules
    unit = find_unit(place, unit_name).id if unit_name is not None else None
    dispatcher = find_dispatcher(place, dispatcher_name).id if dispatcher_name is not None else None
    replays = Replays(place, now)
    report = deadline_report(replays.waiting(), place.rulebook, now, unit=unit, dispatcher=dispatcher)
    if output == "json":
        print_json(report_data(report))
    elif output == "github":
        _print_annotations(report, place.rulebook.registry)
        for problem in replays.problems:
            click.echo(github_line(problem))
    else:
        _print_text(report, place.rulebook.registry)
    return replays.exit_code


def report_data(report: DeadlineReport) -> dict[str, object]:
    """The stable JSON form (docs/cli.md)."""
    return {
        "as_of": report.as_of.isoformat(),
        "groups": {group.value: [entry_data(e) for e in entries] for group, entries in report.groups.items()},
        "provisional": [entry_data(e) for e in report.provisional],
    }


def entry_data(entry: Entry) -> dict[str, object]:
    """One line of a list (docs/cli.md)."""
    return {
        "id": entry.id,
        "unit": entry.unit,
        "head": entry.head,
        "due": entry.due,
        "working_days_late": entry.working_days_late,
        "article": entry.article,
        "late": entry.late,
        "hours_late": entry.hours_late,
        "dispatcher": entry.dispatcher,
        "provisional": entry.provisional,
    }


def _print_text(report: DeadlineReport, registry: Registry) -> None:
    click.echo(f"截至 {report.as_of:%Y-%m-%d %H:%M}（北京时间）")
    for group, entries in report.groups.items():
        _print_entries(group.label, entries, registry)
    _print_entries("期限为暂算（年度放假安排尚未公布）", report.provisional, registry)


def _print_entries(label: str, entries: tuple[Entry, ...], registry: Registry) -> None:
    if not entries:
        click.echo(f"\n{label}：无")
        return
    click.echo()
    print_table(
        f"{label}：{len(entries)}件",
        ("编号", "单位", "主要负责同志", "期限", "逾期", "条款"),
        (
            (e.id, registry.name_of(e.unit), e.head or NO_HEAD, entry_due(e), entry_late(e), cite(e.article))
            for e in entries
        ),
    )


def _print_annotations(report: DeadlineReport, registry: Registry) -> None:
    for group, entries in report.groups.items():
        for e in entries:
            if e.late or group == "due_soon":
                message = (
                    f"{group.label}：{e.id}，{registry.name_of(e.unit)}，期限{entry_due(e)} {entry_late(e)}".rstrip()
                )
                code = "HY341" if e.late else "HY340"
                click.echo(github_line(Problem(code, message + "。", article=e.article)))
