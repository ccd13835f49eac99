"""A synthetic corpus: seeded, so that the same size is the same bytes. Every text is invented and says so."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from huiyin.model.case import SHANGHAI
from huiyin.repo.canonical import canonical
from huiyin.repo.git import open_source
from huiyin.repo.store import load_rulebook

MATTERS = (
    "路灯不亮",
    "公交班次少",
    "供暖温度不足",
    "道路积水",
    "学位紧张",
    "医保报销",
    "占道经营",
    "垃圾清运",
    "自来水水压",
    "农村道路",
)
SENTENCES = (
    "该处居民较多，早晚出行集中，问题已持续一段时间。",
    "曾向社区反映，答复称正在协调，至今没有明确的时间。",
    "希望有关部门现场查看，给出处理办法和完成时限。",
    "老人和孩子尤其不便，雨雪天气更为突出。",
    "建议一并考虑周边几个小区的需要，统筹安排。",
    "如已列入计划，请告知大致的进度和联系部门。",
)
ANSWERS = (
    "收到您的留言后，我们高度重视，立即安排人员到现场核实。",
    "经查，您反映的情况属实，主要原因是设施老化、维护不及时。",
    "目前已制定整改方案，计划于近期完成施工，并加强日常巡查。",
    "施工期间可能给您带来不便，敬请谅解。",
    "今后我们将进一步完善管理，欢迎继续监督。",
)
FIRST_DAY = date(2023, 1, 1)
LAST_DAY = date(2026, 11, 20)


def documents(size: int, root: Path, seed: int = 20261123) -> Iterator[dict[str, Any]]:
    """``size`` legal cases on all routes, most of them published, as documents in order of receipt.

    Args:
        root: a case log, for its units and calendar.
    """
    rulebook = load_rulebook(open_source(root))
    units = [u for u in rulebook.registry.units.values() if u.publisher]
    days = rulebook.calendar.local(None)
    rng = random.Random(seed)  # noqa: S311 - repeatable data, no secret
    span = (LAST_DAY - FIRST_DAY).days + 1
    for number in range(size):
        received = datetime.combine(FIRST_DAY + timedelta(days=number * span // size), time(8), SHANGHAI)
        received += timedelta(minutes=rng.randrange(600))
        unit = rng.choice(units)
        channel = rng.choices(("people", "portal", "service"), (6, 3, 1))[0]
        dispatcher = "zhengwu" if channel == "service" else "wangzhan"
        matter = rng.choice(MATTERS)
        title = f"反映{unit.name}{matter}的问题（演示{number}）"
        body = "\n".join([f"{title}。", *rng.choices(SENTENCES, k=rng.randint(2, 9)), "（演示用虚构留言）"])
        events: list[dict[str, Any]] = []

        def add(kind: str, at: datetime, by: str, events: list[dict[str, Any]] = events, **fields: Any) -> None:
            actor = {"unit": by.rpartition(".")[0], "person": by}
            events.append({"type": kind, "at": at.isoformat(), "by": actor, **fields})

        assigned = received + timedelta(hours=rng.randrange(1, 5))
        answered_on = days.add(assigned.date(), rng.randint(1, 12))
        answered = datetime.combine(answered_on, time(rng.randrange(9, 17), 30), SHANGHAI)
        finished = answered < datetime.combine(LAST_DAY, time(0), SHANGHAI)
        letter = {"letter": f"演示函〔{received.year}〕{number}号"} if unit.kind == "department" else {}
        complexity = rng.choice(("simple", "simple", "complex"))
        add("assigned", assigned, f"{dispatcher}.clerk", unit=unit.id, basis=3, complexity=complexity, **letter)
        if channel == "portal" or (channel == "people" and unit.kind == "city"):
            add("claimed", assigned + timedelta(hours=1), f"{unit.id}.clerk")
        if finished:
            reply = "\n".join([*rng.choices(ANSWERS, k=rng.randint(2, 8)), "（演示用虚构答复）"])
            add("answered", answered, f"{unit.id}.clerk", mode="public", publisher=unit.publisher, reply=reply)
            if channel != "portal":
                add("published", answered + timedelta(hours=20), f"{dispatcher}.clerk")
        yield {
            "id": f"{channel}-{number:08d}",
            "procedure": "gs-2015-115",
            "channel": channel,
            "source": {"reference": f"{number:08d}"},
            "received_at": received.isoformat(),
            "real_name": True,
            "contactable": True,
            "title": title,
            "body": body,
            "events": events,
        }


def write(size: int, root: Path) -> int:
    """Write the corpus below ``root/cases`` and return its bytes."""
    written = 0
    for document in documents(size, root):
        day = document["received_at"][:10].replace("-", "/")
        path = root / "cases" / day / f"{document['id']}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = canonical(document)
        path.write_text(text, encoding="utf-8")
        written += len(text.encode())
    return written
