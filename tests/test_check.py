from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from huiyin.check import CheckReport, check
from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo.git import open_source
from huiyin.repo.source import FolderSource
from tests.cases import Story
from tests.repository import NOW, Repository

PLACE = "cases/2026/11/16/people-90000001.yaml"


def checked(repository: Repository, rev: str | None = None) -> CheckReport:
    """The report on everything at the fixed clock."""
    return check(open_source(repository.root, rev), datetime.fromisoformat(NOW))


def errors(report: CheckReport) -> list[tuple[str, str, int | None]]:
    """(code, path, line) of all errors."""
    return [(p.code, p.path, p.line) for p in report.problems if p.level == "error"]


def test_a_sound_log_has_one_warning(repository: Repository) -> None:
    """第二十四条: the rules have lapsed; said once, however many cases run under them."""
    repository.add(Story().assigned("2026-11-16 10:00"))
    repository.add(Story(reference="90000002"))
    report = checked(repository)
    assert (2, True) == (report.cases, report.ok)
    assert [("HY330", "rules/procedure/gs-2015-115.yaml", "24")] == [
        (p.code, p.path, p.article) for p in report.problems
    ]


def test_every_error_stands_on_its_line(repository: Repository) -> None:
    """The line of a rule's problem is that of the field it is about."""
    path = repository.add(Story().assigned("2026-11-16 10:00").claimed("2026-11-16 09:00"))
    lines = path.read_text(encoding="utf-8").split("\n")
    wrong = next(i for i, line in enumerate(lines, 1) if "09:00:00+08:00" in line and "at:" in line and i > 8)
    assert [("HY302", PLACE, wrong)] == errors(checked(repository))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("channel: people", "channel: peopel", "HY201"),
        ("real_name: true\n", "", "HY201"),
        ("2026-11-16T09:00:00+08:00", "2026-11-16T09:00:00Z", "HY201"),
        ("title: 建议", "title:  建议", "HY112"),
        ("contactable: true", "contactable: true\ncontactable: true", "HY106"),
        ("id: people-90000001", "id: people-90000002", "HY202"),
        ("procedure: gs-2015-115", "procedure: gs-2099-1", "HY401"),
        ("channel: people", "channel: portal", "HY205"),
        ("events: []\n", "events: []\nextra: 1\n", "HY201"),
        ("events: []\n", "duplicate_of: people-1\nevents: []\n", "HY206"),
    ],
)
def test_malformed_file(repository: Repository, old: str, new: str, code: str) -> None:
    """Each way to break a file has its code, and a line where one can be known."""
    path = repository.add(Story())
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = errors(checked(repository))
    assert [(code, PLACE)] == [(c, p) for c, p, _ in found]


def test_dates_that_no_calendar_has(repository: Repository) -> None:
    """30 February passes the pattern and is refused all the same."""
    path = repository.add(Story())
    path.write_text(path.read_text(encoding="utf-8").replace("2026-11-16", "2026-02-30"), encoding="utf-8")
    assert ["HY201"] == [c for c, _, _ in errors(checked(repository))]


def test_same_id_in_two_folders(repository: Repository) -> None:
    """A copy under another day is both a duplicate and out of place."""
    text = repository.add(Story()).read_bytes()
    repository.write("cases/2026/11/17/people-90000001.yaml", text)
    assert {"HY202", "HY203"} == {c for c, _, _ in errors(checked(repository))}


def test_stray_files_and_links(repository: Repository, tmp_path: Path) -> None:
    """Only regular files of cases belong below cases/."""
    repository.add(Story())
    repository.write("cases/2026/11/16/备忘.txt", "临时\n")
    (repository.root / "cases/2026/11/16/people-2.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    assert {"HY204", "HY114"} == {c for c, _, _ in errors(checked(repository))}


def test_a_git_tree_is_checked_without_a_checkout(repository: Repository) -> None:
    """``--rev`` judges the committed tree by its own rules, whatever lies in the folder."""
    path = repository.add(Story())
    good = repository.commit()
    path.write_text("half: [written\n", encoding="utf-8")
    assert [] == errors(checked(repository, good))
    assert ["HY111"] == [c for c, _, _ in errors(checked(repository))]


def test_problems_are_ordered_by_path_and_line(repository: Repository) -> None:
    """The same tree always gives the same report."""
    for n in range(3):
        repository.add(Story(reference=f"9000000{n}").claimed("2026-11-16 10:00").published("2026-11-16 11:00"))
    found = [(p.path, p.line or 0) for p in checked(repository).problems]
    assert sorted(found) == found
    assert checked(repository) == checked(repository)


def test_received_in_the_future(repository: Repository) -> None:
    """A message cannot have come tomorrow."""
    repository.add(Story(received="2026-11-24 09:00"))
    assert ["HY303"] == [c for c, _, _ in errors(checked(repository))]


def test_broken_rules_stop_the_check(repository: Repository) -> None:
    """Nothing can be judged by rules that cannot be read; all their problems are told at once."""
    repository.write("rules/units.yaml", "units: {}\n")
    repository.write("rules/people.yaml", "people: 1\n")
    with pytest.raises(HuiyinError) as caught:
        checked(repository)
    assert {"rules/units.yaml", "rules/people.yaml"} == {p.path for p in caught.value.problems}


def test_names_that_nothing_defines(repository: Repository) -> None:
    """A unit with an unknown local calendar is told; a procedure that names an unknown office judges nothing."""
    units = repository.root / "rules/units.yaml"
    changed = units.read_text(encoding="utf-8").replace("local_calendar: linxia", "local_calendar: linxa")
    units.write_text(changed, encoding="utf-8")
    assert {"HY406"} == {c for c, _, _ in errors(checked(repository))}
    procedure = repository.root / "rules/procedure/gs-2015-115.yaml"
    text = procedure.read_text(encoding="utf-8")
    procedure.write_text(text.replace("office: shengban", "office: nowhere"), encoding="utf-8")
    with pytest.raises(HuiyinError) as caught:
        checked(repository)
    line = next(i for i, words in enumerate(text.splitlines(), 1) if "office: shengban" in words)
    assert [("HY405", line)] == [(p.code, p.line) for p in caught.value.problems]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("opened_by: unit_clerk", "opened_by: nobody"),
        ("until: 2020-08-05", "until: 2010-08-05"),
        ("from: [awaiting_claim, handling, misrouted, returned]\n", "from: [received, handling]\n"),
    ],
)
def test_a_procedure_at_odds_with_itself(repository: Repository, old: str, new: str) -> None:
    """第二十三条: who writes local rules is told what does not fit, by every command, and nothing crashes."""
    path = repository.root / "rules/procedure/gs-2015-115.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    repository.add(Story())
    for command in (("check",), ("deadlines",), ("show", "people-90000001")):
        run = repository.huiyin(*command)
        assert (1, True) == (run.code, "HY405" in run.err), run


def test_ids_that_differ_only_in_case(repository: Repository) -> None:
    """On some disks they are one file."""
    repository.add(Story(reference="AbC"))
    repository.add(Story(reference="abc"))
    assert ["HY203", "HY203"] == [c for c, _, _ in errors(checked(repository))]


def test_local_rules_lie_over_the_provinces(repository: Repository) -> None:
    """第二十三条: a city's own procedure says only what differs, and its cases run under it."""
    repository.write(
        "rules/procedure/lz-demo.yaml",
        "id: lz-demo\ntitle: 兰州市实施细则（演示）\ndocument: 演示〔2026〕1号\nissuer: 兰州市人民政府办公室\n"
        "extends: gs-2015-115\nin_force: {from: 2026-01-01, until: 2030-12-31}\ncomplexities: {simple: {days: 5}}\n",
    )
    repository.add(Story(facts={"procedure": "lz-demo"}).assigned("2026-11-16 10:00"))
    assert [] == list(checked(repository).problems)
    shown = json.loads(repository.huiyin("show", "people-90000001", "--format", "json").out)
    assert "2026-11-23" == shown["clocks"][-1]["due"]


@pytest.mark.parametrize("base", ["gs-1999-1", "lz-demo"])
def test_local_rules_that_rest_on_nothing(repository: Repository, base: str) -> None:
    """第二十三条: ``extends`` names another procedure that exists."""
    repository.write(
        "rules/procedure/lz-demo.yaml",
        f"id: lz-demo\ntitle: 演示\ndocument: 演示\nissuer: 演示\nextends: {base}\n",
    )
    with pytest.raises(HuiyinError, match="HY407"):
        checked(repository)


def test_a_case_before_the_rules_were_in_force(repository: Repository) -> None:
    """第二十四条: history from before 2015-08-05 is kept, with one warning for all of it."""
    repository.add(Story(received="2014-03-03 09:00", facts={"history": True}))
    assert ["HY330", "HY331"] == sorted(p.code for p in checked(repository).problems)


class _Unreadable(FolderSource):
    """A folder in which one file cannot be read; permissions do not stop the user that tests may run as."""

    def read(self, path: str) -> bytes:
        if path.endswith("people-2.yaml"):
            raise HuiyinError(Problem("HY904", "没有读取权限。", path))
        return super().read(path)


def test_one_file_that_cannot_be_read_hides_no_other(repository: Repository) -> None:
    """Design §7: what is wrong with one case stops nobody else's."""
    for reference in ("1", "2", "3"):
        repository.add(Story(reference=reference))
    report = check(_Unreadable(repository.root), datetime.fromisoformat(NOW))
    assert (3, [("HY904", "cases/2026/11/16/people-2.yaml", None)]) == (report.cases, errors(report))
