"""第十七条: the monthly summary, against a second, naive count; its periods, files and charts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.model.case import SHANGHAI
from huiyin.model.problem import HuiyinError
from huiyin.repo.revision import Revision
from huiyin.reports.indicators import INDICATORS, LISTS
from huiyin.reports.monthly import DIMENSIONS, MonthlySummary, monthly_summary
from huiyin.reports.monthly_files import PERIODS, monthly_files
from huiyin.reports.monthly_periods import Month, find_periods, parse_month
from huiyin.reports.stats import Dimension
from huiyin.rules.replay import Replay, replay
from tests.cases import Story, rulebook
from tests.reports.recount import count
from tests.reports.test_stats import keeper, values
from tests.reports.walks import many
from tests.test_demo_cases import NOW, cases

OCTOBER = Month(2026, 10)
REVISION = Revision("8" * 40, clean=True)


def summarise(replays: Iterable[Replay], month: Month = OCTOBER, now: datetime = NOW) -> MonthlySummary:
    """A summary of those cases."""
    return monthly_summary(replays, rulebook(), month, now, REVISION)


@cache
def demonstration() -> MonthlySummary:
    """October of the demonstration."""
    return summarise(cases())


@cache
def files() -> dict[str, str]:
    """Its files, without the charts."""
    found = monthly_files(demonstration(), rulebook().registry, charts=False)
    return {str(path): content for path, content in found.items() if isinstance(content, str)}


def rows(path: str) -> list[dict[str, str]]:
    """A CSV file as a spreadsheet program reads it."""
    return list(csv.DictReader(io.StringIO(files()[path].removeprefix("\ufeff"))))


def at(text: str) -> datetime:
    """A moment in Beijing."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_a_month_that_is_over_is_compared_at_the_same_age() -> None:
    """Twenty days and ten hours after its end each."""
    periods = find_periods(OCTOBER, at("2026-11-20T09:59:59"))
    assert 13 == len(periods)
    assert [Month(2025, 10), Month(2026, 9), OCTOBER] == [periods[i].month for i in (0, -2, -1)]
    assert ["2025-11-20 09:59:59", "2026-10-20 09:59:59", "2026-11-20 09:59:59"] == [
        f"{periods[i].as_of:%Y-%m-%d %H:%M:%S}" for i in (0, -2, -1)
    ]
    assert all(p.complete for p in periods)


def test_a_month_that_goes_on_is_compared_from_its_beginning() -> None:
    """On 30 March February is looked at as it was on its last day, for it has no thirtieth."""
    *_, february, march = find_periods(Month(2026, 3), at("2026-03-30T10:00:00"))
    assert (False, at("2026-02-28T23:59:59")) == (march.complete, february.as_of)
    *_, february, march = find_periods(Month(2026, 3), at("2026-03-05T10:00:00"))
    assert (at("2026-02-05T10:00:00"), False) == (february.as_of, february.complete)


@given(st.integers(0, 2000), st.integers(1, 40 * 24))
def test_months_and_ages(index: int, hours: int) -> None:
    """Thirteen months in a row; none is looked at when it was older than the month itself is."""
    month = Month(1990, 1).after(index)
    now = month.start + timedelta(hours=hours)
    periods = find_periods(month, now)
    assert [month.after(n) for n in range(-12, 1)] == [p.month for p in periods]
    for p in periods:
        assert p.as_of - p.month.start <= now - month.start or p.as_of - p.month.end == now - month.end


def test_a_month_that_has_not_begun_is_refused() -> None:
    """HY891, and HY890 for what is no month."""
    with pytest.raises(HuiyinError, match="HY891"):
        find_periods(Month(2026, 12), NOW)
    for text in ("2026-13", "2026-1", "26-10", "十月", "2026-10-01", "9999-12"):
        with pytest.raises(HuiyinError, match="HY890"):
            parse_month(text)
    assert OCTOBER == parse_month(" 2026-10 ")


def miscounted(
    summary: MonthlySummary, replays: Iterable[Replay], dimension: Dimension | None = None
) -> Iterator[tuple[str, str | None]]:
    """Each row of each period that differs from a second count, of cases replayed at that period's moment."""
    for index, period in enumerate(summary.periods):
        then = [replay(r.case, rulebook(), period.as_of) for r in replays if r.case.received_at <= period.as_of]
        month = str(period.month)
        if dimension is None:
            if count(then, rulebook(), month) != values(summary.total.lines[index]):
                yield month, None
            continue
        for row in summary.table(dimension).rows:
            found = count(then, rulebook(), **{"wanted": month, **keeper(dimension, row.key)})
            if found != values(row.lines[index]):
                yield month, row.key


@pytest.mark.parametrize(
    "dimension", [None, *(d for d in DIMENSIONS if d not in (Dimension.TOPIC, Dimension.COMPLEXITY))]
)
@pytest.mark.parametrize("month", [OCTOBER, Month(2026, 11)], ids=str)
def test_every_figure_agrees_with_a_naive_count_of_the_demonstration(dimension: Dimension | None, month: Month) -> None:
    """第十三、十六、十七、二十一条: the month, the month before and the year before, each at its moment."""
    assert [] == list(miscounted(summarise(cases(), month), cases(), dimension))


@given(many(), st.sampled_from([OCTOBER, Month(2026, 11)]))
def test_any_history_agrees_with_a_naive_count(stories: list[Story], month: Month) -> None:
    """第十七条: whatever happened, and whenever; October is over, November goes on, so October ends early beside it."""
    replays = [s.replay("2026-11-23 10:00") for s in stories]
    summary = summarise(replays, month)
    assert [] == [*miscounted(summary, replays), *miscounted(summary, replays, Dimension.UNIT)]
    overdue = {r.case.id for r in replays if r.case.received_at <= NOW and is_overdue(r)}
    assert overdue == {o.entry.id for o in summary.overdue}


def is_overdue(r: Replay) -> bool:
    """Whether handling runs and its date has passed."""
    return any(c.running and c.kind == "handling" and c.due.at < r.now for c in r.clocks)


def test_the_trend_ends_with_the_month_itself() -> None:
    """Thirteen months; the compared ones are its last, last but one and first."""
    summary = demonstration()
    lines = [line for _, line in summary.trend]
    assert summary.total.lines == (lines[-1], lines[-2], lines[0])
    assert summary.periods == tuple(summary.trend[i][0] for i in (-1, -2, 0))


def test_a_case_that_was_open_then_counts_as_open_then() -> None:
    """第十七条: September is looked at in October, when the answer of November was not there."""
    story = Story("2026-09-28 09:00").assigned("2026-09-28 10:00").claimed("2026-09-28 11:00")
    story.answered("2026-11-10 10:00").published("2026-11-11 10:00")
    september = summarise([story.replay("2026-11-23 10:00")]).total.before.figures
    assert (1, 0) == (september.valid, september.closed)


@pytest.mark.parametrize("dimension", [d for d in DIMENSIONS if d is not Dimension.TOPIC])
def test_tables_add_up_to_the_total(dimension: Dimension) -> None:
    """Every count of every period; the rows hold no total that would be counted twice."""
    total = {row["期间"]: row for row in rows("表/合计.csv")}
    table = rows(f"表/按{dimension.label}.csv")
    columns = [f"{i.title}（{i.kind.value}）" for i in LISTS.values()]
    assert list(PERIODS) == list(total)
    for period in PERIODS:
        mine = [row for row in table if row["期间"] == period]
        assert {c: int(total[period][c]) for c in columns} == {c: sum(int(row[c]) for row in mine) for c in columns}


def test_each_figure_has_its_list() -> None:
    """As many lines as the figure says, for each period."""
    total = {row["期间"]: row for row in rows("表/合计.csv")}
    for indicator in LISTS.values():
        found = rows(f"清单/{indicator.title}.csv")
        for period in PERIODS:
            expected = int(total[period][f"{indicator.title}（{indicator.kind.value}）"])
            assert expected == sum(row["期间"] == period for row in found), indicator.title


def test_a_unit_can_be_counted_again_from_the_list() -> None:
    """第十七条: filter the list by unit and count."""
    table = [row for row in rows("表/按承办单位.csv") if row["期间"] == "本月"]
    closed = [row for row in rows("清单/已办结.csv") if row["期间"] == "本月"]
    assert {row["承办单位"]: int(row["已办结（件）"]) for row in table} == {
        row["承办单位"]: sum(c["承办单位代号"] == row["代号"] for c in closed) for row in table
    }


def test_links_lead_to_files() -> None:
    """Each figure of the summary links to a list that is written with it."""
    text = files()["2026年10月办理情况汇总.md"]
    targets = set(re.findall(r"\]\(([^)]+)\)", text))
    assert targets <= set(files())
    assert len(INDICATORS) == len(re.findall(r"\| \[[^\]]+\]\(清单/", text))


def test_no_title_and_no_text_is_in_any_file() -> None:
    """第十九条: ids and facts only, of private cases too; no name of a person."""
    everything = "".join(files().values())
    people = [p.name for p in rulebook().registry.people.values()]
    for found in cases():
        assert found.case.title not in everything
        assert found.case.body[:12] not in everything
        for event in found.accepted:
            texts = [getattr(event, name, None) for name in ("reply", "public_note", "reason", "note", "explanation")]
            assert not [t for t in texts if t and len(t) > 4 and t in everything]
    assert not [name for name in people if name in everything]


def test_what_it_rests_on_is_said() -> None:
    """Commit, moment, what each month counts, the definitions of the site, how to count again."""
    text = files()["2026年10月办理情况汇总.md"]
    for words in (
        "提交 888888888888",
        "截至 2026-11-23 10:00",
        "上年同月（2025年10月）截至 2025-11-23 10:00",
        "按期办结÷应办结",
    ):
        assert words in text
    assert "huiyin stats --month 2026-10 --as-of 2026-11-23T10:00:00+08:00 --rev " + "8" * 40 in text
    assert "本月尚未结束" not in text
    going_on = monthly_files(summarise(cases(), Month(2026, 11)), rulebook().registry, charts=False)
    assert "本月尚未结束" in str(going_on[PurePosixPath("2026年11月办理情况汇总.md")])


def test_a_month_without_messages() -> None:
    """Dashes, and no chart without a bar."""
    empty = summarise([])
    found = monthly_files(empty, rulebook().registry)
    assert not [path for path in found if path.parts[0] == "图"]
    assert "| 回复率 | [—](清单/有效留言.csv) | — | — | — | — |" in str(
        found[PurePosixPath("2026年10月办理情况汇总.md")]
    )


def test_csv_opens_in_a_spreadsheet() -> None:
    """A byte order mark and CRLF, and no formula."""
    for path, text in files().items():
        if path.endswith(".csv"):
            assert text.startswith("\ufeff")
            assert text.count("\n") == text.count("\r\n")
            assert not re.search(r"(?:^|,)\"?[=+@]", text, re.M)


def test_a_name_that_looks_like_a_formula_is_a_text(tmp_path: Path) -> None:
    """Topics and names come from the rules, which people write."""
    from huiyin.publish.spreadsheet import csv_text

    assert "\ufeff甲\r\n'=1+1\r\n-1\r\n" == csv_text(["甲"], [["=1+1"], [-1]])
