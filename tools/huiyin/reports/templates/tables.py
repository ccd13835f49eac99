"""Tables of the templates: a list whose rows repeat over pages with their heading, and the form of 督办通知单."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.document import Document as DocumentType
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm

from huiyin.reports.templates.styles import add_paragraph, set_style

TEXT_WIDTH = 156
_AFTER_PLACE = ("w:tblOverlap", "w:bidiVisual", "w:tblW", "w:jc", "w:tblBorders", "w:tblLayout", "w:tblLook")
FORM_WIDTHS = (26, 54, 30, 46)
"""Millimetres."""
_PADDING = "".join(f'<w:{side} w:w="57" w:type="dxa"/>' for side in ("top", "left", "bottom", "right"))


def _borders(**widths: int) -> str:
    """Lines by side, in eighths of a point."""
    return "".join(f'<w:{side} w:val="single" w:sz="{w}" w:space="0" w:color="000000"/>' for side, w in widths.items())


_GRID = _borders(top=4, left=4, bottom=4, right=4, insideH=4, insideV=4)
_RULED = _borders(top=12, bottom=12, insideH=6)
_AT_FOOT = (
    f'<w:tblpPr {nsdecls("w")} w:leftFromText="0" w:rightFromText="0" w:vertAnchor="margin" w:horzAnchor="margin" '
    'w:tblpXSpec="left" w:tblpYSpec="bottom"/>'
)


def add_list(document: DocumentType, text: str) -> None:
    """A table with a row for each item: ``items|heading/part of the width:field|…``."""
    items, *columns = text.split("|")
    names, parts, fields = zip(*(_column(c) for c in columns), strict=True)
    table = _new_table(document, tuple(TEXT_WIDTH * part / sum(parts) for part in parts))
    head = _add_row(table)
    for cell, name in zip(head.cells, names, strict=True):
        _write(cell, "ListHead", name)
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    _add_control(table, f"{{%tr for row in {items} %}}")
    row = _add_row(table)
    for i, (cell, field) in enumerate(zip(row.cells, fields, strict=True)):
        _write(cell, "ListCell" if i == 0 else "ListNumber", f"{{{{ {field} }}}}")
    _add_control(table, "{%tr endfor %}")
    add_paragraph(document, "Spacer", "")


def _column(text: str) -> tuple[str, int, str]:
    head, _, field = text.partition(":")
    name, _, width = head.rpartition("/")
    return name, int(width), field


def add_foot(document: DocumentType, lines: Sequence[str]) -> None:
    """版记: lines between rules, at the foot of the page that the text ends on."""
    table = _new_table(document, (TEXT_WIDTH,), _RULED)
    table._tbl.tblPr.insert_element_before(parse_xml(_AT_FOOT), *_AFTER_PLACE)
    for line in lines:
        _write(_add_row(table).cells[0], "Imprint" if "\t" in line else "Copies", line)
    # A table is followed by a paragraph, and a floating one is anchored to it.
    add_paragraph(document, "Anchor", "")


def new_form(document: DocumentType) -> Any:
    """An empty table of four columns: name, value, name, value."""
    return _new_table(document, FORM_WIDTHS)


def add_form_row(table: Any, text: str) -> None:
    """A row: ``name|value|name|value``, or ``name|value`` across; ``name|*lines`` has a paragraph for each line."""
    parts = text.split("|")
    # The text of a citizen may be longer than a page.
    row = _add_row(table, whole=len(parts) > 2)
    cells = list(row.cells)
    if len(parts) == 2:
        cells = [cells[0], cells[1].merge(cells[3])]
    for i, (cell, part) in enumerate(zip(cells, parts, strict=True)):
        if i % 2 == 0:
            _write(cell, "CellHead", part)
        elif part.startswith("*"):
            _write(cell, "Cell", f"{{%p for line in {part[1:]} %}}")
            add_paragraph(cell, "Cell", "{{ line }}")
            add_paragraph(cell, "Cell", "{%p endfor %}")
        else:
            _write(cell, "Cell", part)


def _new_table(document: DocumentType, widths: Sequence[float], borders: str = _GRID) -> Any:
    add_paragraph(document, "Spacer", "")
    table = document.add_table(rows=0, cols=len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    table._tbl.tblPr.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{borders}</w:tblBorders>"))
    table._tbl.tblPr.append(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{_PADDING}</w:tblCellMar>"))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def _add_row(table: Any, *, whole: bool = True) -> Any:
    row = table.add_row()
    if whole:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, column in zip(row.cells, table.columns, strict=True):
        cell.width = column.width
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    return row


def _add_control(table: Any, tag: str) -> None:
    """A row that only holds a tag; it falls away when the template is filled in."""
    table.add_row().cells[0].paragraphs[0].add_run(tag)


def _write(cell: Any, style: str, text: str) -> None:
    set_style(cell.paragraphs[0], style).add_run(text)
