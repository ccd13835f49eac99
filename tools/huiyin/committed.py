"""Personal data in what is committed beside the cases (第十九条).

``check`` looks through what a citizen's words could reach: rules, the site's own pages and assets, its configuration,
the README. The gate looks through every file that a change brings, but for program, tests and schemas, which developers
write and which hold planted numbers on purpose.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

from huiyin.findings import Found, find_in_text, key_of, span
from huiyin.model.personal import Confidence
from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo import yaml
from huiyin.repo.source import Source, shown
from huiyin.repo.store import BESIDE
from huiyin.rules.privacy import PrivacySettings, find_personal
from huiyin.rules.privacy.settings import PATH as PRIVACY_PATH
from huiyin.scan.passage import Pieces, UnreadableError, at
from huiyin.scan.readers import READERS, read
from huiyin.scan.texts import decode, unescaped, values
from huiyin.scan.vendored import LIST, digest, listed

PROGRAM = ("tools/", "tests/", "bench/", "schema/", ".ci/", ".github/")
PROGRAM_FILES = frozenset({"pyproject.toml", "Makefile", "requirements.lock", "requirements-build.lock"})
"""What developers write, folders and files; the gate does not look for citizens there."""
TEMPLATES = "site/overrides/"
"""What the theme fills: not HTML yet, and the scan reads what becomes of it."""
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def check_texts(source: Source, settings: PrivacySettings) -> Iterator[Problem]:
    """Problems of everything beside the cases: HY750, HY751, HY752."""
    known = _vendored(source)
    for path, data in source.read_each(p for top in BESIDE for p in source.list(top)):
        if isinstance(data, Problem):
            yield data
        elif not known or digest(data) not in known:
            found, problem = find_in_file(path, data, settings)
            yield from (f.problem(path) for f in found)
            if problem is not None:
                yield problem


def find_in_file(path: str, data: bytes, settings: PrivacySettings) -> tuple[list[Found], Problem | None]:
    """What a file beside the cases holds, and HY752 where it cannot be read to its end.

    Such files are an authority's, so numbers of offices in them are none of a person's.

    Args:
        path: its ending says what reads it.
    """
    found: list[Found] = []
    if path == PRIVACY_PATH:
        settings = _with_own(data, settings)
    try:
        if not is_read_otherwise(path):
            return find_in_source(decode(data), settings), None
        for passage in read(path, data):
            for finding in find_personal(passage.text, settings, official=True):
                if passage.counts(finding):
                    line, place = passage.where(finding.start)
                    found.append(Found("", place or span(finding, ""), finding, key_of(passage.text, finding), line))
    except UnreadableError as error:
        guessed = () if found else _certain(find_in_text(_guess(data), settings, official=False))
        return [*found, *guessed], Problem("HY752", f"{error.why}。", shown(path), article="19")
    return found, None


def find_in_source(text: str, settings: PrivacySettings, *, official: bool = True) -> list[Found]:
    """What a text holds as it is written, and what is certain once its escapes and folded lines are read.

    YAML, scripts and style sheets say the same in many ways, and only one of them looks like a number.
    """
    found = list(find_in_text(text, settings, official=official))
    known = {f.key for f in found}
    for other in dict.fromkeys((unescaped(text), _scalars(text))):
        if other not in ("", text):
            more = [f for f in _certain(find_in_text(other, settings, official=official)) if f.key not in known]
            known |= {f.key for f in more}
            found += more
    return found


def is_read_otherwise(path: str) -> bool:
    """Whether a file is more than text, so that a reader of its own finds more in it."""
    ending = path.rpartition(".")[2].lower()
    if ending == "html" and path.startswith(TEMPLATES):
        return False
    return ending in READERS and READERS[ending] is not READERS["txt"]


def is_looked_at(path: str) -> bool:
    """Whether the gate looks into a file of that path for a citizen's data."""
    return not path.startswith(PROGRAM) and path not in PROGRAM_FILES


def _certain(found: Iterable[Found]) -> Iterator[Found]:
    return (f for f in found if f.finding.confidence is Confidence.CERTAIN)


def _scalars(text: str) -> str:
    """All that a YAML file says, each by itself; nothing where it is none."""
    try:
        document = yaml.parse(text.encode(), path="")
    except HuiyinError:
        return ""
    pieces = Pieces(at(""))
    values(pieces, document, 0)
    return pieces.passage().text


def _guess(data: bytes) -> str:
    """Text in another encoding as well as it can be told; nothing of what is no text at all."""
    if data.startswith(_UTF16):
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        return ""
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError:
        return data.decode(errors="replace")


def _with_own(data: bytes, settings: PrivacySettings) -> PrivacySettings:
    """For the allow-list itself, what it lists: its entries are what its reviewers are asked to look at."""
    try:
        own = PrivacySettings.from_data(yaml.parse_mapping(data, path=PRIVACY_PATH))
    except (HuiyinError, KeyError, TypeError, AttributeError):
        return settings
    return PrivacySettings(settings.numbers | own.numbers, settings.domains | own.domains)


def _vendored(source: Source) -> frozenset[str]:
    """Hashes of third parties' files; a list that cannot be read allows nothing, and the build tells of it."""
    if LIST not in source.list("site"):
        return frozenset()
    try:
        return listed(source.read(LIST).decode(errors="replace"))
    except HuiyinError:
        return frozenset()
