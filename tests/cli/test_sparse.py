"""A clerk's clone of one month: without the other months' contents, and able to do that month's work."""

import json
from pathlib import Path

import pytest

from tests.cases import Story
from tests.repository import Repository

LAPSED = "HY330"
"""Of the shipped rules, whatever is checked (第二十四条)."""


@pytest.fixture
def clone(repository: Repository, tmp_path: Path) -> Repository:
    """A partial clone, through Git's own protocol, of which November is checked out."""
    repository.add(Story("2026-10-12 09:00", reference="1").assigned("2026-10-12 10:00"))
    repository.add(Story("2026-11-20 09:00", reference="2").assigned("2026-11-20 10:00"))
    repository.commit()
    repository.git("config", "uploadpack.allowFilter", "true")
    target = tmp_path / "clone"
    repository.git("clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{repository.root}", str(target))
    part = Repository(target)
    part.git("sparse-checkout", "set", "--sparse-index", "rules", "schema", "cases/2026/11")
    part.git("checkout", "-q", "main")
    return part


def test_lists_say_that_they_are_not_whole(clone: Repository) -> None:
    """HY981 beside what is there; nothing is wrong, so the exit code is 0."""
    for command in ("inbox --unit lanzhou", "deadlines", "stats"):
        done = clone.huiyin(*command.split())
        assert (0, True) == (done.code, "HY981" in done.err), command
    inbox = clone.huiyin("inbox", "--unit", "lanzhou")
    assert (True, False) == ("people-2" in inbox.out, "people-1" in inbox.out)


def test_check_says_what_it_did_not_see(clone: Repository) -> None:
    """HY981 among the problems, as a notice; not where only named files were asked for."""
    found = json.loads(clone.huiyin("check", "--format", "json").out)
    assert (1, True) == (found["cases"], found["ok"])
    assert [("HY981", "notice")] == [(p["code"], p["severity"]) for p in found["problems"] if p["code"] != LAPSED]
    named = json.loads(clone.huiyin("check", "people-2", "--format", "json").out)
    assert [] == [p["code"] for p in named["problems"] if p["code"] != LAPSED]


def test_the_work_of_the_month_is_done_as_ever(clone: Repository) -> None:
    """An event is recorded, and committed without the rest of the record."""
    done = clone.huiyin("record", "claimed", "people-2", "--by", "lanzhou.clerk")
    assert (0, "") == (done.code, done.err)
    for command in ("why people-2", "fmt people-2"):
        assert 0 == clone.huiyin(*command.split()).code, command
    clone.commit()
    assert ["cases/2026/11/20/people-2.yaml"] == clone.git("diff", "--name-only", "HEAD~1").split()
    missing = clone.git("rev-list", "--objects", "--missing=print", "HEAD~1..HEAD", "--", "cases")
    assert "?" not in missing


def test_a_new_message_is_registered(clone: Repository) -> None:
    """It goes to the month that is here, and Git takes it."""
    new = "new --channel people --no-real-name --no-contactable --title 路灯 --body 不亮。 --reference 9"
    done = clone.huiyin(*new.split(), "--received-at", "2026-11-22T09:00:00")
    assert 0 == done.code, done.err
    clone.commit()
    assert ["cases/2026/11/22/people-9.yaml"] == clone.git("diff", "--name-only", "HEAD~1").split()


def test_a_case_of_another_month_is_fetched_first(clone: Repository) -> None:
    """HY930 says how."""
    done = clone.huiyin("show", "people-1")
    assert (1, True) == (done.code, "git sparse-checkout add cases/年/月" in done.err)
    clone.git("sparse-checkout", "add", "cases/2026/10")
    assert 0 == clone.huiyin("show", "people-1").code


def test_an_export_is_whole_or_not_made(clone: Repository, tmp_path: Path) -> None:
    """HY981 as an error: months that are not here would be taken for gone; from a commit all are exported."""
    refused = clone.huiyin("export", "parquet", "--out", str(tmp_path / "out"))
    assert (2, True, False) == (refused.code, "错误 HY981" in refused.err, (tmp_path / "out").exists())
    done = clone.huiyin("export", "parquet", "--out", str(tmp_path / "out"), "--rev", "HEAD", "--jobs", "1")
    assert (0, True) == (done.code, "已导出2件留言" in done.out)


def test_a_checkout_of_all_cases_lacks_nothing(clone: Repository) -> None:
    """Leaving out other folders is nobody's business."""
    clone.git("sparse-checkout", "set", "rules", "schema", "cases")
    assert "" == clone.huiyin("deadlines").err
    clone.git("sparse-checkout", "disable")
    assert "" == clone.huiyin("deadlines").err
