"""What is written: case numbers, units, dates and articles; never a title, a text or a citizen's name (第十九条)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from huiyin.reminders.notices import Kind, Notice
from huiyin.reminders.plan import Delivery, is_late
from huiyin.reports.wording import due_text
from huiyin.rules.articles import cite_all
from huiyin.rules.deadlines import local_day
from huiyin.rules.registry import Registry

MARK = "催办提醒"
"""Stands in every message: DingTalk and Feishu let a robot be bound to a keyword."""
_NUMERALS = "一二三四五六七八九"


def counts(deliveries: Sequence[Delivery]) -> str:
    """How many of each kind: 逾期2件、将到期1件."""
    by_kind = groupby(deliveries, key=lambda d: d.notice.kind)
    return "、".join(f"{kind.label}{sum(1 for _ in group)}件" for kind, group in by_kind)


def subject(deliveries: Sequence[Delivery], now: datetime) -> str:
    """The subject of a mail."""
    return f"【网民留言{MARK}】{counts(deliveries)}（{local_day(now)}）"


def letter(deliveries: Sequence[Delivery], registry: Registry, now: datetime) -> str:
    """The text of a mail to one person."""
    dispatchers = dict.fromkeys(registry.name_of(d.notice.dispatcher) for d in deliveries)
    documents = "、".join(dict.fromkeys(d.notice.document for d in deliveries))
    return "\n".join(
        [
            f"{deliveries[0].addressee.name}：",
            "",
            f"　　根据{documents}，现将有关网民留言的办理情况告知如下（截至{_moment(now)}，北京时间）：",
            *_lists(deliveries, registry, now),
            "",
            f"　　交办单位：{'、'.join(dispatchers)}",
            "　　留言的内容请凭编号在留言库中查看（huiyin show 编号）。本信由“回音”自动发出，同一事项当日不再重发。",
        ]
    )


def post(deliveries: Sequence[Delivery], registry: Registry, now: datetime) -> str:
    """The text for a group's robot."""
    head = f"网民留言{MARK}：{counts(deliveries)}（截至{_moment(now)}）"
    return "\n".join([head, *_lists(deliveries, registry, now)])


def split(deliveries: Sequence[Delivery], registry: Registry, now: datetime, limit: int) -> Iterator[list[Delivery]]:
    """Cut what goes to one group into as few posts as its robot takes.

    Args:
        limit: bytes of UTF-8 that one post may have.
    """
    part: list[Delivery] = []
    for delivery in deliveries:
        if part and len(post([*part, delivery], registry, now).encode()) > limit:
            yield part
            part = []
        part.append(delivery)
    if part:
        yield part


def _lists(deliveries: Sequence[Delivery], registry: Registry, now: datetime) -> Iterator[str]:
    by_kind = groupby((d.notice for d in deliveries), key=lambda notice: notice.kind)
    for numeral, (kind, group) in zip(_NUMERALS, by_kind, strict=False):
        notices = list(group)
        yield ""
        yield f"{numeral}、{kind.heading}（{len(notices)}件）"
        for number, notice in enumerate(notices, 1):
            yield f"{number}. {_line(notice, registry, now)}"


def _line(notice: Notice, registry: Registry, now: datetime) -> str:
    provisional = "（暂算，该年度放假安排尚未公布）" if notice.provisional else ""
    parts = [notice.case_id, registry.name_of(notice.unit), f"期限{due_text(notice.due)}{provisional}"]
    if notice.kind is not Kind.COPIED and (notice.working_days_late or notice.hours_late):
        late = f"{notice.working_days_late}个工作日" if notice.working_days_late else f"{notice.hours_late}小时"
        parts.append(f"已逾期{late}")
    parts.append("；".join(notice.reasons) or cite_all(notice.articles))
    if is_late(notice, local_day(now)):
        parts.append(f"应于{notice.day}告知，现予补发")
    return "，".join(parts)


def _moment(now: datetime) -> str:
    return f"{now:%Y-%m-%d %H:%M}"
