"""How commands print: problems as text, JSON or GitHub annotations; tables through rich."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from huiyin.model.problem import Problem, Severity
from huiyin.rules.articles import cite

PIPE_WIDTH = 160
"""Columns of a table that goes to a file or a pipe, where no terminal says how wide it is."""


LONG = 200
"""Rows beyond which a table is a list to be searched and kept, not a picture to be looked at."""


def print_json(value: object) -> None:
    """One JSON document, keys in the order given, Chinese as it is."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def problem_lines(problems: Iterable[Problem]) -> list[str]:
    """One problem a paragraph: where, how bad, code, message with its article; then what to do."""
    lines = []
    for p in problems:
        where = ":".join(str(part) for part in (p.path, p.line) if p.path and part)
        article = f"（{cite(p.article)}）" if p.article else ""
        lines.append(f"{where + ': ' if where else ''}{p.level.label} {p.code} {p.message}{article}")
        lines.append(f"    处理：{p.cure}")
    return lines


def problem_data(problem: Problem) -> dict[str, Any]:
    """The stable JSON form of a problem (docs/cli.md)."""
    return {
        "code": problem.code,
        "severity": problem.level.value,
        "path": problem.path,
        "line": problem.line,
        "pointer": problem.pointer,
        "message": problem.message,
        "cure": problem.cure,
        "article": problem.article,
    }


def github_line(problem: Problem) -> str:
    """One GitHub/Gitea Actions annotation."""
    level = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "notice"}[problem.level]
    fields = [
        ("file", problem.path),
        ("line", str(problem.line or "") if problem.path else ""),
        ("title", problem.code),
    ]
    head = ",".join(f"{name}={_escape(value, property=True)}" for name, value in fields if value)
    article = f"（{cite(problem.article)}）" if problem.article else ""
    return f"::{level} {head}::{_escape(f'{problem.message}{article} 处理：{problem.cure}')}"


def _escape(text: str, *, property: bool = False) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return escaped.replace(":", "%3A").replace(",", "%2C") if property else escaped


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A titled table; cells are plain text, never markup. What is too wide for the screen is folded, if it is short."""
    from rich.cells import cell_len  # alone it is quick; the rest of rich takes longer than most commands do

    given = list(rows)
    found = [[str(cell) for cell in row] for row in given]
    widths = [max(map(cell_len, column)) for column in zip(columns, *found, strict=True)]
    screen = shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPE_WIDTH
    whole = sum(widths) + 3 * len(widths) + 1
    fits = cell_len(title) <= whole <= screen and not any("\n" in cell for row in found for cell in row)
    if not fits and len(found) <= LONG:
        _print_folded(title, columns, given)
        return

    def padded(cell: object, width: int) -> str:
        blank = " " * (width - cell_len(str(cell)))
        return f" {blank}{cell} " if getattr(cell, "justify", None) == "right" else f" {cell}{blank} "

    def rule(left: str, stroke: str, between: str, right: str) -> str:
        return left + between.join(stroke * (width + 2) for width in widths) + right

    head = (click.style(padded(column, width), bold=True) for column, width in zip(columns, widths, strict=True))
    lines = [
        *([click.style(title + " " * (whole - cell_len(title)), bold=True)] if title else []),
        rule("┏", "━", "┳", "┓"),
        f"┃{'┃'.join(head)}┃",
        rule("┡", "━", "╇", "┩"),
        *(f"│{'│'.join(map(padded, row, widths))}│" for row in given),
        rule("└", "─", "┴", "┘"),
    ]
    click.echo("\n".join(lines))


def _print_folded(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    Console(file=sys.stdout, highlight=False, width=width).print(table)
