"""An import from file to repository: taken, unchanged, repeated, rejected, duplicates; all or nothing."""

import csv
import io
import signal
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from huiyin.intake.plan import Plan, rejects_path
from huiyin.model.problem import HuiyinError
from huiyin.repo.canonical import append_event
from huiyin.repo.source import FolderSource
from huiyin.repo.yaml import parse_mapping
from tests.cases import Story
from tests.intake.sheets import (
    BODY,
    NAME,
    PEOPLE,
    PHONE,
    codes,
    commit,
    message,
    new_workbook,
    plan_of,
    write_csv,
    write_xlsx,
)
from tests.repository import Repository


def files(root: Path) -> dict[str, bytes]:
    """Everything below a folder."""
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def document(plan: Plan, index: int = 0) -> dict[str, Any]:
    """A case that the plan would write, read back."""
    return parse_mapping(plan.taken[index].text.encode(), path="")


def plan_rows(repository: Repository, tmp_path: Path, *rows: list[Any], **options: Any) -> Plan:
    """Plan the import of rows under ``PEOPLE``."""
    return plan_of(repository, write_csv(tmp_path / "导出.csv", [PEOPLE, *rows]), **options)


def test_a_message_becomes_a_case_without_name_and_contact(repository: Repository, tmp_path: Path) -> None:
    """第十九条: that there is a contact is recorded, the contact is not."""
    plan = plan_rows(repository, tmp_path, message())
    commit(plan, repository.root, None)
    (taken,) = plan.taken
    text = (repository.root / "cases/2026/11/20/people-1001.yaml").read_text(encoding="utf-8")
    assert text == taken.text
    assert {
        "id": "people-1001",
        "procedure": "gs-2015-115",
        "channel": "people",
        "source": {"reference": "1001"},
        "received_at": "2026-11-20T09:12:00+08:00",
        "real_name": True,
        "contactable": True,
        "title": "反映路灯不亮",
        "body": BODY,
        "events": [],
    } == document(plan)
    assert NAME not in text
    assert PHONE not in text
    assert 0 == repository.huiyin("check").code


def test_a_workbook_with_all_its_traps(repository: Repository, tmp_path: Path) -> None:
    """Title merged over the columns, date cells, numbers as references, formulas, empty rows, merged cells."""
    book, sheet = new_workbook()
    sheet.append(["人民网留言（演示）"])
    sheet.merge_cells("A1:G1")
    sheet.append(list(PEOPLE))
    moment = datetime(2026, 11, 20, 9, 12)  # noqa: DTZ001 - a cell has no zone
    sheet.append(message(18245531.0, 留言时间=moment, 内容=f"  {BODY}_x000D_\n\n\n第二段 "))
    sheet.append([])
    sheet.append(message(1002, 标题="=B3", 内容="乙" * 30))
    sheet.append(message(1003, 标题="合并的标题", 内容="丙" * 30))
    sheet.append(message(1004, 内容="丁" * 30))
    sheet.merge_cells("B6:B7")
    path = tmp_path / "导出.xlsx"
    book.save(path)
    plan = plan_of(repository, path)
    assert ["people-18245531", "people-1003"] == [t.id for t in plan.taken]
    assert f"{BODY}\n\n第二段" == document(plan)["body"]
    assert {5: ["HY510"], 7: ["HY510"]} == codes(plan)


def test_repeating_an_import_changes_nothing(repository: Repository, tmp_path: Path) -> None:
    """The natural key is channel and reference; not even a file's time changes."""
    rows = [message(str(n), 内容=f"第{n}件留言的正文，各不相同。") for n in range(5)]
    commit(plan_rows(repository, tmp_path, *rows), repository.root, None)
    before = files(repository.root), {p: p.stat().st_mtime_ns for p in repository.root.rglob("*.yaml")}
    again = plan_rows(repository, tmp_path, *rows)
    commit(again, repository.root, None)
    assert (0, 5, {}, []) == (len(again.taken), again.unchanged, again.warnings, again.duplicates)
    assert before == (files(repository.root), {p: p.stat().st_mtime_ns for p in repository.root.rglob("*.yaml")})


def test_what_is_there_already_is_never_rewritten(repository: Repository, tmp_path: Path) -> None:
    """A row that differs from the file gets a notice; the case may have moved on since."""
    commit(plan_rows(repository, tmp_path, message()), repository.root, None)
    path = repository.root / "cases/2026/11/20/people-1001.yaml"
    before = path.read_bytes()
    plan = plan_rows(repository, tmp_path, message(内容="改过的正文，与先前不同。"))
    commit(plan, repository.root, None)
    (notice,) = plan.remarks
    assert ("HY520", 2) == (notice.code, notice.line)
    assert "正文" in notice.message
    assert "标题" not in notice.message
    assert before == path.read_bytes()


def test_a_redacted_case_differs_on_purpose(repository: Repository, tmp_path: Path) -> None:
    """第十九条: no notice tempts anybody to bring back what was removed."""
    plan = plan_rows(repository, tmp_path, message())
    redacted = {"type": "redacted", "at": "2026-11-21T09:00:00+08:00", "by": {"unit": "wangzhan", "person": "li.na"}}
    text = append_event(
        plan.taken[0].text.replace(BODY, "〔已隐去〕"), {**redacted, "pointers": ["/body"], "kind": "name"}
    )
    repository.write(plan.taken[0].path, text)
    again = plan_rows(repository, tmp_path, message())
    assert (1, {}) == (again.unchanged, again.warnings)


def test_a_broken_file_of_the_repository_is_not_replaced(repository: Repository, tmp_path: Path) -> None:
    """Its name alone says that the case is there."""
    path = repository.write("cases/2026/11/20/people-1001.yaml", "broken: [")
    assert 1 == plan_rows(repository, tmp_path, message()).unchanged
    assert b"broken: [" == path.read_bytes()


def test_the_same_reference_twice_in_a_file(repository: Repository, tmp_path: Path) -> None:
    """Equal rows count once, whatever their padding; of different ones the later is rejected."""
    rows = message(), message("1001.0", 标题=" 反映路灯不亮\u3000"), message(标题="另一个标题")
    plan = plan_rows(repository, tmp_path, *rows)
    assert (1, 1, {4: ["HY516"]}) == (len(plan.taken), plan.repeated, codes(plan))
    commit(plan, repository.root, None)
    again = plan_rows(repository, tmp_path, *rows)
    assert (0, 1, 1, {4: ["HY516"]}) == (len(again.taken), again.unchanged, again.repeated, codes(again))


def test_duplicates_are_found_in_spite_of_white_space(repository: Repository, tmp_path: Path) -> None:
    """Among the rows the earliest received counts, before all of them what is in the repository."""
    body = "广场晚上十点以后仍有高音喇叭，影响休息，请予制止。"
    spaced = "广场晚上十点 以后仍有\u3000高音喇叭，\n影响休息，请予制止。\u200b"
    later, earlier = message("1", 内容=body), message("2", 内容=spaced, 留言时间="2026-11-19 08:00:00")
    plan = plan_rows(repository, tmp_path, later, earlier)
    assert [("people-1", "people-2")] == plan.duplicates
    assert "people-2" == document(plan)["duplicate_of"]
    assert "duplicate_of" not in document(plan, 1)
    commit(plan, repository.root, None)
    third = plan_rows(repository, tmp_path, message("3", 内容=body, 留言时间="2026-11-18 08:00:00"))
    assert [("people-3", "people-2")] == third.duplicates
    commit(third, repository.root, None)
    assert 0 == repository.huiyin("check").code


def test_short_bodies_are_only_duplicates_with_the_same_title(repository: Repository, tmp_path: Path) -> None:
    """“如题。” under different titles says different things."""
    rows = [message(n, 标题=t, 内容="如题。") for n, t in (("1", "路灯"), ("2", "井盖"), ("3", "路 灯"))]
    assert [("people-3", "people-1")] == plan_rows(repository, tmp_path, *rows).duplicates


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({"留言编号": ""}, ["HY510"]),
        ({"留言编号": "1.2E+17"}, ["HY515"]),
        ({"标题": " \u3000\u200b"}, ["HY510"]),
        ({"标题": "长" * 201}, ["HY201"]),
        ({"内容": "<br>&nbsp;"}, ["HY510"]),
        ({"内容": "长" * 20001}, ["HY201"]),
        ({"留言时间": "前天"}, ["HY511"]),
        ({"留言时间": "2026-11-24 09:00:00"}, ["HY303"]),
        ({"是否实名": "不详"}, ["HY512"]),
        ({"留言时间": "", "内容": "", "是否实名": "?"}, ["HY510", "HY510", "HY512"]),
    ],
)
def test_a_row_that_cannot_be_taken_is_rejected_with_each_reason(
    repository: Repository, tmp_path: Path, changed: dict[str, str], reasons: list[str]
) -> None:
    """The other rows are taken all the same; all reasons come at once."""
    plan = plan_rows(repository, tmp_path, message("7", 内容="好的一行，可以收下。"), message("8", **changed))
    assert ["people-7"] == [t.id for t in plan.taken]
    assert {3: reasons} == {n: sorted(c) for n, c in codes(plan).items()}


def test_the_list_of_rejects_holds_no_personal_data(repository: Repository, tmp_path: Path) -> None:
    """第十九条: row, reference, code and reason; nothing that a shifted column may have put in the wrong place."""
    shifted = message("1", 留言编号=NAME, 留言时间=PHONE, 是否实名="说不清的话"), [*message("2"), "多出来的一格"]
    formula = message("=HYPERLINK(1)", 留言时间="")
    plan = plan_rows(repository, tmp_path, *shifted, formula)
    text = plan.rejects_text
    assert text.startswith("\ufeff行号,平台编号,代码,原因\r\n")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1:]
    assert [("2", ""), ("2", ""), ("3", "2"), ("4", "")] == [(r[0], r[1]) for r in rows]
    assert {"HY511", "HY512", "HY519", "HY510"} == {r[2] for r in rows}
    for private in (NAME, PHONE, "说不清", "多出来", BODY[:10], "HYPERLINK"):
        assert private not in text


def test_rejects_never_land_in_the_repository_by_accident(repository: Repository, tmp_path: Path) -> None:
    """Beside the spreadsheet, unless that is in the repository; never over the spreadsheet or among the cases."""
    outside, inside = tmp_path / "导出.xlsx", repository.root / "导出.xlsx"
    outside.touch()
    inside.touch()
    assert tmp_path / "导出.rejects.csv" == rejects_path(outside, repository.root, None)
    assert tmp_path / "单.csv" == rejects_path(inside, repository.root, tmp_path / "单.csv")
    assert repository.root / "build/单.csv" == rejects_path(outside, repository.root, repository.root / "build/单.csv")
    for file, given in ((inside, None), (outside, outside), (outside, repository.root / "cases/单.csv")):
        with pytest.raises(HuiyinError, match="HY509"):
            rejects_path(file, repository.root, given)


def test_unusual_references_get_an_id_that_a_file_may_have(repository: Repository, tmp_path: Path) -> None:
    """The platform's own reference is kept; a notice says how the case is called."""
    plan = plan_rows(repository, tmp_path, message("甘网留〔2026〕12号"))
    assert plan.taken[0].id.startswith("people-2026-12-")
    assert "甘网留〔2026〕12号" == document(plan)["source"]["reference"]
    assert {"HY524": 1} == plan.warnings
    commit(plan, repository.root, None)
    assert 1 == plan_rows(repository, tmp_path, message("甘网留〔2026〕12号")).unchanged


def test_characters_that_others_cannot_see_are_counted(repository: Repository, tmp_path: Path) -> None:
    """A private-use character is taken as 〓 with a warning."""
    assert {"HY523": 1} == plan_rows(repository, tmp_path, message(标题="反映\ue000路灯")).warnings


def test_portal_facts_come_from_columns_that_are_filled_or_not(repository: Repository, tmp_path: Path) -> None:
    """第十条(一): whether there is a name and a contact, never which."""
    head = ("信件编号", "写信时间", "姓名", "联系电话", "手机号", "信件标题", "信件内容")
    rows = [
        ("1", "2026/11/20 9:05", NAME, "", PHONE, "路灯", BODY),
        ("2", "2026年11月20日 9:05", " ", "", "", "井盖", BODY * 2),
    ]
    plan = plan_of(repository, write_xlsx(tmp_path / "信件.xlsx", [head, *rows]), "portal", "portal")
    facts = [[document(plan, i)[k] for k in ("real_name", "contactable", "clear_matter")] for i in range(2)]
    assert [[True, True, True], [False, False, True]] == facts


def test_constants_replace_columns(repository: Repository, tmp_path: Path) -> None:
    """``--set real_name=否`` for a file without that column, or against it."""
    assert document(plan_rows(repository, tmp_path, message(), settings={"real_name": "否"}))["real_name"] is False
    with pytest.raises(HuiyinError, match="HY512"):
        plan_rows(repository, tmp_path, message(), settings={"real_name": "也许"})
    with pytest.raises(HuiyinError, match="HY401"):
        plan_rows(repository, tmp_path, message(), settings={"procedure": "none"})


def test_a_mapping_of_another_channel_is_refused(repository: Repository, tmp_path: Path) -> None:
    """A portal message is no message of 人民网."""
    with pytest.raises(HuiyinError, match="HY507"):
        plan_rows(repository, tmp_path, message(), channel="portal")


def test_nothing_is_written_where_one_file_cannot_be(repository: Repository, tmp_path: Path) -> None:
    """A file where a folder must be: no case is written, no list of rejects, nothing is left beside.

    What the vault has got by then is used when the import is repeated (第十九条: the vault comes first).
    """

    def outside_vault() -> dict[str, bytes]:
        return {name: data for name, data in files(tmp_path).items() if not name.startswith("库-vault/")}

    blocked = repository.write("cases/2026/11/19", "not a folder")
    rows = [
        message(str(n), 留言时间=f"2026-11-{n} 09:00:00", 内容=f"第{n}日的留言正文，各不相同。") for n in range(15, 21)
    ]
    plan = plan_rows(repository, tmp_path, *rows, message("9", 留言时间="?"))
    assert 6 == len(plan.taken)
    before = outside_vault()
    with pytest.raises(HuiyinError, match="HY906"):
        commit(plan, repository.root, tmp_path / "导出.rejects.csv")
    assert before == outside_vault()
    blocked.unlink()
    commit(plan, repository.root, tmp_path / "导出.rejects.csv")
    written = outside_vault().keys() - before.keys()
    assert 6 + 1 == len(written)
    assert "导出.rejects.csv" in written


def test_an_interrupt_in_the_middle_leaves_nothing(repository: Repository, tmp_path: Path) -> None:
    """A real SIGINT while the third row is being read."""

    def interrupt(row: int, _total: int | None) -> None:
        if row == 3:
            signal.raise_signal(signal.SIGINT)

    rows = [message(str(n)) for n in range(9)]
    path = write_csv(tmp_path / "导出.csv", [PEOPLE, *rows])
    before = files(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        plan_of(repository, path, progress=interrupt)
    assert before == files(tmp_path)


def test_progress_is_told_of_every_row(repository: Repository, tmp_path: Path) -> None:
    """Rows, the header not counted, and about how many there are."""
    told: list[tuple[int, int | None]] = []
    plan_rows(repository, tmp_path, message("1"), message("2"), progress=lambda row, total: told.append((row, total)))
    assert [(2, 3), (3, 3)] == told


def test_cases_recorded_by_hand_are_known_too(repository: Repository, tmp_path: Path) -> None:
    """An import finds duplicates of what clerks entered with ``huiyin new``."""
    story = Story(received="2026-11-16 09:00", facts={"body": BODY})
    repository.add(story)
    plan = plan_rows(repository, tmp_path, message(内容=f" {BODY[:9]} {BODY[9:]}"))
    assert [("people-1001", story.case().id)] == plan.duplicates
    assert FolderSource(repository.root).list("cases/")
