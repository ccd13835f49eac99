"""The paragraph styles of GB/T 9704-2012, under Chinese names, so that offices find them in Word and WPS."""

from __future__ import annotations

from typing import Any, NamedTuple

from docx.document import Document as DocumentType
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from huiyin.reports.templates.page import BODY_FONT, HEADING_FONT, NUMBER_FONT, SUBHEADING_FONT, TITLE_FONT

SIZE_1, SIZE_2, SIZE_3, SIZE_4, SIZE_5 = 26.0, 22.0, 16.0, 14.0, 10.5
"""一号, 二号, 三号, 四号, 五号 in points."""
PITCH = 28.0
"""Points between lines: 22 of them fill the 225 mm of a page."""
CHARACTER = 15.75
"""Points between characters of 三号 text: 28 of them fill the 156 mm of a line, where 16 points would let 27 in."""
RED = RGBColor(0xFF, 0, 0)


class Look(NamedTuple):
    """One style. Indents are characters of 三号; ``before`` is points; ``line`` is the fixed pitch in points."""

    name: str
    font: str = BODY_FONT
    size: float = SIZE_3
    align: ALIGN = ALIGN.JUSTIFY
    first: float = 0
    left: float = 0
    right: float = 0
    before: float = 0
    after: float = 0
    line: float = PITCH
    red: bool = False
    keep: bool = False
    border: str = ""


# 信函格式: two red lines of 170 mm, 14 mm wider than the text.
_ABOVE = '<w:bottom w:val="thickThinSmallGap" w:sz="24" w:space="11" w:color="FF0000"/>'
_BELOW = '<w:bottom w:val="thinThickSmallGap" w:sz="24" w:space="1" w:color="FF0000"/>'
_RED_LINE = '<w:bottom w:val="single" w:sz="12" w:space="6" w:color="FF0000"/>'
_MM = 72 / 25.4 / CHARACTER
_RED_LEFT, _RED_RIGHT = -8 * _MM, -6 * _MM

LOOKS = {
    "Body": Look("公文正文", first=2),
    "Title": Look("公文标题", TITLE_FONT, SIZE_2, ALIGN.CENTER, line=35, before=PITCH, after=PITCH, keep=True),
    "LetterTitle": Look(
        "信函标题", TITLE_FONT, SIZE_2, ALIGN.CENTER, line=35, before=2 * PITCH, after=PITCH, keep=True
    ),
    "Heading1": Look("一级标题", HEADING_FONT, first=2, keep=True),
    "Heading2": Look("二级标题", SUBHEADING_FONT, align=ALIGN.LEFT, first=2, keep=True),
    "Agency": Look(
        *("发文机关标志", TITLE_FONT, 30, ALIGN.CENTER),
        left=_RED_LEFT,
        right=_RED_RIGHT,
        line=36,
        red=True,
        border=_ABOVE,
    ),
    "Masthead": Look("专报刊头", TITLE_FONT, 42, ALIGN.CENTER, line=56, before=PITCH, red=True),
    "Issue": Look("期号", align=ALIGN.CENTER, before=14),
    "IssueLine": Look("编发单位和日期", align=ALIGN.LEFT, before=14, after=PITCH, border=_RED_LINE),
    "Number": Look("发文字号", align=ALIGN.RIGHT, before=14),
    "Addressee": Look("主送机关", align=ALIGN.LEFT, keep=True),
    "Signature": Look("发文机关署名", align=ALIGN.CENTER, left=13, keep=True),
    "Date": Look("成文日期", align=ALIGN.CENTER, left=13),
    "Remark": Look("附注", first=2, before=PITCH),
    "Enclosure": Look("附件说明", left=5, first=-3, before=PITCH),
    "EnclosureMark": Look("附件标记", HEADING_FONT, align=ALIGN.LEFT, keep=True),
    "EnclosureTitle": Look("附件标题", TITLE_FONT, SIZE_2, ALIGN.CENTER, line=35, before=PITCH, after=PITCH, keep=True),
    "Copies": Look("抄送", size=SIZE_4, align=ALIGN.LEFT, left=4, right=1, first=-3),
    "Imprint": Look("印发机关和日期", size=SIZE_4, align=ALIGN.LEFT, left=1, right=1),
    "Anchor": Look("版记锚点", size=1, line=1),
    "Spacer": Look("表格前后", size=1, line=8),
    "Draft": Look("征求意见标记", HEADING_FONT, align=ALIGN.LEFT),
    "Note": Look("说明文字", size=12, first=1.5, line=20),
    "Cell": Look("表格文字", size=12, align=ALIGN.LEFT, line=18),
    "CellHead": Look("表格标题", HEADING_FONT, 12, ALIGN.CENTER, line=18),
    "ListHead": Look("清单标题", HEADING_FONT, SIZE_5, ALIGN.CENTER, line=16),
    "ListCell": Look("清单文字", size=SIZE_5, align=ALIGN.LEFT, line=16),
    "ListNumber": Look("清单数字", size=SIZE_5, align=ALIGN.CENTER, line=16),
    "PageOdd": Look("单页页码", NUMBER_FONT, SIZE_4, ALIGN.RIGHT, right=1, line=14, after=15.6),
    "PageEven": Look("双页页码", NUMBER_FONT, SIZE_4, ALIGN.LEFT, left=1, line=14, after=15.6),
    "LetterFoot": Look("信函底线", size=1, left=_RED_LEFT, right=_RED_RIGHT, line=2, border=_BELOW),
}
"""Style id → its look. 落款: both lines are centred on one axis, so the date ends four characters from the edge."""


def add_styles(document: DocumentType) -> None:
    """Add every style of ``LOOKS``."""
    for style_id, look in LOOKS.items():
        style = document.styles.add_style(look.name, WD_STYLE_TYPE.PARAGRAPH)
        style.element.set(qn("w:styleId"), style_id)
        style.base_style = document.styles["Normal"]
        style.quick_style = True
        _set_font(style, look)
        _set_paragraph(style.paragraph_format, look)
        if look.border:
            border = parse_xml(f"<w:pBdr {nsdecls('w')}>{look.border}</w:pBdr>")
            style.element.get_or_add_pPr().insert_element_before(border, *_AFTER_BORDER)


_AFTER_BORDER = (
    *("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:topLinePunct"),
    *("w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:jc"),
)
"""What may follow the borders in the properties of a paragraph: their order is fixed."""


def add_paragraph(place: Any, style: str, text: str) -> Any:
    """A paragraph at the end of a document or cell, in the style of that id."""
    return set_style(place.add_paragraph(text), style)


def set_style(paragraph: Any, style: str) -> Any:
    """Give a paragraph the style of that id."""
    paragraph._p.get_or_add_pPr().get_or_add_pStyle().set(qn("w:val"), style)
    return paragraph


def _set_font(style: Any, look: Look) -> None:
    style.font.size = Pt(look.size)
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    # One font for all scripts: the quotation marks of Chinese would be set in the font of Latin letters.
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), look.font)
    if look.red:
        style.font.color.rgb = RED
    if look.size == SIZE_3:
        spacing = parse_xml(f'<w:spacing {nsdecls("w")} w:val="{round((CHARACTER - SIZE_3) * 20)}"/>')
        properties.insert_element_before(spacing, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:lang")


def _set_paragraph(layout: Any, look: Look) -> None:
    layout.alignment = look.align
    layout.space_before, layout.space_after = Pt(look.before), Pt(look.after)
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(look.line)
    layout.first_line_indent = Pt(look.first * CHARACTER)
    layout.left_indent, layout.right_indent = Pt(look.left * CHARACTER), Pt(look.right * CHARACTER)
    layout.keep_with_next = look.keep or None
    layout.widow_control = False
    layout.page_break_before = look.name == "附件标记" or None
    if look.name == "编发单位和日期":
        layout.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
    elif look.name == "印发机关和日期":
        layout.tab_stops.add_tab_stop(Mm(156) - Pt(CHARACTER), WD_TAB_ALIGNMENT.RIGHT)
