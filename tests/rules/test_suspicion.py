from __future__ import annotations

import random
import re
import sys

import pytest
import re2

from bench.privacy import load_snippets
from huiyin.rules.privacy import finding, names, places, runs, tokens
from huiyin.rules.privacy.folding import fold
from huiyin.rules.privacy.settings import PrivacySettings
from huiyin.rules.privacy.suspicion import is_suspect, widened

NOTHING = PrivacySettings()
# What cues, names, numbers and addresses are made of, and what may stand between them.
WORDS = (
    "我叫¦名叫¦我 叫¦我　叫¦本人叫¦叫做¦姓名¦为¦是¦：¦:¦本人¦本人系¦我是¦咱是¦在下¦王¦李¦马¦欧阳¦扎西¦"
    "卓玛¦明¦建国¦男¦汉族¦35岁¦家住¦身份证¦电话¦某¦先生¦·¦、¦，¦,¦（¦(¦“¦ ¦\u3000¦\xa0¦\n¦\t¦#¦-¦－¦—¦.¦"
    "。¦点¦@¦::¦室¦房¦东户¦层¦小区¦我家¦您家¦地址：¦路¦巷¦村¦附¦户¦号¦艾特¦[dot]¦ at ¦QQ¦扣扣¦企鹅¦Q:¦"
    "微信¦薇信¦vx¦wechat¦加v¦+V¦公众号¦群¦号码¦账号¦ID¦护照¦甘¦京¦A¦警¦G¦x¦O¦l¦×¦com¦cn¦MA¦abcdef¦wx_1234¦"
    "fe80¦10.1¦116.63.1.1¦0¦1¦2¦9¦13¦1300¦0000¦138001¦62¦1990¦0101¦零¦一¦三¦八¦十¦百¦8000¦"
    "620102199001011234¦0931¦8888888¦9162¦１３８¦⑧¦〔已隐去：手机号码〕¦的¦人¦好¦灯¦…"
)
PARTS = [
    *names._ROLES,
    *names._KIN,
    *("单元", "栋", "幢", "座", "号楼", "号 楼", "号院", "#", "门洞"),
    *WORDS.split("¦"),
]


def finds(text: str) -> bool:
    """Whether the detectors find anything in a folded text, whoever wrote it."""
    return any(
        next(iter(finding._detect(text, NOTHING, official=official)), None) is not None for official in (False, True)
    )


def test_whatever_is_found_was_suspected() -> None:
    """第十九条: the pass before the detectors must hide nothing from them."""
    chance = random.Random(2015_115)  # noqa: S311 - texts, not keys
    texts = ["".join(chance.choice(PARTS) for _ in range(chance.randint(2, 14))) for _ in range(30_000)]
    found = [text for text in (fold(text).text for text in texts) if finds(text)]
    assert len(found) > 3_000
    assert [text for text in found if not is_suspect(text)] == []


def test_the_labelled_texts_are_suspected_where_something_is_found() -> None:
    """The snippets by which detection is measured."""
    found = [text for text in (fold(snippet.text).text for snippet in load_snippets()) if finds(text)]
    assert len(found) > 400
    assert [text for text in found if not is_suspect(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "小区门口的路灯坏了3个月，2026年11月20日报修过，一直没有人来。",
        "您反映的问题已于2026年11月21日办结，如有疑问请拨打12345热线。",
        "村民和业主都很着急，我是看着这条路修起来的。",
    ],
)
def test_plain_texts_are_not_suspected(text: str) -> None:
    """Else nothing would be gained."""
    assert not is_suspect(text)


@pytest.mark.parametrize("module", [runs, places, names, tokens])
def test_every_sign_can_be_read_by_the_automaton(module: object) -> None:
    """And by ``re``: each is a pattern of the detectors, or made of some; one that is everywhere would say nothing."""
    for sign in module.SIGNS:  # type: ignore[attr-defined]
        assert (None, None) == (re.search(sign, ""), re2.search(widened(sign), "")), sign


@pytest.mark.parametrize(
    ("pattern", "wide"),
    [
        ("a(?=b(?:c|d))e", "ae"),
        ("(?<![(0-9].)x(?!y[)])z", "xz"),
        ("(?P<id>[)(])(?:b)", "(?:[)(])(?:b)"),
        (r"\(?a\Z", r"\(?a"),
        (r"[^\d.]", r"[^\p{Nd}.]"),
    ],
)
def test_look_around_is_left_out(pattern: str, wide: str) -> None:
    """With what stands in it, and nothing else."""
    assert widened(pattern) == wide


def test_blanks_of_unicode_are_blanks() -> None:
    """RE2 alone would take none but those of ASCII."""
    every = re2.compile(widened(r"\A[\s]\Z"))
    blanks = [chr(number) for number in range(sys.maxunicode + 1) if chr(number).isspace()]
    assert len(blanks) > 20
    assert all(every.search(blank) for blank in blanks)
