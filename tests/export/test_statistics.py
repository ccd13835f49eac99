"""The figures that DuckDB computes from an export are those of ``huiyin stats``, each of them, exactly."""

import json
import os
import shutil
from collections.abc import Callable
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import pytest

from huiyin.cli.main import run
from tests.cases import PROJECT, Story
from tests.docs import SETTINGS
from tests.export.tables import Analyst
from tests.repository import Repository, make_repository

WINDOWS = {
    "everything": ((), "NULL, NULL"),
    "a month": (("--month", "2026-10"), "DATE '2026-10-01', DATE '2026-10-31'"),
    "the month that has begun": (("--month", "2026-11"), "DATE '2026-11-01', DATE '2026-11-30'"),
    "from a day": (("--from", "2026-09-15"), "DATE '2026-09-15', NULL"),
    "to a day": (("--to", "2026-02-28"), "NULL, DATE '2026-02-28'"),
    "nothing": (("--to", "2001-01-01"), "NULL, DATE '2001-01-01'"),
}
DIMENSIONS = ("unit", "dispatcher", "channel", "topic", "complexity", "month")


def exported(repository: Repository) -> tuple[Repository, Analyst]:
    """The repository with an export of it."""
    out = repository.root.parent / "export"
    done = repository.huiyin("export", "parquet", "--out", str(out), "--jobs", "1")
    assert (0, "") == (done.code, done.err)
    return repository, Analyst(out)


def demonstration(folder: Path) -> Repository:
    """The cases that are shown to visitors: every state, route and event."""
    repository = make_repository(folder)
    shutil.copytree(PROJECT / "cases", repository.root / "cases")
    return repository


def synthetic(folder: Path) -> Repository:
    """Some hundred cases of which many things happen to the same ones, in other months than that of receipt."""
    repository = make_repository(folder)
    for number in range(120):
        day = f"2026-{9 + number % 3:02d}-{1 + number % 9:02d}"
        unit = ("lanzhou", "linxia", "zhangye")[number % 3]
        topics = ({"topics": ["环境保护"]}, {}, {"topics": ["环境保护", "征地拆迁"]})[number % 3]
        story = Story(f"{day} 09:00", reference=str(number))
        if number % 7 == 0:
            repository.add(story.declined(f"{day} 10:00") if number % 2 else story)
            continue
        story = story.assigned(f"{day} 10:00", unit, complexity="important" if topics else "simple", **topics)
        story = story.claimed(f"{day} 11:00")
        if number % 5:
            end = f"2026-{9 + number % 3:02d}-{10 + number % 13:02d}"
            story = story.answered(f"{end} 10:00")
            if number % 4 == 0:
                story = story.returned(f"{end} 11:00").answered(f"{end} 12:00")
            story = story.published(f"{end} 15:00")
            level = (None, "非常满意", "基本满意", "不满意")[number % 4]
            if level:
                story = story.add("rated", f"{end} 20:00", "wangzhan.clerk", level=level)
        repository.add(story)
    return repository


@pytest.fixture(scope="module", params=[demonstration, synthetic], ids=lambda made: made.__name__)
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Repository, Analyst]:
    """A record and its export."""
    make: Callable[[Path], Repository] = request.param
    return exported(make(tmp_path_factory.mktemp("record") / "库"))


def figures(repository: Repository, *arguments: str) -> dict[str, Any]:
    """What ``huiyin stats`` says, run in this process: there are many questions."""
    with chdir(repository.root), patch.dict(os.environ, SETTINGS), redirect_stdout(StringIO()) as output:
        assert 0 == run(["stats", *arguments, "--format", "json"])
    found: dict[str, Any] = json.loads(output.getvalue())
    return found


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_figure_is_equal(both: tuple[Repository, Analyst], dimension: str, window: str) -> None:
    """第十三、十六、十七、二十一条: counts, rates, days and acts of each row and of the total, to the last bit."""
    repository, analyst = both
    arguments, days = WINDOWS[window]
    said = figures(repository, "--by", dimension, *arguments)
    rows = {row.pop("key"): row for row in analyst.ask(f"FROM statistics('{dimension}', {days})")}
    assert {row["key"]: row["figures"] for row in said["rows"]} == rows
    total = {row.pop("key"): row for row in analyst.ask(f"FROM statistics('all', {days})")}
    nothing = {key: None if value is None else 0 for key, value in said["total"].items()}
    assert said["total"] == total.get("", nothing)


def test_the_records_hold_what_can_differ(both: tuple[Repository, Analyst]) -> None:
    """Equal figures prove something only where there is something of each."""
    repository, _ = both
    total = figures(repository)["total"]
    assert [] == [
        key for key, value in total.items() if not value and key not in ("withdrawn", "extended", "reassigned")
    ]


def test_every_figure_occurs_in_the_demonstration(tmp_path: Path) -> None:
    """No figure is compared only where it is nought."""
    assert [] == [key for key, value in figures(demonstration(tmp_path / "库"))["total"].items() if not value]


def test_an_unknown_dimension_is_an_error(both: tuple[Repository, Analyst]) -> None:
    """A slip of the pen gives no empty table."""
    with pytest.raises(duckdb.Error, match="no such dimension"):
        both[1].ask("FROM statistics('units', NULL, NULL)")
