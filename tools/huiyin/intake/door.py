"""At the door (第十九条): what is certainly personal is taken out of a message, what may be is left to a person.

A document and the settings in, a document and the places out. Places hold no text, so that they can be shown.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from huiyin.model.personal import Confidence, Finding, PersonalKind
from huiyin.model.problem import Problem
from huiyin.rules.privacy import PrivacySettings, find_personal, redact

FIXED = ("/source/reference", "/source/url")
"""What identifies the message; taking a part out would make it another one."""
_STRUCTURE = frozenset(
    {"id", "procedure", "channel", "received_at", "type", "at", "by", "unit", "assisting", "concerns", "duplicate_of"}
)
"""Keys whose values the program itself chose."""
_SEPARATORS = re.compile(r"[、,，;；|\n]+")
_ROUNDS = 9
"""How often what is left is looked through again; the second look hardly ever finds anything."""
_LABELS = {"title": "标题", "body": "正文", "reply": "答复", "note": "备注", "letter": "文号"}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in a document something was found.

    Args:
        pointer: JSON pointer (RFC 6901) of the text.
        finding: kind, positions in characters, confidence; never the text.
    """

    pointer: str
    finding: Finding

    @property
    def where(self) -> str:
        """The place for people: ``正文第12至22字``, counted from one."""
        name = self.pointer.rpartition("/")[2]
        return f"{_LABELS.get(name, name)}第{self.finding.start + 1}至{self.finding.end}字"

    @property
    def data(self) -> dict[str, Any]:
        """The stable JSON form (docs/cli.md); no text."""
        return {
            "pointer": self.pointer,
            "kind": self.finding.kind.value,
            "confidence": self.finding.confidence.value,
            "start": self.finding.start,
            "end": self.finding.end,
        }


@dataclass(frozen=True, slots=True)
class Screened:
    """A document that has been looked through.

    Args:
        document: as it came.
        spots: everything found, in the order of the document, with positions in its texts.
        known: the citizen's own name and contacts, as registered and as they tell them.
    """

    document: Mapping[str, Any] = field(repr=False)
    spots: tuple[Spot, ...]
    known: tuple[str, ...] = field(default=(), repr=False)

    @property
    def uncertain(self) -> tuple[Spot, ...]:
        """What a person must decide."""
        return tuple(s for s in self.spots if s.finding.confidence is Confidence.UNCERTAIN)

    @property
    def certain(self) -> tuple[Spot, ...]:
        """What is taken out without asking."""
        return tuple(s for s in self.spots if s.finding.confidence is Confidence.CERTAIN)


def screen(document: Mapping[str, Any], settings: PrivacySettings, known: Sequence[str] = ()) -> Screened:
    """第十九条: look through every text of a case that has not been written yet.

    A name that is certain in one place, such as “我叫某某”, is looked for in all, for a reply begins “某某同志”.

    Args:
        known: the citizen's own name and contacts, found in every disguise.
    """
    spots = _spots(document, settings, known)
    texts = dict(texts_of(document))
    names = (
        texts[s.pointer][s.finding.start : s.finding.end]
        for s in spots
        if s.finding.kind is PersonalKind.NAME and s.finding.confidence is Confidence.CERTAIN
    )
    together = tuple(dict.fromkeys((*known, *(name for name in names if len(name) > 1))))
    return Screened(document, spots if together == tuple(known) else _spots(document, settings, together), together)


def _spots(document: Mapping[str, Any], settings: PrivacySettings, known: Sequence[str]) -> tuple[Spot, ...]:
    return tuple(
        Spot(pointer, finding)
        for pointer, text in texts_of(document)
        if pointer not in FIXED
        for finding in find_personal(text, settings, official=_is_official(pointer), known=known)
    )


def known_texts(citizen: Mapping[str, str]) -> tuple[str, ...]:
    """The name and each contact as ``find_personal`` wants to know them; a single character would be found anywhere."""
    parts = (part.strip() for value in citizen.values() for part in _SEPARATORS.split(value))
    return tuple(dict.fromkeys(part for part in parts if len(part) > 1))


def hide(screened: Screened, spots: Iterable[Spot], settings: PrivacySettings) -> tuple[dict[str, Any], dict[str, str]]:
    """The document without what stands at the spots, and pointer -> original text of what was changed.

    What becomes certain only because something beside it went is taken out too.
    """
    by_pointer: dict[str, list[Finding]] = {}
    for spot in spots:
        by_pointer.setdefault(spot.pointer, []).append(spot.finding)
    changed = copy.deepcopy(dict(screened.document))
    originals = {}
    for pointer, text in list(texts_of(changed)):
        if pointer in by_pointer:
            originals[pointer] = text
            put(changed, pointer, _without(text, by_pointer[pointer], settings, _is_official(pointer), screened.known))
    return changed, originals


def fixed_problems(document: Mapping[str, Any], settings: PrivacySettings) -> Iterator[Problem]:
    """HY731 for personal data where nothing can be taken out: in the reference or the address of the message."""
    for pointer, text in texts_of(document):
        if pointer in FIXED:
            for finding in find_personal(text, settings):
                if finding.confidence is Confidence.CERTAIN:
                    field = "平台编号" if pointer == FIXED[0] else "网址"
                    message = f"{field}中有个人信息（{finding.kind.label}），不能登记。"
                    yield Problem("HY731", message, pointer=pointer, article="19")


def texts_of(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Each text of a document that came from people, with its JSON pointer."""
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in _STRUCTURE:
                yield from texts_of(inner, f"{pointer}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts_of(inner, f"{pointer}/{index}")


def text_at(document: Mapping[str, Any], pointer: str) -> str | None:
    """The text at a pointer, None where there is none."""
    return next((text for place, text in texts_of(document) if place == pointer), None)


def put(document: dict[str, Any], pointer: str, text: str) -> None:
    """Replace the text at a pointer that ``texts_of`` gave."""
    *above, last = pointer.split("/")[1:]
    place: Any = document
    for part in above:
        place = place[int(part)] if isinstance(place, list) else place[part]
    place[int(last) if isinstance(place, list) else last] = text


def in_order(*spots: Spot) -> list[Spot]:
    """Spots as their texts are read."""
    return sorted(spots, key=lambda s: (s.pointer, s.finding.start, s.finding.end))


def to_decide(case_id: str, spots: Sequence[Spot]) -> Problem:
    """HY730: what a person must decide before the case may be written."""
    return Problem("HY730", f"{case_id} 有{len(spots)}处待人工判断：{describe(spots)}。", article="19")


def describe(spots: Iterable[Spot]) -> str:
    """The places and kinds in one line, without any text: ``正文第12至22字（详细地址）``."""
    return "、".join(f"{s.where}（{s.finding.kind.label}）" for s in spots)


def _is_official(pointer: str) -> bool:
    return pointer.startswith("/events/")


def _without(
    text: str, findings: Iterable[Finding], settings: PrivacySettings, official: bool, known: Sequence[str]
) -> str:
    found = list(findings)
    for _ in range(_ROUNDS):
        text = redact(text, found)
        left = find_personal(text, settings, official=official, known=known)
        found = [f for f in left if f.confidence is Confidence.CERTAIN]
        if not found:
            return text
    raise AssertionError("taking out does not come to an end")
