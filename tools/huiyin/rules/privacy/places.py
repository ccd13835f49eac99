"""Addresses that lead to one door: house, stair and room, or street and number of a home."""

from __future__ import annotations

import re
from collections.abc import Iterator

from huiyin.model.personal import Confidence, PersonalKind
from huiyin.rules.privacy.found import Found
from huiyin.rules.privacy.runs import DIGIT

_NUMERALS = DIGIT + "十百"
_NUMERAL = f"[{_NUMERALS}]"
_NUMBER = rf"{_NUMERAL}(?:\s?{_NUMERAL}){{0,4}}\s?[A-Za-z]?"
_JOIN = r"[\s，,、\-—]{0,2}"
_HOUSE = (
    rf"(?:{_NUMBER}\s?(?:号\s?楼|栋|幢|号院|座|[#＃]\s?楼?|[号楼](?=\s?{_NUMBER}\s?(?:单元|门洞|栋|幢|号\s?楼)))"
    r"|[A-Za-z]\s?[座栋幢])"
)
_STAIR = rf"{_NUMBER}\s?(?:单元|门洞)"
# What is counted (460户, 1400套, 302元) is no room.
_ROOM = rf"{_NUMBER}\s?(?:室|房|号房|号(?!楼|院|线|文))"
_SIDE = "[东西南北中左右]户"
_BARE_ROOM = rf"(?<![，,、])[{DIGIT}]{{3,4}}(?![{DIGIT}]|\s?[元米平㎡年户人万块层套间所多余个辆%％]|\s?(?:号楼|单元))"
# 3栋2-301: stair and room with a dash between.
_DOOR = rf"(?:{_ROOM}|(?:[0-9]{{1,2}}\s?[\-－—]\s?)?{_BARE_ROOM}|{_SIDE})"
_FLOOR = rf"(?:{_NUMBER}\s?[层楼]{_JOIN})?"
_FLAT = re.compile(
    rf"(?=[{_NUMERALS}A-Za-z][{_NUMERALS}\sA-Za-z]{{0,10}}[号栋幢座楼#＃单门])(?:{_HOUSE}{_JOIN}(?P<stair>{_STAIR}{_JOIN})?{_FLOOR}{_DOOR}"
    rf"|{_STAIR}{_JOIN}{_FLOOR}{_DOOR})"
)
_SHOP = re.compile(r"\s?(?:门面|商铺|店|铺|窗口|办公室)")
_SHORT = re.compile(r"[0-9](?<![\d\-－—].)\d{0,2}\s?[#＃\-－—]\s?\d{1,2}\s?[\-－—]\s?\d{3,4}(?![\d\-－—.])")
_HOMES = re.compile(
    r"(?:小区|花园|家园|苑|公寓|家属院|新村|嘉园|府|城|庭|院|住|住址|地址|号楼|房号|房屋|房子)[:：是在为\s]{0,2}\Z"
)
_STREET = re.compile(
    rf"[路街巷弄道村组社队屯庄](?<!铁路|公路|国道|省道)\s?"
    rf"(?P<number>{_NUMBER}\s?[号户](?!楼|线|文|公路|国道)(?:\s?附\s?{_NUMBER}\s?号)?)"
)
SIGNS = (_FLAT.pattern, _SHORT.pattern, _STREET.pattern)
"""What every finding here begins with; see ``suspicion``."""
_LIVES = re.compile(
    r"家住|(?:我|们|家|现|居|长|常|租|入)住|住[在址于]|我家|家庭|户籍|户口|家在|(?<!官方)(?<!公司)(?<!单位)(?<!办公)(?<!注册)地址[是为:：]"
)
_CITIZEN = re.compile(r"您家|您住|您的|住户|留言人|反映人|来电人|当事人|信访人|户籍|家住|现住|投诉人|住址")


def find_places(text: str, *, official: bool) -> Iterator[Found]:
    """Homes; an official text also gives the addresses of offices, so there the citizen must be spoken of.

    A house without a room (5栋) is where the matter is, not who wrote.
    """
    lives = _CITIZEN if official else _LIVES
    for match in _FLAT.finditer(text):
        home = match["stair"] or not official or lives.search(_before(text, match.start()))
        sure = home and not _SHOP.match(text, match.end())
        yield Found(PersonalKind.ADDRESS, *match.span(), Confidence.CERTAIN if sure else Confidence.UNCERTAIN)
    for match in _SHORT.finditer(text):
        if _HOMES.search(text[max(0, match.start() - 8) : match.start()]):
            yield Found(PersonalKind.ADDRESS, *match.span(), Confidence.CERTAIN)
    for match in _STREET.finditer(text):
        if lives.search(_before(text, match.start())):
            certainty = Confidence.UNCERTAIN if official else Confidence.CERTAIN
            yield Found(PersonalKind.ADDRESS, *match.span("number"), certainty)


def _before(text: str, start: int) -> str:
    """The same sentence before the place; the names of province, city and street take room."""
    return re.split(r"[\n。！？；]", text[max(0, start - 30) : start])[-1]
