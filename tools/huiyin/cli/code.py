"""``huiyin code``."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import Place, as_of_option, format_option, root_option
from huiyin.cli.output import print_json, problem_lines
from huiyin.cli.paths import case_paths_from
from huiyin.cli.vault_options import identity_option, need_keys, open_vault, vault_option
from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.rules.lookup import grouped, hash_code

if TYPE_CHECKING:
    from huiyin.model.case import Case
    from huiyin.rules.lookup import LookupSettings
    from huiyin.vault.age import Identity
    from huiyin.vault.store import Vault

HEADER = ("留言编号", "平台编号", "查询码")


@chinese_command("code")
@click.argument("cases", metavar="编号|路径...", nargs=-1, required=True)
@click.option("--pipe", is_flag=True, help="输出不是终端时也照样输出；查询码会留在文件或另一程序中，自行负责清除。")
@click.option(
    "--out",
    metavar="文件",
    type=click.Path(path_type=Path),
    help="列成清单（CSV），写入新文件：只有本人可读，须在所有Git仓库之外。告知留言人以后请删除。",
)
@identity_option
@vault_option
@root_option
@as_of_option
@format_option("text", "json")
def command(
    cases: tuple[str, ...],
    pipe: bool,
    out: Path | None,
    identity_file: Path | None,
    vault_folder: Path | None,
    root: Path,
    now: datetime,
    output: str,
) -> int:
    """显示留言的查询码，或者列成清单，由交办单位告知留言人。

    留言人凭编号和查询码，在网站“办理查询”中查看：待回复、办理中还是已办理，承办单位和办理期限；看不到留言和答复的文字。
    可以写编号，也可以写目录，例如 cases/2026/11/23 是当天收到的全部留言。

    查询码存在金库中，登记时生成，不再改变；此前登记的和历史数据没有。只显示在终端上；输出到文件或管道的，须加 --pipe。
    """
    if out is None and not pipe and not sys.stdout.isatty():
        raise click.UsageError("输出不是终端，查询码会留在文件或日志中；确需如此的，加 --pipe，或用 --out 写入文件。")
    place = Place(root)
    keys = need_keys(identity_file, root)
    vault = open_vault(vault_folder, root, must_exist=True)
    found, problems = _codes(_read(cases, place), vault, keys, place.rulebook.lookup)
    if out is not None:
        from huiyin.vault.identity import write_private

        write_private(out, _table(found), root)
        click.echo(f"{len(found)}件的查询码已写入 {out}；告知留言人以后请删除。", err=True)
    elif output == "json":
        print_json([{"id": case.id, "reference": case.source.reference, "code": grouped(c)} for case, c in found])
    else:
        for case, code in found:
            click.echo(f"{case.id}  {grouped(code)}")
    if problems:
        click.echo("\n".join(problem_lines(problems)), err=True)
    return int(bool(problems))


def _read(arguments: Sequence[str], place: Place) -> list[Case]:
    from huiyin.repo.store import read_cases

    files = list(read_cases(place.source, case_paths_from(arguments, place)))
    if broken := [p for file in files if file.case is None for p in file.problems]:
        raise HuiyinError(*broken)
    return [file.case for file in files if file.case is not None]


def _codes(
    cases: Sequence[Case], vault: Vault, keys: Sequence[Identity], settings: LookupSettings | None
) -> tuple[list[tuple[Case, str]], list[Problem]]:
    """The codes that the vault has, and a problem for each case whose code cannot be given away."""
    if settings is None:
        raise UsageError(Problem("HY810", "没有 rules/lookup.yaml，本站不提供查询。"))
    found: list[tuple[Case, str]] = []
    problems: list[Problem] = []
    for case in cases:
        try:
            code = vault.read(case.id, keys).code if case.lookup is not None else None
        except HuiyinError as error:
            problems += error.problems
            continue
        if case.lookup is None or code is None:
            problems.append(Problem("HY810", f"{case.id} 没有查询码。", case.path))
        elif hash_code(case.id, code, settings) != case.lookup:
            problems.append(Problem("HY811", f"{case.id} 的查询码与留言中的散列不符。", case.path, "/lookup"))
        else:
            found.append((case, code))
    return found, problems


def _table(found: Sequence[tuple[Case, str]]) -> str:
    out = io.StringIO()
    out.write("\ufeff")  # without it Excel takes UTF-8 for the local encoding
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows((case.id, case.source.reference, grouped(code)) for case, code in found)
    return out.getvalue()
