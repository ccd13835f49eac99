"""``huiyin vault doctor``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import Place, as_of_option, format_option, rev_option, root_option
from huiyin.cli.output import print_json, problem_data, problem_lines
from huiyin.cli.vault_options import identity_option, open_vault, read_keys, vault_option
from huiyin.model.problem import HuiyinError, Problem, Severity
from huiyin.repo.store import has_errors
from huiyin.rules.deadlines import local_day


@chinese_command("doctor")
@click.option("--fix", is_flag=True, help="先收紧权限、清除中断留下的文件；不改动任何内容。")
@identity_option
@vault_option
@rev_option
@root_option
@as_of_option
@format_option("text", "json")
def command(
    fix: bool,
    identity_file: Path | None,
    vault_folder: Path | None,
    rev: str | None,
    root: Path,
    now: datetime,
    output: str,
) -> int:
    """检查金库：缺件、多余、可读人员不符、损坏、权限过宽、中断残留、已抹除而仍在、个别答复没有存底。

    不用密钥即可检查；写明 --identity 的，另把本人应能解密的逐件试解。不显示内容。
    """
    from huiyin.cli.cases import Replays
    from huiyin.vault.inspection import find_forgotten_yet_present, find_lacking, inspect
    from huiyin.vault.readers import dispatchers_without_keys
    from huiyin.vault.upkeep import find_folder_problems, mend

    place, keys = Place(root, rev), read_keys(identity_file, root)
    vault = open_vault(vault_folder, root)
    mended = mend(vault) if fix else 0
    problems: list[Problem] = list(find_folder_problems(vault))
    registry = place.rulebook.registry
    problems += [
        Problem(
            "HY712", f"{registry.name_of(unit)}还没有人登记有效的age公钥。", severity=Severity.WARNING, article="19"
        )
        for unit in dispatchers_without_keys(place.rulebook, local_day(now))
    ]
    everything = Replays(place, now)
    replays = {replay.case.id: replay for replay in everything}
    problems += [p for e in inspect(vault, replays, place.rulebook, now, keys) for p in e.problems]
    try:
        problems += find_forgotten_yet_present(vault)
        problems += find_lacking(replays.values(), vault)
    except HuiyinError as error:
        problems += error.problems
    # One file may be found wanting twice: for what it is, and when it is read.
    problems = list({(p.code, p.path, p.message if not p.path else ""): p for p in problems}.values())
    bad = has_errors(problems) or bool(everything.problems)
    if output == "json":
        data = {"vault": str(vault.folder), "cases": len(vault.ids()), "mended": mended}
        print_json({"ok": not bad, **data, "problems": [problem_data(problem) for problem in problems]})
        return int(bad)
    if problems:
        click.echo("\n".join(problem_lines(problems)))
    done = f"，已修正{mended}处" if fix else ""
    there = f"金库中{len(vault.ids())}件" if vault.folder.is_dir() else f"金库尚未建立（{vault.folder}）"
    click.echo(f"{there}{done}：发现问题{len(problems)}个。")
    return int(bad)
