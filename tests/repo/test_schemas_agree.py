"""Design §8: jsonschema-rs decides and jsonschema explains, so both must say yes and no to the same documents."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from huiyin.model.problem import HuiyinError
from huiyin.repo.schemas import Schema, load_schema
from huiyin.repo.source import FolderSource
from huiyin.repo.yaml import parse_mapping
from tests.cases import PROJECT
from tests.demonstration import demonstration_texts
from tests.repo.documents import CASE_TEXT

GOLDENS = Path(__file__).parents[1] / "golden"
RULES = {
    "procedure": "rules/procedure/gs-2015-115.yaml",
    "units": "rules/units.yaml",
    "people": "rules/people.yaml",
    "calendar": "rules/calendar.yaml",
    "gate": "rules/gate.yaml",
    "privacy": "rules/privacy.yaml",
    "lookup": "rules/lookup.yaml",
    "intake": "rules/intake/people.yaml",
}
WRONG: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "x",
    "x\u3000y",
    "2026-02-30",
    "2026-11-20T09:12:00",
    [],
    [1],
    {},
    {"x": 1},
)


def slow(schema: Schema) -> jsonschema.Draft202012Validator:
    """The other validator, with formats as the schema asks for them."""
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return jsonschema.Draft202012Validator(schema.document, format_checker=checker)


def spoil(document: Any) -> Iterator[Any]:
    """The document with one thing lost, added, or put in the place of another, everywhere."""
    for path in list(places(document)):
        for wrong in WRONG:
            yield changed(document, path, wrong)
        yield changed(document, path, _GONE)
    extra = copy.deepcopy(document)
    extra["unknown"] = 1
    yield extra


_GONE = object()


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


def changed(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy with another value there."""
    made = copy.deepcopy(document)
    node = made
    for key in path[:-1]:
        node = node[key]
    if value is _GONE:
        del node[path[-1]]
    else:
        node[path[-1]] = copy.deepcopy(value)
    return made


def golden_documents() -> Iterator[dict[str, Any]]:
    """Every readable case of the gate's fixtures."""
    for path in sorted(GOLDENS.rglob("cases/**/*.yaml")):
        try:
            yield parse_mapping(path.read_bytes(), path=path.name)
        except (HuiyinError, OSError):
            continue


def check_agreement(name: str, documents: Iterator[Any]) -> tuple[int, int]:
    """How many the two accept and refuse, together; they never differ."""
    schema = load_schema(FolderSource(PROJECT), name)
    other = slow(schema)
    counts = [0, 0]
    for document in documents:
        refused = bool(schema.find_problems(document, "x"))
        assert refused == (not other.is_valid(document)), document
        counts[refused] += 1
    return counts[0], counts[1]


def test_both_agree_on_every_fixture() -> None:
    """The demonstration's cases, and those of the gate's goldens, good and bad."""
    texts = (parse_mapping(text.encode(), path="x") for text in demonstration_texts())
    accepted, _ = check_agreement("case", texts)
    assert len(demonstration_texts()) == accepted
    accepted, refused = check_agreement("case", golden_documents())
    assert accepted > 20
    assert refused > 0


@pytest.mark.parametrize("number", range(0, len(demonstration_texts()), 20))
def test_both_agree_on_spoilt_cases(number: int) -> None:
    """Each value of a case lost or replaced by what it must not be."""
    document = parse_mapping(demonstration_texts()[number].encode(), path="x")
    accepted, refused = check_agreement("case", spoil(document))
    assert 0 < accepted < refused


def test_both_agree_on_a_spoilt_case_of_many_fields() -> None:
    """The same for the case of the design, which has handling steps and topics."""
    _, refused = check_agreement("case", spoil(parse_mapping(CASE_TEXT.encode(), path="x")))
    assert refused > 300


@pytest.mark.parametrize("name", RULES)
def test_both_agree_on_the_rules(name: str) -> None:
    """Each file of the rules is accepted by both; with one top-level entry lost or replaced they say the same."""
    path = PROJECT / RULES[name]
    document = parse_mapping(path.read_bytes(), path=RULES[name])
    spoilt = (changed(document, (key,), wrong) for key in document for wrong in (*WRONG, _GONE))
    accepted, refused = check_agreement(name, iter([document, *spoilt]))
    assert accepted >= 1
    assert refused >= 1
