"""第十九条: what a clerk typed for the record is looked through before it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from huiyin.intake.door import screen
from huiyin.model.personal import Confidence
from huiyin.model.problem import Problem
from huiyin.recording.fields import Field
from huiyin.rules.privacy import PrivacySettings


def typed_problems(data: Mapping[str, Any], fields: Sequence[Field], settings: PrivacySettings) -> Iterator[Problem]:
    """HY737 for what is certainly personal in the fields of an event, HY738 for what may be; kind and place only.

    Args:
        data: the fields by name, as JSON values.
        fields: describes them.
    """
    named = {field.name: f"{field.option}（{field.title}）" for field in fields}
    for spot in screen({"events": [data]}, settings).spots:
        name, *below = spot.pointer.removeprefix("/events/0/").split("/")
        finding = spot.finding
        inside = f"的 {'/'.join(below)} " if below else ""
        where = f"{named.get(name, name)}{inside}第{finding.start + 1}至{finding.end}字"
        certain = finding.confidence is Confidence.CERTAIN
        code, word = ("HY737", "是") if certain else ("HY738", "可能是")
        yield Problem(code, f"{where}{word}{finding.kind.label}。", pointer=f"/{name}", article="19")
