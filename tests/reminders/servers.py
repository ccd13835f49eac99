"""Real servers on free ports: one takes mail, one is three chat services. Each misbehaves as it is told."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

Behaviour = Callable[[int], str]
"""From the number of a message, counted from 0, to what is done with it."""


def always(what: str) -> Behaviour:
    """The same with every message."""
    return lambda number: what


def script(*steps: str) -> Behaviour:
    """One after the other; the last goes on."""
    return lambda number: steps[min(number, len(steps) - 1)]


@dataclass
class Victim:
    """The process that a server may kill while it serves it."""

    pid: int | None = None

    def kill(self) -> None:
        """Kill it, and do not go on before it is dead."""
        if self.pid is not None:
            os.kill(self.pid, signal.SIGKILL)


@dataclass
class MailServer:
    """What a mail server took, and how it behaves.

    Behaviours: ok; 451, 550 as the answer to the mail; refuse (every address); refuse-first (the first address);
    drop (the connection, before the mail); lose (the mail is taken, the answer is not given); kill-before and
    kill-after (the client, before and after the mail is taken).
    """

    port: int = 0
    behave: Behaviour = field(default=always("ok"))
    taken: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    offered: int = 0
    victim: Victim = field(default_factory=Victim)

    @property
    def url(self) -> str:
        """As apprise writes it."""
        return f"mailto://127.0.0.1:{self.port}/?from=cuiban@example.invalid&name=催办（演示）"

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to one address."""
        return [mail for mail in self.taken if address in str(mail["To"])]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Begin a mail."""
        if self.behave(self.offered) == "drop":
            self.offered += 1
            server.transport.abort()
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take an address or refuse it."""
        what = self.behave(self.offered)
        if what == "refuse" or (what == "refuse-first" and not getattr(session, "refused_one", False)):
            session.refused_one = True  # type: ignore[attr-defined]
            self.offered += what == "refuse"
            return "550 no such user secret@example.invalid"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail, or not."""
        what = self.behave(self.offered)
        self.offered += 1
        if what in {"451", "550"}:
            return f"{what} not now"
        if what == "kill-before":
            self.victim.kill()
            return "451 dead"
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.taken.append(mail)
        self.envelopes.append((str(envelope.mail_from), tuple(envelope.rcpt_tos)))
        if what == "kill-after":
            self.victim.kill()
        if what == "lose":
            server.transport.abort()
        return "250 OK"


class _Controller(Controller):
    """aiosmtpd's, on a port that the system chooses."""

    def __init__(self, handler: MailServer, **options: Any) -> None:
        self.bound = socket.create_server(("127.0.0.1", 0))
        super().__init__(handler, hostname="127.0.0.1", port=self.bound.getsockname()[1], **options)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self.bound, ssl=self.ssl_context)


@contextmanager
def mail_server(
    *, tls: ssl.SSLContext | None = None, implicit: bool = False, password: str | None = None
) -> Iterator[MailServer]:
    """A mail server for one test.

    Args:
        tls: offer STARTTLS with this context, or speak it from the first byte if ``implicit``.
        password: take no mail without it.
    """
    server = MailServer()

    def check(_: Any, __: Any, ___: Any, mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and given.password.decode() == password
        return AuthResult(success=right, handled=right)

    options: dict[str, Any] = {"ssl_context": tls} if implicit else {"tls_context": tls, "require_starttls": bool(tls)}
    if password is not None:
        options |= {"authenticator": check, "auth_required": True, "auth_require_tls": bool(tls) and not implicit}
    controller = _Controller(server, **options)
    server.port = controller.port
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
        asyncio.set_event_loop(None)


@dataclass
class Post:
    """One message that a robot was given."""

    path: str
    query: dict[str, str]
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """What it says, whichever service it is for."""
        text = self.body.get("text") or self.body["content"]
        return str(text.get("content") or text.get("text"))


@dataclass
class RobotServer:
    """What the robots posted, and how their service behaves.

    Behaviours: ok; an error code such as 310000 or 130101; 500, 502, 503, 504, 404 as HTTP status; garbage (a whole
    answer that is none of the service's); number (the code as text); half, silent and hang (it is posted, but the
    answer breaks off, never begins, or never comes); kill-before and kill-after (the client).
    """

    address: str = ""
    behave: Behaviour = field(default=always("ok"))
    offered: list[Post] = field(default_factory=list)
    posted: list[Post] = field(default_factory=list)
    victim: Victim = field(default_factory=Victim)
    done: threading.Event = field(default_factory=threading.Event)


class _Handler(BaseHTTPRequestHandler):
    robots: RobotServer

    def do_POST(self) -> None:
        """Take a message, or not."""
        data = self.rfile.read(int(self.headers["Content-Length"]))
        parts = urlsplit(self.path)
        post = Post(parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()}, json.loads(data))
        what = self.robots.behave(len(self.robots.offered))
        self.robots.offered.append(post)
        feishu = "/hook/" in post.path
        name, said = ("code", "msg") if feishu else ("errcode", "errmsg")
        if what == "kill-before":
            self.robots.victim.kill()
        elif what in {"ok", "half", "silent", "hang", "kill-after", "number"}:
            self.robots.posted.append(post)
        match what:
            case "ok":
                self.answer(200, json.dumps({name: 0, said: "ok"}))
            case "number":
                self.answer(200, json.dumps({name: "0"}))
            case "garbage":
                self.answer(200, "<html>login</html>")
            case "half":
                self.send_response(200)
                self.send_header("Content-Length", "400")
                self.end_headers()
                self.wfile.write(b'{"errcode":')
                self.close_connection = True
            case "hang":
                self.robots.done.wait(10)
            case "500" | "502" | "503" | "504" | "404":
                self.answer(int(what), "")
            case "kill-after":
                self.robots.victim.kill()
            case code if code.isdecimal():
                token = post.query.get("access_token", "") or post.query.get("key", "") or parts.path.rpartition("/")[2]
                self.answer(200, json.dumps({name: int(code), said: f"refused {token}\n::error::x"}))
        self.close_connection = True

    def answer(self, status: int, text: str) -> None:
        """A whole answer."""
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def handle(self) -> None:
        """As usual; that the client has gone is no concern of the server."""
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def robot_server() -> Iterator[RobotServer]:
    """The three chat services for one test."""
    robots = RobotServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"robots": robots}))
    robots.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield robots
    finally:
        robots.done.set()
        server.shutdown()
        thread.join()
        server.server_close()
