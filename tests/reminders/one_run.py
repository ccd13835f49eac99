"""One run of reminders as a process of its own, which a test may kill: with little patience, so that it is quick.

Usage: python -m tests.reminders.one_run ROOT OUTBOX CONTACTS NOW [retry]
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

from huiyin.reminders.contacts import load_contacts
from huiyin.reminders.notices import Kind
from huiyin.reminders.outbox import open_folder
from huiyin.reminders.patience import Patience
from huiyin.reminders.plan import make_plan
from huiyin.reminders.routing import load_routing
from huiyin.reminders.sending import Sender, run
from huiyin.repo.source import FolderSource
from huiyin.repo.store import load_rulebook, read_cases
from huiyin.rules.replay import replay


def main(root: Path, folder: Path, contacts: str, now: datetime, *, retry: bool) -> None:
    """Run once and print the problems and what became of each key."""
    source = FolderSource(root)
    rulebook = load_rulebook(source)
    replays = [replay(f.case, rulebook, now) for f in read_cases(source) if f.case is not None]
    plan = make_plan(replays, rulebook, load_routing(source, rulebook.registry), now)
    patience = Patience(attempts=3, first=0.001, longest=0.002, timeout=0.5, sleep=lambda _: None)
    with open_folder(folder, root, now, new=True) as outbox:
        sender = Sender(load_contacts(contacts, source, root), rulebook.registry, patience)
        report = run(plan, outbox, sender, rulebook.registry, only=frozenset(Kind), retry_unknown=retry)
        states = [[*d.key, outbox.state(d.key)] for d in plan.deliveries]
    print(json.dumps({"codes": [p.code for p in report.problems], "states": states}))  # noqa: T201 - its result


if __name__ == "__main__":
    main(
        Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], datetime.fromisoformat(sys.argv[4]), retry=len(sys.argv) > 5
    )
