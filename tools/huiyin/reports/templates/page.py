"""An empty document of GB/T 9704-2012: page, fonts, settings and page numbers, without anything that Word adds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.opc.constants import RELATIONSHIP_TYPE as REL
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

TITLE_FONT, BODY_FONT, HEADING_FONT, SUBHEADING_FONT, NUMBER_FONT = (
    *("方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"),
)
FONTS = {
    TITLE_FONT: "小标宋",
    BODY_FONT: "仿宋",
    HEADING_FONT: "SimHei",
    SUBHEADING_FONT: "楷体",
    NUMBER_FONT: "SimSun",
}
"""Font → the name that Word and WPS try where it is not installed (``w:altName``). No font is embedded."""
TOP, BOTTOM, LEFT, RIGHT = 37, 35, 28, 26
"""Margins in millimetres: 天头, 地脚, 订口, 切口. They leave 156 by 225 for the text."""
FOOT, HEAD = 20, 30
"""Millimetres from the edge: the red line at the foot of a letter, the upper edge of its 发文机关标志."""

_UNWANTED = ("stylesWithEffects", "webSettings", "theme", "customXml", "numbering", "extended-properties", "thumbnail")
_DEFAULTS = f"""
<w:docDefaults {nsdecls("w")}>
  <w:rPrDefault><w:rPr>
    <w:rFonts w:ascii="{BODY_FONT}" w:hAnsi="{BODY_FONT}" w:eastAsia="{BODY_FONT}" w:cs="{BODY_FONT}"/>
    <w:kern w:val="0"/><w:sz w:val="32"/><w:szCs w:val="32"/>
    <w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>
  </w:rPr></w:rPrDefault>
  <w:pPrDefault><w:pPr>
    <w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>
    <w:spacing w:before="0" w:after="0"/>
  </w:pPr></w:pPrDefault>
</w:docDefaults>"""
# mirrorMargins: both sides are printed on, so 订口 is on the right of even pages.
_SETTINGS = f"""
<w:settings {nsdecls("w")}>
  <w:zoom w:percent="100"/>
  <w:mirrorMargins/>
  <w:evenAndOddHeaders/>
  <w:characterSpacingControl w:val="doNotCompress"/>
  <w:compat>
    <w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>
  </w:compat>
  <w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/>
  <w:decimalSymbol w:val="."/>
  <w:listSeparator w:val=","/>
</w:settings>"""


def new_document() -> DocumentType:
    """An empty document with the page of GB/T 9704-2012 and no part but text, styles, settings and fonts."""
    document = Document()
    for relations in (document.part.rels, document.part.package.rels):
        for key in [key for key, rel in relations.items() if rel.reltype.rpartition("/")[2] in _UNWANTED]:
            del relations[key]
    _replace_font_table(document)
    _clear_styles(document)
    document.settings.element[:] = parse_xml(_SETTINGS)[:]
    _clear_properties(document)
    _set_page(document)
    return document


def _replace_font_table(document: DocumentType) -> None:
    fonts = "".join(
        f'<w:font w:name="{n}"><w:altName w:val="{a}"/><w:charset w:val="86"/></w:font>' for n, a in FONTS.items()
    )
    xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts {nsdecls("w")}>{fonts}</w:fonts>'
    document.part.part_related_by(REL.FONT_TABLE)._blob = xml.encode()


def _clear_properties(document: DocumentType) -> None:
    properties = document.core_properties
    properties.author = properties.comments = properties.keywords = properties.last_modified_by = properties.title = ""
    properties.created = properties.modified = datetime(2015, 8, 5)  # noqa: DTZ001 - these properties are UTC by definition


def _clear_styles(document: DocumentType) -> None:
    """Keep the four styles that every document has, without looks of their own."""
    styles = document.styles.element
    for child in list(styles):
        if child.tag != qn("w:style") or child.get(qn("w:default")) != "1":
            styles.remove(child)
        else:
            for name in ("w:rPr", "w:pPr", "w:rsid"):
                for part in child.findall(qn(name)):
                    child.remove(part)
    styles.insert(0, parse_xml(_DEFAULTS))


def _set_page(document: DocumentType) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.header_distance, section.footer_distance = Mm(HEAD), Mm(FOOT)
    for grid in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(grid)


def add_field(paragraph: Any, instruction: str, shown: str) -> None:
    """A field such as PAGE, as four runs: begin, instruction, what is shown until it is computed, end."""
    for kind, text in (("begin", ""), ("instrText", instruction), ("separate", ""), ("text", shown), ("end", "")):
        run = paragraph.add_run()
        if kind == "text":
            run.text = text
            continue
        element = OxmlElement("w:instrText" if kind == "instrText" else "w:fldChar")
        if kind == "instrText":
            element.text = f" {text} "
        else:
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)
