from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.model.problem import HuiyinError
from huiyin.repo.yaml import MAX_BYTES, MAX_DEPTH, MAX_PROBLEMS, line_of, lines, parse, parse_mapping
from tests.repo.documents import ALLOWED, CASE_TEXT


def found(data: str | bytes) -> list[tuple[str, int | None]]:
    """Code and line of each problem that stops the parser."""
    with pytest.raises(HuiyinError) as caught:
        parse(data.encode() if isinstance(data, str) else data, path="cases/x.yaml")
    assert {"cases/x.yaml"} == {problem.path for problem in caught.value.problems}
    return [(problem.code, problem.line) for problem in caught.value.problems]


def test_reads_a_case_as_json_values() -> None:
    """A whole case becomes mappings, lists and typed scalars; times and dates stay strings."""
    case = parse_mapping(CASE_TEXT.encode(), path="x")
    assert "2026-11-20T09:12:00+08:00" == case["received_at"]
    assert case["real_name"] is True
    assert {"reference": "18245531", "url": "https://example.invalid/threads/18245531"} == case["source"]
    assert "这是演示用的留言。\n\n  第二段缩进，含“: ”和 # 号。\n" == case["body"]
    assert 5 == case["events"][0]["basis"]
    assert [{"day": "2026-11-25", "kind": "investigation", "online": False, "note": "现场查看"}] == case["events"][1][
        "handling"
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("true", True), ("false", False), ("null", None), ("0", 0), ("-17", -17), ("999999999999999999", 10**18 - 1),
        ("0.5", 0.5), ("-12.25", -12.25), ("True", "True"), ("yes", "yes"), ("no", "no"), ("on", "on"), ("~", "~"),
        ("", ""), ("012", "012"), ("-0", "-0"), ("+1", "+1"), ("0x1F", "0x1F"), ("0o17", "0o17"), ("1e3", "1e3"),
        (".5", ".5"), ("00", "00"), ("1e400", "1e400"), ("0.1234567890123456789", "0.1234567890123456789"),
        ("1.", "1."), ("1_000", "1_000"), ("12:30:45", "12:30:45"), ("2026-11-20", "2026-11-20"), (".inf", ".inf"),
        ("1000000000000000000", "1000000000000000000"), ("'true'", "true"), ('"5"', "5"), ("2026-13-45", "2026-13-45"),
        ("٣", "٣"), ("1٣", "1٣"),
    ],
)  # fmt: skip
def test_types_only_what_the_dialect_names(written: str, expected: object) -> None:
    """Plain true, false, null, integers of up to 18 digits and simple decimals are typed; all else is a string."""
    actual = parse_mapping(f"a: {written}\n".encode(), path="x")["a"]
    assert (type(expected), expected) == (type(actual), actual)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", [("HY106", 3)]),
        ("a:\n  - {b: 1, b: 2}\n", [("HY106", 2)]),
        ("a: &x 1\nb: 2\n", [("HY107", 1)]),
        ("a: 1\nb: &x [1]\n", [("HY107", 2)]),
        ("a: 1\nb: *x\n", [("HY107", 2)]),
        ("a: !!str 1\n", [("HY108", 1)]),
        ("a:\n  b: !python/object:os.system {}\n", [("HY108", 2)]),
        ("a: ! x\n", [("HY108", 1)]),
        ("a: 1\n---\nb: 2\n", [("HY109", 2)]),
        ("a: 1\n...\n---\n", [("HY109", 3)]),
        ("%YAML 1.2\n---\na: 1\n", [("HY109", 1)]),
        ("%TAG ! tag:x,2000:\n---\na: 1\n", [("HY109", 1)]),
        ("%FOO x\n---\na: 1\n", [("HY109", 1)]),
        ("a: 1\n2: b\n", [("HY110", 2)]),
        ("a: 1\nnull: b\n", [("HY110", 2)]),
        ("? [a]\n: b\n", [("HY110", 1)]),
        ("? {a: 1}\n: b\n", [("HY110", 1)]),
        ("a: 1\n<<: {b: 1}\n", [("HY110", 2)]),
        ("? " + "k" * 201 + "\n: b\n", [("HY110", 1)]),
        ("a: b: c\n", [("HY111", 1)]),
        ("a: 1\n  b: 2\n", [("HY111", 2)]),
        ("a: [1, 2\nb: 3\n", [("HY111", 2)]),
        ('a: 1\nb: "x\n', [("HY111", 2)]),
        ("a: @x\n", [("HY111", 1)]),
        ("", [("HY113", 1)]),
        ("# 只有注释\n", [("HY113", 1)]),
        ("文字\n", [("HY113", 1)]),
        ("a: 1\tb\n", [("HY105", 1)]),
        ("a: 1\r\nb: 2\r\n", [("HY105", 1), ("HY105", 2)]),
        ("a: 1\nb: x\u200by\n", [("HY105", 2)]),
        ("a: 1\n# \u202ex\n", [("HY105", 2)]),
        ("a: x\u2028y\n", [("HY105", 1)]),
        ("a: x\u2029y\n", [("HY105", 1)]),
        ("a: x\ue000y\n", [("HY105", 1)]),
        ("a: x\ufffey\n", [("HY105", 1)]),
        ("a: x\u0085y\n", [("HY105", 1)]),
        ("a: x\x00y\n", [("HY105", 1)]),
        ("a: x\ufeffy\n", [("HY105", 1)]),
    ],
)
def test_refuses_with_code_and_line(text: str, expected: list[tuple[str, int]]) -> None:
    """Each thing that the dialect forbids stops the parser with its own code and the line where it stands."""
    assert expected == found(text)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a: 1\nb: \xff\n", ("HY101", 2)),
        ("a: 留言\n".encode("gb18030"), ("HY101", 1)),
        ("a: 1\n".encode("utf-16"), ("HY101", 1)),
        (b"a: \xed\xa0\x80\n", ("HY101", 1)),
        (b"\xef\xbb\xbfa: 1\n", ("HY102", 1)),
        (b"a: " + b"x" * MAX_BYTES, ("HY103", None)),
    ],
)
def test_refuses_bytes_that_are_no_text(data: bytes, expected: tuple[str, int | None]) -> None:
    """Other encodings, encoded surrogates, a byte order mark and too large files never reach the YAML library."""
    assert [expected] == found(data)


def test_takes_a_file_of_exactly_the_largest_size() -> None:
    """The size cap itself is allowed."""
    head = b"a: "
    assert MAX_BYTES - len(head) == len(parse_mapping(head + b"x" * (MAX_BYTES - len(head)), path="x")["a"])


@pytest.mark.parametrize("opening", ["[", "- ", "{a: ", "[{a: "])
def test_refuses_deep_nesting_before_it_can_crash(opening: str) -> None:
    """Tens of thousands of nested collections, which crash other readers, are one problem on their line."""
    assert [("HY104", 1)] == found((opening * 60_000)[:MAX_BYTES])


def test_refuses_deep_indentation() -> None:
    """Nesting by indentation counts like nesting by brackets."""
    assert [("HY104", MAX_DEPTH + 1)] == found("".join(f"{' ' * n}a:\n" for n in range(500)))


def test_takes_the_deepest_allowed_nesting() -> None:
    """The depth cap itself is allowed, one more is not."""
    inner = "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert {"a"} == set(parse_mapping(f"a: {inner}\n".encode(), path="x"))
    assert [("HY104", 1)] == found(f"a: [{inner}]\n")


def test_refuses_an_alias_bomb() -> None:
    """The billion laughs stop at the first anchor and alias."""
    bomb = "a: &a [x, x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}]\n" for n in range(20))
    assert [("HY107", 1), ("HY107", 2), ("HY107", 2)] == found(bomb)


def test_gathers_problems_up_to_a_limit() -> None:
    """Several mistakes are told at once, but never an endless list."""
    assert [("HY106", 2), ("HY108", 3)] == found("a: 1\na: 2\nb: !x y\n")
    assert MAX_PROBLEMS == len(found("a: 1\n" * 500))
    assert MAX_PROBLEMS == len(found("a: \u200b\n" * 500))


@pytest.mark.parametrize(
    "text",
    [
        "张三: 1\n张三: 2\n",
        "张三: &张三 1\n",
        "a: !张三 1\n",
        "a: *张三\n",
        "a: 张三: 1\n",
        "a: '张三\n",
        "a: [张三\nb: 1\n",
        "%张三\n---\n",
        "a: 张三\u200b\n",
        'a: "\\张三"\n',
        "张三\n",
    ],
)
def test_messages_never_repeat_the_text(text: str) -> None:
    """第十九条 What a file says may be private, so no message quotes it."""
    with pytest.raises(HuiyinError) as caught:
        parse(text.encode(), path="x")
    assert "张三" not in str(caught.value)
    assert all("张三" not in problem.message for problem in caught.value.problems)


def test_messages_name_the_hidden_character() -> None:
    """What cannot be seen is named by its code point."""
    with pytest.raises(HuiyinError) as caught:
        parse("a: x\u200by\tz\n".encode(), path="x")
    assert [
        "此行含有不允许的字符U+200B（零宽或文字方向控制字符）。",
        "此行含有不允许的字符U+0009（制表符）。",
    ] == [problem.message for problem in caught.value.problems]


def test_top_level_list_is_refused_where_a_mapping_is_needed() -> None:
    """A list is a document, but none of Huiyin's files is one."""
    assert ["a"] == parse(b"- a\n", path="x")
    with pytest.raises(HuiyinError, match="HY113"):
        parse_mapping(b"- a\n", path="x")


def outcome(data: bytes) -> Any:
    """Give the document, or the problems that stop it."""
    try:
        return parse(data, path="x")
    except HuiyinError as error:
        return error.problems


@given(st.binary(max_size=80))
def test_any_bytes_give_a_document_or_problems(data: bytes) -> None:
    """No input at all leads to another exception."""
    assert isinstance(outcome(data), dict | list | tuple)


@given(st.text(ALLOWED | st.sampled_from("\n\n  ::--[]{},&*!|>'\"%#?"), max_size=60))
def test_any_text_gives_a_document_or_problems_with_a_line(text: str) -> None:
    """Whatever is wrong with a text has a line, and lines() can be asked about it."""
    last = text.rstrip("\n").count("\n") + 1
    result = outcome(text.encode())
    if isinstance(result, tuple):
        assert all(1 <= problem.line <= last for problem in result)
    assert all(1 <= line <= last for line in lines(text.encode()).values())


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("", 1), ("/id", 2), ("/source", 5), ("/source/url", 5), ("/body", 11), ("/events", 15), ("/events/0", 16),
        ("/events/0/topics/0", 22), ("/events/1/reply", 29), ("/events/1/handling/0/note", 36),
        ("/events/1/missing/deeper", 24), ("/events/7", 15), ("/missing", 1),
    ],
)  # fmt: skip
def test_finds_the_line_of_a_pointer(pointer: str, line: int) -> None:
    """A pointer leads to its key's line, and one that does not exist to its nearest ancestor's."""
    assert line == line_of(CASE_TEXT.encode(), pointer)


def test_finds_lines_of_escaped_keys_and_refuses_what_is_no_pointer() -> None:
    """RFC 6901: ~0 is ~, ~1 is /; a pointer begins with a slash."""
    data = b"# x\na/b:\n  c~d: 1\n"
    assert 3 == line_of(data, "/a~1b/c~0d")
    assert line_of(data, "a") is None


def test_a_refused_file_has_only_its_first_line() -> None:
    """Asking for a line of a file that does not parse is harmless, however hostile the file."""
    assert 1 == line_of(b"[" * 100_000, "/a/b")
