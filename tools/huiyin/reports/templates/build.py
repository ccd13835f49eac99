"""Make the templates anew: ``python -m huiyin.reports.templates.build``; the same bytes each time.

The wording is in ``*.txt``, one paragraph a line after the name of its style; the looks are in ``styles.py``, the page
is in ``page.py``. What is no paragraph: [落款], [抄送机关], [版记], [清单] (a table), [表格行] (a row of a form).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from docx.document import Document as DocumentType
from docx.shared import Pt

from huiyin.reports.documents.packing import packed
from huiyin.reports.templates.page import add_field, new_document
from huiyin.reports.templates.styles import (
    LOOKS,
    PITCH,
    add_paragraph,
    add_styles,
    set_style,
)
from huiyin.reports.templates.tables import add_foot, add_form_row, add_list, new_form

LETTERS = ("transfer", "reminder", "extension", "return", "supervision")
"""信函格式: two red lines and no number on the first page."""
REPORTS = ("briefing", "digest", "monthly", "criticism")
HERE = Path(__file__).parent
_LINE = re.compile(r"\[(?P<style>[^\]]+)\] ?(?P<text>.*)")


def build() -> dict[str, bytes]:
    """Every template by the name of its file."""
    return {f"{name}.docx": _build(name, letter=name in LETTERS) for name in (*LETTERS, *REPORTS)}


def _build(name: str, *, letter: bool) -> bytes:
    document = new_document()
    add_styles(document)
    _add_page_numbers(document, letter=letter)
    if letter:
        add_paragraph(document, "Number", "{{ number }}")
    styles = {look.name: style_id for style_id, look in LOOKS.items()}
    form = None
    for line in (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            add_paragraph(document, "Normal", line)  # a tag, which falls away when the template is filled in
        elif found["style"] == "表格行":
            form = form or new_form(document)
            add_form_row(form, found["text"])
        elif found["style"] in _PARTS:
            _PARTS[found["style"]](document, found["text"])
        else:
            add_paragraph(document, styles[found["style"]], found["text"].replace("\\t", "\t"))
    return packed(document)


def _add_page_numbers(document: DocumentType, *, letter: bool) -> None:
    section = document.sections[0]
    for footer, style in ((section.footer, "PageOdd"), (section.even_page_footer, "PageEven")):
        footer.is_linked_to_previous = False
        paragraph = set_style(footer.paragraphs[0], style)
        paragraph.add_run("— ")
        add_field(paragraph, "PAGE", "1")
        paragraph.add_run(" —")
    section.different_first_page_header_footer = letter
    if letter:
        # 信函格式: the first page bears two red lines and no number.
        for part, style, text in (
            (section.first_page_header, "Agency", "{{ issuer }}"),
            (section.first_page_footer, "LetterFoot", ""),
        ):
            part.is_linked_to_previous = False
            set_style(part.paragraphs[0], style).add_run(text)


def _add_signature(document: DocumentType, _: str) -> None:
    """落款: room for the seal above."""
    _keep_text_with_signature(document)
    add_paragraph(document, "Signature", "{{ issuer }}").paragraph_format.space_before = Pt(2 * PITCH)
    add_paragraph(document, "Date", "{{ date }}")


def _keep_text_with_signature(document: DocumentType) -> None:
    """No page may hold the signature and no text: the last paragraph that is always there comes along."""
    depth = 0
    for paragraph in reversed(document.paragraphs):
        if paragraph.text.startswith("{%p end"):
            depth += 1
        elif paragraph.text.startswith("{%p"):
            depth -= 1
        else:
            paragraph.paragraph_format.keep_with_next = True
            if depth == 0 and paragraph._p.style == "Body":
                return


def _add_copies(document: DocumentType, _: str) -> None:
    """抄送, at the foot of the last page, where there is anybody to send a copy to."""
    add_paragraph(document, "Normal", "{%p if copies %}")
    add_foot(document, ("抄送：{{ copies }}。",))
    add_paragraph(document, "Normal", "{%p endif %}")


def _add_imprint(document: DocumentType, text: str) -> None:
    """版记, at the foot of the last page."""
    add_foot(document, (*text.split("|"), "{{ printed_by }}\t{{ date }}印发"))


_PARTS: dict[str, Callable[[DocumentType, str], None]] = {
    "落款": _add_signature,
    "抄送机关": _add_copies,
    "版记": _add_imprint,
    "清单": add_list,
}


def main() -> None:
    """Write every template beside this file."""
    for name, content in build().items():
        (HERE / name).write_bytes(content)


if __name__ == "__main__":
    main()
