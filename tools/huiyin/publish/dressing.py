"""What a page of MkDocs is given before the theme renders it: title, description, feeds, contents, or their slots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mkdocs.structure.toc import TableOfContents, get_toc

from huiyin.publish.open_data.heads import Heads
from huiyin.publish.pages import Page
from huiyin.publish.render import inert
from huiyin.publish.stamping.frame import Slot, feed_slots, token
from huiyin.publish.stamping.press import Kind

if TYPE_CHECKING:
    from mkdocs.structure.pages import Page as MkDocsPage


def dress_frame(page: MkDocsPage, kind: Kind) -> None:
    """Put slots into the page that is rendered for its frame."""
    page.canonical_url = Slot.CANONICAL.token
    page.meta.update(
        title=Slot.TITLE.token,
        description=Slot.DESCRIPTION.token if kind.described else "",
        robots="noindex" if kind.hidden else "",
        feeds=[(token(title), token(path)) for title, path in feed_slots(kind.feeds)],
        json_ld=Slot.STRUCTURED.token if kind.structured else "",
        styles=kind.styles,
        scripts=kind.scripts,
    )


def dress(page: MkDocsPage, made: Page | None, heads: Heads) -> None:
    """Put what a generated page says of itself into it.

    Args:
        made: None for hand-written pages, which have feeds and structured data only.
    """
    page.meta.update(feeds=heads.feeds(made), json_ld=heads.structured(made))
    if made:
        page.update_date = made.updated.isoformat() if made.updated else ""
        page.meta.update(styles=made.styles, scripts=made.scripts)
        page.meta["title"] = inert(made.title)
        page.meta["description"] = inert(made.description)
        page.meta["robots"] = "noindex" if made.hidden else ""


def contents_of(made: Page) -> TableOfContents:
    """The table of contents of a generated page."""
    return get_toc([_entry(1, "top", inert(made.title), [_entry(2, i, inert(t), []) for i, t in made.contents])])


def _entry(level: int, anchor: str, name: str, children: list[Any]) -> Any:
    return {"level": level, "id": anchor, "name": name, "html": name, "data-toc-label": "", "children": children}
