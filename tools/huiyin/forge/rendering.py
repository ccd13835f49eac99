"""The gate's comment: what a change does, who must sign, who has, who still could, what is wrong. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from huiyin.calendar_change import CalendarChange
from huiyin.findings import veil
from huiyin.forge.calendar_notice import describe_calendar
from huiyin.forge.describing import describe
from huiyin.forge.quoting import code, plain
from huiyin.gate import Seated, Verdict
from huiyin.model.event import Answered, ReplyMode
from huiyin.model.problem import Problem
from huiyin.model.pull import ChangeSet
from huiyin.publish.addresses import case_address
from huiyin.rules.articles import cite
from huiyin.rules.rulebook import Rulebook

LIMIT = 60_000
"""Characters of a comment; GitHub refuses more than 65,536."""
MANY = 50
"""Problems, files and names beyond this number are counted, not listed."""


MERGED = "闸门：已合并"


def render(
    verdict: Verdict,
    changes: ChangeSet,
    rulebook: Rulebook,
    schema: Mapping[str, Any],
    now: datetime,
    *,
    merged: str | None = None,
    calendar: CalendarChange | None = None,
    preview: str = "",
) -> str:
    """Everything that people need to sign a change or to put it right, as Chinese Markdown.

    Args:
        rulebook, schema: those of the base; the JSON Schema of cases gives the titles of fields.
        now: the clock of the decision.
        merged: the commit that brought the change to main, once it is there.
        calendar: what the change does to the calendar, if anything.
        preview: where replies can be seen as they will look (``rules/gate.yaml``), or "".
    """
    head = [
        f"### {headline(verdict, merged)}",
        f"所审版本：{code(verdict.head)}"
        + (f"；合并为：{code(merged)}。" if merged else "。此后如有新的推送，须重新审签。"),
    ]
    if verdict.seats and not merged:
        head.append("**审签**\n\n" + "\n".join(_seat(s, rulebook) for s in verdict.seats))
    elif not verdict.seats and not merged and verdict.legal:
        head.append("**审签**\n\n无须审签。")
    if verdict.objections:
        names = "、".join(plain(p.name) for p in verdict.objections)
        head.append(f"**有异议**\n\n{names}要求修改；须由本人撤回或改为同意，异议不因重新推送而消失。")
    if verdict.problems and not merged:
        head.append("**问题**\n\n" + _problems(verdict.problems))
    if preview and not merged:
        head += _previews(changes, preview.replace("{head}", verdict.head))
    shown = veil(verdict.problems, rulebook.privacy)
    blocks = [shown(block) for block in _changes(changes, rulebook, schema, now)]
    if calendar is not None:
        blocks += describe_calendar(calendar, rulebook.registry)
    return "\n\n".join([*head, *_fit(blocks, LIMIT - len("\n\n".join(head)))]) + "\n"


def headline(verdict: Verdict, merged: str | None = None) -> str:
    """How it stands, in a few words; also the description of the commit status."""
    if merged is not None:
        return MERGED
    if not verdict.legal:
        count = sum(1 for p in verdict.problems if p.level == "error")
        return f"闸门：不能合并，有{count}项错误"
    if verdict.objections:
        return "闸门：有人要求修改"
    missing = sum(1 for s in verdict.seats if not s.satisfied)
    return f"闸门：还差{missing}项审签" if missing else "闸门：可以合并"


def render_merged(head: str, merged: str) -> str:
    """A comment on a change that is found on main already."""
    return f"### {MERGED}\n\n所审版本：{code(head)}；合并为：{code(merged)}。\n"


def render_problems(problems: Iterable[Problem]) -> str:
    """A comment where nothing could be decided, and why."""
    return f"### 闸门：暂时不能判断\n\n{_problems(tuple(problems))}\n"


def _seat(seat: Seated, rulebook: Rulebook) -> str:
    requirement = seat.requirement
    where = plain(rulebook.registry.name_of(requirement.unit))
    who = f"{where}{requirement.role.label}（{cite(requirement.article)}）"
    if seat.satisfied:
        return f"- [x] {who}：{'、'.join(plain(p.name) for p, _ in seat.approved_by)}已审签"
    names = [plain(p.name) for p in seat.candidates]
    listed = "、".join(names[:MANY]) + (f"等{len(names)}人" if len(names) > MANY else "")
    return f"- [ ] {who}：待审签" + (f"，可由{listed}审签" if names else "，现无人可以审签")


def _problems(problems: tuple[Problem, ...]) -> str:
    order = {"error": 0, "warning": 1, "notice": 2}
    lines = []
    for p in sorted(problems, key=lambda p: order[p.level])[:MANY]:
        where = f"{code(p.path + (f':{p.line}' if p.line else ''))} " if p.path else ""
        article = f"（{cite(p.article)}）" if p.article else ""
        lines.append(f"- {p.level.label} {p.code}：{where}{plain(p.message)}{article}处理：{plain(p.cure)}")
    if len(problems) > MANY:
        lines.append(f"- 另有{len(problems) - MANY}项未列出。")
    return "\n".join(lines)


def _previews(changes: ChangeSet, preview: str) -> list[str]:
    """第九条(三)(四)、第二十条: links to the replies that the change submits; a private one is never previewed."""
    links = []
    for change in changes.cases:
        answers = [event for _, event in change.events if isinstance(event, Answered)]
        if answers and answers[-1].mode is not ReplyMode.PRIVATE:
            address = quote(case_address(change.after.id, change.after.received_at))
            links.append(f"- {code(change.after.id)} <{preview}{address}>")
    if len(links) > MANY:
        links = [*links[:MANY], f"- 另有{len(links) - MANY}件未列出。"]
    return ["**预览**（仅供内部核对，未公开）\n\n" + "\n".join(links)] if links else []


def _changes(changes: ChangeSet, rulebook: Rulebook, schema: Mapping[str, Any], now: datetime) -> list[str]:
    blocks = []
    if changes.cases:
        blocks.append(f"**改动：留言{len(changes.cases)}件**")
        for change in changes.cases:
            blocks += describe(change, rulebook, schema, now)
    if changes.governance:
        paths = [f"- {code(path)}" for path in changes.governance[:MANY]]
        if len(changes.governance) > MANY:
            paths.append(f"- 另有{len(changes.governance) - MANY}个文件未列出。")
        blocks.append(f"**改动：规则、程序等文件{len(changes.governance)}个**\n\n" + "\n".join(paths))
    return blocks


def _fit(blocks: list[str], room: int) -> list[str]:
    """As many blocks as there is room for, and word of those that are left out: nobody signs what he was not shown."""
    notice = "**内容过长，以下从略。审签前请用 `huiyin gate` 或在Git中核对全部改动。**"
    kept: list[str] = []
    left = room - len(notice) - 2
    for index, block in enumerate(blocks):
        left -= len(block) + 2
        if left < 0:
            return [*kept, notice.replace("以下从略", f"以下{len(blocks) - index}段从略")]
        kept.append(block)
    return kept
