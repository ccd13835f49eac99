"""The issue of each unit: found by its marker and our account, written only when something changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from huiyin.forge.issues import GIVE_UP, MARKER, Action, Outcome, UnitIssue, sync_issues
from huiyin.model.problem import HuiyinError
from huiyin.model.unit import Holding, Role, Unit, UnitKind
from huiyin.reports.daily import daily_report
from huiyin.reports.unit_issues import MOST_LINES, unit_issues
from huiyin.rules.registry import Registry
from huiyin.rules.rulebook import Rulebook
from tests.cases import Story, at, rulebook
from tests.forge.fake import Fault
from tests.forge.scene import GATE_USER, Scene
from tests.forge.world import Issue, User
from tests.reports.month import COMMIT, office
from tests.repository import Repository, Run

NAMES = {"lanzhou": "兰州市", "baiyin": "白银市", "dingxi": "定西市", "tianshui": "天水市", "jiuquan": "酒泉市"}


def wanted(*units: str, body: str = "正文\n", head: int | None = None) -> dict[str, UnitIssue]:
    """What issues should be."""
    return {u: UnitIssue(u, NAMES[u], f"网民留言催办：{NAMES[u]}（已逾期1件）", body, head) for u in units}


def sync(stage: Scene, issues: dict[str, UnitIssue], *, closes: bool = True, writes: bool = True) -> list[Outcome]:
    """One run."""
    return list(sync_issues(stage.connect(), issues, closes=closes, writes=writes))


def actions(outcomes: Iterable[Outcome]) -> dict[str, str | None]:
    """Unit → what was done."""
    return {o.unit: o.action.value if o.action else None for o in outcomes}


def writes(stage: Scene) -> list[str]:
    """The requests that changed something."""
    return [asked for asked in stage.api.asked if not asked.startswith("GET")]


def member(stage: Scene, name: str) -> User:
    """A person who may be given an issue."""
    user = stage.person(name)
    stage.world.assignable.append(user)
    return user


def only(stage: Scene) -> Issue:
    """The one issue that there is."""
    [issue] = stage.world.issues.values()
    return issue


def test_the_life_of_an_issue(stage: Scene) -> None:
    """第十四条、第十五条: opened, left alone, written again in place, closed, left closed, opened again."""
    assert {"lanzhou": "created"} == actions(sync(stage, wanted("lanzhou")))
    issue = only(stage)
    assert (f"{MARKER.format('lanzhou')}\n正文\n", "网民留言催办：兰州市（已逾期1件）") == (issue.body, issue.title)
    steps = [
        (wanted("lanzhou"), "unchanged"),
        (wanted("lanzhou", body="另一正文\n"), "updated"),
        ({}, "closed"),
        ({}, "unchanged"),
        (wanted("lanzhou", body="另一正文\n"), "reopened"),
        (wanted("lanzhou", body="另一正文\n"), "unchanged"),
    ]
    assert [action for _, action in steps] == [actions(sync(stage, what))["lanzhou"] for what, _ in steps]
    assert (only(stage) is issue, False, 3) == (True, issue.closed, issue.edits)


def test_a_run_without_news_writes_nothing(stage: Scene) -> None:
    """Also after a browser saved the text with other line ends."""
    sync(stage, wanted("lanzhou", "baiyin", body="一\n二\n"))
    only_one = stage.world.issues[1]
    only_one.body = only_one.body.replace("\n", "\r\n") + "\r\n"
    before = writes(stage)
    assert {"lanzhou": "unchanged", "baiyin": "unchanged"} == actions(
        sync(stage, wanted("lanzhou", "baiyin", body="一\n二\n"))
    )
    assert before == writes(stage)


def test_the_issue_of_another_with_our_marker_stays_his(stage: Scene) -> None:
    """A citizen's, a clerk's and one of a deleted account: neither changed nor closed nor taken for the unit's."""
    for user in (stage.person("lanzhou.clerk"), User(5, "citizen"), None):
        stage.world.file(user, "求助（演示）", f"{MARKER.format('lanzhou')}\n正文")
    assert {"lanzhou": "created"} == actions(sync(stage, wanted("lanzhou")))
    assert {"lanzhou": "closed"} == actions(sync(stage, {}))
    theirs = [i for i in stage.world.issues.values() if i.user != GATE_USER]
    assert [(0, False)] * 3 == [(i.edits, i.closed) for i in theirs]


def test_our_own_issue_without_the_marker_in_its_first_line_is_another(stage: Scene) -> None:
    """Also one that quotes the marker further down, or another unit's."""
    for text in (
        f"说明\n{MARKER.format('lanzhou')}\n",
        MARKER.format("baiyin"),
        f"{MARKER.format('lanzhou')} 后面还有",
    ):
        stage.world.file(GATE_USER, "说明", text)
    assert {"lanzhou": "created", "baiyin": "closed"} == actions(sync(stage, wanted("lanzhou")))


def test_a_pull_request_of_ours_with_the_marker_is_no_issue(stage: Scene) -> None:
    """GitHub lists both together."""
    stage.world.push(GATE_USER, "x", {"a.txt": b"x"})
    stage.world.open(GATE_USER, "x").body = f"{MARKER.format('lanzhou')}\n正文\n"
    assert {"lanzhou": "created"} == actions(sync(stage, wanted("lanzhou")))


def test_it_is_found_behind_many_others(stage: Scene) -> None:
    """On a later page; other people's issues are not even asked for where the forge can leave them out."""
    sync(stage, wanted("lanzhou"))
    for number in range(130):
        stage.world.file(GATE_USER, f"第{number}个", "正文")
        stage.world.file(stage.person("lanzhou.clerk"), f"第{number}个", "正文")
    stage.api.asked.clear()
    assert {"lanzhou": "unchanged"} == actions(sync(stage, wanted("lanzhou")))
    assert 131 // stage.api.largest + 1 == sum("/issues?" in asked for asked in stage.api.asked)


def test_the_head_is_assigned_by_number(stage: Scene) -> None:
    """第十五条: 主要负责同志; the name of an account may change, its number does not."""
    head = member(stage, "lanzhou.head")
    [outcome] = sync(stage, wanted("lanzhou", head=head.id))
    assert ((), [head]) == (outcome.problems, only(stage).assignees)
    renamed = User(head.id, "another-name")
    stage.world.assignable[:] = [renamed]
    only(stage).assignees = [renamed]
    assert {"lanzhou": "unchanged"} == actions(sync(stage, wanted("lanzhou", head=head.id)))


def test_a_new_head_takes_over_and_colleagues_stay(stage: Scene) -> None:
    """Whom somebody added by hand stays assigned; who was the head before does not."""
    old, new, colleague = (member(stage, name) for name in ("lanzhou.head", "baiyin.head", "lanzhou.clerk"))
    sync(stage, wanted("lanzhou", head=old.id))
    only(stage).assignees.append(colleague)
    target = {"lanzhou": replace(wanted("lanzhou", head=new.id)["lanzhou"], former=frozenset({old.id}))}
    assert {"lanzhou": "updated"} == actions(sync(stage, target))
    assert {new, colleague} == set(only(stage).assignees)
    assert {"lanzhou": "unchanged"} == actions(sync(stage, target))


@pytest.mark.parametrize("head", [None, 424242])
def test_without_an_account_the_issue_stands_and_a_warning_is_told(stage: Scene, head: int | None) -> None:
    """No account in the registry, or one that the forge will not assign."""
    for action in (Action.CREATED, Action.UNCHANGED):
        [outcome] = sync(stage, wanted("lanzhou", head=head))
        assert (action, ["HY852"], "warning") == (
            outcome.action,
            [p.code for p in outcome.problems],
            outcome.problems[0].level.value,
        )
    assert (1, []) == (len(stage.world.issues), only(stage).assignees)


def test_a_forge_that_drops_the_head_without_a_word_is_noticed(stage: Scene) -> None:
    """GitHub does so for tokens that may not assign."""
    head = member(stage, "lanzhou.head")
    stage.world.drops_assignees = True
    [outcome] = sync(stage, wanted("lanzhou", head=head.id))
    assert (Action.CREATED, ["HY852"]) == (outcome.action, [p.code for p in outcome.problems])


def test_of_two_the_younger_is_closed(stage: Scene) -> None:
    """A repeated request, or two runs at once, may have made a second one."""
    stage.api.faults.append(Fault(fits="POST .*issues$", late=True, status=502))
    assert {"lanzhou": "created"} == actions(sync(stage, wanted("lanzhou")))
    assert 2 == len(stage.world.issues)
    assert {"lanzhou": "unchanged"} == actions(sync(stage, wanted("lanzhou")))
    assert [False, True] == [i.closed for _, i in sorted(stage.world.issues.items())]
    sync(stage, wanted("lanzhou", body="新\n"))
    assert [1, 1] == [i.edits for _, i in sorted(stage.world.issues.items())]


def test_a_unit_that_fails_stops_no_other(stage: Scene) -> None:
    """Its problem names it, and the others are served."""
    sync(stage, wanted("lanzhou", "baiyin", "dingxi"))
    stage.api.faults.append(Fault(fits="PATCH .*issues/2$", times=99, status=500))
    outcomes = sync(stage, wanted("lanzhou", "baiyin", "dingxi", body="新\n"))
    assert {"lanzhou": "updated", "baiyin": None, "dingxi": "updated"} == actions(outcomes)
    [problem] = outcomes[1].problems
    assert ("HY662", True) == (problem.code, problem.message.startswith("白银市："))


def test_a_forge_in_trouble_is_not_asked_for_every_unit(stage: Scene) -> None:
    """After a few failures in a row the rest are told as not done, instead of waiting for hours."""
    stage.api.faults.append(Fault(fits="POST", times=99, status=422, message="no"))
    outcomes = sync(stage, wanted(*NAMES))
    assert ["HY663"] * GIVE_UP + ["HY853"] * (len(NAMES) - GIVE_UP) == [o.problems[0].code for o in outcomes]
    assert GIVE_UP == len(writes(stage))


def test_a_forge_that_does_not_say_what_there_is_stops_everything(stage: Scene) -> None:
    """Else each run would open new ones."""
    stage.api.faults.append(Fault(fits="GET .*issues", times=99, status=403))
    with pytest.raises(HuiyinError) as error:
        sync(stage, wanted("lanzhou"))
    assert (["HY661"], []) == ([p.code for p in error.value.problems], writes(stage))


def test_nothing_is_closed_while_the_lists_may_lack_a_case(stage: Scene) -> None:
    """A file that cannot be read must not make a unit seem done."""
    sync(stage, wanted("lanzhou", "baiyin"))
    outcomes = sync(stage, wanted("baiyin"), closes=False)
    assert ({"baiyin": "unchanged"}, False) == (actions(outcomes), stage.world.issues[1].closed)


def test_a_dry_run_writes_nothing(stage: Scene) -> None:
    """It tells what would be done."""
    sync(stage, wanted("lanzhou", "dingxi"))
    before = writes(stage)
    told = actions(sync(stage, wanted("lanzhou", "baiyin", body="新\n"), writes=False))
    assert ({"lanzhou": "updated", "baiyin": "created", "dingxi": "closed"}, before) == (told, writes(stage))


def test_an_apps_token_finds_its_own(github: Scene) -> None:
    """GitHub's account for workflows has a known number and name; it may not ask for them."""
    github.world.users["gate-token"] = User(41898282, "github-actions[bot]", is_app=True)
    assert ["created", "unchanged"] == [actions(sync(github, wanted("lanzhou")))["lanzhou"] for _ in range(2)]
    assert any("creator=github-actions" in asked for asked in github.api.asked)


def test_an_app_whose_name_is_not_known_looks_at_all_issues(github: Scene) -> None:
    """Its number is told, and still decides what is its own."""
    github.world.users["gate-token"] = User(123456, "app[bot]", is_app=True)
    github.world.file(User(5, "citizen"), "求助（演示）", f"{MARKER.format('lanzhou')}\n正文\n")
    for action in ("created", "unchanged"):
        forge = github.connect(HUIYIN_FORGE_ACCOUNT="123456")
        assert {"lanzhou": action} == actions(sync_issues(forge, wanted("lanzhou")))
    assert not any("creator=" in asked for asked in github.api.asked)


# What stands in an issue.


def issues_of(*stories: Story, now: str = "2026-11-23 10:00", rules: Rulebook | None = None) -> dict[str, UnitIssue]:
    """The issues of some stories."""
    rules = rules or rulebook()
    moment = datetime.fromisoformat(at(now))
    report = daily_report([s.replay(now, rules) for s in stories], rules, moment, COMMIT)
    return unit_issues(report, rules.registry, "github")


def test_who_gets_an_issue_and_what_for() -> None:
    """第九、十三、十四、十八、二十一条: units their lists, dispatchers also their queue, 督查室 what it tracks."""
    found = issues_of(*office())
    assert {
        "wangzhan": "网民留言催办：“中国·甘肃”网站管理中心（未审核1件，申请改派1件，分管留言待催办）",
        "zhengwu": "网民留言催办：甘肃省人民政府政务服务中心（未审核1件，待复审1件）",
        "duchashi": "网民留言催办：甘肃省人民政府督查室（跟踪督办1件）",
        "lanzhou": "网民留言催办：兰州市（已逾期1件，退回重办1件）",
        "baiyin": "网民留言催办：白银市（未认领1件）",
        "jiuquan": "网民留言催办：酒泉市（已逾期1件，逾期有批示1件）",
        "dingxi": "网民留言催办：定西市（将到期1件）",
    } == {unit: issue.title for unit, issue in found.items()}
    assert "| 酒泉市 |  |  | 1 | 1 |" in found["wangzhan"].body
    assert "| `portal-6` | 酒泉市 | 2026-11-09 | 10个工作日 | 第十八条 |" in found["duchashi"].body
    assert "| `people-5` | 2026-11-11 | 8个工作日 | 第十三条 |" in found["lanzhou"].body
    assert rulebook().registry.people["lanzhou.head"].forge_ids["github"] == found["lanzhou"].head


def test_a_unit_whose_date_is_only_provisional_has_nothing_to_do() -> None:
    """Its case is in time; that the date may move stands in the daily report."""
    assert "shengtai" not in issues_of(*office())


def test_an_hour_more_changes_no_word_and_a_day_more_does() -> None:
    """So that two runs of a day write once."""
    saturday = Story("2026-11-21 09:00", reference="20").assigned("2026-11-21 10:00", "tianshui")
    morning, noon, next_day = (
        {u: i.body for u, i in issues_of(*office()[:10], saturday, now=now).items()}
        for now in ("2026-11-23 12:30", "2026-11-23 17:00", "2026-11-24 12:30")
    )
    assert morning == noon
    assert "不足1个工作日" in morning["tianshui"]
    assert morning["lanzhou"] != next_day["lanzhou"]


def test_no_title_and_no_text_of_a_message() -> None:
    """第十九条: ids, dates and articles only."""
    from tests.reports.test_daily import TEXTS

    whole = "".join(issue.title + issue.body for issue in issues_of(*office()).values())
    assert "people-1" in whole
    assert [] == [text for text in TEXTS if text in whole]


def test_a_units_name_is_shown_and_not_obeyed() -> None:
    """No mention, link, image or HTML, and no second first line."""
    hostile = "@root [x](https://a.invalid) <img src=x> #1 | `"
    registry = rulebook().registry
    unit = Unit("baiyin", hostile, UnitKind.CITY, publisher="白银市人民政府办公室")
    changed = Registry({**registry.units, "baiyin": unit}, registry.people)
    found = issues_of(*office(), rules=replace(rulebook(), registry=changed))
    for body in (found["baiyin"].body, found["wangzhan"].body):
        assert not any(sign in body for sign in ("@root", "](", "<img", " #1"))
    assert "\n" not in found["baiyin"].title


def test_a_long_list_fits_into_an_issue() -> None:
    """GitHub takes 65,536 characters; the rest is counted and stands in the ledger."""
    stories = [
        Story("2026-11-02 09:00", reference=f"{'9' * 50}{n:06}")
        .assigned("2026-11-02 10:00")
        .claimed("2026-11-02 11:00")
        for n in range(MOST_LINES + 3)
    ]
    body = issues_of(*stories)["lanzhou"].body
    assert (MOST_LINES, True, True) == (body.count("`people-"), "另有3件没有列出" in body, len(body) < 65536 / 9)


def test_a_former_head_is_known() -> None:
    """By the registry: who held the office before, by number."""
    registry = rulebook().registry
    before = registry.people["lanzhou.head"]
    left = replace(
        before, holdings=(replace(before.holdings[0], end=datetime.fromisoformat(at("2026-10-31 00:00")).date()),)
    )
    after = replace(
        before,
        id="lanzhou.new",
        forge_ids={"github": 31},
        holdings=(Holding("lanzhou", Role.HEAD, datetime.fromisoformat(at("2026-11-01 00:00")).date()),),
    )
    changed = Registry(registry.units, {**registry.people, "lanzhou.head": left, "lanzhou.new": after})
    issue = issues_of(*office(), rules=replace(rulebook(), registry=changed))["lanzhou"]
    assert (31, frozenset({before.forge_ids["github"]})) == (issue.head, issue.former)


# The command.


@pytest.fixture
def place(repository: Repository) -> Repository:
    """The office as files."""
    for story in office():
        repository.add(story)
    return repository


def huiyin(stage: Scene, place: Repository, *arguments: str) -> Run:
    """``huiyin report issues`` as a process of its own, on the fake forge."""
    return place.huiyin("report", "issues", *arguments, stdin=None, cwd=None, **stage.environment(NO_PROXY="*"))


def test_the_command_tells_each_change(stage: Scene, place: Repository) -> None:
    """A line for each, warnings on standard error; again, and nothing is left to do."""
    member(stage, "lanzhou.head")
    first = huiyin(stage, place)
    assert (0, 7, True) == (first.code, first.out.count("新建 #"), "兰州市：新建 #4\n" in first.out)
    assert (6, False) == (first.err.count("HY852"), "兰州市：主要" in first.err)
    before = writes(stage)
    assert "催办议题没有变化的单位：7个\n" == huiyin(stage, place).out
    assert before == writes(stage)
    (place.root / "cases/2026/11/20/people-3.yaml").unlink()
    assert "白银市：将关闭 #5\n" in huiyin(stage, place, "--dry-run").out
    data = json.loads(huiyin(stage, place, "--format", "json").out)["issues"]
    assert ("baiyin", "closed", 5, []) == tuple(data[-1].values())


def test_the_command_fails_at_the_end(stage: Scene, place: Repository) -> None:
    """第十四条: exit code 1 with the code, after the others were served."""
    stage.api.faults.append(Fault(fits="POST .*issues$", times=1, status=422, message="@x <b>"))
    done = huiyin(stage, place)
    assert (1, 6, True) == (done.code, len(stage.world.issues), "HY663 “中国·甘肃”网站管理中心：" in done.err)
    assert 0 == huiyin(stage, place).code


def test_a_case_that_cannot_be_read_closes_nothing(stage: Scene, place: Repository) -> None:
    """Exit code 1; the unit's issue stays open until the file is mended."""
    huiyin(stage, place)
    (place.root / "cases/2026/11/20/people-3.yaml").write_text("id: [\n", encoding="utf-8")
    done = huiyin(stage, place)
    assert (1, False) == (done.code, stage.world.issues[5].closed)


def test_on_a_day_off_only_reviewers_are_told(stage: Scene, place: Repository, tmp_path: Path) -> None:
    """第九条（一）: review is daily, everything else waits for a working day."""
    sunday = ("--scheduled", "--as-of", "2026-11-22T08:30:00")
    assert "“中国·甘肃”网站管理中心：新建 #1" == huiyin(stage, place, *sunday).out.splitlines()[0]
    assert 1 == len(stage.world.issues)
    for name in ("people-1", "service-2", "people-12"):
        next((place.root / "cases").rglob(f"{name}.yaml")).unlink()
    done = huiyin(stage, place, *sunday)
    assert (0, True, 0) == (done.code, done.out.startswith("提示 HY850"), only(stage).edits)


def test_only_the_named_units(stage: Scene, place: Repository) -> None:
    """The others are left as they are."""
    huiyin(stage, place, "--unit", "兰州市", "--unit", "baiyin")
    assert ["兰州市", "白银市"] == [i.title[7:10] for i in stage.world.issues.values()]


def test_without_a_forge_it_says_what_to_set(place: Repository) -> None:
    """Usage, and nothing else happens."""
    done = place.huiyin("report", "issues")
    assert (2, True) == (done.code, "HY668" in done.err)
