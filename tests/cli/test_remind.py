"""``huiyin remind`` as an operator runs it: real processes, real servers, a real folder."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from huiyin.cli.remind import KINDS
from huiyin.reminders.notices import Kind
from tests.reminders.scene import address, contacts, stories
from tests.reminders.servers import MailServer, always, mail_server
from tests.repository import Repository


@pytest.fixture
def mails() -> Iterator[MailServer]:
    """A mail server."""
    with mail_server() as server:
        yield server


@pytest.fixture
def busy(repository: Repository, mails: MailServer) -> Repository:
    """A case for every kind, and contacts beside the record."""
    for story in stories():
        repository.add(story)
    people = "".join(f"    {person}: {address(person)}\n" for person in contacts().people)
    path = repository.write("../contacts.yaml", f'mail:\n  url: "{mails.url}"\n  people:\n{people}')
    path.chmod(0o600)
    return repository


SEND = ("remind", "--outbox", "../outbox", "--contacts", "../contacts.yaml")


def test_the_help_names_every_kind() -> None:
    """The command lists them itself, so that its help needs no import."""
    assert [kind.value for kind in Kind] == list(KINDS)


def test_from_plan_to_mailbox(busy: Repository, mails: MailServer) -> None:
    """第十五条: once a day, by one command; the second time there is nothing to send."""
    first = busy.huiyin(*SEND, "--new-outbox")
    assert (0, "", 7) == (first.code, first.err, len(mails.taken))
    assert "兰州市主要负责人（演示）" in first.out
    assert 1 == len(mails.to("lanzhou.head"))
    second = busy.huiyin(*SEND)
    assert (0, 7) == (second.code, len(mails.taken))
    assert "没有要发的" in second.out


def test_the_variables_of_a_workflow(busy: Repository, mails: MailServer) -> None:
    """Contacts as the text of a secret, the outbox as a repository of its own; nothing of them is printed."""
    bare = busy.root.parent / "outbox.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(bare)], check=True)
    text = (busy.root.parent / "contacts.yaml").read_text(encoding="utf-8")
    outbox = f"file://{bare}"
    done = busy.huiyin("remind", "--new-outbox", "--format", "github", HUIYIN_CONTACTS=text, HUIYIN_OUTBOX=outbox)
    assert (0, 7) == (done.code, len(mails.taken))
    assert "example.invalid" not in done.out + done.err
    again = busy.huiyin("remind", HUIYIN_CONTACTS=text, HUIYIN_OUTBOX=outbox)
    assert (0, 7) == (again.code, len(mails.taken))


def test_a_dead_server_fails_the_job(busy: Repository, mails: MailServer) -> None:
    """第十四条: loudly, by person and with a code; as annotations in a workflow; what was not sent goes next time."""
    mails.behave = always("550")
    done = busy.huiyin(*SEND, "--new-outbox", "--format", "github")
    assert 1 == done.code
    assert 7 == done.out.count("::error title=HY864::")
    assert "lanzhou.head" in done.out
    mails.behave = always("ok")
    assert (0, 7) == (busy.huiyin(*SEND).code, len(mails.taken))


def test_a_rehearsal_sends_nothing(busy: Repository, mails: MailServer) -> None:
    """Needs neither contacts nor an outbox, makes none, and shows the letters if asked."""
    done = busy.huiyin("remind", "--dry-run", "--letters")
    assert (0, []) == (done.code, mails.taken)
    assert "主题：【网民留言催办提醒】" in done.out
    assert "people-3，兰州市，期限2026-11-24，第十五条" in done.out
    assert not (busy.root.parent / "outbox").exists()
    busy.huiyin(*SEND, "--new-outbox")
    assert "没有要发的" in busy.huiyin("remind", "--dry-run", "--outbox", "../outbox").out


def test_json_is_the_contract(busy: Repository) -> None:
    """The fields of docs/cli.md; no title and no text (第十九条)."""
    done = busy.huiyin("remind", "--dry-run", "--only", "due_soon", "--format", "json")
    report = json.loads(done.out)
    assert ["as_of", "dry_run", "planned", "already", "messages", "problems"] == list(report)
    assert ["lanzhou.clerk", "lanzhou.head"] == [m["to"] for m in report["messages"]]
    assert {
        "id": "people-3",
        "kind": "due_soon",
        "day": "2026-11-23",
        "told_late": False,
        "unit": "lanzhou",
        "dispatcher": "wangzhan",
        "due": "2026-11-24",
        "working_days_late": 0,
        "provisional": False,
        "articles": ["15"],
    } == report["messages"][0]["notices"][0]
    assert "公交" not in done.out


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (("remind",), 2, "HY920"),
        ((*SEND, "--retry-unknown", "--accept-unknown"), 2, "HY920"),
        (SEND, 1, "HY868"),
        (("remind", "--outbox", "outbox", "--new-outbox"), 1, "HY868"),
        ((*SEND[:3], "--new-outbox", "--contacts", "none.yaml"), 2, "HY863"),
        ((*SEND, "--only", "everything"), 2, "HY920"),
    ],
)
def test_what_an_operator_may_get_wrong(
    arguments: tuple[str, ...], exit_code: int, code: str, busy: Repository, mails: MailServer
) -> None:
    """A code and its cure, and nothing is sent."""
    done = busy.huiyin(*arguments)
    assert (exit_code, True, []) == (done.code, code in done.err, mails.taken)


def test_a_case_that_cannot_be_read_does_not_stop_the_others(busy: Repository, mails: MailServer) -> None:
    """It is named, the exit code is 1, and everybody else is told."""
    path = next((busy.root / "cases").rglob("people-3.yaml"))
    path.write_text("id: [\n", encoding="utf-8")
    done = busy.huiyin(*SEND, "--new-outbox")
    assert (1, True, 7) == (done.code, "people-3.yaml" in done.err, len(mails.taken))


def test_without_the_rules_nothing_is_guessed(busy: Repository) -> None:
    """A record without rules/reminders.yaml says so."""
    (busy.root / "rules/reminders.yaml").unlink()
    done = busy.huiyin(*SEND, "--new-outbox")
    assert (1, True) == (done.code, "HY860" in done.err)
    assert not Path(busy.root.parent / "outbox").exists()
