"""Frames: everything that is no slot stays, every slot is filled, and none is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from huiyin.model.problem import HuiyinError
from huiyin.publish.render import inert
from huiyin.publish.stamping.frame import Slot, split, token
from huiyin.publish.stamping.press import window_title

TITLE, CONTENT = Slot.TITLE.token, Slot.CONTENT.token


def codes(html: str, expected: set[str]) -> list[str]:
    """What splitting says."""
    with pytest.raises(HuiyinError) as raised:
        split(html, expected, "cases/")
    return [p.code for p in raised.value.problems]


@given(st.text(), st.text())
def test_a_filled_frame_is_the_text_with_its_slots_replaced(title: str, content: str) -> None:
    """Once each, whatever the values hold: another slot, or half of one."""
    frame = split(f"<title>{TITLE}</title><h1>{TITLE}</h1>{CONTENT}<p>", {"title", "content"}, "cases/")
    values = {"title": title + TITLE, "content": content + CONTENT[:9]}
    made = frame.fill(values)
    assert f"<title>{values['title']}</title><h1>{values['title']}</h1>{values['content']}<p>" == made
    assert "<title></title><h1></h1><p>" == frame.html


def test_a_slot_that_is_lost_fails() -> None:
    """A template that does not print the content would publish a hundred thousand empty pages."""
    assert ["HY842"] == codes(f"<p>{TITLE}</p>", {"title", "content"})


def test_a_slot_that_nobody_fills_fails() -> None:
    """Also one that the theme has changed, of which only a part is left."""
    assert ["HY842"] == codes(f"{TITLE}{CONTENT}", {"title"})
    assert ["HY842"] == codes(f"{TITLE}{CONTENT.upper()[:3]}{token('x')[:9]}", {"title"})


@given(st.text(st.characters(codec="utf-8")))
def test_titles_are_those_that_the_theme_would_print(text: str) -> None:
    """The theme strips tags from a title and folds its blanks; nothing else is left for it to change."""
    assert Markup(inert(text)).striptags() == window_title(text)  # noqa: S704  as the theme does
