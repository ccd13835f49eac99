"""An instance with its own Git repository: the project's rules and site, and the corpus as a history of months."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import IO

from bench.corpus.making import FIRST_DAY, MOMENT, SEED, make_document, path_of
from huiyin.model.case import SHANGHAI
from huiyin.repo.canonical import canonical
from huiyin.repo.git import open_source
from huiyin.repo.store import load_rulebook
from huiyin.rules.rulebook import Rulebook
from huiyin.spreading import open_executor, spread

PROJECT = Path(__file__).resolve().parents[2]
_COPIED = (".gitignore", "mkdocs.yml", "rules", "schema", "site")
_CHUNK = 500  # cases made at once by a process
_WHO = "demo <demo@example.invalid>"


def make(size: int, root: Path, seed: int = SEED) -> str:
    """Make the instance at ``root`` anew, committed and checked out; give its commit.

    Nothing of the machine's Git settings or clock goes into it. A case comes in with the month of its last event, so
    that no commit holds what is later than itself.

    Raises:
        subprocess.CalledProcessError: Git does not work.
    """
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    git(root, "init", "--quiet", "--initial-branch=main")
    importing = subprocess.Popen(
        # Without deltas: as fast to read as what a server packs overnight, and made in a fifth of the time.
        ["git", "fast-import", "--quiet", "--done", "--depth=0"],
        cwd=root,
        env=environment(),
        stdin=subprocess.PIPE,
    )
    assert importing.stdin is not None
    start = datetime.combine(FIRST_DAY, time(0), SHANGHAI) - timedelta(days=1)
    _commit(importing.stdin, start, "建立留言库（演示）", _project_files())
    for month, files in _months(size, seed):
        _commit(importing.stdin, month, f"{month:%Y年%m月}的留言（演示）", files)
    importing.stdin.write(b"done\n")
    importing.stdin.close()
    if importing.wait():
        raise subprocess.CalledProcessError(importing.returncode, "git fast-import")
    git(root, "reset", "--hard", "--quiet")
    return git(root, "rev-parse", "HEAD")


def environment() -> dict[str, str]:
    """For Git without the settings of whoever runs it, and with the corpus's clock."""
    clock = {f"GIT_{who}_DATE": MOMENT.isoformat() for who in ("AUTHOR", "COMMITTER")}
    names = {f"GIT_{who}_{what}": text for who in ("AUTHOR", "COMMITTER") for what, text in _identity()}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {**kept, **clock, **names, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def git(root: Path, *arguments: str) -> str:
    """Run Git in ``root``; give what it says."""
    done = subprocess.run(
        ["git", "-c", "gc.auto=0", *arguments], cwd=root, env=environment(), stdout=subprocess.PIPE, check=True
    )
    return done.stdout.decode().strip()


def _identity() -> tuple[tuple[str, str], tuple[str, str]]:
    name, _, mail = _WHO.partition(" ")
    return ("NAME", name), ("EMAIL", mail.strip("<>"))


def _months(size: int, seed: int) -> Iterator[tuple[datetime, list[tuple[str, bytes]]]]:
    """The files of each month with the moment of its commit: its last second, or now for the one that goes on."""
    waiting: defaultdict[str, list[tuple[str, bytes]]] = defaultdict(list)
    with open_executor() as executor:
        for chunk in spread(executor, _make_files, (size, seed), range(size), size=_CHUNK):
            received = chunk[0][0][len("cases/") :][:7].replace("/", "-")
            for month in sorted(month for month in waiting if month < received):
                yield _end_of(month), waiting.pop(month)
            for path, content, last in chunk:
                waiting[last].append((path, content))
    for month in sorted(waiting):
        yield _end_of(month), waiting[month]


def _make_files(context: tuple[int, int], numbers: Sequence[int]) -> list[tuple[str, bytes, str]]:
    """Path, text and month of the last event of each case."""
    size, seed = context
    made = []
    for number in numbers:
        document = make_document(number, size, _rulebook(), seed)
        last = document["events"][-1]["at"] if document["events"] else document["received_at"]
        made.append((path_of(document), canonical(document).encode(), last[:7]))
    return made


@cache
def _rulebook() -> Rulebook:
    return load_rulebook(open_source(PROJECT))


def _end_of(month: str) -> datetime:
    first = datetime.fromisoformat(f"{month}-01T00:00:00+08:00")
    following = (first + timedelta(days=32)).replace(day=1)
    return min(following - timedelta(seconds=1), MOMENT)


def _commit(to: IO[bytes], at: datetime, message: str, files: Iterable[tuple[str, bytes]]) -> None:
    text = message.encode()
    head = f"commit refs/heads/main\ncommitter {_WHO} {int(at.timestamp())} +0800\ndata {len(text)}\n".encode()
    to.write(head + text + b"\n")
    for path, content in files:
        to.write(f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n")


def _project_files() -> Iterator[tuple[str, bytes]]:
    for name in _COPIED:
        place = PROJECT / name
        for path in sorted(place.rglob("*")) if place.is_dir() else (place,):
            if path.is_file():
                yield path.relative_to(PROJECT).as_posix(), path.read_bytes()
