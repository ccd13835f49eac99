"""From a page to its HTML. Citizens' text is never Markdown and never HTML: every value is escaped by Jinja."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from huiyin.model.case import SHANGHAI
from huiyin.publish.addresses import relative
from huiyin.publish.pages import Page
from huiyin.publish.statistics import rate_text

_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_INERT = str.maketrans({"<": "\uff1c", ">": "\uff1e", "&": "\uff06", '"': "\u201d", "'": "\u2019"})


def render(page: Page) -> str:
    """The content of a page, for the frame that the theme puts around it."""
    to = partial(relative, page.address)
    trail = trail_of(page.trail, page.title, page.address)
    return trail + _environment().get_template(page.template).render(view=page.view, to=to)


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


def paragraphs(text: str) -> Markup:
    """Plain text as HTML that looks as it was typed: blank lines part paragraphs, line ends stay."""
    blocks = _BLANK_LINES.split(text.strip())
    lines = (Markup("<br>\n").join(line.strip() for line in block.split("\n")) for block in blocks)
    return Markup("\n").join(Markup("<p>{}</p>").format(block) for block in lines)


def day(value: date | datetime) -> Markup:
    """``<time>`` with 2026年11月20日."""
    on = value.astimezone(SHANGHAI).date() if isinstance(value, datetime) else value
    return Markup('<time datetime="{}">{}年{}月{}日</time>').format(on.isoformat(), on.year, on.month, on.day)


def plain_day(value: datetime) -> str:
    """2026年11月20日, in Beijing, without markup."""
    on = value.astimezone(SHANGHAI)
    return f"{on.year}年{on.month}月{on.day}日"


def moment(value: datetime) -> Markup:
    """``<time>`` with 2026年11月20日 09:12."""
    at = value.astimezone(SHANGHAI)
    text = f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), text)


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
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "paragraphs": paragraphs,
        "day": day,
        "moment": moment,
        "percent": percent,
        "number": number,
    }
    return environment
