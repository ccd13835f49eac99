"""What stands in the head of a page besides its title: its feeds, and structured data for search engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huiyin.publish import addresses
from huiyin.publish.open_data.json_ld import qa_page
from huiyin.publish.open_data.settings import Settings
from huiyin.publish.pages import CasePage, ListPage, Page


@dataclass(frozen=True)
class Heads:
    """The heads of all pages.

    Args:
        fed: address of a list → (title, path) of its feed; the list of all replies has one.
    """

    settings: Settings
    fed: Mapping[str, tuple[str, str]]

    def feeds(self, page: Page | None) -> list[tuple[str, str]]:
        """(title, path) of each feed: all replies everywhere, and those of the list or the unit.

        Args:
            page: None for hand-written pages.
        """
        own = None
        match page.view if page else None:
            case ListPage(list_address=address):
                own = address
            case CasePage(case=case, preview=False):
                own = addresses.unit_address(case.unit)
            case _:
                pass
        found = [addresses.REPLIES, own] if own in self.fed and own != addresses.REPLIES else [addresses.REPLIES]
        return [self.fed[address] for address in found if address is not None]

    def is_structured(self, page: Page | None) -> bool:
        """Whether the page says in JSON-LD what it holds."""
        return page is not None and isinstance(page.view, CasePage) and not page.view.preview

    def structured(self, page: Page | None) -> str:
        """The JSON-LD of a published case, or nothing."""
        if page is None or not isinstance(page.view, CasePage) or page.view.preview:
            return ""
        return qa_page(page.view.case, self.settings)
