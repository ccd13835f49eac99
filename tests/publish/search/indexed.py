"""An index read back from its files, and documents to make one of. All texts are invented."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from huiyin.publish.search.document import FACETS, Document
from huiyin.publish.search.folding import fold
from huiyin.publish.search.layout import ENDING, FACET, SECOND_BITS
from huiyin.publish.search.reading import Entry, read_entries


def document(number: int = 1, **changes: Any) -> Document:
    """A document, by default about heating in Lanzhou."""
    given: dict[str, Any] = {
        "id": f"people-{number:08}",
        "address": f"cases/2026/11/people-{number:08}/",
        "title": "供暖温度不达标（演示）",
        "day": date(2026, 11, 20),
        "parts": (("留言", "室温只有十四度。\n请尽快处理。"), ("答复", "热力公司已上门检修。（演示用虚构答复）")),
        "unit": ("lanzhou", "兰州市"),
        "channel": ("people", "人民网"),
        "topics": ("城乡建设",),
        "year": "2026",
        **changes,
    }
    return Document(**given)


def shard_of(term: int, shards: int) -> int:
    """Which of the files of a segment holds a term, counted as the browser does."""
    first, second = term >> SECOND_BITS, term & ((1 << SECOND_BITS) - 1)
    mixed = (first * 0x9E3779B1 ^ second * 0x85EBCA6B) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    mixed = mixed * 0x2C1B3C6D & 0xFFFFFFFF
    return (mixed ^ mixed >> 13) % shards


@dataclass(frozen=True)
class Indexed:
    """A folder with an index."""

    folder: Path

    @property
    def manifest(self) -> dict[str, Any]:
        """What the browser reads first."""
        found: dict[str, Any] = json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
        return found

    def entry(self, segment: dict[str, Any], first: int, second: int) -> Entry | None:
        """One term, from the one file in which the browser looks for it."""
        if first < FACET:
            shard = shard_of(first << SECOND_BITS | second, segment["shards"])
        else:
            before = [len(segment["facets"][facet]) for facet in FACETS[: first - FACET]]
            shard = segment["shards"] + sum(before) + second
        data = (self.folder / segment["name"] / f"{shard}.{ENDING}").read_bytes()
        return next((e for e in read_entries(data) if (e.first, e.second) == (first, second)), None)

    def texts(self, segment: dict[str, Any]) -> list[dict[str, Any]]:
        """The documents of a segment, by number."""
        chunks = -(-segment["documents"] // segment["chunk"])
        files = [self.folder / segment["name"] / f"{n}.json" for n in range(chunks)]
        return [document for file in files for document in json.loads(file.read_text(encoding="utf-8"))]

    def ids(self, word: str, *, title: bool = False) -> set[str]:
        """Ids of the documents that hold every pair of a word, which is folded here."""
        folded = [ord(character) for character in fold(word)]
        found = set()
        for segment in self.manifest["segments"]:
            entries = [self.entry(segment, *pair) for pair in pairwise(folded)]
            numbers = [set((e.titles if title else e.documents) if e else ()) for e in entries]
            texts = self.texts(segment)
            found |= {texts[number]["i"] for number in set.intersection(*numbers)}
        return found

    def having(self, kind: int, facet: str, value: str) -> set[str]:
        """Ids of the documents with a value of a facet."""
        found = set()
        for segment in self.manifest["segments"]:
            if value in segment["facets"][facet]:
                entry = self.entry(segment, FACET + kind, segment["facets"][facet].index(value))
                texts = self.texts(segment)
                found |= {texts[number]["i"] for number in (entry.documents if entry else ())}
        return found

    def everything(self) -> dict[tuple[int, int], set[str]]:
        """Each pair of characters → ids; for asking many words."""
        found: dict[tuple[int, int], set[str]] = {}
        for segment in self.manifest["segments"]:
            texts = self.texts(segment)
            for path in (self.folder / segment["name"]).glob(f"*.{ENDING}"):
                for entry in read_entries(path.read_bytes()):
                    ids = {texts[number]["i"] for number in entry.documents}
                    found.setdefault((entry.first, entry.second), set()).update(ids)
        return found
