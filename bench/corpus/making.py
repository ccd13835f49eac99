"""The documents of the corpus, one a number, each from a seed of its own."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from bench.corpus.story import Story, hidden
from bench.corpus.wording import Wording, pick, pick_topic, weighted
from huiyin.model.case import SHANGHAI, Channel
from huiyin.model.unit import Unit, UnitKind
from huiyin.repo.canonical import canonical
from huiyin.repo.git import open_source
from huiyin.repo.store import load_rulebook
from huiyin.rules.rulebook import Rulebook

SEED = 20261123
FIRST_DAY = date(2022, 11, 23)
LAST_DAY = date(2026, 11, 22)
MOMENT = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
"""When the benchmarks look at the corpus; nothing in it is later."""

_CHANNELS = ((Channel.PEOPLE, Channel.PORTAL, Channel.SERVICE), tuple(accumulate((55, 30, 15))))
# As many as people live there, roughly; a unit that is not named counts as one of the small.
_CITIES = {
    "lanzhou": 9,
    "tianshui": 6,
    "qingyang": 5,
    "dingxi": 5,
    "longnan": 5,
    "linxia": 4,
    "pingliang": 4,
    "wuwei": 3,
}
_WHY_DECLINED = {
    "out_of_scope": "所提事项应当通过诉讼、仲裁途径解决，不属于受理范围。",
    "anonymous": "未实名反映，不符合本平台的受理条件；补充后可以重新提交。",
    "no_contact": "未留有效联系方式，不符合本平台的受理条件；补充后可以重新提交。",
    "unclear": "所述事项不清楚，无法确定需要解决的问题；补充后可以重新提交。",
    "duplicate": "与此前的留言反映同一事项，已合并办理，请关注该件的答复。",
}
_FACTS = {"anonymous": "real_name", "no_contact": "contactable", "unclear": "clear_matter"}


def documents(size: int, root: Path, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """``size`` legal cases in order of receipt, as documents.

    Args:
        root: a case log, for its units and calendar.
    """
    rulebook = load_rulebook(open_source(root))
    for number in range(size):
        yield make_document(number, size, rulebook, seed)


def write(size: int, root: Path, seed: int = SEED) -> int:
    """Write the corpus below ``root/cases``, without Git, and return its bytes."""
    written = 0
    for document in documents(size, root, seed):
        path = root / path_of(document)
        path.parent.mkdir(parents=True, exist_ok=True)
        content = canonical(document).encode()
        path.write_bytes(content)
        written += len(content)
    return written


def path_of(document: dict[str, Any]) -> str:
    """Where a case is kept, below the root."""
    return f"cases/{document['received_at'][:10].replace('-', '/')}/{document['id']}.yaml"


def make_document(number: int, size: int, rulebook: Rulebook, seed: int = SEED) -> dict[str, Any]:
    """The case of that number among ``size``; it depends on no other."""
    rng = _rng(number, seed)
    channel = _channel(rng)
    span = (LAST_DAY - FIRST_DAY).days + 1
    day = FIRST_DAY + timedelta(days=number * span // size)
    received = datetime.combine(day, time(6, 30), SHANGHAI) + timedelta(seconds=int(rng.random() ** 0.8 * 55_000))
    topic = pick_topic(rng)
    city = _city(rng, rulebook)
    unit = rulebook.registry.units[pick(rng, topic.departments)] if rng.random() < 0.35 else city
    words = Wording(rng, topic, city.aliases[0] if city.local_calendar else city.name, received.year)
    story = Story(rng, rulebook, channel, topic, number)
    late = rng.random() < 0.03
    assigned = received + timedelta(hours=14 if late else 0, seconds=1200 + int(rng.random() * 9000))
    case: dict[str, Any] = {
        "id": f"{channel}-{number:08d}",
        "procedure": "gs-2015-115",
        "channel": str(channel),
        "source": {"reference": f"{number:08d}"},
        "received_at": received.isoformat(),
        "real_name": channel is not Channel.PEOPLE or rng.random() < 0.8,
        "contactable": True,
        "title": words.title(),
    }
    story.now = received
    end = MOMENT - timedelta(hours=1)
    mark = ""
    fate = rng.random()
    if fate < 0.05:
        reason = _reason(rng, rulebook, channel, number)
        if reason in _FACTS:
            case[_FACTS[reason]] = False
        story.decline(assigned, reason, _WHY_DECLINED[reason], _twin(number, seed) if reason == "duplicate" else None)
    elif fate < 0.055:
        story.add("withdrawn", story.dispatcher, assigned, reason="留言人自行查到所需信息，申请撤回。（演示）")
    else:
        story.live(unit, assigned, words)
        if story.events[-1]["type"] in {"published", "rated"} and rng.random() < 0.01:
            kind, mark = hidden(rng)
            story.redact(["/body"], kind)
            if story.now > end:
                mark = ""
    kept = [event for event in story.events if event["at"] <= end.isoformat()]
    return {**case, "body": words.body(mark), "events": _stall(rng, kept, day)}


def _stall(rng: random.Random, events: list[dict[str, Any]], received: date) -> list[dict[str, Any]]:
    """What nobody went on with: most of it came in during the last weeks, and some of it is long overdue."""
    stalled = 0.7 if (LAST_DAY - received).days < 56 else 0.004
    if rng.random() >= stalled or any(event["type"] in {"declined", "withdrawn", "redacted"} for event in events):
        return events
    types = [event["type"] for event in events]
    where = rng.random()
    if where < 0.06:
        return []
    if where < 0.16:
        return events[:1]
    for type_, share in (("returned", 0.5), ("misrouted", 0.5), ("answered", 0.3)):
        if type_ in types and rng.random() < share:
            return events[: types.index(type_) + 1]
    return events[: types.index("answered")] if "answered" in types else events


def _rng(number: int, seed: int) -> random.Random:
    # Seeded by text, whose digest is the same everywhere; a case does not depend on those before it.
    return random.Random(f"{seed}:{number}")  # noqa: S311 - repeatable data, no secret


def _channel(rng: random.Random) -> Channel:
    return weighted(rng, *_CHANNELS)


def _twin(number: int, seed: int) -> str:
    """The id of an earlier case, not long before."""
    other = max(0, number - 1 - number % 7)
    return f"{_channel(_rng(other, seed))}-{other:08d}"


def _reason(rng: random.Random, rulebook: Rulebook, channel: Channel, number: int) -> str:
    required = rulebook.procedures["gs-2015-115"].channels[channel].requires
    reasons = ["out_of_scope", *(reason for reason, fact in _FACTS.items() if fact in required)]
    return pick(rng, [*reasons, "duplicate"] if number else reasons)


def _city(rng: random.Random, rulebook: Rulebook) -> Unit:
    cities = [unit for unit in rulebook.registry.units.values() if unit.kind is UnitKind.CITY]
    return weighted(rng, cities, tuple(accumulate(_CITIES.get(unit.id, 2) for unit in cities)))
