"""Servers for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.reminders.servers import MailServer, RobotServer, mail_server, robot_server


@pytest.fixture
def mails() -> Iterator[MailServer]:
    """A mail server."""
    with mail_server() as server:
        yield server


@pytest.fixture
def robots() -> Iterator[RobotServer]:
    """The robots' services."""
    with robot_server() as server:
        yield server
