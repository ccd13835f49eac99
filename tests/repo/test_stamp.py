from __future__ import annotations

from pathlib import Path

import pytest

from huiyin.repo.git import open_source
from huiyin.repo.stamp import stamp_of
from tests.cases import Story
from tests.repository import Repository


def test_a_commit_and_its_work_tree_have_one_stamp(repository: Repository) -> None:
    """What was found in one serves the other; a new case changes nothing."""
    repository.commit()
    before = stamp_of(open_source(repository.root))
    assert before == stamp_of(open_source(repository.root, "HEAD"))
    repository.add(Story())
    assert before == stamp_of(open_source(repository.root))


@pytest.mark.parametrize("path", ["rules/people.yaml", "rules/calendar.yaml", "schema/case.schema.json"])
def test_other_rules_have_another_stamp(repository: Repository, path: str) -> None:
    """Not a byte of rules or schemas may differ."""
    before = stamp_of(open_source(repository.root))
    file = repository.root / path
    file.write_bytes(file.read_bytes() + b"\n")
    assert before != stamp_of(open_source(repository.root))


def test_a_rule_that_moves_has_another_stamp(repository: Repository) -> None:
    """Where a file stands is part of what it says."""
    before = stamp_of(open_source(repository.root))
    file: Path = repository.root / "rules/procedure/gs-2015-115.yaml"
    file.rename(file.with_name("gs-2015-116.yaml"))
    assert before != stamp_of(open_source(repository.root))
