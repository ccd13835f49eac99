"""``huiyin stats``."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from huiyin.cli.cases import Replays
from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import Place, as_of_option, format_option, rev_option, root_option
from huiyin.model.problem import Problem, UsageError

if TYPE_CHECKING:
    from huiyin.reports.stats import Window

DIMENSIONS = ("unit", "dispatcher", "channel", "topic", "complexity", "month")


class _Day(click.ParamType[date]):
    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Parse 2026-10-01."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value).strip())
        except ValueError:
            self.fail(f"“{value}”不是日期；应写成如 2026-10-01 的样子。", param, ctx)


class _Listed(click.ParamType[str]):
    """A figure that has a list, by its key or its Chinese title."""

    name = "指标"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Give the key."""
        from huiyin.reports.indicators import LISTS

        text = str(value).strip()
        found = next((key for key, indicator in LISTS.items() if text in (key, indicator.title)), None)
        if found is None:
            self.fail(f"没有“{text}”的名单；可用：{'、'.join(i.title for i in LISTS.values())}。", param, ctx)
        return found


@chinese_command("stats")
@click.option(
    "--by", type=click.Choice(DIMENSIONS), help="按承办单位、交办单位、渠道、主题、类别或月份分列；默认只列合计。"
)
@click.option("--month", help="只看某月，如 2026-10：当月收到的留言，当月发生的公开、退回、延期和改派。")
@click.option("--from", "first", type=_Day(), help="只看自某日起（含），如 2026-10-01。")
@click.option("--to", "last", type=_Day(), help="只看到某日止（含）。")
@click.option("--list", "listed", type=_Listed(), help="列出某项指标所计的留言编号，如 已办结、逾期、退回重办。")
@rev_option
@root_option
@as_of_option
@format_option("text", "json", "csv")
def command(
    by: str | None,
    month: str | None,
    first: date | None,
    last: date | None,
    listed: str | None,
    rev: str | None,
    root: Path,
    now: datetime,
    output: str,
) -> int:
    """统计：有效留言、已办结、回复率、按期办结率、办理用时、满意率，退回、延期和改派。

    各项指标与网站、月度汇总同一口径；0件之中的比率写作“—”。只列编号，不列标题和正文（第十九条）。
    """
    from huiyin.cli.stats_output import Shown
    from huiyin.repo.revision import read_revision
    from huiyin.reports.stats import Dimension, survey

    if by is not None and listed is not None:
        raise UsageError(Problem("HY920", "选项“--list”不能与 --by 同用；名单中已有单位、渠道、主题和类别各栏。"))
    window = _window(month, first, last)
    place = Place(root, rev)
    replays = Replays(place, now)
    population = survey(replays, place.rulebook, window)
    shown = Shown(place, read_revision(root, rev), now, window, population)
    if listed is not None:
        shown.print_list(listed, output)
    else:
        shown.print_figures(Dimension(by) if by else None, output)
    return replays.exit_code


def _window(month: str | None, first: date | None, last: date | None) -> Window:
    from huiyin.reports.monthly_periods import parse_month
    from huiyin.reports.stats import Window

    if month is not None:
        if first or last:
            raise UsageError(Problem("HY920", "选项“--month”不能与 --from、--to 同用。"))
        return parse_month(month).window
    if first and last and first > last:
        raise UsageError(Problem("HY920", f"起始日期{first}晚于截止日期{last}。"))
    return Window(first, last)
