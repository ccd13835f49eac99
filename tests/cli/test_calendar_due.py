"""``huiyin calendar due``, and ``diff`` of what it wrote: what another program or package would do to due dates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cases import Story
from tests.repository import Repository


@pytest.fixture
def busy(repository: Repository) -> Repository:
    """One clock of each kind, one provisional date, and one case that is closed."""
    repository.add(Story("2026-11-23 08:00", reference="1"))
    repository.add(Story("2026-11-23 08:00", reference="2").assigned("2026-11-23 09:00", "linxia"))
    far = Story("2026-11-16 08:00", reference="3").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    repository.add(far.extended("2026-11-20 10:00", "2027-01-08"))
    done = Story("2026-11-12 08:00", reference="4").assigned("2026-11-12 10:00").claimed("2026-11-12 11:00")
    repository.add(done.answered("2026-11-13 10:00").published("2026-11-14 10:00"))
    repository.commit()
    return repository


def due(repository: Repository, *arguments: str) -> dict[str, Any]:
    """What the command prints as JSON."""
    run = repository.huiyin("calendar", "due", "--format", "json", *arguments)
    assert (0, "") == (run.code, run.err)
    found: dict[str, Any] = json.loads(run.out)
    return found


def test_every_running_clock_is_listed(busy: Repository) -> None:
    """第九条、第十三条: review, claim and handling; by id alone (第十九条)."""
    found = due(busy)
    assert 3 == found["cases"]
    assert [
        ("people-1", "review", "2026-11-23", False),
        ("people-2", "claim", "2026-11-23", False),
        ("people-2", "handling", "2026-12-02", False),
        ("people-3", "handling", "2027-01-08", True),
    ] == [(c["id"], c["clock"], c["due"], c["provisional"]) for c in found["clocks"]]
    text = busy.huiyin("calendar", "due").out
    assert "未办结留言3件的期限：4项" in text
    assert "演示" not in text


def test_two_lists_are_compared(busy: Repository, tmp_path: Path) -> None:
    """The clocks whose dates differ, in each format; a case that only one of them has is no move."""
    old, new = due(busy), due(busy, "--rev", "HEAD")
    assert old == new
    new["clocks"][2]["due"] = "2026-12-03"
    del new["clocks"][0]
    files = [tmp_path / "旧.json", tmp_path / "新.json"]
    for file, data in zip(files, (old, new), strict=True):
        file.write_text(json.dumps(data), encoding="utf-8")
    arguments = ("calendar", "diff", *map(str, files))
    moved = {"id": "people-2", "unit": "linxia", "clock": "handling", "old": "2026-12-02", "new": "2026-12-03"}
    assert [moved] == json.loads(busy.huiyin(*arguments, "--format", "json").out)["moves"]
    assert "期限变动：1项" in busy.huiyin(*arguments).out
    markdown = busy.huiyin(*arguments, "--format", "markdown").out
    assert "**日历变动：有1项期限随之改变**" in markdown
    assert "- `people-2`（临夏回族自治州，办理）：2026-12-02 → 2026-12-03" in markdown
    assert "期限都不变" in busy.huiyin("calendar", "diff", str(files[0]), str(files[0])).out


def listed(clocks: str) -> str:
    """A file with these clocks."""
    return f'{{"as_of": "2026-11-23T10:00:00+08:00", "cases": 1, "clocks": {clocks}}}'


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        *("", "[]", "{}", "[1", '{"as_of": 1}', '{"as_of": "2026-11-23", "cases": 1, "clocks": [{}]}'),
        listed("7"),
        listed('[{"id": "a", "unit": "b", "clock": "sleep", "due": "2026-11-23", "provisional": false}]'),
        listed('[{"id": "a", "unit": "b", "clock": "claim", "due": "soon", "provisional": false}]'),
    ],
)
def test_what_is_no_such_list_is_refused(busy: Repository, tmp_path: Path, text: str) -> None:
    """HY894, whatever it is."""
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    run = busy.huiyin("calendar", "diff", str(tmp_path / "a.json"), str(tmp_path / "a.json"))
    assert (1, "") == (run.code, run.out)
    assert "HY894" in run.err


def test_lists_of_two_moments_are_not_compared(busy: Repository, tmp_path: Path) -> None:
    """HY894: clocks that started or stopped meanwhile would be missed."""
    for name, moment in (("旧", "2026-11-22"), ("新", "2026-11-23")):
        text = busy.huiyin("calendar", "due", "--format", "json", "--as-of", moment).out
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    run = busy.huiyin("calendar", "diff", str(tmp_path / "旧.json"), str(tmp_path / "新.json"))
    assert (1, True) == (run.code, "HY894" in run.err)


def test_a_list_and_a_calendar_are_not_compared(busy: Repository) -> None:
    """HY920, and HY904 for files that are not there."""
    assert "HY920" in busy.huiyin("calendar", "diff", "a.json", "HEAD").err
    assert "HY904" in busy.huiyin("calendar", "diff", "a.json", "b.json").err
