"""Servers that refuse, break off, hang and lie, and runs that are killed: nothing is lost, nothing goes twice."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from huiyin.reminders.notices import LABELS
from huiyin.reminders.outbox import State, open_folder
from tests.cases import PROJECT, at
from tests.reminders.scene import GROUPS, NOW, address, contacts, stories
from tests.reminders.servers import MailServer, RobotServer, Victim, always
from tests.repository import Repository

MAIL_TROUBLE = ("451", "550", "refuse", "drop", "lose", "kill-before", "kill-after")
ROBOT_TROUBLE = ("310000", "500", "502", "garbage", "half", "silent", "hang", "kill-before", "kill-after")
MOMENTS = ("2026-11-23 10:00", "2026-11-23 17:30", "2026-11-24 08:30", "2026-11-25 08:30", "2026-11-26 08:30")

Told = tuple[str, str, str, str]
"""Day, kind, case, addressee."""


@dataclass
class Office:
    """A case log with everything to tell, the servers, and the outbox that outlives each run."""

    repository: Repository
    mails: MailServer
    robots: RobotServer
    victim: Victim

    def command(self, now: str, *more: str) -> list[str]:
        """One run as a process."""
        folder = self.repository.root.parent
        start = [sys.executable, "-m", "tests.reminders.one_run", str(self.repository.root), str(folder / "outbox")]
        return [*start, str(folder / "contacts.yaml"), at(now), *more]

    def start(self, now: str = NOW, *more: str) -> subprocess.Popen[str]:
        """Start one, as the one that the servers may kill."""
        process = subprocess.Popen(
            self.command(now, *more), cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.victim.pid = process.pid
        return process

    def run(self, now: str = NOW, *more: str) -> dict[str, Any] | None:
        """One run to its end; None if it was killed."""
        process = self.start(now, *more)
        out, err = process.communicate(timeout=60)
        self.victim.pid = None
        if process.returncode == -signal.SIGKILL:
            return None
        assert 0 == process.returncode, err
        return dict(json.loads(out))

    def told(self) -> Counter[Told]:
        """How often everything really reached its addressee."""
        found = [(str(m["To"]).partition("@")[0], m.get_content()) for m in self.mails.taken]
        found += [(_group(p.path, p.query), p.text) for p in self.robots.posted]
        return Counter((day, kind, case, to) for to, text in found for day, kind, case in _read(text))

    def known(self) -> dict[Told, State]:
        """All that the outbox knows."""
        folder = self.repository.root.parent / "outbox"
        with open_folder(folder, self.repository.root, datetime.fromisoformat(at(NOW)), new=False) as outbox:
            return {key[:4]: state for state in State for key in outbox.keys(state)}


def _group(path: str, query: dict[str, str]) -> str:
    token = query.get("access_token") or query.get("key") or path.rpartition("/")[2]
    return token.removeprefix("token-of-")


def _read(text: str) -> Iterator[tuple[str, str, str]]:
    """Day, kind and case of each line of a message, as its reader finds them."""
    today = re.findall(r"截至(\d{4}-\d\d-\d\d) ", text)[0]
    kinds = {heading: kind.value for kind, (_, heading) in LABELS.items()}
    kind = ""
    for line in text.splitlines():
        if heading := re.match(r"[一二三四五六七八九]、(.*)（\d+件）", line):
            kind = kinds[heading[1]]
        elif entry := re.match(r"\d+\. ([^，]+)，", line):
            late = re.search(r"应于(.{10})告知", line)
            yield late[1] if late else today, kind, entry[1]


@pytest.fixture
def office(repository: Repository, mails: MailServer, robots: RobotServer) -> Office:
    """Everybody can be reached, at first."""
    for story in stories():
        repository.add(story)
    rules = repository.root / "rules/reminders.yaml"
    groups = "".join(
        f"  {g.id}: {{robot: {g.robot}, unit: {g.unit}, kinds: [{', '.join(sorted(g.kinds))}]}}\n" for g in GROUPS
    )
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace("groups: {}\n", f"groups:\n{groups}"), encoding="utf-8")
    known = contacts(mails.url, robots.address)
    people = "".join(f"    {person}: {address(person)}\n" for person in known.people)
    tokens = "".join(f"  {g}: {{token: {r.token}, base: {r.base}}}\n" for g, r in known.robots.items())
    lines = f'mail:\n  url: "{mails.url}"\n  people:\n{people}robots:\n{tokens}'
    repository.write("../contacts.yaml", lines)
    victim = Victim()
    mails.victim = robots.victim = victim
    return Office(repository, mails, robots, victim)


def keys(known: dict[Told, State], *wanted: State) -> set[Told]:
    """What is in one of these states."""
    return {key for key, state in known.items() if state in wanted}


def test_nothing_is_lost_and_nothing_goes_twice(office: Office) -> None:
    """第十五条 in the worst of weathers, over four days: each reminder went once, or it is known that it did not."""
    dice = random.Random(1)  # noqa: S311 - chaos need not be secret
    killed = 0

    def trouble(kinds: tuple[str, ...]) -> Any:
        return lambda _: dice.choice(kinds) if dice.random() < 0.6 else "ok"

    office.mails.behave, office.robots.behave = trouble(MAIL_TROUBLE), trouble(ROBOT_TROUBLE)
    planned: set[Told] = set()
    missed = 0
    for now in [moment for moment in MOMENTS for _ in range(2)]:
        done = office.run(now)
        told = office.told()
        assert {1} >= set(told.values())
        if done is None:
            killed += 1
            continue
        planned |= {(day, kind, case, to) for day, kind, case, to, _, _ in done["states"]}
        missed += done["codes"].count("HY867")
        known = office.known()
        assert planned <= set(known)
        assert keys(known, State.SENT) <= set(told) <= keys(known, State.SENT, State.UNKNOWN)
    assert killed
    office.mails.behave = office.robots.behave = always("ok")
    done, before = office.run(MOMENTS[-1]), office.told()
    assert done is not None
    known, unknown = office.known(), keys(office.known(), State.UNKNOWN)
    current = {(day, kind, case, to) for day, kind, case, to, _, _ in done["states"]}
    # What was due on the last day has gone, or may have; what an earlier day missed was told to the operator.
    assert current <= keys(known, State.SENT, State.UNKNOWN)
    assert keys(known, State.LAPSED).isdisjoint(before)
    assert len(keys(known, State.LAPSED)) >= missed + done["codes"].count("HY867")
    assert unknown
    assert {1} == set(before.values())
    again = office.run(MOMENTS[-1], "retry")
    assert again is not None
    # What nobody knew of was sent once more, and nothing else.
    assert [] == again["codes"]
    assert current <= keys(office.known(), State.SENT)
    assert unknown & current == {key for key, times in office.told().items() if times > before[key]}
    assert 2 >= max(office.told().values())


def test_a_run_that_is_killed_at_any_moment(office: Office) -> None:
    """第十五条: not by the servers but by the system, whenever it likes; the runs after it send the rest, once."""
    dice = random.Random(5)  # noqa: S311 - chaos need not be secret
    for _ in range(8):
        process = office.start()
        try:
            process.wait(dice.uniform(0.4, 1.2))
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert {1} >= set(office.told().values())
    done, told = office.run(), office.told()
    assert done is not None
    known = office.known()
    assert {1} == set(told.values())
    assert set(known) == keys(known, State.SENT, State.UNKNOWN)
    assert keys(known, State.SENT) <= set(told)


def test_two_runs_at_once(office: Office) -> None:
    """Four processes with one outbox: everything goes once."""
    processes = [office.start() for _ in range(4)]
    office.victim.pid = None
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert 0 == process.returncode, err
        assert [] == json.loads(out)["codes"]
    assert {1} == set(office.told().values())
    assert (7, 3) == (len(office.mails.taken), len(office.robots.posted))
