"""Scenes for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.forge.scene import KINDS, Scene, assigned, scene


@pytest.fixture(params=KINDS)
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """One case on main, on each forge."""
    with scene(request.param, tmp_path, assigned()) as found:
        yield found


@pytest.fixture
def github(tmp_path: Path) -> Iterator[Scene]:
    """The same on GitHub."""
    with scene("github", tmp_path, assigned()) as found:
        yield found


@pytest.fixture
def gitea(tmp_path: Path) -> Iterator[Scene]:
    """The same on Gitea."""
    with scene("gitea", tmp_path, assigned()) as found:
        yield found
