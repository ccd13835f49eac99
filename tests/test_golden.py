"""The acceptance suite of the gate: one folder a change that somebody might try, found by itself (design §5).

What a folder holds, tests/goldens.py says; a new case is a folder and no code.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.goldens import Golden, read, shown
from tests.trees import Trees

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(p.name for p in GOLDEN.iterdir() if p.is_dir())

ROWS = {
    "own-rules": "PR edits tools, workflow, schema or rules so that it passes",
    "approve-then-push": "approve, then push more",
    "own-work": "push to a colleague's PR, then approve it",
    "grants-itself": "PR grants its own author a role",
    "stranger": "bot or unknown identity approves",
    "no-evidence": "forged green status, admin merge, force push",
    "dismissed": "dismissed objection revives an older approval",
    "two-changes": "two valid PRs for one case; stale base",
    "history": "rewriting, reordering or deleting events; renames; deletes",
    "disguise": "symlinks, file modes, `.gitattributes -diff`, bidi/zero-width text, evil merges inside the branch",
    "yaml": "YAML ambiguity, bombs, huge files",
    "backdated": "backdated `at`",
    "other-text": "published text differs from signed text",
    "identity": "spoofed commit author, wrong or expired or revoked key",
    "shell": "PR title as shell",
    # Beyond the table: what the procedure asks for, the gate's own rules, and honest work.
    "procedure": "an event that the procedure forbids, or without one of its signatures",
    "personal": "personal data in texts, on the way to them, in names and in messages (第十九条)",
    "record": "a file that the record must not hold",
    "honest": "honest work, which must pass",
}
"""The attacks of design §5 by the name that ``facts.yaml`` gives, and three more kinds."""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Trees:
    """One repository for all: each folder has a history of its own in it."""
    return Trees(tmp_path_factory.mktemp("golden") / "库.git")


@pytest.mark.parametrize("name", NAMES)
def test_the_verdict_is_as_expected(repository: Trees, name: str) -> None:
    """Each folder: real commits, the real gate, exactly the expected verdict."""
    golden = Golden(GOLDEN / name, read(GOLDEN / name / "facts.yaml"))
    assert read(GOLDEN / name / "expected.yaml") == shown(*golden.run(repository))


def test_the_suite_is_found() -> None:
    """A moved folder must not make the suite pass by finding nothing."""
    assert len(NAMES) >= 40


@pytest.mark.parametrize("row", ROWS)
def test_every_attack_has_a_folder(row: str) -> None:
    """Each row of the design's table is tried, and honest work is, too."""
    assert [name for name in NAMES if row == read(GOLDEN / name / "facts.yaml")["row"]]


@pytest.mark.parametrize("name", NAMES)
def test_every_folder_says_what_it_is_about(name: str) -> None:
    """Only honest work and what nobody needs to sign is ready; an attack never is."""
    facts, expected = read(GOLDEN / name / "facts.yaml"), read(GOLDEN / name / "expected.yaml")
    assert facts["row"] in ROWS
    assert facts["about"].endswith(".")
    if "conflict" not in expected:
        assert (facts["row"] == "honest" or facts.get("harmless", False)) == expected["ready"]
