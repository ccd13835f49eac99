"""Looking through what was stamped: fast, and never less than the reader of pages finds."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
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


WRITTEN = (
    *("<p>", "</p>", "<b>", "</b>", "<br>", "<li>", '<a href="', '">', "</a>", '<p title="', '" class="hy-a">'),
    *("&lt;", "&gt;", "&amp;", "&#51;", "&quot;", "%33", "%20", " ", "  ", "\n", "/", "-", ".", "：", "，", "…"),
    *("1", "38", "138", "0013", "8000", "00138000", "110101199003078515", "people-", "people-12345678/", "8.8.8.8"),
    *('">', "'", " ", "<script>", "</script>", "<style>", '<a href="data:,', " wx ", "<p my ", " zhang_san", '="', '"'),
    *("%31%33%38", "%40", "&#51", "&#48", '<p class="', '" id="hy-', "wx "),
    *("我叫", "王建国", "我家住", "中山路", "12号", "微信", "wx_zhang3", "a@", "qq.com", " at ", " dot ", "电话"),
)


@given(st.lists(st.sampled_from(WRITTEN), max_size=14).map("".join))
@example('<p title="a@qq.com">x</p>')
@settings(max_examples=400)
def test_nothing_that_is_certain_is_passed_over(piece: str) -> None:
    """第十九条: whatever HTML is put together of these, as it is written or broken."""
    closer = look("page.html", piece.encode(), NOTHING)
    if Confidence.CERTAIN in {hit.confidence for hit in closer.hits}:
        assert not is_clean([piece], NOTHING)


@pytest.mark.parametrize(
    "piece",
    [
        '<a href="../../cases/2026/11/people-12345678/">演示</a>',
        '<dd class="hy-letter hy-letter--reply">portal-12345678</dd>',
        "<p>网址：https://huiyin.example.gov.cn/cases/2026/11/people-12345678/</p>",
        "https://huiyin.example.gov.cn/cases/2026/11/people-12345678/",
    ],
)
def test_ids_of_cases_are_clean(piece: str) -> None:
    """Else every page would be looked at closely."""
    assert is_clean([piece], NOTHING)


@given(st.datetimes(), st.text("演示，。第1条 \n"))
def test_dates_and_plain_words_are_clean(at: object, text: str) -> None:
    """Whatever day it is."""
    from huiyin.model.case import SHANGHAI

    when = at.replace(year=2028, tzinfo=SHANGHAI)  # type: ignore[attr-defined]
    html = f'<p class="hy-under">{day(when)} {moment(when)}</p>{paragraphs(text)}'
    assert is_clean((html,), NOTHING) or look("a.html", html.encode(), NOTHING).hits


@pytest.mark.parametrize(
    "piece",
    [
        "<p>请回电138&lt;b&gt;0013&lt;/b&gt;8000</p>",
        "<p>我家的联系电话：0931-8412345</p>\n<p>人民路拥堵</p>",
        '<a title="zhangwei at qq dot com">链接</a>',
        "<p>/people-110101199/ 003078515</p>",
        "<p>见 cases/people-110101199/\n003078515</p>",
        "<p>我的手机/people-138/ 00138000</p>",
        "<p>people-138<b>00138000</b>，我的手机</p>",
        "<p>我家住  中山路12号</p>",
        '<a title="my wx zhang_san">链接</a>',
        "<p>&lt;b&gt;1&amp;#51;800138000</p>",
        '<a title="&lt;b&gt;1&amp;#51;800138000">链接</a>',
        '<a href="?q=1&#37;33800138000">链接</a>',
        '<a href="?q=%20我的手机13800138000%26%2351%3B">链接</a>',
        "<a>8.8.8.8110101&lt;/b&gt;301</a>13800138000",
        "<p title='13800138000'>链接</p>",
        "<p title=13800138000>链接</p>",
        "<p>138<WBR>00138000</p>",
        "<p>138<wbr/>00138000</p>",
        '<a href="data:text/plain;base64,MTM4MDAxMzgwMDA=">链接</a>',
        "<script>/*<b>*/13800138000</script>",
        "<p my wx zhang_san>链接</p>",
        '<p class="my wx zhang_san">链接</p>',
        '<p my="" wx="" zhang_san="">链接</p>',
        '<p id="hy-wx hy-zhang_san"></p>',
        "138&#48<b>0138000</b>",
        '<a id="%31%33%38%30%30%31%33%38%30%30%30">链接</a>',
        '<a id="abc%40qq.com">链接</a>',
    ],
)
def test_what_the_closer_look_finds_is_suspected(piece: str) -> None:
    """第十九条: tags that were typed, a unit at the beginning of the next text, an address spelt out in letters."""
    closer = look("page.html", piece.encode(), NOTHING)
    assert Confidence.CERTAIN in {hit.confidence for hit in closer.hits}
    assert not is_clean([piece], NOTHING)
