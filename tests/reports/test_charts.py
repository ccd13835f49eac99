"""The charts of the monthly summary: there, readable, the same each time, and a clear word where no font is."""

from __future__ import annotations

import struct
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest

from huiyin.model.problem import HuiyinError
from huiyin.reports.chart_fonts import FAMILIES, find_font
from huiyin.reports.charts import Chart, draw_charts
from tests.reports.test_monthly import demonstration

LATIN = Path(mpl.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
NAMES = ["1-各月办理情况", "2-各单位办理情况", "3-各主题办理情况", "4-办理用时"]


@pytest.fixture(scope="module")
def charts() -> tuple[Chart, ...]:
    """October of the demonstration; a missing character would be a warning, and a warning an error."""
    try:
        find_font()
    except HuiyinError:
        pytest.skip("NO CHINESE FONT IS INSTALLED: charts are NOT TESTED")
    return draw_charts(demonstration())


def test_four_charts_as_png_and_svg(charts: tuple[Chart, ...]) -> None:
    """Wide enough to print; SVG that any reader of XML reads, with the title as its own."""
    assert NAMES == [c.name for c in charts]
    for chart in charts:
        assert b"\x89PNG\r\n\x1a\n" == chart.png[:8]
        width, height = struct.unpack(">II", chart.png[16:24])
        assert 1350 == width
        assert height > 500
        root = ET.fromstring(chart.svg)  # noqa: S314 - our own
        assert "{http://www.w3.org/2000/svg}svg" == root.tag
        assert chart.title in "".join(root.itertext())


def test_no_program_and_no_date_is_named(charts: tuple[Chart, ...]) -> None:
    """Else the same figures would not give the same bytes."""
    for chart in charts:
        assert b"tEXt" not in chart.png
        assert b"dc:date" not in chart.svg
        assert b"Matplotlib v" not in chart.svg


def test_the_same_figures_give_the_same_bytes(charts: tuple[Chart, ...]) -> None:
    """Whatever somebody has set in this process meanwhile."""
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red"}):
        assert charts == draw_charts(demonstration())


def test_without_a_font_there_is_a_clear_word(tmp_path: Path) -> None:
    """HY892, whose cure names the packages to install."""
    with pytest.raises(HuiyinError, match="HY892") as caught:
        find_font(folders=[str(tmp_path)])
    assert "fonts-noto-cjk" in caught.value.problems[0].cure


@pytest.mark.parametrize(
    "content", [None, b"", b"no font at all", LATIN.read_bytes()], ids=["absent", "empty", "text", "latin"]
)
def test_a_file_that_is_no_chinese_font_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """HY892 names the file; a font of Latin letters would draw boxes."""
    file = tmp_path / "字体.ttf"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(HuiyinError, match="HY892") as caught:
        find_font(file)
    assert str(file) == caught.value.problems[0].path


def test_of_a_collection_the_face_of_the_mainland_is_used() -> None:
    """A .ttc begins with the Japanese face, whose 直 and 骨 look otherwise."""
    found = list(Path("/usr/share/fonts").rglob("NotoSansCJK-Regular.ttc"))
    if not found:
        pytest.skip("NotoSansCJK-Regular.ttc IS NOT INSTALLED: font collections are NOT TESTED")
    assert "Noto Sans CJK SC" == find_font(found[0])
    assert find_font() in FAMILIES
