"""Fixtures of the vault."""

from __future__ import annotations

import pytest

from tests.repository import Repository
from tests.vault.safe import Safe, make_safe


@pytest.fixture
def safe(repository: Repository) -> Safe:
    """A case log whose people have age keys, with no vault yet."""
    return make_safe(repository)
