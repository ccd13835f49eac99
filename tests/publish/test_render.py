"""From text to HTML."""

from __future__ import annotations

from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from huiyin.publish.render import day, inert, moment, number, paragraphs, percent
from tests.publish.building import parse


def test_blank_lines_part_paragraphs_and_line_ends_stay() -> None:
    """The text looks as it was typed."""
    assert "<p>一<br>\n二</p>\n<p>三</p>" == str(paragraphs("一\n二\n \n\n三\n"))


@given(st.text(alphabet="<>&\"'=/ab \n{}%#[]()`*!-"))
def test_no_text_becomes_markup(text: str) -> None:
    """Whatever a citizen types, the page has the paragraphs' own tags and the text itself."""
    document = parse(f"<article>{paragraphs(text)}</article>")
    assert {"article", "p", "br"} >= {e.tag for e in document.elements}
    assert not [e for e in document.elements if e.attributes]
    assert "".join(text.split()) == "".join(document.text().split())


@given(st.text())
def test_inert_titles_survive_any_number_of_escapes_undone(text: str) -> None:
    """The theme prints titles unescaped, so they hold nothing that HTML reads."""
    assert not set("<>&\"'") & set(inert(text))
    assert len(text) == len(inert(text))


def test_times_are_machine_readable() -> None:
    """``<time>`` with Beijing time, whatever offset the value has."""
    at = datetime.fromisoformat("2026-11-20T01:12:00+00:00")
    assert '<time datetime="2026-11-20T09:12:00+08:00">2026年11月20日 09:12</time>' == str(moment(at))
    expected = '<time datetime="2026-11-20">2026年11月20日</time>'
    assert [expected] * 2 == [str(day(at)), str(day(date(2026, 11, 20)))]


def test_missing_figures_are_read_aloud_as_missing() -> None:
    """A dash alone says nothing to a screen reader."""
    assert ["93.8%", "7", "10.5"] == [str(percent(0.9375)), str(number(7.0)), str(number(10.5))]
    assert "无数据" in percent(None)
    assert percent(None) == number(None)
