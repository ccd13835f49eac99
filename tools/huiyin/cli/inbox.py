"""``huiyin inbox``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from huiyin.cli.cases import Replays, find_unit
from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import Place, as_of_option, format_option, rev_option, root_option
from huiyin.cli.output import print_json, print_table
from huiyin.model.problem import Problem, UsageError
from huiyin.reports.wording import due_text

if TYPE_CHECKING:
    from huiyin.reports.inbox import Task

ROLE_LABELS = {"record": "记录", "approve": "审签"}


@chinese_command("inbox")
@click.option("--unit", "unit_name", help="单位的代号或名称。")
@click.option("--person", help="人员代号，如 lanzhou.head。")
@rev_option
@root_option
@as_of_option
@format_option("text", "json")
def command(unit_name: str | None, person: str | None, rev: str | None, root: Path, now: datetime, output: str) -> int:
    """列出某单位或某人待办的留言，最急的在前。

    --unit 列出该单位经办人应记录的事件；--person 列出该人应记录的和应审签的。
    """
    from huiyin.reports.inbox import tasks_of_person, tasks_of_unit

    if (unit_name is None) == (person is None):
        raise UsageError(Problem("HY920", "请写明 --unit 或 --person 其中一个。"))
    place = Place(root, rev)
    place.stamped  # noqa: B018 - read before anything else asks for the rules
    if person is not None and person not in place.rulebook.registry.people:
        raise UsageError(Problem("HY933", f"没有代号为“{person}”的人员。"))
    replays = Replays(place, now)
    if unit_name is not None:
        unit = find_unit(place, unit_name)
        whose, tasks = unit.name, tasks_of_unit(replays.waiting(), place.rulebook, now, unit.id)
    else:
        assert person is not None
        whose = place.rulebook.registry.person(person).name
        tasks = tasks_of_person(replays.waiting(), place.rulebook, now, person)
    if output == "json":
        print_json({"as_of": now.isoformat(), "tasks": [_task_data(t) for t in tasks]})
        return replays.exit_code
    if not tasks:
        click.echo(f"{whose}：没有待办。")
        return replays.exit_code
    name_of = place.rulebook.registry.name_of
    print_table(
        f"{whose}待办：{len(tasks)}项（截至 {now:%Y-%m-%d %H:%M}）",
        ("编号", "标题", "要做的", "单位", "期限", "逾期"),
        ((t.case_id, t.title, _todo(t), name_of(t.unit), due_text(t.due), _late(t)) for t in tasks),
    )
    return replays.exit_code


def _todo(task: Task) -> str:
    return f"{ROLE_LABELS[task.role]}：{'或'.join(title for _, title in task.events)}"


def _late(task: Task) -> str:
    if not task.late:
        return ""
    return f"{task.working_days_late}个工作日" + ("，有领导批示" if task.instructed else "")


def _task_data(task: Task) -> dict[str, object]:
    return {
        "id": task.case_id,
        "title": task.title,
        "state": task.state,
        "role": task.role,
        "actor": task.actor,
        "events": [name for name, _ in task.events],
        "unit": task.unit,
        "due": task.due,
        "late": task.late,
        "working_days_late": task.working_days_late,
        "instructed": task.instructed,
    }
