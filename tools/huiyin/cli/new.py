"""``huiyin new``: options made from the case schema."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from huiyin.cli.chinese import ChineseCommand
from huiyin.cli.fields import ask, given_values, option_for, place_from, refuse_invalid, refuse_missing
from huiyin.cli.inputs import Inputs
from huiyin.cli.options import Place, as_of_option, format_option, root_option
from huiyin.cli.outcome import COMMIT, DRY_RUN, outcome_data, outcome_lines
from huiyin.cli.output import print_json, problem_data, problem_lines
from huiyin.model.moment import timestamp
from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.recording.fields import case_fields
from huiyin.recording.outlook import registration_approvals
from huiyin.recording.registration import Registered, choose_procedure, register
from huiyin.repo.schemas import load_schema
from huiyin.rules.articles import cite
from huiyin.rules.rulebook import Rulebook

DEFAULTS = {"received_at": "现在", "procedure": "唯一的一份，或收到之日施行的一份"}
"""Required fields that nobody needs to write."""


class NewCommand(ChineseCommand):
    """The command whose options are the fields of a case in the case log that is being worked on."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Find the case log before the options are needed."""
        place_from(ctx, args)
        return super().parse_args(ctx, args)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The options of the schema, then the fixed ones."""
        schema = load_schema(place_from(ctx).source, "case").document
        fields = (option_for(f, default=DEFAULTS.get(f.name, "")) for f in case_fields(schema))
        return [*fields, *super().get_params(ctx)]


@click.command("new", cls=NewCommand)
@click.option("--dry-run", is_flag=True, help="只校验，不写入。")
@root_option
@as_of_option
@format_option("text", "json")
def command(root: Path, now: datetime, output: str, dry_run: bool, **values: Any) -> int:
    """登记一件新留言（第九条（一）、第十条（一）、第十二条）。

    编号由渠道和平台编号组成，文件放在收到之日的目录下。只写可以公开的文字：姓名、联系方式和原文不得写入本库（第十九条）。
    必填而没有写的选项，在终端上逐项询问；--received-at 默认为现在，--procedure 默认为当日施行的办法。
    """
    place, inputs = Place(root), Inputs()
    document = _document(values, place, inputs, now)
    registered = register(root, document, place.rulebook, now, dry_run=dry_run)
    problems = [*inputs.warnings, *registered.notices]
    if output == "json":
        _print_json(registered, problems, place.rulebook, dry_run=dry_run)
        return 0
    if problems:
        click.echo("\n".join(problem_lines(problems)), err=True)
    _print_text(registered, place.rulebook, dry_run=dry_run)
    return 0


def _document(values: dict[str, Any], place: Place, inputs: Inputs, now: datetime) -> dict[str, Any]:
    """The case as it was typed, completed at the terminal."""
    schema = load_schema(place.source, "case")
    fields, registry = case_fields(schema.document), place.rulebook.registry
    data = given_values(fields, values, inputs, registry)
    missing = [f for f in fields if f.required and f.name not in data and f.name not in DEFAULTS]
    if not inputs.interactive:
        refuse_missing(missing)
    for field in missing:
        data[field.name] = ask(field, inputs, registry)
    data.setdefault("received_at", timestamp(now))
    if "procedure" not in data:
        data["procedure"] = choose_procedure(place.rulebook, datetime.fromisoformat(data["received_at"]))
    document: dict[str, Any] = {"id": f"{data['channel']}-{data['reference']}"}
    for field in fields:
        if field.name in data:
            above = document
            for key in field.place[:-1]:
                above = above.setdefault(key, {})
            above[field.name] = data[field.name]
    found = schema.find_problems({**document, "events": []}, "")
    if any(p.pointer == "/id" for p in found):
        raise UsageError(
            Problem("HY945", f"平台编号“{data['reference']}”不能作留言编号的一部分。", pointer="/source/reference")
        )
    refuse_invalid({**document, "events": []}, schema, fields)
    if data["procedure"] not in place.rulebook.procedures:
        known = "、".join(sorted(place.rulebook.procedures))
        raise HuiyinError(Problem("HY401", f"适用办法“{data['procedure']}”不存在，可用：{known}。", article="23"))
    return document


def _print_text(registered: Registered, rulebook: Rulebook, *, dry_run: bool) -> None:
    replay, case = registered.replay, registered.replay.case
    click.echo(DRY_RUN if dry_run else f"已登记：{registered.path}")
    if case.duplicate_of is not None:
        click.echo(f"正文与 {case.duplicate_of} 相同（不计空白），已记为疑似重复（duplicate_of）。")
    requires = replay.procedure.channels[case.channel]
    lacking = [fact for fact in requires.requires if not getattr(case, fact)]
    if lacking:
        click.echo(f"不具备该渠道的受理条件（{cite(requires.article)}），审核时应作不予受理处理。")
    seats = registration_approvals(replay)
    click.echo("\n".join(outcome_lines(replay, registered.path, seats, "", rulebook)))
    if not dry_run:
        click.echo(COMMIT)


def _print_json(registered: Registered, problems: list[Problem], rulebook: Rulebook, *, dry_run: bool) -> None:
    replay = registered.replay
    data = outcome_data(replay, registered.path, registration_approvals(replay), "", rulebook)
    print_json(
        {
            **data,
            "dry_run": dry_run,
            "duplicate_of": replay.case.duplicate_of,
            "problems": [problem_data(p) for p in problems],
        }
    )
