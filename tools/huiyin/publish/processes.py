"""The processes of a build: opened when there is enough to do, and once only."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from contextlib import ExitStack

from huiyin.model.problem import Problem, UsageError
from huiyin.spreading import open_executor

JOBS = "HUIYIN_JOBS"
MOST = 256
PRELOADED = ("huiyin.publish.plans", "huiyin.publish.reading", "huiyin.publish.output.shards")


class Processes:
    """Opens processes on demand.

    Args:
        jobs: how many; None for as many as there are processors.
    """

    def __init__(self, jobs: int | None) -> None:
        self._jobs = jobs
        self._stack = ExitStack()
        self._executor: Executor | None = None
        self._opened = False

    def open(self) -> Executor | None:
        """The executor; None where this process is the only one."""
        if not self._opened:
            self._opened = True
            self._executor = self._stack.enter_context(open_executor(self._jobs, preload=PRELOADED))
        return self._executor

    def close(self) -> None:
        """End them."""
        self._stack.close()
        self._executor, self._opened = None, False


def wanted_jobs(environment: Mapping[str, str], configured: int | None) -> int | None:
    """How many processes a build may use: ``HUIYIN_JOBS``, else the option ``jobs``, else None for all processors.

    Raises:
        UsageError: HY843, that is no number of processes.
    """
    value = environment.get(JOBS, "").strip() or (str(configured) if configured is not None else "")
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and 0 < int(value) <= MOST):
        raise UsageError(Problem("HY843", f"进程数应为1到{MOST}的整数。"))
    return int(value)
