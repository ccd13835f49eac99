"""The working-day calendar: against a second source, as algebra, and for the places with holidays of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import holidays
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from huiyin.model.codes import CODES
from huiyin.model.problem import HuiyinError
from huiyin.rules.calendar import Calendar, Day, WorkingDays

ROOT = Path(__file__).resolve().parents[2]
FIRST, LAST = date(2007, 1, 1), date(2026, 12, 31)
DAYS = [date.fromordinal(n) for n in range(FIRST.toordinal(), LAST.toordinal() + 1)]

# Days on which the two sources differ, each with the one that is right and why. The sources agree on every day of
# 2007-2026 (chinesecalendar 1.11.0, holidays 0.109); a new difference must be looked up in the notice and listed here.
DISAGREEMENTS: dict[date, str] = {}


class Loader(yaml.SafeLoader):
    """Keeps dates as strings, as the repository's own dialect does."""


Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@cache
def read_data() -> dict[str, Any]:
    """The repository's own calendar."""
    text = (ROOT / "rules/calendar.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.load(text, Loader)  # noqa: S506  # derived from SafeLoader
    return data


@cache
def read_calendar() -> Calendar:
    """The calendar of rules/calendar.yaml."""
    return Calendar.from_data(read_data())


@cache
def read_validator() -> Draft202012Validator:
    """The schema of rules/calendar.yaml."""
    schema = json.loads((ROOT / "schema/calendar.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


def place(key: str | None) -> WorkingDays:
    """The working days of a place of the repository's calendar."""
    return read_calendar().local(key)


def national(year: int = 2027, **changes: Any) -> dict[str, Any]:
    """A calendar with one synthetic national arrangement."""
    item = {
        "year": year,
        "source": {"title": f"演示用{year}年放假安排", "number": "演示〔2026〕1号", "issued": "2026-11-01"},
        "off": [
            {"from": f"{year}-01-01", "to": f"{year}-01-03", "name": "元旦"},
            {"from": f"{year}-05-01", "to": f"{year}-05-05", "name": "劳动节"},
            {"from": f"{year}-10-01", "to": f"{year}-10-07", "name": "国庆节"},
            f"{year}-06-09",
        ],
        "work": [f"{year}-10-09"],
    }
    return {"national": [item | changes], "local": read_data()["local"]}


# A second source


def test_every_day_agrees_with_a_second_source() -> None:
    """Each day 2007-2026 is working or not as the package ``holidays`` says, except for the listed days."""
    other = holidays.country_holidays("CN", years=range(FIRST.year, LAST.year + 1))
    ours = place(None)
    differing = {day for day in DAYS if ours.is_working(day) != other.is_working_day(day)}
    assert set(DISAGREEMENTS) == differing
    assert 7305 == len(DAYS)


def test_well_known_days_carry_their_reason() -> None:
    """第九条(二): the trace can name why a day is or is not a working day."""
    days = place(None)
    source = "国务院办公厅放假安排（chinesecalendar）"
    assert Day(date(2026, 10, 1), False, "国庆节", source, False) == days.day(date(2026, 10, 1))
    assert Day(date(2026, 10, 10), True, "国庆节调休上班", source, False) == days.day(date(2026, 10, 10))
    assert Day(date(2026, 10, 12), True, "工作日", source, False) == days.day(date(2026, 10, 12))
    assert Day(date(2026, 10, 11), False, "周末", source, False) == days.day(date(2026, 10, 11))
    assert "端午节" == days.day(date(2026, 6, 19)).reason


# Counting

many_days = st.dates(date(1998, 1, 1), date(2045, 12, 31))
places = st.sampled_from([None, "linxia", "gannan"])
counts = st.integers(1, 400)


@given(many_days, counts, places)
def test_add_and_between_are_inverse(day: date, n: int, key: str | None) -> None:
    """The n-th working day after a day is n working days away and is one."""
    days = place(key)
    due = days.add(day, n)
    assert days.is_working(due)
    assert n == days.between(day, due)


@given(many_days, st.integers(-40, 800), places)
def test_between_counts_one_by_one(start: date, length: int, key: str | None) -> None:
    """``between`` is the plain count over (start, end], and 0 backwards."""
    days = place(key)
    expected = sum(days.is_working(start + timedelta(n)) for n in range(1, length + 1))
    assert expected == days.between(start, start + timedelta(length))


@given(many_days, st.integers(0, 500), counts, places)
def test_add_is_monotone(day: date, later: int, n: int, key: str | None) -> None:
    """A later start is never due earlier, and more days are due strictly later."""
    days = place(key)
    assert days.add(day, n) <= days.add(day + timedelta(later), n)
    assert days.add(day, n) < days.add(day, n + 1)


@given(many_days, places)
def test_next_and_previous_are_neighbours(day: date, key: str | None) -> None:
    """Between a day and its neighbours there is no working day; stepping forth and back returns."""
    days = place(key)
    after, before = days.next(day), days.previous(day)
    assert before < day < after
    assert days.is_working(after)
    assert days.is_working(before)
    assert not any(days.is_working(day + timedelta(n)) for n in range(1, (after - day).days))
    assert not any(days.is_working(before + timedelta(n)) for n in range(1, (day - before).days))
    assert (day if days.is_working(day) else before) == days.previous(after)


@given(many_days, st.sampled_from(["linxia", "gannan"]))
def test_a_place_only_takes_days_off(day: date, key: str) -> None:
    """A place works on no day on which the country does not, and differs at most on its own holidays."""
    here, country = place(key).day(day), place(None).day(day)
    assert country.working or not here.working
    assert country.working == here.working or here.reason.endswith(("州庆", "州庆（补假）"))
    assert country.provisional == here.provisional


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        (date(2026, 11, 20), 7, date(2026, 12, 1)),  # a plain Friday
        (date(2026, 9, 30), 5, date(2026, 10, 13)),  # over the National Day holiday with its make-up Saturday
        (date(2026, 10, 3), 1, date(2026, 10, 8)),  # from within a holiday
        (date(2018, 12, 28), 1, date(2018, 12, 29)),  # the Saturday worked for 2019's first day
        (date(2018, 12, 29), 1, date(2019, 1, 2)),  # over a year's end
    ],
)
def test_known_dates(start: date, n: int, due: date) -> None:
    """第十三条: due dates worked out by hand."""
    assert due == place(None).add(start, n)


def test_the_day_of_the_act_does_not_count() -> None:
    """民法典第二百零一条: counting starts the next day, so zero days is no question to ask."""
    assert date(2026, 11, 23) == place(None).add(date(2026, 11, 20), 1)
    with pytest.raises(ValueError, match="1 or more"):
        place(None).add(date(2026, 11, 20), 0)


@pytest.mark.parametrize("day", [date.min, date(1, 1, 2), date(1949, 10, 1), date(9999, 12, 30), date.max])
def test_no_date_is_out_of_range(day: date) -> None:
    """The first and last dates of Python get an answer too."""
    days = place("gannan")
    assert days.day(day).provisional
    assert date.min <= days.previous(day) <= day <= days.next(day) <= date.max
    assert days.between(day, days.add(day, 15)) <= 15


# Places of their own


@pytest.mark.parametrize(
    ("day", "ordinary"),
    [(date(2025, 10, 9), True), (date(2026, 10, 8), True), (date(2024, 10, 8), False), (date(2026, 10, 9), False)],
)
def test_gannan_rests_after_the_national_day_holiday(day: date, ordinary: bool) -> None:
    """甘南州 from 2025: the day after the National Day holiday ends (2025: 8 October, 2026: 7 October)."""
    assert place(None).is_working(day)
    here = place("gannan").day(day)
    assert (not ordinary) == here.working
    if ordinary:
        assert "甘南州庆" == here.reason
        assert "《甘南藏族自治州人民代表大会常务委员会关于甘南藏族自治州成立纪念日假日的决定》" == here.source


def test_gannan_beats_a_make_up_day() -> None:
    """A local holiday is one even where the country works to make up for a holiday."""
    data = national(work=["2027-10-08", "2027-10-09"])
    days = Calendar.from_data(data)
    assert days.local(None).is_working(date(2027, 10, 8))
    assert not days.local("gannan").is_working(date(2027, 10, 8))
    assert days.local("gannan").is_working(date(2027, 10, 9))


def test_linxia_rests_on_19_november() -> None:
    """临夏州: 19 November, one day, each year."""
    day = place("linxia").day(date(2026, 11, 19))
    assert (False, "临夏州庆", "《临夏回族自治州自治条例》", False) == (
        day.working,
        day.reason,
        day.source,
        day.provisional,
    )
    assert place(None).is_working(date(2026, 11, 19))
    assert place("linxia").is_working(date(2026, 11, 20))


def test_linxia_moved_its_holiday_in_2017_only() -> None:
    """临夏州: the notice of 2017-11-15 gave Monday 20 November; other Sundays (2023) are not guessed."""
    days = place("linxia")
    assert date(2017, 11, 21) == days.next(date(2017, 11, 17))
    assert "临夏州庆" == days.day(date(2017, 11, 19)).reason
    assert days.is_working(date(2023, 11, 20))


def test_a_national_holiday_keeps_its_name() -> None:
    """A local holiday on a national one does not rename it."""
    holiday = {"name": "演示州庆", "rule": "fixed", "month": 10, "day": 2, "source": {"title": "演示条例"}}
    data = {"national": [], "local": {"demo": {"name": "演示州", "holidays": [holiday]}}}
    assert "国庆节" == Calendar.from_data(data).local("demo").day(date(2026, 10, 2)).reason


def test_years_bound_a_local_holiday() -> None:
    """``from_year`` and ``to_year`` both count; 29 February is kept in leap years only."""
    source = {"title": "演示条例"}
    holidays_ = [
        {"name": "甲", "rule": "fixed", "month": 6, "day": 3, "from_year": 2025, "to_year": 2026, "source": source},
        {"name": "乙", "rule": "fixed", "month": 2, "day": 29, "source": source},
    ]
    days = Calendar.from_data({"national": [], "local": {"demo": {"name": "演示州", "holidays": holidays_}}}).local(
        "demo"
    )
    found = [year for year in range(2023, 2029) if days.day(date(year, 6, 3)).reason == "甲"]
    assert [2025, 2026] == found
    assert "乙" == days.day(date(2024, 2, 29)).reason
    assert days.is_working(date(2023, 2, 28))


def test_places_are_made_once_and_known() -> None:
    """A place's table is shared; a place that is not in the file is an error of the caller."""
    calendar = read_calendar()
    assert calendar.local("gannan") is calendar.local("gannan")
    assert {"linxia": "临夏回族自治州", "gannan": "甘南藏族自治州"} == calendar.places
    with pytest.raises(KeyError):
        calendar.local("atlantis")
    assert not Calendar.from_data(None).places


# Provisional years


def test_2027_is_provisional() -> None:
    """A year without an arrangement: weekends and fixed statutory holidays, marked, no lunar holiday guessed."""
    days = place(None)
    off = {
        day.date: day.reason
        for n in range(365)
        if not (day := days.day(date(2027, 1, 1) + timedelta(n))).working and day.reason != "周末"
    }
    assert {
        date(2027, 1, 1): "元旦",
        date(2027, 5, 1): "劳动节",
        date(2027, 5, 2): "劳动节",
        date(2027, 10, 1): "国庆节",
        date(2027, 10, 2): "国庆节",
        date(2027, 10, 3): "国庆节",
    } == off
    source = "年度放假安排尚未公布，按周末和固定法定节假日暂算"
    assert Day(date(2027, 2, 8), True, "工作日", source, True) == days.day(date(2027, 2, 8))
    assert not days.is_published(date(2027, 1, 1))
    assert days.is_published(date(2026, 12, 31))
    assert "甘南州庆" == place("gannan").day(date(2027, 10, 4)).reason
    assert place("gannan").day(date(2027, 10, 4)).provisional


@pytest.mark.parametrize(
    ("start", "end", "spans"),
    [
        (date(2026, 12, 1), date(2026, 12, 31), False),
        (date(2026, 12, 31), date(2026, 12, 31), False),
        (date(2026, 12, 31), date(2027, 1, 1), True),
        (date(2027, 1, 5), date(2026, 12, 5), False),
        (date(2003, 12, 31), date(2004, 1, 9), False),
        (date(2003, 12, 30), date(2004, 1, 9), True),
    ],
)
def test_a_span_is_provisional_by_its_days(start: date, end: date, spans: bool) -> None:
    """The start does not count, the end does."""
    assert spans == place(None).spans_provisional(start, end)


def test_an_entry_publishes_its_year() -> None:
    """A national entry for 2027 makes the year final, with its own source and reasons."""
    days = Calendar.from_data(national()).local(None)
    source = "《演示用2027年放假安排》（演示〔2026〕1号）"
    assert days.is_published(date(2027, 6, 1))
    assert not days.is_published(date(2028, 6, 1))
    assert not days.spans_provisional(date(2026, 12, 1), date(2027, 12, 31))
    assert Day(date(2027, 10, 7), False, "国庆节", source, False) == days.day(date(2027, 10, 7))
    assert Day(date(2027, 10, 9), True, "调休上班", source, False) == days.day(date(2027, 10, 9))
    assert Day(date(2027, 6, 9), False, "节假日", source, False) == days.day(date(2027, 6, 9))
    assert Day(date(2027, 6, 10), True, "工作日", source, False) == days.day(date(2027, 6, 10))


def test_an_entry_replaces_the_year_of_the_package() -> None:
    """Where the package is wrong, an entry takes the place of the whole year and of no other."""
    days = Calendar.from_data(national(2019)).local(None)
    before = place(None)
    assert not before.is_working(date(2019, 2, 5))
    assert days.is_working(date(2019, 2, 5))
    assert before.is_working(date(2018, 12, 29))  # arranged by the notice of 2019
    assert not days.is_working(date(2018, 12, 29))
    assert days.day(date(2020, 1, 24)) == before.day(date(2020, 1, 24))


def test_an_entry_reaches_back_into_december() -> None:
    """The notice of a year may arrange the last days of the year before, and the later notice wins in any order."""
    later = national(2028, work=["2027-12-25"])
    earlier = national(2027, off=[*national()["national"][0]["off"], "2027-12-25"])
    data = {"national": later["national"] + earlier["national"], "local": {}}
    days = Calendar.from_data(data).local(None)
    assert days.is_working(date(2027, 12, 25))
    assert not days.is_working(date(2027, 12, 26))


def test_an_older_year_has_the_statute_of_its_time() -> None:
    """Unrecorded years before 2004 are provisional and say so; 1-3 May were holidays until 2007."""
    day = place(None).day(date(2003, 5, 2))
    assert ("劳动节", "年度放假安排未收录，按周末和固定法定节假日暂算", True) == (
        day.reason,
        day.source,
        day.provisional,
    )


# The file and its schema


def problems_of(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Codes and pointers of what from_data refuses."""
    with pytest.raises(HuiyinError) as caught:
        Calendar.from_data(data)
    assert all(problem.path == "rules/calendar.yaml" for problem in caught.value.problems)
    assert all(problem.code in CODES for problem in caught.value.problems)
    return [(problem.code, problem.pointer) for problem in caught.value.problems]


def test_the_file_is_valid_and_cites_each_holiday() -> None:
    """rules/calendar.yaml is valid, begins with the editor's schema line, and each local holiday has its document."""
    data = read_data()
    assert [] == [error.message for error in read_validator().iter_errors(data)]
    first = (ROOT / "rules/calendar.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert "# yaml-language-server: $schema=../schema/calendar.schema.json" == first
    assert {"linxia", "gannan"} == set(data["local"])
    assert all(entry["source"]["title"] for here in data["local"].values() for entry in here["holidays"])


def test_the_schema_has_a_chinese_title_for_each_field() -> None:
    """An editor shows a Chinese title and description on every field, and no object takes unknown keys."""
    chinese = re.compile("[\u4e00-\u9fff]")

    def walk(node: Any, where: str) -> None:
        if not isinstance(node, dict):
            return
        for name, field in node.get("properties", {}).items():
            if isinstance(field, dict) and "/allOf/" not in where and "const" not in field:
                assert chinese.search(field.get("title", "")), f"{where}/{name}"
                assert chinese.search(field.get("description", "")), f"{where}/{name}"
        if node.get("type") == "object":
            assert "additionalProperties" in node, where
        for key, value in node.items():
            for index, child in enumerate(value if isinstance(value, list) else [value]):
                walk(child, f"{where}/{key}/{index}")

    walk(read_validator().schema, "")


LOCAL = {"name": "演示州庆", "rule": "fixed", "month": 6, "day": 3, "source": {"title": "演示条例"}}


@pytest.mark.parametrize(
    "entry",
    [
        {key: value for key, value in LOCAL.items() if key != "month"},
        {key: value for key, value in LOCAL.items() if key != "source"},
        LOCAL | {"rule": "lunar"},
        LOCAL | {"rule": "after_national_day"},
        LOCAL | {"date": "2026-06-03"},
        LOCAL | {"month": 13},
        LOCAL | {"days": 2},
        {"name": "演示州庆", "rule": "date", "source": {"title": "演示条例"}},
        {"name": "演示州庆", "rule": "date", "date": "20260603", "source": {"title": "演示条例"}},
        {"name": "演示州庆", "rule": "date", "date": "2026-06-03", "from_year": 2025, "source": {"title": "演示条例"}},
    ],
)
def test_the_schema_refuses_half_a_rule(entry: dict[str, Any]) -> None:
    """Each form of a local holiday has its own fields, and always a source."""
    good = {"national": [], "local": {"demo": {"name": "演示州", "holidays": [LOCAL]}}}
    assert read_validator().is_valid(good)
    assert not read_validator().is_valid({"national": [], "local": {"demo": {"name": "演示州", "holidays": [entry]}}})


@pytest.mark.parametrize(
    "changes",
    [
        {"off": []},
        {"off": ["2027-1-1"]},
        {"off": [{"from": "2027-01-01", "to": "2027-01-03"}]},
        {"off": [{"from": "2027-01-01", "to": "2027-01-03", "name": "元旦", "days": 3}]},
        {"work": "2027-10-09"},
        {"source": {"title": "演示用2027年放假安排"}},
        {"year": "2027"},
    ],
)
def test_the_schema_refuses_half_an_arrangement(changes: dict[str, Any]) -> None:
    """A national arrangement names its notice and its date, and gives dates in one form."""
    assert read_validator().is_valid(national())
    assert not read_validator().is_valid(national(**changes))


GOOD_OFF = national()["national"][0]["off"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"off": [*GOOD_OFF, "2027-02-30"]}, [("HY410", "/national/0/off/4")]),
        (
            {"off": [*GOOD_OFF, {"from": "2027-02-30", "to": "2027-03-01", "name": "春节"}]},
            [("HY410", "/national/0/off/4/from")],
        ),
        (
            {"off": [*GOOD_OFF, {"from": "2027-03-02", "to": "2027-03-01", "name": "春节"}]},
            [("HY411", "/national/0/off/4")],
        ),
        ({"off": [*GOOD_OFF, "2028-01-01"]}, [("HY412", "/national/0/off/4")]),
        ({"work": ["2026-11-30"]}, [("HY412", "/national/0/work/0")]),
        ({"work": ["2027-10-07"]}, [("HY413", "/national/0/work/0")]),
        ({"off": GOOD_OFF[1:]}, [("HY415", "/national/0/off")]),
        ({"source": {"title": "演示", "issued": "2026-11-31"}}, [("HY410", "/national/0/source/issued")]),
    ],
)
def test_a_wrong_arrangement_is_named(changes: dict[str, Any], found: list[tuple[str, str]]) -> None:
    """What the schema cannot see becomes a problem with a pointer, never a wrong due date."""
    assert found == problems_of(national(**changes))


def test_a_year_written_twice_is_named() -> None:
    """Two arrangements for one year contradict each other."""
    data = national()
    data["national"] *= 2
    assert [("HY414", "/national/1/year")] == problems_of(data)


@pytest.mark.parametrize(
    ("entry", "code", "pointer"),
    [
        (LOCAL | {"month": 2, "day": 30}, "HY410", "day"),
        (LOCAL | {"from_year": 2026, "to_year": 2025}, "HY411", "from_year"),
        (LOCAL | {"source": {"title": "演示", "issued": "2026-02-30"}}, "HY410", "source/issued"),
        ({"name": "甲", "rule": "date", "date": "2026-02-29", "source": {"title": "演示"}}, "HY410", "date"),
    ],
)
def test_a_wrong_local_holiday_is_named(entry: dict[str, Any], code: str, pointer: str) -> None:
    """A local holiday on a date that does not exist is a problem with a pointer."""
    data = {"national": [], "local": {"demo": {"name": "演示州", "holidays": [entry]}}}
    assert [(code, f"/local/demo/holidays/0/{pointer}")] == problems_of(data)
