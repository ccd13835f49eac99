"""XML made from a tree of plain values, always the same bytes for the same tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


@dataclass(frozen=True, slots=True)
class Element:
    """An element with either a text or children."""

    name: str
    content: str | Iterable[Element] = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


def document(root: Element) -> bytes:
    """The file.

    The record holds no character that XML 1.0 forbids (``repo/characters.py``), so texts need escaping only.
    """
    return (DECLARATION + "".join(_lines(root, 0))).encode()


def _lines(element: Element, depth: int) -> Iterable[str]:
    # A line end in an attribute would become a space, so quoteattr writes it as a reference.
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in element.attributes.items())
    start = f"{'  ' * depth}<{element.name}{attributes}"
    if isinstance(element.content, str):
        yield f"{start}>{escape(element.content)}</{element.name}>\n" if element.content else f"{start}/>\n"
        return
    yield f"{start}>\n"
    for child in element.content:
        yield from _lines(child, depth + 1)
    yield f"{'  ' * depth}</{element.name}>\n"
