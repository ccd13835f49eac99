"""Addresses that lead to one door: house, stair and room, or street and number of a home."""

from __future__ import annotations

import re
from collections.abc import Iterator

from huiyin.model.personal import Confidence, PersonalKind
from huiyin.rules.privacy.found import Found
from huiyin.rules.privacy.runs import DIGIT

_NUMBER = rf"[A-Za-z]?\s?[{DIGIT}十百](?:\s?[{DIGIT}十百]){{0,4}}\s?[A-Za-z]?"
_JOIN = r"[\s，,、\-—]{0,2}"
_HOUSE = rf"{_NUMBER}\s?(?:号\s?楼|栋|幢|号院|座|[#＃]\s?楼?|楼(?!层)|号(?=\s?{_NUMBER}\s?(?:单元|门|栋|幢|号\s?楼)))"
_STAIR = rf"{_NUMBER}\s?(?:单元|门洞)"
_ROOM = rf"{_NUMBER}\s?(?:室|房|号房|户|号(?!楼|院|线|文))"
_BARE_ROOM = r"[0-9]{3,4}(?![0-9]|\s?(?:元|米|平|㎡|年|户|人|万|块|层|号楼|单元|多|余|个|辆|[%％]))"
_FLAT = re.compile(
    rf"{_HOUSE}{_JOIN}(?:{_STAIR}{_JOIN})?(?:{_NUMBER}\s?[层楼]{_JOIN})?(?P<room>{_ROOM}|{_BARE_ROOM})?"
    rf"|{_STAIR}{_JOIN}(?:{_NUMBER}\s?[层楼]{_JOIN})?(?P<room2>{_ROOM}|{_BARE_ROOM})"
)
_SHORT = re.compile(r"(?<![\d\-－—])\d{1,3}\s?[#＃\-－—]\s?\d{1,2}\s?[\-－—]\s?\d{3,4}(?![\d\-－—.])")
_HOMES = re.compile(
    r"(?:小区|花园|家园|苑|公寓|家属院|新村|嘉园|府|城|庭|院|住|住址|地址|号楼|房号|房屋|房子)[:：是在为\s]{0,2}\Z"
)
_STREET = re.compile(
    rf"(?:路|街|巷|大道|胡同|弄|道)\s?(?P<number>{_NUMBER}\s?号(?!楼|线|院|文|公路|国道)(?:\s?附\s?{_NUMBER}\s?号)?)"
    rf"|(?:村|组|社|队|屯|庄)\s?(?P<farm>{_NUMBER}\s?(?:号|户)(?!楼|线|文|公路))"
)
_LIVES = re.compile(
    r"家住|住在|住址|居住|现住|我住|我家|家庭|户籍|户口|常住|租住|地址[是为:：]|家在|住(?=[^房宅建户院])"
)
_CITIZEN = re.compile(r"您家|您住|您的|住户|留言人|反映人|来电人|当事人|信访人|户籍|家住|现住")
_SIGNS = ("单元", "栋", "幢", "座", "号", "#", "＃", "室", "户", "-", "—", "楼")


def find_places(text: str, *, official: bool) -> Iterator[Found]:
    """Homes. In an official text only those that it calls the citizen's: it gives the addresses of offices."""
    lives = _CITIZEN if official else _LIVES
    for match in _FLAT.finditer(text):
        told = lives.search(_before(text, match.start()))
        if match["room"] or match["room2"]:
            yield Found(PersonalKind.ADDRESS, *match.span(), Confidence.CERTAIN)
        elif told:
            yield Found(PersonalKind.ADDRESS, *match.span(), Confidence.UNCERTAIN)
    for match in _SHORT.finditer(text):
        if _HOMES.search(text[max(0, match.start() - 8) : match.start()]):
            yield Found(PersonalKind.ADDRESS, *match.span(), Confidence.CERTAIN)
    for match in _STREET.finditer(text):
        group = "number" if match["number"] else "farm"
        if lives.search(_before(text, match.start())):
            certainty = Confidence.UNCERTAIN if official else Confidence.CERTAIN
            yield Found(PersonalKind.ADDRESS, *match.span(group), certainty)


def _before(text: str, start: int) -> str:
    """The same sentence before the place; the names of province, city and street take room."""
    return re.split(r"[\n。！？；]", text[max(0, start - 30) : start])[-1]
