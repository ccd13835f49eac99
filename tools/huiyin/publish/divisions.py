"""The ways in which all cases are divided into lists: by unit, month, topic, channel and kind. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from huiyin.model.case import Channel
from huiyin.model.event import Complexity
from huiyin.model.unit import UnitKind
from huiyin.publish import addresses, tables
from huiyin.publish.gather import Gathered
from huiyin.publish.head import Head
from huiyin.publish.pages import Entry
from huiyin.publish.statistics import Figures, summarise
from huiyin.rules.registry import PUBLISHING_KINDS


@dataclass(frozen=True, slots=True)
class Part:
    """One list of a division: its published cases, and the figures of all its cases."""

    name: str
    address: str
    heading: str
    cases: Sequence[Head]
    figures: Figures

    @property
    def entry(self) -> Entry:
        """The link to it."""
        return Entry(self.name, self.address, len(self.cases))


@dataclass(frozen=True, slots=True)
class Division:
    """One way to divide all cases.

    Args:
        groups: (title, parts) in the order of the index; a group without a title is the only one.
        by_publication: its lists are archived by the month of publication, so that they can grow for ever.
    """

    address: str
    heading: str
    lead: str
    groups: tuple[tuple[str, tuple[Part, ...]], ...]
    by_publication: bool = True

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of all groups."""
        return tuple(part for _, group in self.groups for part in group)


def by_unit(gathered: Gathered) -> Division:
    """第七条: every unit that publishes, in groups of its kind, those without a reply too."""
    make = _maker(gathered, lambda c: (c.unit,), gathered.counts.by("unit"))
    units = gathered.rulebook.registry.units.values()
    lead = "市（州）政府、兰州新区管委会和省政府各部门办理的留言（第七条），数字为已公开答复的件数。"
    groups = (
        (
            kind.label,
            tuple(make(u.id, u.name, addresses.unit_address(u.id), f"{u.name}的答复") for u in units if u.kind is kind),
        )
        for kind in UnitKind
        if kind in PUBLISHING_KINDS
    )
    return Division(addresses.UNITS, "按单位查看", lead, tuple(groups))


def by_month(gathered: Gathered) -> Division:
    """By the month received, newest first, in groups of years; months without a published case have no list."""
    make = _maker(gathered, lambda c: (c.received[:7],), gathered.counts.months())
    years: dict[str, list[Part]] = defaultdict(list)
    for month in sorted({m.name for m in gathered.months if m.heads}, reverse=True):
        name = tables.month_name(month)
        years[f"{month[:4]}年"].append(make(month, name, addresses.month_address(month), f"{name}收到的留言"))
    lead = "按收到留言的月份排列，数字为其中已公开答复的件数。"
    groups = tuple((year, tuple(parts)) for year, parts in years.items())
    return Division(addresses.MONTHS, "按月份查看", lead, groups, by_publication=False)


def by_topic(gathered: Gathered, topics: Iterable[str]) -> Division:
    """By topic, in the order of the rules; a case may have several."""
    make = _maker(gathered, lambda c: c.topics, gathered.counts.by("topic"))
    parts = tuple(make(t, t, addresses.topic_address(t), f"主题：{t}") for t in topics)
    lead = "一件留言可以有几个主题，数字为已公开答复的件数。"
    return Division(addresses.TOPICS, "按主题查看", lead, (("", parts),))


def by_channel(gathered: Gathered) -> Division:
    """第一条: by where the message was left."""
    make = _maker(gathered, lambda c: (c.channel,), gathered.counts.by("channel"))
    parts = tuple(make(c, c.label, addresses.channel_address(c), f"来自{c.label}的留言") for c in Channel)
    lead = "留言的来源（第一条），数字为已公开答复的件数。"
    return Division(addresses.CHANNELS, "按渠道查看", lead, (("", parts),))


def by_complexity(gathered: Gathered) -> Division:
    """第十三条: by the class that fixes the time limit."""
    make = _maker(gathered, lambda c: (c.complexity,), gathered.counts.by("kind"))
    names = {c: tables.complexity_name(c) for c in Complexity}
    parts = tuple(make(c, name, addresses.complexity_address(c), name) for c, name in names.items())
    lead = "类别决定办理时限（第十三条），数字为已公开答复的件数。"
    return Division(addresses.COMPLEXITIES, "按类别查看", lead, (("", parts),))


def _maker(
    gathered: Gathered, shown: Callable[[Head], Iterable[str]], figures: Mapping[str, Figures]
) -> Callable[[str, str, str, str], Part]:
    """A function that makes the part of a key from its name, address and heading.

    Args:
        shown: the keys under which a published case is listed.
        figures: of all cases that are counted under a key; a published one is listed under the same.
    """
    cases: Mapping[str, list[Head]] = defaultdict(list)
    for case in gathered.heads:
        for key in shown(case):
            cases[key].append(case)

    def make(key: str, name: str, address: str, heading: str) -> Part:
        return Part(name, address, heading, cases.get(key, ()), figures.get(key) or summarise(()))

    return make
