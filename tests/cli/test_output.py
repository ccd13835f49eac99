"""Tables: drawn quickly where they fit, and just as rich would draw them."""

from __future__ import annotations

import pytest
from rich.text import Text

from huiyin.cli.output import LONG, PIPE_WIDTH, _print_folded, print_table

COLUMNS = ("编号", "单位", "件数")


def drawn(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What was printed, without blanks at the ends of lines."""
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("title", ["待办：2项", ""])
@pytest.mark.parametrize(
    "rows", [[("people-1", "兰州市", Text("7", justify="right")), ("p", "𠜎👍", Text("1,234"))], []]
)
def test_what_fits_looks_as_rich_would_draw_it(
    capsys: pytest.CaptureFixture[str], title: str, rows: list[tuple[object, ...]]
) -> None:
    """Wide characters, numbers at the right, no rows at all."""
    print_table(title, COLUMNS, rows)
    ours = drawn(capsys)
    _print_folded(title, COLUMNS, rows)
    assert drawn(capsys) == ours


def test_what_is_too_wide_is_folded(capsys: pytest.CaptureFixture[str]) -> None:
    """No line is wider than a page."""
    print_table("", COLUMNS, [("长" * PIPE_WIDTH, "兰州市", "1")])
    assert PIPE_WIDTH >= max(map(len, drawn(capsys)))


def test_a_long_list_is_not_folded(capsys: pytest.CaptureFixture[str]) -> None:
    """Each row is one line, so that it can be searched line by line."""
    print_table("", COLUMNS, [("长" * PIPE_WIDTH, "兰州市", "1")] * (LONG + 1))
    assert LONG + 1 == sum("兰州市" in line for line in drawn(capsys))
