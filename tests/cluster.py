"""A real Dask cluster on this machine: a scheduler and worker processes, each under its nanny as on a real one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from distributed import Client

PROJECT = Path(__file__).parent.parent
PATIENCE = 60.0
"""Seconds until a test gives up on a process that does not come up."""


@dataclass(frozen=True)
class RunningCluster:
    """A scheduler that answers at ``address``."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: subprocess.Popen[bytes] | None

    def lose_workers(self) -> None:
        """Kill all workers with their nannies."""
        assert self.workers is not None
        os.killpg(self.workers.pid, signal.SIGKILL)


@contextmanager
def running_cluster(
    folder: Path, *, workers: int = 2, env: Mapping[str, str] | None = None
) -> Iterator[RunningCluster]:
    """Start a scheduler and its workers, and end them; they are all there before anything is asked of them.

    Args:
        folder: for their files.
        env: variables of the workers' environment, besides those that let them find the program and the tests.
    """
    paths = os.pathsep.join([str(PROJECT / "tools"), str(PROJECT)])
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONWARNINGS": "ignore"}
    contact = folder / "scheduler.json"
    here = ("--host", "127.0.0.1", "--no-dashboard")
    started = [_start("scheduler", *here, "--port", "0", "--scheduler-file", contact, cwd=folder, env=environment)]
    try:
        address = _address(contact, started[0])
        if workers:
            count = ("--nworkers", str(workers), "--nthreads", "1", "--local-directory", folder)
            started.append(_start("worker", address, *here, *count, cwd=folder, env={**environment, **(env or {})}))
            with Client(address, timeout=PATIENCE, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=PATIENCE)
        yield RunningCluster(address, started[0], started[1] if workers else None)
    finally:
        for process in reversed(started):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _start(kind: str, *arguments: str | Path, cwd: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{kind}", *map(str, arguments)],
        cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def _address(contact: Path, process: subprocess.Popen[bytes]) -> str:
    """Where the scheduler listens, from the file that it writes once it does."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            return str(json.loads(contact.read_text(encoding="utf-8"))["address"])
        except (OSError, ValueError):
            time.sleep(0.05)
    raise AssertionError("the scheduler did not come up")
