"""Personal data in what is written to the record: where it stands and of what kind, never what it says (第十九条).

Looked through are all texts of a case, and of the rest of the repository what a citizen's words could reach: rules,
hand-written pages, the configuration of the site and the README. Texts of authorities (events, rules, pages) are judged
as such, so the number of an office in a reply is none of a person's. Program, tests and schemas are written by
developers, and hold planted numbers on purpose.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import NamedTuple

from huiyin.model.case import Case
from huiyin.model.event import EVENT_TYPES, Event, HandlingStep
from huiyin.model.personal import Confidence, Finding, PersonalKind
from huiyin.model.problem import Problem
from huiyin.rules.privacy import PrivacySettings, find_personal, may_hold, redact

CODES = {Confidence.CERTAIN: "HY750", Confidence.UNCERTAIN: "HY751"}
"""What is certain is refused, what is not a person must look at."""
_CITIZEN = ("title", "body", "id", "duplicate_of")
TAME = re.compile("(?:(?:people|portal|service)-)?[0-9]{1,9}")
"""Ids whose digits are too few for any number of a person, without a word that would make them one."""
_TAG = re.compile(r"<[^<>]*>")
_APART = f"\n{'…' * 40}\n"
"""Parts texts that are looked through together: no pattern reaches over it, and none looks back or ahead so far."""
_NOT_READ = frozenset({"unit", "belongs_to", "concerns", "assisting", "mode"})
"""Ids from the rules; the rules of conduct know no others."""


class Key(NamedTuple):
    """What was found, to be compared with what is known already; never shown."""

    kind: PersonalKind
    text: str

    def __repr__(self) -> str:
        return f"Key({self.kind.value})"


@dataclass(frozen=True, slots=True)
class Found:
    """One finding in one place.

    Args:
        pointer: JSON pointer into the document, "" where the file is no document.
        line: 1-based, or None where the pointer tells it.
        place: where it stands, in words.
    """

    pointer: str
    place: str
    finding: Finding
    key: Key = field(repr=False)
    line: int | None = None

    def problem(self, path: str, *, where: str = "", code: str | None = None) -> Problem:
        """The finding as a problem, without the text.

        Args:
            where: comes before the place, such as the commit that it is in.
            code: instead of the usual one where it is certain.
        """
        certain = self.finding.confidence is Confidence.CERTAIN
        words = "有" if certain else "疑似有"
        message = f"{where}{self.place}{words}个人信息：{self.finding.kind.label}（{self.finding.confidence.label}）。"
        used = code if code and certain else CODES[self.finding.confidence]
        return Problem(used, message, path, self.pointer, self.line, "19")


def find_in_case(case: Case, settings: PrivacySettings) -> Iterator[Found]:
    """Everything in the texts of a case; history (``history: true``) is judged like the rest."""
    texts = [found for found in case_texts(case) if not TAME.fullmatch(found[1])]
    # Nearly all cases hold nothing, and to ask of all texts together costs a fraction of asking of each.
    together = _APART.join([text for _, text, _ in texts])
    if "<" not in together and not may_hold(together):
        return
    for pointer, text, official in texts:
        yield from _between_tags(pointer, text, settings, official=official)
        for finding in find_personal(text, settings, official=official):
            yield Found(pointer, span(finding, "此处"), finding, key_of(text, finding))


def _between_tags(pointer: str, text: str, settings: PrivacySettings, *, official: bool) -> Iterator[Found]:
    """What is certain only once the tags that somebody typed are read over, as people do: 138<b>0013</b>8000."""
    plain = untagged(text)
    if plain != text:
        known = {key_of(text, finding) for finding in find_personal(text, settings, official=official)}
        for finding in find_personal(plain, settings, official=official):
            if finding.confidence is Confidence.CERTAIN and (key := key_of(plain, finding)) not in known:
                yield Found(pointer, "此处略去尖括号中的内容后", finding, key)


def untagged(text: str) -> str:
    """The text without the tags that somebody typed in it."""
    return _TAG.sub("", text) if "<" in text else text


def case_texts(case: Case) -> Iterator[tuple[str, str, bool]]:
    """(JSON pointer, text, whether an authority wrote it) of each text of a case."""
    for name in _CITIZEN:
        text = getattr(case, name)
        if text is not None:
            yield f"/{name}", text, False
    yield "/source/reference", case.source.reference, False
    if case.source.url is not None:
        yield "/source/url", case.source.url, False
    for index, event in enumerate(case.events):
        for pointer, text in _texts(event, f"/events/{index}"):
            yield pointer, text, True


def find_in_text(text: str, settings: PrivacySettings, *, official: bool = True) -> Iterator[Found]:
    """Everything in a text that is no document, such as a page, a message or a name; lines are counted."""
    for finding in find_personal(text, settings, official=official):
        line = text.count("\n", 0, finding.start) + 1
        start = finding.start - (text.rfind("\n", 0, finding.start) + 1)
        moved = replace(finding, start=start, end=start + finding.end - finding.start)
        yield Found("", span(moved, f"第{line}行"), finding, key_of(text, finding), line)


def span(finding: Finding, where: str) -> str:
    """The place in characters, counted from 1."""
    return f"{where}第{finding.start + 1}至{finding.end}字"


def key_of(text: str, finding: Finding) -> Key:
    """What was found, the same in every disguise of width, space and dash."""
    plain = unicodedata.normalize("NFKC", text[finding.start : finding.end])
    return Key(finding.kind, "".join(c for c in plain if c.isalnum()).casefold())


def hide(text: str, settings: PrivacySettings) -> str:
    """The text with all that is certain taken out: for logs, comments and names of files in messages."""
    found = [f for f in find_personal(text, settings) if f.confidence is Confidence.CERTAIN]
    return redact(text, found) if found else text


def hide_in(problems: Iterable[Problem], settings: PrivacySettings) -> tuple[Problem, ...]:
    """Problems that repeat nothing personal, not even of a file's name or of a key."""

    def hidden(text: str) -> str:
        return hide(text, settings)

    return tuple(
        replace(p, path=hide_path(p.path, settings), pointer=hidden(p.pointer), message=hidden(p.message))
        for p in problems
    )


def veil(problems: Iterable[Problem], settings: PrivacySettings) -> Callable[[str], str]:
    """How to show the words of a change to which these problems belong.

    Where personal data was found in it, nothing that is certain is repeated in a comment, a log or a summary, which
    would be one copy more to be taken back. All else is shown as it is: people sign what they read.
    """
    found = any(p.code in {"HY750", "HY753"} for p in problems)
    return (lambda text: hide(text, settings)) if found else (lambda text: text)


def hide_path(path: str, settings: PrivacySettings) -> str:
    """A path, each part by itself: a slash is no part of a number."""
    return "/".join(hide(part, settings) for part in path.split("/"))


def _names(cls: type[Event | HandlingStep]) -> tuple[str, ...]:
    """The fields of a class that can hold words."""
    worded = re.compile(rf"\bstr\b|{HandlingStep.__name__}")
    return tuple(f.name for f in fields(cls) if worded.search(str(f.type)) and f.name not in _NOT_READ)


_NAMES = {cls: _names(cls) for cls in (*EVENT_TYPES.values(), HandlingStep)}


def _texts(value: Event | HandlingStep, pointer: str) -> Iterator[tuple[str, str]]:
    for name in _NAMES[type(value)]:
        inner = getattr(value, name)
        if type(inner) is str:
            yield f"{pointer}/{name}", inner
        elif type(inner) is tuple:
            for index, item in enumerate(inner):
                if type(item) is str:
                    yield f"{pointer}/{name}/{index}", item
                elif isinstance(item, HandlingStep):
                    yield from _texts(item, f"{pointer}/{name}/{index}")
