"""Ctrl-C while processes work: this one is interrupted, once and between two steps; its workers never are."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def ignoring_interrupts() -> Iterator[None]:
    """What is started meanwhile ignores Ctrl-C, from its first moment on: this process sends it home.

    A worker that were interrupted while it takes a chunk from the queue would leave the others, and this process,
    waiting for ever.
    """
    if not _is_main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)


@contextmanager
def interrupted_afterwards() -> Iterator[None]:
    """Ctrl-C waits until this is done."""
    if not _is_main_thread():
        yield
        return
    seen: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: seen.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)
        if seen:
            signal.raise_signal(signal.SIGINT)


@contextmanager
def interrupted_once() -> Iterator[None]:
    """Ctrl-C interrupts this process once: to send the workers home takes a moment, which a second one would break off.

    Whoever does not get so far as to send them home, as MkDocs, leaves it to the end of the process.
    """
    if not _is_main_thread() or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return

    def once(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, once)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is once:  # who was interrupted is about to end
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _is_main_thread() -> bool:
    """Only there can be said what Ctrl-C does, and only there is anybody interrupted."""
    return threading.current_thread() is threading.main_thread()
