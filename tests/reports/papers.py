"""Documents of synthetic cases, one of each kind, for the tests of documents."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import docx
from docx.document import Document as DocxDocument
from docx.oxml.ns import qn

from huiyin.repo.revision import Revision
from huiyin.reports.documents import (
    Document,
    Kind,
    make_case_document,
    make_criticism,
    make_digest,
    make_monthly,
)
from huiyin.reports.monthly import monthly_summary
from huiyin.reports.monthly_periods import Month
from tests.cases import LETTER, Story, at, rulebook

NOW = "2026-11-23 10:00"


def moment(text: str = NOW) -> datetime:
    """A moment in Beijing."""
    return datetime.fromisoformat(at(text))


def to_department(**facts: object) -> Story:
    """A message passed on to a provincial department with a letter."""
    story = Story("2026-11-16 09:00", facts=dict(facts))
    return story.assigned("2026-11-16 10:00", "jiaotong", letter=LETTER, assisting=["lanzhou"])


def important() -> Story:
    """An important message, claimed, instructed and supervised, overdue on the 23rd of November."""
    story = Story("2026-11-09 09:00", reference="90000002")
    story.assigned("2026-11-09 10:00", complexity="important", basis=5, topics=["食品安全"]).claimed("2026-11-09 11:00")
    story.add(
        *("instructed", "2026-11-12 09:00", "shengban.clerk"),
        leader="省政府分管领导",
        instruction="请兰州市立即核查，第一时间消除隐患。（演示）",
    )
    return story.add(
        *("supervised", "2026-11-18 09:00", "duchashi.clerk"),
        kind="tracking",
        requirement="请于3个工作日内书面说明原因。（演示）",
        letter="甘政督函〔2026〕9号",
    )


def returned() -> Story:
    """An answer that was returned with a new due date."""
    story = Story("2026-11-16 09:00", reference="90000003").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    story.answered("2026-11-19 15:30")
    return story.returned("2026-11-20 09:00", due="2026-11-30", explanation="没有说明线路。\n请逐项答复。（演示）")


def extended() -> Story:
    """A case whose due date was moved with consent."""
    story = Story("2026-11-16 09:00", reference="90000004").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    return story.extended("2026-11-20 09:00", "2026-12-04")


def document(kind: Kind, story: Story | None = None, now: str = NOW) -> Document:
    """A document of that kind at that moment, of a case that it fits unless another is given."""
    if kind is Kind.MONTHLY:
        stories = [story] if story else [important(), returned(), extended()]
        replays = [s.replay(now) for s in stories]
        summary = monthly_summary(replays, rulebook(), Month(2026, 11), moment(now), Revision("a" * 40, clean=True))
        return make_monthly(summary, rulebook())
    found = (story or fitting(kind)).replay(now)
    if kind is Kind.DIGEST:
        return make_digest([found], rulebook(), found.now, None)
    if kind is Kind.CRITICISM:
        return make_criticism([found], rulebook(), found.now)
    return make_case_document(kind, found, rulebook())


def fitting(kind: Kind) -> Story:
    """A case that the kind fits at ``NOW``."""
    match kind:
        case Kind.TRANSFER:
            return to_department()
        case Kind.EXTENSION:
            return extended()
        case Kind.RETURN:
            return returned()
        case _:
            return important()


def opened(made: Document) -> DocxDocument:
    """The file, as python-docx reads it."""
    return docx.Document(BytesIO(made.content))


def lines_of(made: Document) -> list[str]:
    """The text of each paragraph of header and body, tables included, in order."""
    file = opened(made)
    first = file.sections[0]
    header = [p.text for p in first.first_page_header.paragraphs] if first.different_first_page_header_footer else []
    texts = ("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in file.element.body.iter(qn("w:p")))
    return [line for line in (*header, *texts) if line]


def text_of(made: Document) -> str:
    """All text, a paragraph a line."""
    return "\n".join(lines_of(made))
