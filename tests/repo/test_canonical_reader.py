from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.model.problem import HuiyinError
from huiyin.repo.canonical import HEADER, canonical
from huiyin.repo.canonical_reader import read_canonical
from huiyin.repo.characters import is_clean
from huiyin.repo.yaml import parse_mapping
from tests.demonstration import demonstration_texts
from tests.repo.documents import ALLOWED, CASE_TEXT, CASES, TEXTS

PIECES = st.sampled_from(
    [
        *(
            " ",
            "\n",
            ":",
            ": ",
            "- ",
            "  - ",
            '"',
            "|",
            "|2",
            "|-",
            "|+",
            ">",
            "{",
            "}",
            "[",
            "]",
            ",",
            ", ",
            "#",
            " #",
        ),
        *(
            "&a ",
            "*a",
            "!!str ",
            "? ",
            "---\n",
            "%YAML 1.2\n",
            "<<: ",
            "true",
            "null",
            "012",
            "1.5",
            "-0",
            "''",
            "\\",
            "\\n",
        ),
        *("events:\n", "events: []\n", "title: x\n", "  - type: claimed\n", "    note: x\n", "note", "id", "type"),
    ]
)


def read_strictly(text: str) -> dict[str, Any] | None:
    """What the strict reader gives, if it gives anything."""
    try:
        return parse_mapping(text.encode(), path="x")
    except HuiyinError:
        return None


def check_against_the_strict_reader(text: str) -> None:
    """Whatever the quick reader gives, the strict one gives, and the emitter writes back byte for byte."""
    found = read_canonical(text) if is_clean(text) else None
    if found is not None:
        assert repr(read_strictly(text)) == repr(found)
        assert text == canonical(found)


def test_every_case_of_the_demonstration_is_read() -> None:
    """The good are read, not passed on: as the strict reader reads them."""
    for text in (*demonstration_texts(), CASE_TEXT):
        found = read_canonical(text)
        assert found is not None
        assert repr(read_strictly(text)) == repr(found)


@given(CASES)
def test_whatever_the_emitter_writes_is_read_rightly_or_not_at_all(document: dict[str, Any]) -> None:
    """Odd documents in canonical form come out equal, with their types."""
    check_against_the_strict_reader(canonical(document))


@given(TEXTS, TEXTS, TEXTS)
def test_texts_of_every_kind_are_read(title: str, body: str, note: str) -> None:
    """Any clean text is read back from wherever a case holds texts, in quotes, plain or as a block."""
    document = parse_mapping(CASE_TEXT.encode(), path="x") | {"title": title, "body": body}
    document["events"][0]["note"] = note
    found = read_canonical(canonical(document))
    assert repr(document) == repr(found)


@settings(max_examples=600)
@given(st.data())
def test_spoilt_files_are_never_read_otherwise_than_strictly(data: st.DataObject) -> None:
    """Cut, doubled, swapped and stuffed with YAML's own characters: the readers agree, or the quick one is silent."""
    text = data.draw(st.sampled_from((*demonstration_texts()[:20], CASE_TEXT)))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 40)))
        piece = data.draw(PIECES | st.text(ALLOWED, max_size=3) | st.just(text[start:end] * 2))
        text = text[:start] + piece + text[end:]
    check_against_the_strict_reader(text)


@settings(max_examples=300)
@given(st.data())
def test_lines_moved_doubled_or_lost_are_never_read_otherwise(data: st.DataObject) -> None:
    """Duplicate keys, another order and missing lines are left to the strict reader."""
    lines = data.draw(st.sampled_from((*demonstration_texts()[:20], CASE_TEXT))).split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        line = lines[data.draw(st.integers(0, len(lines) - 1))]
        lines.insert(data.draw(st.integers(0, len(lines))), line)
        if data.draw(st.booleans()):
            lines.remove(line)
    check_against_the_strict_reader("\n".join(lines))


def test_a_file_of_the_header_alone_is_left_to_the_strict_reader() -> None:
    """It is no case, and not the form of an empty one either."""
    assert read_canonical(HEADER) is None
