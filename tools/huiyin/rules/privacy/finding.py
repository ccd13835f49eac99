"""The one question: which personal data does this text hold?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from huiyin.model.personal import Confidence, Finding, PersonalKind
from huiyin.rules.privacy.folding import fold
from huiyin.rules.privacy.found import Found
from huiyin.rules.privacy.known import find_known
from huiyin.rules.privacy.names import find_names
from huiyin.rules.privacy.numbers import find_numbers
from huiyin.rules.privacy.places import find_places
from huiyin.rules.privacy.settings import PrivacySettings
from huiyin.rules.privacy.suspicion import is_suspect
from huiyin.rules.privacy.tokens import find_accounts, find_documents, find_emails, find_internet, find_plates


def find_personal(
    text: str, settings: PrivacySettings, *, official: bool = False, known: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """Personal data in a text, in order and without overlaps (第十九条).

    Args:
        settings: what the rules of the base allow.
        official: an authority wrote the text (reply, note): it gives the numbers and addresses of offices, which are
            findings only where it says that they are the citizen's.
        known: what the citizen registered (name, telephone, identity number …): always certain, in every disguise.
    """
    view = fold(text)
    found = list(_detect(view.text, settings, official=official)) if is_suspect(view.text) else []
    if known:
        found += find_known(view, known, {item: _kind_of(item) for item in known})
    return tuple(Finding(item.kind, *view.origin(item.start, item.end), item.confidence) for item in _choose(found))


def may_hold(text: str) -> bool:
    """Whether ``find_personal`` may find something, whatever the settings: a fraction of its cost."""
    return is_suspect(fold(text).text)


def _detect(text: str, settings: PrivacySettings, *, official: bool) -> Iterator[Found]:
    yield from find_numbers(text, settings, official=official)
    yield from find_accounts(text, official=official)
    yield from find_places(text, official=official)
    yield from find_names(text, official=official)
    yield from find_emails(text, settings, official=official)
    yield from find_plates(text)
    yield from find_documents(text, official=official)
    yield from find_internet(text)


def _choose(found: Iterable[Found]) -> list[Found]:
    """Of those that overlap the certain before the uncertain, then the longest; in the order of the text."""
    chosen: list[Found] = []
    ranked = sorted(found, key=lambda f: (f.confidence is Confidence.UNCERTAIN, f.start - f.end, f.start))
    taken: set[int] = set()
    for item in ranked:
        if taken.isdisjoint(range(item.start, item.end)):
            taken.update(range(item.start, item.end))
            chosen.append(item)
    return sorted(chosen, key=lambda f: f.start)


def _kind_of(item: str) -> PersonalKind:
    """What a registered item is; the word for it only decides what the mark in the text says."""
    found = _choose(_detect(fold(item).text, PrivacySettings(), official=False))
    if found:
        return found[0].kind
    return PersonalKind.LANDLINE if sum(c.isdecimal() for c in item) >= 5 else PersonalKind.NAME
