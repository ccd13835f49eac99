"""The corpus of the benchmarks: the same everywhere, legal, and as varied as the procedure."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bench import corpus
from huiyin.check import check
from huiyin.repo.canonical import canonical
from huiyin.repo.git import open_source
from huiyin.repo.store import case_paths, load_rulebook, read_cases
from huiyin.rules.replay import Replay, replay
from tests.cases import PROJECT

VARIED = 3000


def git(root: Path, *arguments: str) -> str:
    """What Git says in a repository."""
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=True, encoding="utf-8").stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance of 300 cases; tests leave it as it was."""
    root = tmp_path_factory.mktemp("corpus") / "300"
    corpus.make(300, root)
    return root


@cache
def varied() -> tuple[Mapping[str, Any], ...]:
    """Enough documents for everything rare to occur."""
    return tuple(corpus.documents(VARIED, PROJECT))


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Replay, ...]:
    """How each of them stands."""
    root = tmp_path_factory.mktemp("varied")
    for name in ("rules", "schema"):
        shutil.copytree(PROJECT / name, root / name)
    rulebook = load_rulebook(open_source(PROJECT))
    for document in varied():
        path = root / corpus.path_of(dict(document))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(canonical(document), encoding="utf-8")
    source = open_source(root)
    cases = [file.case for file in read_cases(source, case_paths(source))]
    return tuple(replay(case, rulebook, corpus.MOMENT) for case in cases if case is not None)


def test_the_same_size_is_the_same_commit(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes and commit do not depend on who makes them, in which time zone, or with which settings of Git."""
    for name, value in {"TZ": "America/Lima", "GIT_AUTHOR_NAME": "somebody", "PYTHONHASHSEED": "7"}.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".gitconfig").write_text("[core]\n\tautocrlf = true\n[user]\n\tname = other\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert git(made, "rev-parse", "HEAD").strip() == corpus.make(300, tmp_path / "again")
    texts = {path.relative_to(made): path.read_bytes() for path in made.glob("cases/**/*.yaml")}
    again = {p.relative_to(tmp_path / "again"): p.read_bytes() for p in (tmp_path / "again").glob("cases/**/*.yaml")}
    assert 300 == len(texts)
    assert texts == again


def test_another_seed_is_another_corpus() -> None:
    """The seed decides."""
    first, second = (next(corpus.documents(1, PROJECT, seed)) for seed in (1, 2))
    assert first["body"] != second["body"]


def test_everything_is_committed_as_a_history_of_months(made: Path) -> None:
    """The work tree is clean, and no commit holds an event that is later than itself."""
    assert "" == git(made, "status", "--porcelain")
    commits = git(made, "log", "--format=%H %cI", "--reverse").splitlines()[1:]
    assert 40 < len(commits)
    for line in commits[-4:]:
        commit, at = line.split(" ")
        for path in git(made, "diff-tree", "-r", "--name-only", "--no-commit-id", commit).split():
            [file] = read_cases(open_source(made), [path])
            assert file.case is not None
            assert all(event.at <= datetime.fromisoformat(at) for event in file.case.events), path


def test_check_finds_nothing(made: Path) -> None:
    """No error, no personal data and no warning but that the rules have lapsed (第二十四条)."""
    report = check(open_source(made), corpus.MOMENT)
    assert 300 == report.cases
    assert ["HY330"] == [problem.code for problem in report.problems]


def test_every_state_event_and_route_occurs(replayed: tuple[Replay, ...]) -> None:
    """All of the procedure is in 3,000 cases, each replayed without a problem."""
    procedure = replayed[0].procedure
    assert VARIED == len(replayed)
    assert [] == [problem for found in replayed for problem in found.problems]
    assert set(procedure.states) == {found.state for found in replayed}
    assert set(procedure.routes) == {found.route.name for found in replayed if found.route}
    assert set(procedure.events) - {"received"} == {e.type for found in replayed for e in found.case.events}
    assert set(procedure.topics.names) == {t for found in replayed if found.assigned for t in found.assigned.topics}


def test_proportions_are_those_of_a_province(replayed: tuple[Replay, ...]) -> None:
    """About 97 of 100 are closed; of the open ones some are overdue, and most came in during the last eight weeks."""
    open_ = [found for found in replayed if not found.procedure.states[found.state].closed]
    assert 0.02 < len(open_) / VARIED < 0.04
    recent = [found for found in open_ if (corpus.MOMENT - found.case.received_at).days < 56]
    assert 0.8 < len(recent) / len(open_)
    late = [found for found in open_ if any(c.running and corpus.MOMENT > c.due.at for c in found.clocks)]
    assert 0.1 < len(late) / len(open_) < 0.9
    years = {found.case.received_at.year for found in replayed}
    assert {2022, 2023, 2024, 2025, 2026} == years


def test_every_text_says_that_it_is_invented() -> None:
    """Each text that somebody would have written holds the word 演示, and files are of a real size."""
    names = {"title", "body", "reply", "public_note", "reason", "explanation", "note", "requirement", "instruction"}
    texts = list(_texts(varied(), names | {"consequence", "letter"}))
    assert 3 * VARIED < len(texts)
    assert [] == [text for text in texts if "演示" not in text]
    assert VARIED * 0.95 < len({document["body"] for document in varied()})
    assert 2900 < sum(len(canonical(document).encode()) for document in varied()) / VARIED < 3500


def _texts(value: object, names: set[str]) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in names and isinstance(inner, str):
                if inner not in _CODES:
                    yield inner
            else:
                yield from _texts(inner, names)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner, names)


_CODES = {"out_of_scope", "anonymous", "no_contact", "unclear", "duplicate"}
"""Reasons of ``declined``: words of the schema, no texts."""


def test_a_change_is_legal_and_can_be_undone(made: Path) -> None:
    """The named number of cases get one event more, old ones among them, time after time; reset undoes it."""
    before = git(made, "rev-parse", "HEAD").strip()
    for _ in range(2):
        base = git(made, "rev-parse", "HEAD").strip()
        paths = corpus.change(made, 20)
        assert paths == git(made, "diff", "--name-only", base, "HEAD").split()
        assert 20 == len(paths)
        assert 2 <= sum(path < "cases/2024" for path in paths)
        added = git(made, "diff", "-U0", base, "HEAD")
        assert 20 == added.count("\n+  - type: ")
        assert not [line for line in added.splitlines() if line.startswith("-") and not line.startswith("---")]
        assert check(open_source(made), corpus.MOMENT).ok
    git(made, "reset", "--hard", "--quiet", before)
    assert "" == git(made, "status", "--porcelain")


def test_a_change_that_is_too_large_changes_nothing(made: Path) -> None:
    """Where fewer cases can go on than are asked for, that is said and nothing is written."""
    with pytest.raises(ValueError, match="of 5000 cases"):
        corpus.change(made, 5000)
    assert "" == git(made, "status", "--porcelain")
