"""``huiyin import``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.deposit import open_deposit
from huiyin.cli.options import Place, as_of_option, format_option, root_option
from huiyin.cli.output import print_json, problem_lines
from huiyin.cli.vault_options import identity_option, vault_option
from huiyin.model.case import Channel
from huiyin.model.codes import CODES
from huiyin.model.problem import HuiyinError, Problem, UsageError

if TYPE_CHECKING:
    from huiyin.intake.deposit import Deposit
    from huiyin.intake.importing import Progress
    from huiyin.intake.plan import Plan

SHOWN = 10
"""Rejected rows and notices that are printed one by one; the list has them all."""


def _settings(_ctx: click.Context, _param: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    settings = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise UsageError(Problem("HY508", "--set 应写成“字段=值”，例如 --set unit=tianshui。"))
        settings[name.strip()] = value.strip()
    return settings


@chinese_command("import")
@click.argument("file", metavar="文件", type=click.Path(path_type=Path))
@click.option("--channel", required=True, type=click.Choice([c.value for c in Channel]), help="留言的渠道（第一条）。")
@click.option("--mapping", required=True, metavar="映射", help="rules/intake/ 中映射的名称，或映射文件的路径。")
@click.option("--sheet", metavar="工作表", help="工作簿中的哪一张表；默认为第一张。")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="字段=值",
    callback=_settings,
    help="各行都取这个值，代替映射中的列，例如 unit=tianshui；可多次使用。",
)
@click.option("--dry-run", is_flag=True, help="只核对，不写入留言；退件清单只在写明 --rejects 时写出。")
@click.option(
    "--rejects",
    metavar="路径",
    type=click.Path(path_type=Path),
    help="退件清单（CSV）写到哪里；默认在导入文件旁边，名为“原名.rejects.csv”。",
)
@vault_option
@identity_option
@root_option
@as_of_option
@format_option("text", "json")
def command(
    file: Path,
    channel: str,
    mapping: str,
    sheet: str | None,
    settings: dict[str, str],
    dry_run: bool,
    rejects: Path | None,
    vault_folder: Path | None,
    identity_file: Path | None,
    root: Path,
    now: datetime,
    output: str,
) -> int:
    """从平台导出的表格（.xlsx、.csv）导入留言。

    全部核对之后才写入，要么都写入，要么都不写入；不能收的行连同原因列入退件清单。重复导入不改变任何已在库的留言。
    确定的个人信息一律隐去，原文、姓名、联系方式存入金库（第十九条）；不能确定的暂不写入，草稿存入金库，
    用 huiyin redact 逐处决定。交办单位有人设有金库密钥的，同时为每件新留言生成查询码（历史数据除外），
    用 huiyin code 列出。
    全部收下时退出码为0，有退件或者有待判断的为1。
    """
    from huiyin.intake.codes import give_codes
    from huiyin.intake.importing import plan_import
    from huiyin.intake.library import load_mapping
    from huiyin.intake.plan import commit, rejects_path
    from huiyin.repo.lock import locked

    place = Place(root)
    source = place.source
    target = None if dry_run and rejects is None else rejects_path(file, root, rejects)
    deposit = open_deposit(place, vault_folder, identity_file, now)
    chosen = load_mapping(source, mapping).override(settings)
    # Held from reading to writing, so that no other command adds the same case in between.
    with nullcontext() if dry_run else locked(root):
        with _progress() as progress:
            plan = plan_import(
                file,
                source,
                Channel(channel),
                chosen,
                now,
                sheet=sheet,
                progress=progress,
                held=deposit.held,
                forgotten=deposit.forgotten,
            )
        give_codes(plan, deposit.code_for, place.rulebook.lookup, dry_run=dry_run)
        commit(plan, root, target, deposit.keep, dry_run=dry_run)
    written = target if plan.rejected else None
    if output == "json":
        print_json(plan.summary(dry_run=dry_run, rejects=written))
    else:
        _print_text(plan, dry_run, written, deposit.vault.folder)
    lacking = _find_lacking(deposit, plan) if dry_run else ()
    if lacking:
        click.echo("\n".join(problem_lines(lacking)), err=True)
    return int(bool(plan.rejected or plan.held or lacking))


def _find_lacking(deposit: Deposit, plan: Plan) -> tuple[Problem, ...]:
    """What would keep the real import from putting anything into the vault."""
    try:
        for sealed, document in plan.sealed:
            deposit.readers(document, waiting=sealed.held is not None)
    except HuiyinError as error:
        return error.problems
    return ()


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A progress bar on the terminal; none where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("核对第"), MofNCompleteColumn(), TextColumn("行"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda row, total: bar.update(task, completed=row, total=max(row, total) if total else None)


def _print_text(plan: Plan, dry_run: bool, written: Path | None, vault: Path) -> None:
    rejected = [p for _, problems in plan.rejected.values() for p in problems]
    waiting = [p for p in plan.remarks if p.code == "HY730"]
    notices = [p for p in plan.remarks if p.code in ("HY520", "HY521")]
    for listed in (rejected, waiting, notices):
        for line in problem_lines(listed[:SHOWN]):
            click.echo(line)
        if len(listed) > SHOWN:
            click.echo(f"……另有{len(listed) - SHOWN}处，未逐一列出。")
    verb = "可收" if dry_run else "收入"
    repeated = f"，表内重复{plan.repeated}行" if plan.repeated else ""
    click.echo(
        f"{verb}{len(plan.taken)}件，已在库{plan.unchanged}件，退件{len(plan.rejected)}行{repeated}；"
        f"疑似重复{len(plan.duplicates)}件。"
    )
    if plan.held or plan.held_before:
        before = f"（另有{plan.held_before}件先前导入的仍在等待）" if plan.held_before else ""
        click.echo(f"待人工判断{len(plan.held)}件{before}，没有写入留言库：用 huiyin redact 逐处决定。")
    if plan.forgotten:
        click.echo(f"已抹除{plan.forgotten}件，没有再收。")
    if plan.sealed:
        click.echo(
            f"{'应存入' if dry_run else '存入'}金库（{vault}）{len(plan.sealed)}件：姓名、联系方式、原文、查询码。"
        )
    if not dry_run and any(t.sealed.code for t in plan.taken):
        click.echo("查询码用 huiyin code 查看或者列出清单，分别告知留言人。")
    for code, count in plan.warnings.items():
        click.echo(f"  {code} {CODES[code].title}：{count}处")
    if written is not None:
        click.echo(f"退件清单：{written}")
    if dry_run:
        click.echo("这是核对（--dry-run），没有写入留言。")
