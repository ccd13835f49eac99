"""Where the output goes: readers that leave, disks that are full, streams that are closed, terminals of old times."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cases import PROJECT, Story
from tests.repository import NOW, Repository, Run

OLD_TERMINALS = (
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"},
    {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii:strict"},
)
NEW = ("new", "--channel", "people", "--reference", "1", "--title", "路灯", "--body", "不亮。", "--no-real-name",
       "--no-contactable")  # fmt: skip


def shell(repository: Repository, line: str, **env: str) -> Run:
    """Run a line of the shell in which ``huiyin`` is the real command; the code is that of the first in a pipe."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HUIYIN_", "GIT_", "LC_", "PYTHON"))}
    line = f'huiyin() {{ "{sys.executable}" -m huiyin.cli.main "$@"; }}; {line}; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=repository.root,
        env={**kept, "PYTHONPATH": str(PROJECT / "tools"), "HUIYIN_AS_OF": NOW, "PYTHONUTF8": "1", **env},
        stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    return Run(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


@pytest.fixture
def many(repository: Repository) -> Repository:
    """More to say than fits into the buffer of a pipe."""
    for number in range(300):
        repository.add(Story(reference=f"{number}", received="2026-11-20 09:00"))
    return repository


@pytest.mark.parametrize("command", ["deadlines", "deadlines --format json", "problems", "check", "--help"])
@pytest.mark.parametrize("reader", ["head -1", "true"])
def test_a_reader_that_leaves_is_no_problem(many: Repository, command: str, reader: str) -> None:
    """``huiyin … | head``: quiet, and the exit code is the command's own."""
    run = shell(many, f"huiyin {command} | {reader}")
    assert (0, "") == (run.code, run.err)


def test_the_verdict_survives_a_reader_that_leaves(many: Repository) -> None:
    """``check | head`` under pipefail must not turn errors into peace."""
    many.write("cases/2026/11/20/people-x.yaml", "broken: [\n")
    assert 1 == shell(many, "huiyin check | true").code


@pytest.mark.parametrize("command", ["check", "deadlines", "deadlines --format json", "--help", "--version"])
@pytest.mark.parametrize("target", [">/dev/full", ">&-"])
def test_output_that_cannot_be_written_is_told(repository: Repository, command: str, target: str) -> None:
    """A full disk or a closed stream: one message, exit code 1, nothing of Python."""
    run = shell(repository, f"huiyin {command} {target}")
    assert (1, 1) == (run.code, run.err.count("HY908"))
    assert not any(word in run.err for word in ("Traceback", "Error", "Exception", "HY999"))


def test_what_was_written_before_the_output_failed_is_told(repository: Repository) -> None:
    """A clerk must not register the message a second time because the answer did not come."""
    run = shell(repository, f"huiyin {' '.join(NEW)} >/dev/full")
    assert (repository.root / "cases/2026/11/23/people-1.yaml").is_file()
    assert (1, True, True) == (run.code, "HY908" in run.err, "1个文件已经写好" in run.err)
    dry = shell(repository, f"huiyin {' '.join(NEW).replace('--reference 1', '--reference 2')} --dry-run >/dev/full")
    assert (1, False) == (dry.code, "个文件已经写好" in dry.err)


def test_a_closed_output_stops_before_anything_is_written(repository: Repository) -> None:
    """The number of the closed stream would go to the next file that is opened."""
    run = shell(repository, f"huiyin {' '.join(NEW)} >&-")
    assert (1, True) == (run.code, "HY908" in run.err)
    assert not (repository.root / "cases").exists()


@pytest.mark.parametrize("target", ["2>/dev/full", "2>&-", "2>/dev/full >/dev/full", ">&- 2>&-"])
def test_errors_that_nobody_can_read_keep_the_exit_code(repository: Repository, target: str) -> None:
    """Where not even the error can be told, its code still is."""
    assert (2 if ">&-" not in target.replace("2>&-", "") else 1) == shell(repository, f"huiyin chek {target}").code


@pytest.mark.parametrize("env", OLD_TERMINALS, ids=["C", "latin-1", "ascii"])
@pytest.mark.parametrize(
    "command",
    ["--help", "check", "deadlines", "show people-1", "why people-1", "units", "record claimed 兰州市", "chek"],
)
def test_no_terminal_is_too_old(repository: Repository, command: str, env: dict[str, str]) -> None:
    """What the encoding lacks is escaped; nothing crashes."""
    repository.add(Story(reference="1").assigned("2026-11-16 10:00").claimed("2026-11-16 11:00"))
    run = shell(repository, f"huiyin {command}", **env)
    assert run.code in (0, 1, 2)
    assert not any(word in run.err for word in ("Traceback", "HY999"))


def test_json_stays_json_on_a_terminal_without_chinese(repository: Repository) -> None:
    """Escapes of Python are escapes of JSON."""
    repository.add(Story(reference="1").assigned("2026-11-16 10:00"))
    run = shell(repository, "huiyin show people-1 --format json", **OLD_TERMINALS[1])
    assert Story().data()["title"] == json.loads(run.out)["title"]


@pytest.mark.parametrize("env", OLD_TERMINALS, ids=["C", "latin-1", "ascii"])
def test_the_demonstration_says_its_lines_anywhere(tmp_path: Path, env: dict[str, str]) -> None:
    """The first step, up to where the data are missing."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HUIYIN_", "GIT_", "LC_", "PYTHON"))}
    (tmp_path / "demo").mkdir()
    done = demo(["-m", "huiyin.demo"], {**kept, **env, "DEMO_DIR": str(tmp_path), "SERVE": "0"})
    assert (2, False) == (done.returncode, b"Traceback" in done.stderr)


def demo(arguments: Sequence[str], env: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    """Run the demonstration, which refuses a folder that it did not make."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=PROJECT, capture_output=True, timeout=120, check=False,
        env={**env, "PYTHONPATH": str(PROJECT / "tools")},
    )  # fmt: skip
