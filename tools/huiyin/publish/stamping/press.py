"""The press: from a page to the bytes that MkDocs itself would have made of it, without the theme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import escape

from huiyin.model.problem import HuiyinError, Problem
from huiyin.publish.addresses import depth
from huiyin.publish.open_data.heads import Heads
from huiyin.publish.pages import Page
from huiyin.publish.render import inert, render
from huiyin.publish.stamping.frame import Frame, Slot, feed_slots


class Kind(NamedTuple):
    """All on which the frame of a page depends, its slots left aside.

    Args:
        within: the targets of the navigation at or above the page, which the menu marks.
        depth: folders down from the root, for links to assets.
        feeds: how many it names.
    """

    within: tuple[str, ...]
    depth: int
    hidden: bool
    described: bool
    structured: bool
    feeds: int
    styles: tuple[str, ...]
    scripts: tuple[str, ...]

    @property
    def slots(self) -> frozenset[str]:
        """What a page of this kind fills."""
        named = {slot for pair in feed_slots(self.feeds) for slot in pair}
        optional = {Slot.DESCRIPTION} if self.described else set()
        optional |= {Slot.STRUCTURED} if self.structured else set()
        return frozenset({Slot.TITLE, Slot.CANONICAL, Slot.CONTENT} | optional | named)


class Stamped(NamedTuple):
    """A page.

    Args:
        fresh: what stands in its slots, as HTML: all of it that is not its frame's, structured data aside.
    """

    html: str
    fresh: tuple[str, ...]


@dataclass(frozen=True)
class Press:
    """The frames of a site.

    Args:
        navigation: addresses that the menu names.
        heads: what stands in the heads of pages.
        frames: by kind; empty as long as MkDocs has not rendered them.
    """

    navigation: tuple[str, ...]
    heads: Heads
    frames: Mapping[Kind, Frame]

    def kind(self, page: Page) -> Kind:
        """What frame a page needs."""
        assert not page.contents, "a page with a table of contents is rendered by MkDocs"
        return Kind(
            within=tuple(target for target in self.navigation if page.address.startswith(target)),
            depth=depth(page.address),
            hidden=page.hidden,
            described=bool(page.description),
            structured=self.heads.is_structured(page),
            feeds=len(self.heads.feeds(page)),
            styles=page.styles,
            scripts=page.scripts,
        )

    def stamp(self, page: Page) -> Stamped:
        """Fill the frame of its kind.

        Raises:
            HuiyinError: HY842, there is no such frame.
        """
        kind = self.kind(page)
        frame = self.frames.get(kind)
        if frame is None:
            raise HuiyinError(Problem("HY842", f"没有页面 {page.address} 所需的框架。"))
        feeds = self.heads.feeds(page)
        values: dict[str, str] = {
            Slot.TITLE: window_title(page.title),
            Slot.DESCRIPTION: inert(page.description),
            Slot.CANONICAL: self.heads.settings.url(page.address),
            Slot.CONTENT: render(page),
        }
        for (title_slot, path_slot), (title, path) in zip(feed_slots(kind.feeds), feeds, strict=True):
            values[title_slot], values[path_slot] = str(escape(title)), str(escape(path))
        fresh = tuple(values.values())
        if kind.structured:
            values[Slot.STRUCTURED] = self.heads.structured(page)
        return Stamped(frame.fill(values), fresh)


def window_title(title: str) -> str:
    """A title as the theme prints it: it strips tags, of which ``inert`` leaves none, and folds white space."""
    return " ".join(inert(title).split())
