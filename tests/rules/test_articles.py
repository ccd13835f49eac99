from __future__ import annotations

import pytest

from huiyin.rules.articles import cite, cite_all


@pytest.mark.parametrize(
    ("article", "expected"),
    [("9(2)", "第九条（二）"), ("10(1)", "第十条（一）"), ("20(1)", "第二十条第一款"), ("24", "第二十四条"), ("", "")],
)
def test_cite(article: str, expected: str) -> None:
    """Articles are cited as officials write them: numbered items of 九 and 十, paragraphs of 二十."""
    assert expected == cite(article)


def test_cite_all() -> None:
    """Several citations are joined by the enumeration comma."""
    assert "第三条、第十二条" == cite_all(["3", "12"])
