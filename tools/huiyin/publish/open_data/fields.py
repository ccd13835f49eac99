"""The fields of the open data, by name: the one allow-list of JSON Lines, CSV, Parquet and the data dictionary.

Each reads ``PublicCase``, which is itself an allow-list (第十九、二十条). A test asks that every field of it stands
here, so that a new one is never exported, and never forgotten, by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from huiyin.model.case import SHANGHAI
from huiyin.publish.tables import complexity_name
from huiyin.publish.view import PublicCase


class Kind(StrEnum):
    """Type of a field, the same in every format; the value is the word that the dictionary shows."""

    TEXT = "文本"
    TEXTS = "文本列表"
    WHOLE = "整数"
    TRUTH = "是否"
    DAY = "日期"
    MOMENT = "时间"
    CORRECTIONS = "更正列表"
    STEPS = "经过列表"


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Args:
        name: in every format; never changes once published.
        value: its value; None where the case has none.
        schema: pointer into ``schema/case.schema.json`` for title and meaning, or "" where both stand here.
        optional: whether it may be empty (null).
    """

    name: str
    kind: Kind
    value: Callable[[PublicCase], Any]
    schema: str = ""
    title: str = ""
    meaning: str = ""
    optional: bool = False


def _corrections(case: PublicCase) -> list[dict[str, Any]]:
    return [{"at": _moment(c.at), "reason": c.reason} for c in case.corrections]


def _timeline(case: PublicCase) -> list[dict[str, Any]]:
    return [{"at": _moment(e.at), "title": e.title, "detail": e.detail, "article": e.article} for e in case.timeline]


def _moment(value: datetime) -> datetime:
    return value.astimezone(SHANGHAI)


_ANSWERED = "/$defs/answered/properties"
_ASSIGNED = "/$defs/assigned/properties"

FIELDS: Sequence[Field] = (
    Field("id", Kind.TEXT, lambda c: c.id, "/properties/id"),
    Field("path", Kind.TEXT, lambda c: c.address, title="网页路径", meaning="网页在本站根目录下的路径，长期不变。"),
    Field("title", Kind.TEXT, lambda c: c.title, "/properties/title"),
    Field(
        "body",
        Kind.TEXT,
        lambda c: c.body,
        title="留言正文",
        meaning="公开的留言正文；个别答复的不公开，为空（第二十条第二款）。",
        optional=True,
    ),
    Field(
        "reply",
        Kind.TEXT,
        lambda c: c.reply,
        title="答复正文",
        meaning="现行的答复，更正过的为更正后的全文；个别答复的不公开，为空（第二十条）。",
        optional=True,
    ),
    Field("public_note", Kind.TEXT, lambda c: c.public_note, f"{_ANSWERED}/public_note", optional=True),
    Field("mode", Kind.TEXT, lambda c: c.mode.value, f"{_ANSWERED}/mode"),
    Field("mode_name", Kind.TEXT, lambda c: c.mode.label, title="答复方式名称", meaning="答复方式的中文名称。"),
    Field("channel", Kind.TEXT, lambda c: c.channel.value, "/properties/channel"),
    Field("channel_name", Kind.TEXT, lambda c: c.channel.label, title="渠道名称", meaning="渠道的中文名称。"),
    Field("unit", Kind.TEXT, lambda c: c.unit, f"{_ASSIGNED}/unit"),
    Field("unit_name", Kind.TEXT, lambda c: c.unit_name, title="承办单位名称", meaning="承办单位的中文名称。"),
    Field("publisher", Kind.TEXT, lambda c: c.publisher, f"{_ANSWERED}/publisher"),
    Field("topics", Kind.TEXTS, lambda c: list(c.topics), f"{_ASSIGNED}/topics"),
    Field("complexity", Kind.TEXT, lambda c: c.complexity.value, f"{_ASSIGNED}/complexity"),
    Field(
        "complexity_name",
        Kind.TEXT,
        lambda c: complexity_name(c.complexity),
        title="类别名称",
        meaning="类别的中文名称（第十三条）。",
    ),
    Field("procedure", Kind.TEXT, lambda c: c.procedure, "/properties/procedure"),
    Field(
        "procedure_title", Kind.TEXT, lambda c: c.procedure_title, title="适用办法名称", meaning="适用办法的中文名称。"
    ),
    Field("received_at", Kind.MOMENT, lambda c: _moment(c.received_at), "/properties/received_at"),
    Field(
        "assigned_at",
        Kind.MOMENT,
        lambda c: _moment(c.assigned_at),
        title="交办时间",
        meaning="现承办单位的交办（改派）时间。",
    ),
    Field(
        "answered_at",
        Kind.MOMENT,
        lambda c: _moment(c.answered_at),
        title="报送答复时间",
        meaning="现行答复的报送时间。",
    ),
    Field(
        "published_at", Kind.MOMENT, lambda c: _moment(c.published_at), title="公开时间", meaning="现行答复的公开时间。"
    ),
    Field(
        "updated_at",
        Kind.MOMENT,
        lambda c: _moment(c.timeline[-1].at),
        title="最近变动时间",
        meaning="办理经过中最后一步的时间：公开、更正、隐去或者评价。据此判断要不要重新下载。",
    ),
    Field(
        "corrections",
        Kind.CORRECTIONS,
        _corrections,
        title="更正",
        meaning="每次更正的时间（at）和向公众说明的原因（reason，可以为空）；CSV中只列日期（第二十条）。",
    ),
    Field(
        "limit_days",
        Kind.WHOLE,
        lambda c: c.limit,
        title="规定时限",
        meaning="办法规定的办理时限，工作日数，不含延期（第十三条）。",
        optional=True,
    ),
    Field(
        "used_days",
        Kind.WHOLE,
        lambda c: c.used,
        title="实际用时",
        meaning="实际用去的工作日数，算法见统计页“指标的含义”（第十三条）。",
    ),
    Field("due", Kind.DAY, lambda c: c.due, title="到期日", meaning="现行的到期日，含延期和退回时另定的期限。"),
    Field(
        "due_by",
        Kind.TEXT,
        lambda c: c.due_by.value,
        title="到期日依据",
        meaning="rule 办法规定（第十三条）；extension 经同意延期（第十六条）；return 退回时另定（第二十一条）。",
    ),
    Field(
        "missed_due",
        Kind.DAY,
        lambda c: c.missed,
        title="此前错过的到期日",
        meaning="延期或者另定期限以前已经逾期的，为当时的到期日，仍计为逾期。",
        optional=True,
    ),
    Field(
        "due_provisional",
        Kind.TRUTH,
        lambda c: c.provisional,
        title="到期日是否暂定",
        meaning="该年度放假安排尚未公布，公布后重新计算。",
    ),
    Field("late", Kind.TRUTH, lambda c: c.late, title="是否逾期", meaning="是否逾期办结（第十三条、第十五条）。"),
    Field(
        "late_days",
        Kind.WHOLE,
        lambda c: c.late_days,
        title="逾期工作日数",
        meaning="逾期的完整工作日数；逾期不足一个工作日的为0。",
    ),
    Field("satisfaction", Kind.TEXT, lambda c: c.satisfaction, "/$defs/rated/properties/level", optional=True),
    Field(
        "timeline",
        Kind.STEPS,
        _timeline,
        title="办理经过",
        meaning="公开的每一步：时间（at）、事项（title）、说明（detail）、条款（article）；CSV不含此项。",
    ),
)
"""In the order of columns."""

TABULAR: Sequence[Field] = tuple(f for f in FIELDS if f.kind is not Kind.STEPS)
"""What one cell of a spreadsheet can hold."""


def record(case: PublicCase) -> dict[str, Any]:
    """A case as a mapping of plain values, in the order of the fields."""
    return {field.name: field.value(case) for field in FIELDS}
