"""Names by which people introduce themselves: told by the words before them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from huiyin.model.personal import Confidence, PersonalKind
from huiyin.rules.privacy.found import Found
from huiyin.rules.privacy.surnames import COMPOUND, SINGLE, TIBETAN

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_SPACE = r"[ \t　]?"
# A name ends where these begin.
_END = (
    rf"(?=$|[^{_HAN}·•‧]|[男女汉回藏系现今家住来身电手联务性民年籍户的是及和与于在因以为反请]|出生|您好|同志|先生|女士)"
)
_DOTTED = rf"[{_HAN}]{{1,6}}(?:\s?[·•‧・]\s?[{_HAN}]{{1,8}}){{1,3}}"
_FULL = (
    rf"(?:(?:{'|'.join(COMPOUND)}){_SPACE}[{_HAN}](?:{_SPACE}[{_HAN}])?"
    rf"|[{SINGLE}]{_SPACE}[{_HAN}](?:{_SPACE}[{_HAN}])??)"
)
_TIBETAN = f"(?:{'|'.join(TIBETAN)})"
_NAME = rf"(?P<name>{_DOTTED}|{_FULL}|{_TIBETAN}(?:{_TIBETAN}|[{_HAN}]){{1,3}}?){_END}"
_STRONG = re.compile(
    r"(?:我\s?叫做?|名\s?叫|(?:我的)?名字[是叫为]|姓\s?名\s?[:：是为]|"
    r"(?:联\s?系\s?人|投诉人|反映人|申请人|举报人|留言人|信访人|当事人|来信人|建议人|求助人|户主|业主|车主|署名|落款|法定代表人|患者|经办人)"
    r"(?:姓名)?\s?[:：为是])\s?[“\"]?" + _NAME
)
_WEAK = re.compile(r"(?:本人|我是|我系|我乃|咱是|俺叫|俺是|在下)\s?[，,:：“\"]?\s?" + _NAME)
# Particulars of a person behind a word make it a name.
_PARTICULARS = re.compile(
    r"[，,（(\s]*(?:男|女|汉族|回族|藏族|身份证|电话|手机|联系|\d{1,3}岁|生于|出生|现年|今年|家住|现住|住址|性别)"
)
_OTHER_WORDS = re.compile(
    r".*[区县市村镇乡省人生师员工长民户主者家客妇兵校店司队商]$|高[中考二一三]|何[时地种家]|于[^。]?[年月日]|"
    r"方[便面]|常[年住]|明[年天]|余[生款]|成[年都]|时[常间]|全[家体部]|安[置徽宁全]|石[家油]|江[苏西]|温州|金[昌融]|"
    r"白[银天]|武[威汉]|兰州|张掖|甘[肃南]|路过|高[度层血龄]|马上|车主|房[东主子]|万分|关[于心注]|单[身位亲]|应届|"
    r"连续|强烈|党员|农[民村]|公[司民务]|和|解放|任[职教]|干部|荣幸|利用|满意|令|简[单称]|向|乐|尚|易|木"
)
_MASKED = re.compile("某|女士|先生|小姐|[×xX*]")


def find_names(text: str) -> Iterator[Found]:
    """Names behind 我叫, 姓名：, 联系人： and the like; behind 本人 and 我是 only where no other word fits.

    张某, 李某某 and 王女士 name nobody.
    """
    for match in _STRONG.finditer(text):
        if not _MASKED.search(match["name"]):
            yield Found(PersonalKind.NAME, *match.span("name"), Confidence.CERTAIN)
    for match in _WEAK.finditer(text):
        name = re.sub(r"\s", "", match["name"])
        if not _MASKED.search(name) and not _OTHER_WORDS.match(name):
            sure = _PARTICULARS.match(text, match.end()) or "·" in name
            yield Found(PersonalKind.NAME, *match.span("name"), Confidence.CERTAIN if sure else Confidence.UNCERTAIN)
