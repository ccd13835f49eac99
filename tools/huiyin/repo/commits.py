"""Commits as Git stores them, many at once: parents, tree, time of committing, message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from huiyin.model.case import SHANGHAI
from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo.git import attempt, run

SHA = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
"""A full hash, SHA-1 or SHA-256."""
_COMMITTED = re.compile(rb"> ([0-9]{1,10}) [+-][0-9]{4}$")
_TRAILER = re.compile(r"([A-Za-z][A-Za-z0-9-]*): (.*)")


_MOST_KEPT = 4096


@dataclass(frozen=True, slots=True)
class RawCommit:
    """One commit.

    Args:
        committed: when its committer says that it was made, Asia/Shanghai.
        message: untrusted text.
        signed: whether it carries any signature at all, valid or not.
    """

    sha: str
    tree: str
    parents: tuple[str, ...]
    committed: datetime
    message: str
    signed: bool


_kept: dict[tuple[Path, str], RawCommit] = {}


def read_commits(root: Path, shas: Iterable[str]) -> list[RawCommit]:
    """Read commits by full hash through one ``cat-file``, in the order given.

    What a hash names never changes, so what was read lately is kept.

    Raises:
        HuiyinError: HY905, HY631 one of them is missing or not in Git's format.
    """
    wanted = list(shas)
    found = {sha: kept for sha in wanted if (kept := _kept.get((root, sha)))}
    if missing := [sha for sha in dict.fromkeys(wanted) if sha not in found]:
        out = run(root, "cat-file", "--batch", stdin="".join(f"{sha}\n" for sha in missing).encode())
        read = {sha: _parse(sha, data) for sha, data in zip(missing, _split(out, missing), strict=True)}
        if len(_kept) + len(read) > _MOST_KEPT:
            _kept.clear()
        _kept.update(((root, sha), commit) for sha, commit in read.items())
        found |= read
    return [found[sha] for sha in wanted]


def list_commits(root: Path, tip: str, *, without: str) -> list[str]:
    """Give the full hashes of what is reachable from ``tip`` and not from ``without``, parents before children.

    Raises:
        HuiyinError: HY905.
    """
    out = run(root, "rev-list", "--topo-order", "--reverse", "--end-of-options", tip, f"^{without}")
    return out.decode().split()


def list_first_parents(root: Path, tip: str, *, without: str) -> list[str]:
    """Give the first-parent chain from ``tip`` down to what ``without`` reaches, oldest first.

    Raises:
        HuiyinError: HY905.
    """
    out = run(root, "rev-list", "--first-parent", "--reverse", "--end-of-options", tip, f"^{without}")
    return out.decode().split()


def merge_base(root: Path, one: str, other: str) -> str | None:
    """Give the best common ancestor, or None where there is none or more than one.

    Raises:
        HuiyinError: HY905.
    """
    done = attempt(root, "merge-base", "--all", one, other)
    if done.returncode > 1:
        run(root, "merge-base", "--all", one, other)  # fails again, and says why
    found = done.stdout.decode().split()
    return found[0] if len(found) == 1 else None


def find_commit(root: Path, ref: str) -> str | None:
    """Give the full hash of the commit that a full name (``refs/heads/…``) or a hash stands for; None if there is none.

    Short names are not taken: a tag called ``main`` would hide the branch. Nor is a name looked for elsewhere, as Git
    would do: a tag called ``refs/heads/b`` is no branch b.
    """
    name = ref
    if not SHA.fullmatch(ref):
        if not ref.startswith("refs/"):
            return None
        name = attempt(root, "show-ref", "--verify", "--hash", "--", ref).stdout.decode().strip()
        if not SHA.fullmatch(name):
            return None
    done = attempt(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return done.stdout.decode().strip() or None


def trailers_of(message: str) -> list[tuple[str, str]]:
    """Give the trailers of a message: its last paragraph if each line of it is ``Name: value``, else nothing."""
    paragraph = re.split(r"\n(?:[ \t]*\n)+", message.strip("\n"))[-1]
    found = [_TRAILER.fullmatch(line) for line in paragraph.split("\n")]
    return [(m[1], m[2]) for m in found if m] if all(found) else []


def _split(out: bytes, wanted: list[str]) -> Iterator[bytes]:
    position = 0
    for sha in wanted:
        end = out.find(b"\n", position)
        head = out[position:end].split()
        if len(head) != 3 or head[1] != b"commit":
            raise HuiyinError(_unreadable(sha))
        size = int(head[2])
        yield out[end + 1 : end + 1 + size]
        position = end + 1 + size + 1


def _parse(sha: str, data: bytes) -> RawCommit:
    head, _, message = data.partition(b"\n\n")
    fields: dict[bytes, list[bytes]] = {}
    for line in head.split(b"\n"):
        name, _, value = line.partition(b" ")
        fields.setdefault(name, []).append(value)  # the lines of a signature begin with a space: their name is ""
    try:
        [tree], [committer] = fields[b"tree"], fields[b"committer"]
        found = _COMMITTED.search(committer)
        if found is None:
            raise ValueError(committer)
        return RawCommit(
            sha=sha,
            tree=tree.decode(),
            parents=tuple(p.decode() for p in fields.get(b"parent", ())),
            committed=datetime.fromtimestamp(int(found[1]), SHANGHAI),
            message=message.decode(errors="replace"),
            signed=b"gpgsig" in fields or b"gpgsig-sha256" in fields,
        )
    except (KeyError, ValueError, OverflowError):
        raise HuiyinError(_unreadable(sha)) from None


def _unreadable(sha: str) -> Problem:
    return Problem("HY631", f"提交 {sha[:10]} 不能读出，或写法不合Git的规范。")
