"""Fixtures of the door."""

from __future__ import annotations

import pytest

from tests.repository import Repository
from tests.vault.safe import Safe, make_safe


@pytest.fixture
def safe(repository: Repository) -> Safe:
    """A case log whose people have age keys, with no vault yet."""
    return make_safe(repository, dict.fromkeys(("wangzhan.clerk", "zhengwu.clerk", "lanzhou.clerk"), ""))


@pytest.fixture(autouse=True)
def _keys(safe: Safe) -> None:
    """Names and contacts need a vault, and a vault needs keys."""
