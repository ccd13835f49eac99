"""What the gate says of a proposal that changes the calendar: every open case whose due date moves (design §4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from huiyin import calendar_change
from huiyin.calendar_change import CalendarChange, find_calendar_change
from huiyin.forge.calendar_notice import describe_calendar
from huiyin.forge.rendering import LIMIT, render
from huiyin.gate import Verdict
from huiyin.model.pull import ChangeSet
from huiyin.repo.base import load_base
from huiyin.repo.changes import find_changes
from huiyin.repo.workspace import open_workspace
from huiyin.reports.moves import Move
from huiyin.rules.deadlines import ClockKind
from huiyin.sweeping import sweep
from tests.cases import PROJECT, Story, rulebook
from tests.forge.scene import KINDS, Scene, files_of, scene
from tests.repository import NOW
from tests.trees import File, Files, Trees, shipped

MOMENT = datetime.fromisoformat(NOW)
CALENDAR = "rules/calendar.yaml"
LOCK = "requirements.lock"
OPEN = Story("2026-11-16 08:00", reference="1").assigned("2026-11-16 10:00", "linxia").claimed("2026-11-16 11:00")
ELSEWHERE = Story("2026-11-16 08:00", reference="2").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
CLOSED = Story("2026-11-12 08:00", reference="3").assigned("2026-11-12 10:00", "linxia").claimed("2026-11-12 11:00")
CLOSED.answered("2026-11-13 10:00").published("2026-11-14 10:00")
MOVED = Move("people-1", "linxia", ClockKind.HANDLING, "2026-11-26", "2026-11-25")


def without_holiday() -> bytes:
    """The shipped calendar with 临夏州庆 in December instead of November."""
    text = (PROJECT / CALENDAR).read_text(encoding="utf-8")
    changed = text.replace("month: 11", "month: 12")
    assert changed != text
    return changed.encode()


def case_files(*stories: Story) -> dict[str, File]:
    """The files of cases."""
    return {path: File(data) for story in stories for path, data in files_of(story).items()}


def change(tmp_path: Path, base: Files, **changed: bytes | None) -> CalendarChange | None:
    """What a commit does that changes a calendar or a lock on a main of these files."""
    trees = Trees(tmp_path / "record.git")
    start = trees.commit({**shipped(), **base})
    names = {"calendar": CALENDAR, "lock": LOCK, "units": "rules/units.yaml"}
    files = {**shipped(), **base} | {names[name]: File(data) for name, data in changed.items() if data is not None}
    for name, data in changed.items():
        if data is None:
            del files[names[name]]
    head = trees.commit(files, start)
    known = load_base(trees.root, start)
    return find_calendar_change(trees.root, known, find_changes(trees.root, start, head, known.schema), head, MOMENT)


def said(found: CalendarChange | None) -> str:
    """The part of the comment."""
    assert found is not None
    return "\n\n".join(describe_calendar(found, rulebook().registry))


def test_each_open_case_whose_date_moves_is_named(tmp_path: Path) -> None:
    """第十三条: the one of the place concerned, and neither one elsewhere nor one that is closed."""
    found = change(tmp_path, case_files(OPEN, ELSEWHERE, CLOSED), calendar=without_holiday())
    assert CalendarChange((MOVED,), checked=2) == found
    assert "- `people-1`（临夏回族自治州，办理）：2026-11-26 → 2026-11-25" in said(found)
    assert "演示" not in said(found)


def test_a_calendar_that_moves_nothing_says_so(tmp_path: Path) -> None:
    """That all was looked at is worth knowing."""
    text = (PROJECT / CALENDAR).read_bytes() + b"# demo\n"
    assert "检查了1件未办结留言，期限都不变" in said(change(tmp_path, case_files(ELSEWHERE), calendar=text))


def test_other_changes_have_no_such_part(tmp_path: Path) -> None:
    """Nothing is read for them."""
    units = (PROJECT / "rules/units.yaml").read_bytes() + b"# demo\n"
    assert change(tmp_path, case_files(OPEN), units=units) is None


@pytest.mark.parametrize("data", [b"national: [\n", b"national: 7\n", b"a: 1\n" * 100_000, None])
def test_a_calendar_that_cannot_be_read_stops_nothing(tmp_path: Path, data: bytes | None) -> None:
    """The verdict says what is wrong with it; the comment says that nobody can tell what would move."""
    found = change(tmp_path, case_files(OPEN), calendar=data)
    assert found is not None
    assert (None, True) == (found.moves, bool(found.problems))
    assert "新的日历不能用" in said(found)


def test_a_case_of_main_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    """It is nobody's fault who changes the calendar."""
    broken = {"cases/2026/11/16/people-9.yaml": File(b"id: [\n")}
    found = change(tmp_path, {**case_files(OPEN), **broken}, calendar=without_holiday())
    assert CalendarChange((MOVED,), checked=1) == found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"chinesecalendar==1.11.0 \\\n    --hash=x\n", b"chinesecalendar==1.12.0 \\\n", ("1.11.0", "1.12.0")),
        (b"chinesecalendar==1.11.0\n", b"chinesecalendar==1.11.0\nclick==9\n", None),
        (b"click==8\n", b"click==9\nchinesecalendar==1.12.0\n", ("", "1.12.0")),
        (b"chinesecalendar==1.11.0\n", b"chinesecalendar==`$(id)`\n", ("1.11.0", "")),
    ],
)
def test_another_version_of_the_package_is_named(
    tmp_path: Path, old: bytes, new: bytes, expected: tuple[str, str] | None
) -> None:
    """Trusted code cannot run it; it says who can."""
    found = change(tmp_path, {LOCK: File(old), **case_files(OPEN)}, lock=new)
    assert expected == (found.package if found else None)
    if expected:
        assert ".ci/compare-dates" in said(found)
        assert f"chinesecalendar：{expected[0] or '没有'} → {expected[1] or '没有'}" in said(found)


def test_only_the_newest_cases_are_read_of_a_huge_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever proposes calendars must not keep the gate busy; that some were left out is said."""
    monkeypatch.setattr(calendar_change, "MOST_CASES", 1)
    later = Story("2026-11-17 08:00", reference="4").assigned("2026-11-17 10:00", "linxia")
    found = change(tmp_path, case_files(OPEN, later), calendar=without_holiday())
    assert found is not None
    assert (False, 1, {"people-4"}) == (found.all_checked, found.checked, {m.case_id for m in found.moves or ()})
    assert "只看了最近收到的" in said(found)


def test_a_comment_with_very_many_moves_fits() -> None:
    """Whole blocks are left out, and that is said."""
    moves = tuple(Move(f"people-{n}", "lanzhou", ClockKind.HANDLING, "2026-11-26", "2026-11-25") for n in range(3000))
    verdict = Verdict("a" * 40, "governance", (), (), ())
    changes = ChangeSet((), (CALENDAR,), ())
    text = render(verdict, changes, rulebook(), {}, MOMENT, calendar=CalendarChange(moves, 3000))
    assert len(text) <= LIMIT
    assert "有3000项期限随之改变" in text
    assert "段从略" in text


@pytest.fixture(params=KINDS)
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """Two open cases on main, on each forge."""
    with scene(request.param, tmp_path, OPEN, ELSEWHERE) as found:
        yield found


def test_the_gates_comment_lists_them(stage: Scene) -> None:
    """A proposal of a new calendar is answered by trusted code with the cases concerned, and is not merged for that."""
    user = stage.person("lanzhou.clerk")
    stage.world.push(user, "calendar", {CALENDAR: without_holiday()})
    pull = stage.world.open(user, "calendar")
    remote, key = str(stage.world.bare), str(stage.key)
    with open_workspace(stage.world.bare, remote, key) as workspace:
        [swept] = sweep(stage.connect(), workspace, lambda: stage.clock, key=key)
    assert swept.merged is None
    [comment] = pull.comments
    assert "**日历变动：有1项期限随之改变**" in comment.body
    assert "`people-1`（临夏回族自治州，办理）：2026-11-26 → 2026-11-25" in comment.body
