"""A Dask cluster behind ``spread``: the workers of other machines, if they run the very same program.

``distributed`` is an optional part (``pip install huiyin[cluster]``) and imported only here, when a scheduler is named.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import pickle
import platform
import re
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future, wait
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.spreading import Crew, run_chunk

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")
R = TypeVar("R")

CONNECTING = 10.0
"""Seconds that a scheduler has to answer, and then its first worker to be there."""
GONE = 30.0
"""Seconds without any worker, or without the scheduler, after which a job is given up. A worker's nanny needs five."""
_ADDRESS = re.compile(r"(tcp|tls)://[^\s/:@]+:[0-9]{1,5}|(tcp|tls)://\[[0-9A-Fa-f:.]+\]:[0-9]{1,5}")
_DECIDING = ("chinesecalendar", "distributed", "jieba", "jsonschema", "jsonschema-rs", "pyyaml")
"""Packages whose version may change a result, or what can be sent."""


class OtherProgramError(Exception):
    """A worker was asked to do what another version of the program wants done."""


class Cluster(Crew):
    """The workers of a Dask cluster.

    Args:
        client: connected.
        address: of its scheduler, for messages.
    """

    def __init__(self, client: Client, address: str) -> None:
        super().__init__(client.get_executor(pure=False), sum(_threads(client).values()))
        self._client = client
        self._address = address
        self._stamp = stamp()

    def share(self, packed: bytes) -> Any:
        """Send the context once. As the result of a task, so that the scheduler can make it again if a worker dies."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that it is large: it is sent once
            return self._client.submit(bytes, packed, pure=False)

    def hand(self, work: Callable[[Any, Sequence[T]], R], shared: Any, chunk: Sequence[T]) -> Future[R]:
        """Hand a chunk to some worker, as bytes: Dask would look through anything else for promises to fulfil."""
        task = pickle.dumps((work, list(chunk)), pickle.HIGHEST_PROTOCOL)
        return self._executor.submit(_run_here, self._stamp, task, shared)

    def result(self, future: Future[R]) -> R:
        """Wait for a chunk, but not for workers that do not come back."""
        from distributed.scheduler import KilledWorker

        last = time.monotonic()
        while not wait([future], 1).done:
            if self._alive():
                last = time.monotonic()
            elif time.monotonic() - last > GONE:
                raise HuiyinError(Problem("HY976", f"集群（{self._address}）已失去联系，或已没有工作进程。"))
        try:
            return future.result()
        except KilledWorker:
            raise BrokenExecutor from None
        except CancelledError:
            raise HuiyinError(Problem("HY976", f"与集群（{self._address}）的连接中断。")) from None
        except OtherProgramError:
            raise HuiyinError(_other(self._address)) from None
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "huiyin":
                raise
            raise HuiyinError(_other(self._address)) from None

    def _alive(self) -> bool:
        return self._client.status == "running" and bool(_threads(self._client))


@contextmanager
def open_cluster(address: str) -> Iterator[Cluster]:
    """Connect to a scheduler whose workers run this program.

    Args:
        address: ``tcp://host:port``, or ``tls://host:port`` with the certificates that Dask's own settings name.

    Raises:
        UsageError: HY970, it is no address; HY971, ``distributed`` is not installed.
        HuiyinError: HY972, nobody answers there; HY973, there are no workers; HY974, they run another program.
    """
    if _ADDRESS.fullmatch(address) is None:
        raise UsageError(Problem("HY970", f"“{address}”不是集群地址；应写成如 tcp://10.0.0.5:8786 的样子。"))
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise UsageError(Problem("HY971", "没有安装 distributed，不能使用集群。")) from None
    _quieten()
    try:
        asyncio.run(_greet(address))  # first, for a client may wait for ever where something else listens
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # versions that differ: we look ourselves
            client = Client(address, timeout=CONNECTING, set_as_default=False)
    except Exception as error:  # noqa: BLE001 - what a stranger answers may fail in any way when it is decoded
        raise HuiyinError(Problem("HY972", f"集群（{address}）连接不上（{type(error).__name__}）。")) from None
    with client:
        _await_workers(client, address)
        _check_program(client, address)
        yield Cluster(client, address)


async def _greet(address: str) -> None:
    """Ask who is there, and take no answer but that of a scheduler."""
    from distributed.comm.core import connect
    from distributed.security import Security

    async with asyncio.timeout(CONNECTING):
        comm = await connect(address, timeout=CONNECTING, **Security().get_connection_args("client"))
        try:
            await comm.write({"op": "identity", "reply": True})
            if (await comm.read())["type"] != "Scheduler":
                raise ConnectionRefusedError
        finally:
            comm.abort()


def _await_workers(client: Client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=CONNECTING)
    except TimeoutError:
        raise HuiyinError(Problem("HY973", f"集群（{address}）中没有工作进程。")) from None


def _check_program(client: Client, address: str) -> None:
    """Compare every worker's program with ours.

    ``stamp`` may not be there to be called, so that any answer but ours, an error above all, means another program.
    """
    try:
        stamps = client.run(stamp, on_error="return")
    except Exception as error:  # noqa: BLE001 - whatever happened at a worker is raised here
        if isinstance(error, OSError) and not isinstance(error, TimeoutError):
            raise HuiyinError(Problem("HY972", f"集群（{address}）没有应答（{type(error).__name__}）。")) from None
        raise HuiyinError(_other(address)) from None
    if any(found != stamp() for found in stamps.values()):
        raise HuiyinError(_other(address))


def _other(address: str) -> Problem:
    return Problem("HY974", f"集群（{address}）的工作进程没有安装回音，或版本与本机不同。")


def _threads(client: Client) -> dict[str, int]:
    return {name: worker["nthreads"] for name, worker in client.scheduler_info(n_workers=-1)["workers"].items()}


def _quieten() -> None:
    """Keep Dask's log off the screen: what a clerk must know is told as a problem."""
    for name in [*logging.root.manager.loggerDict, "distributed"]:
        if name.partition(".")[0] in ("distributed", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _run_here(expected: str, task: bytes, packed: bytes) -> Any:
    """What a cluster's worker does; one that came later than the job began may run something else."""
    if stamp() != expected:
        raise OtherProgramError
    work, chunk = pickle.loads(task)  # noqa: S301 - made by ``hand`` of this very program
    return run_chunk(work, packed, chunk)


@lru_cache(maxsize=1)
def stamp() -> str:
    """A digest of the program that a process runs: what must be equal for its results to be."""
    import huiyin

    digest = hashlib.sha256(platform.python_version().rpartition(".")[0].encode())
    folder = Path(huiyin.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"\0{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes())
    for name in _DECIDING:
        digest.update(f"\0{name} {version(name)}".encode())
    return digest.hexdigest()
