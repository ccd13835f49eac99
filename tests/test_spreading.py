"""Design §8: whoever does the work, the results are those of one process, in order; a death loses and hides nothing."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent

import pytest

from huiyin import cluster
from huiyin.model.problem import HuiyinError
from huiyin.spreading import AHEAD, Crew, DeadlyItemError, open_executor, spread
from tests.cluster import RunningCluster, running_cluster

ITEMS = range(400)
DEADLY = 137


def scale(factor: int, chunk: Sequence[int]) -> list[int]:
    """Ordinary work."""
    return [factor * number for number in chunk]


def scale_or_die(factor: int, chunk: Sequence[int]) -> list[int]:
    """Work that crashes on one item, as a parser in C may."""
    if DEADLY in chunk:
        os.kill(os.getpid(), signal.SIGSEGV)
    return scale(factor, chunk)


def die_once(memory: Path, chunk: Sequence[int]) -> list[int]:
    """Work whose process is killed the first time that it comes to one item."""
    if DEADLY in chunk and not memory.exists():
        memory.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return scale(3, chunk)


def fail(_: object, chunk: Sequence[int]) -> list[int]:
    """Work with a bug."""
    raise ZeroDivisionError(*chunk)


def give_pid(_: object, chunk: Sequence[int]) -> int:
    """Where the work is done, after a while."""
    time.sleep(0.05 * len(chunk))
    return os.getpid()


def put_aside(_: int, item: int) -> list[int]:
    """A fallback."""
    return [-item]


def flat(parts: Iterator[list[int]]) -> list[int]:
    """The results of all chunks."""
    return [number for part in parts for number in part]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCluster]:
    """A scheduler and two workers."""
    with running_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest.mark.parametrize("jobs", [1, 2])
def test_processes_give_what_one_gives(jobs: int) -> None:
    """Any number of processes, the same results in the same order."""
    with open_executor(jobs) as executor:
        assert (executor is None) == (jobs == 1)
        assert [3 * n for n in ITEMS] == flat(spread(executor, scale, 3, ITEMS, size=7))


def test_chunks_on_their_way_are_bounded() -> None:
    """No more items are taken from the source than the workers can soon do."""
    taken = 0

    def source() -> Iterator[int]:
        nonlocal taken
        for number in ITEMS:
            taken = number
            yield number

    with ThreadPoolExecutor(1) as threads:
        results = spread(threads, scale, 3, source(), size=1, workers=2)
        next(results)
        assert taken < AHEAD * 2
        results.close()  # type: ignore[attr-defined]


def test_an_item_that_kills_is_named_and_the_others_are_done() -> None:
    """A crash of native code loses neither the other chunks nor the items beside it."""
    with open_executor(2) as executor:
        expected = [-n if n == DEADLY else 3 * n for n in ITEMS]
        assert expected == flat(spread(executor, scale_or_die, 3, ITEMS, size=7, fallback=put_aside))
        with pytest.raises(DeadlyItemError) as caught:
            flat(spread(executor, scale_or_die, 3, ITEMS, size=7))
        assert (DEADLY, "HY975") == (caught.value.item, caught.value.problems[0].code)
        assert [3 * n for n in ITEMS] == flat(spread(executor, scale, 3, ITEMS, size=7))  # with new processes


def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    """A process that something else killed, such as a lack of memory: what it did is done anew."""
    with open_executor(2) as executor:
        assert [3 * n for n in ITEMS] == flat(spread(executor, die_once, tmp_path / "died", ITEMS, size=7))
    assert (tmp_path / "died").exists()


def test_an_error_of_the_work_is_raised() -> None:
    """A bug is not taken for a death."""
    with open_executor(2) as executor, pytest.raises(ZeroDivisionError):
        list(spread(executor, fail, None, ITEMS, size=7))


def test_a_cluster_gives_what_one_process_gives(two: RunningCluster) -> None:
    """Two workers of a real cluster, which both do their part."""
    with open_executor(scheduler=two.address) as executor:
        assert isinstance(executor, Crew)
        assert 2 == executor.workers
        assert [3 * n for n in ITEMS] == flat(spread(executor, scale, 3, ITEMS, size=7))
        pids = set(spread(executor, give_pid, None, range(40), size=1))
        assert 2 == len(pids)
        assert os.getpid() not in pids


def test_an_error_at_a_cluster_is_raised(two: RunningCluster) -> None:
    """A bug shows as it would in one process."""
    with open_executor(scheduler=two.address) as executor, pytest.raises(ZeroDivisionError):
        list(spread(executor, fail, None, ITEMS, size=7))


def test_a_worker_killed_in_the_middle_changes_nothing(two: RunningCluster, tmp_path: Path) -> None:
    """Its nanny starts another, its chunks are done anew, and the results are the same."""
    with open_executor(scheduler=two.address) as executor:
        assert [3 * n for n in ITEMS] == flat(spread(executor, die_once, tmp_path / "died", ITEMS, size=7))
    assert (tmp_path / "died").exists()


def test_an_item_that_kills_workers_of_a_cluster_is_named(tmp_path: Path) -> None:
    """The scheduler gives a chunk up after four deaths; its innocent items are done here, the guilty one is named."""
    with running_cluster(tmp_path) as running, open_executor(scheduler=running.address) as executor:
        expected = [-n if n == DEADLY else 3 * n for n in ITEMS]
        assert expected == flat(spread(executor, scale_or_die, 3, ITEMS, size=50, fallback=put_aside))


def test_a_cluster_that_is_lost_ends_the_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HY976: neither a hang nor half a result."""
    monkeypatch.setattr(cluster, "GONE", 2.0)
    with running_cluster(tmp_path) as running, open_executor(scheduler=running.address) as executor:
        results = spread(executor, give_pid, None, range(400), size=1)
        next(results)
        running.scheduler.kill()
        with pytest.raises(HuiyinError, match="HY976"):
            list(results)


def test_workers_that_are_lost_end_the_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HY976: a scheduler whose workers do not come back."""
    monkeypatch.setattr(cluster, "GONE", 2.0)
    with running_cluster(tmp_path) as running, open_executor(scheduler=running.address) as executor:
        results = spread(executor, give_pid, None, range(400), size=1)
        next(results)
        running.lose_workers()
        with pytest.raises(HuiyinError, match="HY976"):
            list(results)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound that a test can wait for."""
    monkeypatch.setattr(cluster, "CONNECTING", 2.0)


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of something that listens and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("address", ["127.0.0.1:8786", "http://127.0.0.1:8786", "tcp://a b:1", "tcp://demo", "x"])
def test_what_is_no_address_is_refused(address: str) -> None:
    """HY970, before anything is tried."""
    with pytest.raises(HuiyinError, match="HY970"), open_executor(scheduler=address):
        pass


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "tls://127.0.0.1:1", "tcp://nowhere.invalid:8786", "silent"])
def test_a_cluster_that_does_not_answer_is_a_problem(address: str, silent: str) -> None:
    """HY972, in bounded time: nobody there, no certificate, no such name, somebody who says nothing."""
    begun = time.monotonic()
    with pytest.raises(HuiyinError, match="HY972"), open_executor(scheduler=silent if address == "silent" else address):
        pass
    assert time.monotonic() - begun < 10


@pytest.mark.usefixtures("quick")
def test_a_cluster_without_workers_is_a_problem(tmp_path: Path) -> None:
    """HY973: a scheduler alone would let a job wait for ever."""
    with (
        running_cluster(tmp_path, workers=0) as running,
        pytest.raises(HuiyinError, match="HY973"),
        open_executor(scheduler=running.address),
    ):
        pass


def no_program(folder: Path) -> None:
    """Workers without Huiyin, as far as Python can see."""
    (folder / "huiyin.py").write_text("raise ModuleNotFoundError('No module named huiyin', name='huiyin')\n")


def other_program(folder: Path) -> None:
    """Workers with a Huiyin of which one line differs."""
    shutil.copytree(Path(cluster.__file__).parent, folder / "huiyin", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "huiyin/check.py").write_text("# another\n")


@pytest.mark.parametrize("spoil", [no_program, other_program])
def test_workers_with_another_program_are_refused(spoil: Callable[[Path], None], tmp_path: Path) -> None:
    """HY974: results that might differ are never taken."""
    (tmp_path / "path").mkdir()
    spoil(tmp_path / "path")
    with (
        running_cluster(tmp_path, env={"PYTHONPATH": str(tmp_path / "path")}) as running,
        pytest.raises(HuiyinError, match="HY974"),
        open_executor(scheduler=running.address),
    ):
        pass


def test_a_worker_that_comes_later_is_refused_too(two: RunningCluster) -> None:
    """HY974: the check when a job begins is not the only one."""
    with open_executor(scheduler=two.address) as executor:
        assert isinstance(executor, cluster.Cluster)
        executor._stamp = "what another version would say"
        with pytest.raises(HuiyinError, match="HY974"):
            list(spread(executor, scale, 3, ITEMS, size=7))


def test_without_distributed_there_is_a_cure(tmp_path: Path) -> None:
    """HY971: the part is optional, and only naming a scheduler needs it."""
    (tmp_path / "distributed.py").write_text("raise ModuleNotFoundError('No module named distributed')\n")
    script = dedent("""
        import sys
        sys.path.insert(0, sys.argv[1])
        from huiyin.spreading import open_executor
        with open_executor(scheduler="tcp://127.0.0.1:8786"):
            pass
    """)
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert "UsageError: HY971" in done.stderr


KILLED = """
    import time
    from huiyin.spreading import open_executor, spread
    from tests.test_spreading import give_pid

    with open_executor(2) as executor:
        print(len(list(spread(executor, give_pid, None, range(10), size=1))), flush=True)
        time.sleep(60)
"""


def test_who_is_killed_leaves_no_worker_behind() -> None:
    """Nothing else would end them: they ignore Ctrl-C, and wait for work."""
    process = subprocess.Popen(
        [sys.executable, "-c", dedent(KILLED)],
        cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"10\n"
        process.kill()
    assert _is_gone(process.pid)


INTERRUPTED = """
    import sys
    from contextlib import ExitStack
    from huiyin.spreading import open_executor, spread
    from tests.test_spreading import give_pid

    stack = ExitStack()
    try:
        executor = stack.enter_context(open_executor(2))
        print("begun", flush=True)
        for _ in spread(executor, give_pid, None, range(10_000), size=1):
            pass
    except KeyboardInterrupt:
        if sys.argv[1] == "closing":
            stack.close()
        sys.exit(130)
"""


@pytest.mark.parametrize("ending", ["closing", "leaving it"])
@pytest.mark.parametrize("after", [0.0, 0.1, 0.2, 0.3, 0.5, 0.8])
def test_an_interrupt_ends_everything(after: float, ending: str) -> None:
    """Ctrl-C, twice, reaches the workers too, while they start, wait or work: nobody hangs, complains or stays."""
    process = subprocess.Popen(
        [sys.executable, "-c", dedent(INTERRUPTED), ending],
        cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        time.sleep(after)
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        _, complaints = process.communicate(timeout=20)
        assert (130, b"") == (process.returncode, complaints)
        assert _is_gone(process.pid)
    finally:
        if not _is_gone(process.pid, 0):
            os.killpg(process.pid, signal.SIGKILL)


def _is_gone(group: int, seconds: float = 10) -> bool:
    """Whether no process of a group is left, at once or soon."""
    until = time.monotonic() + seconds
    while True:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        if time.monotonic() >= until:
            return False
        time.sleep(0.05)
