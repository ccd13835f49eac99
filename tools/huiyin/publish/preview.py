"""A reply as it will look once it is public, for the staff: only in ``mkdocs serve``, never in a site that is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_address

from huiyin.model import event as ev
from huiyin.model.event import ReplyMode
from huiyin.model.problem import Problem, UsageError
from huiyin.publish.view import PublicCase, public_case
from huiyin.rules.replay import replay
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.standing import Replay

SWITCH = "HUIYIN_PREVIEW"
HERE = "1"
"""The preview is for this machine alone."""
SHARED = "shared"
"""Somebody has seen to it that only the staff reach the server, by a login before it or an inner network."""


def preview_of(found: Replay, rulebook: Rulebook) -> PublicCase | None:
    """第九条(三)(四): the page that a re-review would make public, or None where there is nothing to re-review.

    第二十条第二款: a private reply is never shown, not even its note.

    Args:
        found: a case without errors, at the moment that counts as the publication.
    """
    answer = found.answer
    if answer is None or answer.mode is ReplyMode.PRIVATE or all(step.event != "published" for step in found.steps):
        return None
    published = ev.Published(at=found.now, by=ev.Actor(found.dispatcher))
    case = replace(found.case, events=(*found.case.events, published))
    return public_case(replay(case, rulebook, found.now), rulebook)


def wanted(environment: Mapping[str, str], *, serving: bool, host: str) -> bool:
    """Whether a preview was asked for, and may be given.

    Args:
        environment: with ``HUIYIN_PREVIEW``: nothing, ``1`` for this machine alone, ``shared`` for any address.
        serving: ``mkdocs serve``, whose pages go nowhere but to who asks this server.
        host: where it listens.

    Raises:
        UsageError: HY830, a site is to be built; HY831, others could reach the server; HY832, another value.
    """
    value = environment.get(SWITCH, "").strip()
    if value in {"", "0"}:
        return False
    if value not in {HERE, SHARED}:
        raise UsageError(Problem("HY832", f"{SWITCH}应为{HERE}或{SHARED}。"))
    if not serving:
        raise UsageError(Problem("HY830", "正在生成站点，不能含有没有公开的答复。"))
    if value == HERE and not _is_here(host):
        raise UsageError(Problem("HY831", f"预览服务的地址{host}，其他机器也能访问。"))
    return True


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
