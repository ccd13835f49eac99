"""Filling in a template: texts stay texts, whatever stands in them; blanks are marked; bytes are always the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime
from importlib import resources
from io import BytesIO
from typing import Any

from docx.document import Document as DocumentType
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml.ns import qn
from docx.text.run import Run
from docxtpl import DocxTemplate  # type: ignore[import-untyped]  # ships no types
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from huiyin.reports.documents.desk import Fields
from huiyin.reports.documents.kinds import Kind
from huiyin.reports.documents.packing import packed

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAKS = re.compile("[\t\n\r\x85\u2028\u2029]+")
# docxtpl turns {_{ and the like into braces after filling in, so braces go in as references too.
_REFERENCES = str.maketrans({c: f"&#{ord(c)};" for c in "&<>{}%#\"'"})


def render(kind: Kind, fields: Fields, blanks: Sequence[str], now: datetime) -> tuple[bytes, tuple[str, ...]]:
    """A document as the bytes of its file, and those of the blanks that it shows.

    Args:
        fields: every field of the template.
        blanks: the 〔待填：…〕 in the fields, which are highlighted.
        now: the time that the file says it was made at.
    """
    template = DocxTemplate(BytesIO(_template(kind)))
    environment = Environment(autoescape=True, undefined=StrictUndefined, finalize=_as_text)
    template.render(fields, environment)
    document: DocumentType = template.docx
    shown = _highlight(document, blanks) if blanks else set()
    _set_properties(document, kind, fields, now)
    return packed(document), tuple(blank for blank in blanks if blank in shown)


def _template(kind: Kind) -> bytes:
    return (resources.files("huiyin.reports.templates") / f"{kind.value}.docx").read_bytes()


def _as_text(value: Any) -> Any:
    """A text as the content of one XML element: one line, no tag, no tag of a template."""
    if not isinstance(value, str):
        return value
    return Markup(_BREAKS.sub(" ", _NOT_XML.sub("", value)).translate(_REFERENCES))  # noqa: S704 - made safe here


def _highlight(document: DocumentType, blanks: Sequence[str]) -> set[str]:
    """Give each blank a run of its own, with a yellow ground; those that were found."""
    found: set[str] = set()
    pattern = re.compile("(" + "|".join(map(re.escape, blanks)) + ")")
    for element in list(document.element.body.iter(qn("w:r"))):
        run = Run(element, document)
        parts = [part for part in pattern.split(run.text) if part]
        if not pattern.search(run.text):
            continue
        found |= set(pattern.findall(run.text))
        for part in parts[:-1]:
            before = deepcopy(element)
            element.addprevious(before)
            _fill(Run(before, document), part, pattern)
        _fill(run, parts[-1], pattern)
    return found


def _fill(run: Run, text: str, pattern: re.Pattern[str]) -> None:
    run.text = text
    if pattern.fullmatch(text):
        run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _set_properties(document: DocumentType, kind: Kind, fields: Fields, now: datetime) -> None:
    properties = document.core_properties
    properties.title = kind.label + (f" {fields['id']}" if "id" in fields else "")
    properties.author = fields["issuer"]
    properties.language = "zh-CN"
    properties.created = properties.modified = now.astimezone(UTC).replace(tzinfo=None)
