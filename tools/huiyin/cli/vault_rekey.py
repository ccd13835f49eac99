"""``huiyin vault rekey``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import Place, as_of_option, format_option, rev_option, root_option
from huiyin.cli.output import print_json, problem_data, problem_lines
from huiyin.cli.vault_options import identity_option, need_keys, open_vault, replays_of, vault_option
from huiyin.model.problem import HuiyinError, Problem, UsageError

if TYPE_CHECKING:
    from huiyin.vault.readers import Reader
    from huiyin.vault.rekeying import Rekeyed


@chinese_command("rekey")
@click.argument("case_ids", metavar="[编号]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="金库中的全部留言。")
@click.option("--force", is_flag=True, help="可读人员相符的也重新加密。")
@click.option("--dry-run", is_flag=True, help="只列出要怎样改，不写入。")
@identity_option
@vault_option
@rev_option
@root_option
@as_of_option
@format_option("text", "json")
def command(
    case_ids: tuple[str, ...],
    everything: bool,
    force: bool,
    dry_run: bool,
    identity_file: Path | None,
    vault_folder: Path | None,
    rev: str | None,
    root: Path,
    now: datetime,
    output: str,
) -> int:
    """为现在应可读的人员重新加密：改派以后新单位可读、原单位不可读；离任、换密钥以后同理（第十九条）。

    以留言库现在的内容为准；用 --rev main 以主线为准，不看尚未合并的改动。须用现在和以后都可读的人员（通常是
    交办单位经办人）的密钥。新文件核对无误才替换旧文件；有一件不成，其余照做，退出码为1。
    """
    from huiyin.vault.inspection import wanted_readers
    from huiyin.vault.rekeying import rekey_each

    if bool(case_ids) == everything:
        raise UsageError(Problem("HY954", "请写要重新加密的编号，或者 --all。"))
    place, keys = Place(root, rev), need_keys(identity_file, root)
    vault = open_vault(vault_folder, root, must_exist=True)
    ids = vault.ids() if everything else list(dict.fromkeys(case_ids))
    replays, problems = replays_of(place, ids, now)
    broken = {p.path.rpartition("/")[2].removesuffix(".yaml"): p for p in problems}

    def wanted(case_id: str) -> tuple[Reader, ...]:
        if case_id in broken:  # nobody can tell who may read it
            raise HuiyinError(broken[case_id])
        return wanted_readers(case_id, replays.get(case_id), place.rulebook, now)

    results = list(rekey_each(vault, ids, wanted, keys, force=force, dry_run=dry_run))
    failed = [problem for result in results for problem in result.problems]
    if output == "json":
        print_json({"ok": not failed, "dry_run": dry_run, "cases": [_data(result) for result in results]})
        return int(bool(failed))
    _print(results, failed, dry_run=dry_run)
    return int(bool(failed))


def _print(results: list[Rekeyed], failed: list[Problem], *, dry_run: bool) -> None:
    for result in results:
        if result.changed:
            click.echo(f"{result.id}：{_change(result)}")
    if failed:
        click.echo("\n".join(problem_lines(failed)), err=True)
    changed, bad = sum(r.changed for r in results), sum(bool(r.problems) for r in results)
    done = "应重新加密" if dry_run else "已重新加密"
    click.echo(f"{done}{changed}件，相符而不动{len(results) - changed - bad}件，不成{bad}件。")


def _change(result: Rekeyed) -> str:
    if result.unknown:
        return f"原可读人员不明，现为{'、'.join(result.added)}。"
    said = [f"加入{'、'.join(result.added)}"] if result.added else []
    said += [f"去掉{'、'.join(result.removed)}"] if result.removed else []
    return "，".join(said or ["人员不变，重新加密"]) + "。"


def _data(result: Rekeyed) -> dict[str, object]:
    return {
        "id": result.id,
        "changed": result.changed,
        "added": list(result.added),
        "removed": list(result.removed),
        "problems": [problem_data(problem) for problem in result.problems],
    }
