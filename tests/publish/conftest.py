"""The one site that most tests of the publication read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.publish.building import Built, make_project, run_mkdocs, stories


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The stories, built by ``mkdocs build --strict``."""
    root = make_project(tmp_path_factory.mktemp("instance"), stories().values())
    done = run_mkdocs(root, "build", "--strict")
    assert done.returncode == 0, done.stderr
    return Built(Path(root))
