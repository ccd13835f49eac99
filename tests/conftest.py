"""Settings that all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.repository import Repository, make_repository

# How long an example takes says how busy the machine is, not whether the program is right.
settings.register_profile("huiyin", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("huiyin")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A case log without cases, with the shipped rules."""
    return make_repository(tmp_path / "库")
