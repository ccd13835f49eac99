"""The outbox: an append-only journal of what was due, begun and sent, so that nothing goes twice and nothing is lost.

It is a folder outside the record, one JSON Lines file a month, with ids only: no address, no text, no secret. Every
line is on the disk before what it announces is done. Whoever holds the outbox open holds its lock.

A message is marked ``sending`` before its first byte leaves. A run that dies then leaves an unknown outcome, which the
next run reports and does not send again by itself: at most once (docs/adr/0015).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from huiyin.model.moment import timestamp
from huiyin.model.problem import HuiyinError, Problem
from huiyin.reminders.notices import Key
from huiyin.repo.files import BESIDE, failure, write_atomically
from huiyin.repo.lock import FOLDER, locked
from huiyin.repo.source import shown

MARKER = "huiyin-outbox"
"""A file that says that the folder is an outbox: an empty one by mistake would send everything again."""


class State(StrEnum):
    """How it stands with a notice for an addressee."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    LAPSED = "lapsed"

    @property
    def label(self) -> str:
        """The Chinese word shown to operators."""
        return {"due": "未发出", "sending": "正在发", "sent": "已发出", "unknown": "结果不明", "lapsed": "已失时效"}[
            self.value
        ]


@dataclass(frozen=True, slots=True)
class Message:
    """What goes in one piece to one addressee.

    Args:
        id: of its own; a mail carries it as Message-ID, so that sending it again can be recognised.
    """

    id: str
    channel: str
    to: str
    keys: tuple[Key, ...]


class Outbox:
    """An open outbox; made by ``open_outbox``.

    Args:
        at: the moment written on each line.

    Raises:
        HuiyinError: HY868, a line cannot be read; HY906, it cannot be written.
    """

    batch: int | None = 1
    """How many messages are begun before they are sent; None for all at once, where a checkpoint is slow."""

    def __init__(self, folder: Path, at: datetime) -> None:
        self.folder = folder
        self._at = timestamp(at)
        self._path = folder / f"{at:%Y-%m}.jsonl"
        self._states: dict[Key, State] = {}
        self._messages: dict[str, Message] = {}
        self._of: dict[Key, str] = {}
        for path in sorted(folder.glob("*.jsonl")):
            self._load(path)

    def state(self, key: Key) -> State | None:
        """How it stands with that key; None if it was never due."""
        return self._states.get(key)

    def keys(self, state: State) -> list[Key]:
        """Everything in that state, in order."""
        return sorted(key for key, found in self._states.items() if found is state)

    def messages(self, keys: Iterable[Key]) -> dict[Message, list[Key]]:
        """The messages by which the keys were last begun, each with those of its keys that were asked for."""
        found: dict[Message, list[Key]] = {}
        for key in keys:
            found.setdefault(self._messages[self._of[key]], []).append(key)
        return found

    def note(self, keys: Iterable[Key], state: State) -> None:
        """Write down keys as due or lapsed."""
        by_addressee: dict[tuple[str, str], list[Key]] = {}
        for key in keys:
            by_addressee.setdefault((key.channel, key.to), []).append(key)
        self._append(
            {"do": state.value, "channel": channel, "to": to, "notices": _notices(found)}
            for (channel, to), found in by_addressee.items()
        )

    def begin(self, messages: Iterable[Message]) -> None:
        """Write down that the messages are being sent; only then may they be."""
        self._append(
            {"do": "sending", "message": m.id, "channel": m.channel, "to": m.to, "notices": _notices(m.keys)}
            for m in messages
        )

    def finish(self, message: Message, state: State, code: str = "") -> None:
        """Write down what became of a message: sent, due again, or unknown.

        Args:
            code: of the problem, if there was one.
        """
        self._append([{"do": state.value, "message": message.id, **({"code": code} if code else {})}])

    def recover(self) -> list[Message]:
        """Mark as unknown what a run that died was sending; gives those messages."""
        lost = list(self.messages(self.keys(State.SENDING)))
        for message in lost:
            self.finish(message, State.UNKNOWN)
        return lost

    def checkpoint(self, why: str) -> None:
        """Make sure that what was written outlives this machine; a folder is as safe as its disk."""

    def _append(self, entries: Iterable[Mapping[str, Any]]) -> None:
        dated = [{"at": self._at, **entry} for entry in entries]
        if not dated:
            return
        text = "".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n" for entry in dated)
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
            try:
                # One write, so that a crash leaves at most one line that is cut, the last.
                data = text.encode()
                while data:
                    data = data[os.write(handle, data) :]
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise HuiyinError(failure(self._path, error.errno)) from None
        for entry in dated:
            self._take(entry)

    def _load(self, path: Path) -> None:
        if path.is_symlink() or not path.is_file():
            raise HuiyinError(Problem("HY868", "发件箱中有不是普通文件的东西。", shown(str(path))))
        try:
            data = path.read_bytes()
            # Cut off by a crash before it was on the disk, so nothing was done on its account.
            whole = data.rfind(b"\n") + 1
            if whole < len(data):
                os.truncate(path, whole)
        except OSError as error:
            raise HuiyinError(failure(path, error.errno)) from None
        for number, line in enumerate(data[:whole].split(b"\n")[:-1], 1):
            try:
                self._take(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError):
                message = f"发件箱第{number}行读不懂，不能确定哪些已经发出，故一件也没有发。"
                raise HuiyinError(Problem("HY868", message, shown(str(path)), line=number)) from None

    def _take(self, entry: Mapping[str, Any]) -> None:
        state, message = State(entry["do"]), str(entry.get("message", ""))
        if "notices" in entry:
            keys = tuple(Key(day, kind, case, entry["to"], entry["channel"]) for day, kind, case in entry["notices"])
            if message:
                self._messages[message] = Message(message, entry["channel"], entry["to"], keys)
                self._of |= dict.fromkeys(keys, message)
        else:
            keys = tuple(k for k in self._messages[message].keys if self._of[k] == message)
        self._states |= dict.fromkeys(keys, state)


def _notices(keys: Sequence[Key]) -> list[list[str]]:
    return [[key.day, key.kind, key.case_id] for key in keys]


@contextmanager
def open_folder(folder: Path, root: Path, at: datetime, *, new: bool, patience: float = 30.0) -> Iterator[Outbox]:
    """Open an outbox that is a folder on this machine, alone, until the block ends.

    Args:
        root: the record; the outbox must not lie in it.
        new: make the outbox if there is none.
        patience: seconds to wait for another run.

    Raises:
        HuiyinError: HY868, it is none, or lies in the record, or cannot be read; HY869, another run holds it; HY906.
    """
    if folder.resolve().is_relative_to(root.resolve()):
        raise HuiyinError(Problem("HY868", "发件箱不能放在留言库中。", shown(str(folder))))
    prepare(folder, new=new)
    with _alone(folder, patience):
        yield Outbox(folder, at)


def prepare(folder: Path, *, new: bool) -> None:
    """Make sure that the folder is an outbox.

    Raises:
        HuiyinError: HY868, it is none and none may be made; HY906.
    """
    if (folder / MARKER).is_file():
        return
    if not new:
        raise HuiyinError(Problem("HY868", "没有这个发件箱。", shown(str(folder))))
    try:
        used = folder.exists() and any(not _is_ours(path.name) for path in folder.iterdir())
    except OSError as error:
        raise HuiyinError(failure(folder, error.errno)) from None
    if used:
        raise HuiyinError(Problem("HY868", "目录中已有别的文件，不能作发件箱。", shown(str(folder))))
    write_atomically(folder / MARKER, "催办提醒的发件箱：只追加，不修改，不删除。\n")


def _is_ours(name: str) -> bool:
    """Whether a run that makes the same outbox at this very moment, or Git, put it there."""
    return name in {".git", MARKER, FOLDER} or (name.startswith(".") and name.endswith(BESIDE))


@contextmanager
def _alone(folder: Path, patience: float) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(folder, patience=patience))
        except HuiyinError as error:
            if error.problems[0].code != "HY950":
                raise
            raise HuiyinError(Problem("HY869", f"等了{patience:.0f}秒，另一次催办仍在使用这个发件箱。")) from None
        yield
