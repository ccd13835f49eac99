"""Files of others below ``site/assets/vendor/``: known by hash, with their licences, nothing that asks another host."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from tests.cases import PROJECT

VENDOR = PROJECT / "site" / "assets" / "vendor"
LIST = PROJECT / "site" / "vendored.sha256"
LOCKS = sorted((PROJECT / "vendor").glob("*/package-lock.json"))


def listed() -> dict[str, str]:
    """Path → SHA-256, as ``sha256sum`` writes them."""
    lines = [line for line in LIST.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return {path: digest for digest, path in (line.split("  ", 1) for line in lines)}


def test_every_vendored_file_is_the_one_that_was_reviewed() -> None:
    """A byte that differs, a file too many or one too few fails."""
    found = {p.relative_to(PROJECT).as_posix(): p for p in VENDOR.rglob("*") if p.is_file()}
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()} == {
        name: digest for name, digest in listed().items() if name.startswith("site/assets/vendor/")
    }
    assert found


@pytest.mark.parametrize("folder", sorted(VENDOR.iterdir()), ids=lambda p: p.name)
def test_licences_lie_beside_the_files(folder: Path) -> None:
    """What is passed on comes with the terms of all that is in it."""
    assert [p for p in folder.iterdir() if p.name.startswith("LICENSE")], folder


def test_the_charts_name_every_licence_in_them() -> None:
    """ECharts (Apache-2.0 with its NOTICE), zrender and d3 (BSD-3-Clause), tslib (0BSD)."""
    text = (VENDOR / "echarts-6.1.0" / "LICENSE.txt").read_text(encoding="utf-8")
    for part in (
        "Apache License",
        "Apache ECharts\nCopyright",
        "BSD 3-Clause",
        "Mike Bostock",
        "Microsoft Corporation",
    ):
        assert part in text, part


@pytest.mark.parametrize("path", sorted(VENDOR.rglob("*.js")), ids=lambda p: p.name)
def test_vendored_scripts_need_no_looser_policy(path: Path) -> None:
    """No code made of text, which the policy of the pages forbids, and no address but names of XML."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\bnew Function\(|\beval\(", text)
    assert {"www.w3.org"} >= set(re.findall(r"https?://([\w.-]+)", text))


@pytest.mark.parametrize("path", LOCKS, ids=lambda p: p.parent.name)
def test_locks_are_pinned_and_name_no_registry(path: Path) -> None:
    """Every package has its hash; where it comes from is for each machine to say."""
    lock = json.loads(path.read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert not [name for name, entry in packages.items() if "integrity" not in entry or "resolved" in entry]
    wanted = json.loads((path.parent / "package.json").read_text(encoding="utf-8"))
    for group in ("dependencies", "devDependencies"):
        for name, version in wanted.get(group, {}).items():
            assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
            assert packages[f"node_modules/{name}"]["version"] == version
