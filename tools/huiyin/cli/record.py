"""``huiyin record EVENT``: one command an event, made from the case schema and the procedure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import click

from huiyin.cli.chinese import ChineseCommand, ChineseGroup
from huiyin.cli.fields import Moment, option_for, place_from
from huiyin.cli.options import Place, as_of_option, format_option, root_option
from huiyin.cli.record_event import run_event
from huiyin.model.event import EVENT_TYPES
from huiyin.model.problem import UsageError
from huiyin.recording.fields import event_fields
from huiyin.repo.schemas import load_schema
from huiyin.rules.articles import cite_all
from huiyin.rules.procedure import Approval, Procedure
from huiyin.rules.rulebook import Rulebook

DEFAULTS = {"publisher": "承办单位在名册中的公开名义"}
"""Required fields that follow from the case."""


class RecordGroup(ChineseGroup):
    """The events as commands; their options come from the schema of the case log that is being worked on."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all events."""
        return list(EVENT_TYPES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Make the command of one event."""
        return event_command(place_from(ctx), cmd_name) if cmd_name in EVENT_TYPES else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the event, and the case log that its options are made from."""
        if args[0] not in EVENT_TYPES:
            known = "、".join(EVENT_TYPES)
            raise click.UsageError(f"没有“{args[0]}”这种事件；可用：{known}。", ctx)
        place_from(ctx, args)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the events with their titles."""
        try:
            definitions = load_schema(place_from(ctx).source, "case").document["$defs"]
        except UsageError:  # help must be had anywhere
            with formatter.section("事件（在留言库中运行，可列出说明）"):
                formatter.write_text("、".join(EVENT_TYPES))
            return
        with formatter.section("事件"):
            formatter.write_dl(
                [(n, f"{definitions[n]['title']}：{definitions[n]['description']}") for n in EVENT_TYPES]
            )


@click.group("record", cls=RecordGroup, invoke_without_command=True, subcommand_metavar="事件 编号... [选项]")
@click.pass_context
def command(ctx: click.Context) -> int:
    """记录一个事件：在一件或多件留言的末尾追加，不改动已有内容。

    先全部校验，再一并写入；有一件不能记录，就都不写入。各事件的选项见 huiyin record 事件 --help。
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    return 0


def event_command(place: Place, event: str) -> click.Command:
    """The command that records one type of event."""
    schema = load_schema(place.source, "case").document
    made = ChineseCommand(
        name=event,
        callback=partial(run_event, event),
        params=[
            click.Argument(["ids"], nargs=-1, metavar="[编号|路径]...", help="留言编号；也可以写文件或目录。"),
            *(option_for(f, default=DEFAULTS.get(f.name, "")) for f in event_fields(schema, event)),
        ],
        help=_help(schema["$defs"][event], place.rulebook, event),
        short_help=schema["$defs"][event]["title"],
    )
    if event == "redacted":
        click.option(
            "--remove",
            metavar="-|@文件",
            help="要隐去的文字：- 从标准输入读，@文件 从文件读；不写则在终端询问（不显示）。不得直接写在命令行上。",
        )(made)
    click.option(
        "--by", "by", metavar="人员[@单位]", envvar="HUIYIN_PERSON",
        help="记录人：rules/people.yaml 中的代号；在几个单位任职的可写明单位。默认取环境变量 HUIYIN_PERSON。",
    )(made)  # fmt: skip
    click.option("--at", "at", type=Moment(), help="事件发生的时间（北京时间），如 2026-11-20T10:30:00；默认为现在。")(
        made
    )
    click.option("--ids-from", metavar="文件|-", help="从文件或标准输入读编号，每行一个，# 开头的行不计。")(made)
    click.option("--dry-run", is_flag=True, help="只校验，不写入。")(made)
    root_option(made)
    as_of_option(made)
    format_option("text", "json")(made)
    return made


def _help(definition: Mapping[str, Any], rulebook: Rulebook, event: str) -> str:
    procedure = max(rulebook.procedures.values(), key=lambda p: p.in_force_from)
    rule = procedure.events[event]
    opened_by = procedure.actors[rule.opened_by].title
    lines = [f"{rule.title}：{definition['description']}", "", "\b", f"记录人：{opened_by}。"]
    lines.append(f"审签：{_approval_help(rule.approvals, procedure)}。")
    lines += [
        f"{route.title}的审签：{_approval_help(transition.approvals, procedure)}。"
        for route in procedure.routes.values()
        if (transition := route.transitions.get(event)) and transition.approvals is not None
    ]
    if rule.articles:
        lines.append(f"依据：{procedure.document}{cite_all(rule.articles)}。")
    return "\n".join(lines)


def _approval_help(approvals: Sequence[Approval], procedure: Procedure) -> str:
    def text(approval: Approval) -> str:
        when = "、".join(f"{k} 为 {v}" for k, v in approval.when.items())
        return procedure.actors[approval.by].title + (f"（{when}时）" if when else "")

    return "、".join(map(text, approvals)) or "无须审签"
