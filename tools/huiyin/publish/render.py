"""From a page to its HTML. Citizens' text is never Markdown and never HTML: every value is escaped by Jinja."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from huiyin.model.case import SHANGHAI
from huiyin.publish.addresses import relative
from huiyin.publish.pages import Page
from huiyin.publish.statistics import rate_text

if TYPE_CHECKING:
    from huiyin.publish.view import PublicCase

ROOT = "<root>"
"""Stands in an entry for the link to the root of the site; no escaped text can hold it."""
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_INERT = str.maketrans({"<": "\uff1c", ">": "\uff1e", "&": "\uff06", '"': "\u201d", "'": "\u2019"})


def render(page: Page) -> str:
    """The content of a page, for the frame that the theme puts around it."""
    to = partial(relative, page.address)
    trail = trail_of(page.trail, page.title, page.address)
    return trail + _environment().get_template(page.template).render(view=page.view, to=to)


def item(case: PublicCase) -> bytes:
    """The entry of a case in a list, with ``ROOT`` where the link to the root of the site belongs."""
    entry = str(_environment().get_template("macros.html").module.item(case, Markup(ROOT + quote(case.address))))  # type: ignore[attr-defined]  # noqa: S704
    return entry.encode()


def placed(entry: bytes, to: Callable[[str], str]) -> Markup:
    """An entry of a list on a page.

    Args:
        to: makes a link to an address.
    """
    return Markup(entry.decode().replace(ROOT, to("-")[:-1]))  # noqa: S704  as ``item`` made it


def trail_of(trail: tuple[tuple[str, str], ...], here: str, address: str) -> str:
    """Where a page stands, as links; nothing for the home page, above which there is none.

    Args:
        trail: (name, address) of the pages above, the home page first.
        here: the name of the page itself.
        address: its own.
    """
    if not trail:
        return ""
    to = partial(relative, address)
    return _environment().get_template("trail.html").render(trail=trail, here=here, to=to)


def inert(text: str) -> str:
    """The text with the characters that mean something to HTML replaced by their full-width forms.

    For titles that the theme handles: it prints them unescaped, and its ``striptags`` even undoes escapes.
    """
    return text.translate(_INERT)


# What is put together below is escaped before, or made of numbers alone, so that no filter needs Markup's slow format.
def paragraphs(text: str) -> Markup:
    """Plain text as HTML that looks as it was typed: blank lines part paragraphs, line ends stay."""
    blocks = _BLANK_LINES.split(str(escape(text.strip())))
    lines = ("<br>\n".join([line.strip() for line in block.split("\n")]) for block in blocks)
    return Markup("\n".join([f"<p>{block}</p>" for block in lines]))  # noqa: S704


def day(value: date | datetime) -> Markup:
    """``<time>`` with 2026年11月20日."""
    return _day(value.astimezone(SHANGHAI).date() if isinstance(value, datetime) else value)


@lru_cache(maxsize=4096)
def _day(on: date) -> Markup:
    text = f'<time datetime="{on.isoformat()}">{on.year}年{on.month}月{on.day}日</time>'
    return Markup(text)  # noqa: S704


def plain_day(value: datetime) -> str:
    """2026年11月20日, in Beijing, without markup."""
    on = value.astimezone(SHANGHAI)
    return f"{on.year}年{on.month}月{on.day}日"


def moment(value: datetime) -> Markup:
    """``<time>`` with 2026年11月20日 09:12."""
    at = value.astimezone(SHANGHAI)
    text = f"{at.year}年{at.month}月{at.day}日 {at.hour:02}:{at.minute:02}"
    return Markup(f'<time datetime="{at.isoformat()}">{text}</time>')  # noqa: S704


def percent(rate: float | None) -> Markup:
    """93.8%, or a dash that a screen reader reads as 无数据."""
    return Markup('<span aria-label="无数据">—</span>') if rate is None else escape(rate_text(rate))


def number(value: float | None) -> Markup:
    """A median without needless decimals, or the dash."""
    return percent(None) if value is None else escape(f"{value:g}")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("huiyin.publish"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "paragraphs": paragraphs,
        "day": day,
        "moment": moment,
        "percent": percent,
        "placed": placed,
        "number": number,
    }
    return environment
