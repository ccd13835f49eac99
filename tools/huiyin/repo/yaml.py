"""The strict YAML of the record (design §3): one reading for everyone, and no file that can hurt the reader.

A document is read event by event and never recursively, so depth is checked before it can do harm. Nothing is guessed:
only plain ``true``, ``false``, ``null``, integers and simple decimals have a type; all else, dates too, is a string.
Messages name places and kinds of mistakes and never repeat the file's text, which may be private.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import yaml

from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo.characters import find_forbidden, is_clean, name

MAX_BYTES = 256 * 1024
MAX_DEPTH = 16
MAX_KEY = 200  # characters; YAML readers look at most 1,024 ahead for the colon
MAX_PROBLEMS = 20

_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
# 18 digits fit every reader's 64 bits; longer ones are references and stay strings.
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}")

_SYNTAX = {
    "mapping values are not allowed in this context": (
        "此处不能再出现“键: 值”；值里有冒号时请用双引号括起来，并检查缩进"
    ),
    "could not find expected ':'": "键后面缺少冒号（“: ”），或上一行的值没有写完",
    "did not find expected key": "缩进不齐，或键的写法不对",
    "did not find expected '-' indicator": "列表各项的“- ”没有对齐",
    "block sequence entries are not allowed in this context": "此处不能出现列表项“- ”，请另起一行并缩进",
    "did not find expected ',' or '}'": "花括号没有配对，或缺少逗号",
    "did not find expected ',' or ']'": "方括号没有配对，或缺少逗号",
    "found unexpected end of stream": "引号没有配对",
    "found character that cannot start any token": "值以特殊字符开头，请用双引号括起来",
    "found unknown escape character": "双引号中的反斜杠后面不是允许的转义字符",
    "did not find expected <document start>": "文件开头不是键值表",
}


def parse(data: bytes, *, path: str) -> dict[str, Any] | list[Any]:
    """Read one strict YAML document.

    Args:
        data: the whole file.
        path: path below the repository's root, for the problems.

    Returns:
        Mappings, lists, str, int, float, bool and None, as in JSON; keys keep the order of the file.

    Raises:
        HuiyinError: HY101 to HY111 and HY113, each with its line; up to ``MAX_PROBLEMS`` at once.
    """
    _check_text(data, path)
    reader = _Reader(path)
    try:
        document = reader.read(yaml.CSafeLoader(data))
    except yaml.YAMLError as error:
        reader.problems.append(_syntax_problem(error, data, path))
    if reader.problems:
        raise HuiyinError(*reader.problems)
    if not isinstance(document, dict | list):
        raise HuiyinError(Problem("HY113", "文件没有内容，或内容不是键值表。", path, line=1))
    return document


def parse_mapping(data: bytes, *, path: str) -> dict[str, Any]:
    """Read one strict YAML document whose top is a mapping, as all files of Huiyin are; see ``parse``.

    Raises:
        HuiyinError: as ``parse``; HY113 where the top is a list.
    """
    document = parse(data, path=path)
    if not isinstance(document, dict):
        raise HuiyinError(Problem("HY113", "文件最外层是列表，应当是键值表。", path, line=1))
    return document


@lru_cache(maxsize=4)
def lines(data: bytes) -> dict[str, int]:
    """Map each JSON pointer (RFC 6901) of the document to the 1-based line where its key or list item begins.

    A file that ``parse`` refuses gives only the whole document, line 1.
    """
    found = {"": 1}
    try:
        parse(data, path="")  # first, since compose() below recurses
    except HuiyinError:
        return found
    _collect_lines(yaml.compose(data, Loader=yaml.CSafeLoader), "", found)
    return found


def line_of(data: bytes, pointer: str) -> int | None:
    """Give the 1-based line of a JSON pointer, or of its nearest ancestor; None for what is no pointer.

    Args:
        data: the whole file, as it was parsed.
        pointer: RFC 6901, "" for the whole document.
    """
    if pointer and not pointer.startswith("/"):
        return None
    known = lines(data)
    while pointer not in known:
        pointer = pointer.rpartition("/")[0]
    return known[pointer]


class _Reader:
    """Builds the document from libyaml's events and gathers what the dialect forbids on the way."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []

    def read(self, parser: yaml.CSafeLoader) -> Any:
        """Read the one document of a file; None for a file without any."""
        root: list[Any] = []
        current: Any = root
        stack: list[Any] = []
        key: str | None = None  # of the mapping being read, between its key and its value
        documents = 0
        get_event: Callable[[], Any] = parser.get_event
        while (event := get_event()) is not None:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                if event.anchor is not None or event.tag is not None:
                    self._refuse_properties(event)
                value: Any = event.value
                plain = not event.style
                if plain:
                    value = _resolve(value)
                if type(current) is list:
                    current.append(value)
                elif key is None:
                    key = self._key(value, plain, event, current)
                else:
                    current[key] = value
                    key = None
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                if event.anchor is not None or event.tag is not None:
                    self._refuse_properties(event)
                if len(stack) >= MAX_DEPTH:
                    self._add("HY104", f"嵌套超过{MAX_DEPTH}层。", event)
                    break
                container: Any = {} if kind is yaml.MappingStartEvent else []
                stack.append(current)
                if type(current) is list:
                    current.append(container)
                elif key is None:
                    self._add("HY110", "键必须是文字，不能是列表或键值表。", event)
                    break
                else:
                    current[key] = container
                    key = None
                current = container
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                current = stack.pop()
            elif kind is yaml.AliasEvent:
                self._add("HY107", "不允许使用别名（*）。", event)
                break
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if event.version or event.tags:
                    self._add("HY109", "不允许使用以“%”开头的指令。", event)
                if documents > 1:
                    self._add("HY109", "一个文件只能有一份文档，不允许再出现“---”。", event)
                    break
            if len(self.problems) >= MAX_PROBLEMS:
                break
        return root[0] if root else None

    def _key(self, value: Any, plain: bool, event: Any, mapping: dict[str, Any]) -> str:
        if not isinstance(value, str):
            self._add("HY110", "键必须是文字；数字、true、false、null作键时请用双引号括起来。", event)
            value = str(value)
        elif value == "<<" and plain:
            self._add("HY110", "不允许使用合并键（<<）。", event)
        elif len(value) > MAX_KEY:
            self._add("HY110", f"键超过{MAX_KEY}个字。", event)
        elif value in mapping:
            self._add("HY106", "同一层出现了重复的键。", event)
        return str(value)

    def _refuse_properties(self, event: Any) -> None:
        if event.anchor is not None:
            self._add("HY107", "不允许使用锚点（&）。", event)
        if event.tag is not None:
            self._add("HY108", "不允许使用类型标签（！）。", event)

    def _add(self, code: str, message: str, event: Any) -> None:
        self.problems.append(Problem(code, message, self.path, line=event.start_mark.line + 1))


def _check_text(data: bytes, path: str) -> None:
    """Refuse what must not reach libyaml: too large, not UTF-8, with a byte order mark or forbidden characters."""
    if len(data) > MAX_BYTES:
        raise HuiyinError(Problem("HY103", f"文件超过上限{MAX_BYTES:,}字节。", path))
    if data.startswith(b"\xef\xbb\xbf"):
        raise HuiyinError(Problem("HY102", "文件开头有字节顺序标记（BOM）。", path, line=1))
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise HuiyinError(Problem("HY101", "此行含有不是UTF-8编码的字节。", path, line=line)) from None
    if not is_clean(text):
        found = dict.fromkeys(find_forbidden(text))
        raise HuiyinError(
            *(Problem("HY105", f"此行含有不允许的字符{name(c)}。", path, line=n) for n, c in list(found)[:MAX_PROBLEMS])
        )


def _resolve(text: str) -> str | int | float | bool | None:
    """Give a plain scalar its type: the few that the dialect knows."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[:1] in "-0123456789" and text:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return float(text)
    return text


def _syntax_problem(error: yaml.YAMLError, data: bytes, path: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    # What is missing at the end is marked behind the last line, where no editor can go.
    line = min(mark.line, data.rstrip(b"\n").count(b"\n")) + 1 if mark else None
    kind = getattr(error, "problem", None) or ""
    if "directive" in f"{kind} {getattr(error, 'context', '')}":
        return Problem("HY109", "不允许使用以“%”开头的指令。", path, line=line)
    return Problem("HY111", f"{_SYNTAX.get(kind, '此处不符合YAML语法')}。", path, line=line)


def _collect_lines(node: Any, pointer: str, found: dict[str, int]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = f"{pointer}/{key.value.replace('~', '~0').replace('/', '~1')}"
            found[below] = key.start_mark.line + 1
            _collect_lines(value, below, found)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            below = f"{pointer}/{number}"
            found[below] = value.start_mark.line + 1
            _collect_lines(value, below, found)
