from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.model.unit import Unit, UnitKind
from huiyin.repo.revision import Revision
from huiyin.reports.daily import DailyList, DailyReport, Urgency, daily_report
from huiyin.reports.daily_markdown import MOST_LINES, render_daily
from huiyin.reports.deadlines import deadline_report
from huiyin.rules.registry import Registry
from huiyin.rules.rulebook import Rulebook
from tests.cases import Story, at, rulebook
from tests.reports.month import COMMIT, office
from tests.repository import NOW, Repository

GOLDEN = Path(__file__).parent / "golden"
UPDATE = os.environ.get("HUIYIN_UPDATE_GOLDEN") == "1"
TEXTS = ("建议增开公交班次", "早高峰等车时间长", "请抓紧办理", "没有回答所问", "需要现场勘察", "已安排处理")
"""What stands in the titles, texts and notes of the stories."""


def report(*stories: Story, now: str = "2026-11-23 10:00", rules: Rulebook | None = None, **only: str) -> DailyReport:
    """The report of some stories."""
    rules = rules or rulebook()
    moment = datetime.fromisoformat(at(now))
    return daily_report([s.replay(now, rules) for s in stories], rules, moment, COMMIT, **only)


def ids(found: DailyReport) -> dict[str, list[str]]:
    """List → references of its cases, for those that have any."""
    return {of.value: [e.id.partition("-")[2] for e in entries] for of, entries in found.lists.items() if entries}


def test_each_case_stands_where_it_belongs() -> None:
    """第九、十三、十五、十六、十八、二十一条: a case of every kind, and two that wait for nobody or came later."""
    assert {
        "unreviewed": ["1", "2"],
        "unclaimed": ["3"],
        "due_soon": ["4"],
        "overdue": ["6", "5"],
        "overdue_instructed": ["6"],
        "returned": ["7"],
        "misrouted": ["8"],
        "submitted": ["9"],
        "provisional": ["10"],
    } == ids(report(*office()))


def test_the_clock_lists_are_those_of_deadlines() -> None:
    """One way to find them: the daily report and ``huiyin deadlines`` cannot disagree."""
    now = datetime.fromisoformat(NOW)
    replays = [s.replay("2026-11-23 10:00") for s in office()]
    expected = deadline_report(replays, rulebook(), now)
    actual = report(*office())
    assert {g.value: e for g, e in expected.groups.items()} == {
        g.value: actual.lists[DailyList(g)] for g in expected.groups
    }
    assert expected.provisional == actual.lists[DailyList.PROVISIONAL]


def test_what_waits_for_the_dispatcher_is_its_own_to_do() -> None:
    """第九条（三）, 第二条: re-review and a new assignment have no limit, and no lateness of the unit is laid on it."""
    found = report(*office())
    [passed_on], [submitted] = found.lists[DailyList.MISROUTED], found.lists[DailyList.SUBMITTED]
    assert ("wangzhan", None, "2") == (passed_on.unit, passed_on.due, passed_on.article)
    assert ("zhengwu", None, "12") == (submitted.unit, submitted.due, submitted.article)
    assert [0, 0] == [t.most_days_late for t in found.units if t.unit in {"wangzhan", "zhengwu"}]


def test_each_dispatcher_has_its_own_queue() -> None:
    """第十四条: counts by dispatcher, and the report of one alone."""
    found = report(*office())
    queues = {t.unit: {of.value: n for of, n in t.counts.items()} for t in found.dispatchers}
    assert {"unreviewed": 1, "submitted": 1} == queues["zhengwu"]
    assert {"unreviewed": 1, "unclaimed": 1, "due_soon": 1, "overdue": 2, "overdue_instructed": 1, "returned": 1,
            "misrouted": 1, "provisional": 1} == queues["wangzhan"]  # fmt: skip
    assert {"unreviewed": ["2"], "submitted": ["9"]} == ids(report(*office(), dispatcher="zhengwu"))
    assert {"overdue": ["5"], "returned": ["7"]} == ids(report(*office(), unit="lanzhou"))


def test_units_are_counted_by_what_they_must_do() -> None:
    """In the order of the registry, with the latest overdue in working days."""
    found = report(*office())
    assert ["wangzhan", "zhengwu", "lanzhou", "baiyin", "jiuquan", "dingxi", "shengtai"] == [
        t.unit for t in found.units
    ]
    assert {"lanzhou": 8, "jiuquan": 10} == {t.unit: t.most_days_late for t in found.units if t.most_days_late}
    assert 10 == found.cases


@pytest.mark.parametrize(
    ("now", "reference", "of", "expected"),
    [
        ("2026-11-23 10:00", "6", "overdue_instructed", Urgency.TRACKED),
        ("2026-11-23 10:00", "5", "overdue", Urgency.LATE),
        ("2026-11-24 10:00", "4", "due_soon", Urgency.TODAY),
        ("2026-11-23 10:00", "4", "due_soon", Urgency.SOON),
        ("2026-11-23 10:00", "7", "returned", Urgency.OPEN),
        ("2026-11-23 10:00", "8", "misrouted", Urgency.OPEN),
    ],
)
def test_how_pressing_a_line_is(now: str, reference: str, of: str, expected: Urgency) -> None:
    """第十五、十八条: tracked before late, late before today, today before tomorrow."""
    found = report(*office(), now=now)
    [entry] = [e for e in found.lists[DailyList(of)] if e.id.endswith(f"-{reference}")]
    assert expected == found.urgency(DailyList(of), entry)


def test_who_was_granted_an_extension_is_in_time_until_it_ends() -> None:
    """第十六条: what was missed before it is no lateness of the new date, neither before that date nor after it."""
    story = Story("2026-11-02 09:00", reference="1").assigned("2026-11-02 10:00").claimed("2026-11-02 11:00")
    story.extended("2026-11-16 09:00", "2026-11-24")
    granted = report(story)
    [entry] = granted.lists[DailyList.DUE_SOON]
    assert ("2026-11-24", False, 0, 0) == (entry.due, entry.late, entry.working_days_late, entry.hours_late)
    assert Urgency.SOON == granted.urgency(DailyList.DUE_SOON, entry)
    passed = report(story, now="2026-11-26 10:00")
    [entry] = passed.lists[DailyList.OVERDUE]
    assert ("2026-11-24", True, 2, 34) == (entry.due, entry.late, entry.working_days_late, entry.hours_late)
    assert [2] == [t.most_days_late for t in passed.units]


def test_a_day_off_asks_for_a_report_only_while_something_is_unreviewed() -> None:
    """第九条（一）: review is daily; the other clocks count working days. A make-up Saturday is a working day."""
    late = Story("2026-11-09 09:00", reference="1").assigned("2026-11-09 10:00")
    new = Story("2026-11-21 09:00", reference="2")
    assert [True, False, True, True] == [
        report(late, now="2026-11-23 08:30").called_for,
        report(late, now="2026-11-22 08:30").called_for,
        report(late, new, now="2026-11-22 08:30").called_for,
        report(late, now="2026-10-10 08:30").called_for,
    ]


def golden(name: str, actual: str) -> str:
    """The report that was read and found good; ``HUIYIN_UPDATE_GOLDEN=1`` writes it anew."""
    path = GOLDEN / name
    if UPDATE:
        path.write_text(actual, encoding="utf-8")
    return path.read_text(encoding="utf-8")


@pytest.fixture
def place(repository: Repository) -> Repository:
    """The office as files, committed at a known moment so that the commit is always the same."""
    for story in office():
        repository.add(story)
    repository.commit()
    return repository


@pytest.mark.parametrize(("form", "name"), [("markdown", "daily.md"), ("text", "daily.txt"), ("json", "daily.json")])
def test_the_golden_reports(place: Repository, form: str, name: str) -> None:
    """第九、十三至十八、二十一条: what is printed is what was read and found good, but for the commit."""
    done = place.huiyin("report", "daily", "--rev", "main", "--format", form)
    commit = place.git("rev-parse", "main").strip()
    assert (0, "") == (done.code, done.err)
    actual = done.out.replace(commit, "COMMIT").replace(commit[:12], "COMMIT")
    assert golden(name, actual) == actual


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_a_commit_gives_the_same_report_wherever_it_is_made(place: Repository, form: str) -> None:
    """Byte for byte: from the work tree, from the commit, and by another clock of the machine."""
    first = place.huiyin("report", "daily", "--format", form)
    second = place.huiyin("report", "daily", "--format", form, "--rev", "HEAD", TZ="America/New_York")
    assert first.out == second.out
    place.write("cases/2026/11/23/people-99.yaml", "x: 1\n")
    third = place.huiyin("report", "daily", "--format", form)
    assert (1, True) == (third.code, "people-99" in third.err)
    assert ('"clean": false' if form == "json" else "另有未提交的改动") in third.out


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_no_text_of_a_message(place: Repository, form: str) -> None:
    """第十九条: ids and facts only."""
    out = place.huiyin("report", "daily", "--format", form).out
    assert "people-1" in out
    assert [] == [text for text in TEXTS if text in out]


def test_a_private_case_stands_in_the_lists_by_its_id() -> None:
    """第十九条、第二十条第二款: what was answered in private and sent back is under the same clock as any other."""
    private = {
        "mode": "private",
        "delivered_by": "phone",
        "public_note": "已电话答复。",
        "reply": None,
        "marks": ["privacy"],
    }
    story = Story("2026-11-02 09:00", reference="77").assigned("2026-11-02 10:00").claimed("2026-11-02 11:00")
    story.answered("2026-11-05 09:00", **private).returned("2026-11-06 09:00")
    found = report(story)
    assert {"overdue": ["77"], "returned": ["77"]} == ids(found)


def test_a_scheduled_run_on_a_day_off_says_why_it_does_nothing(place: Repository, tmp_path: Path) -> None:
    """第九条（一）: with a notice, without a ledger, and with exit code 0; by hand the report comes all the same."""
    for path in (place.root / "cases").rglob("*.yaml"):
        if path.stem in {"people-1", "service-2", "people-12"}:
            path.unlink()
    ledger = tmp_path / "台账.xlsx"
    rest = ("report", "daily", "--as-of", "2026-11-22T08:30:00", "--ledger", str(ledger))
    skipped = place.huiyin(*rest, "--scheduled")
    assert (0, True, False) == (
        skipped.code,
        skipped.out.startswith("提示 HY850 2026-11-22是休息日（周末）"),
        ledger.exists(),
    )
    assert json.loads(place.huiyin(*rest, "--scheduled", "--format", "json").out)["skipped"]
    by_hand = place.huiyin(*rest)
    assert (0, True, True) == (by_hand.code, "已逾期：2件" in by_hand.out, ledger.exists())
    assert "休息日（周末）" in by_hand.out.splitlines()[0]


def test_a_scheduled_run_on_a_day_off_reports_what_is_unreviewed(place: Repository) -> None:
    """第九条（一）: every day is a review day."""
    done = place.huiyin("report", "daily", "--as-of", "2026-11-22T08:30:00", "--scheduled", "--format", "markdown")
    assert (0, True) == (done.code, "## 未审核：1件" in done.out)


def test_wrong_uses(place: Repository, tmp_path: Path) -> None:
    """Each with its code; nothing is written."""
    (tmp_path / "folder.xlsx").mkdir()
    for code, named, option, value in (
        (2, "HY851", "--ledger", str(tmp_path / "a.csv")),
        (2, "是目录", "--ledger", str(tmp_path)),
        (2, "是目录", "--ledger", "a.xlsx/"),
        (2, "HY920", "--ledger", ""),
        (2, "是目录", "--ledger", str(tmp_path / "folder.xlsx")),
        (2, "HY920", "--dispatcher", "兰州市"),
        (2, "HY932", "--unit", "某某县"),
    ):
        done = place.huiyin("report", "daily", option, value)
        assert (code, True, "") == (done.code, named in done.err, done.out)
    assert ["folder.xlsx"] == [p.name for p in tmp_path.iterdir() if p.suffix]
    assert (0, True) == ((shown := place.huiyin("report")).code, "daily" in shown.out)


def test_names_from_the_rules_are_shown_and_not_obeyed() -> None:
    """A name of a unit or a person may hold anything; no mention, link, image, HTML or further cell comes of it."""
    hostile = "@root [x](https://a.invalid) | <img src=x> ![](y) `#1"
    registry = rulebook().registry
    unit = Unit("lanzhou", hostile, UnitKind.CITY, publisher="兰州市人民政府办公室")
    head = replace(registry.people["lanzhou.head"], name=hostile)
    changed = Registry({**registry.units, "lanzhou": unit}, {**registry.people, "lanzhou.head": head})
    rules = replace(rulebook(), registry=changed)
    text = render_daily(report(*office(), rules=rules), changed)
    assert not any(sign in text for sign in ("@root", "](", "<img", "![", "`#", "| <"))
    rows = [line for line in text.splitlines() if "root" in line]
    assert {text.count("|") for text in rows if "people-" in text} == {8}


def test_a_long_list_is_cut_in_the_summary_and_says_so() -> None:
    """GitHub takes a mebibyte; all lines stand in the ledger."""
    stories = [Story("2026-11-23 09:00", reference=str(n)) for n in range(MOST_LINES + 7)]
    text = render_daily(report(*stories), rulebook().registry)
    assert (MOST_LINES, True) == (text.count("`people-"), "另有7件没有列出，全部见台账。" in text)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(range(12)), unique=True), st.booleans())
def test_counts_are_those_of_the_lists(chosen: list[int], clean: bool) -> None:
    """Whatever cases there are: each line is counted once for its dispatcher and once for its unit."""
    stories = [office()[n] for n in chosen]
    moment = datetime.fromisoformat(NOW)
    replays = [s.replay("2026-11-23 10:00") for s in stories]
    found = daily_report(replays, rulebook(), moment, Revision(None, clean=clean))
    for tallies in (found.dispatchers, found.units):
        sums = {of: sum(t.counts.get(of, 0) for t in tallies) for of in DailyList}
        assert {of: len(entries) for of, entries in found.lists.items()} == sums
