"""The figures with their cases, against a second, naive count."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given

from huiyin.publish.statistics import rate_text
from huiyin.reports.indicators import BY_KEY, INDICATORS, LISTS, change, fraction, text
from huiyin.reports.stats import Act, Dimension, Line, Window, line_of, listed, order_of, split, survey
from huiyin.rules.replay import Replay
from tests.cases import Story, rulebook
from tests.reports.recount import COUNTS, count
from tests.reports.walks import many
from tests.test_demo_cases import cases


def values(line: Line) -> dict[str, Any]:
    """A row as the naive count gives it."""
    return {i.key: i.value(line) for i in INDICATORS}


def keeper(dimension: Dimension, key: str) -> dict[str, Any]:
    """Arguments of the naive count for one row."""

    def topics(r: Replay) -> set[str]:
        return set(r.assigned.topics if r.assigned else ()) or {""}

    match dimension:
        case Dimension.UNIT:
            return {"keep": lambda r: (r.unit or "") == key, "keep_act": lambda r, unit: unit == key}
        case Dimension.DISPATCHER:
            return {"keep": lambda r: r.dispatcher == key}
        case Dimension.CHANNEL:
            return {"keep": lambda r: r.case.channel == key}
        case Dimension.TOPIC:
            return {"keep": lambda r: key in topics(r)}
        case Dimension.COMPLEXITY:
            return {"keep": lambda r: (r.complexity or "") == key}
        case Dimension.MONTH:
            return {"wanted": key}


@pytest.mark.parametrize("dimension", Dimension)
def test_every_row_agrees_with_a_naive_count_of_the_demonstration(dimension: Dimension) -> None:
    """第十三、十七条: 101 cases, each figure of each row, counted twice."""
    population = survey(cases(), rulebook())
    parts = split(population, dimension)
    assert len(parts) > 1
    for key, part in parts.items():
        assert count(cases(), rulebook(), **keeper(dimension, key)) == values(line_of(part)), key
    assert count(cases(), rulebook()) == values(line_of(population))


@given(many())
def test_any_history_agrees_with_a_naive_count(stories: list[Story]) -> None:
    """第十六、十七、二十一条: returned, extended, moved, withdrawn in any order, over four months and at any hour."""
    replays = [s.replay("2026-11-23 10:00") for s in stories]
    replays = [r for r in replays if r.case.received_at <= r.now]
    population = survey(replays, rulebook())
    assert count(replays, rulebook()) == values(line_of(population))
    for dimension in Dimension:
        for key, part in split(population, dimension).items():
            assert count(replays, rulebook(), **keeper(dimension, key)) == values(line_of(part))


@given(many())
def test_rows_add_up_to_the_total(stories: list[Story]) -> None:
    """Cases without a unit or class have a row too; only by topic a case counts more than once."""
    population = survey([s.replay() for s in stories], rulebook())
    total = values(line_of(population))
    for dimension in set(Dimension) - {Dimension.TOPIC}:
        rows = [values(line_of(part)) for part in split(population, dimension).values()]
        assert {name: total[name] for name in COUNTS} == {name: sum(row[name] for row in rows) for name in COUNTS}


@given(many())
def test_the_list_behind_a_figure_is_as_long_as_the_figure_says(stories: list[Story]) -> None:
    """Every published figure can be followed to its cases."""
    population = survey([s.replay() for s in stories], rulebook())
    total = values(line_of(population))
    for key, indicator in LISTS.items():
        assert total[key] == len(listed(population, indicator.behind))


def test_a_window_takes_cases_by_receipt_and_acts_by_their_day() -> None:
    """Received in October and returned in November: October's case, November's return (第二十一条)."""
    story = Story("2026-10-30 09:00").assigned("2026-10-30 10:00").claimed("2026-10-30 11:00")
    found = story.answered("2026-11-02 10:00").returned("2026-11-03 10:00").replay()
    october, november = (
        line_of(survey([found], rulebook(), Window(date(2026, n, 1), date(2026, n, 28 + n % 2 * 2)))) for n in (10, 11)
    )
    assert (0, 0) == (october.figures.received, october.acts[Act.RETURNED])
    assert (0, 1) == (november.figures.received, november.acts[Act.RETURNED])
    whole = line_of(survey([found], rulebook(), Window(date(2026, 10, 30), date(2026, 11, 3))))
    assert (1, 1) == (whole.figures.received, whole.acts[Act.RETURNED])


def test_days_and_months_are_those_of_beijing() -> None:
    """A message of 23:30 in London on 31 October is of 1 November."""
    data = Story().data() | {"received_at": "2026-10-31T23:30:00+00:00"}
    story = Story(facts={"received_at": data["received_at"]})
    [tally] = survey([story.replay()], rulebook()).tallies
    assert (date(2026, 11, 1), "2026-11") == (tally.received, tally.counted.month)


def test_a_case_of_the_future_is_not_counted() -> None:
    """A summary as of a moment knows nothing of what was received later."""
    assert () == survey([Story("2026-11-20 09:00").replay("2026-11-19 09:00")], rulebook()).tallies


def test_a_return_counts_for_the_unit_of_that_day() -> None:
    """第二条、第二十一条: whoever gets the case later has not answered badly; the move counts for who gave it away."""
    story = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").answered("2026-11-17 10:00")
    story.returned("2026-11-18 10:00").misrouted("2026-11-18 11:00").assigned(
        "2026-11-18 12:00", "jiaotong", letter="1"
    )
    parts = split(survey([story.replay()], rulebook()), Dimension.UNIT)
    found = {unit: (line_of(p).figures.received, *line_of(p).acts.values()) for unit, p in parts.items()}
    assert {"lanzhou": (0, 0, 1, 0, 1), "jiaotong": (1, 0, 0, 0, 0)} == found


def test_private_cases_count_as_any_other() -> None:
    """第二十条: answered in private with a public note is closed, by the definition of the site."""
    private = Story(reference="2").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    private.answered(
        "2026-11-17 10:00",
        mode="private",
        delivered_by="phone",
        public_note="已个别答复。",
        reply=None,
        marks=["privacy"],
    )
    found = line_of(survey([private.published("2026-11-18 10:00").replay()], rulebook())).figures
    assert (1, 1, 1) == (found.valid, found.closed, found.on_time)


def test_nothing_is_a_dash() -> None:
    """0/0 is neither 0 % nor 100 %."""
    line = line_of(survey([], rulebook()))
    shown = {i.key: text(i, line) for i in INDICATORS if i.value(line) != 0}
    assert {"—"} == set(shown.values())
    assert {"reply_rate", "on_time_rate", "satisfaction_rate", "median_days", "p90_days"} == set(shown)


def test_changes_in_words() -> None:
    """Counts in numbers, and in percent from ten on; rates in points; nothing where there was nothing."""
    late = Story("2026-11-02 09:00", reference="3").assigned("2026-11-02 10:00").claimed("2026-11-02 11:00")
    late.answered("2026-11-23 10:00").published("2026-11-23 11:00")
    done = Story(reference="4").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").answered("2026-11-17 10:00")
    done.published("2026-11-18 10:00")
    one, two, none, ten, twelve = (
        line_of(survey([s.replay() for s in group], rulebook()))
        for group in ([done], [done, late], [], [done] * 10, [done] * 12)
    )
    assert ["+1", "-1", "+1", "持平"] == [
        change(BY_KEY["closed"], *pair) for pair in ((two, one), (one, two), (one, none), (one, one))
    ]
    assert "+2（+20.0%）" == change(BY_KEY["closed"], twelve, ten)
    assert "-50.0个百分点" == change(BY_KEY["on_time_rate"], two, one)
    assert ("—", "持平") == (change(BY_KEY["reply_rate"], one, none), change(BY_KEY["reply_rate"], two, one))
    assert "+7" == change(BY_KEY["median_days"], two, one)
    assert ("1/2", "") == (fraction(BY_KEY["on_time_rate"], two), fraction(BY_KEY["on_time_rate"], none))


@pytest.mark.parametrize(
    ("rate", "expected"),
    [(None, "—"), (0.0, "0.0%"), (1.0, "100.0%"), (1999 / 2000, "99.9%"), (1 / 2000, "0.1%"), (2 / 3, "66.7%")],
)
def test_nearly_all_is_not_all(rate: float | None, expected: str) -> None:
    """100.0% is said where nothing is missing, 0.0% where there is nothing."""
    assert expected == rate_text(rate)


def test_rows_stand_in_the_order_of_the_rules() -> None:
    """Units as the registry lists them, what has none comes last; months from the latest."""
    assert ["lanzhou", "linxia", "jiaotong", ""] == order_of(
        Dimension.UNIT, ["", "jiaotong", "linxia", "lanzhou"], rulebook()
    )
    assert ["2026-11", "2025-12"] == order_of(Dimension.MONTH, ["2025-12", "2026-11"], rulebook())
