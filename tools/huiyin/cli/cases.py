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
from huiyin.rules.standing import Waiting


class Replays:
    """Every readable case at one moment; what cannot be read is named on standard error, and the others go on.

    That only a part of the record is checked out is told there too; the exit code is that of what is there.

    Args:
        place: the tree.
        now: with an offset.
    """

    def __init__(self, place: Place, now: datetime) -> None:
        self._place = place
        self._now = now
        self.problems: list[Problem] = []

    @property
    def exit_code(self) -> int:
        """1 if a case is missing from what was given, else 0; known once all have been given."""
        return int(bool(self.problems))

    def __iter__(self) -> Iterator[Replay]:
        return self._told(None)

    def _told(self, paths: Sequence[str] | None) -> Iterator[Replay]:
        """The cases of some files, all by default."""
        if self._place.lack is not None:
            click.echo("\n".join(problem_lines([self._place.lack])), err=True)
        for file in read_cases(self._place.source, paths):
            if file.case is None:
                self._tell(file.problems)
                continue
            try:
                replayed = replay(file.case, self._place.rulebook, self._now)
            except HuiyinError as error:
                self._tell([file.place(p) for p in error.problems])
            else:
                yield replayed

    def waiting(self) -> Iterator[Replay | Waiting]:
        """Those that wait for somebody: from the index, as long as nothing was added to them since."""
        from huiyin.folders import judge_folders
        from huiyin.repo.blobs import survey
        from huiyin.repo.index import open_index

        place = self._place
        unsure: list[str] = []
        there, index = survey(place.source, CASES), open_index(place.root)
        rulebook, stamp = place.stamped
        for folder in judge_folders(place.source, rulebook, self._now, there, index, jobs=None, stamp=stamp):
            unsure += folder.unsure
            for standing in folder.waiting:
                yield standing.at(rulebook.procedures[standing.procedure], self._now)
        yield from self._told(sorted(unsure))

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
