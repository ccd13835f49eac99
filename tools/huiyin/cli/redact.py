"""``huiyin redact``: a person decides what in a held draft is personal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.deposit import code_line, open_deposit, registration_data, spot_lines
from huiyin.cli.inputs import Inputs, check_text
from huiyin.cli.options import Place, as_of_option, format_option, root_option
from huiyin.cli.outcome import COMMIT, DRY_RUN, outcome_lines
from huiyin.cli.output import print_json, print_table, problem_lines
from huiyin.cli.vault_options import identity_option, vault_option
from huiyin.model.moment import timestamp
from huiyin.model.problem import HuiyinError, Problem, UsageError

if TYPE_CHECKING:
    from huiyin.intake.deposit import Deposit
    from huiyin.intake.door import Spot
    from huiyin.intake.release import Draft
    from huiyin.recording.registration import Registered


@chinese_command("redact")
@click.argument("ids", nargs=-1, metavar="[编号]...")
@click.option("--list", "listing", is_flag=True, help="列出待判断的草稿，最早的在前；不需要密钥。")
@click.option(
    "--decisions",
    metavar="文件|-",
    help="不在终端上逐处询问，按文件中的决定办理；文件须写明 draft（草稿的摘要），每一处都要决定。",
)
@click.option("--show-text", is_flag=True, help="与 --format json 同用：连同原文打印；只许打印到终端。")
@click.option("--dry-run", is_flag=True, help="只校验，不写入。")
@vault_option
@identity_option
@root_option
@as_of_option
@format_option("text", "json")
def command(
    ids: tuple[str, ...],
    listing: bool,
    decisions: str | None,
    show_text: bool,
    dry_run: bool,
    vault_folder: Path | None,
    identity_file: Path | None,
    root: Path,
    now: datetime,
    output: str,
) -> int:
    """逐处判断暂存草稿中的个人信息，然后登记（第十九条）。

    导入、登记时不能确定是不是个人信息的，草稿存在金库中。本命令在终端上逐处显示上下文，由人决定：隐去、保留、其他范围；
    不写编号的，从最早的一件办起。中途退出不丢失任何内容，下次从头判断这一件。

    没有终端的：先用 --format json 看每一处的种类和位置（不含文字），再把决定写成文件，用 --decisions 办理。
    已经登记的留言，隐去用 huiyin record redacted。
    """
    for name in ids:
        check_text(name, "编号")
    place = Place(root)
    deposit = open_deposit(place, vault_folder, identity_file, now)
    if listing:
        return _list(deposit, place, now, output)
    if decisions is not None:
        if len(ids) != 1:
            raise UsageError(Problem("HY735", "用 --decisions 时须写且只写一个编号。"))
        return _decided(ids[0], decisions, deposit, place, now, output, dry_run=dry_run)
    if output == "json":
        return _describe(ids, deposit, place, show_text=show_text)
    return _ask_all(ids, deposit, place, now, dry_run=dry_run)


def _ask_all(ids: Sequence[str], deposit: Deposit, place: Place, now: datetime, *, dry_run: bool) -> int:
    from huiyin.cli.redact_terminal import decide
    from huiyin.intake.release import held_drafts, release

    inputs = Inputs()
    if not inputs.interactive or not sys.stderr.isatty():
        raise UsageError(Problem("HY740", "逐处判断须在终端上进行。"))
    waiting = list(ids) or [case_id for case_id, _ in held_drafts(deposit)]
    if not waiting:
        click.echo("没有待判断的草稿。")
    for number, case_id in enumerate(waiting, start=1):
        draft = _open(case_id, deposit, place)
        if draft is None:
            continue
        hidden = decide(draft, inputs, place.rulebook.privacy, f"第{number}件，共{len(waiting)}件")
        registered = release(place.root, draft, hidden, place.rulebook, now, deposit, dry_run=dry_run)
        _print(registered, draft, hidden, place, dry_run=dry_run)
    return 0


def _decided(
    case_id: str, file: str, deposit: Deposit, place: Place, now: datetime, output: str, *, dry_run: bool
) -> int:
    from huiyin.intake.decisions import read_decisions
    from huiyin.intake.door import in_order
    from huiyin.intake.release import release

    draft = _open(case_id, deposit, place, quiet=output == "json")
    if draft is None:
        return 0
    text = Inputs().raw(file if file == "-" else f"@{file}", "--decisions")
    name = "标准输入" if file == "-" else file
    hidden = read_decisions(text.encode(), name, draft, place.rulebook.privacy)
    registered = release(place.root, draft, hidden, place.rulebook, now, deposit, dry_run=dry_run)
    if output == "json":
        spots = in_order(*draft.screened.certain, *hidden)
        rulebook, notices = place.rulebook, registered.notices
        print_json(registration_data(registered, spots, notices, rulebook, held=False, sealed=True, dry_run=dry_run))
    else:
        _print(registered, draft, hidden, place, dry_run=dry_run)
    return 0


def _open(case_id: str, deposit: Deposit, place: Place, *, quiet: bool = False) -> Draft | None:
    """The draft; None where its case was written already, just before a crash, and only had to be cleared away.

    Raises:
        HuiyinError: HY732, there is no such draft; HY733, the case was registered otherwise.
    """
    from huiyin.intake.release import finish, open_draft, written_case

    try:
        path, _ = written_case(place.root, case_id)
    except HuiyinError as error:
        if error.problems[0].code != "HY930":
            raise
        return open_draft(deposit, case_id, place.rulebook.privacy)
    if case_id not in deposit.held:
        raise HuiyinError(Problem("HY733", f"{case_id} 已经登记。", path, article="19"))
    finish(place.root, open_draft(deposit, case_id, place.rulebook.privacy), deposit)
    click.echo(f"{case_id} 上次已经登记（{path}），草稿已清理。", err=quiet)
    return None


def _list(deposit: Deposit, place: Place, now: datetime, output: str) -> int:
    from huiyin.intake.release import held_drafts
    from huiyin.rules.deadlines import local_day

    days = place.rulebook.calendar.local(None)
    drafts = [(i, since, days.between(local_day(since), local_day(now))) for i, since in held_drafts(deposit)]
    if output == "json":
        print_json([{"id": i, "since": timestamp(since), "working_days": waited} for i, since, waited in drafts])
    elif drafts:
        print_table(
            f"待判断的草稿：{len(drafts)}件",
            ("编号", "存入时间", "已等工作日"),
            [(i, f"{since:%Y-%m-%d %H:%M}", waited) for i, since, waited in drafts],
        )
    else:
        click.echo("没有待判断的草稿。")
    return 0


def _describe(ids: Sequence[str], deposit: Deposit, place: Place, *, show_text: bool) -> int:
    """The findings as data: kinds and places; texts only to a terminal."""
    from huiyin.intake.release import held_drafts, open_draft

    if show_text and not sys.stdout.isatty():
        raise UsageError(Problem("HY736", "--show-text 只能打印到终端。", article="19"))
    privacy = place.rulebook.privacy
    drafts = []
    for case_id in ids or [i for i, _ in held_drafts(deposit)]:
        draft = open_draft(deposit, case_id, privacy)
        drafts.append(
            {
                "id": case_id,
                "draft": draft.digest(privacy),
                "since": timestamp(draft.since),
                "findings": [
                    {"ordinal": n, **s.data, **({"text": draft.text_of(s)} if show_text else {})}
                    for n, s in enumerate(draft.screened.uncertain, start=1)
                ],
                "certain": [s.data for s in draft.screened.certain],
            }
        )
    print_json(drafts)
    return 0


def _print(registered: Registered, draft: Draft, hidden: Sequence[Spot], place: Place, *, dry_run: bool) -> None:
    from huiyin.intake.door import in_order
    from huiyin.recording.outlook import registration_approvals

    if registered.notices:
        click.echo("\n".join(problem_lines(registered.notices)), err=True)
    click.echo(DRY_RUN if dry_run else f"已登记：{registered.path}")
    if lines := spot_lines(in_order(*draft.screened.certain, *hidden)):
        click.echo("\n".join(lines))
    if draft.code is not None and not dry_run:
        click.echo(code_line(draft.case_id, draft.code))
    seats = registration_approvals(registered.replay)
    click.echo("\n".join(outcome_lines(registered.replay, registered.path, seats, "", place.rulebook)))
    if not dry_run:
        click.echo(COMMIT)
