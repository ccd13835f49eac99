"""``make demo`` makes a repository, runs the real commands and builds the site, and says where everything is."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from huiyin import demo, demo_gate
from huiyin.proof import prove_merge
from tests.cases import PROJECT
from tests.office import needs_ssh


@dataclass(frozen=True)
class Demonstration:
    """What one run of the demonstration left behind."""

    folder: Path
    code: int
    out: str
    err: str

    @property
    def repository(self) -> Path:
        """The demonstration's case log."""
        return self.folder / "demo"

    def git(self, *arguments: str) -> str:
        """Ask Git about the repository that was made."""
        return subprocess.run(
            ["git", "-C", str(self.repository), *arguments], capture_output=True, encoding="utf-8", check=True
        ).stdout


def run(folder: Path, **env: str) -> Demonstration:
    """Run the demonstration as ``make demo SERVE=0`` does, in a process of its own."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("HUIYIN_", "GIT_"))}
    done = subprocess.run(
        [sys.executable, "-m", "huiyin.demo"],
        cwd=PROJECT,
        env={**inherited, "PYTHONUTF8": "1", "SERVE": "0", "DEMO_DIR": str(folder), **env},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return Demonstration(folder, done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """One run that the tests of its results share."""
    return run(tmp_path_factory.mktemp("演示 demo"))


def test_it_succeeds_and_says_where_each_result_is(demonstration: Demonstration) -> None:
    """Exit code 0; the repository, the lists and the site are named, and that all is invented."""
    assert 0 == demonstration.code, demonstration.err
    for path in ("demo", "demo-results/deadlines.json", "demo/build/site/index.html"):
        assert (demonstration.folder / path).exists()
        assert str(demonstration.folder / path) in demonstration.out
    assert "虚构" in demonstration.out
    assert "0个错误" in demonstration.out


def test_the_repository_is_one_commit_of_the_cases(demonstration: Demonstration) -> None:
    """All demonstration cases and the rules are committed on main, by the demonstration itself, on its own day."""
    expected = sorted(p.relative_to(PROJECT).as_posix() for p in (PROJECT / "cases").rglob("*.yaml"))
    assert expected == demonstration.git("ls-files", "cases").split()
    assert "rules/people.yaml" in demonstration.git("ls-files").split()
    assert "main" == demonstration.git("branch", "--show-current").strip()
    assert "huiyin-demo 2026-11-23T10:00:00+08:00" == demonstration.git("log", "--format=%an %cI").strip()
    assert "" == demonstration.git("status", "--short")


def test_the_deadlines_are_those_of_the_fixed_clock(demonstration: Demonstration) -> None:
    """The JSON list holds what is overdue, tracked and provisional at the demonstration's clock."""
    found = json.loads((demonstration.folder / "demo-results" / "deadlines.json").read_text(encoding="utf-8"))
    late = {entry["id"]: entry["working_days_late"] for entry in found["groups"]["overdue"]}
    assert demo.AS_OF == found["as_of"]
    assert {"people-90000059": 15, "portal-80000017": 11, "people-90000058": 3, "service-70000011": 1} == late
    assert ["people-90000059"] == [entry["id"] for entry in found["groups"]["overdue_instructed"]]
    assert ["people-90000060"] == [entry["id"] for entry in found["provisional"]]


def test_a_date_is_explained(demonstration: Demonstration) -> None:
    """The explained case shows the local holiday that moved its due date."""
    assert demo.EXAMPLE in demonstration.out
    assert "临夏州庆" in demonstration.out


def test_the_site_shows_published_cases_only(demonstration: Demonstration) -> None:
    """A published message is on the site; one that is only received is not."""
    pages = [p.read_text(encoding="utf-8") for p in (demonstration.repository / "build" / "site").rglob("*.html")]
    assert any("建议在庆阳推广苹果产地冷藏设施补贴政策" in page for page in pages)
    assert not any("建议在地铁口增设残疾人无障碍电梯" in page for page in pages)


@needs_ssh
def test_a_message_lives_its_whole_life(demonstration: Demonstration) -> None:
    """Five merges, each by the gate, with those who must sign; the case is published with the text that was signed."""
    server = demonstration.folder / "demo-gate" / demo_gate.SERVER

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(server), *arguments]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout

    merges = git("rev-list", "--first-parent", "--merges", "--reverse", "main").split()
    assert [(), (), (), (), ()] == [prove_merge(server, merge) for merge in merges]
    approved = git("log", "--first-parent", "--reverse", "--format=%(trailers:key=Huiyin-Approved-By)", "main")
    expected = ["wangzhan.reviewer", "wangzhan.reviewer", "lanzhou.head", "wangzhan.reviewer"]
    assert expected == [line.split(" ")[1] for line in approved.splitlines() if line]
    assert demo_gate.FIRST in git("show", f"main:{demo_gate.FILE}")
    assert "已公开答复（对外：已办理）" in demonstration.out
    assert "全部属实" in demonstration.out


@needs_ssh
@pytest.mark.parametrize("code", ["HY621", "HY623", "HY641", "HY652"])
def test_attacks_are_shown_being_refused(demonstration: Demonstration, code: str) -> None:
    """An own approval, by the command and by hand; work after the approval; a push to main."""
    assert 1 == len(re.findall(rf"^ +✗ .*\b{code}\b", demonstration.out, re.M))


def test_an_attack_that_succeeds_stops_the_demonstration(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What must be refused and is not, is said with what the command printed, and is an error."""
    stage = demo_gate.Stage(tmp_path)
    with pytest.raises(demo_gate.UnexpectedError, match="出乎意料（退出码0）"):
        stage.run(demo_gate.GATE, "git", "version", refused="HY652", at=tmp_path)
    with pytest.raises(demo_gate.UnexpectedError, match="出乎意料（退出码128）"):
        stage.run(demo_gate.GATE, "git", "rev-parse", "--quiet", "--verify", "x", at=tmp_path, refused="HY652")
    assert 1 == demo_gate.main([str(PROJECT / "bench"), str(tmp_path)])
    assert "Traceback" not in capfd.readouterr().err


def test_without_ssh_keygen_the_step_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The rest of the demonstration does not fail for it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert 0 == demo_gate.main([str(PROJECT), str(tmp_path / "out")])
    assert "找不到ssh-keygen" in capfd.readouterr().out


def test_running_again_replaces_it_and_gives_the_same_commit(demonstration: Demonstration, tmp_path: Path) -> None:
    """What an earlier run left is gone; the user's own Git settings neither stop the run nor change the commit."""
    home = tmp_path / "home"
    home.mkdir()
    settings = "[user]\n\tname = somebody\n[commit]\n\tgpgsign = true\n[core]\n\thooksPath = /nonexistent\n"
    (home / ".gitconfig").write_text(settings, encoding="utf-8")
    before = demonstration.git("rev-parse", "HEAD")
    (demonstration.repository / "left-over").touch()
    again = run(demonstration.folder, HOME=str(home), XDG_CONFIG_HOME=str(home))
    assert 0 == again.code
    assert not (demonstration.repository / "left-over").exists()
    assert before == demonstration.git("rev-parse", "HEAD")
    assert settings == (home / ".gitconfig").read_text(encoding="utf-8")


def test_a_folder_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    """A folder that the demonstration did not make is refused and kept."""
    kept = tmp_path / "demo" / "thesis.txt"
    kept.parent.mkdir()
    kept.write_text("important", encoding="utf-8")
    refused = run(tmp_path)
    assert 2 == refused.code
    assert "HY960" in refused.err
    assert "Traceback" not in refused.err
    assert ["thesis.txt"] == [p.name for p in kept.parent.iterdir()]


def test_a_failing_step_stops_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A broken case makes check fail: its exit code is given, the step is named, and no site is built."""
    project = tmp_path / "project"
    project.mkdir()
    for name in demo.COPIED:
        copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
        copy(PROJECT / name, project / name)
    broken = next((project / "cases").rglob("*.yaml"))
    broken.write_text("id: [", encoding="utf-8")
    assert 1 == demo.run(project, tmp_path, serving=False)
    shown = capfd.readouterr()
    assert "HY961 第2步" in shown.err
    assert not (tmp_path / "demo" / "build").exists()


def test_without_the_data_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside the project there is one clear message and exit code 2, and nothing is made."""
    monkeypatch.setattr(demo, "_PROJECT", tmp_path / "nowhere")
    monkeypatch.setenv("DEMO_DIR", str(tmp_path / "out"))
    assert 2 == demo.main()
    assert not (tmp_path / "out").exists()


def test_the_server_takes_the_next_port_and_ends_quietly(tmp_path: Path) -> None:
    """Where the port is taken, the site is served on the next; Ctrl-C ends with exit code 0 and no traceback."""
    (tmp_path / "index.html").write_text("<p>演示</p>", encoding="utf-8")
    program = "import sys, pathlib, huiyin.demo as d; d.serve(pathlib.Path(sys.argv[1]), int(sys.argv[2]))"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path), str(port)],
            env={**os.environ, "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        ) as server:
            assert server.stdout is not None
            shown = ""
            while not (address := re.search(r"http://127\.0\.0\.1:[0-9]+/", shown)):
                line = server.stdout.readline()
                assert line, "the server ended"
                shown += line
            with urlopen(address[0]) as page:  # noqa: S310 - our own server
                assert "<p>演示</p>" == page.read().decode()
            server.send_signal(signal.SIGINT)
            out, err = server.communicate(timeout=60)
    assert f"端口{port}已被占用" in shown
    assert (0, "") == (server.returncode, err)
    assert "已停止" in out


@pytest.mark.parametrize("name", ["demo-results", "demo-gate", "demo.new"])
@pytest.mark.parametrize("kind", ["folder", "link", "file"])
def test_nothing_of_somebody_else_is_deleted(tmp_path: Path, name: str, kind: str) -> None:
    """Only what carries the demonstration's mark is replaced, whatever it is called."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "thesis.txt").write_text("important", encoding="utf-8")
    there = tmp_path / "out" / name
    there.parent.mkdir()
    if kind == "folder":
        kept.rename(there)
    elif kind == "link":
        there.symlink_to(kept)
    else:
        there.write_text("important", encoding="utf-8")
    refused = run(there.parent)
    assert (2, True, False) == (refused.code, "HY960" in refused.err, "Traceback" in refused.err)
    left = there if kind == "file" else there / "thesis.txt"
    assert "important" == left.read_text(encoding="utf-8")


def test_the_commands_shown_can_be_typed(demonstration: Demonstration) -> None:
    """A folder with a space in its name is quoted."""
    shown = [line for line in demonstration.out.splitlines() if line.startswith("$ ")]
    assert shown
    for line in shown:
        assert any(str(demonstration.folder) in word for word in shlex.split(line)), line
