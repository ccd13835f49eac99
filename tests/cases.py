"""Synthetic cases for tests: a builder that reads like the story of a case. All persons and texts are invented."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Self

from huiyin.model.case import Case
from huiyin.repo.records import case_from_data
from huiyin.repo.source import FolderSource
from huiyin.repo.store import load_rulebook
from huiyin.rules.procedure import Procedure
from huiyin.rules.replay import Replay, replay
from huiyin.rules.rulebook import Rulebook

PROJECT = Path(__file__).resolve().parents[1]
LETTER = "甘网函〔2026〕1号"
REPLY = "经核实，您反映的问题已安排处理，具体办理情况如下。（演示用虚构答复）"


@cache
def rulebook() -> Rulebook:
    """The rules that the project ships."""
    return load_rulebook(FolderSource(PROJECT))


def procedure() -> Procedure:
    """The province's procedure."""
    return rulebook().procedures["gs-2015-115"]


def with_settings(**settings: Any) -> Rulebook:
    """The shipped rules with some ambiguity settings changed."""
    changed = replace(procedure(), settings=replace(procedure().settings, **settings))
    return replace(rulebook(), procedures={changed.id: changed})


def at(text: str) -> str:
    """A time of day in Beijing: ``2026-11-20 09:12`` becomes RFC 3339."""
    return f"{text.replace(' ', 'T')}:00+08:00"


@dataclass
class Story:
    """A case under construction; each verb appends an event.

    Args:
        received: ``YYYY-MM-DD HH:MM``, Asia/Shanghai.
    """

    received: str = "2026-11-16 09:00"
    channel: str = "people"
    reference: str = "90000001"
    facts: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    unit: str = "lanzhou"

    @property
    def dispatcher(self) -> str:
        """Whose queue the channel is."""
        return "zhengwu" if self.channel == "service" else "wangzhan"

    def add(self, kind: str, when: str, by: str, /, **fields: Any) -> Self:
        """Any event, by ``<unit>.<role>``."""
        unit = by.rpartition(".")[0]
        self.events.append({"type": kind, "at": at(when), "by": {"unit": unit, "person": by}, **fields})
        return self

    def assigned(self, when: str, unit: str = "lanzhou", **fields: Any) -> Self:
        """交办."""
        self.unit = unit
        fields = {"basis": 3, "complexity": "simple", **fields}
        return self.add("assigned", when, f"{self.dispatcher}.clerk", unit=unit, **fields)

    def declined(self, when: str, reason: str = "out_of_scope", **fields: Any) -> Self:
        """不予受理."""
        return self.add("declined", when, f"{self.dispatcher}.clerk", reason=reason, **fields)

    def claimed(self, when: str) -> Self:
        """认领."""
        return self.add("claimed", when, f"{self.unit}.clerk")

    def misrouted(self, when: str, belongs_to: str = "jiaotong") -> Self:
        """申请改派."""
        return self.add("misrouted", when, f"{self.unit}.clerk", belongs_to=belongs_to, reason="不属本单位职责。")

    def answered(self, when: str, **fields: Any) -> Self:
        """报送答复."""
        publisher = rulebook().registry.unit(self.unit).publisher
        fields = {"mode": "public", "publisher": publisher, "reply": REPLY, **fields}
        known = {name: value for name, value in fields.items() if value is not None}
        return self.add("answered", when, f"{self.unit}.clerk", **known)

    def published(self, when: str) -> Self:
        """公开."""
        return self.add("published", when, f"{self.dispatcher}.clerk")

    def returned(self, when: str, **fields: Any) -> Self:
        """退回重办."""
        fields = {"ground": "答非所问", "explanation": "没有回答所问。", **fields}
        return self.add("returned", when, f"{self.dispatcher}.clerk", **fields)

    def extended(self, when: str, due: str) -> Self:
        """延期."""
        return self.add("extended", when, f"{self.unit}.clerk", due=due, reason="需要现场勘察。")

    def withdrawn(self, when: str) -> Self:
        """撤回."""
        return self.add("withdrawn", when, f"{self.dispatcher}.clerk")

    def data(self) -> dict[str, Any]:
        """The document as YAML would give it."""
        return {
            "id": f"{self.channel}-{self.reference}",
            "procedure": "gs-2015-115",
            "channel": self.channel,
            "source": {"reference": self.reference},
            "received_at": at(self.received),
            "real_name": True,
            "contactable": True,
            "title": "建议增开公交班次（演示）",
            "body": "早高峰等车时间长，建议增开班次。（演示用虚构留言）",
            **self.facts,
            "events": self.events,
        }

    def case(self) -> Case:
        """The case."""
        return case_from_data(self.data())

    def replay(self, now: str = "2027-06-01 00:00", rules: Rulebook | None = None) -> Replay:
        """The case as it stands at ``now``."""
        return replay(self.case(), rules or rulebook(), datetime.fromisoformat(at(now)))
