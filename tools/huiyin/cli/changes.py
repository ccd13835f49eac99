"""What a change would do, in Chinese and in words of our own: what people read before they sign (第九条(三))."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from huiyin.cli.show import event_details
from huiyin.forge.describing import describe_clocks
from huiyin.model.case import Case
from huiyin.model.pull import CaseChange, ChangeSet
from huiyin.repo.base import Base
from huiyin.rules.replay import replay


def change_lines(changes: ChangeSet, base: Base, now: datetime) -> Iterator[str]:
    """Every case with its new events in full, and every other file by name.

    Args:
        base: whose rules judge the change.
        now: the clock of the decision.
    """
    for change in changes.cases:
        yield from _case_lines(change, base, now)
    if changes.governance:
        yield f"规则、程序或网站的改动，共{len(changes.governance)}个文件（内容请用 git diff 查看）："
        yield from (f"  {path}" for path in changes.governance)


def _case_lines(change: CaseChange, base: Base, now: datetime) -> Iterator[str]:
    rulebook, case = base.rulebook, change.after
    yield f"留言 {case.id}  {case.title}"
    yield f"  文件：{change.path}"
    if change.before is None:
        yield from _registration_lines(case)
    if case.procedure not in rulebook.procedures:
        return
    procedure, registry = rulebook.procedures[case.procedure], rulebook.registry
    definitions: dict[str, Any] = base.schema.document["$defs"]
    for _, event in change.events:
        person = registry.people.get(event.by.person or "")
        by = f"{registry.name_of(event.by.unit)}{'　' + person.name if person else ''}"
        yield f"  {procedure.events[event.type].title}（{event.type}）  {event.at:%Y-%m-%d %H:%M}  {by}"
        yield from (f"      {name}：{text}" for name, text in event_details(event, definitions[event.type], registry))
    after = replay(case, rulebook, now)
    before = replay(change.before, rulebook, now) if change.before else None
    was = f"{before.state_title} → " if before else ""
    yield f"  状态：{was}{after.state_title}（对外：{after.public_status}）"
    yield from (f"  期限  {line}" for line in describe_clocks(change, rulebook, now))


def _registration_lines(case: Case) -> Iterator[str]:
    yield f"  渠道：{case.channel.label}    收到：{case.received_at:%Y-%m-%d %H:%M}"
    yield f"  实名：{'是' if case.real_name else '否'}    有联系方式：{'是' if case.contactable else '否'}"
    body = case.body.strip().replace("\n", "\n    ")
    yield f"  正文：{body}"
