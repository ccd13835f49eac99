"""Files of every type with an invented number planted in them, made by the libraries that make such files."""

from __future__ import annotations

import base64
import gzip
import io
import json
import sqlite3
import zipfile
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
from openpyxl import Workbook
from PIL import Image
from PIL.PngImagePlugin import PngInfo

MOBILE = "13800138000"
"""A number that belongs to nobody (synthetic)."""
WIDE = MOBILE.translate({ord("0") + n: 0xFF10 + n for n in range(10)})


def page(body: str) -> bytes:
    """A whole page."""
    return f"<!doctype html>\n<html><head><title>演示</title></head>\n<body>\n{body}\n</body></html>\n".encode()


def workbook(*, cell: object = "演示", creator: str = "demo", sheet: str = "Sheet", comment: str = "") -> bytes:
    """A workbook by openpyxl."""
    book = Workbook()
    book.properties.creator = creator
    table = book.active
    assert table is not None
    table.title = sheet
    table.append([cell])
    if comment:
        from openpyxl.comments import Comment

        table["A1"].comment = Comment(comment, "demo")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(members: dict[str, bytes], comment: str = "") -> bytes:
    """A ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
        file.comment = comment.encode()
    return out.getvalue()


def document(*runs: str) -> bytes:
    """A document of one paragraph, each of whose runs has a style of its own."""
    text = "".join(f"<w:r><w:rPr><w:b/></w:rPr><w:t>{run}</w:t></w:r>" for run in runs)
    return archive({"word/document.xml": f"<w:document><w:body><w:p>{text}</w:p></w:body></w:document>".encode()})


def image(kind: str, *, exif: dict[int, str] | None = None, text: str = "", gps: bool = False, xmp: str = "") -> bytes:
    """A small image with notes."""
    made = Image.new("RGB", (8, 8))
    notes = made.getexif()
    for tag, value in (exif or {}).items():
        notes[tag] = value
    if gps:
        notes.get_ifd(0x8825)[1] = "N"
        notes.get_ifd(0x8825)[2] = (36.0, 3.0, 20.0)
    out = io.BytesIO()
    options: dict[str, object] = {"exif": notes} if len(notes) or gps else {}
    if text:
        info = PngInfo()
        info.add_itxt("Comment", text, zip=True)
        options["pnginfo"] = info
    if xmp:
        options["xmp"] = xmp.encode()
    made.save(out, kind, **options)
    return out.getvalue()


def parquet(values: list[object], name: str = "text", note: str = "") -> bytes:
    """A table of one column, compressed."""
    table = pa.table({name: values})
    if note:
        table = table.replace_schema_metadata({"note": note})
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def sqlite(folder: Path, *values: object, table: str = "TABLE t (a)", delete: bool = False) -> bytes:
    """A database with one table of one column."""
    path = folder / "made.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA secure_delete=OFF")
    connection.execute(f"CREATE {table}")
    connection.executemany("INSERT INTO t VALUES (?)", ((value,) for value in values))
    connection.commit()
    if delete:
        connection.execute("DELETE FROM t")
    connection.commit()
    connection.close()
    data = path.read_bytes()
    path.unlink()
    return data


def planted(folder: Path) -> dict[str, tuple[str, bytes]]:
    """What is tried → (name of the file, its bytes). In each the number stands once or more."""
    data_address = f"data:text/html;base64,{base64.b64encode(page(MOBILE)).decode()}"
    return {
        "text": ("a.txt", f"第一行\n电话{MOBILE}".encode()),
        "markdown": ("a.md", MOBILE.encode()),
        "full-width": ("a.txt", WIDE.encode()),
        "page": ("a.html", page(f"<p>电话{MOBILE}</p>")),
        "page, across markup": ("a.html", page("<p>电话138<b>0013</b><!-- x -->8000</p>")),
        "page, entities": ("a.html", page("<p>" + "".join(f"&#{ord(c)};" for c in MOBILE) + "</p>")),
        "page, attribute": ("a.html", page(f'<a href="tel:{MOBILE}" title="x">x</a>')),
        "page, unquoted attribute": ("a.html", page(f"<a data-x={MOBILE}>x</a>")),
        "page, encoded address": ("a.html", page('<a href="/?q=%31%33%38%30%30%31%33%38%30%30%30">x</a>')),
        "page, comment": ("a.html", page(f"<!-- {MOBILE} -->")),
        "page, open comment": ("a.html", page(f"<!-- {MOBILE}")),
        "page, broken tag": ("a.html", page(f'<p title="{MOBILE}')),
        "page, script": ("a.html", page(f"<script>var a = '{MOBILE}'</script>")),
        "page, escaped script": ("a.html", page(r"<script>var a = '\u0031\u0033800138000'</script>")),
        "page, JSON-LD": (
            "a.html",
            page(f'<script type="application/ld+json">{{"telephone": "\\u0031{MOBILE[1:]}"}}</script>'),
        ),
        "page, style": ("a.html", page(f"<style>/* {MOBILE} */</style>")),
        "page, data address": ("a.html", page(f'<iframe src="{data_address}"></iframe>')),
        "page, markup in attribute": ("a.html", page('<a title="138&lt;b&gt;0013&lt;/b&gt;8000">x</a>')),
        "JSON": ("a.json", json.dumps({"a": [MOBILE]}).encode()),
        "JSON, number": ("a.json", f'{{"a": {MOBILE}}}'.encode()),
        "JSON, key": ("a.json", json.dumps({MOBILE: 1}).encode()),
        "JSON, key twice": ("a.json", f'{{"a": "{MOBILE}", "a": 1}}'.encode()),
        "JSON, markup": ("a.json", json.dumps({"text": "138<b>0013</b>8000"}).encode()),
        "JSON Lines": ("a.jsonl", b'{"a": 1}\n' + json.dumps({"a": MOBILE}).encode() + b"\n"),
        "feed": ("a.xml", f"<feed><title>{MOBILE}</title></feed>".encode()),
        "feed, HTML inside": ("a.xml", b"<feed><content>138&lt;b&gt;0013&lt;/b&gt;8000</content></feed>"),
        "feed, CDATA": ("a.atom", f"<feed><![CDATA[{MOBILE}]]></feed>".encode()),
        "sitemap, packed": ("sitemap.xml.gz", gzip.compress(f"<loc>/{MOBILE}/</loc>".encode(), mtime=0)),
        "drawing": ("a.svg", b'<svg><text>138<tspan>00138000</tspan></text><path d="M13 8 00138000"/></svg>'),
        "script": ("a.js", f"const a = '{MOBILE}'".encode()),
        "style sheet": ("a.css", f"/* {MOBILE} */".encode()),
        "CSV": ("a.csv", f'编号,内容\n1,"多行\n{MOBILE}"\n'.encode("utf-8-sig")),
        "workbook": ("a.xlsx", workbook(cell=MOBILE)),
        "workbook, number": ("a.xlsx", workbook(cell=int(MOBILE))),
        "workbook, author": ("a.xlsx", workbook(creator=MOBILE)),
        "workbook, name of a sheet": ("a.xlsx", workbook(sheet=MOBILE)),
        "workbook, comment": ("a.xlsx", workbook(comment=MOBILE)),
        "document, across runs": ("a.docx", document("电话138", "0013", "8000")),
        "archive": ("a.zip", archive({"a/b.txt": MOBILE.encode()})),
        "archive, name": ("a.zip", archive({f"{MOBILE}.txt": b"demo"})),
        "archive, comment": ("a.zip", archive({"a.txt": b"demo"}, MOBILE)),
        "archive in an archive": ("a.zip", archive({"b.zip": archive({"c.json": json.dumps(MOBILE).encode()})})),
        "photo, EXIF": ("a.jpg", image("JPEG", exif={0x010E: f"tel {MOBILE}"})),
        "photo, XMP": ("a.webp", image("WEBP", xmp=f"<x>{MOBILE}</x>")),
        "picture, packed text": ("a.png", image("PNG", text=f"电话{MOBILE}")),
        "picture, behind its end": ("a.gif", image("GIF") + f"tel {MOBILE}".encode()),
        "Parquet": ("a.parquet", parquet(["演示", MOBILE])),
        "Parquet, number": ("a.parquet", parquet([int(MOBILE)])),
        "Parquet, nested": ("a.parquet", parquet([{"a": [MOBILE]}])),
        "Parquet, name of a column": ("a.parquet", parquet(["x"], name=MOBILE)),
        "Parquet, note": ("a.parquet", parquet(["x"], note=MOBILE)),
        "SQLite": ("a.sqlite", sqlite(folder, MOBILE)),
        "SQLite, number": ("a.sqlite", sqlite(folder, int(MOBILE))),
        "SQLite, deleted": ("a.sqlite", sqlite(folder, f"x {MOBILE} ", delete=True)),
        "SQLite, index": ("a.db", sqlite(folder, MOBILE, table="VIRTUAL TABLE t USING fts5(a)")),
    }
