"""``huiyin vault list``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import Place, as_of_option, format_option, rev_option, root_option
from huiyin.cli.output import print_json, print_table, problem_data, problem_lines
from huiyin.cli.vault_options import open_vault, replays_of, vault_option
from huiyin.model.moment import timestamp

if TYPE_CHECKING:
    from huiyin.vault.inspection import Entry


@chinese_command("list")
@click.option("--held", "only_held", is_flag=True, help="只列待定的。")
@vault_option
@rev_option
@root_option
@as_of_option
@format_option("text", "json")
def command(only_held: bool, vault_folder: Path | None, rev: str | None, root: Path, now: datetime, output: str) -> int:
    """列出金库中的留言：状态、可读人员、个别答复份数、待定了几个工作日，以及要处理的问题。不用密钥，不显示内容。"""
    from huiyin.vault.inspection import inspect

    place, vault = Place(root, rev), open_vault(vault_folder, root)
    replays, problems = replays_of(place, vault.ids(), now)
    entries = [e for e in inspect(vault, replays, place.rulebook, now) if e.held_days is not None or not only_held]
    if output == "json":
        print_json({"vault": str(vault.folder), "cases": [entry_data(entry) for entry in entries]})
        return int(bool(problems))
    print_table(
        f"金库：{len(entries)}件" if vault.folder.is_dir() else f"金库尚未建立（{vault.folder}）",
        ("编号", "状态", "可读人员", "个别答复", "待定", "问题"),
        map(_row, entries),
    )
    if problems:
        click.echo("\n".join(problem_lines(problems)), err=True)
    return int(bool(problems))


def entry_data(entry: Entry) -> dict[str, object]:
    """The stable JSON form of one case of the vault (docs/cli.md)."""
    envelope = entry.envelope
    held = envelope.held if envelope else None
    return {
        "id": entry.id,
        "state_title": entry.state_title,
        "readers": None if envelope is None else list(dict.fromkeys(r.person for r in envelope.readers)),
        "wanted": None if entry.wanted is None else list(dict.fromkeys(r.person for r in entry.wanted)),
        "replies": None if envelope is None else envelope.replies,
        "held_since": timestamp(held) if held else None,
        "held_working_days": entry.held_days,
        "problems": [problem_data(problem) for problem in entry.problems],
    }


def _row(entry: Entry) -> tuple[str, ...]:
    envelope = entry.envelope
    people = "、".join(dict.fromkeys(r.person for r in envelope.readers)) if envelope else "（不明）"
    replies = f"{envelope.replies}份" if envelope and envelope.replies else ""
    waits = "" if entry.held_days is None else f"{entry.held_days}个工作日"
    state = entry.state_title or ("待定" if waits else "（库中没有）")
    return entry.id, state, people, replies, waits, "、".join(dict.fromkeys(p.code for p in entry.problems))
