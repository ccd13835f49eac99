"""What the site may rightly say although it looks personal: what the record holds and ``check`` did not refuse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huiyin.findings import Key, key_of
from huiyin.model.personal import Confidence
from huiyin.model.problem import HuiyinError
from huiyin.publish.reopened import ReopenedCase
from huiyin.publish.view import PublicCase
from huiyin.repo.source import FolderSource
from huiyin.rules.privacy import PrivacySettings, find_personal
from huiyin.scan.passage import BREAK
from huiyin.scan.site import Scanned, scan
from huiyin.scan.vendored import vendored

if TYPE_CHECKING:
    from huiyin.publish.gather import Gathered

SITE = "site/"
_CITIZEN = frozenset({"title", "body"})
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
        told = dict.fromkeys(_texts(case, ""))
        # One look at all of them: what nobody suspects in the whole is in none of its parts.
        if find_personal(BREAK.join(dict.fromkeys(text for _, text in told)), settings):
            for name, text in told:
                found.update(_accepted(text, settings, official=name not in _CITIZEN))
    for text in pages:
        found.update(_accepted(text, settings, official=True))
    return frozenset(found)


def hand_written(source: FolderSource) -> Iterator[str]:
    """The pages below ``site/``; one that cannot be read is refused elsewhere."""
    for path in source.list(SITE):
        if path.endswith(_PAGES):
            try:
                yield source.read(path).decode(errors="replace")
            except HuiyinError:
                continue


def _accepted(text: str, settings: PrivacySettings, *, official: bool) -> Iterator[Key]:
    """What a scan, which judges all as a citizen's words, would find and ``check`` would let pass."""
    strict = find_personal(text, settings)
    if not strict:
        return
    lenient = find_personal(text, settings, official=True) if official else strict
    refused = {key_of(text, f) for f in lenient if f.confidence is Confidence.CERTAIN}
    yield from {key_of(text, f) for f in strict} - refused


def _texts(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """(name of the field, text) of everything below; names and places of the rules are read with the rest."""
    if isinstance(value, str):
        yield name, str(value)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from _texts(inner, name)
    elif is_dataclass(value):
        for field in _fields(value.__class__):
            yield from _texts(getattr(value, field), field)


@cache
def _fields(cls: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))
