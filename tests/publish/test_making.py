"""Frames: whatever the menu names, each page that is stamped finds one of its kind among the samples."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mkdocs.config import load_config

from huiyin.publish.gather import gather
from huiyin.publish.lists import PER_PAGE
from huiyin.publish.making import Making
from huiyin.publish.open_data.settings import read_settings
from huiyin.publish.open_data.site import OpenData
from huiyin.publish.procedure_view import load_procedures
from huiyin.publish.site import Site
from huiyin.repo.schemas import load_schema
from huiyin.repo.source import FolderSource
from tests.cases import Story
from tests.publish.building import AS_OF, make_project, stories


class Stamped:
    """All pages that are stamped. No dataclass, or a failure would be told with all their texts."""

    def __init__(self, making: Making) -> None:
        self.making = making
        self.pages = list(making.stamped())


@pytest.fixture(scope="module")
def stamped(tmp_path_factory: pytest.TempPathFactory) -> Stamped:
    """Of a record with every kind of case, and so many of one unit that its lists have archives of several pages."""
    many = [
        Story(reference=f"B{number:03}").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
        for number in range(2 * PER_PAGE + 4)
    ]
    for number, story in enumerate(many):
        story.answered("2026-11-17 09:00").published(f"2026-1{1 + number % 2}-18 09:00")
    root = make_project(tmp_path_factory.mktemp("project"), [*stories().values(), *many])
    source, config = FolderSource(root), load_config(str(root / "mkdocs.yml"))
    gathered = gather(source, datetime.fromisoformat(AS_OF))
    site = Site(gathered, load_procedures(source, gathered.rulebook, gathered.as_of))
    chosen = read_settings(config.extra, config.site_url, config.site_name)
    data = OpenData(gathered, chosen, load_schema(source, "case").document, site.units, site.topics, site.tables)
    return Stamped(Making(gathered, site, data))


@settings(max_examples=200)
@given(chosen=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 999)), max_size=6))
def test_every_page_has_a_frame(stamped: Stamped, chosen: list[tuple[int, int]]) -> None:
    """A menu may name lists, archives, their second pages, cases, and folders above all of these."""
    addresses = sorted({page.address for page in stamped.pages})
    lists = [address for address in addresses if not address.startswith("cases/")]
    parents = sorted({f"{address.rpartition('/')[0].rpartition('/')[0]}/" for address in addresses})
    among = (addresses, lists, parents)
    menu = tuple(among[kind][number % len(among[kind])] for kind, number in chosen)
    named = replace(stamped.making, navigation=menu)
    kinds = named.samples().keys()
    without = [page.address for page in stamped.pages if named.press.kind(page) not in kinds]
    assert (menu, []) == (menu, without)
