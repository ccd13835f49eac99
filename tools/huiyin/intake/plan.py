"""What an import would do, as a value; and doing it."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from huiyin.intake.door import Spot
from huiyin.model.problem import Problem, UsageError
from huiyin.repo.files import write_all
from huiyin.vault.content import Sealed

REJECTS_HEADER = ("行号", "平台编号", "代码", "原因")


@dataclass(frozen=True, slots=True)
class Taken:
    """One case about to be written: its path below the root, its text, and what was read.

    Args:
        sealed: what goes to the vault before; empty where nothing is personal.
    """

    id: str
    path: str
    text: str
    document: Mapping[str, Any]
    received_at: datetime
    sealed: Sealed


@dataclass(frozen=True, slots=True)
class Waiting:
    """One draft about to be held back in the vault, for a person to decide.

    Args:
        number: of its row, as Excel shows it.
        spots: what is to be decided; no text.
        masked: the case with all of it taken out, to compare with others.
        sealed: with the draft.
    """

    id: str
    number: int
    spots: tuple[Spot, ...]
    masked: Mapping[str, Any]
    received_at: datetime
    sealed: Sealed


@dataclass(slots=True)
class Plan:
    """What an import would do; ``commit`` does it.

    Args:
        taken: the new cases, in the order of their rows.
        held: drafts in which something may be personal, likewise.
        unchanged: rows whose case is in the repository already.
        held_before: rows whose draft is waiting in the vault already.
        forgotten: rows of cases that were erased for good.
        repeated: rows that say what an earlier row of the same file says.
        rejected: row number -> reference ("" if it cannot be shown) and the reasons.
        duplicates: (id, id of the earliest with the same text).
        remarks: warnings and notices on what was taken or is there already.
    """

    taken: list[Taken] = field(default_factory=list)
    held: list[Waiting] = field(default_factory=list)
    unchanged: int = 0
    held_before: int = 0
    forgotten: int = 0
    repeated: int = 0
    rejected: dict[int, tuple[str, tuple[Problem, ...]]] = field(default_factory=dict)
    duplicates: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)

    @property
    def sealed(self) -> list[tuple[Sealed, Mapping[str, Any]]]:
        """What goes to the vault, each with its case."""
        taken = [(t.sealed, t.document) for t in self.taken if not t.sealed.is_empty]
        return [*taken, *((w.sealed, w.masked) for w in self.held)]

    @property
    def warnings(self) -> dict[str, int]:
        """Code -> number of warnings and notices."""
        return dict(sorted(Counter(p.code for p in self.remarks).items()))

    def summary(self, *, dry_run: bool, rejects: Path | None) -> dict[str, Any]:
        """The stable JSON form (docs/cli.md); ``rejects`` is the list that was written, if any."""
        return {
            "taken": len(self.taken),
            "unchanged": self.unchanged,
            "held": [{"id": w.id, "line": w.number, "findings": [s.data for s in w.spots]} for w in self.held],
            "held_before": self.held_before,
            "forgotten": self.forgotten,
            "sealed": len(self.sealed),
            "rejected": len(self.rejected),
            "duplicates": [list(pair) for pair in self.duplicates],
            "warnings": self.warnings,
            "rejects_file": None if rejects is None else str(rejects),
            "dry_run": dry_run,
        }

    @property
    def rejects_text(self) -> str:
        """The list of rejected rows as CSV, one reason a line; it holds no text, name or contact of any row."""
        out = io.StringIO()
        out.write("\ufeff")  # without it Excel takes UTF-8 for the local encoding
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(REJECTS_HEADER)
        for number, (reference, problems) in self.rejected.items():
            writer.writerows((number, reference, p.code, p.message) for p in problems)
        return out.getvalue()


def rejects_path(file: Path, root: Path, given: Path | None) -> Path:
    """Where the list of rejected rows goes: beside the spreadsheet, or where the user says.

    Raises:
        UsageError: HY904, there is no spreadsheet; HY509, the list would stand in the repository by accident, among
            its data, or in the place of the spreadsheet.
    """
    if not os.path.lexists(file):
        raise UsageError(Problem("HY904", "导入文件不存在。", str(file)))
    path = given if given is not None else file.with_name(f"{file.stem}.rejects.csv")
    real = path.resolve()
    if real == file.resolve():
        raise UsageError(Problem("HY509", "退件清单不能覆盖导入文件。", str(path)))
    if given is None and real.is_relative_to(root.resolve()):
        raise UsageError(Problem("HY509", "导入文件在仓库目录之内，退件清单会留在仓库中。", str(path)))
    if any(real.is_relative_to((root / folder).resolve()) for folder in ("cases", "rules", "schema")):
        raise UsageError(Problem("HY509", "退件清单不能放在 cases/、rules/、schema/ 之内。", str(path)))
    return path


def commit(
    plan: Plan,
    root: Path,
    rejects: Path | None,
    keep: Callable[[Sequence[tuple[Sealed, Mapping[str, Any]]]], None],
    *,
    dry_run: bool = False,
) -> None:
    """Write the new cases, and the list of rejected rows where there are any; all or nothing.

    The vault comes first: what a crash leaves there without its case is used when the import is repeated.

    Args:
        root: the repository's root.
        rejects: where the list goes; None for nowhere.
        keep: puts into the vault.
        dry_run: write the list alone.

    Raises:
        HuiyinError: of ``keep``, or HY906; no case was written.
    """
    if not dry_run and plan.sealed:
        keep(plan.sealed)
    changes = {} if dry_run else {root / t.path: t.text for t in plan.taken}
    if plan.rejected and rejects is not None:
        changes[rejects] = plan.rejects_text
    if changes:
        write_all(changes)
