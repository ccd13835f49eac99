"""Which addresses the menu of the site names: pages at and below them are marked in it, so their frames differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from mkdocs.structure.files import Files


def addresses_in(nav: Any, files: Files) -> tuple[str, ...]:
    """The addresses below the root, not percent-encoded; the home page is above all and marks nothing.

    Args:
        nav: of ``mkdocs.yml``; None where MkDocs makes the menu of all hand-written pages.
        files: the hand-written ones.
    """
    if nav is None:
        found = {unquote(file.url) for file in files.documentation_pages()}
    else:
        found = {_address(path) for path in _paths(nav)}
    return tuple(sorted(found - {"", "./", "."}))


def _paths(nav: Any) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, dict):
        for below in nav.values():
            yield from _paths(below)
    elif isinstance(nav, list):
        for below in nav:
            yield from _paths(below)


def _address(path: str) -> str:
    plain = path.removesuffix(".md")
    return plain.removesuffix("index") if plain == "index" or plain.endswith("/index") else f"{plain}/"
