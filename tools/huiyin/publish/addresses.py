"""Where each page stands below the site's root. An address never changes once it was given to a citizen.

Addresses end with ``/`` and are not percent-encoded; ``relative`` makes links of them.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from urllib.parse import quote

from huiyin.model.case import SHANGHAI

UNITS = "units/"
MONTHS = "months/"
TOPICS = "topics/"
PROCEDURE = "procedure/"
CHANNELS = "channels/"
COMPLEXITIES = "complexities/"
REPLIES = "replies/"
STATISTICS = "statistics/"
STATUS = "status/"
DATA = "data/"
DICTIONARY = f"{DATA}dictionary/"
STATISTICS_FILES = f"{DATA}statistics/"
PREVIEW = "preview/"

_UNSAFE = re.compile(r"[^\w-]+")
_RESERVED = frozenset({"index", "readme"})


def case_address(case_id: str, received_at: datetime) -> str:
    """``cases/2026/11/people-18245531/``: by the month received, which no later event can change."""
    on = received_at.astimezone(SHANGHAI)
    return f"cases/{on.year:04}/{on.month:02}/{case_id}/"


def unit_address(unit_id: str) -> str:
    """``units/lanzhou/``."""
    return f"{UNITS}{unit_id}/"


def month_address(month: str) -> str:
    """``months/2026-11/``."""
    return f"{MONTHS}{month}/"


def topic_address(topic: str) -> str:
    """``topics/环境保护/``: the name of a topic is its only identity in the record, so its address is its name.

    A number would move when a topic is added to the rules, and romanised names would need a table that somebody keeps.
    What a path cannot hold becomes ``-``, followed by a digest so that two names never share an address.
    """
    slug = _UNSAFE.sub("-", topic)
    if slug != topic or slug.lower() in _RESERVED:
        slug = f"{slug}-{hashlib.sha256(topic.encode()).hexdigest()[:8]}"
    return f"{TOPICS}{slug}/"


def channel_address(channel: str) -> str:
    """``channels/people/``."""
    return f"{CHANNELS}{channel}/"


def complexity_address(complexity: str) -> str:
    """``complexities/simple/``."""
    return f"{COMPLEXITIES}{complexity}/"


def procedure_address(procedure_id: str, first: str) -> str:
    """``procedure/`` for the first procedure, the province's newest, and ``procedure/<id>/`` for the others."""
    return PROCEDURE if procedure_id == first else f"{PROCEDURE}{procedure_id}/"


def nth_page(address: str, number: int) -> str:
    """The address of the n-th page of a long list; the first is the list itself."""
    return address if number == 1 else f"{address}{number}/"


def archive_address(address: str, month: str) -> str:
    """The part of a list that was published in a month: ``units/lanzhou/2026-11/``."""
    return f"{address}{month}/"


def relative(here: str, there: str) -> str:
    """The link from the page at ``here`` to the one at ``there``, percent-encoded.

    Relative links let the site stand below any path of any host, and be read from a disk.
    """
    return "../" * here.count("/") + quote(there) or "./"


def depth(address: str) -> int:
    """How many folders down from the root a page stands."""
    return address.count("/")
