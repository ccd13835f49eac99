"""Every figure of the reports with its Chinese title, unit and list of cases: the one table that outputs go by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from huiyin.publish.definitions import define
from huiyin.publish.statistics import Figure, rate_text
from huiyin.reports.stats import Act, Line
from huiyin.rules.procedure import Procedure


class Kind(StrEnum):
    """What a figure is: a number of cases, a number of acts, a rate between 0 and 1, or working days."""

    CASES = "件"
    ACTS = "件次"
    RATE = "%"
    DAYS = "工作日"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure.

    Args:
        key: its name in JSON; for figures with a list, that of the list too.
        short: a title for narrow tables.
        value: its number in a row; None where nothing was to be counted.
        behind: the list of cases that it is counted from; for rates, that of the denominator.
        part: for rates, the list of the numerator.
    """

    key: str
    title: str
    short: str
    kind: Kind
    value: Callable[[Line], float | None]
    behind: Figure | Act
    part: Figure | None = None


def _cases(figure: Figure, title: str, short: str) -> Indicator:
    return Indicator(figure.value, title, short, Kind.CASES, lambda line: _number(line, figure), figure)


def _acts(act: Act, title: str, short: str) -> Indicator:
    return Indicator(act.value, title, short, Kind.ACTS, lambda line: line.acts[act], act)


def _number(line: Line, figure: Figure) -> int:
    return int(getattr(line.figures, figure.value))


INDICATORS: Sequence[Indicator] = (
    _cases(Figure.RECEIVED, "收到", "收到"),
    _cases(Figure.PENDING, "待审核", "待审核"),
    _cases(Figure.DECLINED, "不予受理", "不受理"),
    _cases(Figure.WITHDRAWN, "留言人撤回", "撤回"),
    _cases(Figure.VALID, "有效留言", "有效"),
    _cases(Figure.CLOSED, "已办结", "办结"),
    _cases(Figure.OPEN, "尚未办结", "未办结"),
    Indicator("reply_rate", "回复率", "回复率", Kind.RATE, lambda x: x.figures.reply_rate, Figure.VALID, Figure.CLOSED),
    _cases(Figure.DUE, "应办结", "应办结"),
    _cases(Figure.ON_TIME, "按期办结", "按期"),
    _cases(Figure.LATE, "逾期", "逾期"),
    Indicator(
        "on_time_rate", "按期办结率", "按期率", Kind.RATE, lambda x: x.figures.on_time_rate, Figure.DUE, Figure.ON_TIME
    ),
    Indicator("median_days", "办理用时中位数", "用时中位", Kind.DAYS, lambda x: x.figures.median_days, Figure.CLOSED),
    Indicator("p90_days", "办理用时第90百分位数", "用时九成", Kind.DAYS, lambda x: x.figures.p90_days, Figure.CLOSED),
    _cases(Figure.RATED, "已评价", "评价"),
    _cases(Figure.SATISFIED, "评价满意", "满意"),
    Indicator(
        "satisfaction_rate",
        "满意率",
        "满意率",
        Kind.RATE,
        lambda x: x.figures.satisfaction_rate,
        Figure.RATED,
        Figure.SATISFIED,
    ),
    _acts(Act.PUBLISHED, "公开答复", "公开"),
    _acts(Act.RETURNED, "退回重办", "退回"),
    _acts(Act.EXTENDED, "延期", "延期"),
    _acts(Act.REASSIGNED, "改派", "改派"),
)
"""In the order in which they are shown."""

FEW = 10
"""From so many on a change is given in percent too."""
BY_KEY = {i.key: i for i in INDICATORS}
LISTS = {i.key: i for i in INDICATORS if i.kind in (Kind.CASES, Kind.ACTS)}
"""The figures that have a list of cases of their own."""


def text(indicator: Indicator, line: Line) -> str:
    """A figure as people read it: 12, 85.7%, 3.5, or — where there was nothing to count."""
    return value_text(indicator, indicator.value(line))


def value_text(indicator: Indicator, value: float | None) -> str:
    """The same for a number of that kind."""
    if indicator.kind is Kind.RATE:
        return rate_text(value)
    if value is None:
        return "—"
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"


def fraction(indicator: Indicator, line: Line) -> str:
    """For a rate, the two numbers behind it, such as 6/7; else, and where there was nothing to count, nothing."""
    if indicator.part is None or not isinstance(indicator.behind, Figure) or indicator.value(line) is None:
        return ""
    return f"{_number(line, indicator.part)}/{_number(line, indicator.behind)}"


def change(indicator: Indicator, now: Line, before: Line) -> str:
    """The change of a figure: +3（+12.5%）, +3.2个百分点, +0.5; — where one of the two has nothing to compare.

    Of less than ``FEW`` no percentage is given: from two to five is no news of +150 %.
    """
    new, old = indicator.value(now), indicator.value(before)
    if new is None or old is None:
        return "—"
    if indicator.kind is Kind.RATE:
        points = round(100 * (new - old), 1) + 0.0
        return f"{points:+.1f}个百分点" if points else "持平"
    if new == old:
        return "持平"
    if indicator.kind is Kind.DAYS:
        return f"{new - old:+g}"
    return f"{int(new - old):+d}" + (f"（{(new - old) / old:+.1%}）" if old >= FEW else "")


def definitions(procedures: Sequence[Procedure]) -> tuple[tuple[str, str], ...]:
    """(name, meaning) of each figure: those of the site in its words, then those that only reports have."""
    return (
        *define(procedures),
        ("待审核", "收到而尚未交办，也没有不予受理的留言（第九条（一）），按收到月份归月。"),
        ("不予受理", "审核后不予受理的留言（第三至五条、第十条（一）、第十二条），按收到月份归月。"),
        ("留言人撤回", "留言人撤回的留言，按收到月份归月。"),
        ("尚未办结", "有效留言中还没有办结的，按收到月份归月。"),
        ("逾期", "有效留言中逾期办结的，加上尚未办结而已经逾期的；即应办结减按期办结。按收到月份归月。"),
        (
            "公开答复",
            "当月公开的答复，按公开之日归月，不论留言何时收到；退回后再次公开的，再计一次（第九条（三）（四）、第十条（二）、第十二条）。",
        ),
        (
            "退回重办",
            "当月退回承办单位重新办理的，按退回之日归月，记在当时的承办单位；一件退回几次计几次（第二十一条）。",
        ),
        ("延期", "当月经交办单位同意延期的，按同意之日归月，记在当时的承办单位（第十六条）。"),
        ("改派", "当月由一个单位改派到另一个单位的，按改派之日归月，记在原承办单位（第二条、第九条（一））。"),
        (
            "月份",
            "一律按北京时间的日期归月。回复率、按期办结率、用时和满意率都只看当月收到的留言，办结可以在以后各月。",
        ),
    )
