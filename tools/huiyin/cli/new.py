"""``huiyin new``: options made from the case schema."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from huiyin.cli.chinese import ChineseCommand
from huiyin.cli.citizen import FACTS, ask_citizen, citizen_options, given_citizen, literal_notices
from huiyin.cli.deposit import code_line, open_deposit, registration_data, spot_lines
from huiyin.cli.fields import ask, given_values, option_for, place_from, refuse_invalid, refuse_missing
from huiyin.cli.inputs import Inputs
from huiyin.cli.options import Place, as_of_option, format_option, root_option
from huiyin.cli.outcome import COMMIT, DRY_RUN, outcome_lines
from huiyin.cli.output import print_json, problem_lines
from huiyin.cli.vault_options import identity_option, vault_option
from huiyin.intake.admission import Admitted, admit
from huiyin.intake.deposit import Deposit
from huiyin.intake.door import to_decide
from huiyin.intake.mapping import CITIZEN_FIELDS
from huiyin.model.moment import timestamp
from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.recording.fields import case_fields
from huiyin.recording.outlook import registration_approvals
from huiyin.recording.registration import choose_procedure
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
@citizen_options
@click.option("--dry-run", is_flag=True, help="只校验，不写入。")
@vault_option
@identity_option
@root_option
@as_of_option
@format_option("text", "json")
def command(
    root: Path,
    now: datetime,
    output: str,
    dry_run: bool,
    vault_folder: Path | None,
    identity_file: Path | None,
    **values: Any,
) -> int:
    """登记一件新留言（第九条（一）、第十条（一）、第十二条）。

    编号由渠道和平台编号组成，文件放在收到之日的目录下。必填而没有写的选项，在终端上逐项询问；--received-at 默认为现在，
    --procedure 默认为当日施行的办法。

    确定的个人信息自动隐去，原文和 --name、--phone、--email 加密存入金库，不写入本库（第十九条）；不能确定的，
    草稿存入金库，用 huiyin redact 逐处决定后再登记，退出码为1。是否实名、有无联系方式没有写的，由姓名、电话、邮箱得出。

    交办单位有人设有金库密钥的，同时生成查询码，存入金库：留言人凭编号和查询码在网站上查看办到了哪一步。查询码只显示在
    终端上，以后用 huiyin code 查看。
    """
    place, inputs = Place(root), Inputs()
    deposit = open_deposit(place, vault_folder, identity_file, now)
    typed = {f"--{key}": values[f"citizen_{key}"] for key in CITIZEN_FIELDS}
    citizen = given_citizen(values, inputs)
    document = _document(values, citizen, place, inputs, deposit, now)
    admitted = admit(root, document, citizen, place.rulebook, now, deposit, dry_run=dry_run)
    touched = {s.pointer.removeprefix("/") for s in admitted.screened.spots}
    typed |= {f"--{name}": values[name] for name in ("title", "body") if name in touched}
    problems = [*inputs.warnings, *literal_notices(typed), *admitted.registered.notices]
    if admitted.held:
        problems.append(to_decide(document["id"], admitted.screened.uncertain))
    if output == "json":
        screened, held, sealed = admitted.screened, admitted.held, admitted.sealed
        print_json(
            registration_data(
                admitted.registered,
                screened.spots,
                problems,
                place.rulebook,
                held=held,
                sealed=sealed,
                dry_run=dry_run,
            )
        )
        return int(admitted.held)
    if problems:
        click.echo("\n".join(problem_lines(problems)), err=True)
    if not admitted.held:
        _print_text(admitted, place.rulebook, deposit.vault.folder, dry_run=dry_run)
    return int(admitted.held)


def _document(
    values: dict[str, Any], citizen: dict[str, str], place: Place, inputs: Inputs, deposit: Deposit, now: datetime
) -> dict[str, Any]:
    """The case as it was typed, completed at the terminal; what is asked of the citizen is added to ``citizen``."""
    schema = load_schema(place.source, "case")
    fields, registry = case_fields(schema.document), place.rulebook.registry
    data = given_values(fields, values, inputs, registry)
    for fact, sources in FACTS.items():
        if any(key in citizen for key in sources):
            data.setdefault(fact, True)
    missing = [f for f in fields if f.required and f.name not in data and f.name not in DEFAULTS]
    if not inputs.interactive:
        refuse_missing(missing)
    for field in missing:
        # Without keys nothing could be kept, and the clerk should not type it in vain.
        if field.name in FACTS and deposit.can_keep(data["channel"]):
            told = ask_citizen(field.name, inputs)
            citizen |= told
            data[field.name] = bool(told)
        else:
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


def _print_text(admitted: Admitted, rulebook: Rulebook, vault: Path, *, dry_run: bool) -> None:
    registered = admitted.registered
    replay, case = registered.replay, registered.replay.case
    click.echo(DRY_RUN if dry_run else f"已登记：{registered.path}")
    if lines := spot_lines(admitted.screened.certain):
        click.echo("\n".join(lines))
    if admitted.sealed and not dry_run:
        click.echo(f"姓名、联系方式、原文中应当保存的，连同查询码，已加密存入金库（{vault}）。")
    if case.duplicate_of is not None:
        click.echo(f"正文与 {case.duplicate_of} 相同（不计空白），已记为疑似重复（duplicate_of）。")
    requires = replay.procedure.channels[case.channel]
    lacking = [fact for fact in requires.requires if not getattr(case, fact)]
    if lacking:
        click.echo(f"不具备该渠道的受理条件（{cite(requires.article)}），审核时应作不予受理处理。")
    seats = registration_approvals(replay)
    click.echo("\n".join(outcome_lines(replay, registered.path, seats, "", rulebook)))
    if not dry_run:
        if admitted.code is not None:
            click.echo(code_line(case.id, admitted.code))
        click.echo(COMMIT)
