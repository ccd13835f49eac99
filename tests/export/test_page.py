"""The page for analysts tells the truth: its queries are run, and their results are those that stand there.

``HUIYIN_UPDATE_DOCS=1`` writes the results anew, as for the other pages.
"""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from huiyin.export.parquet import ACTS, CASES
from tests.cases import PROJECT
from tests.docs import SETTINGS, instance
from tests.export.tables import Analyst

PAGE = PROJECT / "docs/statistics-duckdb.md"
QUERY = re.compile(r"(<!-- run sql -->\n```sql\n(?P<sql>.*?)```\n)(?P<result>(?:\n(?:\|[^\n]*\n)+)?)", re.S)


def shown(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as a Markdown table, rates with three digits."""

    def cell(value: object) -> str:
        if value is None:
            return "NULL"
        return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value) or "''"

    lines = [list(rows[0]), ["---"] * len(rows[0]), *([*map(cell, row.values())] for row in rows)]
    return "\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def test_the_results_on_the_page_are_those_of_its_queries(tmp_path: Path) -> None:
    """Each query, run on an export of the demonstration's cases, gives the table below it."""
    place = instance(tmp_path / "huiyin")
    done = place.huiyin("export", "parquet", "--out", "../export", HUIYIN_AS_OF=SETTINGS["HUIYIN_AS_OF"])
    assert 0 == done.code, done.err
    analyst = Analyst(tmp_path / "export")
    text = PAGE.read_text(encoding="utf-8")
    written = QUERY.sub(lambda found: found[1] + shown(analyst.ask(found["sql"])), text)
    assert 6 == len(QUERY.findall(text))
    if os.environ.get("HUIYIN_UPDATE_DOCS") == "1":
        PAGE.write_text(written, encoding="utf-8")
        return
    assert written == text


def test_every_column_is_on_the_page() -> None:
    """The table of columns names those that an export has, and no other."""
    rows = re.findall(r"^\| (both|cases|acts) \| (.+?) \|", PAGE.read_text(encoding="utf-8"), re.M)
    named = [(table, column) for table, names in rows for column in re.findall(r"`(\w+)`", names)]
    for table, columns in {"cases": CASES, "acts": ACTS}.items():
        assert {*columns, "year", "month"} == {column for of, column in named if of in ("both", table)}
