"""Problems as lines of the log of MkDocs."""

from __future__ import annotations

from collections.abc import Sequence

from huiyin.model.problem import Problem
from huiyin.rules.articles import cite


def line_of(p: Problem) -> str:
    """One problem."""
    where = ":".join(str(part) for part in (p.path, p.line) if part)
    article = f"（{cite(p.article)}）" if p.article else ""
    return f"{p.code} {where} {p.message}{article} 处理：{p.cure}"


def summary_of(problems: Sequence[Problem], code: str = "HY801") -> str:
    """What they mean for the site: HY801, it was not made, or HY767, it must not be published."""
    files = len({p.path for p in problems})
    what = "站点没有生成" if code == "HY801" else "生成的内容不得发布"
    whole = Problem(code, f"{what}：{files}个文件有{len(problems)}个错误，详见上文。")
    return f"{whole.code} {whole.message}处理：{whole.cure}"
