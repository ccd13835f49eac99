"""A stateful fake forge: a real HTTP server on this machine that behaves as GitHub or Gitea does, faults included."""

from __future__ import annotations

import json
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from tests.forge.descriptions import description
from tests.forge.world import User, World


class Refused(Exception):  # noqa: N818 - it is an answer, not an error of the fake
    """An answer other than success."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


@dataclass
class Request:
    """One request, understood."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    user: User
    number: int = 0
    rest: str = ""


@dataclass
class Reply:
    """One answer."""

    data: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Fault:
    """Something that goes wrong with requests that fit, so many times.

    Args:
        fits: a regular expression on ``METHOD path``.
        late: the request is carried out all the same, and only then goes the answer wrong.
        hang: seconds of silence; ``drop`` closes the connection instead of answering.
    """

    fits: str = ""
    times: int = 1
    status: int = 503
    headers: Mapping[str, str] = field(default_factory=dict)
    message: str = "no"
    late: bool = False
    hang: float = 0.0
    drop: bool = False
    text: str | None = None


Handler = Callable[[Request], Reply]


class Api(ABC):
    """What both forges have in common; a child adds its routes and its words."""

    kind: ClassVar[str]
    prefix: ClassVar[str]
    page_name: ClassVar[str]
    largest: ClassVar[int]

    def __init__(self, world: World) -> None:
        self.world = world
        self.description = description(self.kind)
        self.faults: list[Fault] = []
        self.asked: list[str] = []
        self.violations: list[str] = []
        self.address = ""

    @abstractmethod
    def routes(self) -> list[tuple[str, str, Handler]]:
        """(method, regular expression with groups ``number`` and ``rest``, handler) for paths below the repository."""

    def shape(self, request: Request, status: int, values: Mapping[str, Any]) -> Any:
        """A reply, or an entry of one, with everything that the description asks for besides."""
        filled = self.description.fill(request.method, request.path, status) if self.description else {}
        return merge(filled, values)

    def page(self, request: Request, entries: list[Any]) -> tuple[list[Any], int, int]:
        """The entries of the page that is asked for, the number of the page, and that of the last."""
        size = min(int(request.query.get(self.page_name, 30)), self.largest)
        number = int(request.query.get("page", 1))
        last = max(1, -(-len(entries) // size))
        return entries[(number - 1) * size : number * size], number, last

    def serve(self, method: str, path: str, query: dict[str, str], body: Any, token: str) -> Reply:
        """Answer one request."""
        user = self.world.users.get(token)
        if user is None:
            raise Refused(401, "Bad credentials")
        request = Request(method, path, query, body, user)
        below = path.removeprefix(f"/repos/{self.world.name}").removeprefix("/repositories/1")
        request.path = path.replace("/repositories/1", f"/repos/{self.world.name}")
        for verb, pattern, handler in self.routes():
            found = re.fullmatch(pattern, below if below != path else path)
            if found and verb == method:
                groups = found.groupdict()
                request.number, request.rest = int(groups.get("number") or 0), groups.get("rest") or ""
                if self.description:
                    self.violations += self.description.check_request(method, request.path, query, body)
                with self.world.lock:
                    reply = handler(request)
                if self.description:
                    self.violations += self.description.check_reply(method, request.path, reply.status, reply.data)
                return reply
        raise Refused(404, "Not Found")

    def fault(self, method: str, path: str) -> Fault | None:
        """The fault that is next for such a request."""
        for fault in self.faults:
            if fault.times > 0 and re.search(fault.fits, f"{method} {path}"):
                fault.times -= 1
                return fault
        return None


def merge(base: Any, values: Any) -> Any:
    """Objects merged all the way down; anything else is replaced."""
    if isinstance(base, dict) and isinstance(values, Mapping):
        return {**base, **{k: merge(base.get(k), v) for k, v in values.items()}}
    return values


@contextmanager
def running(api: Api) -> Iterator[str]:
    """Serve on a free port of this machine; give the address of the API."""

    class Server(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else each answer waits for the delayed acknowledgement of its headers

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def answer(self) -> None:
            parts = urlsplit(self.path)
            path = parts.path.removeprefix(api.prefix)
            length = int(self.headers.get("Content-Length") or 0)
            sent = self.rfile.read(length) if length else b""
            api.asked.append(f"{self.command} {path}{'?' + parts.query if parts.query else ''}")
            fault = api.fault(self.command, path)
            if fault is not None and not fault.late:
                self.fail(fault)
                return
            token = self.headers.get("Authorization", "").partition(" ")[2]
            try:
                body = json.loads(sent) if sent else None
                reply = api.serve(self.command, path, dict(parse_qsl(parts.query)), body, token)
            except Refused as error:
                reply = Reply({"message": error.message, "documentation_url": "-"}, error.status)
            if fault is not None:
                self.fail(fault)
                return
            self.write(reply.status, None if reply.status == 204 else json.dumps(reply.data), reply.headers)

        def fail(self, fault: Fault) -> None:
            if fault.hang:
                time.sleep(fault.hang)
            if fault.drop or fault.hang:
                self.close_connection = True
                return
            text = json.dumps({"message": fault.message}) if fault.text is None else fault.text
            self.write(fault.status, text, fault.headers)

        def write(self, status: int, text: str | None, headers: Mapping[str, str]) -> None:
            data = (text or "").encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer  # noqa: N815 - names that http.server asks for

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = False  # the end waits for them, so clients are closed before
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    api.address = f"http://127.0.0.1:{server.server_address[1]}{api.prefix}"
    try:
        yield api.address
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
