"""The kinds of documents, with their articles."""

from __future__ import annotations

from enum import StrEnum

from huiyin.rules.articles import cite_all


class Kind(StrEnum):
    """A kind of document; the value is the name of its template."""

    TRANSFER = "transfer"
    REMINDER = "reminder"
    EXTENSION = "extension"
    RETURN = "return"
    SUPERVISION = "supervision"
    BRIEFING = "briefing"
    DIGEST = "digest"
    MONTHLY = "monthly"
    CRITICISM = "criticism"

    @property
    def label(self) -> str:
        """The Chinese name, which the name of its file begins with."""
        return _LABELS[self][0]

    @property
    def articles(self) -> str:
        """The articles that it serves, cited."""
        return cite_all(_LABELS[self][1])


_LABELS: dict[Kind, tuple[str, tuple[str, ...]]] = {
    Kind.TRANSFER: ("转办函", ("9(4)", "12")),
    Kind.REMINDER: ("催办通知", ("15",)),
    Kind.EXTENSION: ("延期批复", ("16",)),
    Kind.RETURN: ("退回重办通知", ("21",)),
    Kind.SUPERVISION: ("督办通知单", ("8", "11", "18")),
    Kind.BRIEFING: ("重要留言专报", ("11",)),
    Kind.DIGEST: ("留言选摘", ("17",)),
    Kind.MONTHLY: ("月度办理情况汇总", ("17",)),
    Kind.CRITICISM: ("通报批评草稿", ("22",)),
}


def find_kind(name: str) -> Kind | None:
    """The kind of that English or Chinese name, or None."""
    return next((kind for kind in Kind if name in (kind.value, kind.label)), None)
