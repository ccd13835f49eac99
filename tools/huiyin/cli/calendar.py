"""``huiyin calendar``; its subcommands stand in ``calendar_due.py`` and ``calendar_diff.py``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from huiyin.cli import calendar_diff, calendar_due
from huiyin.cli.cases import find_unit
from huiyin.cli.chinese import ChineseGroup
from huiyin.cli.options import Place, as_of_option, find_root, format_option, root_if_given_option
from huiyin.cli.output import print_json, print_table
from huiyin.model.problem import Problem, UsageError
from huiyin.rules.calendar import WEEKEND, Day, WorkingDays

FIRST_YEAR, LAST_YEAR = 2000, 2100


class CalendarGroup(ChineseGroup):
    """The options of ``calendar`` hold for its subcommand too, whether they stand before or behind its name."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Hand on the options that were written; those behind the subcommand come later, and so win."""
        name, found, rest = super().resolve_command(ctx, args)
        given: list[str] = []
        for option in self.params:
            if ctx.get_parameter_source(option.name or "") is click.core.ParameterSource.COMMANDLINE:
                if option.name in {"year", "unit_name"}:
                    raise click.UsageError(f"选项“{option.opts[-1]}”不能与 {name} 同用。", ctx)
                value = ctx.params[option.name or ""]
                given += [option.opts[-1], value.isoformat() if isinstance(value, datetime) else str(value)]
        return name, found, [*given, *rest]


@click.group("calendar", cls=CalendarGroup, invoke_without_command=True)
@click.option("--year", type=int, help="年份；默认为当年。")
@click.option("--unit", "unit_name", help="按某单位（含地方假日）显示；默认为全国，并列出有地方假日的地区。")
@root_if_given_option
@as_of_option
@format_option("text", "json")
@click.pass_context
def command(
    ctx: click.Context, year: int | None, unit_name: str | None, root: Path | None, now: datetime, output: str
) -> int:
    """显示一年的工作日：各月天数、放假、调休上班，注明依据；年度放假安排尚未公布的注明暂算。"""
    if ctx.invoked_subcommand is not None:
        return 0
    place = Place(root or find_root(Path.cwd()))
    shown = now.year if year is None else year
    if not FIRST_YEAR <= shown <= LAST_YEAR:
        raise UsageError(Problem("HY920", f"年份应在{FIRST_YEAR}至{LAST_YEAR}之间。"))
    calendar = place.rulebook.calendar
    places: dict[str, WorkingDays] = {"全国": calendar.local(None)}
    if unit_name is not None:
        unit = find_unit(place, unit_name)
        places = {unit.name: calendar.local(unit.local_calendar)}
    else:
        places |= {name: calendar.local(key) for key, name in calendar.places.items()}
    if output == "json":
        print_json({"year": shown, "places": {name: _data(shown, days) for name, days in places.items()}})
        return 0
    _print_year(shown, places)
    return 0


def _year(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def _exceptions(year: int, days: WorkingDays) -> list[Day]:
    """The days that are not what their weekday says, and every named holiday."""
    known = (days.day(d) for d in _year(year))
    return [d for d in known if d.working == (d.date.weekday() >= 5) or (not d.working and d.reason != WEEKEND)]


def _data(year: int, days: WorkingDays) -> dict[str, object]:
    return {
        "published": days.is_published(date(year, 1, 1)),
        "working_days": sum(days.is_working(d) for d in _year(year)),
        "by_month": [sum(days.is_working(d) for d in _year(year) if d.month == m) for m in range(1, 13)],
        "exceptions": [
            {"date": d.date.isoformat(), "working": d.working, "reason": d.reason, "source": d.source}
            for d in _exceptions(year, days)
        ],
    }


def _print_year(year: int, places: dict[str, WorkingDays]) -> None:
    published = next(iter(places.values())).is_published(date(year, 1, 1))
    click.echo(f"{year}年" + ("" if published else "（年度放假安排尚未公布，以下为暂算）"))
    rows = []
    for name, days in places.items():
        by_month = [sum(days.is_working(d) for d in _year(year) if d.month == m) for m in range(1, 13)]
        rows.append((name, *by_month, sum(by_month)))
    print_table("各月工作日", ("地区", *(f"{m}月" for m in range(1, 13)), "全年"), rows)
    shown: set[tuple[date, str]] = set()
    for name, days in places.items():
        exceptions = [d for d in _exceptions(year, days) if (d.date, d.reason) not in shown]
        shown |= {(d.date, d.reason) for d in exceptions}
        if exceptions:
            click.echo()
            print_table(
                f"{name}：放假和调休",
                ("日期", "星期", "安排", "说明", "依据"),
                (
                    (d.date, "一二三四五六日"[d.date.weekday()], "上班" if d.working else "休息", d.reason, d.source)
                    for d in exceptions
                ),
            )


command.add_command(calendar_due.command)
command.add_command(calendar_diff.command)
