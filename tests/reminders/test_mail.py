from __future__ import annotations

import logging
import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from huiyin.model.problem import Severity, UsageError
from huiyin.reminders.mail import Mailer
from huiyin.reminders.outbox import State
from huiyin.reminders.outcome import Outcome
from tests.reminders.scene import Time
from tests.reminders.servers import MailServer, always, mail_server, script

PASSWORD = "demo-password"  # noqa: S105 - invented
SUBJECT, BODY = "【网民留言催办提醒】将到期1件", "兰州市主要负责人（演示）：\n\n一、将到期\n1. people-3\n.\n"


def send(url: str, *to: str, time: Time | None = None, mailer: Mailer | None = None) -> Outcome:
    """One mail to one person."""
    used = mailer or Mailer(url, (time or Time()).patience())
    return used.send("lanzhou.head", to or ("a@example.invalid",), SUBJECT, BODY, "0123456789abcdef")


def test_a_mail_arrives_as_it_was_written(mails: MailServer) -> None:
    """Subject, sender and text in Chinese; the Message-ID is ours, the date Beijing's; no machine shall answer."""
    assert Outcome(State.SENT) == send(mails.url)
    [mail] = mails.taken
    assert (SUBJECT, "a@example.invalid") == (mail["Subject"], mail["To"])
    assert "催办（演示）" in mail["From"]
    assert BODY.strip() == mail.get_content().replace("\r\n", "\n").strip()
    assert ["<0123456789abcdef@example.invalid>"] == mail.get_all("Message-ID")
    assert "auto-generated" == mail["Auto-Submitted"]
    assert mail["Date"].endswith("+0800")


def test_one_person_may_have_several_addresses(mails: MailServer) -> None:
    """One mail to both; that one of them is refused is a warning, as the other has it."""
    assert Outcome(State.SENT) == send(mails.url, "a@example.invalid", "b@example.invalid")
    mails.behave = script("refuse-first")
    found = send(mails.url, "a@example.invalid", "b@example.invalid")
    assert State.SENT is found.state
    assert found.problem is not None
    assert ("HY864", Severity.WARNING) == (found.problem.code, found.problem.level)
    assert [("a@example.invalid", "b@example.invalid"), ("b@example.invalid",)] == [to for _, to in mails.envelopes]


@pytest.mark.parametrize(
    ("behaviour", "state", "code", "offered"),
    [
        ("451", State.DUE, "HY864", 3),
        ("drop", State.DUE, "HY864", 3),
        ("550", State.DUE, "HY864", 1),
        ("refuse", State.DUE, "HY864", 1),
        ("lose", State.UNKNOWN, "HY866", 1),
    ],
)
def test_what_did_not_arrive_is_tried_again_and_what_may_have_is_not(
    behaviour: str, state: State, code: str, offered: int, mails: MailServer
) -> None:
    """Bounded, slower each time; the problem names the person and repeats no address and nothing of the server's."""
    time = Time()
    mails.behave = always(behaviour)
    found = send(mails.url, time=time)
    assert found.problem is not None
    assert (state, code, offered) == (found.state, found.problem.code, mails.offered)
    assert [1.0, 2.0][: offered - 1] == time.slept
    assert "lanzhou.head" in found.problem.message
    assert not [s for s in ("example.invalid", "127.0.0.1", "no such") if s in found.problem.message]
    assert (behaviour == "lose") == bool(mails.taken)


def test_trouble_that_passes(mails: MailServer) -> None:
    """Refused for now, cut off, then taken: one mail."""
    mails.behave = script("451", "drop", "ok")
    assert (State.SENT, 1) == (send(mails.url).state, len(mails.taken))


def test_a_server_that_is_not_there_is_not_asked_again_and_again() -> None:
    """The run comes to its end: after one mail's attempts the others fail at once, and all stay due."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    time = Time()
    mailer = Mailer(f"mailto://127.0.0.1:{port}/?from=a@example.invalid", time.patience())
    first, second = send("", mailer=mailer), send("", mailer=mailer)
    assert (State.DUE, [1.0, 2.0]) == (first.state, time.slept)
    assert first == second
    assert first.problem is not None
    assert ("HY864", False) == (first.problem.code, str(port) in first.problem.message)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's certificate that nobody knows."""
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-days", "1", "-subj", "/CN=localhost", "-keyout", str(folder / "key"), "-out", str(folder / "cert")]
    try:
        subprocess.run([*command, *names], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl IS NOT INSTALLED: encrypted mail is NOT TESTED")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    return context


# aiosmtpd does not notice that the connection is encrypted from its first byte.
@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize("mode", ["ssl", "starttls"])
def test_encrypted_with_a_password(mode: str, tls: ssl.SSLContext) -> None:
    """By the URL alone; the password of the URL is the one that the server gets."""
    with mail_server(tls=tls, implicit=mode == "ssl", password=PASSWORD) as server:
        where = f"127.0.0.1:{server.port}/?from=a@example.invalid&mode={mode}&verify=no"
        assert State.SENT is send(f"mailtos://demo:{PASSWORD}@{where}").state
        wrong = send(f"mailtos://demo:wrong-password@{where}")
    assert (State.DUE, 1) == (wrong.state, len(server.taken))
    assert wrong.problem is not None
    assert "password" not in wrong.problem.message


def test_a_certificate_that_nobody_knows_is_refused(tls: ssl.SSLContext) -> None:
    """Unless the URL says that it does not matter."""
    with mail_server(tls=tls, implicit=True) as server:
        found = send(f"mailtos://127.0.0.1:{server.port}/?from=a@example.invalid&mode=ssl")
    assert (State.DUE, []) == (found.state, server.taken)


@pytest.mark.parametrize(
    "url",
    [
        "mailto://",
        "mailto://demo:demo-password@",
        "mailto://mail.example.invalid/?from=nobody",
        "mailto://demo:demo-password@mail.example.invalid/?from=a@example.invalid",
        "mailtos://demo:demo-password@mail.example.invalid/?from=a@example.invalid&mode=rot13",
        "json://127.0.0.1/",
    ],
)
def test_servers_that_cannot_be_used(url: str) -> None:
    """Wrong, or a password without encryption; the problem does not repeat what stands there."""
    with pytest.raises(UsageError) as caught:
        Mailer(url, Time().patience())
    assert ["HY863"] == [p.code for p in caught.value.problems]
    assert "demo" not in str(caught.value)


def test_nothing_is_logged(mails: MailServer, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """第十九条: apprise would name addresses and hosts on standard error."""
    handler = logging.FileHandler(tmp_path / "log", encoding="utf-8")
    logging.getLogger().addHandler(handler)
    try:
        for what in ("ok", "451", "refuse", "lose"):
            mails.behave = always(what)
            send(mails.url)
        with pytest.raises(UsageError):
            Mailer("mailto://demo:demo-password@?from=x", Time().patience())
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
    assert ("", "") == tuple(capfd.readouterr())
    assert "example.invalid" not in (tmp_path / "log").read_text(encoding="utf-8")
