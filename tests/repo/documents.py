"""Hypothesis strategies for all that strict YAML can hold, and a full demonstration case."""

import re
from typing import Any

from hypothesis import strategies as st

ALLOWED = st.characters(exclude_categories=["Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"], include_characters="\n")
# Short words of YAML's own characters find more mistakes than arbitrary text does.
TRICKY = st.text("\n :#-?,[]{}&*!|>'\"%@`\\~<=.+_0123456789eExXyYnNoOtTrRuUfFlLsSZ\u3000\u00a0\U0002070e", max_size=12)
NUMBERS = "012 0o17 0x1F 1e3 1_000 12:30:45 1:2 .5 .inf .NaN +1 -1 1. 2026-11-20 2026-13-45 2026-11-20T09:12:00+08:00"
MARKS = "- --- ... = << ~ # | >- ? : a: a:b a,b @a `a` 'a' \"a\" \\n %YAML 2026年 12月 𠜎 👍 \u3000"
FLAGS = "yes No ON off y n true False null"
SPACED = ["", "\n", " ", "a: b", "a #b", "- a", "? a", " a", "a ", "2026-11-20 09:12:00"]
LINES = ["a\n", "a\n\n", "\na", "  a\nb", "a\n  ", "a\n\n  b\n", "a  \nb", "\n\n a", "a\n \n", "\n \n"]
WORDS = st.sampled_from(f"{NUMBERS} {MARKS} {FLAGS}".split(" ") + SPACED + LINES)
TEXTS = TRICKY | WORDS | st.text(ALLOWED, max_size=40)
DECIMALS = st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda number: re.fullmatch(r"-?[0-9]{1,18}\.[0-9]{1,18}", repr(number)) is not None
)
SCALARS = st.none() | st.booleans() | st.integers(-(10**18) + 1, 10**18 - 1) | DECIMALS | TEXTS
KEYS = TEXTS.filter(lambda text: len(text) <= 200)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
DOCUMENTS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(KEYS, VALUES, max_size=5)
EVENTS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"type": TEXTS},
    optional={"at": TEXTS, "by": st.dictionaries(KEYS, SCALARS, max_size=3), "note": TEXTS, "reply": VALUES},
)
CASES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"events": st.lists(EVENTS, max_size=3)}, optional={"id": TEXTS, "title": TEXTS, "source": VALUES, "other": VALUES}
)

CASE_TEXT = """\
# yaml-language-server: $schema=../../../../schema/case.schema.json
id: people-18245531
procedure: gs-2015-115
channel: people
source: {reference: "18245531", url: "https://example.invalid/threads/18245531"}
received_at: 2026-11-20T09:12:00+08:00
real_name: true
contactable: true
clear_matter: true
title: 建议增开早高峰公交班次（演示）
body: |
  这是演示用的留言。

    第二段缩进，含“: ”和 # 号。
events:
  - type: assigned
    at: 2026-11-20T10:30:00+08:00
    by: {unit: wangzhan, person: li.na}
    unit: lanzhou
    basis: 5
    complexity: simple
    topics: [环境保护]
    note: 请于时限内办结
  - type: answered
    at: 2026-11-26T11:30:00+08:00
    by: {unit: lanzhou, person: wang.fang}
    mode: public
    publisher: 兰州市人民政府办公室
    reply: |-
      您好。
      已增开班次。
    handling:
      - day: 2026-11-25
        kind: investigation
        online: false
        note: 现场查看
    note: "no"
"""
