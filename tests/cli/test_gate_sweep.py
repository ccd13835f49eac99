"""``huiyin gate sweep`` and ``huiyin gate comment`` as processes of their own, on a fake forge."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.forge.fake import Fault
from tests.forge.scene import GATE, KINDS, Scene, assigned, scene
from tests.repository import Repository, Run


@pytest.fixture(params=KINDS)
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """Two claims that are ready, and a broken proposal."""
    with scene(request.param, tmp_path, assigned("90000001"), assigned("90000002")) as found:
        for reference in ("90000001", "90000002"):
            found.propose(assigned(reference).claimed("2026-11-23 09:40"), "lanzhou.clerk")
        clerk = found.person("lanzhou.clerk")
        found.world.push(clerk, "broken", {"cases/2026/11/23/people-90000003.yaml": b"{"})
        found.world.open(clerk, "broken")
        yield found


@pytest.fixture
def checkout(stage: Scene, tmp_path: Path) -> Repository:
    """A clone of the record, in which the gate runs."""
    root = tmp_path / "检出"
    subprocess.run(["git", "clone", "-q", str(stage.world.bare), str(root)], check=True)
    return Repository(root)


def huiyin(stage: Scene, checkout: Repository, *arguments: str, **env: str) -> Run:
    """One command in the environment of the gate."""
    told = {"HUIYIN_GATE_KEY": str(stage.key), "HUIYIN_REMOTE": str(stage.world.bare), "NO_PROXY": "*", **env}
    return checkout.huiyin("gate", *arguments, stdin=None, cwd=None, **stage.environment(**told))


def test_a_sweep_tells_what_it_did(stage: Scene, checkout: Repository) -> None:
    """A line each; a broken proposal is its author's affair, and no failure of the gate."""
    done = huiyin(stage, checkout, "sweep")
    assert (0, "") == (done.code, done.err)
    heads = {n: stage.world.head(p)[:10] for n, p in stage.world.pulls.items()}
    first, second, third = done.out.splitlines()
    assert first.startswith(f"#1 {heads[1]}  已在主线：")
    assert second == f"#2 {heads[2]}  已在主线：{stage.world.resolve('refs/heads/main')}"
    assert third == f"#3 {heads[3]}  闸门：不能合并，有1项错误"
    again = huiyin(stage, checkout, "sweep")
    assert (0, f"{third}\n") == (again.code, again.out)


def test_the_json_of_a_sweep(stage: Scene, checkout: Repository) -> None:
    """One entry each, with what is wrong."""
    done = huiyin(stage, checkout, "sweep", "--format", "json")
    first, second, third = json.loads(done.out)["pulls"]
    assert ["number", "branch", "head", "ready", "legal", "merged", "findings", "problems"] == list(first)
    assert (1, stage.world.head(stage.world.pulls[1])) == (first["number"], first["head"])
    assert stage.world.resolve("refs/heads/main") == second["merged"]
    assert (False, None, []) == (third["legal"], third["merged"], third["problems"])
    assert ["HY111"] == [p["code"] for p in third["findings"]]


def test_processes_at_once(stage: Scene, checkout: Repository) -> None:
    """Three gates in three processes: each proposal is merged once and has one comment."""
    before = stage.world.resolve("refs/heads/main")
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _: huiyin(stage, checkout, "sweep"), range(3)))
    assert [0, 0, 0] == [r.code for r in results], results
    merges = stage.world.git("rev-list", "--first-parent", f"{before}..main").split()
    assert (2, [1, 1, 1]) == (len(merges), [len(p.comments) for p in stage.world.pulls.values()])


def test_a_dry_run_prints_the_comments(stage: Scene, checkout: Repository) -> None:
    """As Markdown; nothing is written anywhere."""
    before = stage.world.resolve("refs/heads/main")
    done = huiyin(stage, checkout, "sweep", "--dry-run", "--format", "markdown")
    assert (0, 2, 1) == (done.code, done.out.count("### 闸门：可以合并"), done.out.count("### 闸门：不能合并"))
    assert before == stage.world.resolve("refs/heads/main")
    assert [] == [a for a in stage.api.asked if not a.startswith("GET")]


def test_comment_merges_nothing_and_needs_no_key(stage: Scene, checkout: Repository) -> None:
    """Only the one that is named."""
    before = stage.world.resolve("refs/heads/main")
    done = huiyin(stage, checkout, "comment", "2", HUIYIN_GATE_KEY="")
    assert (0, before) == (done.code, stage.world.resolve("refs/heads/main"))
    assert [0, 1, 0] == [len(p.comments) for p in stage.world.pulls.values()]


def test_only_some(stage: Scene, checkout: Repository) -> None:
    """``--pull`` names them."""
    huiyin(stage, checkout, "sweep", "--pull", "2")
    assert [False, True, False] == [bool(p.comments) for p in stage.world.pulls.values()]


def test_nothing_open(stage: Scene, checkout: Repository) -> None:
    """Said so."""
    for pull in stage.world.pulls.values():
        pull.closed = True
    done = huiyin(stage, checkout, "sweep")
    assert (0, "没有待合并的请求。\n") == (done.code, done.out)


def test_trouble_is_exit_code_1(stage: Scene, checkout: Repository) -> None:
    """The gate could not do its work on one of them, and the token is in no message."""
    stage.api.faults.append(Fault(fits="pulls/1/reviews", times=99, status=401, message=f"bad {GATE}"))
    done = huiyin(stage, checkout, "sweep")
    assert (1, False) == (done.code, GATE in done.out + done.err)
    assert "错误 HY661 127.0.0.1 GET repos/gansu/liuyan/pulls/1/reviews 401：bad ***。" in done.out
    assert stage.world.pulls[2].comments


@pytest.mark.parametrize("missing", ["HUIYIN_FORGE", "HUIYIN_REPOSITORY", "HUIYIN_TOKEN"])
def test_without_settings_it_says_which(stage: Scene, checkout: Repository, missing: str) -> None:
    """Exit code 2, nothing asked."""
    done = huiyin(stage, checkout, "sweep", **{missing: ""})
    assert (2, True, []) == (done.code, missing in done.err, stage.api.asked)


def test_without_a_key_it_does_not_start(stage: Scene, checkout: Repository) -> None:
    """Exit code 2, nothing asked."""
    done = huiyin(stage, checkout, "sweep", HUIYIN_GATE_KEY="")
    assert (2, True, []) == (done.code, "HY635" in done.err, stage.api.asked)


def test_the_key_itself_may_stand_in_the_environment(stage: Scene, checkout: Repository) -> None:
    """As a secret of a workflow does; it is in no output."""
    secret = stage.key.read_text("ascii")
    done = huiyin(stage, checkout, "sweep", HUIYIN_GATE_KEY=secret)
    assert (0, False) == (done.code, secret.splitlines()[1] in done.out + done.err)
    assert stage.world.pulls[1].comments


def test_from_anywhere_with_root(stage: Scene, checkout: Repository, tmp_path: Path) -> None:
    """The folder that --root names counts, not the one where the command is called."""
    elsewhere = tmp_path / "别处"
    elsewhere.mkdir()
    told = {"HUIYIN_GATE_KEY": str(stage.key), "HUIYIN_REMOTE": str(stage.world.bare), "NO_PROXY": "*"}
    done = checkout.huiyin(
        "gate", "comment", "--root", str(checkout.root), stdin=None, cwd=elsewhere, **stage.environment(**told)
    )
    assert (0, "") == (done.code, done.err)
    assert 3 == len([line for line in done.out.splitlines() if line.startswith("#")])


def test_an_option_before_the_subcommand_is_not_lost(stage: Scene, checkout: Repository) -> None:
    """It would otherwise be read by the group and forgotten."""
    done = huiyin(stage, checkout, "--format", "json", "sweep")
    assert 2 == done.code
    assert "HY920" in done.err
    assert "选项--format请写在“sweep”之后。" in done.err
