"""How the documents look (GB/T 9704-2012), what a file holds, and that texts stay texts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.run import Run
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.reports.documents import Kind
from huiyin.reports.templates.build import HERE, LETTERS, build
from huiyin.reports.templates.styles import LOOKS
from tests.cases import Story
from tests.reports.papers import document, important, lines_of, opened, text_of, to_department

FONTS = {
    "LetterTitle": ("方正小标宋简体", 22),
    "Title": ("方正小标宋简体", 22),
    "Body": ("仿宋_GB2312", 16),
    "Heading1": ("黑体", 16),
    "Heading2": ("楷体_GB2312", 16),
    "PageOdd": ("宋体", 14),
    "PageEven": ("宋体", 14),
    "Copies": ("仿宋_GB2312", 14),
}
HOSTILE = (
    "{{ 7*7 }}{% for x in y %}{# c #}{%p if a %}{_{ b }_}",
    "<w:p/>&amp;&lt;b&gt; \"引号\" '单引号' ]]> <!-- -->",
    "制表\t符、响铃\x07、换页\x0c、竖表\x0b、空\x00字、行分隔\u2028、不成对\ufffe",
    "\\n 与 %s 与 {0} 与 ${x} 与 =cmd|' /C calc'!A0",
)


@pytest.mark.parametrize("kind", Kind)
def test_templates_are_those_that_the_builder_makes(kind: Kind) -> None:
    """Nobody edits a template by hand: it is made anew from its text, byte for byte."""
    assert build()[f"{kind.value}.docx"] == (HERE / f"{kind.value}.docx").read_bytes()


@pytest.mark.parametrize("kind", Kind)
def test_page(kind: Kind) -> None:
    """A4, 天头 37 mm, 订口 28 mm, 版心 156 by 225 mm; mirrored, for both sides of the paper."""
    section = opened(document(kind)).sections[0]
    assert (210, 297) == (_mm(section.page_width), _mm(section.page_height))
    assert WD_ORIENT.PORTRAIT == section.orientation
    assert (37, 28) == (_mm(section.top_margin), _mm(section.left_margin))
    width = section.page_width - section.left_margin - section.right_margin  # type: ignore[operator]
    height = section.page_height - section.top_margin - section.bottom_margin  # type: ignore[operator]
    assert (156, 225) == (_mm(width), _mm(height))
    assert opened(document(kind)).settings.element.find(qn("w:mirrorMargins")) is not None


def _mm(length: int | None) -> int:
    assert length is not None
    return round(length / Mm(1))


@pytest.mark.parametrize("style", FONTS)
def test_fonts(style: str) -> None:
    """Each style names its font for every script, and its size."""
    found = next(s for s in opened(document(Kind.DIGEST)).styles if s.style_id == style)
    fonts = found.element.rPr.rFonts
    name, size = FONTS[style]
    assert {name} == {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")}
    assert Pt(size) == found.font.size


def test_lines_and_characters() -> None:
    """22 lines of 28 points fill 225 mm, and 28 characters of 15.75 points fill 156 mm; one more of either does not."""
    body = next(s for s in opened(document(Kind.DIGEST)).styles if s.style_id == "Body")
    layout = body.paragraph_format
    assert Pt(28) == layout.line_spacing
    spacing = body.element.rPr.find(qn("w:spacing"))
    pitch = 16 + int(spacing.get(qn("w:val"))) / 20
    assert 22 == int(225 / 25.4 * 72 / 28)
    assert 28 == int(156 / 25.4 * 72 / pitch)
    assert 2 * pitch == pytest.approx(layout.first_line_indent.pt, abs=0.1)


@pytest.mark.parametrize("kind", Kind)
def test_page_numbers(kind: Kind) -> None:
    """— 1 — outside: right on odd pages, left on even ones; a letter's first page has none but its red line."""
    docx = opened(document(kind))
    section = docx.sections[0]
    assert docx.settings.odd_and_even_pages_header_footer
    for footer, style in ((section.footer, "PageOdd"), (section.even_page_footer, "PageEven")):
        assert "— 1 —" == footer.paragraphs[0].text
        assert "PAGE" in footer.paragraphs[0]._p.xml
        assert style == footer.paragraphs[0]._p.style
    assert (kind.value in LETTERS) == section.different_first_page_header_footer
    if kind.value in LETTERS:
        assert ["LetterFoot"] == [p._p.style for p in section.first_page_footer.paragraphs]


@pytest.mark.parametrize("kind", Kind)
def test_every_style_is_known(kind: Kind) -> None:
    """No paragraph names a style that the document does not have; Word would show it in its own."""
    docx = opened(document(kind))
    known = {style.style_id for style in docx.styles}
    used = {p.get(qn("w:val")) for p in docx.element.body.iter(qn("w:pStyle"))}
    assert used <= known
    assert set(LOOKS) <= known


@pytest.mark.parametrize("kind", Kind)
def test_a_file_holds_no_foreign_thing(kind: Kind) -> None:
    """Text, styles, settings and fonts only: no picture, macro, link to outside, embedded font or time of packing."""
    with ZipFile(BytesIO(document(kind).content)) as archive:
        names = archive.namelist()
        allowed = r"word/(document|styles|settings|fontTable|header\d|footer\d)\.xml|docProps/core\.xml|.*\.rels"
        assert [] == [n for n in names if not re.fullmatch(rf"{allowed}|\[Content_Types\]\.xml", n)]
        assert {(1980, 1, 1, 0, 0, 0)} == {info.date_time for info in archive.infolist()}
        assert {ZIP_STORED} == {info.compress_type for info in archive.infolist()}
        for name in names:
            text = archive.read(name).decode()
            assert parse_xml(text.encode()) is not None
            assert 'TargetMode="External"' not in text
            assert "{{" not in text
            assert "{%" not in text


@pytest.mark.parametrize("kind", Kind)
def test_the_same_bytes_each_time(kind: Kind) -> None:
    """A document is made again from the same record and moment without a difference."""
    made = document(kind)
    assert made.content == document(kind).content
    properties = opened(made).core_properties
    assert datetime(2026, 11, 23, 2, tzinfo=UTC) == properties.created
    assert properties.title.startswith(kind.label)


@pytest.mark.parametrize("kind", [k for k in Kind if k not in (Kind.MONTHLY, Kind.CRITICISM)])
@pytest.mark.parametrize("text", HOSTILE)
def test_texts_are_neither_run_nor_broken(kind: Kind, text: str) -> None:
    """What a citizen or a unit wrote stands there as it was written: no tag, no field, no formula is made of it."""
    story = Story("2026-11-09 09:00", reference="90000051", facts={"title": text, "body": f"{text}\n\n末行。"})
    made = document(kind, _fitting(kind, story, text))
    clean = re.sub("[\t\u2028]", " ", re.sub("[\x00\x07\x0b\x0c\ufffe]", "", text))
    body = text_of(made)
    assert clean in body
    if kind in (Kind.TRANSFER, Kind.BRIEFING, Kind.DIGEST, Kind.SUPERVISION):
        assert "末行。" in lines_of(made)


def _fitting(kind: Kind, story: Story, text: str) -> Story:
    match kind:
        case Kind.TRANSFER:
            return story.assigned("2026-11-16 10:00", "jiaotong", letter=text)
        case Kind.EXTENSION:
            return (
                story.assigned("2026-11-16 10:00")
                .claimed("2026-11-16 11:00")
                .add(*("extended", "2026-11-20 09:00", "lanzhou.clerk"), due="2026-12-04", reason=text)
            )
        case Kind.RETURN:
            story.assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").answered("2026-11-19 15:30", reply=text)
            return story.returned("2026-11-20 09:00", explanation=text)
        case _:
            story.assigned("2026-11-09 10:00", complexity="important", basis=5).claimed("2026-11-09 11:00")
            return story.add(*("instructed", "2026-11-12 09:00", "shengban.clerk"), leader=text, instruction=text)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
@settings(max_examples=60)
def test_any_text_stays_as_it_is(text: str) -> None:
    """Property: whatever the title is, the file opens and holds its characters, but for those that XML cannot hold."""
    made = document(Kind.TRANSFER, to_department(title=text or "空"))
    shown = re.sub("[\t\n\r\x85\u2028\u2029]+", " ", "".join(c for c in text or "空" if _is_xml(c)))
    assert f"标题：{shown}" in [line.replace("\t", " ") for line in lines_of(made)]


def _is_xml(character: str) -> bool:
    code = ord(character)
    return character in "\t\n\r" or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


def test_a_blank_that_a_citizen_wrote_is_no_blank() -> None:
    """Only what the program left open is reported and marked, not what a text says of itself."""
    story = to_department(title="〔待填：密码〕", body="〔待填：账号〕")
    made = document(Kind.TRANSFER, story)
    assert ("〔待填：联系人〕", "〔待填：电话〕") == made.blanks
    marked = [Run(r, None).text for r in opened(made).element.body.iter(qn("w:r")) if "highlight" in r.xml]  # type: ignore[arg-type]
    assert set(made.blanks) == set(marked)


def test_a_long_message_goes_on_over_pages() -> None:
    """Every line of a long message is a paragraph of its own; the row of a form that holds it may be divided."""
    body = "\n".join(f"第{i}行。" for i in range(1, 401))
    story = important()
    story.facts["body"] = body
    made = document(Kind.SUPERVISION, story)
    assert body.splitlines() == [line for line in lines_of(made) if re.fullmatch(r"第\d+行。", line)]
    row = next(r for r in opened(made).tables[0].rows if r.cells[0].text == "留言内容")
    assert row._tr.trPr is None or row._tr.trPr.find(qn("w:cantSplit")) is None


def test_a_list_repeats_its_heading() -> None:
    """A table that goes over a page has its heading on each, and no row is divided."""
    tables = [t for t in opened(document(Kind.MONTHLY)).tables if len(t.columns) > 1]
    assert 7 == len(tables)
    for table in tables:
        assert table.rows[0]._tr.trPr is not None
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
