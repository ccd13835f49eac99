"""What the site may rightly say although it looks personal: what the record holds and ``check`` did not refuse."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from huiyin.findings import TAME, Key, key_of, untagged
from huiyin.model.personal import Confidence
from huiyin.model.problem import HuiyinError
from huiyin.publish.addresses import DATA
from huiyin.publish.reopened import ReopenedCase
from huiyin.publish.view import PublicCase
from huiyin.repo.source import FolderSource
from huiyin.rules.privacy import PrivacySettings, find_personal, may_hold
from huiyin.scan.fragments import GAP
from huiyin.scan.site import Scanned, scan
from huiyin.scan.vendored import vendored

if TYPE_CHECKING:
    from huiyin.publish.gather import Gathered

SITE = "site/"
_CITIZEN = frozenset({"title", "body"})
_IDS = frozenset({"id", "procedure", "unit"})
_PLAIN = (date, int, Enum, NoneType)
_PAGES = (".md", ".html", ".txt")


def look_through(folder: Path, gathered: Gathered, root: Path, pages: Path | None = None) -> Scanned:
    """Scan a folder as the site of an instance.

    Args:
        gathered: what the site was made of.
        root: of the instance, for its hand-written pages and its list of third parties' files.
        pages: where those stand if not in ``site/`` of the root.

    Raises:
        HuiyinError: HY768, HY904; UsageError: HY907, there is no such folder.
    """
    settings = gathered.rulebook.privacy
    known = gathered.accepted | accepted((), (), hand_written(FolderSource(root)), settings)
    known |= in_hashes(_hashes(folder), settings)
    return scan(folder, settings, accepted=known, vendored=vendored(root, pages))


def look_alone(folder: Path) -> Scanned:
    """Scan a folder of which nothing is known, so that nothing is allowed.

    Raises:
        UsageError: HY907, there is no such folder.
    """
    return scan(folder, PrivacySettings(), vendored=vendored(None))


def accepted(
    cases: Iterable[PublicCase], reopened: Iterable[ReopenedCase], pages: Iterable[str], settings: PrivacySettings
) -> frozenset[Key]:
    """What stands in published texts and was not refused.

    Args:
        pages: texts of hand-written pages, which authorities wrote.
    """
    found: set[Key] = set()
    for case in (*cases, *reopened):
        told: list[tuple[str, str]] = []
        _collect(case, "", told)
        # One look at all of them: what nobody suspects in the whole is in none of its parts, as long as no tag is
        # read over, which joins what it parts. Ids are the same in every case, and full of digits.
        worded = GAP.join([text for name, text in told if name not in _IDS])
        if (
            "<" in worded
            or may_hold(worded)
            or any(_is_personal(text) for name, text in told if name in _IDS and not TAME.fullmatch(text))
        ):
            for name, text in dict.fromkeys(told):
                found.update(_accepted(text, settings, official=name not in _CITIZEN))
    for text in pages:
        found.update(_accepted(text, settings, official=True))
    return frozenset(found)


def in_hashes(hashes: Iterable[str], settings: PrivacySettings) -> frozenset[Key]:
    """What looks personal in hashes, which say nothing of anybody: among so many digits some look like a telephone."""
    return frozenset(key_of(text, found) for text in hashes for found in find_personal(text, settings))


def hand_written(source: FolderSource) -> Iterator[str]:
    """The pages below ``site/``; one that cannot be read is refused elsewhere."""
    for path in source.list(SITE):
        if path.endswith(_PAGES):
            try:
                yield source.read(path).decode(errors="replace")
            except HuiyinError:
                continue


def _hashes(folder: Path) -> Iterator[str]:
    """The hashes that ``data/index.json`` tells, of the files themselves."""
    for path in (folder / DATA).glob("*/*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                yield hashlib.file_digest(file, "sha256").hexdigest()


def _accepted(text: str, settings: PrivacySettings, *, official: bool) -> Iterator[Key]:
    """What a scan, which judges all as a citizen's words, would find and ``check`` would let pass."""
    for read in _readings(text):
        strict = find_personal(read, settings)
        lenient = find_personal(read, settings, official=True) if official and strict else strict
        refused = {key_of(read, f) for f in lenient if f.confidence is Confidence.CERTAIN}
        yield from {key_of(read, f) for f in strict} - refused


def _readings(text: str) -> Iterable[str]:
    """A text as it stands, and as a scan reads it where somebody typed a tag."""
    if "<" not in text:
        return (text,)
    return dict.fromkeys((text, untagged(text), untagged(html.unescape(text))))


@lru_cache(maxsize=1024)
def _is_personal(name: str) -> bool:
    """Whether an id looks so."""
    return bool(find_personal(name, PrivacySettings()))


def _collect(value: Any, name: str, told: list[tuple[str, str]]) -> None:
    """Add (name of the field, text) of everything below to ``told``; ids and names of the rules are read, too."""
    if isinstance(value, str):
        told.append((name, value))
    elif isinstance(value, tuple | list):
        for inner in value:
            _collect(inner, name, told)
    elif value is not None:
        for field in _fields(value.__class__):
            _collect(getattr(value, field), field, told)


@cache
def _fields(cls: type) -> tuple[str, ...]:
    """The fields of a class that can hold texts: dates, numbers and the words of an enumeration are none."""
    if not is_dataclass(cls):
        return ()
    types = get_type_hints(cls)
    return tuple(field.name for field in fields(cls) if not _is_plain(types[field.name]))


def _is_plain(kind: Any) -> bool:
    return all(isinstance(one, type) and issubclass(one, _PLAIN) for one in get_args(kind) or (kind,))
