"""What the writing commands say after they have written: state, nearest date, who must approve, who goes on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from huiyin.cli.describe import clock_line, step_line
from huiyin.model.unit import Person
from huiyin.recording.outlook import approvers, awaited, nearest_clock
from huiyin.rules.articles import cite
from huiyin.rules.deadlines import local_day
from huiyin.rules.replay import Replay
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.steps import Seat

COMMIT = "改动在工作目录中，尚未提交；提交到分支并发起合并请求，经审签、合并后生效。"
DRY_RUN = "试运行：没有写入任何文件。以下是写入后的情形。"


def outcome_lines(replay: Replay, path: str, seats: Sequence[Seat], author: str, rulebook: Rulebook) -> list[str]:
    """One case in a few lines.

    Args:
        replay: the case as it is now.
        seats: who must approve the change.
        author: id of who made the change, or "" where the record does not say.
    """
    lines = [f"{replay.case.id}  {replay.state_title}  {path}"]
    clock = nearest_clock(replay)
    if clock is not None:
        lines.append(f"  期限：{clock_line(clock, replay, rulebook)}")
    lines.append(f"  本次变更：{_approval_text(seats, replay, author, rulebook)}")
    steps = awaited(replay)
    lines += [f"  下一步：{step_line(step, rulebook.registry)}" for step in steps]
    if not steps:
        lines.append("  下一步：无，已了结。" if replay.closed else "  下一步：无。")
    return lines


def outcome_data(replay: Replay, path: str, seats: Iterable[Seat], author: str, rulebook: Rulebook) -> dict[str, Any]:
    """The stable JSON form of one case after a change (docs/cli.md)."""
    clock = nearest_clock(replay)
    return {
        "id": replay.case.id,
        "path": path,
        "state": replay.state,
        "state_title": replay.state_title,
        "due": None
        if clock is None
        else {
            "kind": clock.kind.value,
            "unit": clock.unit,
            "due": str(clock.due),
            "provisional": clock.due.provisional,
            "article": clock.article,
        },
        "approvals": [
            {
                **_seat_data(seat),
                "article": seat.article,
                "stricter": seat.stricter,
                "people": [p.id for p in _people(seat, replay, author, rulebook)],
            }
            for seat in seats
        ],
        "next": [
            {
                "event": step.event,
                "title": step.title,
                "opened_by": _seat_data(step.opened_by),
                "articles": list(step.articles),
            }
            for step in awaited(replay)
        ],
    }


def _seat_data(seat: Seat) -> dict[str, Any]:
    return {"unit": seat.unit, "role": seat.role.value}


def _approval_text(seats: Sequence[Seat], replay: Replay, author: str, rulebook: Rulebook) -> str:
    if not seats:
        return "无须审签。"
    parts = []
    for seat in seats:
        unit = rulebook.registry.name_of(seat.unit) if seat.unit else "承办单位"
        people = "、".join(p.name for p in _people(seat, replay, author, rulebook)) or "名册中当日无人可审签"
        stricter = "〔从严设置〕" if seat.stricter else ""
        parts.append(f"{unit}{seat.role.label}（{people}）{stricter}（{cite(seat.article)}）")
    return f"须经{'，'.join(parts)}审签，不得是记录人本人。"


def _people(seat: Seat, replay: Replay, author: str, rulebook: Rulebook) -> tuple[Person, ...]:
    return approvers(seat, rulebook.registry, local_day(replay.now), author)
