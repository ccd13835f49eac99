"""Bringing a folder up to date: of a shard with parts only those are made that are not there as they should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from huiyin.findings import Key
from huiyin.publish.open_data.output import Output
from huiyin.publish.output.bringing import Bringing, Given, Part, Plan
from huiyin.publish.output.manifest import Manifest
from huiyin.publish.output.shards import Workshop
from huiyin.rules.privacy import PrivacySettings
from tests.canaries import MOBILE

DOUBTFUL = f"编号{MOBILE}A"
"""Looks personal, and may be a serial number: told, and written all the same."""


@dataclass
class Words:
    """Two files of each text."""

    packed: Sequence[bytes]
    parts: Sequence[bytes]

    def outputs(self, press: Any) -> Iterator[Output]:
        """Each file."""
        for text, part in zip(self.packed, self.parts, strict=True):
            name = text.decode()[0]
            yield Output(f"{name}/first.txt", text, part=part)
            yield Output(f"{name}/second.txt", b"", fresh=(), part=part)

    def accepted(self) -> frozenset[Key]:
        """Nothing."""
        return frozenset()

    def told(self) -> bytes:
        """Nothing."""
        return b""


class Folder:
    """An output folder with one shard, and how often each part of it was made."""

    def __init__(self, root: Path) -> None:
        self.root = root / "site"
        self.manifest = Manifest(root / "m", self.root)
        self.made: list[str] = []

    def bring(self, texts: Mapping[str, str], base: bytes = b"base") -> Bringing:
        """Build it of texts by name."""
        workshop = Workshop(str(self.root), None, PrivacySettings(), frozenset(), lenient=False)  # type: ignore[arg-type]
        facts = {name: text.encode() for name, text in texts.items()}
        bringing = Bringing(self.manifest, workshop, base, lambda oids: {oid: facts[oid] for oid in oids}, lambda _: {})

        def job(given: Given) -> Words:
            self.made += [text.decode()[0] for text in given.facts]
            return Words(given.facts, given.keys)

        self.made = []
        bringing.begin()
        parts = tuple(Part(name, text) for name, text in facts.items())
        bringing.bring([Plan("day", b"\0".join(facts.values()), job, parts=parts)], lambda: None)
        bringing.finish()
        return bringing

    @property
    def paths(self) -> set[str]:
        """What is in it."""
        return {path.relative_to(self.root).as_posix() for path in self.root.rglob("*.txt")}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """With three parts."""
    made = Folder(tmp_path)
    made.bring({"a": "a1", "b": "b1", "c": "c1"})
    assert ["a", "b", "c"] == made.made
    return made


def test_nothing_is_made_twice(folder: Folder) -> None:
    """The whole shard stays."""
    bringing = folder.bring({"a": "a1", "b": "b1", "c": "c1"})
    assert ([], 1) == (folder.made, bringing.kept)


def test_only_the_part_that_changed_is_made(folder: Folder) -> None:
    """Again and again: what was kept once can be kept twice."""
    folder.bring({"a": "a1", "b": "b2", "c": "c1"})
    assert ["b"] == folder.made
    folder.bring({"a": "a1", "b": "b3", "c": "c1"})
    assert ["b"] == folder.made
    assert "b3" == (folder.root / "b/first.txt").read_text()
    assert 6 == len(folder.paths)


def test_a_part_that_is_gone_is_taken_away(folder: Folder) -> None:
    """With its files, and none of the others'."""
    folder.bring({"a": "a1", "c": "c1"})
    assert [] == folder.made
    assert {"a/first.txt", "a/second.txt", "c/first.txt", "c/second.txt"} == folder.paths


def test_a_part_whose_file_was_touched_is_made_again(folder: Folder) -> None:
    """By somebody else, while another part changed."""
    (folder.root / "a/second.txt").write_text("x")
    folder.bring({"a": "a1", "b": "b2", "c": "c1"})
    assert ["a", "b"] == folder.made
    assert "" == (folder.root / "a/second.txt").read_text()


def test_what_everything_depends_on_makes_everything(folder: Folder) -> None:
    """Such as another program."""
    folder.bring({"a": "a1", "b": "b1", "c": "c1"}, base=b"other")
    assert ["a", "b", "c"] == folder.made


def test_what_is_doubtful_is_told_by_every_build(folder: Folder) -> None:
    """第十九条: a person must look; the files of that part stay, and those of the others are not made again."""
    for other in ("b1", "b1", "b2"):
        bringing = folder.bring({"a": f"a{DOUBTFUL}", "b": other, "c": "c1"})
        assert ["a/first.txt"] == [hit.path for hit in bringing.hits]
        assert "c" not in folder.made
        assert 6 == len(folder.paths)
