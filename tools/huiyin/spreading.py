"""Spreading work over processes: chunks in, results out in the same order, whoever computes them (design §8).

A worker is given the context of a job once and keeps it, so that a chunk costs only itself. What a worker does must
depend on nothing but its arguments: a chunk whose worker died is simply done anew.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from multiprocessing import forkserver
from typing import Any, TypeVar

from huiyin.interrupts import ignoring_interrupts, interrupted_afterwards, interrupted_once
from huiyin.model.problem import HuiyinError, Problem

C = TypeVar("C")
T = TypeVar("T")
R = TypeVar("R")

AHEAD = 4
"""Chunks that wait for each worker: enough to keep it busy, few enough to bound the memory."""


class DeadlyItemError(HuiyinError):
    """HY975: an item kills each process that works on it, as a parser of native code may; the others are not lost.

    Args:
        item: which; not told in the message, for it may be the text of a citizen.
    """

    def __init__(self, item: object) -> None:
        super().__init__(Problem("HY975", "处理其中一项时，进程异常中断；另起进程重试仍然如此。"))
        self.item = item


class Crew(Executor):
    """Workers behind an executor of any kind.

    Args:
        executor: whose processes they are.
        workers: how many; decides how many chunks are on their way together.
    """

    def __init__(self, executor: Executor, workers: int = 2) -> None:
        self._executor = executor
        self.workers = workers

    def submit(self, fn: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        """Have a function called."""
        return self._executor.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Send the workers home."""
        self._executor.shutdown(wait, cancel_futures=cancel_futures)

    def share(self, packed: bytes) -> Any:
        """Give every worker the context of a job; what comes back is passed to ``hand``."""
        return packed

    def hand(self, work: Callable[[Any, Sequence[T]], R], shared: Any, chunk: Sequence[T]) -> Future[R]:
        """Hand a chunk to some worker."""
        return self.submit(run_chunk, work, shared, chunk)

    def result(self, future: Future[R]) -> R:
        """Wait for a chunk.

        Raises:
            BrokenExecutor: its worker died.
        """
        return future.result()


class Processes(Crew):
    """Processes of this machine; if one dies, all are replaced by new ones.

    Args:
        preload: modules that are imported before the first of them starts, once for all.
    """

    def __init__(self, workers: int, preload: Sequence[str] = ()) -> None:
        multiprocessing.set_forkserver_preload(["__main__", *preload])
        super().__init__(_start(workers), workers)

    def submit(self, fn: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        """Have a function called in a process that lives."""
        with interrupted_afterwards():  # to submit may start a worker, and half a start is told as a fault
            try:
                return super().submit(fn, *args, **kwargs)
            except BrokenExecutor:
                self._executor.shutdown()
                self._executor = _start(self.workers)
                return super().submit(fn, *args, **kwargs)


def _start(workers: int) -> ProcessPoolExecutor:
    with ignoring_interrupts():
        forkserver.ensure_running()
    context = multiprocessing.get_context("forkserver")
    return ProcessPoolExecutor(workers, context, initializer=_end_with_parent)


def _end_with_parent() -> None:
    """A worker waits for ever for one that was killed, and nobody interrupts it."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "a worker has one"

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def open_executor(
    jobs: int | None = None, scheduler: str | None = None, *, preload: Sequence[str] = ()
) -> Iterator[Executor | None]:
    """Workers to spread a job over; None where there would be one only, which is then this process itself.

    Args:
        jobs: how many processes of this machine; by default as many as there are processors to use.
        scheduler: address of a Dask cluster whose workers do it instead, such as ``tcp://10.0.0.5:8786``.
        preload: modules that processes of this machine will need; they share the memory of what is imported for all.

    Raises:
        HuiyinError: HY970 to HY974, the cluster cannot be used.
    """
    if scheduler:
        from huiyin.cluster import open_cluster

        with open_cluster(scheduler) as cluster:
            yield cluster
        return
    wanted = jobs or len(os.sched_getaffinity(0))
    if wanted <= 1:
        yield None
        return
    with interrupted_once():
        crew = Processes(wanted, preload)
        try:
            yield crew
        finally:
            crew.shutdown(cancel_futures=True)


def spread(
    executor: Executor | None,
    work: Callable[[C, Sequence[T]], R],
    context: C,
    items: Iterable[T],
    *,
    size: int,
    workers: int | None = None,
    ahead: int = AHEAD,
    fallback: Callable[[C, T], R] | None = None,
) -> Iterator[R]:
    """Give ``work(context, chunk)`` for each chunk of the items, in order.

    A chunk whose worker died is done anew in a process of its own. If that dies too, the chunk's items are done one
    by one, each a chunk of its own, and what kills its process even then is the fallback's.

    Args:
        work: a function of a module; it must not depend on which process calls it.
        context: what every chunk needs; it is pickled once.
        size: items in a chunk.
        workers: of the executor, where it does not know itself; decides how many chunks are on their way together.
        ahead: chunks that wait for each worker; fewer where a chunk is large.
        fallback: gives, in this process, the result for an item that no process survives; without one it is an error.

    Raises:
        DeadlyItemError: HY975, no process survives an item, and there is no fallback.
        HuiyinError: HY973, HY974, HY976, the cluster's workers are gone, or are not those that they were.
    """
    remaining = iter(items)
    chunks = iter(lambda: list(islice(remaining, size)), [])
    if executor is None:
        yield from (work(context, chunk) for chunk in chunks)
        return
    crew = executor if isinstance(executor, Crew) else Crew(executor, workers or 2)
    packed = pickle.dumps(context, pickle.HIGHEST_PROTOCOL)
    shared = crew.share(packed)
    waiting: deque[tuple[Sequence[T], Future[R]]] = deque()

    def first() -> Iterator[R]:
        chunk, future = waiting.popleft()
        try:
            yield crew.result(future)
        except BrokenExecutor:
            yield from _apart(work, context, packed, chunk, fallback)

    try:
        for chunk in chunks:
            waiting.append((chunk, crew.hand(work, shared, chunk)))
            if len(waiting) >= ahead * crew.workers:
                yield from first()
        while waiting:
            yield from first()
    finally:
        for _, future in waiting:
            future.cancel()


def _apart(
    work: Callable[[C, Sequence[T]], R],
    context: C,
    packed: bytes,
    chunk: Sequence[T],
    fallback: Callable[[C, T], R] | None,
) -> Iterator[R]:
    """A chunk whose worker died, apart from all others: most of them died of another's chunk or were killed."""
    with Processes(1) as alone:
        try:
            yield alone.submit(run_chunk, work, packed, chunk).result()
            return
        except BrokenExecutor:
            pass
        for item in chunk:
            try:
                done = alone.submit(run_chunk, work, packed, [item]).result()
            except BrokenExecutor:
                if fallback is None:
                    raise DeadlyItemError(item) from None
                done = fallback(context, item)
            yield done


def run_chunk(work: Callable[[Any, Sequence[Any]], R], packed: bytes, chunk: Sequence[Any]) -> R:
    """What a worker does."""
    return work(_unpacked(packed), chunk)


@lru_cache(maxsize=2)
def _unpacked(packed: bytes) -> Any:
    return pickle.loads(packed)  # noqa: S301 - made by ``spread`` in this very job
