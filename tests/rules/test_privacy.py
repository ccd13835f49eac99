from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.privacy import Snippet, find_false_alarms, find_misses, load_snippets
from bench.privacy import settings as shipped
from huiyin.model.personal import Confidence, Finding, PersonalKind
from huiyin.model.problem import HuiyinError
from huiyin.repo.source import FolderSource
from huiyin.repo.store import load_rulebook
from huiyin.rules import privacy
from huiyin.rules.privacy import PrivacySettings, find_personal, redact
from huiyin.rules.privacy.settings import PATH
from tests.repository import Repository

NOTHING = PrivacySettings()
MOBILE = "13800138000"
SNIPPETS = load_snippets()
GROUPS = sorted({snippet.group for snippet in SNIPPETS})
# What nobody could tell from the text alone; a person reads every message before it is published.
KNOWN_MISSES = {"此致 敬礼 牛魔王 2018年6月3日", "信访人赵一鸣反映"}
# Ten ways to write the same digits so that a person still reads them.
DISGUISES: dict[str, Callable[[str], str]] = {
    "full-width": lambda text: "".join(chr(ord(c) + 0xFEE0) for c in text),
    "spaces": " ".join,
    "dashes": "-".join,
    "line breaks": "\n".join,
    "zero-width": "\u200b".join,
    "Chinese": lambda text: text.translate(str.maketrans("0123456789", "零一二三四五六七八九")),
    "telegraphic": lambda text: text.translate(str.maketrans("0123456789", "〇幺二三四五六七八九")),
    "financial": lambda text: text.translate(str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")),
    "mathematical": lambda text: "".join(chr(0x1D7CE + int(c)) for c in text),
    "keycaps": lambda text: "".join(f"{c}\ufe0f\u20e3" for c in text),
}


def found(text: str, **options: bool | list[str]) -> list[tuple[str, str, str]]:
    """(kind, text, confidence) of each finding."""
    findings = find_personal(text, NOTHING, **options)  # type: ignore[arg-type]
    return [(f.kind.value, text[f.start : f.end], f.confidence.value) for f in findings]


def findings_of(snippet: Snippet) -> tuple[Finding, ...]:
    """What is found in it with the shipped allow-list."""
    return find_personal(snippet.text, shipped(), official=snippet.official)


def entry(field: str, value: str) -> dict[str, object]:
    """One entry of the allow-list."""
    return {field: value, "name": "演示", "source": {"title": "演示"}}


def allow(*numbers: str, domains: tuple[str, ...] = ()) -> PrivacySettings:
    """An allow-list of these."""
    listed = [entry("number", n) for n in numbers]
    return PrivacySettings.from_data({"numbers": listed, "domains": [entry("domain", d) for d in domains]})


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_labelled_is_found(group: str) -> None:
    """第十九条: every label of the set is covered, and what is certain is certain."""
    snippets = [s for s in SNIPPETS if s.group == group and s.text not in KNOWN_MISSES]
    assert [] == [s for s in snippets if list(find_misses(s, findings_of(s)))]


def test_the_known_misses_are_still_missed() -> None:
    """So that the list of what the program cannot do stays true."""
    missed = [s.text for s in SNIPPETS if list(find_misses(s, findings_of(s)))]
    assert sorted(KNOWN_MISSES) == sorted(missed)


@pytest.mark.parametrize("group", GROUPS)
def test_nothing_else_is_found(group: str) -> None:
    """第十九条: dates, amounts, hotlines, document and order numbers are no personal data."""
    assert [] == [s for s in SNIPPETS if s.group == group and list(find_false_alarms(s, findings_of(s)))]


def test_the_labelled_set_is_large_and_hard() -> None:
    """At least 300 snippets, a third of them without personal data, and every kind certain ten times or more."""
    labels = [label for s in SNIPPETS for label in s.labels if label.confidence is Confidence.CERTAIN]
    assert len(SNIPPETS) >= 300
    assert sum(not s.labels for s in SNIPPETS) >= len(SNIPPETS) / 3
    assert [] == [kind for kind in PersonalKind if sum(label.kind is kind for label in labels) < 10]


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize(
    ("before", "digits", "kind"),
    [
        ("电话", MOBILE, "mobile"),
        ("身份证号", "11010519491231002X", "resident_id"),
        ("卡号", "6222020000000000125", "bank_card"),
    ],
)
def test_disguised_digits(disguise: str, before: str, digits: str, kind: str) -> None:
    """第十九条: whatever a person still reads, and with all of it: nothing visible or invisible is left."""
    tail = "X" if digits.endswith("X") else ""
    written = DISGUISES[disguise](digits.removesuffix("X")) + tail
    text = f"{before}{written}。"
    assert [(kind, "certain")] == [(k, c) for k, _, c in found(text)]
    assert f"{before}〔已隐去：{PersonalKind(kind).label}〕。" == redact(text, find_personal(text, NOTHING))


@given(st.integers(min_value=3, max_value=9), st.integers(min_value=0, max_value=10**9 - 1))
def test_every_mobile_number_is_certain(second: int, rest: int) -> None:
    """By its shape: numbers of segments that are opened later are found too."""
    number = f"1{second}{rest:09}"
    assert [("mobile", number, "certain")] == found(f"请打{number}。")


PIECES = st.one_of(
    st.sampled_from([s.text for s in SNIPPETS]),
    st.text(
        alphabet="138 -.一二零〇我叫是张三,，、。:：\n@a.xXQ信微甘A号楼单元室栋路〔已隐去：手机号〕\u200b１",
        max_size=20,
    ),
)


@given(st.lists(PIECES, max_size=6).map("".join))
@settings(max_examples=200, deadline=None)
def test_findings_are_in_order_and_do_not_overlap(text: str) -> None:
    """Of any text; each finding lies in it and holds something."""
    findings = find_personal(text, NOTHING)
    assert all(0 <= f.start < f.end <= len(text) for f in findings)
    assert all(a.end <= b.start for a, b in pairwise(findings))


@given(
    st.lists(st.sampled_from([s.text for s in SNIPPETS]), min_size=1, max_size=4),
    st.sampled_from(["", "，", "\n", " "]),
)
@settings(max_examples=200, deadline=None)
def test_a_mark_is_never_found_again(texts: list[str], between: str) -> None:
    """What is left behind a redaction holds no mark that counts as personal, so it comes to rest."""
    text = between.join(texts)
    for _ in range(4):
        findings = find_personal(text, NOTHING)
        marks = [m.span() for m in re.finditer("〔已隐去：[^〕]*〕", text)]
        assert not [f for f in findings for start, end in marks if f.start < end and start < f.end]
        if not findings:
            break
        text = redact(text, findings)
    assert () == find_personal(text, NOTHING)


def test_only_real_marks_are_spared() -> None:
    """Personal data in brackets that imitate a mark is found."""
    assert [("mobile", MOBILE, "certain")] == found(f"〔已隐去：{MOBILE}〕")
    assert [] == found("电话〔已隐去：手机号〕，我叫〔已隐去：姓名〕。", known=["手机号", "隐去"])


def test_redact_takes_overlaps_out_once() -> None:
    """In whatever order they come."""
    pieces = [
        Finding(PersonalKind.NAME, 4, 6, Confidence.CERTAIN),
        Finding(PersonalKind.MOBILE, 0, 3, Confidence.CERTAIN),
        Finding(PersonalKind.ADDRESS, 2, 5, Confidence.CERTAIN),
    ]
    assert "〔已隐去：手机号〕g" == redact("abcdefg", pieces)
    assert "abcdefg" == redact("abcdefg", ())


@pytest.mark.parametrize("written", ["赵一鸣", "赵 一 鸣", "赵\u200b一鸣", "赵·一·鸣", "赵\n一鸣"])
def test_the_registered_name_is_found_anywhere(written: str) -> None:
    """第十九条: without any cue around it."""
    assert [("name", written, "certain")] == found(f"这事{written}说过。", known=["赵一鸣"])


@pytest.mark.parametrize("written", ["2345678", "234-5678", "２３４５６７８", "二三四五六七八", "2 3 4 5 6 7 8"])
def test_registered_numbers_are_found_without_a_cue(written: str) -> None:
    """第十九条: a local number alone says nothing, unless it is the one that was registered."""
    assert [] == found(f"就是{written}那个")
    assert [("landline", written, "certain")] == found(f"就是{written}那个", known=["2345678"])


def test_registered_items_keep_their_kind() -> None:
    """A mobile number with the country's code is found without it; one character alone is not looked for."""
    assert [("mobile", "138.0013.8000", "certain")] == found("x138.0013.8000y", known=["+86 138 0013 8000"])
    assert [("email", "a_b@example.com", "certain")] == found("a_b@example.com", known=["A_B@EXAMPLE.COM"])
    assert [] == found("赵钱孙李", known=["赵", "", " "])


def test_registered_items_win_over_guesses() -> None:
    """Where both say something of the same place, the certain one stays."""
    assert [("name", "秦小己", "uncertain")] == found("本人秦小己，曾来信")
    assert [("name", "秦小己", "certain")] == found("本人秦小己，曾来信", known=["秦小己"])


@pytest.mark.parametrize(
    "text",
    ["咨询电话0931-8412345。", "联系电话：(0931)8412345", "请到南滨河路737号", "请发邮件至a@gansu.gov.cn"],
)
def test_what_offices_publish_of_themselves(text: str) -> None:
    """第十九条: numbers and addresses of offices in a reply are no personal data."""
    allowed = allow(domains=("gov.cn",))
    assert () == find_personal(text, allowed, official=True)


def test_an_official_text_still_hides_the_citizen() -> None:
    """第十九、二十条: what a reply says of the citizen is personal, who ever wrote it."""
    assert [("mobile", MOBILE, "certain")] == found(f"已致电{MOBILE}回访", official=True)
    assert [("landline", "0931-8412345", "uncertain")] == found("已致电您家里0931-8412345", official=True)
    assert [("address", "3号楼2单元501室", "certain")] == found("您反映的3号楼2单元501室", official=True)


@pytest.mark.parametrize(
    "written", ["0931-8412345", "(0931)8412345", "０９３１８４１２３４５", "+86 931 8412345", "8412345"]
)
def test_listed_numbers_are_allowed(written: str) -> None:
    """第十九条: however they are written, with the area code or without."""
    text = f"我的电话{written}，"
    assert () == find_personal(text, allow("0931-8412345"))
    assert 1 == len(find_personal(text, allow("0931-8412346")))


def test_listed_domains_are_allowed_with_those_below() -> None:
    """第十九条: gov.cn is an office's, notgov.cn is anybody's."""
    allowed = allow(domains=("gov.cn",))
    assert () == find_personal("a@gov.cn b@x.gansu.gov.cn", allowed)
    assert 1 == len(find_personal("a@notgov.cn", allowed))


def test_a_finding_holds_no_text() -> None:
    """第十九条: so that findings can be logged."""
    assert MOBILE not in repr(find_personal(f"电话{MOBILE}", NOTHING))


def test_the_shipped_list_is_loaded(repository: Repository) -> None:
    """第十九条: as part of the rules in force."""
    rulebook = load_rulebook(FolderSource(repository.root))
    assert shipped() == rulebook.privacy
    assert rulebook.privacy.allows_number("12345")


def test_a_record_without_the_file_allows_nothing(repository: Repository) -> None:
    """A record founded before there was such a file goes on, judged most strictly; its schema may be missing too."""
    (repository.root / PATH).unlink()
    (repository.root / "schema/privacy.schema.json").unlink()
    assert PrivacySettings() == load_rulebook(FolderSource(repository.root)).privacy


@pytest.mark.parametrize(
    ("number", "code"),
    [("12345", "HY701"), ("1234-5", "HY701"), ("12", "HY201"), ("1234567890123", "HY201"), ("-123", "HY201")],
)
def test_broken_lists_are_found(repository: Repository, number: str, code: str) -> None:
    """Twice the same number, however it is written, or what is no number."""
    path = repository.root / PATH
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["numbers"].append(entry("number", number))
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    with pytest.raises(HuiyinError) as caught:
        load_rulebook(FolderSource(repository.root))
    pointer = f"/numbers/{len(document['numbers']) - 1}/number"
    assert [(code, PATH, pointer)] == [(p.code, p.path, p.pointer) for p in caught.value.problems]


def test_every_listed_item_gives_its_source() -> None:
    """第十九条: an allowance is a decision, so it says on what it rests."""
    root = Path(__file__).parents[2]
    document = yaml.safe_load((root / PATH).read_text(encoding="utf-8"))
    assert all(item["name"] and item["source"]["title"] for item in (*document["numbers"], *document["domains"]))


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "1",
            "1 ",
            "62",
            "13 ",
            "1.1.1.1 ",
            "1:",
            "0931-8888888 ",
            "6222 ",
            "一",
            "\u200b１",
            "a@",
            "a@a.bc ",
            "@a.",
            "a",
        ),
        *(
            "我叫张三，",
            "张·",
            "举报人：张三、",
            "3号楼",
            "1单元",
            "家住路1号",
            "甘A1",
            "QQ1",
            "微信a",
            "〔已隐去：",
            " ",
            "1-2-301 ",
        ),
    ],
)
def test_hostile_texts_end(unit: str) -> None:
    """100,000 characters of one pattern: work that grew with the square of it would not end while anybody waits."""
    text = (unit * 100_000)[:100_000]
    assert len(find_personal(text, NOTHING, known=["张三", MOBILE])) <= len(text) / 2


def test_the_rules_load_without_the_patterns() -> None:
    """Compiling them takes longer than most commands; whoever asks for them by another name is told so."""
    code = "import sys, huiyin.rules.rulebook; sys.exit('huiyin.rules.privacy.finding' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode
    with pytest.raises(AttributeError, match="find_everything"):
        _ = privacy.find_everything


@pytest.mark.parametrize("between", ["\n", "\n\n", "\n¦¦\n"])
def test_a_public_account_on_another_line_hides_no_private_one(between: str) -> None:
    """第十九条: texts that are looked through together do not speak for each other."""
    text = f"已转自公众号{between}微信：abcd_1234"
    assert [PersonalKind.WECHAT] == [found.kind for found in find_personal(text, NOTHING)]
    assert () == find_personal("公众号微信：abcd_1234", NOTHING)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("他上网8。8。8。8登录", "ip_address"),
        ("统一代码91620000 1234567852", "credit_code"),
        ("3号\t楼301室住", "address"),
    ],
)
def test_what_else_stands_in_a_text_decides_nothing(text: str, kind: str) -> None:
    """第十九条: what ``check`` lets pass alone, the site would find beside other words, and be refused."""
    alone = {f.kind.value for f in find_personal(text, NOTHING)}
    beside = {f.kind.value for f in find_personal(f"{text}\n…………\nabc@ a.b.c.d 3栋 ::", NOTHING)}
    assert kind in alone
    assert alone <= beside
