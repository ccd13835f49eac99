"""docs/articles.md keeps its promise: every article has a row, every row has tests that exist and cite the article."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from huiyin.rules.articles import cite
from tests.cases import PROJECT

SHARED = PROJECT.parent / "shared" / "articles.md"
REFERENCE = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
EVERY_ARTICLE = (
    *("1", "2", "3", "4", "5", "6", "7", "8", "9(1)", "9(2)", "9(3)", "9(4)", "10(1)", "10(2)", "11", "12", "13"),
    *("14", "15", "16", "17", "18", "19", "20(1)", "20(2)", "21", "22", "23", "24"),
)


def rows(text: str) -> dict[str, str]:
    """Article → its whole row, for each row of the table whose first cell is articles."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        first = line.strip("| ").split("|")[0].strip()
        if re.fullmatch(r"\d+(\(\d\))?(, \d+)*", first) and line.startswith("|"):
            found |= dict.fromkeys(first.split(", "), line)
    return found


@cache
def ours() -> dict[str, str]:
    """The rows of our own page."""
    return rows((PROJECT / "docs/articles.md").read_text(encoding="utf-8"))


def docstring(path: str, name: str) -> str | None:
    """The docstring of a test function, or None if there is no such test."""
    file = PROJECT / path
    if not file.exists():
        return None
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return ast.get_docstring(node) or ""
    return None


def number(article: str) -> str:
    """The Chinese number of an article without 条, such as 第九 for 9(2): 第九(二)条 and 第九条(二) both hold it."""
    return cite(article.partition("(")[0]).rstrip("条")


@pytest.mark.parametrize("article", EVERY_ARTICLE)
def test_each_article_is_proved(article: str) -> None:
    """A row, at least one test, each existing, and one at least that cites the article in its docstring."""
    assert article in ours()
    references = REFERENCE.findall(ours()[article])
    assert references, f"{cite(article)} has no test"
    texts = {f"{path}::{name}": docstring(path, name) for path, name in references}
    assert [] == [reference for reference, text in texts.items() if text is None]
    chinese = number(article).removeprefix("第")
    assert any(re.search(rf"第[^。,:;]*{chinese}", text or "") for text in texts.values()), texts


def test_no_article_of_the_brief_is_missing() -> None:
    """The list that the project was given names no article that our page lacks."""
    if not SHARED.exists():
        pytest.skip(f"LOUD: {SHARED.name} of the shared folder is not here, so the lists were not compared")
    theirs = rows(SHARED.read_text(encoding="utf-8"))
    assert set() == set(theirs) - set(ours())
    assert set(EVERY_ARTICLE) == set(theirs)
