"""Spreading work over processes: chunks in, results out in the same order, whoever computes them (design §8).

A worker is given the context of a job once and keeps it, so that a chunk costs only itself.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

C = TypeVar("C")
T = TypeVar("T")
R = TypeVar("R")

AHEAD = 4
"""Chunks that wait for each worker: enough to keep it busy, few enough to bound the memory."""


@contextmanager
def open_executor(jobs: int | None = None) -> Iterator[Executor | None]:
    """Processes of this machine; None where there would be one only, which is then this process itself.

    Args:
        jobs: how many; by default as many as there are processors to use.
    """
    wanted = jobs or len(os.sched_getaffinity(0))
    if wanted <= 1:
        yield None
        return
    with ProcessPoolExecutor(wanted, mp_context=multiprocessing.get_context("forkserver")) as pool:
        yield pool


def spread(
    executor: Executor | None,
    work: Callable[[C, Sequence[T]], R],
    context: C,
    items: Iterable[T],
    *,
    size: int,
    workers: int = 2,
) -> Iterator[R]:
    """Give ``work(context, chunk)`` for each chunk of the items, in order.

    Args:
        work: a function of a module; it must not depend on which process calls it.
        context: what every chunk needs; it is pickled once.
        size: items in a chunk.
        workers: of the executor; decides how many chunks are on their way together.
    """
    remaining = iter(items)
    chunks = iter(lambda: list(islice(remaining, size)), [])
    if executor is None:
        yield from (work(context, chunk) for chunk in chunks)
        return
    packed = pickle.dumps(context, pickle.HIGHEST_PROTOCOL)
    waiting: deque[Future[R]] = deque()
    for chunk in chunks:
        waiting.append(executor.submit(_run, work, packed, chunk))
        if len(waiting) >= AHEAD * workers:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _run(work: Callable[[Any, Sequence[Any]], R], packed: bytes, chunk: Sequence[Any]) -> R:
    return work(_unpacked(packed), chunk)


@lru_cache(maxsize=2)
def _unpacked(packed: bytes) -> Any:
    return pickle.loads(packed)  # noqa: S301 - made by ``spread`` in this very job
