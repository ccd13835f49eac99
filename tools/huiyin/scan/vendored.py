"""Files of others that are published as they came: known by their hash, so not read again (第十九条).

Two sources: the theme and plugins of MkDocs as they are installed, and ``site/vendored.sha256``, a list in the form of
``sha256sum`` that is reviewed like everything else below ``site/``.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo.reasons import reason

SITE, NAME = "site", "vendored.sha256"
LIST = f"{SITE}/{NAME}"
PACKAGES = ("material", "mkdocs")
"""Whose files a built site holds."""
_ASSETS = {".js", ".css", ".map", ".svg", ".png", ".ico", ".woff", ".woff2", ".ttf", ".eot", ".json", ".txt", ".wasm"}
_LINE = re.compile(r"([0-9a-f]{64})[ \t]+\*?(\S.*)")


def digest(data: bytes) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def installed() -> frozenset[str]:
    """Hashes of the assets in the installed packages of the theme; templates are no assets."""
    return frozenset(digest(path.read_bytes()) for folder in _folders() for path in _assets(folder))


def listed(text: str) -> frozenset[str]:
    """Hashes of ``site/vendored.sha256``.

    Raises:
        HuiyinError: HY768, a line is neither empty, a comment, nor ``<hash>  <path>``.
    """
    found, wrong = set(), []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.rstrip())
        if match:
            found.add(match[1])
        else:
            wrong.append(Problem("HY768", "应写作“SHA-256值、两个空格、文件路径”。", LIST, line=number))
    if wrong:
        raise HuiyinError(*wrong)
    return frozenset(found)


def vendored(root: Path | None, pages: Path | None = None) -> frozenset[str]:
    """Both, for the instance at ``root``; for none, the installed ones.

    Args:
        pages: the folder of the hand-written pages where that is not ``site/`` of the root; the list lies in it.

    Raises:
        HuiyinError: HY768; HY904, the list cannot be read.
    """
    folder = pages or (root / SITE if root else None)
    if folder is None or not (path := folder / NAME).exists():
        return installed()
    try:
        return installed() | listed(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise HuiyinError(Problem("HY768", "不是UTF-8文字。", LIST)) from None
    except OSError as error:
        raise HuiyinError(Problem("HY904", f"文件不能读取（{reason(error.errno, '读取')}）。", LIST)) from None


def _folders() -> Iterable[Path]:
    for name in PACKAGES:
        spec = find_spec(name)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            yield Path(place)


def _assets(folder: Path) -> Iterable[Path]:
    for place, folders, names in os.walk(folder):
        if ".icons" in folders:
            folders.remove(".icons")  # thousands of them, of which the theme copies none
        for path in (Path(place, name) for name in names):
            if path.suffix in _ASSETS and path.is_file():
                yield path
