"""``huiyin calendar diff``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from huiyin.cli.cases import Replays
from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import Place, as_of_option, format_option, root_option
from huiyin.cli.output import print_json, print_table
from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.reports.wording import due_text

if TYPE_CHECKING:
    from huiyin.reports.moves import Move, Snapshot
    from huiyin.rules.calendar import Calendar
    from huiyin.rules.registry import Registry


@chinese_command("diff")
@click.argument("old", metavar="旧")
@click.argument("new", metavar="新")
@root_option
@as_of_option
@format_option("text", "json", "markdown")
def command(old: str, new: str, root: Path, now: datetime, output: str) -> int:
    """比较两版日历，列出期限因此变动的未办结留言。

    “旧”“新”可以是日历文件（.yaml）的路径，也可以是Git中的版本（提交、分支、标签），取其中的 rules/calendar.yaml；
    还可以同为 calendar due 写出的期限（.json），用于比较两个版本的程序或日历软件包。
    """
    place = Place(root)
    kinds = {Path(text).suffix == ".json" for text in (old, new)}
    if len(kinds) == 2:
        raise UsageError(Problem("HY920", "“旧”“新”须同为期限（.json），或者同为日历。"))
    if True in kinds:
        _print(*_compare_snapshots(Path(old), Path(new)), place.rulebook.registry, output)
        return 0
    from huiyin.reports.moves import find_moves

    before, after = _calendar(old, root), _calendar(new, root)
    replays = Replays(place, now)
    cases = [r.case for r in replays if not r.closed]
    moves = find_moves(cases, place.rulebook, before, after, now)
    _print(now, len(cases), moves, place.rulebook.registry, output)
    return replays.exit_code


def _compare_snapshots(old: Path, new: Path) -> tuple[datetime, int, tuple[Move, ...]]:
    from huiyin.reports.moves import compare

    before, after = _snapshot(old), _snapshot(new)
    if before.as_of != after.as_of:
        times = f"{before.as_of:%Y-%m-%d %H:%M:%S}、{after.as_of:%Y-%m-%d %H:%M:%S}"
        raise HuiyinError(Problem("HY894", f"两个文件的时间不同（{times}），不能比较；请用同一 --as-of。", str(new)))
    return after.as_of, after.cases, compare(before.clocks, after.clocks)


def _snapshot(path: Path) -> Snapshot:
    from huiyin.repo.reasons import reason
    from huiyin.reports.moves import snapshot_from

    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise HuiyinError(Problem("HY904", f"文件不能读取（{reason(error.errno, '读取')}）。", str(path))) from None
    except UnicodeDecodeError:
        text = ""
    return snapshot_from(text, str(path))


def _calendar(text: str, root: Path) -> Calendar:
    from huiyin.repo.git import open_source
    from huiyin.repo.store import CALENDAR_PATH, load_document, load_file
    from huiyin.rules.calendar import Calendar

    path = Path(text)
    if path.suffix in {".yaml", ".yml"} or path.is_file():
        return Calendar.from_data(load_file(path, open_source(root), "calendar"))
    return Calendar.from_data(load_document(open_source(root, text), CALENDAR_PATH, "calendar"))


def _print(now: datetime, checked: int, moves: tuple[Move, ...], registry: Registry, output: str) -> None:
    if output == "json":
        print_json({"as_of": now.isoformat(), "moves": [_move_data(m) for m in moves]})
    elif output == "markdown":
        from huiyin.calendar_change import CalendarChange
        from huiyin.forge.calendar_notice import describe_calendar

        click.echo("\n\n".join(describe_calendar(CalendarChange(moves, checked), registry)))
    elif moves:
        print_table(
            f"期限变动：{len(moves)}项",
            ("编号", "单位", "时限", "原期限", "新期限"),
            ((m.case_id, registry.name_of(m.unit), m.kind.label, due_text(m.old), due_text(m.new)) for m in moves),
        )
    else:
        click.echo(f"检查了{checked}件未办结留言，期限都不变。")


def _move_data(move: Move) -> dict[str, object]:
    return {"id": move.case_id, "unit": move.unit, "clock": move.kind.value, "old": move.old, "new": move.new}
