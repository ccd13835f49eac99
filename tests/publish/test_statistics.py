"""The public figures."""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from huiyin.model.case import Channel
from huiyin.publish.statistics import COUNTS, Counted, Figure, Outcome, Tally, summarise, summarise_by, tally


def one(**fields: Any) -> Counted:
    """A closed case on time, unless fields say otherwise."""
    usual = Counted(month="2026-11", channel=Channel.PEOPLE, outcome=Outcome.CLOSED, unit="lanzhou", working_days=3)
    return replace(usual, **fields)


OPEN: dict[str, Any] = {"outcome": Outcome.OPEN, "working_days": None}


def test_declined_withdrawn_and_pending_are_not_valid() -> None:
    """有效留言 counts what was assigned and not withdrawn."""
    outcomes = (Outcome.PENDING, Outcome.DECLINED, Outcome.WITHDRAWN)
    found = summarise([one(), one(**OPEN), *(one(outcome=o, working_days=None) for o in outcomes)])
    assert (5, 2, 1, 1, 1, 1) == (
        found.received, found.valid, found.closed, found.pending, found.declined, found.withdrawn,
    )  # fmt: skip
    assert 0.5 == found.reply_rate


def test_on_time_rate_counts_what_is_overdue_and_still_open() -> None:
    """第十三条: a unit cannot better its rate by not answering."""
    found = summarise([one(), one(late=True), one(late=True, **OPEN), one(**OPEN)])
    assert (3, 1) == (found.due, found.on_time)
    assert 1 / 3 == found.on_time_rate


def test_rates_of_nothing_are_undefined() -> None:
    """No division by zero, and no 0 % where nothing was asked."""
    found = summarise([])
    assert [None] * 4 == [found.reply_rate, found.on_time_rate, found.satisfaction_rate, found.median_days]


def test_satisfaction_is_of_those_who_rated() -> None:
    """基本满意 is satisfied, 不满意 is not, silence is neither."""
    found = summarise([one(satisfaction="基本满意"), one(satisfaction="不满意"), one()])
    assert (2, 1, 0.5) == (found.rated, found.satisfied, found.satisfaction_rate)


def test_median_is_of_closed_cases() -> None:
    """The mean of the two in the middle."""
    assert 3.5 == summarise([one(working_days=d) for d in (9, 3, 4, 1)]).median_days


def test_a_case_counts_under_each_of_its_topics() -> None:
    """Rows by topic may add up to more than all."""
    found = summarise_by([one(topics=("甲", "乙")), one(topics=("甲",)), one()], lambda c: c.topics)
    assert {"甲": 2, "乙": 1} == {topic: figures.closed for topic, figures in found.items()}


@given(st.lists(st.builds(one, month=st.sampled_from(["2026-10", "2026-11"]), late=st.booleans(),
                          outcome=st.sampled_from(Outcome))))  # fmt: skip
def test_rows_by_month_add_up_to_the_total(cases: list[Counted]) -> None:
    """第十七条: the figures of a month are part of the whole; every count of the total is the sum of its rows."""
    total, rows = summarise(cases), summarise_by(cases, lambda c: [c.month]).values()
    for name in ("received", "pending", "declined", "withdrawn", "valid", "closed", "due", "on_time"):
        assert getattr(total, name) == sum(getattr(row, name) for row in rows)
    assert total.received == total.valid + total.pending + total.declined + total.withdrawn


CASES = st.lists(st.builds(
    one, outcome=st.sampled_from(Outcome), late=st.booleans(), working_days=st.none() | st.integers(0, 20),
    satisfaction=st.sampled_from([None, "满意", "不满意"]),
))  # fmt: skip


@given(CASES)
def test_counting_by_kind_gives_what_counting_each_gives(cases: list[Counted]) -> None:
    """The definition of each figure, applied to every single case."""
    found = summarise(cases)
    for figure, belongs in COUNTS.items():
        assert getattr(found, figure) == sum(map(belongs, cases)), figure
    used = sorted(c.working_days for c in cases if COUNTS[Figure.CLOSED](c) and c.working_days is not None)
    assert found.median_days == (float(median(used)) if used else None)
    assert found.p90_days == (used[-(-9 * len(used) // 10) - 1] if used else None)


@given(CASES, CASES)
def test_a_whole_is_the_sum_of_its_parts(some: list[Counted], more: list[Counted]) -> None:
    """However the cases are divided into months."""
    whole = Tally()
    for part in (some, more):
        whole.merge(tally(part))
    assert summarise([*some, *more]) == whole.figures()
