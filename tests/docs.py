"""The Markdown pages as data: examples that are run, tables of fields, links; and how an example is rewritten."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from huiyin.cli.main import run
from tests.cases import PROJECT
from tests.repository import NOW, Repository

GAP = "…"
"""Stands where lines of an output were left out."""
SETTINGS = {
    "HUIYIN_AS_OF": NOW,
    "PYTHONUTF8": "1",
    "COLUMNS": "80",
    "NO_MKDOCS_2_WARNING": "1",
    **{f"GIT_{who}_{what}": "demo@example.invalid" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}
"""The environment in which examples are run."""

_EXAMPLE = re.compile(
    r"<!-- run(?: exit=(?P<exit>\d+))?(?: lines=(?P<lines>[\d,-]+))? -->\n```console\n(?P<body>.*?)^```$", re.M | re.S
)
_TABLE = re.compile(r"<!-- fields: (?P<name>[\w ]+) -->\n(?P<rows>(?:\|.*\n)+)")
_FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.M | re.S)
_CODE = re.compile(r"`[^`\n]*`")
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.M)
_LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")


def pages() -> list[Path]:
    """Every Markdown file of the project, those of the site's source included."""
    return sorted(
        path for pattern in ("*.md", "docs/**/*.md", "site/**/*.md") for path in PROJECT.glob(pattern) if path.is_file()
    )


def name_of(path: Path) -> str:
    """The path below the project's root, with ``/``."""
    return path.relative_to(PROJECT).as_posix()


def instance(root: Path) -> Repository:
    """A copy of the project as an instance that examples may change, committed to Git."""
    root.mkdir(parents=True)
    for folder in ("cases", "rules", "schema", "site"):
        shutil.copytree(PROJECT / folder, root / folder)
    for file in ("mkdocs.yml", ".gitignore"):
        shutil.copyfile(PROJECT / file, root / file)
    repository = Repository(root)
    repository.commit()
    return repository


@dataclass(frozen=True)
class Example:
    """One command with what it prints, between a ``run`` comment and the end of its fence."""

    command: str
    body: str
    exit: int
    lines: str | None

    def run(self, place: Repository) -> tuple[int, str]:
        """Run the command as a reader would, in the copy; give its exit code and the block as it should stand."""
        code, output = self._help(place) if self.command.endswith(" --help") else self._shell(place)
        printed = [line.rstrip() for line in output.rstrip("\n").split("\n")] if output else []
        return code, "".join(f"{line}\n" for line in [f"$ {self.command}", *select(printed, self.lines)])

    def _shell(self, place: Repository) -> tuple[int, str]:
        settings = {**SETTINGS, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(
            ["sh", "-c", self.command.replace("\n> ", "\n")],
            cwd=place.root,
            env={k: v for k, v in os.environ.items() if not k.startswith(("HUIYIN_", "GIT_"))} | settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout

    def _help(self, place: Repository) -> tuple[int, str]:
        """The same in this process: there are thirty of them, and a process takes a third of a second."""
        with chdir(place.root), patch.dict(os.environ, SETTINGS), redirect_stdout(StringIO()) as output:
            return run(self.command.split()[1:]), output.getvalue()


def examples(text: str) -> Iterator[Example]:
    """The examples of a page, in order."""
    for match in _EXAMPLE.finditer(text):
        command = re.match(r"\$ ((?:.*\n> )*.*)\n", match["body"])
        assert command, f"an example begins with “$ ”: {match['body'][:60]!r}"
        yield Example(command[1], match["body"], int(match["exit"] or 0), match["lines"])


def rewrite(text: str, run: Callable[[Example], str]) -> str:
    """The page with each example's block as ``run`` gives it."""
    found = examples(text)
    return _EXAMPLE.sub(lambda m: m[0].replace(m["body"], run(next(found))), text)


def select(lines: list[str], wanted: str | None) -> list[str]:
    """Some lines, counted from 1, such as ``1-6,12,20-``; a gap stands where others were."""
    if wanted is None:
        return lines
    kept: list[str] = []
    after = 0
    for part in wanted.split(","):
        first, dash, last = part.partition("-")
        start, end = int(first), int(last) if last else len(lines) if dash else int(first)
        assert after < start <= end <= len(lines), "\n".join([f"lines={wanted} of {len(lines)}:", *lines])
        kept += [GAP] if start > after + 1 else []
        kept += lines[start - 1 : end]
        after = end
    return kept + ([GAP] if after < len(lines) else [])


@dataclass(frozen=True)
class Documented:
    """What a page says of a field: its JSON types, and whether they come from a table that several contracts share."""

    types: frozenset[str]
    shared: bool = False


def contracts(text: str) -> dict[str, dict[str, Documented]]:
    """Contract → path of a field → what is said of it, from the tables behind ``fields`` comments.

    A type that is a link to another table, such as ``[problem](#problem)``, stands for an object with its fields.
    """
    tables = {}
    for match in _TABLE.finditer(text):
        rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in match["rows"].splitlines()[2:]]
        tables[match["name"]] = {row[0].strip("`"): row[1] for row in rows}
    used: set[str] = set()

    def expand(table: dict[str, str], prefix: str = "") -> Iterator[tuple[str, Documented]]:
        for path, cell in table.items():
            words = cell.split(" or ")
            below = [m[1] for word in words if (m := re.fullmatch(r"\[(\w+)\]\(#[\w-]+\)", word))]
            types = frozenset("object" if word.startswith("[") else word for word in words)
            yield prefix + path, Documented(types, shared=bool(prefix))
            for name in below:
                used.add(name)
                yield from expand(tables[name], f"{prefix}{path}.")

    expanded = {name: dict(expand(table)) for name, table in tables.items()}
    return {name: table for name, table in expanded.items() if name not in used}


def flatten(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The (path, JSON type) of every value of a JSON document: ``groups.overdue[].id`` is a string."""
    match value:
        case dict():
            yield path, "object"
            for key, below in value.items():
                yield from flatten(below, f"{path}.{key}" if path else key)
        case list():
            yield path, "list"
            for below in value:
                yield from flatten(below, f"{path}[]")
        case None:
            yield path, "null"
        case bool():
            yield path, "boolean"
        case int():
            yield path, "integer"
        case str():
            yield path, "string"
        case _:
            yield path, type(value).__name__


def matches(documented: str, path: str) -> bool:
    """Whether a documented path, in which ``<word>`` is any key, is that of a value."""
    pattern = re.sub(r"<[^<>]+>", r"[^.\\[\\]]+", re.sub(r"([.\[\]])", r"\\\1", documented))
    return re.fullmatch(pattern, path) is not None


def prose(text: str) -> str:
    """The page without code and comments; line breaks stay."""
    text = re.sub(r"<!--.*?-->", lambda m: "\n" * m[0].count("\n"), text, flags=re.S)
    text = _FENCE.sub(lambda m: "\n" * m[0].count("\n"), text)
    return _CODE.sub("`", text)


def links(text: str) -> list[str]:
    """Targets of the page's links and images."""
    return _LINK.findall(prose(text))


def anchors(text: str) -> set[str]:
    """The anchors that GitHub and Forgejo give the page's headings."""
    found: set[str] = set()
    for heading in _HEADING.findall(_FENCE.sub("", text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
        kept = (c for c in plain if c in "-_ " or unicodedata.category(c)[0] in "LN")
        slug = "".join(kept).replace(" ", "-")
        number = 0
        while (candidate := f"{slug}-{number}" if number else slug) in found:
            number += 1
        found.add(candidate)
    return found
