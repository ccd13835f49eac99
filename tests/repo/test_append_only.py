from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.repo.append_only import find_rewriting, only_removes
from huiyin.rules.conduct.answer import mark_of

MARK = mark_of("手机号")
texts = st.text(alphabet="甲乙丙1〔〕：", max_size=30)


@given(st.lists(st.tuples(texts, st.text(alphabet="甲乙1", min_size=1, max_size=5)), min_size=1, max_size=5), texts)
def test_any_stretches_may_be_removed(kept_and_removed: list[tuple[str, str]], tail: str) -> None:
    """第十九条: each removed stretch leaves one mark, wherever it stood and however often it occurs."""
    was = "".join(kept + removed for kept, removed in kept_and_removed) + tail
    is_ = "".join(kept + MARK for kept, _ in kept_and_removed) + tail
    assert only_removes(was, is_, [MARK])


@given(texts, texts)
def test_nothing_else_passes_for_a_removal(was: str, is_: str) -> None:
    """Whatever passes is the old text with marks, by an independent search that tries every way."""
    assert _is_removal(was, is_) == only_removes(was, is_, ["〔1〕"] if "〔1〕" in is_ else [MARK])


@given(texts, st.lists(st.sampled_from(["甲", "乙", "〔1〕", "〔2〕"]), max_size=8))
def test_marks_of_two_kinds(was: str, pieces: list[str]) -> None:
    """Two redactions of one field in one go: each mark stands for something that went."""
    is_ = "".join(pieces)
    assert _is_removal(was, is_, ("〔1〕", "〔2〕")) == only_removes(was, is_, ["〔1〕", "〔2〕"])


def _is_removal(was: str, is_: str, marks: tuple[str, ...] = ("〔1〕",)) -> bool:
    """The same by trying out every way, which takes far too long for real texts."""
    if not any(m in is_ for m in marks):
        return False

    def fits(i: int, j: int) -> bool:
        if j == len(is_):
            return i == len(was)
        mark = next((m for m in marks if is_.startswith(m, j)), None)
        if mark is not None:
            return any(fits(k, j + len(mark)) for k in range(i + 1, len(was) + 1))
        return i < len(was) and was[i] == is_[j] and fits(i + 1, j + 1)

    return fits(0, 0)


@pytest.mark.parametrize(
    ("was", "is_"),
    [
        ("电话138。", "电话138。"),  # no mark
        ("电话138。", f"电话{MARK}"),  # the full stop has gone too: that is a longer stretch, and fine
        ("电话138。", "电话〔已隐去：电话〕。"),  # another kind than the event's
        ("电话138。", "电话〔已隐去：手机号，满意〕。"),  # words within the brackets
        ("电话138。", f"电话{MARK}。谢谢"),
        ("电话138。", f"电话138{MARK}。"),
        ("电话138。", "电话。"),
        ("aa", f"a{MARK}a"),  # nothing is left for the mark
    ],
)
def test_examples(was: str, is_: str) -> None:
    """第十九条: what a redaction may look like, and what it may not."""
    assert (is_ == f"电话{MARK}") == only_removes(was, is_, [MARK])


def test_a_long_text_is_judged_in_no_time() -> None:
    """Many marks in a long text that repeats itself would take for ever if every way was tried."""
    was = "甲" * 20_000 + "乙"
    assert not only_removes(was, f"甲{MARK}" * 2_000 + "丙", [MARK])
    assert only_removes(was, f"甲{MARK}" * 2_000, [MARK])


def case(*events: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """As much of a case as the comparison looks at."""
    return {"title": "题", "real_name": True, "source": {"reference": "1"}, **fields, "events": list(events)}


A: dict[str, Any] = {"type": "assigned", "at": "1", "basis": 3, "topics": ["甲", "乙"], "by": {"unit": "u"}}
B: dict[str, Any] = {"type": "answered", "reply": "电话138。", "handling": [{"note": "见138。"}]}
C: dict[str, Any] = {"type": "claimed"}


def redacted(*pointers: str) -> dict[str, Any]:
    """An event that takes telephone numbers out."""
    return {"type": "redacted", "pointers": list(pointers), "kind": "手机号"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (case(), case(), []),
        (case(A), case(A, B), []),
        (case(A), case(A, B, C), []),
        (case(A), case(A, title="目"), ["HY604 /title"]),
        (case(A), case(A, source={"reference": "2"}), ["HY604 /source/reference"]),
        (case(A), case(A, source={}), ["HY604 /source/reference"]),
        (case(A), case(A, note=None), ["HY604 /note"]),
        (case(A), case(A, real_name=1), ["HY604 /real_name"]),
        (case(A), case(A | {"basis": 3.0}), ["HY604 /events/0/basis"]),
        (case(A), case(A | {"topics": ["乙", "甲"]}), ["HY604 /events/0"]),
        (case(A), case(A | {"topics": ["甲"]}), ["HY604 /events/0/topics"]),
        (case(A), case(A | {"topics": {}}), ["HY604 /events/0/topics"]),
        (case(A), case(A | {"by": "u"}), ["HY604 /events/0/by"]),
        (case(A, C), case(A), ["HY604 /events"]),
        (case(A, C), case(C, A), ["HY604 /events/0", "HY604 /events/1"]),
        (case(A, C), case(A, B, C), ["HY604 /events/1"]),
        (case(B), case(B | {"reply": f"电话{MARK}。"}, redacted("/events/0/reply")), []),
        (case(B), case(B | {"reply": f"电话{MARK}。"}, redacted("/events/0/note")), ["HY604 /events/0/reply"]),
        (case(B), case(B | {"reply": "电话。"}, redacted("/events/0/reply")), ["HY605 /events/0/reply"]),
        (case(B), case(B | {"handling": [{"note": f"见{MARK}。"}]}, redacted("/events/0/handling/0/note")), []),
        (case(A), case({"type": "assigned"} | {k: A[k] for k in ("at", "basis", "by")}), ["HY604 /events/0/topics"]),
        (case(A), case(A | {"topics": [MARK, "乙"]}, redacted("/events/0/topics")), ["HY604 /events/0/topics/0"]),
        (case(A), case(A | {"basis": MARK}, redacted("/events/0/basis")), ["HY604 /events/0/basis"]),
        (case(B), case(B, redacted("/events/1/reason") | {"reason": "新写的"}), []),
        # A redaction that stands in the record already gives no right to redact again.
        (
            case(B, redacted("/events/0/reply")),
            case(B | {"reply": f"电话{MARK}。"}, redacted("/events/0/reply"), C),
            ["HY604 /events/0/reply"],
        ),
    ],
)  # fmt: skip
def test_differences(old: dict[str, Any], new: dict[str, Any], expected: list[str]) -> None:
    """Only events at the end, and marks where a new event of redaction says so."""
    before = copy.deepcopy((old, new))
    assert expected == [f"{p.code} {p.pointer}" for p in find_rewriting(old, new)]
    assert before == (old, new)
