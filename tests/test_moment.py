"""Moments as people write them, and as the record does."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.model.moment import parse_as_of, timestamp
from huiyin.model.problem import UsageError


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-11-23", "2026-11-23T23:59:59+08:00"),
        ("2026-11-23T10:00", "2026-11-23T10:00:00+08:00"),
        ("2026-11-23 10:00:05", "2026-11-23T10:00:05+08:00"),
        ("2026-11-23T10:00:00Z", "2026-11-23T18:00:00+08:00"),
        ("2026-11-23T10:00:00.25-05:00", "2026-11-23T23:00:00+08:00"),
        ("1999-12-31T20:00:00Z", "2000-01-01T04:00:00+08:00"),
    ],
)
def test_what_people_write(text: str, meant: str) -> None:
    """A day means its end; whatever the offset, the answer is at +08:00, in whole seconds."""
    assert meant == parse_as_of(text).isoformat()


@pytest.mark.parametrize(
    "text",
    [
        *("", "20261123", "2026-W47-1", "2026-327", "2026-11-23T10", "2026-11-23T100000", "2026-11-31", "昨天"),
        *(
            "2026-11-23T10:00:00+0800",
            "2026-11-23T10:00:00+25:00",
            "2026-11-23x10:00",
            "２０２６-11-23",
            "2026-11-23\n",
        ),
        *("1999-12-31", "2101-01-01", "9999-12-31", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"),
        "2100-12-31T23:00:00Z",
    ],
)
def test_what_is_none(text: str) -> None:
    """Other notations of a day are slips, and far years would be counted day by day."""
    with pytest.raises(UsageError, match="HY921"):
        parse_as_of(text)


@given(st.text(alphabet="0123456789-:TZ+. W", max_size=30))
def test_nothing_but_a_usage_error(text: str) -> None:
    """Whatever is typed is a moment of this century or HY921."""
    try:
        year = parse_as_of(text).year
    except UsageError as error:
        year, codes = 2000, [p.code for p in error.problems]
    else:
        codes = ["HY921"]
    assert (True, ["HY921"]) == (2000 <= year <= 2100, codes)


@pytest.mark.parametrize(
    "text", ["1986-07-01T10:00:00+09:00", "1900-01-01T10:00:00+08:00", "2026-11-23T02:00:00+00:00"]
)
def test_the_record_knows_one_offset(text: str) -> None:
    """Summer time and local mean time of the past do not show."""
    moment = datetime.fromisoformat(text)
    assert (moment, True) == (datetime.fromisoformat(timestamp(moment)), timestamp(moment).endswith("+08:00"))
