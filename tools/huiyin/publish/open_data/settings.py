"""What the operator says of the open data in ``mkdocs.yml``: the licence, whom to ask, the name of the feeds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from huiyin.model.problem import HuiyinError, Problem

WHERE = "mkdocs.yml"
KEY = "open_data"
_TAG = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?,[12][0-9]{3}(-[01][0-9](-[0-3][0-9])?)?")
_KEYS = {"licence", "contact", "tag"}
_LICENCE = ("name", "id", "url")


@dataclass(frozen=True, slots=True)
class Licence:
    """Under which terms the data may be used.

    Args:
        id: SPDX identifier or any short name.
    """

    name: str
    id: str
    url: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What every file of the open data needs to know of its site.

    Args:
        root: the address of the site, ends with ``/``.
        title: the name of the site.
        contact: whom to ask about the data, in words.
        tag: authority and day of the feeds' ``tag:`` URIs (RFC 4151), such as ``example.gov.cn,2026``.
    """

    root: str
    title: str
    licence: Licence
    contact: str
    tag: str

    def url(self, path: str) -> str:
        """The whole address of what stands at ``path`` below the root, percent-encoded."""
        return self.root + quote(path)

    def tag_of(self, what: str) -> str:
        """The ``tag:`` URI of a thing, which does not change when the site moves."""
        return f"tag:{self.tag}:{quote(what)}"


def read_settings(extra: Mapping[str, Any], root: str | None, title: str) -> Settings:
    """The settings of ``extra.open_data``.

    Args:
        extra: the mapping ``extra`` of ``mkdocs.yml``.
        root: ``site_url``.

    Raises:
        HuiyinError: HY840, there is no address of the site; HY841, a setting is missing or wrong.
    """
    parts = urlsplit(root or "")
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise HuiyinError(Problem("HY840", "site_url 没有填写，或者不是完整的网址。", WHERE))
    given = extra.get(KEY)
    if not isinstance(given, dict):
        raise HuiyinError(Problem("HY841", f"extra 中没有 {KEY} 一节。", WHERE))
    wrong = [f"extra.{KEY}.{name} 不是可用的设置" for name in given if name not in _KEYS]
    licence = given.get("licence")
    terms = licence if isinstance(licence, dict) else {}
    wrong += [f"extra.{KEY}.licence.{name} 没有填写" for name in _LICENCE if not _text(terms.get(name))]
    if not _text(given.get("contact")):
        wrong.append(f"extra.{KEY}.contact 没有填写")
    if not isinstance(given.get("tag"), str) or not _TAG.fullmatch(given["tag"]):
        wrong.append(f"extra.{KEY}.tag 应写作“域名,年份”，例如 huiyin.example.gov.cn,2026")
    if wrong:
        raise HuiyinError(*(Problem("HY841", f"{text}。", WHERE) for text in wrong))
    if urlsplit(terms["url"]).scheme not in {"http", "https"}:
        raise HuiyinError(Problem("HY841", f"extra.{KEY}.licence.url 不是完整的网址。", WHERE))
    address = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/"
    return Settings(
        address, title, Licence(*(terms[name].strip() for name in _LICENCE)), given["contact"].strip(), given["tag"]
    )


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
