"""Making shards of the output in any number of processes, each looked through before it is written (第十九条)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from huiyin.findings import Key
from huiyin.model.personal import Confidence
from huiyin.model.problem import HuiyinError, Problem
from huiyin.publish.open_data.output import Output
from huiyin.publish.output.files import File, pack, put
from huiyin.publish.stamping.press import Press
from huiyin.rules.privacy import PrivacySettings
from huiyin.scan.fragments import is_clean
from huiyin.scan.looking import Hit, look

ROBOTS = "robots.txt"


class Job(Protocol):
    """What makes the files of a shard, from nothing but itself and the press."""

    def outputs(self, press: Press) -> Iterator[Output]:
        """Each file."""

    def accepted(self) -> frozenset[Key]:
        """What may stand in these files although it looks personal."""

    def told(self) -> bytes:
        """What is kept of it beside its files, once they are made."""


class Task(NamedTuple):
    """A shard that is to be made.

    Args:
        inputs: the digest of all that it depends on.
        kept: the files of its other parts, which stay as they are.
    """

    name: str
    inputs: bytes
    job: Job
    kept: tuple[File, ...] = ()


class Made(NamedTuple):
    """A shard that was made; one with hits has files that were not written.

    Args:
        files: see ``files.pack``.
    """

    name: str
    inputs: bytes
    files: bytes
    told: bytes
    hits: tuple[Hit, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Workshop:
    """What every process needs.

    Args:
        folder: the output folder.
        taken: paths of hand-written files.
        lenient: write even what looks personal, for a server that only its operator sees.
    """

    folder: str
    press: Press
    privacy: PrivacySettings
    taken: frozenset[str]
    lenient: bool


def make(workshop: Workshop, tasks: Sequence[Task]) -> list[Made]:
    """Make shards and write their files.

    Raises:
        HuiyinError: HY802, a hand-written file stands where one belongs; HY842, HY906.
    """
    return [_make(workshop, task) for task in tasks]


def _make(workshop: Workshop, task: Task) -> Made:
    files = list(task.kept)
    doubtful: set[bytes] = set()
    hits: list[Hit] = []
    problems: list[Problem] = []
    for output in task.job.outputs(workshop.press):
        if output.path in workshop.taken:
            if output.path == ROBOTS:
                continue
            raise HuiyinError(taken(output.path))
        found, problem = _look(workshop, task, output)
        hits += found
        problems += [problem] if problem else []
        refused = problem is not None or any(hit.confidence is Confidence.CERTAIN for hit in found)
        if workshop.lenient or not refused:
            files.append(put(workshop.folder, output.path, output.data)._replace(part=output.part))
        if found or problem:
            doubtful.add(output.part)
    # What is doubtful is told again by the next build: to none of its parts does an empty digest belong.
    files = [file._replace(part=b"") if file.part in doubtful else file for file in files]
    return Made(task.name, task.inputs, pack(files), task.job.told(), tuple(hits), tuple(problems))


def taken(path: str) -> Problem:
    """HY802 for a file of that path."""
    return Problem("HY802", f"手写文件占用了自动生成文件的地址：{path}", f"site/{path}")


def _look(workshop: Workshop, task: Task, output: Output) -> tuple[list[Hit], Problem | None]:
    """Whatever looks personal and is not accepted; a page that raises any doubt is read as a whole."""
    if output.fresh is not None and is_clean(output.fresh, workshop.privacy):
        return [], None
    looked = look(output.path, output.data, workshop.privacy)
    accepted = task.job.accepted()
    return [hit for hit in looked.hits if hit.key not in accepted], looked.problem
