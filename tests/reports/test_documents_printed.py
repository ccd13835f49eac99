"""Documents as a word processor prints them: LibreOffice makes a PDF of each kind, and its pages are read."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from huiyin.reports.documents import Document, Kind
from huiyin.reports.templates.build import LETTERS
from tests.cases import LETTER
from tests.reports.papers import document, important, to_department

MISSING = [tool for tool in ("soffice", "pdftotext", "pdfinfo") if shutil.which(tool) is None]
pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"LOUD: {'、'.join(MISSING)} NOT INSTALLED: the printed documents are NOT TESTED"
)

PAGES = {Kind.TRANSFER: 3, Kind.RETURN: 3, Kind.EXTENSION: 1, Kind.MONTHLY: 5}
"""Pages of the documents of ``papers``; two for the others. Fonts decide a little, so one more or less is right too."""
TOLD = {
    Kind.TRANSFER: ("关于转办网民留言的函", "第九条（四）", LETTER, "people-90000001"),
    Kind.REMINDER: ("关于催办网民留言的通知", "第十五条", "people-90000002"),
    Kind.EXTENSION: ("关于同意网民留言延期办结的批复", "第十六条", "people-90000004"),
    Kind.RETURN: ("关于退回重新办理网民留言的通知", "第二十一条", "people-90000003"),
    Kind.SUPERVISION: ("网民留言督办通知单", "第十八条", "people-90000002"),
    Kind.BRIEFING: ("重要留言专报", "第十一条", "people-90000002"),
    Kind.DIGEST: ("网民留言选摘", "第十七条", "people-90000002"),
    Kind.MONTHLY: ("2026年11月网民留言办理情况汇总", "第十七条", "people-90000002"),
    Kind.CRITICISM: ("关于兰州市网民留言办理情况的通报", "第二十二条", "people-90000002"),
}


def run(*command: str) -> str:
    """What a program prints."""
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=180, check=True)
    return done.stdout


def printed(made: Document, folder: Path) -> Path:
    """The PDF that LibreOffice makes of a document; each call has a profile of its own, since they run side by side."""
    source = folder / "paper.docx"
    source.write_bytes(made.content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(source))
    return folder / "paper.pdf"


def pages_of(pdf: Path) -> list[str]:
    """The text of each page without white space, which the layout makes."""
    text = run("pdftotext", "-layout", str(pdf), "-")
    return [re.sub(r"\s", "", page) for page in text.split("\f")[:-1]]


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_is_printed(kind: Kind, tmp_path: Path) -> None:
    """A4, as many pages as there is text for, title, article and id on them, numbers outside, none of them empty."""
    pdf = printed(document(kind), tmp_path)
    assert "(A4)" in run("pdfinfo", str(pdf))
    pages = pages_of(pdf)
    assert abs(PAGES.get(kind, 2) - len(pages)) <= 1
    # A letter has no number on its first page; an id may be broken over two lines.
    first = 1 if kind.value in LETTERS else 0
    assert [f"—{i + 1}—" in page for i, page in enumerate(pages)] == [i >= first for i in range(len(pages))]
    assert all(len(page) > len("—1—") + 5 for page in pages)
    text = "".join(re.sub(r"—\d+—", "", page) for page in pages)
    for told in TOLD[kind]:
        assert re.sub(r"\s", "", told) in text


def test_a_page_holds_22_lines_of_28_characters(tmp_path: Path) -> None:
    """GB/T 9704-2012: a full page of text has 22 lines, a full line 28 characters, whatever font stands in."""
    story = to_department(body="网" * 28 * 60)
    pages = run("pdftotext", "-layout", str(printed(document(Kind.TRANSFER, story), tmp_path)), "-").split("\f")
    full = next(page for page in pages if page.count("网") > 28 * 20 and "网民留言" not in page)
    lines = [line.strip() for line in full.splitlines() if "网" in line]
    assert 22 == len(lines)
    assert {28} == {line.count("网") for line in lines}


def test_a_hostile_text_is_printed(tmp_path: Path) -> None:
    """Tags and braces of a citizen come out on paper as they were typed."""
    story = important()
    story.facts["body"] = "{{ 7*7 }} {% if x %} <w:br/> & </w:t> \"'"
    text = "".join(pages_of(printed(document(Kind.SUPERVISION, story), tmp_path)))
    assert "{{7*7}}{%ifx%}<w:br/>&</w:t>\"'" in text
    assert "49" not in text.replace("90000002", "")


def test_a_form_goes_on_over_pages(tmp_path: Path) -> None:
    """A message that is longer than a page is printed to its end inside its form."""
    story = important()
    story.facts["body"] = "\n".join(f"第{i}行。" for i in range(1, 151))
    pages = pages_of(printed(document(Kind.SUPERVISION, story), tmp_path))
    assert len(pages) >= 4
    assert all(f"第{i}行。" in "".join(pages) for i in range(1, 151))
