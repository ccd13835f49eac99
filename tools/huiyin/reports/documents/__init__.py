"""Official documents as ``.docx`` (GB/T 9704-2012), made from the record for people to edit on and to sign.

A document holds only what stands in Git, which is fit for publication or for colleagues; the vault is never read. What
the record does not hold is left as 〔待填：…〕.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from huiyin.reports.documents import briefings, letters
from huiyin.reports.documents.criticism import criticism
from huiyin.reports.documents.desk import Desk, Fields
from huiyin.reports.documents.kinds import Kind, find_kind
from huiyin.reports.documents.monthly import monthly
from huiyin.reports.documents.rendering import render
from huiyin.reports.monthly import MonthlySummary
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.standing import Replay

__all__ = [
    "OF_ONE_CASE",
    "Document",
    "Kind",
    "find_kind",
    "make_case_document",
    "make_criticism",
    "make_digest",
    "make_monthly",
]

OF_ONE_CASE: dict[Kind, Callable[[Desk, Replay], Fields]] = {
    Kind.TRANSFER: letters.transfer,
    Kind.REMINDER: letters.reminder,
    Kind.EXTENSION: letters.extension,
    Kind.RETURN: letters.send_back,
    Kind.SUPERVISION: briefings.supervision,
    Kind.BRIEFING: briefings.briefing,
}
"""The kinds that tell of one case."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document that is not written to the disk yet.

    Args:
        name: of its file, such as ``转办函-people-90000001.docx``.
        content: the bytes of the file.
        blanks: each 〔待填：…〕 in it, in the order in which they were found.
    """

    kind: Kind
    name: str
    content: bytes
    blanks: tuple[str, ...]


def make_case_document(kind: Kind, found: Replay, rulebook: Rulebook) -> Document:
    """A document of one case, as it stands at ``found.now``.

    Raises:
        HuiyinError: HY880, the kind does not fit the case.
        KeyError: the kind does not tell of one case.
    """
    desk = Desk(rulebook, found.now)
    return _made(kind, OF_ONE_CASE[kind](desk, found), desk, found.case.id)


def make_digest(chosen: Iterable[Replay], rulebook: Rulebook, now: datetime, month: str | None) -> Document:
    """留言选摘 (第十七条).

    Args:
        chosen: the messages; where a month is given, all of the record, of which it takes the important ones.
        month: ``2026-11``, or None.

    Raises:
        HuiyinError: HY885, there is none.
    """
    desk = Desk(rulebook, now)
    taken = [found for found in chosen if month is None or briefings.is_for_digest(found, month)]
    fields = briefings.digest(desk, taken, month)
    return _made(Kind.DIGEST, fields, desk, month or f"{now:%Y%m%d}")


def make_monthly(summary: MonthlySummary, rulebook: Rulebook) -> Document:
    """月度办理情况汇总 (第十七条), of the figures that were counted."""
    desk = Desk(rulebook, summary.as_of)
    return _made(Kind.MONTHLY, monthly(desk, summary), desk, str(summary.month))


def make_criticism(chosen: Sequence[Replay], rulebook: Rulebook, now: datetime) -> Document:
    """通报批评草稿 (第二十二条) for the unit of the cases.

    Raises:
        HuiyinError: HY880, HY884.
    """
    desk = Desk(rulebook, now)
    fields = criticism(desk, chosen)
    return _made(Kind.CRITICISM, fields, desk, f"{chosen[0].unit}-{now:%Y%m%d}")


def _made(kind: Kind, fields: Fields, desk: Desk, what: str) -> Document:
    content, blanks = render(kind, fields, desk.blanks, desk.now)
    return Document(kind, f"{kind.label}-{what}.docx", content, blanks)
