"""What was erased: id, time and person, one line each, only ever appended to (第十九条)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from huiyin.model.moment import timestamp
from huiyin.model.problem import HuiyinError, Problem
from huiyin.vault.content import is_case_id

LOG = "forgotten.log"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """One line of the log.

    Args:
        at: with an offset, whole seconds.
        by: id of the person.
        again: not erased, but allowed to be kept again.
    """

    case_id: str
    at: datetime
    by: str
    again: bool = False


def forgotten_line(entry: Forgotten) -> bytes:
    """The line as it is appended."""
    action = "again" if entry.again else "forgotten"
    data = {"action": action, "case": entry.case_id, "at": timestamp(entry.at), "by": entry.by}
    return (json.dumps(data, ensure_ascii=False) + "\n").encode()


def read_log(data: bytes) -> list[Forgotten]:
    """The whole log; a last line that a crash cut short is passed over, as what it announced was not begun.

    Raises:
        HuiyinError: HY725, another line cannot be read.
    """
    *lines, _ = data.split(b"\n")
    entries = []
    for number, line in enumerate(lines, start=1):
        try:
            entries.append(_entry(line))
        except (ValueError, KeyError, TypeError):
            if line and not _is_cut(line):
                raise HuiyinError(Problem("HY725", "抹除记录有一行不能读出。", LOG, line=number)) from None
    return entries


def last_words(entries: Iterable[Forgotten]) -> dict[str, Forgotten]:
    """The latest line of each case that is forgotten and not allowed again."""
    latest = {entry.case_id: entry for entry in entries}
    return {case_id: entry for case_id, entry in latest.items() if not entry.again}


def refuse_forgotten(entries: Iterable[Forgotten], case_ids: Iterable[str]) -> None:
    """Keep nothing of a case that was erased, unless somebody allowed it.

    Raises:
        HuiyinError: HY718 for each.
    """
    words = last_words(entries)
    found = [words[case_id] for case_id in dict.fromkeys(case_ids) if case_id in words]
    if found:
        raise HuiyinError(
            *(Problem("HY718", f"{e.case_id}的内容已于{e.at:%Y-%m-%d}由{e.by}抹除，没有再次存入。") for e in found)
        )


def _entry(line: bytes) -> Forgotten:
    data = json.loads(line)
    if data["action"] not in ("forgotten", "again") or not is_case_id(data["case"]):
        raise ValueError("entry")
    return Forgotten(data["case"], datetime.fromisoformat(data["at"]), str(data["by"]), data["action"] == "again")


def _is_cut(line: bytes) -> bool:
    """Whether a line is the beginning of one: a crash cut it, and the next writer went on below."""
    return line.startswith(b'{"action"') and not line.endswith(b"}")
