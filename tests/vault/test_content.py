from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.model.problem import HuiyinError
from huiyin.vault.content import BLOCK, CONTACTS, DELIVERIES, Held, PrivateReply, Sealed
from tests.vault.safe import MOMENT, NAME, PHONE, REPLY, TEXT, held, private_reply, sealed

texts = st.text(st.characters(codec="utf-8"), max_size=30)
moments = st.datetimes(
    datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(timezone(timedelta(hours=8)))  # noqa: DTZ001
).map(lambda moment: moment.replace(microsecond=0))  # fmt: skip
replies = st.builds(PrivateReply, texts, moments, texts, st.none() | st.sampled_from(sorted(DELIVERIES)))
documents = st.dictionaries(texts, st.none() | st.booleans() | st.integers() | texts | st.lists(texts), max_size=4)
contents = st.builds(
    Sealed,
    st.sampled_from(["people-1", "portal-a.b_C-2", "service-x"]),
    st.none() | texts,
    st.dictionaries(st.sampled_from(sorted(CONTACTS)), texts),
    st.dictionaries(texts, texts, max_size=4),
    st.lists(replies, max_size=3).map(tuple),
    st.none() | st.builds(Held, moments, documents),
)


@given(contents)
def test_what_is_kept_is_what_is_read(content: Sealed) -> None:
    """Every text, also odd ones, comes back as it was."""
    assert content == Sealed.from_bytes(content.to_bytes())


@given(contents)
def test_the_size_tells_little(content: Sealed) -> None:
    """Whole blocks only, so that a longer message or a reply added is not always seen from outside."""
    assert 0 == len(content.to_bytes()) % BLOCK


@given(contents)
def test_nothing_is_shown_by_accident(content: Sealed) -> None:
    """Logs and tracebacks print the repr of arguments."""
    assert f"Sealed(case_id={content.case_id!r})" == repr(content)


def test_the_parts_are_not_shown_either() -> None:
    """A reply and a draft that are printed alone."""
    shown = repr((private_reply(), held()))
    assert [] == [word for word in (REPLY, TEXT, "real_name") if word in shown]


@given(contents)
def test_adding_the_same_changes_nothing(content: Sealed) -> None:
    """An import that is repeated; replies that are twice the same count once."""
    once = replace(content, replies=tuple(dict.fromkeys(content.replies)))
    assert once == content.merged(content)


def test_adding_fills_gaps() -> None:
    """Name and texts first, contact and replies later."""
    first = Sealed("people-90000001", name=NAME, texts={"/body": TEXT})
    second = Sealed("people-90000001", contact={"phone": PHONE}, replies=(private_reply(),), held=held())
    assert sealed(replies=(private_reply(),), held=held()) == first.merged(second)


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"name": "演示人乙"}, "姓名"),
        ({"contact": {"phone": "13900000000"}}, "电话"),
        ({"texts": {"/body": "别的原文"}}, "原文（/body）"),
        ({"held": Held(MOMENT, {"body": "别的草稿"})}, "待定的留言"),
    ],
)
def test_adding_never_overwrites(other: dict[str, object], field: str) -> None:
    """Another value is refused; the message names the field and neither value."""
    with pytest.raises(HuiyinError, match="HY717") as caught:
        sealed(held=held()).merged(Sealed("people-90000001", **other))  # type: ignore[arg-type]
    message = caught.value.problems[0].message
    assert field in message
    assert [] == [word for word in (NAME, PHONE, TEXT, "演示人乙", "13900000000", "别的") if word in message]


def test_two_cases_are_never_mixed() -> None:
    """The contents of one case are not added to another's."""
    with pytest.raises(HuiyinError, match="HY717"):
        sealed("people-1").merged(Sealed("people-2"))


def test_a_correction_on_purpose_wins() -> None:
    """What the correction does not speak of stays."""
    corrected = sealed(replies=(private_reply(),)).replaced_by(Sealed("people-90000001", name="演示人乙"))
    assert sealed(name="演示人乙", replies=(private_reply(),)) == corrected


GOOD = json.loads(sealed(replies=(private_reply(),), held=held()).to_bytes())


@pytest.mark.parametrize(
    "change",
    [
        {"version": 3},
        {"version": 1},  # it had no code
        {"code": 7},
        {"version": "1"},
        {"case": "../people-1"},
        {"case": None},
        {"name": 1},
        {"contact": {"fax": "1"}},
        {"contact": ["1"]},
        {"texts": {"/body": None}},
        {"replies": [{"text": "x"}]},
        {"replies": [{**GOOD["replies"][0], "at": "2026-11-23T10:00:00"}]},
        {"replies": [{**GOOD["replies"][0], "delivered_by": "pigeon"}]},
        {"held": {"since": GOOD["held"]["since"]}},
        {"held": {"since": "soon", "document": {}}},
        {"more": 1},
    ],
    ids=str,
)
def test_what_is_not_understood_is_refused(change: dict[str, object]) -> None:
    """A field that would be dropped silently, a newer version, a value of another type; nothing of it is echoed."""
    with pytest.raises(HuiyinError, match="HY716") as caught:
        Sealed.from_bytes(json.dumps({**GOOD, **change}).encode())
    assert NAME not in str(caught.value)


def test_what_was_kept_before_there_were_codes_is_read() -> None:
    """The first version of the format."""
    older = {key: value for key, value in GOOD.items() if key != "code"} | {"version": 1}
    assert sealed(replies=(private_reply(),), held=held()) == Sealed.from_bytes(json.dumps(older).encode())


def test_another_code_is_a_clash_and_never_replaces() -> None:
    """The record holds the hash of the first."""
    first, second = sealed(code="3X3Q15PJ8ZHTE997"), sealed(code="0000000000000000")
    with pytest.raises(HuiyinError, match=r"HY717.*查询码") as caught:
        first.merged(second)
    assert "3X3Q" not in str(caught.value)
    assert first == first.replaced_by(second)
    assert first == sealed().merged(first)
    assert "3X3Q" not in repr(first)


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"1", b"\xff", b"{", b'{"version": 1}', b"[" * 100_000])
def test_what_is_damaged_is_refused(data: bytes) -> None:
    """Whatever was decrypted."""
    with pytest.raises(HuiyinError, match="HY716"):
        Sealed.from_bytes(data)


@pytest.mark.parametrize("case_id", ["", "people-", "people-../x", "people-1/2", "mail-1", "people-1\n", "people-1."])
def test_only_an_id_names_a_case(case_id: str) -> None:
    """It becomes the name of a file."""
    with pytest.raises(HuiyinError, match="HY716"):
        Sealed(case_id)
