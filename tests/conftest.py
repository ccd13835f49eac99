"""Settings that all tests share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.histories import History, make_history
from tests.office import NO_SSH_KEYGEN, Office, open_office
from tests.repository import Repository, make_repository

# How long an example takes says how busy the machine is, not whether the program is right.
settings.register_profile("huiyin", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("huiyin")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A case log without cases, with the shipped rules."""
    return make_repository(tmp_path / "库")


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office without cases, made once; tests work on copies of it."""
    if NO_SSH_KEYGEN:
        pytest.skip("ssh-keygen IS NOT INSTALLED: signatures are NOT TESTED")
    return open_office(tmp_path_factory.mktemp("office") / "省")


@pytest.fixture
def office(founded: Office, tmp_path: Path) -> Office:
    """A bare repository with its hook, and people with keys, for one test."""
    return copy_office(founded, tmp_path / "省")


@pytest.fixture(scope="session")
def merged(founded: Office, tmp_path_factory: pytest.TempPathFactory) -> History:
    """An office with some merges on main, made once; tests work on copies of it."""
    return make_history(copy_office(founded, tmp_path_factory.mktemp("history") / "省"))


@pytest.fixture
def history(merged: History, tmp_path: Path) -> History:
    """A main of honest merges, for one test."""
    return History(copy_office(merged.office, tmp_path / "省"), merged.main)


def copy_office(office: Office, folder: Path) -> Office:
    """The same office somewhere else."""
    shutil.copytree(office.folder, folder)
    return Office(folder, {person: folder / "keys" / person for person in office.keys})
