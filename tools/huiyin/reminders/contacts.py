"""Addresses and tokens: from a file outside the record, or a secret of the platform. They are never shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from huiyin.model.problem import Problem, Severity, UsageError
from huiyin.repo import yaml
from huiyin.repo.reasons import reason
from huiyin.repo.schemas import load_schema
from huiyin.repo.source import Source, shown

VARIABLE = "HUIYIN_CONTACTS"
# Whatever looks like YAML or an address is no path: a path is named in errors, and a secret must not be.
_TEXT = re.compile(r"\n|://|^\s*[{\[]|^\s*[\w\"'-]+\s*:(?:\s|$)")


@dataclass(frozen=True, slots=True)
class RobotContact:
    """How a group's robot is reached; ``base`` is "" for the public address of the service."""

    token: str = field(repr=False)
    secret: str = field(default="", repr=False)
    base: str = ""


@dataclass(frozen=True, slots=True)
class Contacts:
    """All addresses and tokens.

    Args:
        mail_url: apprise's form of the mail server, or "" if no mail is to be sent.
        people: addresses by a person's id.
        robots: by the id of a group.
        warnings: HY870.
    """

    mail_url: str = field(default="", repr=False)
    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    robots: Mapping[str, RobotContact] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()


def load_contacts(given: str, source: Source, root: Path) -> Contacts:
    """Read the contacts.

    Args:
        given: the path of a file outside the record, or the text itself, as a secret of a workflow holds it.
        source: whose schema the text must satisfy.

    Raises:
        UsageError: HY863, there is no such file, it lies in the record, or an address is not safe to use.
        HuiyinError: HY1xx, HY201; no value is repeated.
    """
    warnings: tuple[Problem, ...] = ()
    if _TEXT.search(given):
        name, data = VARIABLE, given.replace("\r\n", "\n").encode()
    else:
        name, data, warnings = _read(Path(given), root)
    document = yaml.parse_mapping(data, path=name)
    if problems := load_schema(source, "contacts").find_problems(document, name):
        raise UsageError(*(p.at(line=yaml.line_of(data, p.pointer)) for p in problems))
    mail, robots = document.get("mail", {}), document.get("robots", {})
    return Contacts(
        mail_url=mail.get("url", ""),
        people={p: (a,) if isinstance(a, str) else tuple(a) for p, a in mail.get("people", {}).items()},
        robots={
            g: RobotContact(r["token"], r.get("secret", ""), _base(g, r.get("base", ""))) for g, r in robots.items()
        },
        warnings=warnings,
    )


def _read(path: Path, root: Path) -> tuple[str, bytes, tuple[Problem, ...]]:
    name = shown(str(path))
    try:
        real = path.resolve()
        if real.is_relative_to(root.resolve()):
            raise UsageError(Problem("HY863", "通讯录不能放在留言库中。", name, article="19"))
        data, mode = path.read_bytes(), path.stat().st_mode
    except OSError as error:
        raise UsageError(Problem("HY863", f"通讯录不能读取（{reason(error.errno, '读取')}）。", name)) from None
    except ValueError:
        raise UsageError(Problem("HY863", "没有这个通讯录文件。")) from None
    open_to = mode & 0o077
    found = (Problem("HY870", "通讯录可以被本机的其他用户读取。", name, severity=Severity.WARNING),) if open_to else ()
    return name, data, found


def _base(group: str, base: str) -> str:
    """The address without a slash at its end, if a token may be sent there: encrypted, or to this very machine."""
    if not base:
        return ""
    try:
        parts = urlsplit(base)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    plain = not (parts.username or parts.password or parts.query or parts.fragment) if host else False
    if not plain or (parts.scheme != "https" and not is_here(host)):
        raise UsageError(Problem("HY863", f"群“{group}”的服务地址应以 https:// 开头，不带账号和参数。"))
    return base.rstrip("/")


def is_here(host: str) -> bool:
    """Whether a host is this very machine, to which secrets may go unencrypted."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
