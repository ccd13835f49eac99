"""What an import would do, as a value; and doing it."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from huiyin.model.problem import Problem, UsageError
from huiyin.repo.files import write_all

REJECTS_HEADER = ("行号", "平台编号", "代码", "原因")


@dataclass(frozen=True, slots=True)
class Taken:
    """One case about to be written: its path below the root, its text, and what was read."""

    id: str
    path: str
    text: str
    document: Mapping[str, Any]
    received_at: datetime


@dataclass(slots=True)
class Plan:
    """What an import would do; ``commit`` does it.

    Args:
        taken: the new cases, in the order of their rows.
        unchanged: rows whose case is in the repository already.
        repeated: rows that say what an earlier row of the same file says.
        rejected: row number -> reference ("" if it cannot be shown) and the reasons.
        duplicates: (id, id of the earliest with the same text).
        remarks: warnings and notices on what was taken or is there already.
    """

    taken: list[Taken] = field(default_factory=list)
    unchanged: int = 0
    repeated: int = 0
    rejected: dict[int, tuple[str, tuple[Problem, ...]]] = field(default_factory=dict)
    duplicates: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)

    @property
    def warnings(self) -> dict[str, int]:
        """Code -> number of warnings and notices."""
        return dict(sorted(Counter(p.code for p in self.remarks).items()))

    def summary(self, *, dry_run: bool, rejects: Path | None) -> dict[str, Any]:
        """The stable JSON form (docs/cli.md); ``rejects`` is the list that was written, if any."""
        return {
            "taken": len(self.taken),
            "unchanged": self.unchanged,
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


def commit(plan: Plan, root: Path, rejects: Path | None, *, dry_run: bool = False) -> None:
    """Write the new cases, and the list of rejected rows where there are any; all or nothing.

    Args:
        root: the repository's root.
        rejects: where the list goes; None for nowhere.
        dry_run: write the list alone.

    Raises:
        HuiyinError: HY906; nothing was written.
    """
    changes = {} if dry_run else {root / t.path: t.text for t in plan.taken}
    if plan.rejected and rejects is not None:
        changes[rejects] = plan.rejects_text
    if changes:
        write_all(changes)
