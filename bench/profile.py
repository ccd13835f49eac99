"""Where the time of a cold check goes, stage by stage, in one process and without the index."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from bench.measuring import NOW
from huiyin.findings import find_in_case
from huiyin.repo import canonical, yaml
from huiyin.repo.canonical_reader import read_canonical
from huiyin.repo.characters import is_clean
from huiyin.repo.git import open_source
from huiyin.repo.records import case_from_data
from huiyin.repo.schemas import load_schema
from huiyin.repo.store import case_paths, load_rulebook
from huiyin.rules.replay import replay

MOST = 5_000
"""Cases that are looked at, evenly spread; the stages keep what they make."""

T = TypeVar("T")
R = TypeVar("R")


def print_profile(root: Path) -> None:
    """Print processor time a case of each stage, and its share; then what the strict way would cost instead."""
    source = open_source(root)
    begun = time.process_time()
    rulebook, schema = load_rulebook(source), load_schema(source, "case")
    rules = time.process_time() - begun
    begun = time.process_time()
    paths = case_paths(source)
    listing = (time.process_time() - begun) / max(1, len(paths))
    paths = paths[:: max(1, len(paths) // MOST)][:MOST]
    now = datetime.fromisoformat(NOW)

    begun = time.process_time()
    data = [content for _, content in source.read_each(paths) if isinstance(content, bytes)]
    reading = (time.process_time() - begun) / len(data)
    texts, decoding = _timed(bytes.decode, data)
    _, cleanliness = _timed(is_clean, texts)
    read, parsing = _timed(read_canonical, texts)
    documents = [document for document in read if document is not None]
    _, validation = _timed(lambda document: schema.find_problems(document, ""), documents)
    cases, modelling = _timed(case_from_data, documents)
    _, replaying = _timed(lambda case: replay(case, rulebook, now), cases)
    _, looking = _timed(lambda case: list(find_in_case(case, rulebook.privacy)), cases)
    stages = {
        "list the files": listing,
        "read": reading,
        "decode, refuse what cannot be seen": decoding + cleanliness,
        "parse, which proves the one form": parsing,
        "validate": validation,
        "to model": modelling,
        "replay": replaying,
        "privacy": looking,
    }
    whole = sum(stages.values())
    print(f"\n{len(documents):,} cases; the rules once: {rules * 1000:.0f} ms")
    print(f"{'stage':<40}{'µs a case':>12}{'share':>8}")
    for name, seconds in {**stages, "all": whole}.items():
        print(f"{name:<40}{seconds * 1e6:>12.1f}{seconds / whole:>8.0%}")
    _, strict = _timed(lambda content: yaml.parse_mapping(content, path=""), data)
    _, form = _timed(lambda each: canonical.is_canonical(each[0], each[1]), list(zip(data, documents, strict=False)))
    print(f"{'for comparison, strict parse':<40}{strict * 1e6:>12.1f}")
    print(f"{'for comparison, write canonical':<40}{form * 1e6:>12.1f}")


def _timed(work: Callable[[T], R], items: Sequence[T]) -> tuple[list[R], float]:
    """The results, and seconds of the processor for each."""
    begun = time.process_time()
    made = [work(item) for item in items]
    return made, (time.process_time() - begun) / max(1, len(items))
