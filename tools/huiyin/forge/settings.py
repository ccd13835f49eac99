"""Which forge, which repository, whose token: from the environment alone, so that no secret stands in a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from huiyin.forge import github
from huiyin.forge.gitea import Gitea
from huiyin.forge.github import GitHub
from huiyin.forge.hosted import Hosted
from huiyin.forge.http import ForgeClient, Patience
from huiyin.model.problem import Problem, UsageError

_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
_API = "/api/v1"


def connect(
    environment: Mapping[str, str], clock: Callable[[], datetime], *, patience: Patience | None = None
) -> Hosted:
    """The forge that the environment names.

    Args:
        environment: ``HUIYIN_FORGE`` (github or gitea; Forgejo is gitea), ``HUIYIN_FORGE_URL`` (of the API for GitHub,
            which has a default; of the site for Gitea), ``HUIYIN_REPOSITORY`` (owner/name), ``HUIYIN_TOKEN``, and
            ``HUIYIN_FORGE_ACCOUNT`` (numeric id of the token's account) for tokens that may not ask for it.

    Raises:
        UsageError: HY668, something is missing or wrong.
    """

    def setting(name: str) -> str:
        return environment.get(name, "").strip()

    kind, repository, token = (setting(f"HUIYIN_{n}") for n in ("FORGE", "REPOSITORY", "TOKEN"))
    account = setting("HUIYIN_FORGE_ACCOUNT")
    if kind not in {"github", "gitea"}:
        raise _wrong("HUIYIN_FORGE 应为 github 或 gitea(Forgejo 用 gitea)。")
    if not _REPOSITORY.fullmatch(repository) or set(repository.split("/")) & {".", ".."}:
        raise _wrong("HUIYIN_REPOSITORY 应为“所有者/仓库名”。")
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise _wrong("HUIYIN_TOKEN 没有写明，或含有空白、中文等不应有的字符。")
    if account and not account.isdecimal():
        raise _wrong("HUIYIN_FORGE_ACCOUNT 应为账号的数字编号。")
    known = int(account) if account else None
    if kind == "github":
        address = _checked(setting("HUIYIN_FORGE_URL") or github.ADDRESS)
        client = ForgeClient(address, token, headers=github.HEADERS, patience=patience)
        return GitHub(client, repository, clock, account=known)
    address = _checked(setting("HUIYIN_FORGE_URL"))
    address = address if address.endswith(_API) else address + _API
    return Gitea(ForgeClient(address, token, patience=patience), repository, clock, account=known)


def _checked(address: str) -> str:
    """The address without a slash at its end, if a token may be sent there: encrypted, or to this very machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        host = ""
    if not host or parts.username or parts.password or parts.query or parts.fragment:
        raise _wrong("HUIYIN_FORGE_URL 没有写明，或不是网址（不得带账号、密码和参数）。")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(host)):
        raise _wrong("HUIYIN_FORGE_URL 应以 https:// 开头，以免泄露令牌。")
    return address.rstrip("/")


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _wrong(message: str) -> UsageError:
    return UsageError(Problem("HY668", message))
