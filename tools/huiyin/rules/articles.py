"""How an article of the regulation is cited: data write ``9(2)``, people read 第九条(二)."""

from __future__ import annotations

from collections.abc import Iterable

_DIGITS = "零一二三四五六七八九"
_WITH_PARAGRAPHS = frozenset({20})
"""Articles whose parts are paragraphs (款) without numbers; the others number their items (一), (二) …"""


def cite(article: str) -> str:
    """第九条(二) for ``9(2)``, 第二十条第一款 for ``20(1)``, "" for ""."""
    if not article:
        return ""
    number, _, part = article.rstrip(")").partition("(")
    base = f"第{_chinese(int(number))}条"
    if not part:
        return base
    return f"{base}第{_chinese(int(part))}款" if int(number) in _WITH_PARAGRAPHS else f"{base}（{_chinese(int(part))}）"


def cite_all(articles: Iterable[str]) -> str:
    """The citations joined by 、."""
    return "、".join(cite(a) for a in articles)


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
