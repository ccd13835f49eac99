"""The vault for the commands at the door, and what they say of what they took out."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huiyin.cli.options import Place
from huiyin.cli.outcome import outcome_data
from huiyin.cli.output import problem_data
from huiyin.cli.vault_options import open_vault, read_keys
from huiyin.model.problem import Problem
from huiyin.rules.lookup import grouped

if TYPE_CHECKING:
    from huiyin.intake.deposit import Deposit
    from huiyin.intake.door import Spot
    from huiyin.recording.registration import Registered
    from huiyin.rules.rulebook import Rulebook


def open_deposit(place: Place, vault_folder: Path | None, identity_file: Path | None, now: datetime) -> Deposit:
    """The vault that the options name; the key is read when it is needed.

    Raises:
        UsageError: HY710, HY711; when the key is needed, HY713, HY714.
    """
    from huiyin.intake.deposit import Deposit

    keys = partial(read_keys, identity_file, place.root)
    return Deposit(open_vault(vault_folder, place.root), place.rulebook, now, keys)


def registration_data(
    registered: Registered,
    spots: Iterable[Spot],
    problems: Iterable[Problem],
    rulebook: Rulebook,
    *,
    held: bool,
    sealed: bool,
    dry_run: bool,
) -> dict[str, Any]:
    """The stable JSON form of a message that went through the door (docs/cli.md).

    Args:
        spots: what was found in it.
        held: it waits in the vault; the rest is as it would be.
        sealed: something of it is in the vault.
    """
    from huiyin.recording.outlook import registration_approvals

    seats = registration_approvals(registered.replay)
    return {
        **outcome_data(registered.replay, registered.path, seats, "", rulebook),
        **({"path": None} if held else {}),
        "dry_run": dry_run,
        "held": held,
        "findings": [s.data for s in spots],
        "sealed": sealed,
        "lookup": registered.replay.case.lookup is not None,
        "duplicate_of": registered.replay.case.duplicate_of,
        "problems": [problem_data(p) for p in problems],
    }


def code_line(case_id: str, code: str) -> str:
    """What the clerk tells the citizen; the code itself only where somebody is looking, never in a file or a log."""
    if not sys.stdout.isatty():
        return f"查询码已存入金库，用 huiyin code {case_id} 查看。"
    return f"查询码：{grouped(code)}\n  请连同编号 {case_id} 告知留言人，凭此在网站“办理查询”中查看进度；不要告诉他人。"


def spot_lines(spots: Iterable[Spot]) -> list[str]:
    """What was taken out, one line a place; no text."""
    return [f"  已隐去：{s.where}（{s.finding.kind.label}）" for s in spots]
