"""What the operator says of the open data."""

from __future__ import annotations

from typing import Any

import pytest

from huiyin.model.problem import HuiyinError
from huiyin.publish.open_data.settings import read_settings
from tests.publish.open_data.samples import SETTINGS

ROOT = "https://huiyin.example.gov.cn/wang"


def given(**changes: Any) -> dict[str, Any]:
    """``extra`` of a good ``mkdocs.yml``; a change to None takes the setting out."""
    licence = {"name": "知识共享署名4.0", "id": "CC-BY-4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}
    settings = {"licence": licence, "contact": SETTINGS.contact, "tag": SETTINGS.tag} | changes
    return {"demo": True, "open_data": {k: v for k, v in settings.items() if v is not None}}


def codes(extra: dict[str, Any], root: str | None = ROOT) -> list[str]:
    """Codes of what is wrong."""
    with pytest.raises(HuiyinError) as caught:
        read_settings(extra, root, SETTINGS.title)
    return [p.code for p in caught.value.problems]


def test_what_is_written_is_read() -> None:
    """The address ends with a slash whether or not it was written so."""
    assert (
        SETTINGS == read_settings(given(), ROOT, SETTINGS.title) == read_settings(given(), ROOT + "/", SETTINGS.title)
    )


@pytest.mark.parametrize("root", [None, "", "huiyin.example.gov.cn", "ftp://x.example/", "https://x.example/?a=1"])
def test_a_site_needs_an_address(root: str | None) -> None:
    """HY840: feeds and sitemaps name whole addresses."""
    assert ["HY840"] == codes(given(), root)


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"open_data": []},
        given(contact=" "),
        given(tag="example.gov.cn"),
        given(tag=2026),
        given(licence={"name": "x", "id": "y"}),
        given(licence={"name": "x", "id": "y", "url": "javascript:alert(1)"}),
        given(licenze="x"),
    ],
    ids=repr,
)
def test_wrong_settings_are_named(extra: dict[str, Any]) -> None:
    """HY841, one for each."""
    assert ["HY841"] == codes(extra)


def test_addresses_are_encoded() -> None:
    """Chinese names and spaces never stand raw in an address."""
    assert "https://huiyin.example.gov.cn/wang/topics/%E5%85%B6%E4%BB%96/" == SETTINGS.url("topics/其他/")
    assert "tag:huiyin.example.gov.cn,2026:feeds/topics/%E5%85%B6%E4%BB%96.atom" == SETTINGS.tag_of(
        "feeds/topics/其他.atom"
    )
