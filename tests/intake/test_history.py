"""Ledgers of past years become the events of their routes, naming units and no persons."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from huiyin.intake.history import signed_date
from huiyin.intake.plan import Plan
from huiyin.repo.records import case_from_data
from huiyin.repo.yaml import parse_mapping
from huiyin.rules.deadlines import ClockKind
from huiyin.rules.replay import replay
from tests.cases import rulebook
from tests.intake.sheets import AS_OF, BODY, LEDGER, REPLY, codes, commit, entry, plan_of, write_xlsx
from tests.repository import Repository

INFERRED = {"cl": "台账未载认领时间，按交办时间登记。", "pu": "台账未载公开时间，按答复时间登记。"}


def plan_rows(
    repository: Repository, tmp_path: Path, *rows: list[Any], channel: str = "people", **settings: str
) -> Plan:
    """Plan the import of rows under ``LEDGER``."""
    file = write_xlsx(tmp_path / "台账.xlsx", [LEDGER, *rows])
    return plan_of(repository, file, "history", channel, settings=settings)


def events(plan: Plan, index: int = 0) -> list[dict[str, Any]]:
    """The events of a case that the plan would write."""
    found: list[dict[str, Any]] = parse_mapping(plan.taken[index].text.encode(), path="")["events"]
    return found


def test_a_past_message_of_a_city_has_all_four_events(repository: Repository, tmp_path: Path) -> None:
    """第九条(一)至(三): assigned, claimed, answered, published; publisher from the registry (第二十条)."""
    plan = plan_rows(repository, tmp_path, entry())
    assert [
        {
            "type": "assigned",
            "at": "2019-03-05T15:00:00+08:00",
            "by": {"unit": "wangzhan"},
            "unit": "lanzhou",
            "basis": 3,
            "complexity": "simple",
        },
        {"type": "claimed", "at": "2019-03-05T16:00:00+08:00", "by": {"unit": "lanzhou"}},
        {
            "type": "answered",
            "at": "2019-03-08T11:00:00+08:00",
            "by": {"unit": "lanzhou"},
            "mode": "public",
            "publisher": "兰州市人民政府办公室",
            "reply": REPLY,
        },
        {"type": "published", "at": "2019-03-11T09:00:00+08:00", "by": {"unit": "wangzhan"}},
    ] == events(plan)
    commit(plan, repository.root, None)
    assert 0 == repository.huiyin("check").code


@pytest.mark.parametrize(
    ("channel", "unit", "types", "units"),
    [
        ("people", "甘肃省教育厅", ["assigned", "answered", "published"], ["wangzhan", "jiaoyu", "wangzhan"]),
        ("portal", "兰州市", ["assigned", "claimed", "answered"], ["wangzhan", "lanzhou", "lanzhou"]),
        ("service", "兰州市", ["assigned", "answered", "published"], ["zhengwu", "lanzhou", "zhengwu"]),
    ],
)
def test_each_route_has_its_own_events(
    repository: Repository, tmp_path: Path, channel: str, unit: str, types: list[str], units: list[str]
) -> None:
    """第九条(四)、第十条、第十二条: no claim by departments, no re-review on the portal; the dispatcher follows."""
    found = events(plan_rows(repository, tmp_path, entry(承办单位=unit), channel=channel))
    assert types == [e["type"] for e in found]
    name = rulebook().registry.find_unit(unit)
    assert name is not None
    assert [name.id if u == "jiaoyu" else u for u in units] == [e["by"]["unit"] for e in found]


def test_what_the_ledger_leaves_out_is_noted_and_not_made_up(repository: Repository, tmp_path: Path) -> None:
    """The time of the neighbouring event stands in, with a note that says so."""
    found = events(plan_rows(repository, tmp_path, entry(认领时间="", 公开时间=None)))
    assert (found[0]["at"], INFERRED["cl"]) == (found[1]["at"], found[1]["note"])
    assert (found[2]["at"], INFERRED["pu"]) == (found[3]["at"], found[3]["note"])


def test_days_without_hours_keep_their_order(repository: Repository, tmp_path: Path) -> None:
    """A ledger of days: assigned on the day of receipt is not before the message of that morning."""
    day = datetime(2019, 3, 5)  # noqa: DTZ001 - a cell has no zone
    plan = plan_rows(
        repository, tmp_path, entry(交办时间=day, 认领时间="2019.3.5", 答复时间="2019年3月5日", 公开时间="")
    )
    assert {} == plan.rejected
    assert ["2019-03-05T10:00:00+08:00"] * 4 == [e["at"] for e in events(plan)]


def test_what_is_not_answered_yet_stays_open(repository: Repository, tmp_path: Path) -> None:
    """Without answer and its time the case is assigned, or claimed where the ledger says so, and its clock runs."""
    rows = (
        entry("1", 答复时间="", 答复内容="", 公开时间=""),
        entry("2", 认领时间="", 答复时间="", 答复内容="", 公开时间="", 内容=BODY * 2),
    )
    plan = plan_rows(repository, tmp_path, *rows)
    assert [["assigned", "claimed"], ["assigned"]] == [[e["type"] for e in events(plan, i)] for i in range(2)]
    case = case_from_data(parse_mapping(plan.taken[0].text.encode(), path=""))
    clock = replay(case, rulebook(), AS_OF).clock(ClockKind.HANDLING)
    assert clock is not None
    assert (True, date(2019, 3, 14)) == (clock.running, clock.due.day)


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({"答复时间": ""}, ["HY517"]),
        ({"答复内容": "_x000D_"}, ["HY517"]),
        ({"承办单位": "火星市"}, ["HY513"]),
        ({"承办单位": "督查室"}, ["HY513"]),
        ({"承办单位": ""}, ["HY510"]),
        ({"交办时间": "2019-03-04 09:00"}, ["HY302"]),
        ({"答复时间": "2019-03-05 12:00"}, ["HY302"]),
        ({"公开时间": "2019-03-07"}, ["HY302"]),
    ],
)
def test_a_ledger_that_contradicts_itself_is_rejected(
    repository: Repository, tmp_path: Path, changed: dict[str, str], reasons: list[str]
) -> None:
    """Half an answer, no unit, times out of order: the procedure decides, row by row."""
    assert {2: reasons} == codes(plan_rows(repository, tmp_path, entry(**changed)))


def test_portal_messages_without_real_name_could_not_be_assigned(repository: Repository, tmp_path: Path) -> None:
    """第十条(一): the admission rule holds for the past too."""
    plan = plan_rows(repository, tmp_path, entry(), channel="portal", real_name="否")
    assert {2: ["HY310"]} == codes(plan)


def test_words_lists_and_settings(repository: Repository, tmp_path: Path) -> None:
    """Words of the ledger become values; a list of units or topics stands in one cell."""
    head = (*LEDGER, "类别", "受理依据", "主题", "协办单位", "被反映单位")
    row = [*entry(), "复杂", "第四条", "交通运输、城乡建设", "白银市；天水市", "兰州市"]
    plan = plan_of(repository, write_xlsx(tmp_path / "台账.xlsx", [head, row]), "history")
    assigned = events(plan)[0]
    expected = {
        "complexity": "complex",
        "basis": 4,
        "topics": ["交通运输", "城乡建设"],
        "assisting": ["baiyin", "tianshui"],
        "concerns": ["lanzhou"],
    }
    assert expected == {k: assigned[k] for k in expected}
    other = plan_rows(repository, tmp_path, entry(), unit="天水市", complexity="important")
    assert ("tianshui", "important") == (events(other)[0]["unit"], events(other)[0]["complexity"])


def test_a_constant_that_is_wrong_is_said_once(repository: Repository, tmp_path: Path) -> None:
    """Not once a row, and before any row is read."""
    rows = [entry(str(n)) for n in range(3)]
    with pytest.raises(Exception, match="HY513") as caught:
        plan_rows(repository, tmp_path, *rows, unit="火星市")
    assert 1 == len(caught.value.problems)  # type: ignore[attr-defined]


def test_short_replies_and_other_dates_are_counted(repository: Repository, tmp_path: Path) -> None:
    """第二十一条: a reply of a word is taken with a warning; so is one that is signed with another day."""
    signed = f"{REPLY}2019年3月{{}}日"
    rows = entry("1", 答复内容="已收悉"), entry("2", 答复内容=signed.format(6)), entry("3", 答复内容=signed.format(8))
    assert {"HY323": 1, "HY522": 1} == plan_rows(
        repository, tmp_path, *([*r[:3], f"{BODY}{r[0]}", *r[4:]] for r in rows)
    ).warnings


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("2019年1月15日", date(2019, 1, 15)),
        (" 2019 年 01 月 15 日。 ", date(2019, 1, 15)),
        ("2019.1.15", date(2019, 1, 15)),
        ("2019-01-15", date(2019, 1, 15)),
        ("2019年1月15", date(2019, 1, 15)),
        ("2019年2月30日", ""),
        ("电话：0731-20191115", None),
        ("312019-1-15", None),
        ("将于2019年1月15日完成。", None),
    ],
)
def test_the_date_of_a_signature(ending: str, expected: date | str | None) -> None:
    """Only at the very end, in the ways in which offices write it."""
    assert expected == signed_date(f"感谢您的监督！{ending}")
