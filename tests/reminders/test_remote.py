from __future__ import annotations

import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from huiyin.model.problem import HuiyinError
from huiyin.reminders.outbox import State
from huiyin.reminders.remote import is_remote, open_remote
from huiyin.reminders.sending import Sender, run
from tests.cases import at, rulebook
from tests.reminders.scene import EVERYTHING, NOW, Time, contacts, plan_of, stories
from tests.reminders.servers import MailServer

AT = datetime.fromisoformat(at(NOW))


@pytest.fixture
def address(tmp_path: Path) -> str:
    """An empty bare repository."""
    git(tmp_path, "init", "--quiet", "--bare", "outbox.git")
    return f"file://{tmp_path / 'outbox.git'}"


def git(folder: Path, *arguments: str) -> str:
    """What Git prints."""
    return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout


def test_which_names_are_addresses() -> None:
    """Of Git repositories; a path of Windows or of a folder with a colon is none."""
    for name in ("ssh://git@host/a.git", "https://host/a.git", "file:///a.git", "git@host:a/b.git"):
        assert is_remote(name)
    for name in ("/var/outbox", "outbox", "a:b", "ftp://host/a", "./git@host:x y"):
        assert not is_remote(name)


def test_marks_are_pushed_before_anything_is_sent(address: str, tmp_path: Path, mails: MailServer) -> None:
    """A machine that vanishes while sending leaves its marks on the branch."""
    seen: list[str] = []

    def look(number: int) -> str:
        seen.append(git(tmp_path / "outbox.git", "show", "outbox:2026-11.jsonl"))
        return "ok"

    mails.behave = look
    plan, registry = plan_of(stories()), rulebook().registry
    sender = Sender(contacts(mails.url), registry, Time().patience())
    with open_remote(address, None, AT, new=True) as outbox:
        run(plan, outbox, sender, registry, only=EVERYTHING)
    assert seen
    assert all(text.count('"do":"sending"') == 7 for text in seen)
    with open_remote(address, None, AT, new=False) as outbox:
        mailed = [d.key for d in plan.deliveries if d.key.channel == "mail"]
        assert {State.SENT} == {outbox.state(key) for key in mailed}
    assert ["Sent", "Sending", "Due"] == git(tmp_path / "outbox.git", "log", "--format=%s", "outbox").split()


def test_two_machines_do_not_send_the_same(address: str, mails: MailServer) -> None:
    """Whoever pushes second is refused, and sends nothing."""
    plan, registry = plan_of(stories()), rulebook().registry
    sender = Sender(contacts(mails.url), registry, Time().patience())
    with open_remote(address, None, AT, new=True) as first:
        first.checkpoint("New")
    with open_remote(address, None, AT, new=False) as slow:
        with open_remote(address, None, AT, new=False) as quick:
            run(plan, quick, sender, registry, only=EVERYTHING)
        with pytest.raises(HuiyinError) as caught:
            run(plan, slow, sender, registry, only=EVERYTHING)
    assert (["HY872"], 7) == ([p.code for p in caught.value.problems], len(mails.taken))


def test_a_branch_is_not_made_by_mistake(address: str, tmp_path: Path) -> None:
    """An outbox that has vanished must not be replaced by an empty one; a repository that is not there is a problem."""
    for where, new, code in ((address, False, "HY868"), (f"file://{tmp_path}/none.git", True, "HY872")):
        with pytest.raises(HuiyinError) as caught, open_remote(where, None, AT, new=new):
            pass
        assert [code] == [p.code for p in caught.value.problems]


def test_a_password_in_the_address_is_not_repeated(tmp_path: Path) -> None:
    """Git would name the whole address."""
    with (
        pytest.raises(HuiyinError) as caught,
        open_remote("https://demo:demo-password@127.0.0.1:1/a.git", None, AT, new=True),
    ):
        pass
    assert (["HY872"], False) == ([p.code for p in caught.value.problems], "password" in str(caught.value))
