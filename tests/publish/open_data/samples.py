"""Published cases, settings and feeds for the tests of the open data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from huiyin.publish.open_data.settings import Licence, Settings
from huiyin.publish.reopened import ReopenedCase, reopened_case
from huiyin.publish.view import PublicCase, public_case
from tests.cases import rulebook
from tests.publish.building import PUBLISHED, REOPENED, stories

NOW = "2030-12-31 18:00"
SETTINGS = Settings(
    root="https://huiyin.example.gov.cn/wang/",
    title="网民留言办理公开（演示）",
    licence=Licence("知识共享署名4.0", "CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
    contact="演示站点，没有主办单位。",
    tag="huiyin.example.gov.cn,2026",
)


def published(name: str, **changes: Any) -> PublicCase:
    """The public view of a story, with other texts where a test needs them."""
    case = public_case(stories()[name].replay(NOW), rulebook())
    assert case is not None
    return replace(case, **changes)


def all_published() -> list[PublicCase]:
    """Every published story."""
    return [published(name) for name in PUBLISHED]


def all_reopened() -> list[ReopenedCase]:
    """Every story that was published and is not now."""
    found = [reopened_case(stories()[name].replay(NOW), rulebook().registry) for name in REOPENED]
    return [case for case in found if case is not None]
