"""One day's work on the corpus: a few cases go on, a few old replies are corrected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.corpus.instance import git
from bench.corpus.making import MOMENT
from bench.corpus.wording import DEMO, REPLY_MARK
from huiyin.model.event import Corrected, Published, Rated
from huiyin.repo.canonical import append_event
from huiyin.repo.git import open_source
from huiyin.repo.store import load_rulebook, read_cases
from huiyin.rules.replay import Replay, replay
from huiyin.rules.rulebook import Rulebook

OLD_OF = 10
"""One in so many of the changed cases is an old one whose published reply is corrected."""


def change(root: Path, count: int) -> list[str]:
    """Append the next legal event to ``count`` cases of a checked-out corpus and commit; give their paths.

    The newest go on by one step; one in ten is a correction of an old reply. It can be done again and again, each time
    to cases as they then are; ``git reset --hard`` to the commit before undoes it.

    Raises:
        ValueError: the corpus has not so many cases that can go on.
    """
    rulebook = load_rulebook(open_source(root))
    old = count // OLD_OF
    changed: dict[str, str] = {}
    for paths, wanted, step in (
        (_paths(root, newest=True), count - old, _go_on),
        (_paths(root, newest=False), count, _correct),
    ):
        for path in paths:
            if len(changed) == wanted:
                break
            event = None if path in changed else step(_stand(root, path, rulebook), rulebook)
            if event is not None:
                changed[path] = append_event((root / path).read_text(encoding="utf-8"), event)
    if len(changed) < count:
        raise ValueError(f"only {len(changed)} of {count} cases can go on")
    for path, text in changed.items():
        (root / path).write_text(text, encoding="utf-8")
    git(root, "add", "--", "cases")
    git(root, "commit", "--quiet", "--message", f"{count}件留言的新进展（演示）")
    return sorted(changed)


def _paths(root: Path, *, newest: bool) -> Iterator[str]:
    """Case files in the order of their days; only the folders that are asked for are looked into."""
    for year in sorted((root / "cases").iterdir(), reverse=newest):
        for month in sorted(year.iterdir(), reverse=newest):
            for day in sorted(month.iterdir(), reverse=newest):
                for path in sorted(day.iterdir(), reverse=newest):
                    yield path.relative_to(root).as_posix()


def _stand(root: Path, path: str, rulebook: Rulebook) -> Replay:
    [file] = read_cases(open_source(root), [path])
    assert file.case is not None, path
    return replay(file.case, rulebook, MOMENT)


def _event(type_: str, unit: str | None, **fields: Any) -> dict[str, Any]:
    assert unit is not None, type_
    at = (MOMENT - timedelta(minutes=10)).isoformat()
    return {"type": type_, "at": at, "by": {"unit": unit, "person": f"{unit}.clerk"}, **fields}


def _go_on(stand: Replay, rulebook: Rulebook) -> dict[str, Any] | None:
    """What comes next in a case, or None where it is at its end."""
    match stand.state:
        case "awaiting_claim":
            return _event("claimed", stand.unit)
        case "handling" | "returned":
            publisher = rulebook.registry.units[str(stand.unit)].publisher
            reply = f"您好！经核查，您反映的情况属实，有关单位已于近日完成整改，并将加强日常巡查。{REPLY_MARK}"
            return _event("answered", stand.unit, mode="public", publisher=publisher, reply=reply)
        case "submitted":
            return _event("published", stand.dispatcher)
        case "published" if not any(isinstance(event, Rated) for event in stand.accepted):
            return _event("rated", stand.dispatcher, level="满意")
        case _:
            return None


def _correct(stand: Replay, rulebook: Rulebook) -> dict[str, Any] | None:
    """更正 of a reply that is public."""
    del rulebook
    if stand.state != "published" or stand.answer is None or not _was_reviewed(stand):
        return None
    where = "reply" if stand.answer.public_note is None else "public_note"
    text = f"{str(getattr(stand.answer, where)).removesuffix(REPLY_MARK)}其中完成时限以本次更正为准。{REPLY_MARK}"
    return _event("corrected", stand.unit, reason=f"原答复中的时限有误，现予更正。{DEMO}", **{where: text})


def _was_reviewed(stand: Replay) -> bool:
    return any(isinstance(event, Published | Corrected) for event in stand.accepted)
