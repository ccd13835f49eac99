"""docs/threats.md: every attack has a defence and a test that is there, and every golden folder is named."""

from __future__ import annotations

import ast
import os
import re
from functools import cache
from pathlib import Path

import pytest

from huiyin.repo import yaml
from tests import docs
from tests.cases import PROJECT

PAGE = PROJECT / "docs/threats.md"
GOLDEN = PROJECT / "tests/golden"
DESIGN = PROJECT.parent / "shared/design.md"
UPDATE = os.environ.get("HUIYIN_UPDATE_DOCS") == "1"
BLOCK = re.compile(r"(?<=<!-- golden -->\n).*?(?=<!-- end -->)", re.S)

ROWS = (
    "PR edits tools, workflow, schema or rules so that it passes",
    "approve, then push more",
    "push to a colleague's PR, then approve it",
    "PR grants its own author a role",
    "bot or unknown identity approves",
    "forged green status, admin merge, force push",
    "dismissed objection revives an older approval",
    "two valid PRs for one case; stale base",
    "rewriting, reordering or deleting events; renames; deletes",
    "symlinks, file modes, `.gitattributes -diff`, bidi/zero-width text, evil merges inside the branch",
    "YAML ambiguity, bombs, huge files",
    "backdated `at`",
    "published text differs from signed text",
    "spoofed commit author, wrong or expired or revoked key",
    "PR title as shell",
)
"""The attacks of design §5, in its order."""


def page() -> str:
    """The page as it is written."""
    return PAGE.read_text(encoding="utf-8")


def table(title: str) -> dict[str, str]:
    """The rows of a part's table: the attack and its tests."""
    part = page().split(f"\n## {title}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return {attack.strip(): tests for attack, _, tests in rows[1:]}


def names(text: str) -> tuple[list[str], list[str]]:
    """The golden folders and the test functions that a text names."""
    return re.findall(r"`golden/([a-z0-9-]+)`", text), re.findall(r"`(tests/[^`]+::[^`]+)`", text)


@cache
def functions(path: Path) -> set[str]:
    """The test functions of a module."""
    return {n.name for n in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(n, ast.FunctionDef)}


def golden_table() -> str:
    """Every folder, what is tried in it, and whether it passes."""
    lines = ["| folder | what is tried | verdict |", "|---|---|---|"]
    for folder in sorted(p for p in GOLDEN.iterdir() if p.is_dir()):
        facts, expected = (
            yaml.parse_mapping((folder / name).read_bytes(), path=name) for name in ("facts.yaml", "expected.yaml")
        )
        codes = dict.fromkeys(problem["code"] for problem in expected.get("problems", []))
        verdict = "conflict" if "conflict" in expected else "passes" if expected["ready"] else ", ".join(codes)
        about = facts["about"].replace("|", "\\|")
        lines.append(f"| `golden/{folder.name}` | {about} | {verdict or 'approvals are missing'} |")
    return "\n".join(lines) + "\n"


def test_the_page_has_the_rows_of_the_design() -> None:
    """In its order and its words."""
    assert list(ROWS) == list(table("The design's table"))


def test_the_rows_are_those_of_the_design() -> None:
    """A row that is added there is missed here."""
    if not DESIGN.is_file():
        pytest.skip("shared/design.md IS NOT HERE: the rows are NOT COMPARED with the design")
    part = DESIGN.read_text(encoding="utf-8").split("\n## 5.")[1].split("\n## 6.")[0]
    rows = [line.strip("|").split(" | ")[0].strip() for line in part.splitlines() if line.startswith("| ")]
    assert ["attack", *ROWS] == rows


@pytest.mark.parametrize("title", ["The design's table", "Beyond the table"])
def test_every_attack_has_a_test(title: str) -> None:
    """A defence without one is a claim; the design's rows have a folder of the acceptance suite each."""
    for attack, tests in table(title).items():
        folders, found = names(tests)
        assert folders or found, attack
        assert folders or title == "Beyond the table", attack


def test_what_is_named_is_there() -> None:
    """Every folder and every function; a test that was renamed is missed."""
    folders, tests = names(page())
    assert [] == [name for name in folders if not (GOLDEN / name / "expected.yaml").is_file()]
    missing = []
    for test in tests:
        file, _, function = test.partition("::")
        if not (PROJECT / file).is_file() or function not in functions(PROJECT / file):
            missing.append(test)
    assert [] == missing
    assert len(tests) > 50


def test_every_folder_is_listed() -> None:
    """The last part is what the suite holds; ``HUIYIN_UPDATE_DOCS=1`` writes it anew."""
    if UPDATE:
        PAGE.write_text(BLOCK.sub(lambda _: golden_table(), page()), encoding="utf-8")
    assert [golden_table()] == BLOCK.findall(page())


def test_what_is_not_defended_is_said() -> None:
    """The page names the limits that nobody may overlook."""
    part = page().split("\n## What is not defended\n")[1].split("\n## ")[0]
    for word in (
        "Stolen keys",
        "gate's key",
        "Collusion",
        "Names in commits",
        "no log of pushes",
        "Clocks",
        "reader sees",
    ):
        assert word in part, word
    assert "Denial of service" in part


def test_the_handbook_links_here() -> None:
    """Operators read what they must do themselves."""
    links = list(docs.links((PROJECT / "docs/handbook/forge.md").read_text(encoding="utf-8")))
    assert any(link.startswith("../threats.md") for link in links)
