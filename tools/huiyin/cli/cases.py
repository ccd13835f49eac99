"""What reading commands share: all cases replayed, one case replayed, a unit by the name that was typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import click

from huiyin.cli.inputs import check_text
from huiyin.cli.options import Place
from huiyin.cli.output import problem_lines
from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.model.unit import Unit
from huiyin.repo.store import CASES, find_case, read_cases
from huiyin.rules.replay import Replay, replay


class Replays:
    """Every readable case at one moment; what cannot be read is named on standard error, and the others go on.

    Args:
        place: the tree.
        now: with an offset.
        waiting: only those that wait for somebody; the others are told by the index, and are not read again.
    """

    def __init__(self, place: Place, now: datetime, *, waiting: bool = False) -> None:
        self._place = place
        self._now = now
        self._waiting = waiting
        self.problems: list[Problem] = []

    @property
    def exit_code(self) -> int:
        """1 if a case is missing from what was given, else 0; known once all have been given."""
        return int(bool(self.problems))

    def __iter__(self) -> Iterator[Replay]:
        for file in read_cases(self._place.source, self._paths()):
            if file.case is None:
                self._tell(file.problems)
                continue
            try:
                replayed = replay(file.case, self._place.rulebook, self._now)
            except HuiyinError as error:
                self._tell([file.place(p) for p in error.problems])
            else:
                yield replayed

    def _paths(self) -> list[str] | None:
        """Files that must be read; None for all."""
        if not self._waiting:
            return None
        from huiyin.folders import judge_folders
        from huiyin.repo.blobs import survey
        from huiyin.repo.index import open_index

        place = self._place
        there, index = survey(place.source, CASES), open_index(place.root)
        folders = judge_folders(place.source, place.rulebook, self._now, there, index, jobs=None)
        return sorted(path for folder in folders for path in folder.waiting)

    def _tell(self, problems: Sequence[Problem]) -> None:
        self.problems += problems
        click.echo("\n".join(problem_lines(problems)), err=True)


def replay_one(place: Place, case_id: str, now: datetime) -> Replay:
    """One case by id, or by the path of its file.

    Raises:
        HuiyinError: HY930, there is none; or what is wrong with its file.
    """
    name = case_id.rpartition("/")[2].removesuffix(".yaml")
    path = find_case(place.source, name)
    [file] = read_cases(place.source, [path])
    if file.case is None:
        raise HuiyinError(*file.problems)
    return replay(file.case, place.rulebook, now)


def find_unit(place: Place, name: str) -> Unit:
    """The unit of that id, name or alias.

    Raises:
        UsageError: HY932, there is none, or the name is that of several.
    """
    check_text(name, "单位")
    unit: Unit | None = place.rulebook.registry.find_unit(name)
    if unit is None:
        raise UsageError(Problem("HY932", f"没有名为“{name}”的单位。"))
    return unit


def find_dispatcher(place: Place, name: str) -> Unit:
    """The unit of that id, name or alias, if it dispatches a channel (第六条、第十四条).

    Raises:
        UsageError: HY932, there is no such unit; HY920, it dispatches nothing.
    """
    unit = find_unit(place, name)
    known = {c.dispatcher for p in place.rulebook.procedures.values() for c in p.channels.values()}
    if unit.id not in known:
        names = "、".join(f"{d}（{place.rulebook.registry.name_of(d)}）" for d in sorted(known))
        raise UsageError(Problem("HY920", f"“{unit.name}”不是交办单位；交办单位有：{names}。", article="14"))
    return unit
