"""What a problem code says."""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """What is known of a code wherever it appears. Texts are Chinese; ``severity`` is error, warning or notice."""

    severity: str
    title: str
    cause: str
    cure: str
