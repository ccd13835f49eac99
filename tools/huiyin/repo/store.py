"""Cases and rules as they stand in a folder or a Git tree (design §2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import Any

from huiyin.model.case import Case
from huiyin.model.problem import HuiyinError, Problem, Severity
from huiyin.repo import canonical, yaml
from huiyin.repo.canonical_reader import read_canonical
from huiyin.repo.characters import is_clean
from huiyin.repo.reasons import reason
from huiyin.repo.records import case_from_data
from huiyin.repo.schemas import Schema, load_schema
from huiyin.repo.source import Source
from huiyin.rules.calendar import Calendar
from huiyin.rules.lookup import PATH as LOOKUP_PATH
from huiyin.rules.lookup import LookupSettings
from huiyin.rules.privacy import PrivacySettings
from huiyin.rules.privacy.settings import PATH as PRIVACY_PATH
from huiyin.rules.procedure import Procedure
from huiyin.rules.procedure_data import lay_over, procedure_from_data
from huiyin.rules.procedure_problems import find_procedure_problems
from huiyin.rules.registry import PEOPLE_PATH, UNITS_PATH, Registry, people_from_data, units_from_data
from huiyin.rules.rulebook import Rulebook

CASES = "cases/"
BESIDE = ("rules", "site", "mkdocs.yml", "README.md", "README.zh-CN.md")
"""Files and folders that a citizen's words could reach, too; ``check`` looks through them."""
PROCEDURES = "rules/procedure/"
_ID = re.compile(r"[\w.-]+")
"""Names without a meaning for ``glob``."""
CALENDAR_PATH = "rules/calendar.yaml"


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One file below ``cases/`` as read: the case, or the problems that keep it from being one.

    ``data`` is kept so that a problem found later can be placed on its line.
    """

    path: str
    data: bytes
    case: Case | None
    problems: tuple[Problem, ...] = ()

    def place(self, problem: Problem) -> Problem:
        """The problem with this file's path and the line of its pointer."""
        return problem.at(path=self.path, line=problem.line or yaml.line_of(self.data, problem.pointer))


def case_paths(source: Source) -> list[str]:
    """Paths of all regular files below ``cases/``, in order."""
    return source.list(CASES)


def read_cases(
    source: Source, paths: Iterable[str] | None = None, *, schema: Schema | None = None
) -> Iterator[CaseFile]:
    """Read, parse and validate case files, all by default.

    Never raises for what a file contains: each broken file comes with its problems (HY1xx, HY201, HY202).
    """
    compiled = schema or load_schema(source, "case")
    for path, data in source.read_each(case_paths(source) if paths is None else paths):
        yield CaseFile(path, b"", None, (data,)) if isinstance(data, Problem) else parse_case(path, data, compiled)


def parse_case(path: str, data: bytes, schema: Schema) -> CaseFile:
    """One case file from its bytes."""
    file = CaseFile(path, data, None)
    if not path.endswith(".yaml"):
        return CaseFile(path, data, None, (Problem("HY204", "cases/ 下只放留言文件（.yaml）。", path),))
    document = _read_good(data)
    proven = document is not None
    if document is None:
        try:
            document = yaml.parse_mapping(data, path=path)
        except HuiyinError as error:
            return CaseFile(path, data, None, error.problems)
    problems = schema.find_problems(document, path)
    if problems:
        return CaseFile(path, data, None, tuple(file.place(p) for p in problems))
    try:
        case = case_from_data(document)
    except ValueError:
        return CaseFile(path, data, None, (Problem("HY201", "有不存在的日期或时间。", path),))
    found = []
    if not proven and not canonical.is_canonical(data, document):
        found.append(Problem("HY112", "与规范格式不一致。", path, line=_first_difference(data, document)))
    if case.path != path:
        found.append(file.place(Problem("HY202", f"按编号和收到日期，文件应放在 {case.path}。", path, "/id")))
    return CaseFile(path, data, case, tuple(found))


def _read_good(data: bytes) -> dict[str, Any] | None:
    """The document of a file that is surely in canonical form; None for all others, good or bad."""
    if len(data) > yaml.MAX_BYTES:
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return read_canonical(text) if is_clean(text) else None


def _first_difference(data: bytes, document: Mapping[str, Any]) -> int:
    """The 1-based line on which the file leaves the canonical form."""
    ours, theirs = canonical.canonical(document).split("\n"), data.decode().split("\n")
    same = takewhile(lambda pair: pair[0] == pair[1], zip(ours, theirs, strict=False))
    return sum(1 for _ in same) + 1


def find_case(source: Source, case_id: str) -> str:
    """The path of the case of that id.

    Raises:
        HuiyinError: HY930, there is no such case.
    """
    name = f"{case_id}.yaml"
    if _ID.fullmatch(case_id) and (found := source.find(f"{CASES}*/*/*/{name}")):
        return found[0]
    for path in case_paths(source):  # only what lies in a wrong place is looked for everywhere
        if PurePosixPath(path).name == name:
            return path
    raise HuiyinError(Problem("HY930", f"没有编号为“{case_id}”的留言。"))


def load_rulebook(source: Source) -> Rulebook:
    """Read ``rules/``: procedures, units, people, calendar, privacy, lookup.

    Raises:
        HuiyinError: every problem that makes a file unusable, all at once (HY1xx, HY201, HY40x, HY41x, HY434, HY701).
    """
    problems: list[Problem] = []

    def load(path: str, schema_name: str) -> dict[str, Any]:
        try:
            return load_document(source, path, schema_name)
        except HuiyinError as error:
            problems.extend(error.problems)
            return {}

    documents = {path: load(path, "procedure") for path in source.list(PROCEDURES) if path.endswith(".yaml")}
    procedures: dict[str, Procedure] = {}
    for path, document in documents.items():
        if not document:
            continue
        try:
            procedures[document["id"]] = _procedure(documents, path, source)
        except HuiyinError as error:
            problems += error.problems
    units, people, calendar = load(UNITS_PATH, "units"), load(PEOPLE_PATH, "people"), load(CALENDAR_PATH, "calendar")
    privacy, lookup = _privacy(source, problems), _lookup(source, problems)
    if problems:
        raise HuiyinError(*problems)
    if not procedures:
        raise HuiyinError(Problem("HY404", "rules/procedure/ 中没有办法文件。", PROCEDURES))
    registry = Registry(units_from_data(units), people_from_data(people))
    contradictions = [
        problem.at(line=yaml.line_of(source.read(path), problem.pointer))
        for path, procedure in ((f"{PROCEDURES}{p.id}.yaml", p) for p in procedures.values())
        for problem in find_procedure_problems(procedure, registry, path)
    ]
    if contradictions:
        # Nothing can be judged by a procedure that names what nothing defines.
        raise HuiyinError(*contradictions)
    return Rulebook(procedures, registry, Calendar.from_data(calendar), privacy, lookup)


def _privacy(source: Source, problems: list[Problem]) -> PrivacySettings:
    """What ``rules/privacy.yaml`` allows; a record without that file allows nothing."""
    if PRIVACY_PATH not in source.list("rules"):
        return PrivacySettings()
    try:
        return PrivacySettings.from_data(load_document(source, PRIVACY_PATH, "privacy"))
    except HuiyinError as error:
        problems += error.problems
        return PrivacySettings()


def _lookup(source: Source, problems: list[Problem]) -> LookupSettings | None:
    """What ``rules/lookup.yaml`` says; a record without that file makes no query codes."""
    if LOOKUP_PATH not in source.list("rules"):
        return None
    try:
        return LookupSettings.from_data(load_document(source, LOOKUP_PATH, "lookup"))
    except HuiyinError as error:
        problems += error.problems
        return None


def _procedure(documents: Mapping[str, dict[str, Any]], path: str, source: Source) -> Procedure:
    document = lay_over(documents, path)
    if problems := load_schema(source, "procedure").find_problems(document, path):
        raise HuiyinError(*problems)
    if PurePosixPath(path).stem != document["id"]:
        raise HuiyinError(Problem("HY403", f"办法代号“{document['id']}”与文件名不一致。", path, "/id"))
    return procedure_from_data(document)


def load_document(source: Source, path: str, schema_name: str) -> dict[str, Any]:
    """Read one YAML document of the rules and validate it against its schema.

    Raises:
        HuiyinError: the file is missing, breaks the dialect (HY1xx) or the schema (HY201).
    """
    return _validated(source.read(path), path, load_schema(source, schema_name))


def load_file(path: Path, source: Source, schema_name: str) -> dict[str, Any]:
    """The same for a file outside the tree, validated against the tree's schema.

    Raises:
        HuiyinError: HY904, the file cannot be read; or as ``load_document``.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise HuiyinError(Problem("HY904", f"文件不能读取（{reason(error.errno, '读取')}）。", str(path))) from None
    return _validated(data, str(path), load_schema(source, schema_name))


def _validated(data: bytes, path: str, schema: Schema) -> dict[str, Any]:
    document = yaml.parse_mapping(data, path=path)
    problems = schema.find_problems(document, path)
    if problems:
        raise HuiyinError(*(p.at(line=yaml.line_of(data, p.pointer)) for p in problems))
    return document


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of the problems is an error, so that the command exits 1."""
    return any(p.level is Severity.ERROR for p in problems)
