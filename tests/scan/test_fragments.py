"""Looking through what was stamped: fast, and never less than the reader of pages finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.model.personal import Confidence
from huiyin.publish.render import day, moment, paragraphs
from huiyin.rules.privacy import PrivacySettings
from huiyin.scan.fragments import is_clean
from huiyin.scan.looking import look
from tests.canaries import DISGUISES, EMAIL, MOBILE, RESIDENT_ID

NOTHING = PrivacySettings()


@pytest.mark.parametrize("secret", [MOBILE, RESIDENT_ID, EMAIL, *(d for d in DISGUISES)])
@pytest.mark.parametrize(
    "page",
    [
        "<p>{}</p>",
        '<a href="?to={}">演示</a>',
        '<p class="演示{}">演示</p>',
        '<time datetime="2026-11-20">2026年11月20日</time>{}<time datetime="2026-11-20">2026年11月20日</time>',
        "<h1>演示</h1><ul>\n  <li>{}</li>\n</ul>",
    ],
)
def test_what_a_reader_finds_is_suspected(secret: str, page: str) -> None:
    """In words, in attributes, between dates: whatever the closer look would find."""
    html = page.format(secret)
    if look("a.html", html.encode(), NOTHING).hits:
        assert not is_clean((html,), NOTHING)


def test_a_number_in_pieces_is_one() -> None:
    """Half of it bold, or percent-encoded."""
    assert not is_clean((f"<p>{MOBILE[:5]}<b>{MOBILE[5:]}</b></p>",), NOTHING)
    assert not is_clean((f'<a href="{"".join(f"%{ord(c):x}" for c in MOBILE)}">演示</a>',), NOTHING)
    assert not is_clean((f"来电{MOBILE}",), NOTHING)


@given(st.datetimes(), st.text("演示，。第1条 \n"))
def test_dates_and_plain_words_are_clean(at: object, text: str) -> None:
    """Whatever day it is."""
    from huiyin.model.case import SHANGHAI

    when = at.replace(year=2026, tzinfo=SHANGHAI)  # type: ignore[attr-defined]
    html = f'<p class="hy-under">{day(when)} {moment(when)}</p>{paragraphs(text)}'
    assert is_clean((html,), NOTHING) or look("a.html", html.encode(), NOTHING).hits


@pytest.mark.parametrize(
    "piece",
    [
        "<p>请回电138&lt;b&gt;0013&lt;/b&gt;8000</p>",
        "<p>我家的联系电话：0931-8412345</p>\n<p>人民路拥堵</p>",
        '<a title="zhangwei at qq dot com">链接</a>',
    ],
)
def test_what_the_closer_look_finds_is_suspected(piece: str) -> None:
    """第十九条: tags that were typed, a unit at the beginning of the next text, an address spelt out in letters."""
    closer = look("page.html", piece.encode(), NOTHING)
    assert Confidence.CERTAIN in {hit.confidence for hit in closer.hits}
    assert not is_clean([piece], NOTHING)
