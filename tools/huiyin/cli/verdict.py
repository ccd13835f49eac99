"""A verdict of the gate for people and for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from huiyin.cli.output import problem_data, problem_lines
from huiyin.findings import veil
from huiyin.merging import Judgement
from huiyin.model.case import SHANGHAI
from huiyin.model.unit import Person
from huiyin.rules.articles import cite
from huiyin.rules.privacy import PrivacySettings
from huiyin.rules.registry import Registry
from huiyin.rules.reviews import Seated

KINDS = {"cases": "留言", "governance": "规则、程序或网站", "empty": "没有改动"}


def verdict_lines(judgement: Judgement, registry: Registry) -> Iterator[str]:
    """Who submitted, who must sign, who has, what is wrong, and whether it may be merged."""
    verdict, facts = judgement.verdict, judgement.facts
    yield f"版本 {verdict.head[:10]}（{KINDS[verdict.kind]}），主线 {facts.base[:10]}"
    yield f"提交：{'、'.join(_shown(p) for p in verdict.submitters) or '不明'}"
    if verdict.seats:
        yield "审签："
        yield from (f"  {_seat_line(seat, registry)}" for seat in verdict.seats)
    elif verdict.kind == "cases":
        yield "审签：无须审签。"
    yield from (f"  异议：{_shown(p)}要求修改，撤回前不能合并。" for p in verdict.objections)
    yield from problem_lines(verdict.problems)
    if verdict.ready:
        yield "结论：可以合并。"
    elif verdict.legal:
        yield "结论：尚不能合并，待审签齐全、没有异议。"
    else:
        yield "结论：不能合并，须先改正上列错误。"


def verdict_data(judgement: Judgement) -> dict[str, Any]:
    """The stable JSON form (docs/cli.md)::

        {"ready": bool, "legal": bool,                    may be merged now; approvals alone could make it so
         "provider": "ssh|github|gitea", "base": sha, "head": sha, "kind": "cases|governance|empty",
         "seen_at": time, "now": time, "submitters": [person],
         "cases": [{"id", "path", "change": "created|appended|repaired", "events": [{"index": int, "type"}]}],
         "governance": [path],
         "seats": [{"unit", "role", "article", "satisfied": bool, "reasons": [{"of": id or path, "event"}],
                    "approved_by": [{"person", "identity", "commit": sha, "at": time, "reference"}],
                    "candidates": [person]}],
         "objections": [person],
         "problems": [as of every command: code, severity, path, line, pointer, message, cure, article]}

    Persons are ids of rules/people.yaml, hashes are full, times RFC 3339 in Asia/Shanghai.
    """
    verdict, facts, changes = judgement.verdict, judgement.facts, judgement.changes
    shown = veil(verdict.problems, PrivacySettings())
    return {
        "ready": verdict.ready,
        "legal": verdict.legal,
        "provider": facts.provider,
        "base": facts.base,
        "head": verdict.head,
        "kind": verdict.kind,
        "seen_at": _time(facts.seen_at),
        "now": _time(facts.now),
        "submitters": [p.id for p in verdict.submitters],
        "cases": [
            {
                "id": shown(change.after.id),
                "path": shown(change.path),
                "change": change.kind.value,
                "events": [{"index": index, "type": event.type} for index, event in change.events],
            }
            for change in changes.cases
        ],
        "governance": [shown(path) for path in changes.governance],
        "seats": [_seat_data(seat, shown) for seat in verdict.seats],
        "objections": [p.id for p in verdict.objections],
        "problems": [problem_data(p) for p in verdict.problems],
    }


def _seat_line(seat: Seated, registry: Registry) -> str:
    needed = seat.requirement
    who = f"{registry.name_of(needed.unit)}{needed.role.label}（{cite(needed.article)}）"
    if seat.approved_by:
        signed = "、".join(f"{_shown(p)} {_local(r.at):%Y-%m-%d %H:%M}" for p, r in seat.approved_by)
        return f"✓ {who}：{signed}"
    return f"· {who}：待{'或'.join(_shown(p) for p in seat.candidates) or '定'}审签"


def _seat_data(seat: Seated, shown: Callable[[str], str]) -> dict[str, Any]:
    return {
        "unit": seat.requirement.unit,
        "role": seat.requirement.role.value,
        "article": seat.requirement.article,
        "satisfied": seat.satisfied,
        "reasons": [{"of": shown(of), "event": event} for of, event in seat.requirement.reasons],
        "approved_by": [
            {
                "person": person.id,
                "identity": str(review.by),
                "commit": review.commit,
                "at": _time(review.at),
                "reference": review.reference,
            }
            for person, review in seat.approved_by
        ],
        "candidates": [p.id for p in seat.candidates],
    }


def _shown(person: Person) -> str:
    return f"{person.name}（{person.id}）"


def _local(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI)


def _time(moment: datetime) -> str:
    return _local(moment).isoformat()
