"""Other people's words are shown and never obeyed: held against a CommonMark parser."""

from __future__ import annotations

import html

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from huiyin.forge.quoting import code, fence, plain, visible

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HOSTILE = st.text(st.sampled_from("`~*_[]()<>!#@|\\&;:/.-+=$ \n\tab12中“\u200b\u202e\r\0"), max_size=60) | st.text(
    max_size=60
)


def parse(markdown: str) -> list[Token]:
    """The blocks."""
    return PARSER.parse(markdown)


def inline(markdown: str) -> list[Token]:
    """What stands in the only paragraph."""
    tokens = parse(markdown)
    assert ["paragraph_open", "inline", "paragraph_close"] == [t.type for t in tokens]
    return tokens[1].children or []


@given(HOSTILE)
@example("```\n# 标题\n```")
@example("````\n</details>")
@example("~~~")
@example("\n\n\n```")
def test_a_fence_is_closed_by_nothing_in_it(text: str) -> None:
    """One block with exactly that text, and what follows is as it was."""
    tokens = parse(f"前\n\n{fence(text)}\n\n后")
    assert ["paragraph_open", "fence", "paragraph_open"] == [
        t.type for t in tokens if t.type in {"fence", "paragraph_open"}
    ]
    shown = next(t.content for t in tokens if t.type == "fence")
    assert visible(text).rstrip("\n") == shown.removesuffix("\n")


@given(HOSTILE)
@example("`")
@example("`` ` ``")
@example(" a ")
@example("a`")
@example("\\`")
def test_a_code_span_is_closed_by_nothing_in_it(text: str) -> None:
    """One span with exactly that line."""
    children = inline(f"前{code(text)}后")
    line = visible(text).replace("\n", " ")
    if line.strip():
        assert ["text", "code_inline", "text"] == [c.type for c in children]
        assert line == children[1].content
    else:
        assert ["前（空）后"] == [c.content for c in children]


@given(HOSTILE)
@example("![x](javascript:alert(1))")
@example("<img src=x onerror=alert(1)>")
@example("&lt;b&gt; &#64;everyone")
@example("@everyone #12 www.evil.example https://evil.example a@b.example")
@example("\\*a\\*")
@example("$x$ :smile: ~~a~~ [^1]")
def test_plain_words_stay_words(text: str) -> None:
    """Nothing but text, which reads as it was written but for ``@`` and ``#``, and calls nobody."""
    escaped = plain(text)
    children = inline(f"前{escaped}后")
    assert {"text", "text_special"} >= {c.type for c in children}
    shown = "".join(c.content for c in children)
    expected = " ".join(visible(text).split()).replace("@", "\uff20").replace("#", "\uff03")
    assert f"前{expected}后" == shown
    assert html.unescape(escaped) == expected or "&" in text
    assert not {"@", "#" if "&#" not in escaped else "@"} & set(escaped)
    assert not any(sign in escaped for sign in ("://", "www.", "<", ">", "[", "]", "`", "*", "_", "~", "|", "$"))


@pytest.mark.parametrize("text", ["2026-11-23 10:30", "兰州市（演示）", "第九条（三）", "rules/people.yaml"])
def test_usual_words_are_left_alone(text: str) -> None:
    """Dates, times, names and paths of the rules need no references."""
    assert text == plain(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a〔U+202E〕b"),
        ("a\u200bb", "a〔U+200B〕b"),
        ("a\tb", "a〔U+0009〕b"),
        ("a\r\nb", "a\nb"),
        ("甲\n乙", "甲\n乙"),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(text: str, shown: str) -> None:
    """Nobody signs what he does not see."""
    assert shown == visible(text)
