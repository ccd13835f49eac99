"""Every type of file is read to its last byte, and what cannot be is refused (第十九条)."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.model.personal import Confidence, PersonalKind
from huiyin.rules.privacy import PrivacySettings
from huiyin.scan.looking import look, look_at_name
from huiyin.scan.markup import read_html
from huiyin.scan.passage import Passage
from tests.scan.planting import MOBILE, archive, image, page, parquet, planted, sqlite, workbook

NOTHING_ALLOWED = PrivacySettings()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, bytes]]:
    """All planted files, made once."""
    return planted(tmp_path_factory.mktemp("planted"))


def test_what_is_planted_is_found(files: dict[str, tuple[str, bytes]]) -> None:
    """第十九条: a certain mobile number, in every type of file and every corner of it."""
    missed = []
    for tried, (name, data) in files.items():
        looked = look(name, data, NOTHING_ALLOWED)
        found = {(hit.kind, hit.confidence) for hit in looked.hits}
        if looked.problem is not None or (PersonalKind.MOBILE, Confidence.CERTAIN) not in found:
            missed.append((tried, looked.problem))
    assert [] == missed


def test_nothing_repeats_what_was_found(files: dict[str, tuple[str, bytes]]) -> None:
    """Neither a place nor a ``repr`` holds the number."""
    for name, data in files.values():
        for hit in look(name, data, NOTHING_ALLOWED).hits:
            assert MOBILE not in repr(hit) + hit.place + hit.path


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (
            "a.html",
            page("<p>6 层，138 户；0013 号，8000 元。</p><table><tr><td>138</td><td>00138000</td></tr></table>"),
        ),
        ("a.svg", b'<svg viewBox="0 0 24 24"><path d="M13.8 0.01 3 8 0 0 0 13800138000"/></svg>'),
        ("a.json", b'{"lat": 103.8343921, "rows": [138, 138000]}'),
        ("a.csv", b"138,00138000\n"),
        ("a.png", image("PNG")),
        ("a.xlsx", workbook()),
        ("a.parquet", parquet([138, 138000])),
    ],
)
def test_what_is_not_personal_is_not_found(name: str, data: bytes) -> None:
    """Figures in cells beside each other, drawings and coordinates are no telephone numbers."""
    assert () == look(name, data, NOTHING_ALLOWED).hits
    assert look(name, data, NOTHING_ALLOWED).problem is None


def encrypted() -> bytes:
    """An archive that says it is encrypted."""
    data = bytearray(archive({"a.txt": b"demo"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)


def bomb() -> bytes:
    """An archive that would be a gigabyte."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file, file.open("a.txt", "w") as member:
        for _ in range(300):
            member.write(b"0" * 1024 * 1024)
    return out.getvalue()


def nested(levels: int) -> bytes:
    """Archives in archives."""
    data = archive({"a.txt": b"demo"})
    for _ in range(levels):
        data = archive({"a.zip": data})
    return data


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.pdf", b"%PDF-1.7", "HY762"),
        ("a.woff2", b"wOF2", "HY762"),
        ("a", b"demo", "HY762"),
        ("a.exe", b"MZ", "HY762"),
        ("a.txt", b"\xff\xfe1\x003\x00", "HY763"),
        ("a.html", "演示".encode("gb18030"), "HY763"),
        ("a.js", b"a\0b", "HY763"),
        ("a.json", b'{"a": ', "HY763"),
        ("a.json", b"[" * 100_000, "HY763"),
        ("a.jsonl", b'{"a": 1}\n{"a"\n', "HY763"),
        ("a.csv", b'a,"b\n', "HY763"),
        ("a.xml.gz", gzip.compress(b"<a/>" * 100)[:-9], "HY763"),
        ("a.xml.gz", b"<a/>", "HY763"),
        ("a.zip", archive({"a.txt": b"demo"})[:-30], "HY763"),
        ("a.zip", archive({"a.pdf": b"demo"}), "HY762"),
        ("a.zip", encrypted(), "HY765"),
        ("a.zip", bomb(), "HY765"),
        ("a.txt.gz", gzip.compress(b"0" * (257 * 1024 * 1024), 1), "HY765"),
        ("a.zip", nested(5), "HY765"),
        ("a.xlsx", b"demo", "HY763"),
        ("a.png", image("PNG")[:-20], "HY763"),
        ("a.png", b"demo", "HY763"),
        ("a.jpg", image("JPEG", gps=True), "HY764"),
        ("a.parquet", parquet(["x"])[:-10], "HY763"),
        ("a.sqlite", b"", "HY763"),
        ("a.sqlite", b"SQLite format 3\0" + b"x" * 500, "HY763"),
        ("a.html", page('<img src="data:application/pdf;base64,JVBERg==">'), "HY762"),
        ("a.html", page('<img src="data:image/png;base64,!!!!">'), "HY763"),
        ("a.html", page('<script type="application/ld+json">{"a": </script>'), "HY763"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused(name: str, data: bytes, code: str) -> None:
    """It fails closed, whatever the reason."""
    problem = look(name, data, NOTHING_ALLOWED).problem
    assert problem is not None
    assert code == problem.code


def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    """Pages that are cut off are not passed over."""
    data = sqlite(tmp_path, *(f"{n:0500}" for n in range(100)))
    problem = look("a.sqlite", data[: len(data) // 2 // 4096 * 4096], NOTHING_ALLOWED).problem
    assert problem is not None
    assert "HY763" == problem.code


def test_chance_is_no_person() -> None:
    """Compressed bytes hold short strings of every form; a picture must not keep a site from being published."""
    picture = image("PNG") + b"\0 f::b1 \0 wx_a1b2c3 \0 a@b.cn \0"
    assert () == look("a.png", picture, NOTHING_ALLOWED).hits
    assert look("a.png", picture + f" {MOBILE} ".encode(), NOTHING_ALLOWED).hits


@pytest.mark.parametrize("name", ["a.html", "a.xml"])
def test_blanks_are_read_as_they_are_shown(name: str) -> None:
    """A browser shows a line break and an indent as one blank, so a number goes on behind them."""
    data = page(f"<p>{MOBILE[:3]}\n          {MOBILE[3:]}</p>")
    assert [PersonalKind.MOBILE] == [hit.kind for hit in look(name, data, NOTHING_ALLOWED).hits]


@pytest.mark.parametrize("path", [f"a/{MOBILE}/b.html", f"tel-{MOBILE}.txt", "%31%33800138000/a.html"])
def test_names_are_read(path: str) -> None:
    """Names of files and folders, also as they look in an address; the place does not repeat them."""
    hits = list(look_at_name(path, NOTHING_ALLOWED))
    assert hits
    assert all(MOBILE not in hit.path for hit in hits)


def test_a_place_is_that_of_the_words() -> None:
    """Line and character lead to the place."""
    [hit] = look("a.html", b"<html>\n<p>x</p>\n<p>tel " + MOBILE.encode() + b"</p>\n</html>", NOTHING_ALLOWED).hits
    assert 3 == hit.line


def words(text: str) -> str:
    """Everything that a reader of markup gives."""

    def inner(name: str, data: bytes) -> list[Passage]:
        return [Passage(data.decode(errors="surrogatepass"), lambda position: (1, ""))]

    return "\n".join(p.text for p in read_html(text, lambda name, data: iter(inner(name, data))))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["<", ">", "<p>", "</p>", '"', "'", "<!--", "-->", "<a b=", "=", "&", ";", "<script>",
                                 "</script>", "<![CDATA[", "]]>", "<?", "x ", "\n", "/", "<style"]), max_size=12),
       st.integers(0, 12))  # fmt: skip
def test_no_markup_hides_words(parts: list[str], place: int) -> None:
    """However broken the markup: what stands in it is read, unless it is the very name of a tag."""
    text = "".join([*parts[:place], f" {MOBILE} ", *parts[place:]])
    assert MOBILE in words(text)
