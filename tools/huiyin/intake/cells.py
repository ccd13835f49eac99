"""From the value of a cell to the value of a field. Messages never repeat a cell, which may hold personal data."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from huiyin.intake.mapping import Constant
from huiyin.intake.table import Cell, CellError, header_key
from huiyin.model.case import SHANGHAI
from huiyin.rules.registry import Registry

MAX_EXACT = 10**15
"""Excel keeps 15 digits of a number and turns the others into zeros."""
_SERIAL_DAYS = (20000, 80000)  # 1954 to 2119, as Excel counts days
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - wall-clock time of a cell; the zone is added below
_SEPARATORS = re.compile(r"[、,，;；/／|\n]+")
_ID_PART = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")
_EXCEL_TEXT = re.compile(r'=?"(.*)"')
_INTEGRAL = re.compile(r"([0-9]+)\.0+")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+")
_FRACTION = re.compile(r"(?<=:[0-9]{2})\.[0-9]{1,9}(?=$|[+Z-])")  # of a second, as some databases export
_MAX_REFERENCE = 64
_NOTHING = frozenset(
    {"", "无", "略", "匿名", "匿名网友", "不详", "未填", "未填写", "没有", "-", "--", "—", "——", "/", "\\"}
)


class RefusedCell(Exception):  # noqa: N818 - never leaves the package
    """The cell cannot be taken; ``code`` and ``message`` say why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


def is_blank(cell: Cell) -> bool:
    """Whether there is nothing to see in the cell."""
    return cell is None or (isinstance(cell, str) and not _visible(cell).strip())


def is_nothing(cell: Cell) -> bool:
    """Whether the cell of a name or contact is blank or says that there is none: 匿名, 无, a dash."""
    return is_blank(cell) or (isinstance(cell, str) and _folded(cell).strip("()[]") in _NOTHING)


def as_contact(cell: Cell) -> str:
    """A name or contact on one line, "" where there is none.

    Raises:
        RefusedCell: HY518, an error of Excel, or a text that it turned into a date or time.
    """
    return "" if is_nothing(cell) else " ".join(_visible(as_text(cell)).split())


def as_text(cell: Cell) -> str:
    """The text of a cell; numbers are written as Excel shows whole ones.

    Raises:
        RefusedCell: HY518, an error of Excel, or a text that it turned into a date or time.
    """
    if isinstance(cell, CellError):
        raise RefusedCell("HY518", f"单元格是公式错误（{cell.text}）。")
    if isinstance(cell, date | time | timedelta):
        raise RefusedCell("HY518", "单元格是日期或时间，应当是文字。")
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < MAX_EXACT:
        return str(int(cell))
    return "" if cell is None else str(cell)


def as_time(cell: Cell, formats: Iterable[str]) -> datetime:
    """A time in Asia/Shanghai, whole seconds.

    Args:
        cell: text in one of the formats, a date cell, or a date that Excel shows as the bare number.
        formats: for ``datetime.strptime``.

    Raises:
        RefusedCell: HY511, HY518.
    """
    if isinstance(cell, CellError):
        raise RefusedCell("HY518", f"单元格是公式错误（{cell.text}）。")
    moment: datetime | None = None
    if isinstance(cell, datetime):
        moment = cell
    elif isinstance(cell, date):
        moment = datetime.combine(cell, time.min)
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        if _SERIAL_DAYS[0] <= cell < _SERIAL_DAYS[1]:
            moment = _EXCEL_EPOCH + timedelta(days=cell)
    elif isinstance(cell, str):
        moment = _parse(" ".join(unicodedata.normalize("NFKC", _visible(cell)).split()), formats)
    if moment is None:
        raise RefusedCell("HY511", "不是所列写法的时间。")
    # A cell's fraction of a day is hardly ever a whole second.
    moment = (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
    return moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment.astimezone(SHANGHAI)


def _parse(text: str, formats: Iterable[str]) -> datetime | None:
    text = _FRACTION.sub("", text)
    for shape in formats:
        try:
            return datetime.strptime(text, shape)  # noqa: DTZ007 - the caller adds the zone
        except ValueError:
            continue
    return None


def as_flag(cell: Cell, yes: frozenset[str], no: frozenset[str]) -> bool:
    """Yes or no.

    Raises:
        RefusedCell: HY512, HY518.
    """
    if isinstance(cell, bool):
        return cell
    word = header_key(_visible(as_text(cell)))
    if word in yes:
        return True
    if word in no:
        return False
    raise RefusedCell("HY512", "不是映射所列的表示是或否的词。")


def as_word(cell: Cell, words: Mapping[str, Constant], values: Iterable[Constant]) -> Constant:
    """A word of the mapping turned into its value; a value itself is its own word.

    Raises:
        RefusedCell: HY514, HY518.
    """
    word = header_key(_visible(as_text(cell)))
    if word in words:
        return words[word]
    for value in values:
        if word == str(value):
            return value
    allowed = "、".join(words) if words else "、".join(str(v) for v in values)
    raise RefusedCell("HY514", f"不是所列的词：{allowed}。")


def as_unit(name: str, registry: Registry) -> str:
    """The id of the one unit that publishes replies and is called so (第七、二十条).

    Raises:
        RefusedCell: HY513.
    """
    unit = registry.find_unit(_visible(name)) or registry.find_unit(unicodedata.normalize("NFKC", _visible(name)))
    if unit is None:
        raise RefusedCell("HY513", "单位名录中没有这个名称的单位，或者不止一个。")
    if not unit.publisher:
        raise RefusedCell("HY513", f"{unit.name}不是承办单位，只能是市州或省政府部门（第七条）。")
    return unit.id


def as_list(text: str) -> list[str]:
    """The parts of a list in one cell, each once."""
    parts = (p.strip() for p in _SEPARATORS.split(_visible(text)))
    return list(dict.fromkeys(p for p in parts if p))


def as_reference(cell: Cell) -> str:
    """The platform's reference, the same for every way in which Excel may have mangled it harmlessly.

    Raises:
        RefusedCell: HY515, it can no longer be known; HY518.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if cell != int(cell) or cell < 0:
            raise RefusedCell("HY515", "编号是小数或负数。")
        if cell >= MAX_EXACT:
            raise RefusedCell("HY515", "编号超过15位而存为数字，末尾几位已被Excel改为0。")
        return str(int(cell))
    text = "".join(unicodedata.normalize("NFKC", _visible(as_text(cell))).split())
    if wrapped := _EXCEL_TEXT.fullmatch(text):
        text = wrapped[1]
    text = text.removeprefix("'")
    if whole := _INTEGRAL.fullmatch(text):
        text = whole[1]
    if _SCIENTIFIC.fullmatch(text):
        raise RefusedCell("HY515", "编号是科学计数法，末尾几位已经丢失。")
    if len(text) > _MAX_REFERENCE:
        raise RefusedCell("HY515", f"编号超过{_MAX_REFERENCE}个字。")
    if not any(c.isalnum() for c in text):
        raise RefusedCell("HY515", "编号中没有字母、数字或汉字。")
    return text


def id_part(reference: str) -> str:
    """What follows the channel in the id of a case: the reference itself where a file may be called so.

    Else its letters and digits with a checksum, so that different references never meet in one id.
    """
    if _ID_PART.fullmatch(reference):
        return reference
    digest = hashlib.sha256(reference.encode()).hexdigest()[:12]
    words = "-".join(re.findall(r"[A-Za-z0-9]+", reference))[:40].strip("-")
    return f"{words}-{digest}" if words else digest


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", _visible(text)).split())


def _visible(text: str) -> str:
    return "".join(c for c in text if c in "\n\r\t" or unicodedata.category(c) not in ("Cc", "Cf"))
