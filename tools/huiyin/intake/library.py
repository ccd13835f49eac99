"""What an import has to know of the repository: the mappings that it has, and the cases that are there already."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from huiyin.intake.mapping import IntakeMapping, mapping_from_data
from huiyin.model.case import SHANGHAI
from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.repo import yaml
from huiyin.repo.git import Source
from huiyin.repo.schemas import load_schema
from huiyin.repo.store import CASES
from huiyin.rules.conduct.answer import REDACTION_MARK

INTAKE = "rules/intake/"
_MARK = re.compile(f"{REDACTION_MARK}[^〔〕]*〕")


def mapping_names(source: Source) -> list[str]:
    """The names of the mappings in ``rules/intake/``."""
    return [PurePosixPath(p).stem for p in source.list(INTAKE) if p.endswith(".yaml")]


def load_mapping(source: Source, name: str) -> IntakeMapping:
    """Read a mapping by its name in ``rules/intake/``, or else by the path of its file.

    Raises:
        UsageError: HY506, there is neither.
        HuiyinError: the file breaks the dialect (HY1xx) or the schema (HY201), or contradicts itself (HY507).
    """
    if name in mapping_names(source):
        path = f"{INTAKE}{name}.yaml"
        data = source.read(path)
    else:
        path = name
        try:
            data = Path(name).read_bytes()
        except (OSError, ValueError):
            known = "、".join(mapping_names(source)) or "无"
            raise UsageError(Problem("HY506", f"没有映射“{name}”，现有：{known}。", INTAKE)) from None
    document = yaml.parse_mapping(data, path=path)
    problems = load_schema(source, "intake").find_problems(document, path)
    if not problems:
        mapping, problems = mapping_from_data(document, name)
        if not problems:
            return mapping
    raise HuiyinError(*(p.at(path=path, line=yaml.line_of(data, p.pointer)) for p in problems))


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a case of the repository; None where its file cannot be read."""

    id: str
    title: str | None = None
    body: str | None = None
    reply: str | None = None
    received_at: datetime | None = None
    redacted: bool = False

    def differing(self, values: Mapping[str, Any]) -> list[str]:
        """What a row tells otherwise, by its Chinese name; what was taken out differs on purpose."""
        if self.title is None or self.redacted:
            return []
        pairs = (("标题", "title", self.title), ("正文", "body", self.body), ("答复", "reply", self.reply))
        return [
            label
            for label, name, there in pairs
            if name in values and (there is None or not tells_the_same(there, values[name]))
        ]


def tells_the_same(written: str, told: str) -> bool:
    """Whether the text of a case is what a row tells, but for what was taken out (第十九条)."""
    first, *others = _MARK.split(written)
    if not others:
        return first == told
    *middle, last = others
    if not told.startswith(first) or not told[len(first) :].endswith(last):
        return False
    position, end = len(first), len(told) - len(last)
    for part in middle:
        found = told.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True


def known_cases(source: Source) -> Iterator[Known]:
    """All cases of the repository. A broken file still has its id: it is not for an import to replace it."""
    for path, data in source.read_each(p for p in source.list(CASES) if p.endswith(".yaml")):
        case_id = PurePosixPath(path).stem
        if isinstance(data, Problem):
            yield Known(case_id)
            continue
        try:
            yield _known(case_id, yaml.parse_mapping(data, path=path))
        except (HuiyinError, LookupError, TypeError, ValueError, AttributeError):
            yield Known(case_id)


def _known(case_id: str, document: Mapping[str, Any]) -> Known:
    events = document["events"]
    return Known(
        case_id,
        str(document["title"]),
        str(document["body"]),
        next((e.get("reply") for e in events if e["type"] == "answered"), None),
        datetime.fromisoformat(document["received_at"]).astimezone(SHANGHAI),
        any(e["type"] == "redacted" for e in events),
    )
