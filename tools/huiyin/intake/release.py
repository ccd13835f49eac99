"""Drafts that wait in the vault (第十九条): what a person decides of each finding, and the case written then.

Nothing is lost in between: the draft stays in the vault until its case stands in ``cases/``. Whoever was interrupted
decides again; whoever was interrupted between the two writes has only the draft cleared away.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from huiyin.intake.codes import with_lookup
from huiyin.intake.deposit import Deposit
from huiyin.intake.door import Screened, Spot, hide, known_texts, screen, texts_of
from huiyin.intake.library import tells_the_same
from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.recording.registration import Registered, register
from huiyin.repo import yaml
from huiyin.repo.source import FolderSource
from huiyin.repo.store import find_case
from huiyin.rules.privacy import PrivacySettings
from huiyin.rules.rulebook import Rulebook
from huiyin.vault.content import Sealed


@dataclass(frozen=True, slots=True)
class Draft:
    """A case that is held back.

    Args:
        document: the case as it came.
        screened: what is found in it by the rules of today.
        since: when it was put into the vault.
        code: the query code for the citizen, or None.
    """

    case_id: str
    document: Mapping[str, Any] = field(repr=False)
    screened: Screened = field(repr=False)
    since: datetime
    code: str | None = field(default=None, repr=False)

    def text_at(self, pointer: str) -> str:
        """The text at the pointer of a spot."""
        return dict(texts_of(self.document))[pointer]

    def text_of(self, spot: Spot) -> str:
        """What was found; for the terminal alone."""
        return self.text_at(spot.pointer)[spot.finding.start : spot.finding.end]

    def digest(self, settings: PrivacySettings) -> str:
        """What a file of decisions names, so that it is never applied to another draft or to other findings.

        Made of the places and of what is left without them: a digest of the draft itself would let anybody who sees
        it try all telephone numbers.
        """
        masked, _ = hide(self.screened, self.screened.spots, settings)
        told = json.dumps([masked, [s.data for s in self.screened.spots]], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:32]


def open_draft(deposit: Deposit, case_id: str, settings: PrivacySettings) -> Draft:
    """Read a draft, and look through it by the rules of today.

    Raises:
        HuiyinError: HY732, no draft of that id waits; HY713, no key; HY715, none of one's keys opens it; HY716, HY725.
    """
    if case_id not in deposit.held:
        raise HuiyinError(Problem("HY732", f"金库中没有编号为“{case_id}”的待判断草稿。"))
    keys = deposit.identities()
    if not keys:
        raise UsageError(Problem("HY713", "没有指明本人的密钥文件（--identity 或环境变量 HUIYIN_AGE_KEY）。"))
    sealed = deposit.vault.read(case_id, keys)
    if sealed.held is None:
        raise HuiyinError(Problem("HY732", f"{case_id} 的草稿已经办完。"))
    known = known_texts({"name": sealed.name or "", **sealed.contact})
    document = sealed.held.document
    return Draft(case_id, document, screen(document, settings, known), sealed.held.since, sealed.code)


def release(
    root: Path,
    draft: Draft,
    hidden: Iterable[Spot],
    rulebook: Rulebook,
    now: datetime,
    deposit: Deposit,
    *,
    dry_run: bool = False,
) -> Registered:
    """Write the case without what is certain and what was decided, and keep the originals in the vault.

    Args:
        hidden: what is taken out besides what is certain.

    Raises:
        HuiyinError: as ``register``; HY715, HY906, HY950. The draft waits on.
    """
    document, originals = hide(draft.screened, (*draft.screened.certain, *hidden), rulebook.privacy)
    whole = document if dry_run else with_lookup(document, draft.code, rulebook.lookup)
    registered = register(root, whole, rulebook, now, dry_run=dry_run)
    if not dry_run:
        _clear(deposit, draft.case_id, document, originals)
    return registered


def finish(root: Path, draft: Draft, deposit: Deposit) -> str:
    """Clear away a draft whose case was written just before a crash; gives the path of the case.

    Raises:
        HuiyinError: HY733, the case in ``cases/`` is another one.
    """
    path, written = written_case(root, draft.case_id)
    texts = dict(texts_of(written))
    originals = {}
    for pointer, text in texts_of(draft.document):
        if pointer not in texts or not tells_the_same(texts[pointer], text):
            raise HuiyinError(Problem("HY733", f"{draft.case_id} 已经登记，内容与草稿不同。", path))
        if texts[pointer] != text:
            originals[pointer] = text
    _clear(deposit, draft.case_id, draft.document, originals)
    return path


def written_case(root: Path, case_id: str) -> tuple[str, dict[str, Any]]:
    """The case of that id in ``cases/``: its path and its document.

    Raises:
        HuiyinError: HY930, there is none; its file cannot be read.
    """
    source = FolderSource(root)
    path = find_case(source, case_id)
    return path, yaml.parse_mapping(source.read(path), path=path)


def _clear(deposit: Deposit, case_id: str, document: Mapping[str, Any], originals: Mapping[str, str]) -> None:
    def without_draft(sealed: Sealed) -> Sealed:
        return replace(sealed, held=None, texts={**originals, **sealed.texts})

    deposit.vault.update(case_id, without_draft, deposit.readers(document), deposit.identities())


def held_drafts(deposit: Deposit) -> Sequence[tuple[str, datetime]]:
    """The drafts that wait, oldest first; known without a key."""
    found = []
    for case_id in deposit.vault.held_ids():
        envelope = deposit.vault.envelope(case_id)
        if envelope is not None and envelope.held is not None:
            found.append((case_id, envelope.held))
    return sorted(found, key=lambda entry: (entry[1], entry[0]))
