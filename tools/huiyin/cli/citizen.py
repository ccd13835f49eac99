"""Name and contacts of whoever wrote: typed or asked for, and then for the vault alone (第十、十二、十九条)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from huiyin.cli.inputs import Inputs
from huiyin.intake.mapping import CITIZEN_FIELDS
from huiyin.model.problem import Problem

FACTS = {"real_name": ("name",), "contactable": ("phone", "email")}
"""Fact for admission → what it follows from where it is not given."""


def citizen_options(function: Any) -> Any:
    """``--name``, ``--phone``, ``--email``."""
    for key, title in reversed(CITIZEN_FIELDS.items()):
        help_text = f"留言人的{title}：只存入金库，不写入本库。"
        function = click.option(f"--{key}", f"citizen_{key}", metavar="文字|@文件|-", help=help_text)(function)
    return function


def given_citizen(values: dict[str, Any], inputs: Inputs) -> dict[str, str]:
    """What was typed of the name and the contacts.

    Raises:
        HuiyinError: as ``Inputs``; what was typed is not repeated.
    """
    found = {}
    for key in CITIZEN_FIELDS:
        raw = values.pop(f"citizen_{key}")
        if raw is not None:
            text = inputs.line(inputs.raw(raw, f"--{key}"), f"--{key}")
            if text:
                found[key] = text
    return found


def literal_notices(given: Mapping[str, str | None]) -> list[Problem]:
    """HY739 for each option that had personal data written on the command line itself.

    Args:
        given: option → as it was typed, None if it was not.
    """
    literal = [name for name, raw in given.items() if raw is not None and raw != "-" and not raw.startswith("@")]
    return [Problem("HY739", f"{'、'.join(literal)} 的内容写在了命令行上。", article="19")] if literal else []


def ask_citizen(fact: str, inputs: Inputs) -> dict[str, str]:
    """Ask the person at the terminal for what a fact follows from; empty where there is none.

    Raises:
        click.Abort: they gave up.
    """
    found = {}
    for key in FACTS[fact]:
        prompt = f"留言人的{CITIZEN_FIELDS[key]}（只存入金库，没有的直接回车）"
        if text := inputs.line(inputs.ask(prompt), f"--{key}"):
            found[key] = text
    return found
