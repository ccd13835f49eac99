"""The charts of the monthly summary (第十七条), as PNG and SVG, the same bytes for the same figures and font.

They can be told apart in grey print: by darkness and hatching, never by colour alone; every bar has its number.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from huiyin.publish.statistics import rate_text
from huiyin.reports.chart_fonts import find_font
from huiyin.reports.indicators import BY_KEY, value_text
from huiyin.reports.monthly import Comparison, MonthlySummary
from huiyin.reports.stats import Dimension

MOST_ROWS = 40
"""Bars of a chart; what is beyond stands in the tables."""
DARK: dict[str, Any] = {"color": "#12406f", "edgecolor": "black"}
MIDDLE: dict[str, Any] = {"color": "#8fb8dc", "edgecolor": "black"}
LIGHT: dict[str, Any] = {"color": "#f0f0f0", "edgecolor": "black"}
HATCHED: dict[str, Any] = {"color": "white", "edgecolor": "#b2182b", "hatch": "////"}
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "huiyin",
    "svg.fonttype": "path",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": False,
    "hatch.linewidth": 0.8,
    "font.size": 10,
    "figure.dpi": 100,
}
_WIDTH = 9.0  # inches


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture.

    Args:
        name: of its files, without extension.
        title: Chinese, with the unit of what is shown.
        png, svg: the same picture twice.
    """

    name: str
    title: str
    png: bytes
    svg: bytes


def draw_charts(summary: MonthlySummary, font: Path | None = None) -> tuple[Chart, ...]:
    """Draw what there is to be shown; a chart without a single bar is left out.

    Args:
        font: a file to be used instead of the fonts that are installed.

    Raises:
        HuiyinError: HY892, there is no font with Chinese characters.
    """
    family = find_font(font)
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE | {"font.family": [family, "DejaVu Sans"]})
        return tuple(_draw_all(summary))


def _draw_all(summary: MonthlySummary) -> Iterator[Chart]:
    month = summary.month.title
    if any(line.figures.valid for _, line in summary.trend):
        yield _finish("1-各月办理情况", f"截至{month}的13个月办理情况", _trend(summary), summary)
    for name, heading, dimension in (
        ("2-各单位办理情况", "各承办单位有效留言的办理情况（件）", Dimension.UNIT),
        ("3-各主题办理情况", "各主题有效留言的办理情况（件）", Dimension.TOPIC),
    ):
        rows = [r for r in summary.table(dimension).rows if r.current.figures.valid]
        if rows:
            yield _finish(name, f"{month}{heading}", _states(rows), summary)
    if summary.total.current.figures.closed:
        yield _finish("4-办理用时", f"{month}收到的留言办理用时（工作日）", _days_used(summary), summary)


def _trend(summary: MonthlySummary) -> Figure:
    """Counts above, rates below, month by month."""
    figure = Figure(figsize=(_WIDTH, 6.2))
    counts, rates = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": (3, 2)})
    places = range(len(summary.trend))
    figures = [line.figures for _, line in summary.trend]
    for offset, look, label, values in (
        (-0.2, MIDDLE, "有效留言", [f.valid for f in figures]),
        (0.2, DARK, "已办结", [f.closed for f in figures]),
    ):
        bars = counts.bar([p + offset for p in places], values, 0.38, label=label, **look)
        counts.bar_label(bars, padding=2, fontsize=8)
    counts.set_ylabel("件")
    counts.yaxis.set_major_locator(MaxNLocator(integer=True))
    counts.margins(y=0.15)
    _legend(counts, 2)
    for key, style, above in (("reply_rate", "o-", True), ("on_time_rate", "s--", False)):
        found = [BY_KEY[key].value(line) for _, line in summary.trend]
        color = "#12406f" if above else "#b2182b"
        # A month without a rate is a gap in the line.
        heights = [float("nan") if rate is None else 100 * rate for rate in found]
        rates.plot(places, heights, style, color=color, label=BY_KEY[key].title)
        if found[-1] is not None:
            where, shift = (places[-1], heights[-1]), (6, 5 if above else -11)
            rates.annotate(rate_text(found[-1]), where, shift, textcoords="offset points", fontsize=8)
    rates.set_ylim(0, 108)
    rates.set_ylabel("%")
    rates.grid(axis="y", linewidth=0.4)
    _legend(rates, 2)
    rates.set_xlim(-0.6, len(summary.trend) - 0.2)
    rates.set_xticks(list(places), [f"{p.month.year}年\n{p.month.number}月" for p, _ in summary.trend], fontsize=8)
    return figure


def _states(rows: Sequence[Comparison]) -> Figure:
    """What became of the valid messages of each row: on time, late, not due yet; together they are all of them."""
    shown = rows[:MOST_ROWS]
    figure = Figure(figsize=(_WIDTH, 1.9 + 0.3 * len(shown)))
    axes = figure.subplots()
    left = [0] * len(shown)
    parts: tuple[tuple[str, dict[str, Any], Callable[[Comparison], int]], ...] = (
        ("按期办结", DARK, lambda r: r.current.figures.on_time),
        ("逾期", HATCHED, lambda r: r.current.figures.late),
        ("办理中、未逾期", LIGHT, lambda r: r.current.figures.valid - r.current.figures.due),
    )
    for label, look, value in parts:
        widths = [value(row) for row in shown]
        bars = axes.barh(range(len(shown)), widths, 0.66, left, label=label, **look)
        for bar, width in zip(bars, widths, strict=True):
            if width:
                box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0} if look is HATCHED else None
                color = "white" if look is DARK else "black"
                middle = (bar.get_x() + width / 2, bar.get_y() + bar.get_height() / 2)
                axes.text(*middle, str(width), ha="center", va="center", fontsize=8, color=color, bbox=box)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    for place, (row, end) in enumerate(zip(shown, left, strict=True)):
        f = row.current.figures
        rate = f"{rate_text(f.on_time_rate)}（{f.on_time}/{f.due}）" if f.due else "—"
        axes.text(end, place, f"  按期办结率 {rate}", va="center", fontsize=8)
    axes.set_yticks(range(len(shown)), [r.name for r in shown], fontsize=9)
    axes.invert_yaxis()
    axes.margins(x=0.34, y=0.5 / max(len(shown), 4))
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("件" + (f"（另有{len(rows) - MOST_ROWS}行见表）" if len(rows) > MOST_ROWS else ""))
    _legend(axes, 3)
    return figure


def _days_used(summary: MonthlySummary) -> Figure:
    """Median and 90th percentile by class and by channel."""
    rows = [
        row
        for dimension in (Dimension.COMPLEXITY, Dimension.CHANNEL)
        for row in summary.table(dimension).rows
        if row.current.figures.closed
    ]
    rows = [summary.total, *rows]
    figure = Figure(figsize=(_WIDTH, 1.9 + 0.55 * len(rows)))
    axes = figure.subplots()
    for offset, look, key in ((-0.19, DARK, "median_days"), (0.19, MIDDLE, "p90_days")):
        indicator = BY_KEY[key]
        values = [indicator.value(row.current) or 0 for row in rows]
        bars = axes.barh([p + offset for p in range(len(rows))], values, 0.36, label=indicator.title, **look)
        axes.bar_label(bars, [value_text(indicator, v) for v in values], padding=3, fontsize=8)
    axes.set_yticks(range(len(rows)), [f"{r.name}\n（{r.current.figures.closed}件）" for r in rows], fontsize=9)
    axes.invert_yaxis()
    axes.margins(x=0.08)
    axes.set_xlabel("工作日")
    _legend(axes, 2)
    return figure


def _legend(axes: Axes, columns: int) -> None:
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=columns, frameon=False, fontsize=9, borderaxespad=0.2)


def _finish(name: str, title: str, figure: Figure, summary: MonthlySummary) -> Chart:
    """Title, source and both forms."""
    figure.suptitle(title, fontsize=13, x=0.01, ha="left")
    source = f"截至 {summary.as_of:%Y-%m-%d %H:%M}（北京时间）；{summary.revision.label}"
    figure.text(0.01, 0.008, source, fontsize=7.5, color="#333333")
    height = figure.get_figheight()
    figure.tight_layout(rect=(0, 0.24 / height, 1, 1 - 0.12 / height))
    png = _bytes(FigureCanvasAgg(figure), "png", {"Software": None})
    svg = _bytes(FigureCanvasSVG(figure), "svg", {"Date": None, "Creator": None, "Title": title})
    return Chart(name, title, png, svg)


def _bytes(canvas: FigureCanvasAgg | FigureCanvasSVG, form: str, metadata: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    canvas.figure.savefig(out, format=form, dpi=150, metadata=metadata)
    return out.getvalue()
