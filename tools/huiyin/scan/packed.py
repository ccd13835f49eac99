"""Archives: what is in them is read as if it lay beside them, down to a depth and up to a size."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from huiyin.scan.markup import read_xml
from huiyin.scan.passage import Passage, UnreadableError, at
from huiyin.scan.texts import decode

MAX_DEPTH = 3
"""Archives within archives."""
MAX_UNPACKED = 256 * 1024 * 1024
"""Bytes that one archive may become, all together."""
MAX_MEMBERS = 20_000
_PERSON = re.compile(r"<(?:\w+:)?(?:creator|lastModifiedBy|Manager)>([^<]+)<")
Inner = Callable[[str, bytes, int], Iterator[Passage]]
"""Reads a file by its name and bytes at a depth."""


def read_gzip(name: str, data: bytes, depth: int, inner: Inner) -> Iterator[Passage]:
    """A file packed by gzip.

    Raises:
        UnreadableError: HY763, HY765.
    """
    _check_depth(depth)
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            content = file.read(MAX_UNPACKED + 1)
    except (OSError, EOFError, zlib.error):
        raise UnreadableError("HY763", "压缩文件已损坏或不完整") from None
    if len(content) > MAX_UNPACKED:
        raise UnreadableError("HY765", f"解压后超过{MAX_UNPACKED:,}字节")
    yield from inner(name.removesuffix(".gz"), content, depth + 1)


def read_zip(data: bytes, depth: int, inner: Inner, *, office: bool = False) -> Iterator[Passage]:
    """A ZIP archive, or with ``office`` a document or a workbook.

    Raises:
        UnreadableError: HY763, HY765.
    """
    _check_depth(depth)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield Passage(archive.comment.decode(errors="replace"), at("压缩文件的备注"))
            members = archive.infolist()
            if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > MAX_UNPACKED:
                raise UnreadableError("HY765", f"解压后超过{MAX_UNPACKED:,}字节或{MAX_MEMBERS:,}个文件")
            for number, member in enumerate(members, 1):
                yield from _member(archive, member, number, depth, inner, office=office)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError):
        raise UnreadableError("HY763", "压缩文件已损坏、不完整，或压缩方法不能识别") from None


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, number: int, depth: int, inner: Inner, *, office: bool
) -> Iterator[Passage]:
    place = f"包内第{number}个文件"
    yield Passage(member.filename, at(f"{place}的文件名"))
    yield Passage((member.comment or b"").decode(errors="replace"), at(f"{place}的备注"))
    if member.is_dir():
        return
    if member.flag_bits & 1:
        raise UnreadableError("HY765", f"{place}已加密")
    with archive.open(member) as file:  # what an archive says of its size need not be true
        content = file.read(member.file_size + 1)
    if len(content) != member.file_size:
        raise UnreadableError("HY763", f"{place}的大小与所写的不符")
    if office and member.filename.lower().endswith((".xml", ".rels", ".vml")):
        passages = _office(decode(content), words=not member.filename.startswith("docProps/"))
    else:
        passages = inner(member.filename, content, depth + 1)
    for passage in passages:
        yield replace(passage, place=f"{place}{'，' + passage.place if passage.place else ''}")


def _office(text: str, *, words: bool) -> Iterator[Passage]:
    """One part; in those with words a change of style is an element, in the properties each element is a field."""
    yield from read_xml(text, _nothing, office=words)
    for found in _PERSON.finditer(text):  # whoever made the document; no word tells a program that this is a name
        yield Passage(f"姓名：{found[1]}", at("文档属性中的作者"))


def _nothing(name: str, data: bytes) -> Iterator[Passage]:
    raise UnreadableError("HY763", "文档中有内嵌的data:地址")


def _check_depth(depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise UnreadableError("HY765", f"压缩文件套了超过{MAX_DEPTH}层")
