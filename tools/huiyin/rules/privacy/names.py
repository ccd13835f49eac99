"""Names by which people introduce themselves: told by the words before them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from huiyin.model.personal import Confidence, PersonalKind
from huiyin.rules.privacy.found import Found
from huiyin.rules.privacy.surnames import COMPOUND, SINGLE, TIBETAN

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_STOP = rf"(?=$|[^{_HAN}·•‧])"
# Words that go on with the particulars of the person: a name of two characters ends before them.
_PARTICULARS = "|".join(
    (
        *(
            "男",
            "女",
            "汉族",
            "回族",
            "藏族",
            "东乡族",
            "民族",
            "性别",
            "年龄",
            r"\d{1,3}岁",
            "今年",
            "现年",
            "生于",
            "出生",
        ),
        *("家住", "现住", "住在", "住址", "来自", "身份证", "身份号", "电话", "手机", "联系"),
    )
)
# Words that may follow a name; some are names too, so the longer name comes before them.
_GOES_ON = (
    "系现今家住来身电手联务性民年籍户的是及和与于在因以为反请想要向对就特谨曾写投举咨希申已有从到被把给让说您同先"
)
_GIVEN = rf"[ \t　]?[{_HAN}]"
_DOTTED = rf"[{_HAN}]{{1,6}}(?:\s?[·•‧・]\s?[{_HAN}]{{1,8}}){{1,3}}"
_TIBETAN = rf"(?:{'|'.join(TIBETAN)})(?:{'|'.join(TIBETAN)}|[{_HAN}]){{1,3}}?(?:{_STOP}|(?=[{_GOES_ON}]))"
_SURNAME = rf"(?:{'|'.join(COMPOUND)}|[{SINGLE}])"
_SHORT, _LONG = _SURNAME + _GIVEN, _SURNAME + _GIVEN * 2
_CLEAR = rf"{_DOTTED}|{_SHORT}(?={_PARTICULARS})|{_LONG}(?:{_STOP}|(?={_PARTICULARS}))|{_SHORT}{_STOP}"
_NAME = re.compile(rf"\s?[“\"]?\s?({_CLEAR}|{_TIBETAN}|{_LONG}(?=[{_GOES_ON}])|{_SHORT}(?=[{_GOES_ON}]))")
_CLEAR_NAME = re.compile(rf"\s?[，,:：“\"]?\s?({_CLEAR})")
_NEXT = re.compile(rf"、\s?({_LONG}{_STOP}|{_SHORT}{_STOP})")

_ROLES = (
    *("姓名", "姓 名", "名字", "联系人", "投诉人", "反映人", "申请人", "举报人", "留言人", "信访人", "当事人"),
    *("来信人", "建议人", "求助人", "法定代表人", "经办人", "负责人", "业主代表", "村民代表", "居民代表"),
    *("户主", "业主", "车主", "署名", "落款", "患者"),
)
_KIN = (
    *("村民", "居民", "职工", "住户", "市民", "学生", "儿子", "女儿", "父亲", "母亲", "丈夫", "妻子", "爱人"),
    *("老公", "老婆", "弟弟", "哥哥", "姐姐", "妹妹", "邻居"),
)
_OF_OFFICES = ("联系人", "法定代表人", "经办人", "负责人")
# Alternatives of plain characters and nothing else: the search of ``re`` then jumps to their first ones.
_ROLE = re.compile("|".join((*_ROLES, *_KIN)))
_STATED = re.compile(r"(?:姓名)?\s?([:：为是])")
_CALLERS = ("[我名俺字]", r"我\s", "本人")
_CALLED = re.compile(f"叫(?:{'|'.join(f'(?<={caller}叫)' for caller in _CALLERS)})做?[是:：]?")
_WEAK = re.compile("本人系?|我是|我系|我乃|咱是|俺是|在下")
_AFTER = re.compile(rf"[，,（(\s]*(?:{_PARTICULARS}|1[3-9][0-9])")
SIGNS = (
    rf"(?:{'|'.join(_CALLERS)})叫",
    rf"(?:{_ROLE.pattern}){_STATED.pattern}",
    rf"(?:{_ROLE.pattern}){_CLEAR_NAME.pattern}{_AFTER.pattern}",
    # What must follow the name is read with it here, for this cue stands in every other text.
    rf"(?:{_WEAK.pattern}){_CLEAR_NAME.pattern.replace('(?=', '(?:')}",
)
"""What every finding here begins with; see ``suspicion``."""
# Somebody whose surname is in no list: 我叫…, 姓名：…
_UNUSUAL = re.compile(rf"\s?((?![不苦了只请须应])[{_HAN}]{{2,5}}){_STOP}")
_OTHER_WORDS = re.compile(
    r".*[的区县市村镇乡省人生师员工长民户主者家客妇兵校店司队商]$|高[中考二一三]|何[时地种家]|于[^。]?[年月日]|"
    r"方[便面]|符合|常[年住]|明[年天]|余[生款]|成[年都绩员]|时[常间]|全[家体部]|安[置徽宁全]|石[家油]|江[苏西]|温州|金[昌融]|"
    r"白[银天]|武[威汉]|兰州|张掖|甘[肃南]|路过|高[度层血龄]|马上|房[东主子]|万分|关[于心注]|单[身位亲]|应[届聘]|"
    r"连续|强烈|党员|农[民村]|公[司民务]|和|解放|任[职教]|干部|荣幸|利用|满意|令|简[单称]|向|乐|尚|易[燃碎]|木[材工]|申请|代理"
)
_NAMES_NOBODY = re.compile(
    r"某|[×xX*]|保密|何[人时地种]|"
    r".(?:女士|先生|小姐|同志|主任|[局科所站队处部校院厅市县区镇乡村组社班团]长|经理|书记|老师|医生|师傅|大[爷妈叔哥姐]|"
    r"阿姨|律师|警官|工)$"
)


def find_names(text: str, *, official: bool) -> Iterator[Found]:
    """Names behind 我叫, 姓名：, 举报人： and the like; behind 本人 and 我是 only where no other word fits.

    张某, 李某某, 王女士 and 张主任 name nobody. In an official text 联系人： gives whom an office has named to the
    public, which a person decides.
    """
    for told in _CALLED.finditer(text):
        mine = text[max(0, told.start() - 2) : told.start()].rstrip().endswith("我")
        yield from _find_stated(told, Confidence.CERTAIN, unusual=mine)
    for told in _ROLE.finditer(text):
        kin, of_office = told[0] in _KIN, official and told[0] in _OF_OFFICES
        stated = _STATED.match(text, told.end())
        if stated and not (kin and stated[1] in "为是"):
            certainty = Confidence.UNCERTAIN if of_office else Confidence.CERTAIN
            yield from _find_stated(stated, certainty, unusual=told[0].startswith("姓"))
        elif (name := _plain_name(told)) and _AFTER.match(text, name.end()):
            doubtful = kin or of_office
            yield Found(PersonalKind.NAME, *name.span(1), Confidence.UNCERTAIN if doubtful else Confidence.CERTAIN)
    for told in _WEAK.finditer(text):
        if name := _plain_name(told):
            sure = _AFTER.match(text, name.end()) or "·" in name[1]
            yield Found(PersonalKind.NAME, *name.span(1), Confidence.CERTAIN if sure else Confidence.UNCERTAIN)


def _find_stated(told: re.Match[str], certainty: Confidence, *, unusual: bool) -> Iterator[Found]:
    """The name, or the list of them, behind words that must be followed by one.

    Args:
        unusual: a word that begins with no known surname may be a name too.
    """
    text = told.string
    name = _NAME.match(text, told.end())
    if name is None and unusual:
        name, certainty = _UNUSUAL.match(text, told.end()), Confidence.UNCERTAIN
    if name and told[0].endswith(("为", "是")) and _OTHER_WORDS.match(name[1]):
        return
    while name and not _NAMES_NOBODY.search(name[1]):
        yield Found(PersonalKind.NAME, *name.span(1), certainty)
        name = _NEXT.match(text, name.end())


def _plain_name(told: re.Match[str]) -> re.Match[str] | None:
    """What may be a name behind words that are followed by others more often."""
    name = _CLEAR_NAME.match(told.string, told.end())
    if not name or _NAMES_NOBODY.search(name[1]) or _OTHER_WORDS.match(re.sub(r"\s", "", name[1])):
        return None
    return name
