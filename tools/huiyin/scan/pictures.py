"""Images: not what they show, but what is written in them beside the picture."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from huiyin.scan.passage import Passage, UnreadableError, at

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "ICO")
_GPS = 0x8825
_FOLDERS = (0x8769, _GPS, 0xA005)
"""EXIF's tables within its table."""
_PEOPLE = {0x013B, 0x8298, 0x9C9D, 0xA430}
"""Artist, copyright, XPAuthor, CameraOwnerName: names, though no word before them says so."""
_WIDE = {0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F}
"""Texts of Windows, in UTF-16."""
_ENDS = {b"\x89PNG": b"IEND\xaeB`\x82", b"\xff\xd8": b"\xff\xd9"}
"""What the last bytes of a picture are, by its first; Pillow does without."""
_RUN = re.compile(rb"[\x20-\x7e]{6,}")


def read_image(data: bytes) -> Iterator[Passage]:
    """EXIF, XMP, IPTC and text of an image; it must be whole, with nothing behind its end that is not read.

    Raises:
        UnreadableError: HY763, HY764 it tells where it was taken.
    """
    from PIL import Image

    if any(data.startswith(start) and end not in data for start, end in _ENDS.items()):
        raise UnreadableError("HY763", "图片不完整")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                image.load()
                yield from _notes(image.info)
                exif = image.getexif()
                folders = [(tag, exif.get_ifd(tag)) for tag in _FOLDERS]
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnreadableError("HY763", "图片已损坏、不完整，或格式不能识别") from None
    if any(tag == _GPS and found for tag, found in folders):
        raise UnreadableError("HY764", "图片的EXIF中有拍摄地点")
    for fields in (exif, *(found for _, found in folders)):
        yield from _exif(fields)
    yield from dig(data)


def dig(data: bytes) -> Iterator[Passage]:
    """Runs of ASCII in binary data: what stands where no reader of the format looks."""
    for found in _RUN.finditer(data):
        yield Passage(found[0].decode("ascii"), at(f"第{found.start() + 1}字节起的字串"), exact=False)


def _notes(info: Mapping[Any, Any]) -> Iterator[Passage]:
    for key, value in info.items():
        for text in (str(key), *_texts(value)):
            yield Passage(text, at("图片说明"))


def _exif(fields: Mapping[int, Any]) -> Iterator[Passage]:
    for tag, value in fields.items():
        place = f"EXIF 0x{tag:04X}"
        for text in _texts(value, wide=tag in _WIDE):
            yield Passage(f"姓名：{text}" if tag in _PEOPLE else text, at(place))


def _texts(value: Any, *, wide: bool = False) -> Iterator[str]:
    if isinstance(value, bytes):
        if wide:
            yield value.decode("utf-16-le", "replace").rstrip("\0")
        else:
            yield re.sub(r"^(?:ASCII|UNICODE|JIS)?\0+", "", value.decode(errors="replace"))
            yield value.decode("utf-16-be", "replace") if value.startswith(b"UNICODE\0") else ""
    elif isinstance(value, tuple | list):
        if value and all(isinstance(v, int) and 0 <= v < 256 for v in value):
            yield from _texts(bytes(value), wide=wide)
        else:
            for below in value:
                yield from _texts(below, wide=wide)
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from _texts(key)
            yield from _texts(below)
    else:
        yield str(value)
