"""第十九条: the door as a function: what is certain goes, what is not is named, and nothing else changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.intake.door import Screened, fixed_problems, hide, known_texts, screen, text_at, to_decide
from huiyin.intake.library import tells_the_same
from huiyin.intake.release import Draft
from huiyin.rules.privacy import PrivacySettings
from tests.canaries import DISGUISES, MOBILE, NAME, SECRETS, confession, hits_in, words
from tests.repository import NOW

SETTINGS = PrivacySettings()
WORDS = st.lists(
    st.sampled_from(
        ["楼道漏水多日，", "请尽快处理。", "2026年11月", "3号线", "12345", "\n", "第二", "甘政办发〔2015〕115号，"]
    )
)
"""What stands around; none of it is anybody's."""


def message(body: str, title: str = "反映漏水", **more: Any) -> dict[str, Any]:
    """A case that has not been written yet."""
    return {"id": "people-1", "channel": "people", "source": {"reference": "1"}, "title": title, "body": body, **more}


def masked(document: dict[str, Any], known: tuple[str, ...] = ()) -> tuple[dict[str, Any], dict[str, str], Screened]:
    """The document without everything that was found."""
    screened = screen(document, SETTINGS, known)
    return *hide(screened, screened.spots, SETTINGS), screened


@given(
    before=WORDS,
    behind=WORDS,
    disguise=st.sampled_from(sorted(DISGUISES)),
    key=st.sampled_from(["mobile", "resident_id"]),
)
def test_a_number_is_taken_out_wherever_it_stands(
    before: list[str], behind: list[str], disguise: str, key: str
) -> None:
    """In any disguise, among any words; the rest stays, the original is kept, and a second look finds nothing."""
    body = f"{''.join(before)}联系号码：{words(disguise)[key]}。{''.join(behind)}"
    document, originals, _ = masked(message(body))
    assert key not in {hit.secret for hit in hits_in("x", document["body"].encode())}
    assert {"/body": body} == originals
    assert document["body"].startswith("".join(before))
    assert document["body"].endswith("".join(behind))
    assert tells_the_same(document["body"], body)
    assert () == screen(document, SETTINGS).certain


@given(WORDS)
def test_what_is_nobodys_stays_as_it_is(parts: list[str]) -> None:
    """No mark, no original, no copy of the text."""
    body = "".join(parts)
    document, originals, screened = masked(message(body))
    assert (message(body), {}, ()) == (document, originals, screened.spots)


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_whole_person_is_taken_out(disguise: str) -> None:
    """Everything that the planted person tells of themselves."""
    document, originals, _ = masked(message(confession(disguise, "楼道漏水。"), title=f"我叫{words(disguise)['name']}"))
    assert [] == list(hits_in("x", str(document).encode()))
    assert set(SECRETS) == {hit.secret for hit in hits_in("x", originals["/body"].encode())}


def test_what_is_registered_is_found_everywhere() -> None:
    """Name and contacts of the columns, in every text, with nothing before them that would tell."""
    reply = {"type": "answered", "reply": f"{NAME}同志：您好，已按{MOBILE}联系。"}
    known = known_texts({"name": NAME, "phone": f"{MOBILE}、0931-1234567"})
    assert (NAME, MOBILE, "0931-1234567") == known
    document, originals, _ = masked(message(f"{NAME}来信", events=[reply]), known)
    assert "〔已隐去：姓名〕同志：您好，已按〔已隐去：手机号〕联系。" == document["events"][0]["reply"]
    assert {"/body", "/events/0/reply"} == set(originals)


def test_a_name_that_is_told_once_is_known() -> None:
    """“我叫……” in the message, “……同志” in the reply."""
    reply = {"type": "answered", "reply": f"{NAME}同志：您好。"}
    document, _, _ = masked(message(f"我叫{NAME}，楼道漏水。", events=[reply]))
    assert "〔已隐去：姓名〕同志：您好。" == document["events"][0]["reply"]


def test_a_single_character_is_no_name() -> None:
    """It would be found in every second word."""
    assert () == known_texts({"name": "水"})


def test_what_the_program_chose_is_not_looked_at() -> None:
    """Ids, units, persons and times; a person's id may look like anything."""
    by = {"unit": "lanzhou", "person": MOBILE}
    document = message("楼道漏水。", events=[{"type": "claimed", "at": "2026-11-20T10:00:00+08:00", "by": by}])
    assert () == screen(document, SETTINGS).spots


def test_the_reference_is_refused_and_not_changed() -> None:
    """Another reference would be another message."""
    document = message("楼道漏水。") | {"source": {"reference": MOBILE, "url": f"https://example.invalid/{MOBILE}"}}
    assert document == masked(document)[0]
    problems = list(fixed_problems(document, SETTINGS))
    assert {"/source/reference"} <= {p.pointer for p in problems}
    assert MOBILE not in str(problems)


def test_a_place_is_named_without_its_text() -> None:
    """Counted from one, in the words of the form."""
    screened = screen(message("证件号110101199001011230。"), SETTINGS)
    (spot,) = screened.uncertain
    assert ("正文第4至21字", "110101199001011230") == (
        spot.where, (text_at(screened.document, spot.pointer) or "")[spot.finding.start : spot.finding.end],
    )  # fmt: skip
    assert "110101" not in to_decide("people-1", screened.uncertain).message + str(spot) + str(screened)


def draft(body: str) -> Draft:
    """A draft that waits."""
    document = message(body)
    return Draft("people-1", document, screen(document, SETTINGS), datetime.fromisoformat(NOW))


def test_a_digest_tells_nothing_and_misses_nothing() -> None:
    """The same for every number that may stand there, so nobody can try them; another for any other text or place."""
    one = draft("证件号110101199001011230，楼道漏水。").digest(SETTINGS)
    assert one == draft("证件号110101199001011231，楼道漏水。").digest(SETTINGS)
    others = {draft(text).digest(SETTINGS) for text in (
        "证件号110101199001011230，楼道漏电。", "的证件号110101199001011230，楼道漏水。", "楼道漏水。",
    )}  # fmt: skip
    assert (3, False) == (len(others), one in others)
    assert "漏水" not in repr(draft("楼道漏水。"))


@pytest.mark.parametrize(
    ("written", "told", "same"),
    [
        ("楼道漏水", "楼道漏水", True),
        ("楼道漏水", "楼道漏电", False),
        ("请回电〔已隐去：手机号〕。", "请回电13900000000。", True),
        ("请回电〔已隐去：手机号〕。", "请来电13900000000。", False),
        ("请回电〔已隐去：手机号〕。", "请回电。", True),
        ("〔已隐去：姓名〕的〔已隐去：手机号〕", "甲的1", True),
        ("甲〔已隐去：姓名〕甲", "甲", False),
        ("〔已隐去：姓名〕、〔已隐去：姓名〕", "甲乙", False),
        ("", "", True),
    ],
)
def test_texts_are_compared_but_for_the_marks(written: str, told: str, same: bool) -> None:
    """What was taken out may be anything; all else must agree, in its order."""
    assert same == tells_the_same(written, told)
