"""Facts: what is kept of a case, and what it says at any later moment."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from huiyin.publish.counting import Counts
from huiyin.publish.facts import facts_of, pack, unpack
from huiyin.publish.gather import gather
from huiyin.publish.month import Judged, month_of
from huiyin.publish.month import pack as pack_month
from huiyin.publish.month import unpack as unpack_month
from huiyin.publish.reading import LISTED
from huiyin.publish.statistics import summarise
from huiyin.publish.view import count_case
from huiyin.repo.index import NAME, Index, open_index
from huiyin.repo.lock import FOLDER
from huiyin.repo.source import FolderSource
from tests.cases import Story, rulebook
from tests.publish.building import PLANTED, stories
from tests.repository import NOW, Repository

NAMES = sorted(stories())


def moments(name: str) -> list[datetime]:
    """Moments from the last event of a story on, some around its due dates."""
    found = stories()[name].replay("2030-12-31 18:00")
    last = max([found.case.received_at, *(e.at for e in found.case.events)])
    dues = [clock.due.at for clock in found.clocks]
    near = [due + timedelta(seconds=s) for due in dues for s in (-1, 0, 1)]
    return sorted(at for at in (last, *near, found.now) if last <= at)


@pytest.mark.parametrize("name", NAMES)
def test_facts_say_at_any_moment_what_a_replay_says(name: str) -> None:
    """第十三条: lateness too, though nothing of the clock is kept."""
    story = stories()[name]
    first = moments(name)[0]
    facts = facts_of(story.replay(f"{first:%Y-%m-%d %H:%M}"), rulebook())
    for now in moments(name):
        replay = story.replay(f"{now:%Y-%m-%d %H:%M:%S}")
        assert count_case(replay, rulebook()) == facts.counted_at(now), now
        assert facts == facts_of(replay, rulebook()), now


@pytest.mark.parametrize("name", NAMES)
def test_facts_come_back_as_they_were(name: str) -> None:
    """Through bytes, all types included."""
    facts = facts_of(stories()[name].replay("2030-12-31 18:00"), rulebook())
    assert facts == unpack(pack(facts))


@pytest.mark.parametrize("name", NAMES)
def test_facts_hold_nothing_that_is_not_public(name: str) -> None:
    """第十九条: planted words of the record are not in what is kept."""
    assert PLANTED.encode() not in pack(facts_of(stories()[name].replay("2030-12-31 18:00"), rulebook()))


def test_a_month_counts_what_its_cases_count() -> None:
    """By all, and at any moment; through bytes."""
    every = {name: facts_of(stories()[name].replay("2030-12-31 18:00"), rulebook()) for name in NAMES}
    judged = [Judged(f"cases/{name}.yaml", name, name.encode(), facts) for name, facts in every.items()]
    month = unpack_month(pack_month(month_of("2026-11", judged)))
    for now in (datetime.fromisoformat(f"{day}T18:00:00+08:00") for day in ("2026-11-12", "2030-12-31")):
        assert summarise(facts.counted_at(now) for facts in every.values()) == Counts([month], now).total


@pytest.mark.parametrize("place", ["cases/2026/11/17/people-90000001.yaml", "cases/2026/11/16/people-55555555.yaml"])
def test_the_same_bytes_in_another_place_are_no_case_there(repository: Repository, place: str) -> None:
    """A file that is moved or copied stops the build, whatever is known of its blob."""
    story = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").answered("2026-11-18 10:00")
    path = repository.add(story.published("2026-11-19 10:00"))
    now, index = datetime.fromisoformat(NOW), open_index(repository.root)
    source = FolderSource(repository.root)
    assert () == gather(source, now, index=index).problems
    repository.write(place, path.read_bytes())
    if "55555555" not in place:
        path.unlink()
    for known in (index, Index(None)):
        assert ["HY202"] == [p.code for p in gather(source, now, index=known).problems]


def test_lines_of_lists_that_are_damaged_are_made_again(repository: Repository) -> None:
    """From the facts; a case that is not published has none."""
    story = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").answered("2026-11-18 10:00")
    repository.add(story.published("2026-11-19 10:00"))
    repository.add(Story(reference="90000002").assigned("2026-11-16 10:00"))
    gathered = gather(FolderSource(repository.root), datetime.fromisoformat(NOW), index=open_index(repository.root))
    [head] = gathered.heads
    kept = gathered.lines([head.oid])
    assert story.case().title in gathered.listed([head])[0].item.decode()
    with closing(sqlite3.connect(repository.root / FOLDER / NAME, isolation_level=None)) as raw:
        stamps = "SELECT number FROM stamps WHERE kind = ?"
        done = raw.execute(f"UPDATE facts SET body = zeroblob(9) WHERE stamp IN ({stamps})", (LISTED,))  # noqa: S608
        assert 1 == done.rowcount
    assert {} == gathered.index.get(LISTED, gathered.stamp, [head.oid])
    assert kept == gathered.lines([head.oid])
    assert kept == gathered.index.get(LISTED, gathered.stamp, [head.oid])
