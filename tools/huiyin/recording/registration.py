"""收件登记 (第九(一)、十(一)、十二条): a new case from what a clerk types, under the id of the source platform."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from huiyin.intake.duplicates import fingerprint
from huiyin.intake.text import squeeze
from huiyin.judging import judge_file
from huiyin.model.case import Case
from huiyin.model.problem import HuiyinError, Problem, Severity
from huiyin.repo import yaml
from huiyin.repo.canonical import canonical
from huiyin.repo.files import write_atomically
from huiyin.repo.lock import locked
from huiyin.repo.schemas import load_schema
from huiyin.repo.source import FolderSource, Source, irregular
from huiyin.repo.store import CaseFile, case_paths, parse_case
from huiyin.rules.deadlines import local_day
from huiyin.rules.replay import Replay, replay
from huiyin.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Registered:
    """A case that was registered, or would be.

    Args:
        path: of its file, below the root.
        replay: the case as it stands.
        notices: HY955 for a case that came later and has the same body.
    """

    path: str
    replay: Replay
    notices: tuple[Problem, ...] = ()


def choose_procedure(rulebook: Rulebook, received_at: datetime) -> str:
    """The procedure of a message: the only one, else the one in force on the day received (第二十四条).

    Raises:
        HuiyinError: HY951, there are several and not exactly one was in force.
    """
    if len(rulebook.procedures) == 1:
        return next(iter(rulebook.procedures))
    day = local_day(received_at)
    in_force = [p.id for p in rulebook.procedures.values() if p.in_force_from <= day and not p.has_lapsed(day)]
    if len(in_force) == 1:
        return in_force[0]
    names = "、".join(sorted(in_force or rulebook.procedures))
    why = f"{day}施行的办法有几份" if in_force else f"{day}没有施行中的办法"
    raise HuiyinError(Problem("HY951", f"{why}，请用 --procedure 写明：{names}。", article="24"))


def register(
    root: Path,
    document: Mapping[str, Any],
    rulebook: Rulebook,
    now: datetime,
    *,
    dry_run: bool = False,
    first: Callable[[], None] | None = None,
    instead: bool = False,
) -> Registered:
    """Write a new case file.

    Args:
        document: the case without ``duplicate_of``, and without ``events`` unless it was handled in past years; its
            text cleaned and without personal data.
        now: with an offset; nothing is received after it.
        dry_run: judge and write nothing.
        first: done when all is judged and before the file is written, while no other command can add the same case:
            what goes into the vault. What it raises keeps the file from being written.
        instead: do ``first`` alone and write no file, for a draft that is held back.

    Raises:
        HuiyinError: HY303 received in the future; HY401 no such procedure; HY946 the id is taken; HY201 and HY1xx the
            case is not one; HY906, HY950 it could not be written, and nothing was.
    """
    with nullcontext() if dry_run else locked(root):
        source = FolderSource(root)
        paths = case_paths(source)
        taken = [p for p in paths if PurePosixPath(p).stem.casefold() == document["id"].casefold()]
        if taken:
            same = PurePosixPath(taken[0]).stem == document["id"]
            why = "已有" if same else "与已有的只差大小写，有的系统不能分辨"
            raise HuiyinError(Problem("HY946", f"编号 {document['id']} {why}：{taken[0]}。"))
        twins = sorted(
            find_twins(source, paths, document["title"], document["body"]), key=lambda case: (case.received_at, case.id)
        )
        received_at = datetime.fromisoformat(document["received_at"])
        earlier = [case for case in twins if case.received_at <= received_at]
        whole = {"events": [], **document, **({"duplicate_of": earlier[0].id} if earlier else {})}
        text = canonical(whole)
        file = _parse(source, text)
        case = file.case
        assert case is not None
        if case.received_at > now:
            message = f"收到时间晚于现在（{now.isoformat(timespec='seconds')}）。"
            raise HuiyinError(Problem("HY303", message, pointer="/received_at"))
        registered = replay(case, rulebook, now)
        _refuse_errors(judge_file(file, rulebook, now)[1])
        if not dry_run:
            _refuse_links(root, case.path)
            if first is not None:
                first()
            if not instead:
                write_atomically(root / case.path, text)
    later = (twin for twin in twins if twin.received_at > received_at)
    notices = (Problem("HY955", f"较晚收到的 {twin.id} 与本件正文相同。", twin.path) for twin in later)
    return Registered(case.path, registered, tuple(notices))


def find_twins(source: Source, paths: list[str], title: str, body: str) -> Iterator[Case]:
    """The readable cases whose text is the same but for white space."""
    key = fingerprint(title, body)
    # To squeeze a file costs a tenth of parsing it. The canonical form puts a backslash before some characters.
    needle = squeeze(body.replace("\\", ""))
    schema = load_schema(source, "case")
    for path, data in source.read_each(paths):
        if isinstance(data, Problem) or needle not in squeeze(data.decode(errors="replace").replace("\\", "")):
            continue
        case = parse_case(path, data, schema).case
        if case is not None and fingerprint(case.title, case.body) == key:
            yield case


def _parse(source: Source, text: str) -> CaseFile:
    """The case that the text is, read back as any reader will.

    Raises:
        HuiyinError: what is wrong with it.
    """
    data = text.encode()
    path = _path_of(data)
    file = parse_case(path, data, load_schema(source, "case"))
    if file.case is None or file.problems:
        raise HuiyinError(*(Problem(p.code, p.message, pointer=p.pointer) for p in file.problems))
    return file


def _refuse_errors(problems: Iterable[Problem]) -> None:
    """What a check would find in the file tomorrow is said today."""
    errors = [replace(p, path="", line=None) for p in problems if p.level is Severity.ERROR]
    if errors:
        raise HuiyinError(*errors)


def _path_of(data: bytes) -> str:
    document = yaml.parse_mapping(data, path="")
    day = str(document["received_at"])[:10].replace("-", "/")
    return f"cases/{day}/{document['id']}.yaml"


def _refuse_links(root: Path, path: str) -> None:
    """Links are never followed when reading, so what is written through one would not be found again."""
    for folder in PurePosixPath(path).parents:
        if (root / folder).is_symlink() and folder != PurePosixPath("."):
            raise HuiyinError(irregular(str(folder)))
