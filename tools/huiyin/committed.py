"""Personal data in what is committed beside the cases (第十九条).

``check`` looks through what a citizen's words could reach: rules, the site's own pages and assets, its configuration,
the README. The gate looks through every file that a change brings, but for program, tests and schemas, which developers
write and which hold planted numbers on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator

from huiyin.findings import Found, find_in_text, key_of, span
from huiyin.model.personal import Confidence
from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo import yaml
from huiyin.repo.source import Source, shown
from huiyin.rules.privacy import PrivacySettings, find_personal
from huiyin.rules.privacy.settings import PATH as PRIVACY_PATH
from huiyin.scan.passage import UnreadableError
from huiyin.scan.readers import READERS, read
from huiyin.scan.texts import decode
from huiyin.scan.vendored import LIST, digest, listed

LOOKED = ("rules", "site", "mkdocs.yml", "README.md", "README.zh-CN.md")
"""Files and folders that ``check`` reads beside the cases."""
PROGRAM = ("tools/", "tests/", "bench/", "schema/", ".ci/", ".github/", "pyproject.toml", "Makefile")
"""What developers write; the gate does not look for citizens there."""


def check_texts(source: Source, settings: PrivacySettings) -> Iterator[Problem]:
    """Problems of everything beside the cases: HY750, HY751, HY752."""
    known = _vendored(source)
    for path, data in source.read_each(p for top in LOOKED for p in source.list(top)):
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
    if not is_read_otherwise(path):
        try:
            return list(find_in_text(decode(data), settings)), None
        except UnreadableError as error:
            return [], Problem("HY752", f"{error.why}。", shown(path), article="19")
    try:
        for passage in read(path, data):
            for finding in find_personal(passage.text, settings, official=True):
                if passage.exact or finding.confidence is Confidence.CERTAIN:
                    line, place = passage.where(finding.start)
                    found.append(Found("", place or span(finding, ""), finding, key_of(passage.text, finding), line))
    except UnreadableError as error:
        return found, Problem("HY752", f"{error.why}。", shown(path), article="19")
    return found, None


def is_read_otherwise(path: str) -> bool:
    """Whether a file is more than text, so that a reader of its own finds more in it."""
    ending = path.rpartition(".")[2].lower()
    return ending in READERS and READERS[ending] is not READERS["txt"]


def is_looked_at(path: str) -> bool:
    """Whether the gate looks into a file of that path for a citizen's data."""
    return not path.startswith(PROGRAM) and not path.endswith(".lock")


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
