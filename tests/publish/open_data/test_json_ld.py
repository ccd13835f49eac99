"""Structured data for search engines."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from huiyin.publish.open_data.json_ld import document, qa_page
from tests.publish.building import HOSTILE_BODY, PLANTED
from tests.publish.open_data.samples import SETTINGS, published


def test_message_and_reply_are_question_and_answer() -> None:
    """schema.org's QAPage, with the publisher's name (第二十条第一款) and both dates of a corrected reply."""
    found = document(published("corrected"), SETTINGS)
    question = found["mainEntity"]
    answer = question["acceptedAnswer"]
    assert ("QAPage", "Question", "Answer") == (found["@type"], question["@type"], answer["@type"])
    assert ("补助标准是多少", 1, "2026-10-12T08:30:00+08:00") == (
        question["name"], question["answerCount"], question["dateCreated"],
    )  # fmt: skip
    assert "更正后的全文，标准为每户1.5万元。" == answer["text"]
    assert ("2026-10-15T09:00:00+08:00", "2026-10-20T09:00:00+08:00") == (
        answer["datePublished"],
        answer["dateModified"],
    )
    assert {"@type": "GovernmentOrganization", "name": published("corrected").publisher} == answer["author"]
    assert found["url"] == SETTINGS.url(published("corrected").address)


def test_a_private_reply_tells_its_note_only() -> None:
    """第二十条第二款: no message, no reply."""
    found = qa_page(published("private"), SETTINGS)
    assert PLANTED not in found
    assert "text" not in {k for k in json.loads(found)["mainEntity"] if k != "acceptedAnswer"}


@given(st.text(st.sampled_from("</scriptSCRIPT>!-&\u2028\u2029\"'\\ 中"), min_size=1, max_size=60))
def test_no_text_leaves_the_script(text: str) -> None:
    """Nothing that could end the element or open another is left, and the data are the same."""
    found = str(qa_page(published("plain", title=text, body=text, reply=text), SETTINGS))
    assert not set(found) & set("<>&\u2028\u2029")
    question = json.loads(found)["mainEntity"]
    assert [text] * 3 == [question["name"], question["text"], question["acceptedAnswer"]["text"]]


def test_hostile_texts_are_data() -> None:
    """As a citizen really wrote it."""
    assert HOSTILE_BODY == json.loads(qa_page(published("hostile"), SETTINGS))["mainEntity"]["text"]
