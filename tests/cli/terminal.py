"""A person at a terminal: a real process on a real pseudo-terminal, typed at when it asks."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from tests.repository import NOW, Repository, Run

INTERRUPT = "\x03"
"""What the keys Ctrl-C send."""
PATIENCE = 60.0
"""Seconds until a test gives up on a prompt that does not come."""


def at_terminal(
    repository: Repository,
    arguments: Sequence[str],
    answers: Sequence[tuple[str, str]],
    *,
    env: Mapping[str, str] | None = None,
) -> Run:
    """Run the command at a terminal and type an answer whenever its prompt has appeared.

    Args:
        answers: (text that must be on the screen, what is typed then), which may be ``INTERRUPT``.
        env: variables of the environment, besides the usual ones.

    Returns:
        The exit code; ``out`` is standard output, ``err`` is what the screen showed.
    """
    ours, theirs = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HUIYIN_", "GIT_"))}
    with subprocess.Popen(
        [sys.executable, "-m", "huiyin.cli.main", *arguments],
        cwd=repository.root, env={**environment, "HUIYIN_AS_OF": NOW, "PYTHONUTF8": "1", "TERM": "dumb", **(env or {})},
        stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, start_new_session=True, preexec_fn=_take_terminal,
    ) as process:  # fmt: skip
        os.close(theirs)
        try:
            screen = _converse(ours, process, answers)
            assert process.stdout is not None
            out = process.stdout.read()
            code = process.wait(PATIENCE)
        except BaseException:
            process.kill()  # or leaving the block would wait for it
            raise
    screen += _rest(ours)
    os.close(ours)
    return Run(code, out.decode(), screen.decode(errors="replace").replace("\r\n", "\n"))


def _take_terminal() -> None:
    """Make the pseudo-terminal the one that Ctrl-C of the process comes from."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _converse(terminal: int, process: subprocess.Popen[bytes], answers: Sequence[tuple[str, str]]) -> bytes:
    screen, seen = b"", 0
    for prompt, answer in answers:
        screen = _read_until(terminal, prompt.encode(), screen, seen)
        seen = screen.index(prompt.encode(), seen) + len(prompt.encode())
        os.write(terminal, answer.encode())
    while answers[-1][1] == INTERRUPT and not _ended(process):
        # Between the prompt and the reading Python only notes the signal; people press the keys again, too.
        os.write(terminal, INTERRUPT.encode())
    return screen


def _ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(1)
    except subprocess.TimeoutExpired:
        return False
    return True


def _read_until(terminal: int, wanted: bytes, screen: bytes, seen: int) -> bytes:
    give_up = time.monotonic() + PATIENCE
    while wanted not in screen[seen:]:
        ready, _, _ = select.select([terminal], [], [], max(0.0, give_up - time.monotonic()))
        assert ready, f"no prompt {wanted.decode()!r} on the screen: {screen.decode(errors='replace')}"
        screen += os.read(terminal, 65536)
    return screen


def _rest(terminal: int) -> bytes:
    """What is left on the screen; the system says EIO once the other side is gone."""
    found = b""
    while select.select([terminal], [], [], 0)[0]:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            break
        if not part:
            break
        found += part
    return found
