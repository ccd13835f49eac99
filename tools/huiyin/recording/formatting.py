"""``huiyin fmt``: another form, the same content (design §3)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml as pyyaml

from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo import yaml
from huiyin.repo.canonical import canonical
from huiyin.repo.files import write_all
from huiyin.repo.lock import locked
from huiyin.repo.source import FolderSource

MODELINE = "# yaml-language-server:"


@dataclass(frozen=True, slots=True)
class Formatted:
    """One file: its new text, or None where it stands as it is; and what keeps it from being rewritten."""

    path: str
    text: str | None = None
    problems: tuple[Problem, ...] = ()


def format_files(
    root: Path, paths: Sequence[str], *, drop_comments: bool = False, write: bool = True
) -> tuple[Formatted, ...]:
    """Bring case files into the canonical form; those that cannot be are left alone and told of.

    Args:
        paths: below the root.
        drop_comments: rewrite files although their comments are lost.
        write: False to judge only.

    Raises:
        HuiyinError: HY906, HY950: nothing could be written, and nothing was.
    """
    with locked(root) if write else nullcontext():
        source = FolderSource(root)
        done = tuple(
            Formatted(p, problems=(data,))
            if isinstance(data, Problem)
            else format_file(p, data, drop_comments=drop_comments)
            for p, data in source.read_each(paths)
        )
        if write:
            write_all({root / f.path: f.text for f in done if f.text is not None})
    return done


def format_file(path: str, data: bytes, *, drop_comments: bool = False) -> Formatted:
    """The canonical text of one file, if its content can be read and stays the same."""
    try:
        readable, document = _read(path, data)
        text = canonical(document)
    except HuiyinError as error:
        return Formatted(path, problems=tuple(p.at(path=path) for p in error.problems))
    except ValueError:
        return Formatted(path, problems=(Problem("HY956", "含有规范格式写不出的数字。", path),))
    if text.encode() == data:
        return Formatted(path)
    comments = list(find_comments(readable))
    if comments and not drop_comments:
        message = f"有{len(comments)}处注释，改写会丢失，因此没有改动。"
        return Formatted(path, problems=(Problem("HY953", message, path, line=comments[0]),))
    if _whole(yaml.parse_mapping(text.encode(), path=path)) != _whole(document):
        raise AssertionError("the canonical form has another content")
    return Formatted(path, text)


def find_comments(text: str) -> Iterator[int]:
    """The 1-based line of each comment, other than those that tell an editor the schema.

    Args:
        text: a document that strict YAML can read.
    """
    end = 0
    for token in pyyaml.scan(text, Loader=pyyaml.CSafeLoader):
        start: int = token.start_mark.index
        yield from _comments_in(text, end, start)
        end = max(end, token.end_mark.index)
        if isinstance(token, pyyaml.ScalarToken) and token.style in ("|", ">"):
            yield from _comments_in(text, start, text.find("\n", start))  # behind the bar
    yield from _comments_in(text, end, len(text))


def _comments_in(text: str, start: int, end: int) -> Iterator[int]:
    line = text.count("\n", 0, start) + 1
    for number, part in enumerate(text[start:end].split("\n"), start=line):
        hash_at = part.find("#")
        if hash_at >= 0 and not part[hash_at:].startswith(MODELINE):
            yield number


def _read(path: str, data: bytes) -> tuple[str, dict[str, Any]]:
    """The text and content of a file, read strictly once what carries no meaning is out of the way.

    Byte order marks, line breaks of other systems and tabs between words of YAML are such; a tab inside a text is
    content, and is left to a person.

    Raises:
        HuiyinError: HY1xx, what keeps the file from being read.
    """
    without_mark = data.removeprefix(b"\xef\xbb\xbf")
    unix = without_mark.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    problem: HuiyinError | None = None
    for candidate in dict.fromkeys((data, without_mark, unix, unix.replace(b"\t", b" "))):
        try:
            document = yaml.parse_mapping(candidate, path=path)
        except HuiyinError as error:
            if problem is None or candidate == unix:  # what is wrong without tabs matters only once they are gone
                problem = error
            continue
        if candidate == data or _plain(candidate) == _plain(data):
            return candidate.decode(), document
    assert problem is not None, "where data itself can be read, it was returned"
    raise problem


def _plain(data: bytes) -> Any:
    """The content as PyYAML reads it, every scalar a string: the second opinion on what is the same."""
    try:
        return pyyaml.load(data, Loader=pyyaml.CBaseLoader)  # noqa: S506  # builds nothing but strings, lists and dicts
    except pyyaml.YAMLError:
        return object()


def _whole(document: Any) -> str:
    """The document as text in which true, 1 and 1.0 differ and the order of keys does not count."""
    return json.dumps(document, sort_keys=True)
