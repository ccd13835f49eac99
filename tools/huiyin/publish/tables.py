"""The tables of the statistics page: rows in a fixed order, each with the list of the cases that it counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from huiyin.model.case import Channel
from huiyin.model.event import Complexity
from huiyin.publish.addresses import (
    STATISTICS_FILES,
    channel_address,
    complexity_address,
    month_address,
    topic_address,
    unit_address,
)
from huiyin.publish.counting import Counts
from huiyin.publish.pages import Row, Table
from huiyin.publish.statistics import Figures
from huiyin.rules.registry import Registry


def find_tables(
    counts: Counts, registry: Registry, topics: Sequence[str], listed: Collection[str]
) -> tuple[Table, ...]:
    """The figures by month, unit, channel, topic and kind; keys under which nothing was received have no row.

    Args:
        topics: in the order of their rows.
        listed: addresses of the lists that hold at least one case.
    """

    def table(
        table_id: str,
        caption: str,
        heading: str,
        figures: Mapping[str, Figures],
        order: Iterable[str],
        name: Callable[[str], str],
        address: Callable[[str], str | None],
    ) -> Table:
        rows = []
        for key in order:
            if key in figures:
                link = address(key)
                rows.append(Row(key, name(key), link if link in listed else None, figures[key]))
        return Table(table_id, caption, heading, tuple(rows), table_path(table_id))

    months = counts.months()
    return (
        table("by-month", "按收到留言的月份", "月份", months, sorted(months, reverse=True), month_name, month_address),
        table("by-unit", "按承办单位", "单位", counts.by("unit"), registry.units, registry.name_of, unit_address),
        table("by-channel", "按渠道", "渠道", counts.by("channel"), Channel, channel_name, channel_address),
        table("by-topic", "按主题", "主题", counts.by("topic"), topics, str, topic_address),
        table("by-kind", "按类别", "类别", counts.by("kind"), Complexity, complexity_name, complexity_address),
    )


def table_path(table_id: str) -> str:
    """The CSV behind a table: ``data/statistics/by-unit.csv``."""
    return f"{STATISTICS_FILES}{table_id}.csv"


def month_name(month: str) -> str:
    """2026年11月 for ``2026-11``."""
    year, _, number = month.partition("-")
    return f"{year}年{int(number)}月"


def channel_name(channel: str) -> str:
    """The official name of a channel."""
    return Channel(channel).label


def complexity_name(complexity: str) -> str:
    """一般留言、复杂留言 or 重要留言 (第十三条)."""
    return f"{Complexity(complexity).label}留言"
