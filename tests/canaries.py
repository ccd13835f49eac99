"""An invented person with all that must never leave the vault, in ten disguises, and a search that sees through them.

The numbers are made up: area codes and digits that fit their checksums, of nobody.
"""

from __future__ import annotations

import gzip
import io
import re
import subprocess
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

NAME = "欧阳演虚"
MOBILE = "13912340987"
RESIDENT_ID = "110101199003077854"
PLATE = "甘AY6Z88"
CARD = "6222021234567890128"
ADDRESS = "9号楼4单元1702室"
EMAIL = "ouyang.yanxu@example.org"
SECRETS = {
    "name": NAME, "mobile": MOBILE, "resident_id": RESIDENT_ID, "plate": PLATE, "card": CARD, "address": ADDRESS,
    "email": EMAIL,
}  # fmt: skip

_HAN = "零一二三四五六七八九"
_HAN_CAPITAL = "〇壹贰叁肆伍陆柒捌玖"
_SAID = {"0": "零", "1": "幺"}


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _between(sign: str) -> Callable[[str], str]:
    def separate(text: str) -> str:
        return re.sub(r"(?<=[0-9]{3})(?=[0-9])", sign, text) if len(re.findall("[0-9]", text)) > 9 else text

    return separate


def _digits(table: str | Mapping[str, str]) -> Callable[[str], str]:
    def swap(text: str) -> str:
        if len(re.findall("[0-9]", text)) < 11:
            return text  # nobody writes the number of a house in another script
        return "".join(
            (table[int(c)] if isinstance(table, str) else table.get(c, c)) if c.isdigit() else c for c in text
        )

    return swap


DISGUISES: Mapping[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "full width": _wide,
    "spaces": _between(" "),
    "dashes": _between("-"),
    "dots": _between("·"),
    "line breaks": _between("\n"),
    "zero width": _between("\u200b"),
    "Chinese numerals": _digits(_HAN),
    "capital numerals": _digits(_HAN_CAPITAL),
    "full width and dashes": lambda text: _wide(_between("-")(text)),
}
"""Name → how the text of one secret is written."""
assert 10 == len(DISGUISES)


def words(disguise: str) -> dict[str, str]:
    """The secrets in one disguise."""
    return {key: DISGUISES[disguise](text) for key, text in SECRETS.items()}


def confession(disguise: str, subject: str) -> str:
    """A message in which the person tells everything about themselves."""
    w = words(disguise)
    return (
        f"{subject}我叫{w['name']}，手机号{w['mobile']}，身份证号{w['resident_id']}，住在演示小区{w['address']}，"
        f"车牌号{w['plate']}，银行卡号{w['card']}，邮箱{w['email']}，请尽快处理。（演示用虚构留言）"
    )


@dataclass(frozen=True)
class Hit:
    """A secret where none may be."""

    place: str
    secret: str


_NUMERALS = {
    **{c: str(i % 10) for i, c in enumerate(_HAN + _HAN_CAPITAL)},
    "幺": "1", "两": "2", "○": "0", "Ｏ": "0",
}  # fmt: skip


def folded(text: str) -> str:
    """Letters and digits alone, in one width and case, every digit as ASCII."""
    plain = unicodedata.normalize("NFKC", text)
    swapped = (_NUMERALS.get(c, c) for c in plain)
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c.casefold() for c in swapped if c.isalnum())


_WANTED = {key: folded(text) for key, text in SECRETS.items()}
_MARKS = re.compile(r"<[^<>]{0,400}>|&[a-z#0-9]{1,8};|\\[nrtu][0-9a-fA-F]{0,4}")


def hits_in(place: str, data: bytes) -> Iterator[Hit]:
    """Every secret in some bytes: in each encoding of Chinese, with and without mark-up, packed or not."""
    for part in _unpacked(data):
        for encoding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"):
            text = part.decode(encoding, errors="ignore")
            for version in (folded(text), folded(_MARKS.sub("", text))):
                yield from (Hit(f"{place} ({encoding})", key) for key, wanted in _WANTED.items() if wanted in version)


def _unpacked(data: bytes) -> Iterator[bytes]:
    yield data
    if data.startswith(b"\x1f\x8b"):
        yield gzip.decompress(data)
    elif data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield archive.read(name)


def hits_below(folder: Path) -> Iterator[Hit]:
    """Every secret in the files below a folder, in their names, and in the objects of every Git repository there."""
    for path in sorted(folder.rglob("*")):
        place = str(path.relative_to(folder))
        yield from hits_in(f"name of {place}", path.name.encode())
        if path.is_file() and not path.is_symlink():
            yield from hits_in(place, path.read_bytes())
        if path.name == "objects" and path.is_dir() and (path.parent / "HEAD").is_file():
            for name, data in objects_of(path.parent):
                yield from hits_in(f"{path.parent.relative_to(folder)} {name}", data)


def objects_of(git: Path) -> Iterator[tuple[str, bytes]]:
    """Every object of a repository, reachable or not, unpacked."""
    command = ["git", "--git-dir", str(git), "cat-file", "--batch", "--batch-all-objects", "--unordered"]
    data = subprocess.run(command, capture_output=True, check=True).stdout
    position = 0
    while position < len(data):
        end = data.index(b"\n", position)
        name, kind, size = data[position:end].decode().split()
        start = end + 1
        yield f"{kind} {name}", data[start : start + int(size)]
        position = start + int(size) + 1
