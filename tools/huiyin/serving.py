"""The demonstration's site on this machine, until Ctrl-C."""

from __future__ import annotations

import errno
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click

from huiyin.model.problem import HuiyinError, Problem

PORT = 8000
PORTS_TRIED = 20


def say(text: str) -> None:
    """Print a line, before the output of the next process."""
    click.echo(text)


def serve(site: Path, port: int = PORT) -> None:
    """Serve a folder on 127.0.0.1 until Ctrl-C; where the port is taken, on the next free one.

    Raises:
        HuiyinError: HY962, no port is free.
    """
    try:
        with _listen(site, port) as server:
            say(f"\n网站：http://127.0.0.1:{server.server_port}/ （按 Ctrl-C 停止）")
            server.serve_forever()
    except KeyboardInterrupt:
        say("\n已停止。")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request: the terminal shows the results."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that went away in the middle of a page."""


def _listen(site: Path, port: int) -> _Server:
    for candidate in range(port, port + PORTS_TRIED):
        try:
            return _Server(("127.0.0.1", candidate), partial(_Quiet, directory=str(site)))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            say(f"端口{candidate}已被占用，改用下一个。")
    raise HuiyinError(Problem("HY962", f"端口{port}至{port + PORTS_TRIED - 1}都被占用，网站没有启动。"))
