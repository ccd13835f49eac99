"""Standard output and error: no crash for an old encoding, and no silence where the output is lost.

A program whose output cannot be written must still end what it does: a gate must not stop in the middle of a merge
because whoever read its messages has left. So the raw ends of both streams take everything, note the first failure,
and ``Streams.settle`` tells of it at the end.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import select
import sys
from dataclasses import dataclass
from typing import Any, TextIO

from huiyin.model.problem import Problem
from huiyin.repo.files import written
from huiyin.repo.reasons import reason

_ASCII = codecs.lookup("ascii")


class Sink(io.RawIOBase):
    """The raw end of a stream, which never fails.

    Args:
        handle: number of the open stream.
    """

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self.failure: OSError | None = None

    @property
    def lost(self) -> OSError | None:
        """What kept output from being written; None also where the reader of a pipe has left (``… | head``)."""
        return None if self.failure is None or self.failure.errno == errno.EPIPE else self.failure

    def writable(self) -> bool:
        """It takes everything."""
        return True

    def fileno(self) -> int:
        """The number of the stream."""
        return self._handle

    def isatty(self) -> bool:
        """Whether a person watches."""
        return os.isatty(self._handle)

    def write(self, data: Any, /) -> int:
        """Write what can be written; after a failure nothing is, so that nothing stands behind a gap."""
        while self.failure is None:
            try:
                return os.write(self._handle, data)
            except BlockingIOError:
                select.select([], [self._handle], [])
            except OSError as error:
                self.failure = error
        return len(data)


@dataclass(frozen=True, slots=True)
class Streams:
    """The standard streams of this process as ``guard`` set them up.

    Args:
        out: the raw end of standard output, or None where that is closed.
    """

    out: Sink | None

    def refusal(self) -> Problem | None:
        """HY908 where standard output is closed, so that nothing should be begun."""
        return Problem("HY908", "标准输出没有打开，因此什么都没有做。") if self.out is None else None

    def loss(self) -> Problem | None:
        """HY908 where some output could not be written; it names what was done all the same."""
        sys.stdout.flush()
        if self.out is None or self.out.lost is None:
            return None
        count = written()
        done = f"但命令已执行完毕，{count}个文件已经写好，请勿重复运行。" if count else "命令本身已执行完毕。"
        return Problem("HY908", f"结果没有全部输出（{reason(self.out.lost.errno, '写入')}）。{done}")


def guard() -> Streams:
    """Put streams that never fail in the places of standard output and error."""
    out = _open(sys.stdout, 1)
    err = _open(sys.stderr, 2)
    sys.stdout = _text(out or Sink(1), sys.stdout)
    sys.stderr = _text(err or Sink(2), sys.stderr, line_buffering=True)
    return Streams(out)


def _open(stream: TextIO | None, handle: int) -> Sink | None:
    if stream is not None:
        return Sink(stream.fileno())
    # Python gives no stream for a closed one. The number must not go to the next file that is opened.
    null = os.open(os.devnull, os.O_WRONLY)
    if null != handle:
        os.dup2(null, handle)
        os.close(null)
    return None


def _text(sink: Sink, old: TextIO | None, *, line_buffering: bool = False) -> TextIO:
    encoding = old.encoding if old is not None else "utf-8"
    if codecs.lookup(encoding) == _ASCII:
        encoding = "utf-8"  # the locale "C" says nothing of the terminal, and hardly any is without UTF-8
    watched = sink.isatty()
    return io.TextIOWrapper(
        io.BufferedWriter(sink), encoding, "backslashreplace", line_buffering=line_buffering or watched
    )
