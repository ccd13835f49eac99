"""Problems and the one exception that carries them (design §7).

HuiyinError
    Something a user can cause and cure; carries at least one Problem. The CLI prints it and exits 1 or 2.
    └── UsageError   the command line or the repository is not what the command needs; exit 2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from huiyin.model.codes import CODES


class Severity(StrEnum):
    """How much a problem weighs: only an ERROR makes a command exit 1."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"

    @property
    def label(self) -> str:
        """The Chinese word shown to clerks."""
        return {"error": "错误", "warning": "警告", "notice": "提示"}[self.value]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: a stable code, where it is, what is wrong and what to do, and the article behind it.

    Args:
        code: ``HY101`` …, a key of ``huiyin.model.codes.CODES``; it fixes the severity unless one is given.
        message: Chinese; says what is wrong here. The cure that holds for every case stands with the code.
        path: path below the repository's root with ``/``, or "" where no file is meant.
        pointer: JSON pointer (RFC 6901) into the document, "" for the whole.
        line: 1-based line in the file, or None where it is not known.
        article: article of the regulation, such as "9(2)", or "".
        severity: replaces the severity of the code.
    """

    code: str
    message: str
    path: str = ""
    pointer: str = ""
    line: int | None = None
    article: str = ""
    severity: Severity | None = None

    def __post_init__(self) -> None:
        if self.severity is None:
            object.__setattr__(self, "severity", Severity(CODES[self.code].severity))

    @property
    def level(self) -> Severity:
        """The severity, never None."""
        return self.severity or Severity.ERROR

    @property
    def cure(self) -> str:
        """What to do, in Chinese, from the table of codes."""
        return CODES[self.code].cure

    def at(self, *, path: str | None = None, line: int | None = None) -> Problem:
        """The same problem, placed in a file or on a line that the rule itself did not know."""
        return replace(self, path=self.path if path is None else path, line=self.line if line is None else line)


class HuiyinError(Exception):
    """A problem that stops the command; ``problems`` says why."""

    exit_code = 1

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{p.code} {p.message}" for p in problems))
        self.problems = problems


class UsageError(HuiyinError):
    """The command line or the place it was run in is wrong; exit code 2."""

    exit_code = 2


def bug(error: BaseException) -> Problem:
    """HY999: what kind of error and where in the program; not what it says, which may be the text of a message."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f"，{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
    return Problem("HY999", f"程序内部错误（{type(error).__name__}{place}）。")
