"""Design §2: imports go one way, and the rules read no clock, file or Git."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "tools" / "huiyin"
MODULES = sorted(PACKAGE.rglob("*.py"))

# cli → (check, gate, audit, intake, reports, publish …) → repo → rules → model. The store reads rules as data, so it
# knows their types; the rules never know the store. The demonstration uses everything.
LAYERS = {"model": 0, "rules": 1, "repo": 2, "cli": 4, "demo": 5}
MIDDLE = 3
PURE = {"model", "rules"}
IMPURE_MODULES = {
    *("os", "io", "pathlib", "shutil", "tempfile", "glob", "fileinput", "sqlite3", "importlib"),
    *("subprocess", "socket", "multiprocessing", "threading", "asyncio", "urllib", "http", "git", "time"),
}
CLOCKS = {"now", "utcnow", "today", "localtime", "gmtime", "time_ns", "monotonic", "perf_counter"}
READERS = {"open", "input", "exec", "eval", "__import__", "read_text", "read_bytes"}


def part_of(module: str) -> str:
    """The part of the house that a module ``huiyin.<part>.…`` stands in, "" for the package itself."""
    return module.split(".")[1] if "." in module else ""


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Each module imported anywhere in the tree, also inside functions, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports hide the direction"
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}" if node.module == "huiyin" else f"{node.module}"


def find_breaches(module: str, text: str) -> Iterator[str]:
    """Name each import against the direction and, for model and rules, each way to a clock, file or Git."""
    here = part_of(module)
    tree = ast.parse(text)
    for line, name in imported(tree):
        root, there = name.split(".")[0], part_of(name)
        if root == "huiyin" and there not in {"", here, "__version__"}:
            mine, theirs = LAYERS.get(here, MIDDLE), LAYERS.get(there, MIDDLE)
            if theirs > mine:
                yield f"{module}:{line} imports {name}"
        elif here in PURE and root in IMPURE_MODULES:
            yield f"{module}:{line} imports {name}"
    if here in PURE:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func
                name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                if name in READERS or (name in CLOCKS and isinstance(called, ast.Attribute)):
                    yield f"{module}:{node.lineno} calls {name}()"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    """No module reaches up, and model and rules stay pure."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    assert [] == list(find_breaches(".".join(parts).removesuffix(".__init__"), path.read_text("utf-8")))


def test_the_package_is_looked_at() -> None:
    """The walk finds the house: a moved folder must not make the test above pass by finding nothing."""
    assert {"model", "rules", "repo", "cli"} <= {path.relative_to(PACKAGE).parts[0] for path in MODULES}


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("huiyin.model.case", "from huiyin.rules.replay import replay"),
        ("huiyin.rules.replay", "from huiyin.repo.yaml import parse"),
        ("huiyin.rules.replay", "from huiyin import check"),
        ("huiyin.repo.yaml", "from huiyin.check import check_case"),
        ("huiyin.check", "def f():\n    from huiyin.cli.main import main"),
        ("huiyin.publish.plugin", "from huiyin.cli.main import main"),
        ("huiyin.publish.plugin", "import huiyin.demo"),
        ("huiyin.rules.calendar", "import os"),
        ("huiyin.rules.calendar", "from pathlib import Path"),
        ("huiyin.rules.calendar", "import subprocess"),
        ("huiyin.model.case", "import git"),
        ("huiyin.model.case", "from time import time"),
        ("huiyin.rules.replay", "x = datetime.now(tz)"),
        ("huiyin.rules.replay", "x = datetime.datetime.utcnow()"),
        ("huiyin.rules.replay", "x = date.today()"),
        ("huiyin.rules.replay", "x = open('a')"),
        ("huiyin.model.case", "x = p.read_text()"),
    ],
)
def test_a_breach_is_found(module: str, text: str) -> None:
    """The finder itself can fail a module, in each of its ways."""
    assert 1 == len(list(find_breaches(module, text)))


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("huiyin.cli.main", "from huiyin.check import check_case\nfrom huiyin.rules.replay import replay\nimport os"),
        ("huiyin.publish.plugin", "from huiyin.reports.month import f\nfrom huiyin.repo.git import GitSource"),
        ("huiyin.repo.git", "import os, git\nfrom huiyin.repo.yaml import parse\nfrom huiyin.model.case import Case"),
        ("huiyin.repo.store", "import huiyin.rules.replay"),
        ("huiyin.rules.replay", "from huiyin.rules.calendar import f\nfrom datetime import datetime\nnow = case.at"),
        ("huiyin.cli.main", "from huiyin import __version__"),
    ],
)
def test_what_the_design_allows_is_no_breach(module: str, text: str) -> None:
    """Downwards, and among the neighbours of one part."""
    assert [] == list(find_breaches(module, text))
