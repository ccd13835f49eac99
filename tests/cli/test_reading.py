"""The reading commands as a clerk runs them: real processes on a real folder."""

from __future__ import annotations

import json

import pytest

from tests.cases import Story
from tests.repository import Repository


@pytest.fixture
def busy(repository: Repository) -> Repository:
    """One case for every list, as of Monday 2026-11-23 10:00."""
    repository.add(Story(reference="1", received="2026-11-22 09:00"))
    repository.add(Story(reference="2", received="2026-11-22 09:00").assigned("2026-11-22 10:00"))
    soon = Story(reference="3", received="2026-11-13 09:00").assigned("2026-11-13 10:00").claimed("2026-11-13 11:00")
    repository.add(soon)
    late = Story(reference="4", received="2026-11-10 09:00").assigned("2026-11-10 10:00").claimed("2026-11-10 11:00")
    repository.add(late)
    told = Story(reference="5", received="2026-11-10 09:00").assigned("2026-11-10 10:00").claimed("2026-11-10 11:00")
    told.add("instructed", "2026-11-12 10:00", "shengban.clerk", leader="省政府主要领导", instruction="请抓紧。")
    repository.add(told)
    sure = Story(reference="6").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    repository.add(sure.extended("2026-11-20 10:00", "2027-01-08"))
    repository.add(Story(reference="7", channel="portal").assigned("2026-11-16 10:00"))
    done = Story(reference="8").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").answered("2026-11-18 10:00")
    repository.add(done.published("2026-11-19 10:00"))
    return repository


def test_deadlines_json_is_the_contract(busy: Repository) -> None:
    """Groups, their cases and the fields of an entry are as docs/cli.md says (第九、十三、十五、十八条)."""
    report = json.loads(busy.huiyin("deadlines", "--format", "json").out)
    assert ["as_of", "groups", "provisional"] == list(report)
    assert {
        "unreviewed": ["people-1"],
        "unclaimed": ["people-2", "portal-7"],
        "due_soon": ["people-3"],
        "overdue": ["people-4", "people-5"],
        "overdue_instructed": ["people-5"],
    } == {name: [e["id"] for e in entries] for name, entries in report["groups"].items()}
    assert ["people-6"] == [e["id"] for e in report["provisional"]]
    assert {
        "id": "people-4",
        "unit": "lanzhou",
        "head": "兰州市主要负责人（演示）",
        "due": "2026-11-19",
        "working_days_late": 2,
        "article": "13",
        "late": True,
        "hours_late": 82,
        "dispatcher": "wangzhan",
        "provisional": False,
    } == report["groups"]["overdue"][0]
    assert ["2026-11-23T12:00:00+08:00", None] == [e["due"] for e in report["groups"]["unclaimed"]]


def test_deadlines_for_one_unit_or_dispatcher(busy: Repository) -> None:
    """第十四条: each dispatcher watches its own queue; a unit is found by any of its names."""
    assert "people-4" in busy.huiyin("deadlines", "--unit", "兰州市").out
    assert "people-4" not in busy.huiyin("deadlines", "--unit", "tianshui").out
    assert "people-4" not in busy.huiyin("deadlines", "--dispatcher", "zhengwu").out
    wrong = busy.huiyin("deadlines", "--unit", "兰洲")
    assert (2, True) == (wrong.code, "HY932" in wrong.err)


def test_deadlines_show_no_text_of_a_message(busy: Repository) -> None:
    """第十九条: lists that go to CI hold ids, never titles or texts."""
    for output in ("text", "json", "github"):
        assert "公交" not in busy.huiyin("deadlines", "--format", output).out


def test_github_annotations(busy: Repository) -> None:
    """One annotation for each late or soon due case, with its article."""
    lines = busy.huiyin("deadlines", "--format", "github").out.splitlines()
    assert 5 == len(lines)
    assert all(line.startswith(("::error title=HY341::", "::warning title=HY340::")) for line in lines)
    assert any("people-5" in line and "第十八条" in line for line in lines)


def test_deadlines_go_on_past_a_broken_file(busy: Repository) -> None:
    """One broken case never hides the others (design §7)."""
    busy.write("cases/2026/11/16/people-99.yaml", "broken: [\n")
    run = busy.huiyin("deadlines")
    assert ("people-4" in run.out, "HY111" in run.err, "Traceback" in run.err) == (True, True, False)


def test_why_explains_each_day(busy: Repository) -> None:
    """Design §4: every day with its count, its reason and its source; weekends are seen not to count."""
    run = json.loads(busy.huiyin("why", "people-4", "--format", "json").out)
    handling = next(c for c in run["clocks"] if c["kind"] == "handling")
    counted = {d["date"]: (d["number"], d["late"], d["reason"]) for d in handling["days"]}
    assert (None, False, "工作日，当日不计入") == counted["2026-11-10"]
    assert (1, False, "工作日") == counted["2026-11-11"]
    assert (None, False, "周末") == counted["2026-11-14"]
    assert (7, False, "工作日") == counted["2026-11-19"]
    assert (2, True, "工作日") == counted["2026-11-23"]
    assert all(d["source"] for d in handling["days"])


def test_why_leaves_out_what_nobody_can_read(busy: Repository) -> None:
    """Years of lateness: the beginning and the end for people, every day for programs."""
    late = ("why", "people-4", "--as-of", "2100-12-31")
    out = busy.huiyin(*late).out
    assert ("2026-11-10" in out, "2060-01-01" in out, "2100-12-31" in out, "从略" in out) == (True, False, True, True)
    handling = json.loads(busy.huiyin(*late, "--format", "json").out)["clocks"][-1]
    assert 74 * 365 < len(handling["days"])
    assert "从略" not in busy.huiyin("why", "people-4").out


def test_why_tells_of_an_extension_and_a_provisional_date(busy: Repository) -> None:
    """第十六条: the date that the rule gave, the decision that replaced it, and that it may move."""
    out = busy.huiyin("why", "people-6").out
    assert "按此应于2026-11-25办结；经交办单位同意延期至2027-01-08（第十六条）" in out
    assert "暂算" in out


def test_show_tells_state_timeline_and_next_steps(busy: Repository) -> None:
    """A case at a glance, in words that cite the articles."""
    out = busy.huiyin("show", "people-2").out
    for words in ("待认领", "对外：待回复", "认领（第九条（二））", "限至2026-11-23 12:00", "claimed", "收到留言"):
        assert words in out
    assert "show" not in busy.huiyin("show", "people-8").err


def test_show_json_says_who_may_do_what(busy: Repository) -> None:
    """Replay's answer as data: state, clocks, next steps with their approvals."""
    shown = json.loads(busy.huiyin("show", "people-8", "--format", "json").out)
    assert ("published", "已办理", []) == (shown["state"], shown["public_status"], shown["problems"])
    assert {"corrected", "rated", "redacted"} <= {s["event"] for s in shown["next"]}


def test_inbox_of_unit_and_person(busy: Repository) -> None:
    """A unit sees what its clerks record, a head what is to be signed, a dispatcher what is to be reviewed."""

    def tasks(*who: str) -> list[tuple[str, str]]:
        data = json.loads(busy.huiyin("inbox", *who, "--format", "json").out)
        return [(t["id"], t["role"]) for t in data["tasks"]]

    assert ("people-4", "record") in tasks("--unit", "lanzhou")
    assert ("people-4", "approve") in tasks("--person", "lanzhou.head")
    assert [("people-1", "record")] == tasks("--unit", "wangzhan")
    assert ("people-1", "approve") in tasks("--person", "wangzhan.reviewer")
    assert [] == tasks("--person", "tianshui.clerk")


def test_calendar_of_a_year(repository: Repository) -> None:
    """Working days of a year with local differences; a year that is not published says so."""
    year = json.loads(repository.huiyin("calendar", "--year", "2026", "--format", "json").out)
    assert {"全国", "临夏回族自治州", "甘南藏族自治州"} == set(year["places"])
    assert year["places"]["全国"]["working_days"] == year["places"]["临夏回族自治州"]["working_days"] + 1
    assert "尚未公布" in repository.huiyin("calendar", "--year", "2027").out
    assert 2 == repository.huiyin("calendar", "--year", "1").code


def test_calendar_diff_names_the_cases_whose_date_moves(busy: Repository) -> None:
    """Design §4: a changed calendar prints every open case whose due date moves, from files or Git revisions."""
    old = busy.commit()
    calendar = busy.root / "rules/calendar.yaml"
    text = calendar.read_text(encoding="utf-8")
    moved = text.replace("month: 11", "month: 12")
    assert moved != text
    case = Story(reference="9", received="2026-11-16 08:00").assigned("2026-11-16 10:00", "linxia")
    busy.add(case)
    calendar.write_text(moved, encoding="utf-8")
    run = busy.huiyin("calendar", "diff", old, str(calendar), "--format", "json")
    assert [{"id": "people-9", "unit": "linxia", "clock": "handling", "old": "2026-11-26", "new": "2026-11-25"}] == (
        json.loads(run.out)["moves"]
    )
    assert "期限都不变" in busy.huiyin("calendar", "diff", old, old).out


def test_units_and_problems_are_listed(repository: Repository) -> None:
    """What messages refer to can be looked up."""
    assert "lanzhou" in repository.huiyin("units").out
    assert "HY301" in repository.huiyin("problems", "HY301").out
    assert 2 == repository.huiyin("problems", "HY000").code


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("chek",), "HY920"),
        (("check", "--fromat", "json"), "HY920"),
        (("check", "--format", "xml"), "HY920"),
        (("check", "nowhere/"), "HY931"),
        (("check", "people-404"), "HY930"),
        (("check", "--rev", "HEAD"), "HY901"),
        (("check", "--root", "/nowhere"), "HY910"),
        (("deadlines", "--as-of", "昨天"), "HY921"),
        (("deadlines", "extra"), "HY920"),
        (("show",), "HY920"),
        (("show", "people-404"), "HY930"),
        (("why", "people-404"), "HY930"),
        (("inbox",), "HY920"),
        (("inbox", "--person", "nobody"), "HY933"),
        (("calendar", "diff", "a"), "HY920"),
        (("calendar", "diff", "a.yaml", "b.yaml"), "HY904"),
    ],
)
def test_what_an_impatient_clerk_types(repository: Repository, arguments: tuple[str, ...], code: str) -> None:
    """One clear Chinese message with its code and a cure; exit code 1 or 2; no traceback."""
    run = repository.huiyin(*arguments)
    assert run.code in (1, 2)
    assert code in run.err
    assert "处理：" in run.err
    assert "Traceback" not in run.err
    assert "Error" not in run.err


def test_outside_a_case_log(repository: Repository) -> None:
    """Somewhere else on the disk the command says where it must be run."""
    run = repository.huiyin("check", cwd=repository.root.parent)
    assert (2, True) == (run.code, "HY910" in run.err)


def test_below_the_root_the_log_is_found(busy: Repository) -> None:
    """Like Git, from any folder below."""
    run = busy.huiyin("check", "people-4.yaml", cwd=busy.root / "cases/2026/11/10")
    assert (0, True) == (run.code, "检查了1件留言" in run.out)


def test_check_formats(busy: Repository) -> None:
    """JSON is one document, github is annotations with file and line."""
    busy.add(Story(reference="9").claimed("2026-11-16 10:00"))
    data = json.loads(busy.huiyin("check", "--format", "json").out)
    assert (9, False) == (data["cases"], data["ok"])
    [problem] = [p for p in data["problems"] if p["severity"] == "error"]
    assert ("HY301", "cases/2026/11/16/people-9.yaml", "/events/0") == (
        problem["code"],
        problem["path"],
        problem["pointer"],
    )
    run = busy.huiyin("check", "--format", "github")
    assert (1, True) == (
        run.code,
        f"::error file=cases/2026/11/16/people-9.yaml,line={problem['line']},title=HY301::" in run.out,
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", "people-404"), "HY930"),
        (("deadlines", "--as-of", "昨天"), "HY921"),
        (("show", "--root", "nowhere", "people-1"), "HY910"),
        (("check", "--nothing"), "HY920"),
    ],
)
def test_what_stops_a_command_comes_in_the_format_that_was_asked_for(
    repository: Repository, arguments: tuple[str, ...], code: str
) -> None:
    """A program that reads JSON or annotations gets them also when there is no result; the exit code stays."""
    plain = repository.huiyin(*arguments)
    for asked in (("--format", "json"), ("--format=json",)):
        run = repository.huiyin(*arguments, *asked)
        found = json.loads(run.out)
        assert (plain.code, plain.err) == (run.code, run.err)
        assert (["ok", "problems"], False, code) == (list(found), found["ok"], found["problems"][0]["code"])
    github = repository.huiyin(*arguments, "--format", "github")
    assert github.out.startswith(f"::error title={code}::")
    assert (2 if arguments[0] == "show" else plain.code) == github.code


def test_deadlines_and_inbox_fail_where_a_case_cannot_be_read(busy: Repository) -> None:
    """The lists keep their contract, and nobody can take them for complete."""
    fine = json.loads(busy.huiyin("deadlines", "--format", "json").out)
    busy.write("cases/2026/11/16/people-99.yaml", "broken: [\n")
    for command in (("deadlines",), ("inbox", "--unit", "lanzhou")):
        for output in ("text", "json"):
            run = busy.huiyin(*command, "--format", output)
            assert (1, True) == (run.code, "HY111" in run.err)
    run = busy.huiyin("deadlines", "--format", "json")
    assert fine == json.loads(run.out)
    annotated = busy.huiyin("deadlines", "--format", "github")
    assert (1, True) == (annotated.code, "people-99.yaml,line=1,title=HY111" in annotated.out)


def test_the_options_of_calendar_hold_for_diff(busy: Repository) -> None:
    """Whether they stand before or behind the word."""
    old = busy.commit()
    elsewhere = busy.root.parent
    calendar = busy.root / "rules/calendar.yaml"
    before = ("calendar", "--root", str(busy.root), "--as-of", "2026-11-20", "--format", "json", "diff")
    run = busy.huiyin(*before, old, str(calendar), cwd=elsewhere)
    assert (0, "2026-11-20T23:59:59+08:00") == (run.code, json.loads(run.out)["as_of"])
    later = busy.huiyin(*before, old, str(calendar), "--as-of", "2026-11-21", cwd=elsewhere)
    assert "2026-11-21T23:59:59+08:00" == json.loads(later.out)["as_of"]
    for option in (("--year", "2026"), ("--unit", "linxia")):
        wrong = busy.huiyin("calendar", *option, "diff", old, old)
        assert (2, True) == (wrong.code, "HY920" in wrong.err)


def test_only_a_dispatcher_has_a_queue(busy: Repository) -> None:
    """第十四条: a unit that dispatches no channel is refused, and the dispatchers are named."""
    run = busy.huiyin("deadlines", "--dispatcher", "lanzhou")
    assert (2, True, True, True) == (run.code, "HY920" in run.err, "wangzhan" in run.err, "zhengwu" in run.err)
    assert 0 == busy.huiyin("deadlines", "--dispatcher", "wangzhan").code


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", ""),
        ("check", "people-4", ""),
        ("fmt", ""),
        ("show", ""),
        ("why", ""),
        ("record", "claimed", ""),
        ("record", "claimed", "people-2", "--by="),
        ("deadlines", "--unit", ""),
        ("deadlines", "--unit="),
        ("deadlines", "--dispatcher", ""),
        ("deadlines", "--rev", ""),
        ("deadlines", "--root", ""),
        ("inbox", "--unit", ""),
        ("inbox", "--person", ""),
        ("calendar", "--unit", ""),
        ("calendar", "diff", "", "HEAD"),
        ("import", "", "--channel", "people", "--mapping", "people"),
        ("import", "a.csv", "--channel", "people", "--mapping", ""),
        ("problems", ""),
        ("",),
    ],
)
def test_an_empty_argument_is_refused(busy: Repository, arguments: tuple[str, ...]) -> None:
    """A variable of a script that was not set must not mean everything."""
    run = busy.huiyin(*arguments)
    assert (2, "", True) == (run.code, run.out, "HY920" in run.err)


def test_due_dates_are_told_alike(busy: Repository) -> None:
    """Date and hour as in ``deadlines``, never the notation of programs."""
    for command in (("deadlines",), ("inbox", "--unit", "lanzhou")):
        out = busy.huiyin(*command).out
        assert (True, False) == ("2026-11-23 12:00" in out, "+08:00" in out)


def test_show_says_choices_in_chinese(busy: Repository) -> None:
    """The schema's description names what a value means."""
    late = Story(reference="20", received="2026-11-10 09:00").assigned("2026-11-10 10:00").claimed("2026-11-10 11:00")
    late.add("supervised", "2026-11-12 10:00", "duchashi.clerk", kind="tracking", requirement="限期办结。")
    busy.add(late)
    out = busy.huiyin("show", "people-20").out
    assert (True, False) == ("督办方式：跟踪督办" in out, "tracking" in out)
    busy.add(Story(reference="21").declined("2026-11-16 10:00", "anonymous"))
    marked = Story(reference="22").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    marked.answered(
        "2026-11-18 10:00", mode="private", delivered_by="phone", public_note="已答复。", marks=["privacy"], reply=None
    )
    busy.add(marked)
    run = busy.huiyin("show", "people-22")
    assert 0 == run.code, run.err
    out = run.out
    assert ("保密标记：个人隐私" in out, "送达方式：电话" in out) == (True, True)
    assert "理由：未实名" in busy.huiyin("show", "people-21").out
