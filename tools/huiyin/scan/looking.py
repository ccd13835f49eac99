"""Looking through one file: a pure function of its bytes and of the allow-list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from huiyin.findings import Key, find_in_text, hide_path, key_of
from huiyin.model.personal import Confidence, PersonalKind
from huiyin.model.problem import Problem
from huiyin.rules.privacy import PrivacySettings, find_personal
from huiyin.scan.passage import Passage, UnreadableError
from huiyin.scan.readers import read


@dataclass(frozen=True, slots=True)
class Hit:
    """Personal data in a file that was built.

    Args:
        path: of the file, without anything personal that its name holds.
        place: in words, "" where the line says all.
    """

    path: str
    line: int | None
    place: str
    kind: PersonalKind
    confidence: Confidence
    key: Key = field(repr=False)


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of one file.

    Args:
        problem: why it could not be read to its end, or None.
    """

    hits: tuple[Hit, ...]
    problem: Problem | None = None


def look(path: str, data: bytes, settings: PrivacySettings) -> Looked:
    """Read one file to its last byte.

    Texts of authorities and of citizens cannot be told apart in what was built, so all are judged alike, as a
    citizen's; what the record rightly holds is taken out later, by its ``Key``.

    Args:
        path: with ``/``; the ending says what reads it.
    """
    shown = hide_path(path, settings)
    hits: list[Hit] = []
    try:
        for passage in read(path, data):
            hits += _hits(shown, passage, settings)
    except UnreadableError as error:
        return Looked(tuple(hits), Problem(error.code, f"{error.why}。", shown, article="19"))
    return Looked(tuple(hits))


def look_at_name(path: str, settings: PrivacySettings) -> Iterator[Hit]:
    """Find what the names of a file and of its folders say, also as they look in an address."""
    for part in dict.fromkeys(p for whole in (path, unquote(path)) for p in whole.split("/")):
        for found in find_in_text(part, settings, official=False):
            shown = hide_path(path, settings)
            yield Hit(shown, None, "文件名", found.finding.kind, found.finding.confidence, found.key)


def _hits(path: str, passage: Passage, settings: PrivacySettings) -> Iterator[Hit]:
    for finding in find_personal(passage.text, settings):
        if passage.counts(finding):
            line, place = passage.where(finding.start)
            yield Hit(path, line, place, finding.kind, finding.confidence, key_of(passage.text, finding))
